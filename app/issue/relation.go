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
var Relations = []string{"blocking", "blocked_by", "duplicate", "relates_to", "start_after", "start_before", "finish_after", "finish_before"}

// Each kind is stored one way only; these are stored as their inverse, with the sides swapped. Plane: utils/issue_relation_mapper.py
var stored = map[string]string{"blocking": "blocked_by", "start_after": "start_before", "finish_after": "finish_before", "implements": "implemented_by"}

var inverse = map[string]string{"blocking": "blocked_by", "blocked_by": "blocking", "start_after": "start_before", "start_before": "start_after",
	"finish_after": "finish_before", "finish_before": "finish_after", "implements": "implemented_by", "implemented_by": "implements"}

// Inverse is a kind of relation as the other side sees it.
func Inverse(kind string) string {
	if k, ok := inverse[kind]; ok {
		return k
	}
	return kind
}

// ListRelated answers the work items related to one of the call's project, newest first: those that are in projects of the
// caller's. (The reference shows them all, of whatever work item of the workspace.) Each has its kind as the one sees it.
func ListRelated(c *app.Call, issue string) ([]store.Related, error) {
	t := c.Read()
	if _, err := store.FindPlace(t, c.ProjectID, issue); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return nil, err
	}
	related, err := store.RelatedTo(t, c.Workspace.ID, issue, slices.Collect(maps.Keys(c.Access.Projects)))
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
// Pairs that are related already stay as they are, and are answered all the same, as in the reference.
func Relate(c *app.Call, issue, kind string, others []string) ([]Relation, error) {
	made := []Relation{}
	if len(others) == 0 {
		return made, nil
	}
	for _, id := range others {
		if !store.IsID(id) {
			return nil, app.ErrValue
		}
	}
	err := c.Write(func(t *store.Tx) error {
		made = made[:0]
		at, err := findPlace(c, t, issue)
		if err != nil {
			return err
		}
		known, err := knownIssues(c, t, append([]string{issue}, others...))
		if err != nil {
			return err
		}
		rows, history := make([]*store.IssueRelation, len(others)), []*store.IssueActivity{}
		for i, id := range others {
			if known[id] == nil {
				return app.ErrPayload
			}
			rows[i] = &store.IssueRelation{RelationType: kind, IssueID: issue, RelatedIssueID: id, ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID}
			if k, swap := stored[kind]; swap {
				rows[i].RelationType, rows[i].IssueID, rows[i].RelatedIssueID = k, id, issue
			}
			history = append(history, relationRow("updated", kind, kind, issue, "", numbered(known[id]), id),
				relationRow("updated", Inverse(kind), Inverse(kind), id, "", numbered(known[issue]), issue))
		}
		if err := store.Relate(t, rows); err != nil {
			return err
		}
		for i, id := range others {
			made = append(made, Relation{*rows[i], known[id].Issue})
		}
		return trace(c, t, at, "issue_relation.activity.created", history...)
	})
	return made, err
}

func numbered(i *store.StatedIssue) string { return fmt.Sprintf("%s-%d", i.Identifier, i.SequenceID) }

// knownIssues answers those of the work items that are in projects the caller is in, by id.
func knownIssues(c *app.Call, t *store.Tx, ids []string) (map[string]*store.StatedIssue, error) {
	rows, err := store.IssuesByID(t, ids, slices.Collect(maps.Keys(c.Access.Projects)), true)
	known := make(map[string]*store.StatedIssue, len(rows))
	for i := range rows {
		known[rows[i].ID] = &rows[i]
	}
	return known, err
}

func relationRow(verb, field, said, issue, from, to, other string) *store.IssueActivity {
	word := "added "
	if verb == "deleted" {
		word = "deleted "
	}
	return &store.IssueActivity{Verb: verb, Field: &field, Comment: word + said + " relation", IssueID: &issue, OldValue: &from, NewValue: &to, OldIdentifier: &other}
}

// Unrelate removes what relates two work items; kind is what the caller takes it for, and only history shows it.
// In the other side's history the reference swaps no kinds but blocking, and names that side's own id.
func Unrelate(c *app.Call, issue, kind, other string) error {
	if !store.IsID(other) {
		return store.ErrNotFound
	}
	return c.Write(func(t *store.Tx) error {
		at, err := store.FindPlace(t, c.ProjectID, issue)
		if err != nil {
			return err
		}
		known, err := knownIssues(c, t, []string{issue, other})
		if err != nil {
			return err
		}
		if known[other] == nil {
			return store.ErrNotFound
		}
		if err := store.Unrelate(t, c.Workspace.ID, issue, other); err != nil {
			return err
		}
		back := kind
		if kind == "blocking" || kind == "blocked_by" {
			back = Inverse(kind)
		}
		return trace(c, t, at, "issue_relation.activity.deleted", relationRow("deleted", kind, kind, issue, numbered(known[other]), "", other),
			relationRow("deleted", back, kind, other, numbered(known[issue]), "", other))
	})
}
