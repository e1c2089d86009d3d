package issue

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// The work items of an initiative, epics and others: as far as the caller sees them.

func findInitiative(c *app.Call, t *store.Tx, id string) (*store.Initiative, error) {
	return store.Initiatives.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
}

// ListInInitiative returns a part of the work items of an initiative, or of its epics only, and how many there are.
func ListInInitiative(c *app.Call, id string, epics bool, s store.ListPart, in PublicQuery) ([]store.PublicIssue, int,
	error) {
	if _, err := findInitiative(c, c.Read(), id); err != nil {
		return nil, 0, err
	}
	scope, err := inWorkspace(c)
	if err != nil {
		return nil, 0, err
	}
	more := []issuelist.Filter{issuelist.Initiative{ID: id}}
	if epics {
		more = append(more, issuelist.Epic{Workspace: c.Workspace.ID})
	}
	return in.list(c, scope, s, "-created_at", more...)
}

// AddToInitiative gives work items that the caller sees to an initiative, all or none, and returns them. With epics
// they have to be some. field is what the request calls them.
func AddToInitiative(c *app.Call, id, field string, epics bool, ids []string) ([]store.PublicIssue, error) {
	err := c.Write(func(t *store.Tx) error {
		i, err := findInitiative(c, t, id)
		if err != nil {
			return err
		}
		if err := t.LockRow("initiatives", i.ID); err != nil { // nobody adds the same meanwhile, or deletes it
			return err
		}
		if err := t.LockRows("issues", ids...); err != nil {
			return err
		}
		known, err := knownIssues(c, t, ids)
		if err != nil {
			return err
		}
		grand, err := store.EpicsAmong(t, ids, own(c))
		if err != nil {
			return err
		}
		there, err := store.InitiativeIssues.List(t,
			dbx.And(dbx.HashExp{"initiative_id": i.ID}, store.In("issue_id", ids)))
		if err != nil {
			return err
		}
		has := map[string]bool{}
		for _, l := range there {
			has[l.IssueID] = true
		}
		var fresh []*store.InitiativeIssue
		for _, issue := range ids {
			switch {
			case known[issue] == nil:
				return app.Field(field, app.NoObject(issue))
			case epics && !grand[issue]:
				return app.Field(field, issue+" is no epic.")
			case !has[issue]:
				has[issue] = true
				fresh = append(fresh, &store.InitiativeIssue{InitiativeID: i.ID, IssueID: issue,
					ProjectID: known[issue].ProjectID, WorkspaceID: i.WorkspaceID})
			}
		}
		return store.InitiativeIssues.Insert(t, fresh...)
	})
	if err != nil {
		return nil, err
	}
	return store.PublicIssues(c.Read(), ids)
}

// RemoveFromInitiative takes work items from an initiative; those that it has not, or that the caller does not see, are
// passed over.
func RemoveFromInitiative(c *app.Call, id string, ids []string) error {
	return c.Write(func(t *store.Tx) error {
		i, err := findInitiative(c, t, id)
		if err != nil {
			return err
		}
		known, err := knownIssues(c, t, ids)
		if err != nil {
			return err
		}
		seen := make([]string, 0, len(known))
		for issue := range known {
			seen = append(seen, issue)
		}
		_, err = store.InitiativeIssues.DeleteWhere(t,
			dbx.And(dbx.HashExp{"initiative_id": i.ID}, store.In("issue_id", seen)))
		return err
	})
}
