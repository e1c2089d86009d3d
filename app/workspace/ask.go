package workspace

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Asking is a workspace that the caller administers, and whether it asks its members for a second factor.
type Asking struct {
	Slug, Name string
	Asks       bool
}

// Askable are the workspaces that the caller administers, by name.
func Askable(c *app.Call) ([]Asking, error) {
	all := []Asking{}
	rows, err := store.AdministeredWorkspaces(c.Read(), c.User.ID, int(app.Admin))
	for _, w := range rows {
		all = append(all, Asking{w.Slug, w.Name, w.SecondFactor})
	}
	return all, err
}

// Ask has the members of a workspace, which the caller administers, have a second factor from their next sign-in on, or
// not any more.
func Ask(c *app.Call, slug string, asks bool) error {
	w, err := store.Workspaces.Get(c.Read(), dbx.HashExp{"slug": slug})
	if err != nil {
		return err
	}
	is, err := store.WorkspaceMembers.Exists(c.Read(), dbx.HashExp{"workspace_id": w.ID, "member_id": c.User.ID,
		"role": int(app.Admin), "is_active": true})
	if err != nil {
		return err
	}
	if !is {
		return app.ErrForbidden
	}
	return c.Write(func(t *store.Tx) error {
		if err := t.LockRows("workspaces", w.ID); err != nil { // two at once make one row
			return err
		}
		now, err := store.FeaturesOfWorkspace(t, w.ID)
		if err != nil || now.SecondFactor == asks {
			return err
		}
		now.SecondFactor = asks
		if now.ID == "" {
			return store.WorkspaceFeaturesRows.Insert(t, now)
		}
		return store.WorkspaceFeaturesRows.Update(t, now, "second_factor")
	})
}
