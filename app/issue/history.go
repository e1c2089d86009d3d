package issue

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/store"
)

// What a change leaves in the history: one row a field, in the order of these functions. Verbs, names of fields,
// comments (with their trailing blanks) and which of the values are empty, null or absent are the reference's: clients
// show them.
// Plane: bgtasks/issue_activities_task.py

func text(s string) *string { return &s }

// added and removed are about one of several: an assignee, a label.
func added(field, comment string, n store.NamedRef) *store.IssueActivity {
	return &store.IssueActivity{Verb: "updated", Field: &field, Comment: comment, OldValue: text(""), NewValue: &n.Name,
		NewIdentifier: &n.ID}
}

func removed(field, comment string, n store.NamedRef) *store.IssueActivity {
	return &store.IssueActivity{Verb: "updated", Field: &field, Comment: comment, OldValue: &n.Name, NewValue: text(""),
		OldIdentifier: &n.ID}
}

func changed(field, comment string, from, to *string) *store.IssueActivity {
	return &store.IssueActivity{Verb: "updated", Field: &field, Comment: comment, OldValue: from, NewValue: to}
}

// record collects what a change leaves: rows of history, and the fields as webhooks tell them.
type record struct {
	rows   []*store.IssueActivity
	fields []store.FieldValue

	silent       bool // no row may be written
	newAssignees []string
}

func (r *record) field(name string, from, to any) {
	r.fields = append(r.fields, store.FieldValue{Field: name, Old: from, New: to})
}

// scalar notes a text or number of the row itself; an unchanged one leaves nothing.
func scalar[T comparable](r *record, field, comment string, from, to T, show func(T) *string) {
	if from == to {
		return
	}
	r.field(field, from, to)
	r.rows = append(r.rows, changed(field, comment, show(from), show(to)))
}

// date notes a day; no day is an empty text.
func (r *record) date(field, comment string, from, to *store.Date) {
	if value(from) == value(to) {
		return
	}
	r.field(field, from, to)
	r.rows = append(r.rows, changed(field, comment, text(string(value(from))), text(string(value(to)))))
}

func value[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}

func (r *record) state(key string, from, to *store.StateRef) {
	if from.ID == to.ID {
		return
	}
	row := changed("state", "updated the state to", &from.Name, &to.Name)
	row.OldIdentifier, row.NewIdentifier = &from.ID, &to.ID
	if from.ID == "" {
		row.OldValue, row.OldIdentifier = nil, nil
	}
	r.field(key, from.ID, to.ID)
	r.rows = append(r.rows, row)
}

func (r *record) parent(from, to *store.IssueRef) {
	row := changed("parent", "updated the parent issue to", text(""), text(""))
	if from != nil {
		row.OldValue, row.OldIdentifier = &from.Number, &from.ID
	}
	if to != nil {
		row.NewValue, row.NewIdentifier = &to.Number, &to.ID
	}
	r.field("parent_id", row.OldIdentifier, row.NewIdentifier)
	r.rows = append(r.rows, row)
}

// point notes a new estimate. When the estimate is taken away, the request leaves nothing at all in the history: the
// reference's job fails there, and with it the rows of the other fields. Recorded in issue-change.
func (r *record) point(from, to *store.PointRef) {
	var before, after *string
	if from != nil {
		before = &from.ID
	}
	if to != nil {
		after = &to.ID
		row := changed("estimate_"+to.Type, "updated the estimate point to ", nil, &to.Value)
		if from != nil {
			row.OldValue, row.OldIdentifier = &from.Value, &from.ID
		}
		row.NewIdentifier = &to.ID
		r.rows = append(r.rows, row)
	}
	r.silent = to == nil
	r.field("estimate_point", before, after)
}

// set notes who came and who went, by name so that the order is the same each time.
func (r *record) set(key, field, one string, from, to map[string]store.NamedRef) {
	before := len(r.rows)
	for _, n := range missing(to, from) {
		r.rows = append(r.rows, added(field, "added "+one+" ", n))
	}
	for _, n := range missing(from, to) {
		r.rows = append(r.rows, removed(field, "removed "+one+" ", n))
	}
	if len(r.rows) > before {
		r.field(key, sortedIDs(from), sortedIDs(to))
	}
}

// sortedIDs is never nil: webhooks tell an empty list as one.
func sortedIDs(m map[string]store.NamedRef) []string {
	ids := slices.AppendSeq([]string{}, maps.Keys(m))
	slices.Sort(ids)
	return ids
}

// missing are those of a that are not in b.
func missing(a, b map[string]store.NamedRef) []store.NamedRef {
	var out []store.NamedRef
	for id, n := range a {
		if _, ok := b[id]; !ok {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(x, y store.NamedRef) int {
		if x.Name != y.Name {
			return strings.Compare(x.Name, y.Name)
		}
		return strings.Compare(x.ID, y.ID)
	})
	return out
}

// description notes a new text. Edits by one person in a row are one entry, which moves to the time of the last and
// keeps the values of the first.
func (r *record) description(t *store.Tx, issue, from, to string) error {
	if from == to {
		return nil
	}
	r.field("description_html", from, to)
	if r.silent {
		return nil
	}
	last, err := store.LastActivity(t, issue)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("last entry of the history: %w", err)
	}
	if err == nil && value(last.Field) == "description" && value(last.ActorID) == t.Actor {
		last.CreatedAt = t.Now
		return store.IssueActivities.Set(t, last, "created_at")
	}
	r.rows = append(r.rows, changed("description", "updated the description to", &from, &to))
	return nil
}
