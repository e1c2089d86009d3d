package issue

import (
	"errors"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Relations of the kinds that a workspace makes itself. Work items may have any number of them beside the open
// edition's.

// ListTyped returns the work items that one of the call's project is related to by kinds of the workspace, by what the
// kind is called from its side: RelationType has that word. Every kind that is switched on has its words there.
func ListTyped(c *app.Call, issue string) (map[string][]store.Related, error) {
	t := c.Read()
	if _, err := store.FindIssueKey(t, c.ProjectID, issue); err != nil {
		return nil, err
	}
	kinds, err := store.RelationDefinitions.List(t, dbx.HashExp{"workspace_id": c.Workspace.ID, "is_active": true})
	if err != nil {
		return nil, err
	}
	related, err := store.TypedRelatedTo(t, c.Workspace.ID, issue, own(c), c.OwnOnly())
	if err != nil {
		return nil, err
	}
	by := map[string][]store.Related{}
	for _, d := range kinds {
		by[d.Outward], by[d.Inward] = append([]store.Related{}, by[d.Outward]...), append([]store.Related{}, by[d.Inward]...)
	}
	for _, r := range related {
		at := slices.IndexFunc(kinds, func(d store.RelationDefinition) bool { return d.ID == r.RelationType })
		if at < 0 {
			continue
		}
		r.RelationType = sideOf(&kinds[at], r.Forth)
		by[r.RelationType] = append(by[r.RelationType], r)
	}
	return by, nil
}

// sideOf is what a kind is called from its first side, or from the other one.
func sideOf(d *store.RelationDefinition, first bool) string {
	if first {
		return d.Outward
	}
	return d.Inward
}

// RelateTyped relates a work item of the call's project to others, which the caller may see, by a kind of the
// workspace: word is what it is called from the work item's side. Relations that are there stay. It returns the others.
func RelateTyped(c *app.Call, issue, definition, word string, others []string) ([]store.Related, error) {
	others = distinct(others)
	if slices.Contains(others, issue) {
		return nil, app.Field("work_item_ids", noRelationToItself)
	}
	var kind *store.RelationDefinition
	err := c.Write(func(t *store.Tx) (err error) {
		at, err := store.FindIssueKey(t, c.ProjectID, issue)
		if err != nil {
			return err
		}
		if kind, err = kindFor(c, t, definition, word); err != nil {
			return err
		}
		if err := t.LockRows("issues", append([]string{issue}, others...)...); err != nil { // there and back is a circle
			return err
		}
		known, err := knownIssues(c, t, append([]string{issue}, others...))
		if err != nil {
			return err
		}
		for _, id := range others {
			if known[id] == nil {
				return app.Field("work_item_ids", app.NoObject(id))
			}
		}
		return relateFresh(c, t, at, kind, word, known, others)
	})
	if err != nil {
		return nil, err
	}
	related, err := store.TypedRelatedTo(c.Read(), c.Workspace.ID, issue, own(c), c.OwnOnly())
	related = slices.DeleteFunc(related, func(r store.Related) bool {
		return r.RelationType != kind.ID || !slices.Contains(others, r.ID)
	})
	for i := range related {
		related[i].RelationType = sideOf(kind, related[i].Forth)
	}
	return related, err
}

// kindFor is the kind of the call's workspace, switched on, that has that word for one of its sides.
func kindFor(c *app.Call, t *store.Tx, id, word string) (*store.RelationDefinition, error) {
	kind, err := store.RelationDefinitions.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, app.Field("relation_definition_id", app.NoObject(id))
	case err != nil:
		return nil, err
	case !kind.IsActive:
		return nil, app.Field("relation_definition_id", "This kind of relation is switched off.")
	case word != kind.Outward && word != kind.Inward:
		return nil, app.Field("relation_definition_type", `"`+word+`" is not a valid choice.`)
	}
	return kind, nil
}

// relateFresh writes the relations that are not there yet, and the histories of both sides.
func relateFresh(c *app.Call, t *store.Tx, at store.IssueKey, kind *store.RelationDefinition, word string,
	known map[string]*store.IssueWithState, others []string) error {
	if known[at.IssueID] == nil { // it was deleted while this waited
		return app.Unknown(store.ErrNotFound)
	}
	from, to, err := store.TypedPairs(t, kind.ID, at.IssueID, others)
	if err != nil {
		return err
	}
	both, first := kind.Outward == kind.Inward, word == kind.Outward
	if !first {
		from, to = to, from
	}
	var rows []*store.TypedRelation
	var history []*store.IssueActivity
	for _, id := range others {
		switch {
		case from[id], both && to[id]:
			continue
		case to[id]:
			return app.Field("work_item_ids", "The relation is there the other way round.")
		}
		row := &store.TypedRelation{DefinitionID: kind.ID, IssueID: at.IssueID, RelatedIssueID: id, ProjectID: at.ProjectID,
			WorkspaceID: at.WorkspaceID}
		if !first {
			row.IssueID, row.RelatedIssueID = id, at.IssueID
		}
		back := sideOf(kind, !first)
		rows = append(rows, row)
		history = append(history, relationRow("updated", word, word, at.IssueID, "", numbered(known[id]), id),
			relationRow("updated", back, back, id, "", numbered(known[at.IssueID]), at.IssueID))
	}
	if len(rows) == 0 {
		return nil
	}
	if err := store.TypedRelations.Insert(t, rows...); err != nil {
		return err
	}
	return trace(c, t, at, "issue_relation.activity.created", history...)
}

// UnrelateTyped removes the relations of two work items by kinds of the workspace, whichever way round;
// store.ErrNotFound without any.
func UnrelateTyped(c *app.Call, issue, other string) error {
	return c.Write(func(t *store.Tx) error {
		at, known, err := pair(c, t, issue, other)
		if err != nil {
			return err
		}
		rows, err := store.TypedRelations.List(t, store.Between(c.Workspace.ID, issue, other))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return store.ErrNotFound
		}
		ids := make([]string, len(rows))
		for i := range rows {
			ids[i] = rows[i].DefinitionID
		}
		kinds, err := store.RelationDefinitions.ByID(t, ids)
		if err != nil {
			return err
		}
		history := []*store.IssueActivity{}
		for i := range rows {
			if err := store.TypedRelations.Delete(t, &rows[i]); err != nil {
				return err
			}
			if kind, first := kinds[rows[i].DefinitionID], rows[i].IssueID == issue; kind != nil {
				history = append(history, parted(known, issue, other, sideOf(kind, first), sideOf(kind, !first))...)
			}
		}
		return trace(c, t, at, "issue_relation.activity.deleted", history...)
	})
}
