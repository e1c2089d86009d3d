// Package instance holds the installation: its row, its administrators, its settings.
package instance

import (
	"context"
	"errors"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Version is the release of the reference's API that this server stands in for.
const Version = "1.3.1"

// Register writes the installation's row and the settings that are missing. It is run at every start; of processes that
// start at once, one writes them.
func Register(ctx context.Context, a *app.App) error {
	return a.DB.Alone(ctx, func() error { return register(ctx, a) })
}

func register(ctx context.Context, a *app.App) error {
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		_, err := store.Instances.First(t, dbx.HashExp{}, "created_at DESC")
		if errors.Is(err, store.ErrNotFound) {
			latest := Version
			err = store.Instances.Insert(t,
				&store.Instance{InstanceName: "Plane Community Edition", InstanceID: app.RandomHex(24), CurrentVersion: Version,
					LatestVersion: &latest, LastCheckedAt: t.Now, Edition: "PLANE_COMMUNITY",
					IsTelemetryEnabled: true, IsSupportRequired: true})
		}
		if err != nil {
			return err
		}
		return addSettings(t)
	})
}

func addSettings(t *store.Tx) error {
	there, err := store.InstanceConfigurations.List(t, dbx.HashExp{})
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, s := range there {
		known[s.Key] = true
	}
	for i, s := range settings {
		if known[s.key] {
			continue
		}
		row := &store.InstanceConfiguration{Key: s.key, Value: &s.value, Category: s.category, IsEncrypted: s.secret}
		row.CreatedAt = t.Now.Add(time.Duration(i) * time.Microsecond) // lists are newest first: each has a time of its own
		if err := store.InstanceConfigurations.Insert(t, row); err != nil {
			return err
		}
	}
	return nil
}

// Update writes the named columns of the installation's row after change has set them.
func Update(c *app.Call, change func(i *store.Instance), columns ...string) (i *store.Instance, err error) {
	err = c.Write(func(t *store.Tx) error {
		if i, err = store.Instances.First(t, dbx.HashExp{}, "created_at DESC"); err != nil {
			return err
		}
		change(i)
		return store.Instances.Update(t, i, columns...)
	})
	return i, err
}
