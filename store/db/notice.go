package db

import (
	"context"
	"strings"
	"sync"
)

// A notice is a short text on a topic that those hear who follow it: on this node, and on the others of the same
// Postgres, where it goes by NOTIFY with the commit. It says that there is something to be read, and never what only
// it knows: who could not listen for a while hears Missed and looks at everything.
type notice struct{ topic, text string }

// Missed is what followers hear when notices of other nodes may have been lost.
const Missed = "*"

const noticeChannel = "sailplane_notices"

// MostNotice is how long a notice may be, in bytes: Postgres takes no more than 8,000, and the topic is among them.
const MostNotice = 7500

// followers are those who hear, by topic.
type followers struct {
	mu   sync.RWMutex
	next int
	of   map[string]map[int]func(text string)
}

// Follow lets hear be told of a topic until stop is called. It must not wait: others are told after it.
func (d *DB) Follow(topic string, hear func(text string)) (stop func()) {
	f := &d.Cache.followers
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next++
	id := f.next
	if f.of == nil {
		f.of = map[string]map[int]func(string){}
	}
	if f.of[topic] == nil {
		f.of[topic] = map[int]func(string){}
	}
	f.of[topic][id] = hear
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.of[topic], id)
	}
}

// tell calls those who follow a topic.
func (f *followers) tell(topic, text string) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for _, hear := range f.of[topic] {
		hear(text)
	}
}

// missed tells all of them that they may have missed something.
func (f *followers) missed() {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for topic, all := range f.of {
		for _, hear := range all {
			if topic != Forgotten {
				hear(Missed)
			}
		}
	}
}

// Forgotten is the topic of the cache: its followers hear the keys that a write has made wrong, one a line, before the
// write answers, whoever made it on whatever node; Missed for all of them.
const Forgotten = "forgotten"

// Notify tells the followers of a topic, on all nodes, once the transaction has committed.
func (t *Tx) Notify(topic, text string) { t.notices = append(t.notices, notice{topic, text}) }

// NotifyOthers tells the followers of a topic on other nodes, at once.
func (d *DB) NotifyOthers(ctx context.Context, topic string, texts ...string) error {
	if !d.Postgres {
		return nil
	}
	t := d.Read(ctx)
	for _, text := range texts {
		if _, err := t.Exec("SELECT pg_notify(?, ?)", noticeChannel, d.Cache.signed(notice{topic, text})); err != nil {
			return err
		}
	}
	return nil
}

// signed is a notice as it goes to other nodes: with the node that it is from, which hears its own at once.
func (c *Cache) signed(n notice) string { return c.node + " " + n.topic + "\n" + n.text }

// heard tells followers of what another node has said.
func (c *Cache) heard(payload string) {
	head, text, _ := strings.Cut(payload, "\n")
	node, topic, ok := strings.Cut(head, " ")
	if ok && node != c.node {
		c.followers.tell(topic, text)
	}
}

// sendNotices lets the other nodes hear with the commit.
func (t *Tx) sendNotices() error {
	if !t.db.Postgres {
		return nil
	}
	for _, n := range t.notices {
		if _, err := t.Exec("SELECT pg_notify(?, ?)", noticeChannel, t.db.Cache.signed(n)); err != nil {
			return err
		}
	}
	return nil
}
