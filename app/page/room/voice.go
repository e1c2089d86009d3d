package room

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"
)

// Where people are (cursors, names, colours) is told by the awareness protocol of Yjs: each client has a number, a
// clock and a state in JSON; null when it has gone. A connection speaks only for clients for which no other does.
// What is said of others is passed over: browsers repeat what they hear.

// voice is a client that is there.
type voice struct {
	clock uint64
	state []byte
	seat  *Seat  // of this node
	node  string // of another one; empty: of this
	seen  time.Time
}

// quiet is a client that has gone, and the clock with which it did: what is repeated of it afterwards is old.
type quiet struct {
	clock uint64
	at    time.Time
}

// What is taken of a client.
const (
	mostClients = 4        // for which one connection speaks
	mostState   = 16 << 10 // bytes of a state
	mostEntries = 4096     // of a message
	mostClock   = 1 << 53  // browsers count in floating point
	outOfDate   = 45 * time.Second
	quietKept   = 10 * time.Minute
	mostMute    = 10_000
)

// said is one entry of an awareness message.
type said struct {
	client, clock uint64
	state         []byte // JSON
}

var null = []byte("null")

func (e said) gone() bool { return string(e.state) == "null" }

// readAwareness reads a message.
func readAwareness(b []byte) ([]said, error) {
	bad := fmt.Errorf("%w: awareness", ErrBad)
	next := func() (uint64, bool) {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > mostClock {
			return 0, false
		}
		b = b[n:]
		return v, true
	}
	count, ok := next()
	if !ok || count > mostEntries {
		return nil, bad
	}
	all := make([]said, 0, min(count, 64))
	for range count {
		client, ok1 := next()
		clock, ok2 := next()
		size, ok3 := next()
		if !ok1 || !ok2 || !ok3 || size > mostState || size > uint64(len(b)) {
			return nil, bad
		}
		state := b[:size:size]
		if b = b[size:]; !json.Valid(state) {
			return nil, bad
		}
		all = append(all, said{client, clock, state})
	}
	if len(b) > 0 {
		return nil, bad
	}
	return all, nil
}

// writeAwareness is readAwareness the other way round.
func writeAwareness(all []said) []byte {
	b := binary.AppendUvarint(nil, uint64(len(all)))
	for _, e := range all {
		b = binary.AppendUvarint(b, e.client)
		b = binary.AppendUvarint(b, e.clock)
		b = binary.AppendUvarint(b, uint64(len(e.state)))
		b = append(b, e.state...)
	}
	return b
}

// Aware takes where the seat's clients are.
func (s *Seat) Aware(message []byte) error {
	all, err := readAwareness(message)
	if err != nil || s.gone.Load() {
		return err
	}
	r := s.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.seats[s] {
		return nil
	}
	var news []said
	for _, e := range all {
		if r.listen(e, s, "") {
			news = append(news, e)
		}
	}
	r.pass(news, true)
	return nil
}

// listen takes an entry of a seat, or of another node, and says whether it is news.
func (r *Room) listen(e said, s *Seat, node string) bool {
	v := r.voices[e.client]
	if v == nil {
		// A client begins with 0, which says nothing yet.
		if e.gone() || e.clock <= r.mute[e.client].clock || s != nil && len(s.clients) >= mostClients {
			return false
		}
		r.voices[e.client] = &voice{clock: e.clock, state: e.state, seat: s, node: node, seen: time.Now()}
		if delete(r.mute, e.client); s != nil {
			s.clients[e.client] = true
		}
		return true
	}
	if v.seat != s || v.node != node || e.clock < v.clock || e.clock == v.clock && !e.gone() {
		return false
	}
	if e.gone() {
		r.drop(e.client, e.clock)
		return true
	}
	v.clock, v.state, v.seen = e.clock, e.state, time.Now()
	return true
}

func (r *Room) drop(client, clock uint64) {
	if v := r.voices[client]; v != nil && v.seat != nil {
		delete(v.seat.clients, client)
	}
	delete(r.voices, client)
	if len(r.mute) < mostMute {
		r.mute[client] = quiet{clock, time.Now()}
	}
}

// pass tells everybody here, and the other nodes if it is of here.
func (r *Room) pass(news []said, here bool) {
	if len(news) == 0 {
		return
	}
	r.broadcast(Awareness, writeAwareness(news))
	if here && len(r.nodes) > 0 {
		r.hub.voices.add(r.page, news)
	}
}

// silence lets those voices go, and tells the others.
func (r *Room) silence(of func(*voice) bool) {
	var news, ours []said
	for client, v := range r.voices {
		if of(v) {
			e := said{client, v.clock + 1, null}
			if news = append(news, e); v.node == "" {
				ours = append(ours, e)
			}
		}
	}
	for _, e := range news {
		r.drop(e.client, e.clock)
	}
	r.pass(news, false)
	if len(ours) > 0 && len(r.nodes) > 0 {
		r.hub.voices.add(r.page, ours)
	}
}

// everybody is a message with all voices; nil: there are none.
func (r *Room) everybody() []byte {
	if len(r.voices) == 0 {
		return nil
	}
	all := make([]said, 0, len(r.voices))
	for client, v := range r.voices {
		all = append(all, said{client, v.clock, v.state})
	}
	return writeAwareness(all)
}

// Everybody is an awareness message with all that are there, for who asks.
func (s *Seat) Everybody() []byte {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	if all := s.room.everybody(); all != nil {
		return all
	}
	return []byte{0}
}

// forgetVoices lets those go of whose node nothing was heard for long, and what is long past.
func (r *Room) forgetVoices(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for node, heard := range r.nodes {
		if now.Sub(heard) > outOfDate {
			delete(r.nodes, node)
		}
	}
	r.silence(func(v *voice) bool { return v.node != "" && (now.Sub(v.seen) > outOfDate || r.nodes[v.node].IsZero()) })
	for client, q := range r.mute {
		if now.Sub(q.at) > quietKept {
			delete(r.mute, client)
		}
	}
}

// voicesTopic is the topic of notices that say where people are, who has opened a page, and who has closed it.
const voicesTopic = "page.voices"

// sendVoices tells the other nodes, until the context ends. Nothing of it is kept: who misses it sees a cursor late.
func (h *Hub) sendVoices(ctx context.Context) {
	if !h.app.DB.Postgres {
		return
	}
	renew := time.NewTicker(outOfDate / 3)
	defer renew.Stop()
	for {
		select {
		case <-ctx.Done():
			h.sayGoodbye()
			return
		case <-renew.C:
			h.renew()
			continue
		case <-h.voices.wake:
		}
		if err := h.app.DB.NotifyOthers(ctx, voicesTopic, h.voices.take(h.node)...); err != nil && ctx.Err() == nil {
			h.app.Log.Warn("rooms: other nodes are not told where people are", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(2 * pace):
		}
	}
}

// renew tells the nodes that have a page open that this one still has.
func (h *Hub) renew() {
	for _, r := range h.held() {
		r.mu.Lock()
		if len(r.nodes) > 0 {
			h.voices.here(r.page)
		} else { // a hello may have been lost, when a node did not listen yet
			h.voices.hello(r.page)
		}
		r.mu.Unlock()
		h.release(r)
	}
}
