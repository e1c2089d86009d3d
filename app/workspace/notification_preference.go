package workspace

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// EmailPreference returns which emails about issues the caller wants; it is made with the account.
func EmailPreference(c *app.Call) (*store.NotificationPreference, error) {
	return store.NotificationPreferences.Get(c.Read(), dbx.HashExp{"user_id": c.User.ID})
}

// Reminded says whether the caller is reminded of due dates, as everybody is who did not switch it off.
func Reminded(c *app.Call) (bool, error) {
	p, err := EmailPreference(c)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	return err == nil && !p.RemindersOff, err
}

// Remind switches reminders of due dates on or off for the caller.
func Remind(c *app.Call, on bool) error {
	return c.Write(func(t *store.Tx) error {
		p, err := store.NotificationPreferences.Get(t, dbx.HashExp{"user_id": c.User.ID})
		if errors.Is(err, store.ErrNotFound) { // an account from elsewhere
			return store.NotificationPreferences.Insert(t, &store.NotificationPreference{UserID: c.User.ID, PropertyChange: true,
				StateChange: true, Comment: true, Mention: true, IssueCompleted: true, RemindersOff: !on})
		}
		if err != nil {
			return err
		}
		p.RemindersOff = !on
		return store.NotificationPreferences.Update(t, p, "reminders_off")
	})
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
