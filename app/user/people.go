package user

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// People returns those of the people who exist, by their ids.
func People(c *app.Call, ids []string) (map[string]*store.User, error) {
	return store.Users.ByID(c.Read(), ids)
}

// Exists says whether there is such a person.
func Exists(c *app.Call, id string) (bool, error) {
	return store.Users.Exists(c.Read(), dbx.HashExp{"id": id})
}

// ListAccounts returns the caller's accounts with providers, newest first.
func ListAccounts(c *app.Call) ([]store.Account, error) {
	return store.Accounts.List(c.Read(), dbx.HashExp{"user_id": c.UserID()}, "created_at DESC")
}

// GetAccount returns one of them, or store.ErrNotFound.
func GetAccount(c *app.Call, id string) (*store.Account, error) { return ownAccount(c, c.Read(), id) }

// RemoveAccount takes one of them away: its provider signs the caller in no more.
func RemoveAccount(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		a, err := ownAccount(c, t, id)
		if err != nil {
			return err
		}
		return store.Accounts.Delete(t, a)
	})
}

func ownAccount(c *app.Call, t *store.Tx, id string) (*store.Account, error) {
	return store.Accounts.Get(t, dbx.HashExp{"id": id, "user_id": c.UserID()})
}
