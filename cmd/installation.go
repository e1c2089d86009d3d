package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/store/db"
	"github.com/sailplane/sailplane/store/durable"
)

// shortestSecret is how many bytes a secret has at least.
const shortestSecret = 32

// begins gives a command that makes an installation the flag that lets it do so beside what is left of another.
func (c *command) begins(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&c.fresh, "new", false,
		"begin a new installation, though files or a secret of an earlier one are in the folder")
}

// installed opens the database of an installation that is there; nothing is made.
func (c *command) installed(ctx context.Context, cfg *app.Config) (*store.DB, error) {
	if cfg.Database.URL == "" && !holdsSomething(c.database()) {
		return nil, c.noInstallation(c.dir)
	}
	db, err := c.connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	db.Beside = true
	done, err := db.Applied(ctx)
	if err == nil && len(done) == 0 {
		where := c.dir
		if db.Postgres {
			where = "the Postgres database of database.url"
		}
		err = c.noInstallation(where)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (c *command) noInstallation(where string) error {
	return misused("there is no installation in %s. If it is elsewhere, say so with --dir or SAILPLANE_DIR (and database.url); "+
		"to begin one: sailplane serve --dir %s", where, c.dir)
}

// current refuses a schema that is not this binary's.
func (c *command) current(ctx context.Context, db *store.DB) error {
	todo, err := c.pending(ctx, db)
	switch {
	case err != nil:
		return unfit(err)
	case len(todo) > 0:
		return misused("the schema is older than this sailplane (%s): %d migrations have not been applied. "+
			"Next: sailplane migrate up, or restart the server with this binary", version, len(todo))
	}
	return nil
}

// unfit marks what is said of a database that this binary can't work with.
func unfit(err error) error {
	if errors.Is(err, store.ErrNewer) || errors.Is(err, store.ErrUnreleased) || errors.Is(err, store.ErrChanged) {
		return misuse{err}
	}
	return err
}

// begin opens the database for a verb that may make an installation, and brings its schema up to date.
func (c *command) begin(ctx context.Context, cfg *app.Config) (*store.DB, error) {
	db, err := c.openNew(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if _, err := c.upgrade(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// openNew opens the database, and makes it if there is none; beside what is left of an earlier one it is refused.
func (c *command) openNew(ctx context.Context, cfg *app.Config) (*store.DB, error) {
	left := c.leftovers() // first: who begins at the same time makes the database before the secret
	if cfg.Database.URL == "" && !holdsSomething(c.database()) && left != "" && !c.fresh {
		return nil, c.leftBehind(left, c.database()+" is missing or empty")
	}
	db, err := c.connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if db.Postgres && left != "" && !c.fresh {
		done, err := db.Applied(ctx)
		if err == nil && len(done) == 0 {
			err = c.leftBehind(left, "the Postgres database of database.url is empty")
		}
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return db, nil
}

// leftovers names what is in the data folder of an installation, beside a database; empty: nothing.
func (c *command) leftovers() string {
	if secret := filepath.Join(c.dir, "secret"); exists(secret) {
		return secret
	}
	entries, err := os.ReadDir(filepath.Join(c.dir, "files"))
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if e.Name() != blob.NameFile {
			return filepath.Join(c.dir, "files")
		}
	}
	return ""
}

func (c *command) leftBehind(left, missing string) error {
	return misused("%s, but %s of an earlier installation is there: nothing was begun. Put the database back, or: "+
		"sailplane backup restore FILE --force --dir %s. To begin a new installation all the same: --new", missing, left, c.dir)
}

func holdsSomething(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Size() > 0
}

// secretOf reads the installation's secret, or makes it when a verb that may begins the installation.
func (c *command) secretOf(ctx context.Context, cfg *app.Config, db *store.DB) ([]byte, error) {
	secret, err := c.secret(cfg)
	if errors.Is(err, os.ErrNotExist) {
		secret, err = c.firstSecret(ctx, db)
	}
	if err != nil {
		return nil, err
	}
	if len(secret) < shortestSecret {
		return nil, misused("the secret in %s has %d bytes, fewer than %d: what it signs could be forged. Put the file back from a backup",
			c.secretFile(), len(secret), shortestSecret)
	}
	if c.adopt {
		return secret, nil
	}
	err = instance.CheckSecret(ctx, &app.App{DB: db, Secret: secret})
	return secret, c.foreign(err)
}

// foreign says what a node that is none of the installation's can do about it.
func (c *command) foreign(err error) error {
	switch {
	case errors.Is(err, instance.ErrOtherSecret):
		return misused("%w than the one here: with this one neither its settings nor its links can be read. "+
			"Put the right secret into %s (a backup has it, and so have the other nodes), or into server.secret. "+
			"If it is lost for good: sailplane serve --adopt --dir %s forgets the passwords among the settings", err, c.secretFile(), c.dir)
	case errors.Is(err, instance.ErrOtherStorage):
		return misused("%w. What is uploaded here could not be read there. Nodes on one database share a bucket ([storage]) or a folder; "+
			"if the files have moved, with all that was in it: sailplane serve --adopt --dir %s", err, c.dir)
	}
	return err
}

func (c *command) secretFile() string { return filepath.Join(c.dir, "secret") }

// secret reads the installation's secret; os.ErrNotExist without one.
func (c *command) secret(cfg *app.Config) ([]byte, error) {
	if cfg.Server.Secret != "" {
		return []byte(cfg.Server.Secret), nil
	}
	secret, err := os.ReadFile(c.secretFile())
	if err != nil {
		return nil, fmt.Errorf("the installation's secret: %w", err)
	}
	return secret, nil
}

// firstSecret makes the secret of an installation that nobody has begun, unless another process has meanwhile. One that
// is lost is not replaced: what it has sealed and signed could not be read any more.
func (c *command) firstSecret(ctx context.Context, base *store.DB) (secret []byte, err error) {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	err = db.AloneIn(ctx, c.dir, func() error {
		if secret, err = os.ReadFile(c.secretFile()); !errors.Is(err, os.ErrNotExist) {
			return err
		}
		begun, err := instance.IsRegistered(ctx, base)
		switch {
		case err != nil:
			return err
		case begun && !c.adopt:
			return misused("%s is missing, and the database was set up with it: its settings and links can't be read without. "+
				"Put the file back from a backup or from another node. If it is lost for good: "+
				"sailplane serve --adopt --dir %s makes another, and forgets the passwords among the settings", c.secretFile(), c.dir)
		case base.Beside && !c.makes:
			return misused("nobody has begun the installation in %s: there is no secret yet. Next: sailplane serve, or sailplane admin create",
				c.dir)
		}
		secret = newSecret()
		return durable.WriteFile(c.secretFile(), secret)
	})
	return secret, err
}

func newSecret() []byte {
	secret := make([]byte, shortestSecret)
	rand.Read(secret)
	return secret
}

// storageName names the place where files are kept, for all nodes alike; empty for a folder of one that is alone, and
// for one that has no name yet, unless it is to get one.
func (c *command) storageName(cfg *app.Config, db *store.DB, give bool) (string, error) {
	if cfg.Storage.S3Bucket != "" {
		return "the bucket " + cfg.Storage.S3Bucket + " at " + cfg.Storage.S3Endpoint, nil
	}
	if !db.Postgres {
		return "", nil
	}
	file := filepath.Join(c.dir, "files", blob.NameFile)
	name, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) && !give {
		return "", nil
	}
	if errors.Is(err, os.ErrNotExist) {
		name = []byte("the folder " + rand.Text())
		err = durable.WriteFile(file, name)
	}
	if err != nil {
		return "", fmt.Errorf("name the folder for files: %w", err)
	}
	return string(name), nil
}

// recognise refuses to serve with another secret, or another place for files, than the nodes before; else it says what
// is going to be served.
func (c *command) recognise(ctx context.Context, a *app.App) error {
	storage := func() (string, error) { return c.storageName(a.Config, a.DB, true) }
	if err := instance.Recognise(ctx, a, storage, c.adopt); err != nil {
		return c.foreign(err)
	}
	return c.introduce(ctx, a)
}

// unserved keeps nodes from serving from Postgres until the restore is over; it is refused while some do. The restored
// installation's files may be in another place than before.
func (c *command) unserved(ctx context.Context, cfg *app.Config) (over func(), err error) {
	if cfg.Database.URL == "" {
		return func() {}, nil
	}
	db, err := store.Open(ctx, cfg.Database.URL, "")
	if err != nil {
		return nil, err
	}
	release, err := db.Unserved(ctx)
	if errors.Is(err, store.ErrServed) {
		n, _ := db.Servers(ctx)
		err = misused("nodes serve from the Postgres database of database.url, on this machine or on others: %d. Stop them first", n)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return func() {
		remove := func(t *store.Tx) error { return store.RemoveMark(t, store.MarkStorage) }
		db.Write(ctx, "", remove) //nolint:errcheck // it fails when nothing was restored
		release()
		db.Close()
	}, nil
}
