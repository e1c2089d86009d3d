package conformance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Player plays scenarios against a server.
type Player struct {
	Base  string // the server's address
	World *World
	// Idle says whether the server has no background work left to do; nil where nobody knows.
	Idle func() bool
	// Patience is how long a step may wait for background work.
	Patience time.Duration
}

// lull is how long a server is idle before nothing more is waited for: what people looked at is written a moment later
// than the queue shows.
const lull = 10 * time.Second

// Outcome is what a step gave.
type Outcome struct {
	Step   *Step
	Index  int
	Got    *Want
	Faults []string // none: it is as it should be
}

// play is one run of one scenario.
type play struct {
	*Player
	scenario  *Scenario
	transport *http.Transport
	names     *names
	labels    map[string]bool // all names that the scenario binds
	clients   map[string]*client
	providers []*provider

	last   result // of the step before
	client *client
}

// result is what a step gave, before it is compared.
type result struct {
	response *response // of a request
	answer   any       // the response as jq programs see it
	doc      any
}

// Play plays a scenario to its end. What was asked for and did not come is a fault of its step; a step that could not
// be played because of that is one too.
func (p *Player) Play(ctx context.Context, s *Scenario) []Outcome {
	run, done := p.begin(s)
	defer done()
	outcomes := make([]Outcome, len(s.Steps))
	for i := range s.Steps {
		outcomes[i] = run.step(ctx, &s.Steps[i])
		outcomes[i].Index = i
	}
	return outcomes
}

// begin prepares a run.
func (p *Player) begin(s *Scenario) (run *play, done func()) {
	run = &play{
		Player: p, scenario: s, transport: &http.Transport{DisableCompression: true},
		names: newNames(newRun()), labels: s.labels(), clients: map[string]*client{},
	}
	run.names.base(p.Base)
	run.names.base(p.World.hooks)
	run.names.base(strings.Replace(p.World.hooks, "localhost", "127.0.0.1", 1))
	run.names.taken["base"] = p.Base
	run.names.taken["mail:port"] = p.World.mailPort
	for n := 1; n < 10; n++ {
		run.names.taken[fmt.Sprintf("hook:%d", n)] = fmt.Sprintf("%s/hook/%s", p.World.hooks, run.receiver(n))
	}
	return run, func() {
		run.transport.CloseIdleConnections()
		for _, provider := range run.providers {
			provider.server.Close()
		}
	}
}

func (p *play) receiver(n int) string { return fmt.Sprintf("%s-%d", p.names.run, n) }

// labels are the names that the steps of a scenario bind.
func (s *Scenario) labels() map[string]bool {
	all := map[string]bool{}
	for _, step := range s.Steps {
		for _, own := range []map[string]string{step.Name, step.Later, step.Take} {
			for name := range own {
				all[name] = true
			}
		}
	}
	return all
}

// step plays a step, again and again while background work may make it right.
func (p *play) step(ctx context.Context, s *Step) Outcome {
	out := p.once(ctx, s)
	if s.Settle == 0 || len(out.Faults) == 0 {
		return out
	}
	patience := p.Patience
	if p.Idle == nil {
		patience = min(patience, time.Duration(s.Settle*float64(time.Second)))
	}
	p.until(patience, func() bool {
		out = p.once(ctx, s)
		return len(out.Faults) == 0
	})
	return out
}

// until tries again and again, to the end of patience or until the server has been idle for a while.
func (p *play) until(patience time.Duration, try func() bool) {
	busy := time.Now()
	for end := busy.Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if !p.idle() {
			busy = time.Now()
		}
		if try() || p.Idle != nil && time.Since(busy) > lull {
			return
		}
	}
}

func (p *play) idle() bool { return p.Idle != nil && p.Idle() }

// rest waits until background work is done; where nobody knows, for some time.
func (p *play) rest(seconds float64) {
	if p.Idle == nil {
		time.Sleep(time.Duration(seconds * float64(time.Second)))
		return
	}
	p.until(p.Patience, p.Idle)
}

