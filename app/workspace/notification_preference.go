package workspace

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// LetterPreference answers which letters about issues the caller wants; it is made with the account.
func LetterPreference(c *app.Call) (*store.NotificationPreference, error) {
	return store.NotificationPreferences.Get(c.Read(), dbx.HashExp{"user_id": c.User.ID})
}

// UpdateLetterPreference writes the named columns.
func UpdateLetterPreference(c *app.Call, p *store.NotificationPreference, cols ...string) error {
	return c.Write(func(t *store.Tx) error { return store.NotificationPreferences.Update(t, p, cols...) })
}
