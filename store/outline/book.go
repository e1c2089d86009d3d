package outline

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/store"
)

// Book holds the outlines of one database.
type Book struct {
	db *store.DB

	mu       sync.Mutex
	outlines map[string]*Outline  // by project
	loading  map[string]bool      // projects that are being read
	refused  map[string]time.Time // projects that there was no room for, and since when
	mark     mark                 // what changed up to here is in all outlines
	marked   time.Time

	naming sync.RWMutex
	refs   map[string]Ref
	ids    []string // by Ref
}

// Of answers the database's book.
func Of(t *store.Tx) *Book {
	return store.Held(t, func(db *store.DB) *Book {
		return &Book{db: db, outlines: map[string]*Outline{}, loading: map[string]bool{}, refused: map[string]time.Time{},
			refs: map[string]Ref{"": 0}, ids: []string{""}}
	})
}

// manyChanges of one project are not followed one by one: its outline is read again when it is wanted again.
const manyChanges = 2000

// refusal is how long a project that there was no room for is not looked at again.
const refusal = time.Hour

// Read hands over the outlines of projects, as of now, if all of them are there; false when they are not. Nothing of them
// may be kept.
func (b *Book) Read(t *store.Tx, projects []string, do func([]*Outline)) (bool, error) {
	if len(projects) == 0 || !t.Reads() {
		return false, nil
	}
	found, err := b.current(t, projects)
	if found == nil || err != nil {
		return false, err
	}
	for _, o := range found {
		o.mu.RLock()
		defer o.mu.RUnlock()
	}
	do(found)
	return true, nil
}

// current answers outlines after bringing all that there are up to date; nil when one of them is missing.
func (b *Book) current(t *store.Tx, projects []string) ([]*Outline, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range projects {
		if b.outlines[p] == nil {
			return nil, nil
		}
	}
	if err := b.catchUp(t); err != nil {
		return nil, err
	}
	var found []*Outline
	for _, p := range slices.Sorted(slices.Values(projects)) { // in one order, so that no two wait for each other
		o := b.outlines[p]
		if o == nil { // too much of it has changed
			return nil, nil
		}
		o.used = time.Now()
		found = append(found, o)
	}
	return found, nil
}

func (b *Book) catchUp(t *store.Tx) error {
	news, err := changesSince(t, b.mark)
	if err != nil {
		return err
	}
	if news.many || time.Since(b.marked) > followed {
		clear(b.outlines)
	}
	for project, ids := range news.issues {
		o := b.outlines[project]
		if o == nil {
			continue
		}
		if len(ids) > manyChanges {
			delete(b.outlines, project)
			continue
		}
		if err := b.refresh(t, o, ids); err != nil {
			return err
		}
	}
	b.mark, b.marked = news.mark, time.Now()
	return nil
}

// refresh reads work items of an outline again.
func (b *Book) refresh(t *store.Tx, o *Outline, ids map[uuid.UUID]bool) error {
	list := make([]uuid.UUID, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	var rows []row
	err := b.read(t, o.Project, list, func(r *row) bool {
		rows = append(rows, row{r.item, slices.Clone(r.ties)})
		return true
	})
	if err == nil {
		o.replace(ids, rows)
	}
	return err
}

// Want says that lists of these projects were slow: outlines of them are read, and there for those who ask later.
func (b *Book) Want(projects []string) {
	if b.db.OutlineItems == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var missing []string
	for _, p := range projects {
		if b.outlines[p] == nil && !b.loading[p] && time.Since(b.refused[p]) >= refusal {
			b.loading[p] = true
			missing = append(missing, p)
		}
	}
	if len(missing) > 0 {
		b.db.Go(func(ctx context.Context) { b.loadAll(ctx, missing) })
	}
}

// loadAll reads outlines one after the other: others want to read, too.
func (b *Book) loadAll(ctx context.Context, projects []string) {
	for _, p := range projects {
		if err := b.Load(ctx, p); err != nil && !b.db.Closed() {
			slog.Warn("a project's lists stay slow: its outline can't be read", "project", p, "error", err)
		}
	}
}

// Load reads the outline of a project, if there is room for it.
func (b *Book) Load(ctx context.Context, project string) error {
	t := b.db.Read(ctx)
	o, since, err := b.load(t, project)
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.loading, project)
	if err != nil {
		return err
	}
	if o == nil || !b.makeRoom(len(o.items)) {
		b.refused[project] = time.Now()
		return nil
	}
	return b.take(t, o, since)
}

// take puts an outline beside the others, with what has changed while it was read.
func (b *Book) take(t *store.Tx, o *Outline, since mark) error {
	news, err := changesSince(t, since)
	if err != nil || news.many {
		return err
	}
	if ids := news.issues[o.Project]; len(ids) > 0 {
		if err := b.refresh(t, o, ids); err != nil {
			return err
		}
	}
	if len(b.outlines) == 0 {
		b.mark, b.marked = news.mark, time.Now()
	}
	b.outlines[o.Project] = o // what changed since b.mark will be read again with the others
	return nil
}

// idle is for how long an outline was not used before it makes room for another.
const idle = 10 * time.Minute

// makeRoom drops what nobody uses until so many more work items have room; false when they don't. What is in use stays:
// lists over more than has room would do nothing but read outlines otherwise.
func (b *Book) makeRoom(items int) bool {
	byUse := slices.SortedFunc(maps.Values(b.outlines), func(x, y *Outline) int { return x.used.Compare(y.used) })
	for _, o := range byUse {
		items += len(o.items)
	}
	for _, o := range byUse {
		if items <= b.db.OutlineItems || time.Since(o.used) < idle {
			break
		}
		delete(b.outlines, o.Project)
		items -= len(o.items)
	}
	return items <= b.db.OutlineItems
}

// load reads an outline as of a mark or later; nil when it is too large for all room there is.
func (b *Book) load(t *store.Tx, project string) (*Outline, mark, error) {
	since, err := now(t)
	if err != nil {
		return nil, since, err
	}
	o := &Outline{Project: project, used: time.Now()}
	err = b.read(t, project, nil, func(r *row) bool {
		if len(o.items) == b.db.OutlineItems {
			o = nil
			return false
		}
		o.add(r)
		return true
	})
	if o != nil {
		o.items, o.ties = slices.Clip(o.items), slices.Clip(o.ties)
	}
	return o, since, err
}

// Ref is what stands for an id; false when no work item was ever seen to have it.
func (b *Book) Ref(id string) (Ref, bool) {
	b.naming.RLock()
	defer b.naming.RUnlock()
	r, ok := b.refs[id]
	return r, ok && r != 0
}

// ID is what a Ref stands for.
func (b *Book) ID(r Ref) string {
	b.naming.RLock()
	defer b.naming.RUnlock()
	return b.ids[r]
}

// Refs is how many there are: all are smaller.
func (b *Book) Refs() int {
	b.naming.RLock()
	defer b.naming.RUnlock()
	return len(b.ids)
}

// ref makes what stands for an id.
func (b *Book) ref(id string) Ref {
	if r, ok := b.refs[id]; ok {
		return r
	}
	r := Ref(len(b.ids))
	id = string([]byte(id)) // not the whole text that it is a part of
	b.refs[id], b.ids = r, append(b.ids, id)
	return r
}
