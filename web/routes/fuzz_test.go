package routes_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/embed"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// TestFuzzedRequests asks for everything that the API's description has, rightly and wrongly, as everybody, and checks
// every answer against the description: none is the server's fault, none is other than described. What is asked follows
// from a seed; the ids in it are those of the run.
//
//	make fuzz API=200000 SEED=1      so many requests with that seed; without, a few with a fixed one and with one that is new
func TestFuzzedRequests(t *testing.T) {
	fuzzed(t, fuzzRuns("SAILPLANE_FUZZ_REQUESTS", 1500), func(*fuzzer) {})
}

// TestFuzzedRequestsBeyondTheOpenEdition does so mostly with the operations by key that the open edition has not, which
// no recording holds, and more often with bodies that are no objects.
//
//	make fuzz BEYOND=50000 SEED=1
func TestFuzzedRequestsBeyondTheOpenEdition(t *testing.T) {
	open := map[string]bool{}
	for line := range strings.Lines(embed.Operations) {
		method, rest, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if path, subject, _ := strings.Cut(rest, "\t"); subject == "What the open edition has" {
			open[method+" "+inBraces.ReplaceAllString(path, "{}")] = true
		}
	}
	fuzzed(t, fuzzRuns("SAILPLANE_FUZZ_BEYOND", 600), func(f *fuzzer) {
		for _, op := range f.ops {
			if strings.HasPrefix(op.path, "/api/v1/") && !open[op.method+" "+inBraces.ReplaceAllString(op.path, "{}")] {
				f.often = append(f.often, op)
			}
		}
		if f.odd = 10; len(f.often) < 60 {
			f.t.Fatalf("only %d operations go beyond the open edition", len(f.often))
		}
	})
}

// inBraces fits the parameters of a path.
var inBraces = regexp.MustCompile(`\{[^}]*\}`)

// fuzzRuns are how many requests there are for a seed: as a setting of the environment says, or a few for each of two
// seeds.
func fuzzRuns(setting string, few int) map[uint64]int {
	fresh := uint64(time.Now().UnixNano())
	if n, err := strconv.Atoi(os.Getenv(setting)); err == nil {
		seed, err := strconv.ParseUint(os.Getenv("SAILPLANE_FUZZ_SEED"), 10, 64)
		if err != nil {
			seed = fresh
		}
		return map[uint64]int{seed: n}
	}
	if testing.Short() {
		return map[uint64]int{fresh: few / 5}
	}
	return map[uint64]int{1: few, fresh: few}
}

func fuzzed(t *testing.T, runs map[uint64]int, narrow func(*fuzzer)) {
	t.Helper()
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		worlds := 0
		s.App.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"} // where nothing listens
		for seed, n := range runs {
			f := newFuzzer(t, s, seed, &worlds)
			narrow(f)
			f.run(n)
			f.report()
		}
	})
}

// fuzzer asks one server.
type fuzzer struct {
	*source
	t        testing.TB
	s        *webtest.Server
	contract *webtest.Contract
	seed     uint64
	world    *world
	worlds   *int
	admin    person
	ops      []operation
	often    []operation // of those that are asked for mostly; none: all alike
	odd      int         // how often of a hundred times a body is none that makes sense
	asked    int
	statuses map[int]int
	reached  map[string]bool
	faults   map[string]bool
	slowest  string
	longest  time.Duration
}

// operation is one of the description.
type operation struct {
	method, path string
	described    map[string]any
}

// request is what is sent, as text to be shown.
type request struct {
	method, path, query, kind, body string
	who                             person
	op                              operation
	args                            map[string]string // of the path
}

func (r request) String() string {
	target := r.path
	if r.query != "" {
		target += "?" + r.query
	}
	return fmt.Sprintf("%s %s\n\tas %s, %s: %.1500q", r.method, target, r.who.name, r.kind, r.body)
}

