package instance

import (
	"context"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// ListAccounts returns a part of the accounts of people, by address, and how many there are in all; search narrows them
// to those whose address or name has the text in it. A part without a limit is all of them.
func ListAccounts(ctx context.Context, a *app.App, search string, part store.ListPart) ([]store.KnownUser, int, error) {
	return store.KnownUsers(a.DB.Read(ctx), search, part)
}

// Refusals of those who manage administrators.
var (
	ErrNoAdministrator = &app.Error{Kind: app.NotFound, Code: "NO_ADMINISTRATOR",
		Text: "They don't administer the installation."}
	ErrLastAdministrator = user.ErrLastAdministrator
)

// Dismiss ends a person's role as an administrator of the installation. The last one who can sign in keeps it.
func Dismiss(ctx context.Context, a *app.App, u *store.User) error {
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := t.Lock(user.AdministratorsLock); err != nil {
			return err
		}
		rows, err := store.InstanceAdmins.List(t, dbx.HashExp{"user_id": u.ID})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return ErrNoAdministrator
		}
		for i := range rows {
			if err := user.Dismiss(t, &rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
}
