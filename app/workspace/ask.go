package workspace

import (
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

// Ask has the members of the call's workspace have a second factor from their next sign-in on, or not any more.
func Ask(c *app.Call, asks bool) error {
	return c.Write(func(t *store.Tx) error {
		if err := t.LockRows("workspaces", c.Workspace.ID); err != nil { // two at once make one row
			return err
		}
		now, err := store.FeaturesOfWorkspace(t, c.Workspace.ID)
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