func newFuzzer(t testing.TB, s *webtest.Server, seed uint64, worlds *int) *fuzzer {
	t.Helper()
	contract, err := webtest.NewContract(routes.All("test"))
	if err != nil {
		t.Fatal(err)
	}
	f := &fuzzer{t: t, s: s, contract: contract, seed: seed, worlds: worlds, statuses: map[int]int{},
		odd: 3, reached: map[string]bool{}, faults: map[string]bool{}, source: &source{Rand: rand.New(rand.NewPCG(seed, 0))}}
	if err := json.Unmarshal(s.Stranger().Must("GET", "/api/schema/", nil).Raw, &f.doc); err != nil {
		t.Fatal(err)
	}
	paths := at(f.doc, "paths")
	for _, path := range sortedKeys(paths) {
		item, _ := paths[path].(map[string]any)
		for _, method := range sortedKeys(item) {
			f.ops = append(f.ops, operation{strings.ToUpper(method), path, at(item, method)})
		}
	}
	f.begin()
	return f
}

// begin goes on in a new world.
func (f *fuzzer) begin() {
	f.world = newWorld(f.t, f.s, *f.worlds)
	f.ids = f.world.ids
	*f.worlds++
	c := newcomer(f.t, f.s, fmt.Sprintf("head%d", *f.worlds))
	appoint(f.t, f.s, c)
	f.admin = person{"administrator", c, c}
}

func (f *fuzzer) run(n int) {
	for f.asked < n && len(f.faults) < 40 {
		if f.asked%40 == 0 && f.worn() {
			f.begin()
		}
		f.try(f.request(f.choose()))
	}
}

// worn says whether the world is no good any more.
func (f *fuzzer) worn() bool {
	if f.asked%2000 == 1960 {
		return true
	}
	a := f.send(request{method: "GET", path: "/api/workspaces/" + f.world.slug + "/projects/" + f.world.project + "/",
		who: f.world.people[0]})
	return a.Status != http.StatusOK
}

// choose is any operation; what would leave nothing behind comes seldom.
func (f *fuzzer) choose() operation {
	for {
		op := pick(f.source, f.ops)
		if len(f.often) > 0 && f.chance(85) {
			op = pick(f.source, f.often)
		}
		ends := op.method == http.MethodDelete &&
			(strings.HasSuffix(op.path, "/projects/{pk}/") || strings.HasSuffix(op.path, "/workspaces/{slug}/") ||
				strings.HasSuffix(op.path, "/users/me/") || strings.HasSuffix(op.path, "members/{pk}/")) ||
			op.method == http.MethodPatch &&
				(strings.HasSuffix(op.path, "/workspaces/{slug}/") || strings.HasSuffix(op.path, "members/{pk}/")) ||
			strings.HasSuffix(op.path, "/projects/{project_id}/archive/") || strings.Contains(op.path, "sign-out") ||
			strings.Contains(op.path, "leave") || strings.Contains(op.path, "deactivate")
		if !ends || f.chance(4) {
			return op
		}
	}
}

// hang is how long a request may take on a machine that does much else.
const hang = 2 * time.Minute

const csrfToken = "0123456789012345678901234567890123456789012345678901234567890123"

// send asks past the network.
func (f *fuzzer) send(r request) webtest.Answer {
	target, err := url.PathUnescape(r.path)
	if err != nil {
		target = r.path
	}
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	defer cancel()
	req := (&http.Request{Method: r.method, Host: "fuzz.test", URL: &url.URL{Path: target, RawQuery: r.query},
		RemoteAddr: "192.0.2.1:1", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: io.NopCloser(strings.NewReader(r.body)), ContentLength: int64(len(r.body))}).WithContext(ctx)
	if r.kind != "" {
		req.Header.Set("Content-Type", r.kind)
	}
	req.Header.Set("X-CSRFToken", csrfToken)
	req.AddCookie(&http.Cookie{Name: web.CSRFCookie, Value: csrfToken})
	if c := r.who.session; strings.HasPrefix(r.path, "/api/v1/") && r.who.key != nil {
		r.who.key.Sign(req)
	} else if c != nil {
		c.Sign(req)
		if cookie, err := req.Cookie(web.SessionCookie); err == nil {
			req.AddCookie(&http.Cookie{Name: web.AdminSessionCookie, Value: cookie.Value})
		}
	}
	w := webtest.Played(f.s.Config.Handler, req)
	return webtest.Answer{Status: w.Code, Header: w.Header(), Raw: w.Body.Bytes()}
}

