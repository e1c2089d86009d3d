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

// Index holds the outlines of one database. No lock of it is held across a query: what has changed is read by one for
// all who wait for it, and the work items of a project that have changed by one for all who wait for that project.
type Index struct {
	db *store.DB

	changes flight
	since   mark // what changed up to here is known; only whoever reads changes touches it

	mu       sync.Mutex
	outlines map[string]*Outline  // by project
	loading  map[string]bool      // projects that are being read
	refused  map[string]time.Time // projects that there was no room for, and since when
	names    *Names
	renamed  time.Time // when names began anew
}

// Of returns the index of a database.
func Of(t *store.Tx) *Index {
	return store.Singleton(t, func(db *store.DB) *Index {
		return &Index{db: db, outlines: map[string]*Outline{}, loading: map[string]bool{}, refused: map[string]time.Time{},
			names: NewNames()}
	})
}

const (
	// manyChanges of one project are not followed one by one: its outline is read again when it is wanted again.
	manyChanges = 2000
	// mostChanges are followed while an outline is read for the first time.
	mostChanges = 20_000
)

// refusal is how long a project that there was no room for is not looked at again.
const refusal = time.Hour

// Read hands over the outlines of projects, as of now, if all of them are there; false when they are not. Nothing of
// them may be kept, and nothing be asked of the database meanwhile.
func (b *Index) Read(t *store.Tx, projects []string, do func([]*Outline)) (bool, error) {
	if len(projects) == 0 || !t.Reads() || b.held(projects) == nil {
		return false, nil
	}
	if err := b.changes.do(t.Context(), func() error { return b.follow(t) }); err != nil {
		return false, err
	}
	found := b.held(projects)
	if found == nil { // too much of one has changed
		return false, nil
	}
	for _, o := range found {
		if err := o.refreshing.do(t.Context(), func() error { return b.refresh(t, o) }); err != nil {
			return false, err
		}
	}
	locked(found, do)
	return true, nil
}

// Peek hands over the outlines of projects as they are, perhaps a little old; false when they are not all there.
func (b *Index) Peek(projects []string, do func([]*Outline)) bool {
	found := b.held(projects)
	if found != nil {
		locked(found, do)
	}
	return found != nil
}

func locked(found []*Outline, do func([]*Outline)) {
	for _, o := range found {
		o.mu.RLock()
		defer o.mu.RUnlock()
	}
	do(found)
}

// held returns the outlines of projects, in one order, so that no two wait for each other; nil when one of them is
// missing.
func (b *Index) held(projects []string) []*Outline {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := make([]*Outline, 0, len(projects))
	for _, p := range slices.Sorted(slices.Values(projects)) {
		o := b.outlines[p]
		if o == nil || !o.ready {
			return nil
		}
		o.used = time.Now()
		found = append(found, o)
	}
	return found
}

// follow finds out which work items have changed. An outline that is new since the last time is followed from now on.
func (b *Index) follow(t *store.Tx) error {
	b.mu.Lock()
	fresh, followed := []*Outline{}, []string{}
	for _, o := range b.outlines {
		if o.followed {
			followed = append(followed, o.Project)
		} else {
			fresh = append(fresh, o)
		}
	}
	b.mu.Unlock()
	at, err := now(t)
	if err != nil {
		return err
	}
	if len(followed) > 0 && at != b.since {
		news, err := changesSince(t, b.since, at, followed)
		if err != nil {
			return err
		}
		b.note(news, followed)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.since = at
	for _, o := range fresh {
		o.followed = true
	}
	return nil
}

// note keeps which work items are to be read again before an outline is.
func (b *Index) note(news changes, followed []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range followed {
		o := b.outlines[p]
		if o == nil {
			continue
		}
		most := manyChanges
		if !o.ready {
			most = mostChanges
		}
		if o.pend(news.issues[p]); news.missed || len(o.pending) > most {
			delete(b.outlines, p)
		}
	}
}

// refresh reads the work items of an outline again that have changed.
func (b *Index) refresh(t *store.Tx, o *Outline) error {
	b.mu.Lock()
	ids := o.pending
	o.pending = nil
	b.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	var rows []row
	err := o.read(t, slices.Collect(maps.Keys(ids)), func(r *row) bool {
		rows = append(rows, row{r.item, slices.Clone(r.ties), slices.Clone(r.values)})
		return true
	})
	if err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		o.pend(ids)
		return err
	}
	o.replace(ids, rows)
	return nil
}

