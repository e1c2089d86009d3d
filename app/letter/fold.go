package letter

import (
	"cmp"
	"slices"
	"time"
)

// Change is one change of a work item, as a row of email_notification_logs tells it.
type Change struct {
	Field, Verb  string
	Old, New     string
	OldID, NewID string // of what Old and New name; empty where there is none
	Actor        string
	At           time.Time
}

// Line is what became of one field: of one with a value its first and its last, of one with several what came and what
// went.
type Line struct {
	Field          string
	From, To       string
	Added, Removed []string
	Touched        []string  // what is there as before, and was changed
	Less           int       // how many went whose names nobody knows
	Actors         []string  // in the order of their first changes
	At             time.Time // of the last change
}

// Said is a comment that was written or changed.
type Said struct {
	ID, Actor string
	Edited    bool // it was there before
	At        time.Time
}

// Fold gathers the changes of a work item. They are added in the order in which they happened; what it keeps does not
// grow with how often a value changed.
type Fold struct {
	fields map[string]*folded
	said   []*Said
}

// folded is what is known of a field so far.
type folded struct {
	Line
	first, last Change
	values      map[string]*value
	order       []string // keys of values
	lost        int      // removals of what nobody can name
	lostBy      string
}

// value is one of those that a field may have several of.
type value struct {
	name, id string
	had, has bool // before the first change, after the last one
	changed  bool
	actors   []string
	at       time.Time
}

// several are the fields with any number of values; in all others a value takes the place of the one before.
var several = []string{"assignees", "labels", "link", "attachment", "blocked_by", "blocking", "duplicate", "relates_to",
	"start_after", "start_before", "finish_after", "finish_before", "implements", "implemented_by"}

// Add takes one more change.
func (f *Fold) Add(c Change) {
	if c.Field == "comment" && c.Verb != "deleted" {
		f.say(c)
		return
	}
	if f.fields == nil {
		f.fields = map[string]*folded{}
	}
	g := f.fields[c.Field]
	if g == nil {
		g = &folded{Line: Line{Field: c.Field}, first: c, values: map[string]*value{}}
		f.fields[c.Field] = g
	}
	g.last, g.At = c, c.At
	switch {
	case c.Field == "comment" || c.Field == "attachment" && c.Verb == "deleted":
		g.lost++
		g.lostBy = c.Actor
	case !slices.Contains(several, c.Field):
		g.Actors = with(g.Actors, c.Actor)
	case c.Old == c.New && c.Old != "":
		g.value(c, c.Old, c.OldID, true).changed = true
	default:
		if c.Old != "" {
			g.value(c, c.Old, c.OldID, true).has = false
		}
		if c.New != "" {
			g.value(c, c.New, c.NewID, false).has = true
		}
	}
}

// value finds one of several by what identifies it; had says whether it was there when it is met for the first time.
func (g *folded) value(c Change, name, id string, had bool) *value {
	key := name
	if id != "" && c.Field != "link" { // a link that goes leaves only its address
		key = id
	}
	v := g.values[key]
	if v == nil {
		v = &value{had: had, has: had}
		g.values[key] = v
		g.order = append(g.order, key)
	}
	v.name, v.id, v.at, v.actors = name, cmp.Or(id, v.id), c.At, with(v.actors, c.Actor)
	return v
}

func (f *Fold) say(c Change) {
	i := slices.IndexFunc(f.said, func(s *Said) bool { return s.ID == c.NewID })
	switch {
	case i < 0:
		f.said = append(f.said, &Said{ID: c.NewID, Actor: c.Actor, Edited: c.Verb == "updated", At: c.At})
	case f.said[i].Edited:
		f.said[i].At = c.At
	}
}

func with(list []string, one string) []string {
	if one == "" || slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// Comments are those that were written or changed, in their order.
func (f *Fold) Comments() []*Said { return f.said }

// Files are the ids of what was attached.
func (f *Fold) Files() []string {
	var ids []string
	if g := f.fields["attachment"]; g != nil {
		for _, key := range g.order {
			ids = append(ids, g.values[key].id)
		}
	}
	return ids
}

// Lines are the fields that are not as they were. gone says of comments and of files whether they are deleted: their
// removal names nothing.
func (f *Fold) Lines(gone func(id string) bool) []Line {
	var lines []Line
	for _, g := range f.fields {
		if g.ends(f.said, gone) {
			lines = append(lines, g.Line)
		}
	}
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(place(a.Field), place(b.Field)), cmp.Compare(a.Field, b.Field))
	})
	return lines
}

// ends fills the line of a field in, and says whether there is anything to tell.
func (g *folded) ends(said []*Said, gone func(id string) bool) bool {
	if g.Field == "comment" {
		for _, s := range said {
			if !s.Edited && gone(s.ID) {
				g.lost--
			}
		}
	}
	for _, key := range g.order {
		v := g.values[key]
		if g.Field == "attachment" && v.has && gone(v.id) {
			g.lost--
			continue
		}
		g.settle(v)
	}
	if g.Less = max(g.lost, 0); g.Less > 0 {
		g.Actors = with(g.Actors, g.lostBy)
	}
	if len(g.values) > 0 || g.lost != 0 || g.Field == "comment" || slices.Contains(several, g.Field) {
		return len(g.Added)+len(g.Removed)+len(g.Touched)+g.Less > 0
	}
	g.From, g.To = g.first.Old, g.last.New
	same := g.From == g.To
	if g.first.OldID != "" && g.last.NewID != "" {
		same = g.first.OldID == g.last.NewID
	}
	if g.Field == "archived_at" {
		same = (g.first.New == "restore") != (g.last.New == "restore") // before the first, after the last
	}
	return !same
}

func (g *folded) settle(v *value) {
	switch {
	case v.has && !v.had:
		g.Added = append(g.Added, v.name)
	case v.had && !v.has:
		g.Removed = append(g.Removed, v.name)
	case v.changed && v.has:
		g.Touched = append(g.Touched, v.name)
	default:
		return
	}
	for _, a := range v.actors {
		g.Actors = with(g.Actors, a)
	}
}
