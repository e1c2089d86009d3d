package instance

import (
	"context"
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// Administrator is the role of administrators.
const Administrator = user.Administrator

// Administers says whether the caller may what administrators of the installation may.
func Administers(c *app.Call) (bool, error) { return store.IsInstanceAdmin(c.Read(), c.User.ID) }

// Promote makes a person an administrator of the installation; store.ErrUnique if that is so already.
func Promote(ctx context.Context, a *app.App, actor, person string, role int) (admin *store.InstanceAdmin, err error) {
	err = a.DB.Write(ctx, actor, func(t *store.Tx) error {
		admin, err = user.Promote(t, person, role)
		return err
	})
	return admin, err
}

// SetUp makes a person, who is written, the first administrator, and the installation ready for everybody.
// An installation that has an administrator refuses with ADMIN_ALREADY_EXIST.
func SetUp(t *store.Tx, person, company string, telemetry bool) error {
	some, err := administered(t)
	if err != nil {
		return err
	}
	if some {
		return app.Coded("ADMIN_ALREADY_EXIST")
	}
	if _, err := user.Promote(t, person, Administrator); err != nil {
		return err
	}
	i, err := store.Instances.First(t, dbx.HashExp{}, "created_at DESC")
	if err != nil {
		return err
	}
	i.IsSetupDone, i.InstanceName, i.IsTelemetryEnabled = true, company, telemetry
	return store.Instances.Update(t, i, "is_setup_done", "instance_name", "is_telemetry_enabled")
}

// administered says whether there is an administrator, and lets nobody become the first one until the transaction ends.
func administered(t *store.Tx) (bool, error) {
	if err := t.Lock(user.AdministratorsLock); err != nil {
		return false, err
	}
	return store.InstanceAdmins.Exists(t, dbx.HashExp{})
}

// Appoint makes a person an administrator, and sets the installation up if nobody has; store.ErrUnique if that is so
// already.
func Appoint(ctx context.Context, a *app.App, person, company string) error {
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		some, err := administered(t)
		if err != nil {
			return err
		}
		if !some {
			return SetUp(t, person, company, false)
		}
		_, err = user.Promote(t, person, Administrator)
		return err
	})
}

// ListAdmins returns the administrators, newest first, and their accounts by id.
func ListAdmins(c *app.Call) ([]store.InstanceAdmin, map[string]store.User, error) {
	admins, err := store.InstanceAdmins.List(c.Read(), dbx.HashExp{}, "created_at DESC")
	if err != nil {
		return nil, nil, err
	}
	ids := make([]any, 0, len(admins))
	for _, a := range admins {
		if a.UserID != nil {
			ids = append(ids, *a.UserID)
		}
	}
	people, err := store.Users.List(c.Read(), dbx.In("id", ids...))
	if err != nil {
		return nil, nil, err
	}
	byID := map[string]store.User{}
	for _, u := range people {
		byID[u.ID] = u
	}
	return admins, byID, nil
}

// Demote ends an administrator's role for good; one that there is not is fine. The last one keeps it: without one
// anybody could set the installation up again, and own it.
func Demote(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		if err := t.Lock(user.AdministratorsLock); err != nil {
			return err
		}
		admin, err := store.InstanceAdmins.Find(t, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return user.Dismiss(t, admin)
	})
}

// HasAdmins says whether anybody administers the installation.
func HasAdmins(c *app.Call) (bool, error) {
	return store.InstanceAdmins.Exists(c.Read(), dbx.HashExp{})
}

// IsAdmin says whether the person has any role here.
func IsAdmin(c *app.Call, user string) (bool, error) {
	return store.InstanceAdmins.Exists(c.Read(), dbx.HashExp{"user_id": user})
}
