package instance

import (
	"context"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// What keeps a node from an installation that is not its own.
var (
	ErrOtherSecret  = errors.New("the database was set up with another secret")
	ErrOtherStorage = errors.New("the files of this installation are kept in another place")
)

// SecretTag is what an installation remembers of its secret: it tells secrets apart, and nothing of them.
func SecretTag(a *app.App) string { return a.Sign("mark", store.MarkSecret) }

// CheckSecret fails with ErrOtherSecret when the installation was set up with another secret than this process has.
func CheckSecret(ctx context.Context, a *app.App) error {
	marks, err := store.Marks(a.DB.Read(ctx))
	if err != nil {
		return err
	}
	if mark := marks[store.MarkSecret]; mark != "" && mark != SecretTag(a) {
		return ErrOtherSecret
	}
	return nil
}

// Recognise compares the secret and the place of the files with those of the nodes before it, and remembers those of
// the first. storage names the place, and gives it a name if it has none: one node at a time does, so that all find the
// same one. Without a name it is not compared. ErrOtherSecret and ErrOtherStorage say that this node
// is not one of the installation's. With adopt its secret and its place are the installation's from then on; what was
// sealed with another secret among the settings is forgotten.
func Recognise(ctx context.Context, a *app.App, storage func() (string, error),
	adopt bool) error {
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := t.Lock("marks"); err != nil {
			return err
		}
		place, err := storage()
		if err != nil {
			return err
		}
		marks, err := store.Marks(t)
		if err != nil {
			return err
		}
		own := map[string]string{store.MarkSecret: SecretTag(a), store.MarkStorage: place}
		for name, value := range own {
			switch mark := marks[name]; {
			case value == "" || mark == value:
				continue
			case mark == "" || adopt:
			case name == store.MarkSecret:
				return ErrOtherSecret
			default:
				return fmt.Errorf("%w: %s, and not %s", ErrOtherStorage, mark, value)
			}
			if err := store.PutMark(t, name, value); err != nil {
				return err
			}
		}
		if !adopt {
			return nil
		}
		return forgetSealed(t, a)
	})
}

// forgetSealed empties the settings that were sealed with another secret.
func forgetSealed(t *store.Tx, a *app.App) error {
	rows, err := store.InstanceConfigurations.List(t, dbx.HashExp{"is_encrypted": true})
	if err != nil {
		return err
	}
	for i := range rows {
		if _, err := a.SettingValue(&rows[i]); err == nil {
			continue
		}
		empty := ""
		rows[i].Value = &empty
		if err := store.InstanceConfigurations.Set(t, &rows[i], "value"); err != nil {
			return err
		}
	}
	return nil
}

// IsRegistered says whether a server, or the command that makes administrators, has begun the installation.
func IsRegistered(ctx context.Context, db *store.DB) (bool, error) {
	return store.Instances.Exists(db.Read(ctx), dbx.HashExp{})
}