// once plays a step once.
func (p *play) once(ctx context.Context, s *Step) Outcome {
	out := Outcome{Step: s}
	asked := *s
	asked.Want = nil
	if missing := p.names.unbound(string(asJSON(asked)), p.bindable(s)); len(missing) > 0 {
		out.Faults = []string{"no step before gave " + strings.Join(missing, ", ")}
	}
	got, err := p.do(ctx, s)
	if err != nil {
		out.Faults = append(out.Faults, err.Error())
		return out
	}
	p.last = got
	out.Faults = append(out.Faults, p.bind(s.Name, got, p.names.name)...)
	out.Faults = append(out.Faults, p.bind(s.Take, got, p.names.take)...)
	if s.Until != "" {
		if v, err := p.query(s.Until, got); err != nil || v != true {
			out.Faults = append(out.Faults, fmt.Sprintf("not yet: %s", s.Until))
		}
	}
	if s.N != nil {
		out.Got, err = p.shown(s, got)
		if err != nil {
			out.Faults = append(out.Faults, err.Error())
		} else {
			out.Faults = append(out.Faults, p.compare(s.Want, out.Got)...)
		}
	}
	out.Faults = append(out.Faults, p.bind(s.Later, got, p.names.name)...)
	return out
}

// bindable are the names that must be bound before a step: those of the scenario but for its own.
func (p *play) bindable(s *Step) map[string]bool {
	all := maps.Clone(p.labels)
	for _, own := range []map[string]string{s.Name, s.Later, s.Take} {
		for name := range own {
			delete(all, name)
		}
	}
	return all
}

// bind looks up values of a result and keeps each by its label.
func (p *play) bind(wanted map[string]string, got result, keep func(label string, v any)) (faults []string) {
	for _, label := range slices.Sorted(maps.Keys(wanted)) {
		v, err := p.query(wanted[label], got)
		if err != nil || v == nil {
			faults = append(faults, fmt.Sprintf("there is no %s: %s", label, wanted[label]))
			continue
		}
		keep(label, v)
	}
	return faults
}

func (p *play) query(program string, got result) (any, error) {
	return query(p.names.text(program), got.doc, got.answer, p.client.jar(), p.names.taken)
}

// do does what a step says.
func (p *play) do(ctx context.Context, s *Step) (result, error) {
	if s.As != "" {
		p.client = p.of(s.As)
	}
	switch {
	case s.Do != "":
		r, err := p.request(ctx, p.client, s)
		if err != nil {
			return result{}, err
		}
		return p.received(p.send(ctx, p.client, r))
	case s.Upload != "":
		return p.received(p.upload(ctx, p.client, s))
	case s.Download != "":
		return p.received(p.download(ctx, p.client, p.names.text(s.Download)))
	case s.Client != "":
		return result{}, p.arrive(s)
	case s.Check != "":
		return p.last, nil
	}
	return p.around(s)
}

// around does what steps do that ask the server nothing.
func (p *play) around(s *Step) (result, error) {
	switch {
	case s.Mail != "":
		address := p.names.text(s.Mail)
		p.until(p.Patience, func() bool { return len(p.World.lettersTo(address)) >= s.Count })
		return result{doc: p.World.lettersTo(address)}, nil
	case s.Hook > 0:
		receiver := p.receiver(s.Hook)
		p.until(p.Patience, func() bool { return p.World.arrived(receiver) >= s.Count })
		p.rest(s.Quiet)
		return result{doc: p.World.collect(receiver, p.names.text(s.Secret))}, nil
	case s.Provider > 0:
		if err := p.provide(s.Provider); err != nil || s.Answers == nil {
			return p.last, err
		}
		return p.last, p.providers[s.Provider-1].set(asJSON(p.names.resolveAll(fromJSON(s.Answers))))
	case s.Calls > 0:
		return result{doc: p.providers[s.Calls-1].asked()}, nil
	case s.Pause:
		p.rest(4)
		return p.last, nil
	}
	return result{}, errors.New("the step does nothing")
}

// provide opens a provider.
func (p *play) provide(n int) error {
	for len(p.providers) < n {
		opened, err := newProvider()
		if err != nil {
			return err
		}
		p.providers = append(p.providers, opened)
		p.names.taken[fmt.Sprintf("provider:%d", len(p.providers))] = opened.address
		p.names.base(opened.address)
	}
	return nil
}

// of is a client by its name; one that nobody has heard of is new.
func (p *play) of(name string) *client {
	if p.clients[name] == nil {
		p.clients[name] = &client{cookies: map[string]string{}}
	}
	return p.clients[name]
}

// arrive makes the client of a step.
func (p *play) arrive(s *Step) error {
	c := &client{key: p.names.text(s.Key), cookies: map[string]string{}}
	if s.Cookies != "" {
		for name, value := range p.of(s.Cookies).cookies {
			c.cookies[name] = value
		}
	}
	p.clients[s.Client] = c
	return nil
}

func (p *play) received(r *response, err error) (result, error) {
	if err != nil {
		return result{}, err
	}
	got := result{response: r, answer: r.answer(), doc: document(r.kind(), r.raw)}
	return got, nil
}
