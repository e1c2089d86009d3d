package user

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// prove notes in u, which the caller writes (provenColumns), that the person has proved to read what is sent to their
// address. When the address was invited before the account was made, and nobody had proved anything yet, the account
// may be a stranger's who waits for the one who was meant: then every way in that was there before ends.
func prove(t *store.Tx, u *store.User) error {
	if u.EmailProven || u.Email == nil {
		return nil
	}
	u.EmailProven = true
	before := dbx.And(dbx.HashExp{"email": *u.Email}, store.Before("created_at", u.CreatedAt))
	invited, err := store.WorkspaceInvites.Exists(t, before)
	if err == nil && !invited {
		invited, err = store.ProjectInvites.Exists(t, before)
	}
	if err != nil || !invited {
		return err
	}
	u.Password, u.IsPasswordAutoset = "!"+app.RandomHex(32), true // fits nothing
	if err := store.EndSessions(t, u.ID, ""); err != nil {
		return err
	}
	if err := store.EndTokens(t, u.ID); err != nil {
		return err
	}
	if _, err := store.EndFactor(t, u.ID); err != nil {
		return err
	}
	elsewhere, err := store.Accounts.List(t, dbx.HashExp{"user_id": u.ID})
	for i := range elsewhere {
		if err := store.Accounts.Purge(t, &elsewhere[i]); err != nil {
			return err
		}
	}
	return err
}

var provenColumns = []string{"email_proven", "password", "is_password_autoset", "last_login_ip"}
