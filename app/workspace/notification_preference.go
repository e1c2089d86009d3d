package workspace

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// EmailPreference returns which emails about issues the caller wants; it is made with the account.
func EmailPreference(c *app.Call) (*store.NotificationPreference, error) {
	return store.NotificationPreferences.Get(c.Read(), dbx.HashExp{"user_id": c.User.ID})
}

// CheckPreference adds what is wrong with whose preference it is to be, and where it holds. It stays the caller's own,
// in a workspace and a project that they are in: the reference takes any that there are.
func CheckPreference(c *app.Call, user, workspace, project *string, faults app.Fields) error {
	if user != nil && *user != c.UserID() {
		faults.Add("user", app.NoObject(*user))
	}
	t, mine := c.Read(), dbx.HashExp{"member_id": c.UserID(), "is_active": true}
	if workspace != nil {
		if in, err := store.WorkspaceMembers.Exists(t, dbx.And(mine, dbx.HashExp{"workspace_id": *workspace})); err != nil {
			return err
		} else if !in {
			faults.Add("workspace", app.NoObject(*workspace))
		}
	}
	if project != nil {
		if in, err := store.ProjectMembers.Exists(t, dbx.And(mine, dbx.HashExp{"project_id": *project})); err != nil {
			return err
		} else if !in {
			faults.Add("project", app.NoObject(*project))
		}
	}
	return nil
}

// UpdateEmailPreference writes the named columns.
func UpdateEmailPreference(c *app.Call, p *store.NotificationPreference, cols ...string) error {
	return c.Write(func(t *store.Tx) error { return store.NotificationPreferences.Update(t, p, cols...) })
}
