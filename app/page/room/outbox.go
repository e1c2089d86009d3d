package room

import (
	"context"
	"encoding/base64"
	"strings"
	"sync"
	"time"

	"github.com/sailplane/sailplane/store"
)

// outbox gathers what other nodes are told of where people are. A client's last word counts.
type outbox struct {
	mu    sync.Mutex
	pages map[string]map[uint64]said
	signs map[string]byte // what is said of a page beside: see the signs
	wake  chan struct{}
}

// The signs with which a line of a notice begins: a page was opened and who has it open may say so, it is open, it was
// closed. A line is the sign, the page and, maybe, an awareness message in base64.
const (
	hello   = '?'
	here    = '+'
	goodbye = '-'
)

// mostVoices is how many clients wait to be told of; what is more is told when they move again.
const mostVoices = 2000

func newOutbox() outbox {
	return outbox{pages: map[string]map[uint64]said{}, signs: map[string]byte{}, wake: make(chan struct{}, 1)}
}

func (o *outbox) add(page string, news []said) {
	o.mu.Lock()
	defer o.mu.Unlock()
	of := o.pages[page]
	if of == nil {
		of = map[uint64]said{}
		o.pages[page] = of
	}
	for _, e := range news {
		if len(of) < mostVoices {
			of[e.client] = e
		}
	}
	poke(o.wake)
}

func (o *outbox) sign(page string, sign byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.signs[page] = sign
	poke(o.wake)
}

func (o *outbox) hello(page string)   { o.sign(page, hello) }
func (o *outbox) here(page string)    { o.sign(page, here) }
func (o *outbox) goodbye(page string) { o.sign(page, goodbye) }

// mostLine is what a line may have of a message, before it is written in base64.
const mostLine = 5000

// take returns notices with all that waits. A state that fits into none is left out.
func (o *outbox) take(node string) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var lines []string
	for page, sign := range o.signs {
		lines = append(lines, string(sign)+page)
	}
	for page, clients := range o.pages {
		var part []said
		size := 0
		flush := func() {
			if len(part) > 0 {
				lines = append(lines, string(here)+page+" "+base64.RawStdEncoding.EncodeToString(writeAwareness(part)))
			}
			part, size = nil, 0
		}
		for _, e := range clients {
			if len(e.state) > mostLine-64 {
				continue
			}
			if size+len(e.state)+32 > mostLine {
				flush()
			}
			part, size = append(part, e), size+len(e.state)+32
		}
		flush()
	}
	clear(o.signs)
	clear(o.pages)
	return pack(node, lines)
}

// pack puts lines into as few notices as there have to be.
func pack(node string, lines []string) (notices []string) {
	text := node
	for _, line := range lines {
		if len(text)+1+len(line) > store.MostNotice-100 {
			notices, text = append(notices, text), node
		}
		text += "\n" + line
	}
	if text != node {
		notices = append(notices, text)
	}
	return notices
}

// heard takes what another node says.
func (h *Hub) heard(text string) {
	if text == store.Missed {
		for _, r := range h.open() {
			h.voices.hello(r.page)
		}
		return
	}
	node, rest, _ := strings.Cut(text, "\n")
	for line := range strings.SplitSeq(rest, "\n") {
		if line == "" {
			continue
		}
		page, message, _ := strings.Cut(line[1:], " ")
		h.mu.Lock()
		r := h.rooms[page]
		h.mu.Unlock()
		if r == nil {
			continue
		}
		select {
		case <-r.opened:
			r.hear(node, line[0], message)
		default:
		}
	}
}

// hear takes what another node says of the page.
func (r *Room) hear(node string, sign byte, message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if sign == goodbye {
		delete(r.nodes, node)
		r.silence(func(v *voice) bool { return v.node == node })
		return
	}
	if r.nodes[node] = time.Now(); sign == hello {
		r.hub.voices.here(r.page)
		var all []said
		for client, v := range r.voices {
			if v.node == "" {
				all = append(all, said{client, v.clock, v.state})
			}
		}
		r.hub.voices.add(r.page, all)
	}
	raw, err := base64.RawStdEncoding.DecodeString(message)
	if err != nil || len(raw) == 0 {
		return
	}
	all, err := readAwareness(raw)
	if err != nil {
		return
	}
	var news []said
	for _, e := range all {
		if r.listen(e, nil, node) {
			news = append(news, e)
		}
	}
	r.pass(news, false)
}

// open are the rooms that there are.
func (h *Hub) open() []*Room {
	h.mu.Lock()
	defer h.mu.Unlock()
	rooms := make([]*Room, 0, len(h.rooms))
	for _, r := range h.rooms {
		rooms = append(rooms, r)
	}
	return rooms
}

// sayGoodbye tells the other nodes that this one ends.
func (h *Hub) sayGoodbye() {
	for _, r := range h.open() {
		h.voices.goodbye(r.page)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	h.app.DB.NotifyOthers(ctx, voicesTopic, h.voices.take(h.node)...) //nolint:errcheck // they find out by their clocks
}
