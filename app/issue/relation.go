package issue

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Relations are the kinds of relation as they are seen from either side, in the order in which they are listed.
var Relations = []string{"blocking", "blocked_by", "duplicate", "relates_to", "start_after", "start_before",
	"finish_after", "finish_before"}

var inverse = map[string]string{"blocking": "blocked_by", "blocked_by": "blocking", "start_after": "start_before",
	"start_before": "start_after", "finish_after": "finish_before", "finish_before": "finish_after",
	"implements": "implemented_by", "implemented_by": "implements"}

// Inverse is a kind of relation as the other side sees it.
func Inverse(kind string) string {
	if k, ok := inverse[kind]; ok {
		return k
	}
	return kind
}

// ListRelated returns the work items related to one of the call's project, newest first: those that are in projects of
// the caller's. (The reference shows them all, of whatever work item of the workspace.) Each has its kind as the one
// sees it.
func ListRelated(c *app.Call, issue string) ([]store.Related, error) {
	return listRelated(c, c.Read(), issue)
}

func listRelated(c *app.Call, t *store.Tx, issue string) ([]store.Related, error) {
	if _, err := store.FindIssueKey(t, c.ProjectID, issue); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return nil, err
	}
	related, err := store.RelatedTo(t, c.Workspace.ID, issue, slices.Collect(maps.Keys(c.Access.Projects)), c.OwnOnly())
	if err != nil {
		return nil, err
	}
	for i := range related {
		inverted := Inverse(related[i].RelationType)
		if related[i].ID == issue && inverted != related[i].RelationType { // it is related to itself: both sides are its own
			other := related[i]
			other.RelationType = inverted
			related = append(related, other)
		} else if !related[i].Forth {
			related[i].RelationType = inverted
		}
	}
	return related, nil
}

// Relation is a relation that was made, with the work item on its other side.
type Relation struct {
	store.IssueRelation
	Other store.Issue
}

// Relate relates a work item of the call's project to others, of any project of the workspace that the caller is in.
// Pairs that are related already stay as they are, and are answered all the same, as in the reference. The work item
// itself is left out, and refused when nothing else was named; so is one that has the same relation the other way
// round.
func Relate(c *app.Call, issue, kind string, others []string) ([]Relation, error) {
	return relate(c, issue, kind, others, func(*store.Tx) error { return nil })
}

// relate is Relate if allow, which is asked when nobody else relates these work items, has nothing against it.
func relate(c *app.Call, issue, kind string, others []string, allow func(*store.Tx) error) ([]Relation, error) {
	made := []Relation{}
	others, err := relatable(issue, kind, others)
	if err != nil || len(others) == 0 {
		return made, err
	}
	err = c.Write(func(t *store.Tx) error {
		made = made[:0]
		at, err := findPlace(c, t, issue)
		if err != nil {
			return err
		}
		if err := t.LockRows("issues", append([]string{issue}, others...)...); err != nil { // there and back is a circle
			return err
		}
		if err := allow(t); err != nil {
			return err
		}
		known, err := knownIssues(c, t, append([]string{issue}, others...))
		if err == nil && known[issue] == nil { // it was deleted while this waited
			err = app.Unknown(store.ErrNotFound)
		}
		if err != nil {
			return err
		}
		word, swapped := store.KeptRelation(kind)
		turned, err := store.RelatedBack(t, issue, word, swapped, others)
		if err != nil {
			return err
		}
		if Inverse(kind) != kind { // there and back is a circle; what has no direction is there already
			if others = without(others, turned); len(others) == 0 {
				return app.Field("issues", "The relation is there the other way round.")
			}
		}
		rows, history := make([]*store.IssueRelation, len(others)), []*store.IssueActivity{}
		for i, id := range others {
			if known[id] == nil {
				return app.ErrPayload
			}
			rows[i] = &store.IssueRelation{RelationType: word, IssueID: issue, RelatedIssueID: id, ProjectID: at.ProjectID,
				WorkspaceID: at.WorkspaceID}
			if swapped {
				rows[i].IssueID, rows[i].RelatedIssueID = id, issue
			}
			history = append(history, relationRow("updated", kind, kind, issue, "", numbered(known[id]), id),
				relationRow("updated", Inverse(kind), Inverse(kind), id, "", numbered(known[issue]), issue))
		}
		if err := store.Relate(t, fresh(rows, turned, issue)); err != nil {
			return err
		}
		for i, id := range others {
			made = append(made, Relation{*rows[i], known[id].Issue})
		}
		return trace(c, t, at, "issue_relation.activity.created", history...)
	})
	return made, err
}

// relatable are those of the named work items that one can be related to.
func relatable(issue, kind string, named []string) ([]string, error) {
	if !slices.Contains(Relations, kind) && inverse[kind] == "" {
		return nil, app.Field("relation_type", `"`+kind+`" is not a valid choice.`)
	}
	if slices.ContainsFunc(named, func(id string) bool { return !store.IsID(id) }) {
		return nil, app.ErrValue
	}
	others := slices.DeleteFunc(distinct(named), func(id string) bool { return id == issue })
	if len(others) == 0 && len(named) > 0 {
		return nil, app.Field("issues", "A work item can't be related to itself.")
	}
	return others, nil
}

func without(ids, gone []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(gone, id) })
}

// fresh are the relations that are not there the other way round.
func fresh(rows []*store.IssueRelation, turned []string, issue string) []*store.IssueRelation {
	return slices.DeleteFunc(slices.Clone(rows), func(r *store.IssueRelation) bool {
		return slices.Contains(turned, r.RelatedIssueID) && r.IssueID == issue || slices.Contains(turned, r.IssueID) &&
			r.RelatedIssueID == issue
	})
}

func numbered(i *store.IssueWithState) string {
	return fmt.Sprintf("%s-%d", i.Identifier, i.SequenceID)
}

// knownIssues returns those of the work items that the caller may see, by id.
func knownIssues(c *app.Call, t *store.Tx, ids []string) (map[string]*store.IssueWithState, error) {
	rows, err := store.IssuesByID(t, ids, slices.Collect(maps.Keys(c.Access.Projects)), true)
	known := make(map[string]*store.IssueWithState, len(rows))
	for i := range rows {
		if c.Sees(rows[i].ProjectID, rows[i].CreatedByID) {
			known[rows[i].ID] = &rows[i]
		}
	}
	return known, err
}

func relationRow(verb, field, said, issue, from, to, other string) *store.IssueActivity {
	word := "added "
	if verb == "deleted" {
		word = "deleted "
	}
	return &store.IssueActivity{Verb: verb, Field: &field, Comment: word + said + " relation", IssueID: &issue,
		OldValue: &from, NewValue: &to, OldIdentifier: &other}
}

// Unrelate removes what relates two work items; kind is what the caller takes it for, and only history shows it.
// In the other side's history the reference swaps no kinds but blocking, and names that side's own id.
func Unrelate(c *app.Call, issue, kind, other string) error {
	if !store.IsID(other) {
		return store.ErrNotFound
	}
	return c.Write(func(t *store.Tx) error {
		at, known, err := pair(c, t, issue, other)
		if err != nil {
			return err
		}
		if err := store.Unrelate(t, c.Workspace.ID, issue, other); err != nil {
			return err
		}
		back := kind
		if kind == "blocking" || kind == "blocked_by" {
			back = Inverse(kind)
		}
		return trace(c, t, at, "issue_relation.activity.deleted",
			relationRow("deleted", kind, kind, issue, numbered(known[other]), "", other),
			relationRow("deleted", back, kind, other, numbered(known[issue]), "", other))
	})
}
