package user

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// ProfileOf returns the caller's profile.
func ProfileOf(c *app.Call) (*store.Profile, error) {
	return store.Profiles.Get(c.Read(), dbx.HashExp{"user_id": c.UserID()})
}

// UpdateProfile writes the named columns of the caller's profile after change has set them.
func UpdateProfile(c *app.Call, change func(p *store.Profile), columns ...string) (p *store.Profile, err error) {
	err = c.Write(func(t *store.Tx) error {
		if p, err = store.Profiles.Get(t, dbx.HashExp{"user_id": c.UserID()}); err != nil {
			return err
		}
		change(p)
		return store.Profiles.Update(t, p, columns...)
	})
	return p, err
}

// Update writes the named columns of the caller after change has set them.
func Update(c *app.Call, change func(u *store.User), columns ...string) (u *store.User, err error) {
	err = c.Write(func(t *store.Tx) error {
		if u, err = store.Users.Find(t, c.UserID()); err != nil {
			return err
		}
		change(u)
		return store.Users.Update(t, u, columns...)
	})
	return u, err
}

// OwnsPicture says whether that is a file of that kind of the caller's own.
func OwnsPicture(c *app.Call, id, kind string) (bool, error) {
	return store.IsPictureOf(c.Read(), id, kind, "user_id", c.UserID(), c.UserID())
}

// IsInstanceAdmin says whether somebody administers the installation.
func IsInstanceAdmin(c *app.Call, user string) (bool, error) {
	return store.InstanceAdmins.Exists(c.Read(), dbx.HashExp{"user_id": user})
}
