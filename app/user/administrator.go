package user

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// AdministratorsLock is the name of the lock that whoever makes or ends an administrator of the installation holds.
const AdministratorsLock = "set-up"

// Administrator is the role of administrators; the reference lets in whoever has 15 or more.
const Administrator = 20

// ErrLastAdministrator refuses to leave the installation to nobody.
var ErrLastAdministrator = &app.Error{Kind: app.Conflict, Code: "LAST_ADMINISTRATOR",
	Text: "Nobody would administer the installation any more. Make somebody else an administrator first."}

// Promote makes a person an administrator of the installation, be it once more; store.ErrUnique if that is so already.
func Promote(t *store.Tx, person string, role int) (*store.InstanceAdmin, error) {
	i, err := store.Instances.First(t, dbx.HashExp{}, "created_at DESC")
	if err != nil {
		return nil, err
	}
	if err := store.ForgetFormerAdministrator(t, person); err != nil {
		return nil, err
	}
	admin := &store.InstanceAdmin{InstanceID: i.ID, UserID: &person, Role: role}
	return admin, store.InstanceAdmins.Insert(t, admin)
}

// Dismiss ends one role, unless nobody else who can sign in has one. The caller holds AdministratorsLock.
func Dismiss(t *store.Tx, admin *store.InstanceAdmin) error {
	left, err := store.OtherAdministrators(t, admin.ID)
	if err != nil {
		return err
	}
	if !left {
		return ErrLastAdministrator
	}
	return store.InstanceAdmins.Delete(t, admin)
}