// try sends a request, checks the answer and learns from it.
func (f *fuzzer) try(r request) {
	began := time.Now()
	a := f.send(r)
	f.asked++
	f.statuses[a.Status]++
	if took := time.Since(began); took > f.longest {
		f.longest, f.slowest = took, r.String()
	}
	if err := f.fault(r, a); err != nil {
		f.complain(r, err)
	}
	if a.Status < 400 {
		f.reached[r.method+" "+r.op.path] = true
		f.ids.harvest(r.op.path, a.Raw, r.args)
		if r.method == http.MethodDelete {
			f.ids.forget(r.args["pk"])
		}
	}
	if f.asked%500 == 0 {
		if a := f.send(request{method: "GET", path: "/healthz"}); a.Status != http.StatusOK {
			f.t.Fatalf("seed %d: after %d requests the server is not well: %d %s", f.seed, f.asked, a.Status, a.Raw)
		}
	}
}

func (f *fuzzer) fault(r request, a webtest.Answer) error {
	if a.Status >= 500 {
		return fmt.Errorf("%d %.300s", a.Status, bytes.TrimSpace(a.Raw))
	}
	target, err := url.PathUnescape(r.path)
	if err != nil {
		return nil
	}
	if key, _ := f.contract.Operation(r.method, target); key == "" {
		return nil // what fills a parameter made another path of it
	}
	if err := f.contract.Check(r.method, target, a); err != nil {
		return fmt.Errorf("%d contradicts /api/schema/: %w", a.Status, err)
	}
	return nil
}

var varying = regexp.MustCompile(`[0-9a-f-]{36}|[0-9]+|"[^"]*"`)

// complain shows a fault once for each operation, with the smallest request that still has it.
func (f *fuzzer) complain(r request, fault error) {
	kind := r.method + " " + r.op.path + " " + varying.ReplaceAllString(fault.Error(), "*")
	if f.faults[kind] {
		return
	}
	f.faults[kind] = true
	small, err := f.shrink(r, fault)
	f.t.Errorf("seed %d, request %d:\n%s\n\t%v", f.seed, f.asked, small, err)
}

// shrink leaves parameters and fields out as long as a fault stays.
func (f *fuzzer) shrink(r request, fault error) (request, error) {
	for range 3 {
		params := strings.Split(r.query, "&")
		for i := len(params) - 1; i >= 0 && r.query != ""; i-- {
			less := r
			less.query = strings.Join(slices.Delete(slices.Clone(params), i, i+1), "&")
			if err := f.fault(less, f.send(less)); err != nil {
				r, fault, params = less, err, strings.Split(less.query, "&")
			}
		}
		var fields map[string]json.RawMessage
		if json.Unmarshal([]byte(r.body), &fields) != nil {
			return r, fault
		}
		for _, name := range sortedKeys(fields) {
			without := map[string]json.RawMessage{}
			for _, other := range sortedKeys(fields) {
				if other != name {
					without[other] = fields[other]
				}
			}
			less := r
			less.body = encode(without)
			if err := f.fault(less, f.send(less)); err != nil {
				r, fault, fields = less, err, without
			}
		}
	}
	return r, fault
}

func (f *fuzzer) report() {
	var unreached []string
	asked := f.ops
	if len(f.often) > 0 {
		asked = f.often
	}
	for _, op := range asked {
		if name := op.method + " " + op.path; !f.reached[name] {
			unreached = append(unreached, name)
		}
	}
	f.t.Logf("seed %d: %d requests, %d faults; statuses %v; %d of %d operations did not succeed; the slowest took %v: %.300s",
		f.seed, f.asked, len(f.faults), f.statuses, len(unreached), len(asked), f.longest.Round(time.Millisecond), f.slowest)
	if f.asked >= 20_000 {
		f.t.Logf("never succeeded:\n%s", strings.Join(unreached, "\n"))
	}
	if f.asked == 0 {
		f.t.Error(errors.New("nothing was asked"))
	}
}