// RequestLoad says that lists of these projects were slow: outlines of them are read, and there for those who ask
// later.
func (b *Index) RequestLoad(projects []string) {
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
func (b *Index) loadAll(ctx context.Context, projects []string) {
	for _, p := range projects {
		if err := b.Load(ctx, p); err != nil && !b.db.Closed() {
			slog.Warn("a project's lists stay slow: its outline can't be read", "project", p, "error", err)
		}
	}
}

// Load reads the outline of a project, if there is room for it.
func (b *Index) Load(ctx context.Context, project string) error {
	t := b.db.Read(ctx)
	b.mu.Lock()
	o := &Outline{Project: project, used: time.Now(), names: b.names}
	b.outlines[project] = o
	b.mu.Unlock()
	fits, err := b.fill(t, o)
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.loading, project)
	switch {
	case b.outlines[project] != o: // too much has changed meanwhile
		return err
	case err != nil || o.names != b.names:
		delete(b.outlines, project)
	case !fits || !b.evict(o):
		delete(b.outlines, project)
		if o.names == b.names {
			b.refused[project] = time.Now()
		}
	default:
		o.ready = true
	}
	return err
}

// fill reads a whole outline, and then what changed while it was read; false when it is too large for all room there
// is.
func (b *Index) fill(t *store.Tx, o *Outline) (fits bool, err error) {
	if err := b.changes.do(t.Context(), func() error { return b.follow(t) }); err != nil {
		return false, err
	}
	fits = true
	err = o.read(t, nil, func(r *row) bool {
		if fits = len(o.items) < b.db.OutlineItems; fits {
			o.add(r)
		}
		return fits
	})
	if !fits || err != nil {
		return fits, err
	}
	o.items, o.ties, o.values = slices.Clip(o.items), slices.Clip(o.ties), slices.Clip(o.values)
	o.size.Store(int64(len(o.items)))
	if err := b.changes.do(t.Context(), func() error { return b.follow(t) }); err != nil {
		return true, err
	}
	return true, b.refresh(t, o)
}

// idle is for how long an outline was not used before it makes room for another.
const idle = 10 * time.Minute

// evict drops what nobody uses until a new outline has room beside the others; false when it has none. What is in use
// stays: lists over more than has room would do nothing but read outlines otherwise. An id takes about as much as a
// work item.
func (b *Index) evict(o *Outline) bool {
	byUse := slices.SortedFunc(maps.Values(b.outlines), func(x, y *Outline) int { return x.used.Compare(y.used) })
	all := b.names.Len()
	for _, o := range byUse {
		all += int(o.size.Load())
	}
	for _, other := range byUse {
		if all <= b.db.OutlineItems {
			return true
		}
		if other.ready && time.Since(other.used) >= idle {
			delete(b.outlines, other.Project)
			all -= int(other.size.Load())
		}
	}
	if all > b.db.OutlineItems && b.names.Len() > b.db.OutlineItems/2 && time.Since(b.renamed) >= refusal {
		// Most are ids of what is long gone. Nobody knows which, so all is read anew.
		clear(b.outlines)
		b.names, b.renamed = NewNames(), time.Now()
	}
	return all <= b.db.OutlineItems
}

// pend adds to what is to be read again; b.mu is held.
func (o *Outline) pend(ids map[uuid.UUID]bool) {
	if o.pending == nil && len(ids) > 0 {
		o.pending = make(map[uuid.UUID]bool, len(ids))
	}
	maps.Copy(o.pending, ids)
}
