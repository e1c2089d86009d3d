package issue

import (
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Dependencies are the kinds of relation that say which of two work items is first.
var Dependencies = []string{"blocking", "blocked_by", "start_before", "start_after", "finish_before", "finish_after"}

const noRelationToItself = "A work item can't be related to itself."

// ListDependencies returns the work items that one of the call's project depends on, or that depend on it, see
// ListRelated.
func ListDependencies(c *app.Call, issue string) ([]store.Related, error) {
	if _, err := store.FindIssueKey(c.Read(), c.ProjectID, issue); err != nil {
		return nil, err
	}
	related, err := ListRelated(c, issue)
	return slices.DeleteFunc(related, func(r store.Related) bool {
		return !slices.Contains(Dependencies, r.RelationType)
	}), err
}

// Depend relates a work item to others by one of Dependencies, see Relate, and returns these. Two work items have one
// relation of the open edition's kinds: where there is another one already, it is refused.
func Depend(c *app.Call, issue, kind string, others []string) ([]store.Related, error) {
	if _, err := store.FindIssueKey(c.Read(), c.ProjectID, issue); err != nil {
		return nil, err
	}
	if slices.Contains(others, issue) {
		return nil, app.Field("work_item_ids", noRelationToItself)
	}
	if _, err := relate(c, issue, kind, others, func(t *store.Tx) error {
		return mayDepend(c, t, issue, kind, others)
	}); err != nil {
		return nil, err
	}
	now, err := ListDependencies(c, issue)
	return slices.DeleteFunc(now, func(r store.Related) bool {
		return r.RelationType != kind || !slices.Contains(others, r.ID)
	}), err
}

// mayDepend refuses work items that the caller does not see, and those that have a relation of another kind.
func mayDepend(c *app.Call, t *store.Tx, issue, kind string, others []string) error {
	known, err := knownIssues(c, t, others)
	if err != nil {
		return err
	}
	for _, id := range others {
		if known[id] == nil {
			return app.Field("work_item_ids", app.NoObject(id))
		}
	}
	there, err := listRelated(c, t, issue)
	for _, r := range there {
		if slices.Contains(others, r.ID) && r.RelationType != kind {
			return app.Field("work_item_ids", r.ID+" has another relation with this work item: "+r.RelationType+".")
		}
	}
	return err
}

// RemoveDependency removes the dependencies of two work items, whichever way round; store.ErrNotFound without any.
func RemoveDependency(c *app.Call, issue, other string) error {
	kept := []any{"blocked_by", "start_before", "finish_before"} // as they are stored
	return part(c, issue, other, dbx.HashExp{"relation_type": kept})
}

// RemoveRelation removes what relates two work items, but for kinds of the workspace; store.ErrNotFound when nothing
// does.
func RemoveRelation(c *app.Call, issue, other string) error { return part(c, issue, other, nil) }

// part removes the relations of two work items that fit, each with its entry in the history of both.
func part(c *app.Call, issue, other string, kinds dbx.Expression) error {
	return c.Write(func(t *store.Tx) error {
		at, known, err := pair(c, t, issue, other)
		if err != nil {
			return err
		}
		rows, err := store.IssueRelations.List(t, dbx.And(store.Between(c.Workspace.ID, issue, other), kinds))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return store.ErrNotFound
		}
		history := []*store.IssueActivity{}
		for i := range rows {
			kind := rows[i].RelationType
			if rows[i].IssueID != issue {
				kind = Inverse(kind)
			}
			if err := store.IssueRelations.Delete(t, &rows[i]); err != nil {
				return err
			}
			history = append(history, parted(known, issue, other, kind, Inverse(kind))...)
		}
		return trace(c, t, at, "issue_relation.activity.deleted", history...)
	})
}

// pair finds two work items that the caller may see, the first of them in the call's project.
func pair(c *app.Call, t *store.Tx, issue, other string) (store.IssueKey, map[string]*store.IssueWithState, error) {
	at, err := store.FindIssueKey(t, c.ProjectID, issue)
	if err != nil {
		return at, nil, err
	}
	known, err := knownIssues(c, t, []string{issue, other})
	if err == nil && (known[issue] == nil || known[other] == nil) {
		err = store.ErrNotFound
	}
	return at, known, err
}

// parted is what the end of a relation leaves in the histories of both sides.
func parted(known map[string]*store.IssueWithState, issue, other, kind, back string) []*store.IssueActivity {
	return []*store.IssueActivity{
		relationRow("deleted", kind, kind, issue, numbered(known[other]), "", other),
		relationRow("deleted", back, back, other, numbered(known[issue]), "", issue),
	}
}

// own are the projects that the caller is in.
func own(c *app.Call) []string { return slices.Collect(maps.Keys(c.Access.Projects)) }
