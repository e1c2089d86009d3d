// Package stream tells those who listen what happens in a workspace, as it happens: of each event only that it was, to
// whom may see what it is about at the moment of telling.
//
// Events are rows that each change leaves in its own transaction, in an order in which nothing comes in between later
// (see store.StreamEvent), so that who knows how far they have read misses nothing: on any node, after any restart.
// One reader of a node (see hub) reads for all who listen there. Who is slow, or comes back, reads for themselves.
package stream

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Kinds are what happens to what.
var Kinds = []string{store.EventIssue, store.EventComment, store.EventProject, store.EventCycle, store.EventModule,
	store.EventPage, store.EventIntake}

// Event is what somebody is told.
type Event struct {
	Place     string // from which one can go on behind it
	Kind      string
	Action    string // created, updated or deleted
	EntityID  string // of an intake's item the work item's
	ProjectID string
	IssueID   *string  // the work item that a comment is on
	Key       *string  // of a work item, as people write it: WEB-12
	Name      *string  // nil of a comment
	Fields    []string // of a work item, by name, those that have changed; empty: others, or what is around it
	ActorID   *string
	At        time.Time
}

// Filter narrows what is told; an empty list narrows nothing.
type Filter struct{ Projects, Kinds []string }

func (f *Filter) fits(e *Event) bool {
	return len(f.Kinds) == 0 || slices.Contains(f.Kinds, e.Kind)
}

// in returns the first of the projects that the filter lets through, and whether there is one.
func (f *Filter) in(projects ...string) (string, bool) {
	for _, p := range projects {
		if len(f.Projects) == 0 || slices.Contains(f.Projects, p) {
			return p, true
		}
	}
	return "", false
}

// place is a place in the order of events: behind the one with that number. The tag is that event's, so that a place of
// another database, or of one that was restored since, is known for what it is.
type place struct {
	number int64
	tag    uint32
}

// Oldest is the place before all that is kept.
const Oldest = "0"

func placeOf(e *store.StreamEvent) place {
	h := fnv.New32a()
	fmt.Fprint(h, e.Number, e.EntityID, e.At.UnixMicro())
	return place{e.Number, h.Sum32()}
}

func (p place) String() string { return fmt.Sprintf("%d-%08x", p.number, p.tag) }

// errPlace is what is said of a place that is none.
var errPlace = errors.New("This is no id of an event.") // people read it

// parsePlace reads what String wrote.
func parsePlace(text string) (place, error) {
	first, second, two := strings.Cut(text, "-")
	number, err := strconv.ParseInt(first, 10, 64)
	tag, failed := strconv.ParseUint(second, 16, 32)
	if !two || err != nil || failed != nil || number < 0 || place.String(place{number, uint32(tag)}) != text {
		return place{}, errPlace
	}
	return place{number, uint32(tag)}, nil
}

// IsPlace says whether a text is a place that events may be asked for from.
func IsPlace(text string) bool {
	_, err := parsePlace(text)
	return err == nil || text == Oldest
}

// newest is the place behind the newest event.
func newest(t *store.Tx) (place, error) {
	e, err := store.LastStreamEvent(t)
	if errors.Is(err, store.ErrNotFound) {
		return place{}, nil
	}
	if err != nil {
		return place{}, err
	}
	return placeOf(e), nil
}

// known says whether everything behind a place is kept: that is so when the event before it is.
func (p place) known(ctx context.Context, db *store.DB) (bool, error) {
	t := db.Read(ctx)
	find := func() (*store.StreamEvent, error) { return store.StreamEventAt(t, p.number) }
	if p.number == 0 {
		find = func() (*store.StreamEvent, error) { return store.OldestStreamEvent(t) }
	}
	e, err := find()
	switch {
	case errors.Is(err, store.ErrNotFound):
		return p == place{}, nil
	case err != nil:
		return false, err
	case p.number == 0:
		return p.tag == 0 && e.Number == 1, nil
	}
	return placeOf(e) == p, nil
}

// see is what the caller is told of an event by the rules that hold for reading what it is about; false: nothing.
func see(c *app.Call, s *store.StreamSubjects, f *Filter, e *store.StreamEvent) (Event, bool) {
	out := Event{Place: placeOf(e).String(), Kind: e.Kind, Action: e.Action, EntityID: e.EntityID, Fields: e.Fields,
		ActorID: e.ActorID, At: e.At}
	ok := false
	switch e.Kind {
	case store.EventIssue, store.EventIntake:
		ok = seeIssue(c, s.Issues[e.EntityID], &out)
	case store.EventComment:
		issue := s.Comments[e.EntityID]
		ok = seeIssue(c, s.Issues[issue], &out)
		out.Kind, out.IssueID, out.Name, out.Fields = e.Kind, &issue, nil, nil
	case store.EventCycle:
		ok = seePlan(c, s.Cycles[e.EntityID], &out)
	case store.EventModule:
		ok = seePlan(c, s.Modules[e.EntityID], &out)
	case store.EventProject:
		ok = seeProject(c, s.Projects[e.EntityID], &out)
	case store.EventPage:
		return out, seePage(c, s.Pages[e.EntityID], f, &out) && f.fits(&out)
	}
	if !ok || !f.fits(&out) {
		return out, false
	}
	_, ok = f.in(out.ProjectID)
	return out, ok
}

// seeIssue shows a work item to who may read it; what waits in the intake is the intake's, and not yet a card.
func seeIssue(c *app.Call, i *store.StreamIssue, out *Event) bool {
	if i == nil {
		return false
	}
	if i.Triage {
		out.Kind = store.EventIntake
	}
	if out.Kind == store.EventIntake {
		out.Fields = nil
	}
	mine := i.Maker != nil && *i.Maker == c.UserID()
	if out.Kind == store.EventIntake && len(i.Askers) > 0 {
		mine = slices.Contains(i.Askers, c.UserID())
	}
	key := i.Identifier + "-" + strconv.Itoa(i.Sequence)
	out.ProjectID, out.Name, out.Key = i.ProjectID, &i.Name, &key
	_, in := c.Access.Projects[i.ProjectID]
	return in && (mine || !c.SeesOwnOnly(i.ProjectID) && !i.Draft)
}

func seePlan(c *app.Call, p *store.StreamPlan, out *Event) bool {
	if p == nil {
		return false
	}
	out.ProjectID, out.Name = p.ProjectID, &p.Name
	_, in := c.Access.Projects[p.ProjectID]
	return in
}

// open is the network of projects that every member of the workspace finds.
const open = 2

func seeProject(c *app.Call, p *store.StreamProject, out *Event) bool {
	if p == nil {
		return false
	}
	out.ProjectID, out.Name = p.ID, &p.Name
	if !c.Within(p.ID) {
		return false
	}
	_, in := c.Access.Projects[p.ID]
	return in || slices.Contains(p.Members, c.UserID()) || c.Access.Workspace == app.Admin ||
		p.Network == open && c.Access.Workspace >= app.Member
}

// private is the access of pages that only their owners see.
const private = 1

func seePage(c *app.Call, p *store.StreamPage, f *Filter, out *Event) bool {
	if p == nil {
		return false
	}
	mine := p.OwnerID == c.UserID()
	seen := slices.DeleteFunc(slices.Clone(p.ProjectIDs), func(project string) bool {
		_, in := c.Access.Projects[project]
		return !in || !mine && (p.Access == private || c.SeesOwnOnly(project))
	})
	project, ok := f.in(seen...)
	out.ProjectID, out.Name = project, &p.Name
	return ok
}
