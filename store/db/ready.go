package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sailplane/sailplane/migrations"
	"github.com/sailplane/sailplane/store/diskfree"
)

// ErrBehind says that the schema is older than this binary's.
var ErrBehind = errors.New("store: migrations are missing")

// Ready returns why the database can't be used, if so: it can't be read, its schema is too old, or its disk is full.
func (d *DB) Ready(ctx context.Context) error {
	all, err := migrations.All(d.Postgres)
	if err != nil {
		return err
	}
	at, err := migrations.Version(ctx, d.read.DB())
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", Mark(err))
	}
	if newest := all[len(all)-1].Version; at < newest {
		return fmt.Errorf("%w: the database is at %d, this is %d", ErrBehind, at, newest)
	}
	if d.Postgres {
		return nil
	}
	if damage := d.damaged.Load(); damage != nil {
		return *damage
	}
	if _, err := os.Stat(d.Path); err != nil { // what is open can be read, though it is gone
		return err
	}
	return diskfree.Check(filepath.Dir(d.Path))
}
