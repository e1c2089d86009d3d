package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/durable"
)

// restoring is what a restore is told.
type restoring struct {
	from     string
	identity string
	force    bool
	rehearse bool
}

func (c *command) restoreCommand() *cobra.Command {
	var r restoring
	cmd := &cobra.Command{Use: "restore FILE|NAME|-",
		Short: "Make the data folder (and the Postgres database, if that is set) what a backup holds; stop the server first",
		Long: "Takes a file, one of the backups that [backup] keeps by its name, or standard input (-).\n" +
			"It is checked before anything is touched; then it is said what it replaces.",
		Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
			r.from = args[0]
			return c.restore(cmd.Context(), r)
		}}
	cmd.Flags().BoolVar(&r.force, "force", false, "take the place of data that is there; it is kept beside")
	cmd.Flags().BoolVar(&r.rehearse, "dry-run", false, "check the backup, say what it would replace, and change nothing")
	cmd.Flags().StringVar(&r.identity, "identity", "", "the file with the private key of age, for one that is encrypted")
	return cmd
}

// source opens a backup: a file, standard input, or one that [backup] keeps.
func (c *command) source(ctx context.Context, cfg *app.Config, from, identity string) (src backup.Source, end func(),
	err error) {
	_, named := backup.ParseName(from)
	if from == standard || exists(from) || !named {
		src, end, err = openFile(from)
	} else {
		var place *backup.Place
		if place, err = backup.OpenPlace(ctx, &app.App{Config: cfg, Dir: c.dir}); err != nil {
			return src, nil, err
		}
		r, _, opened := place.Open(ctx, from)
		src, end, err = backup.Source{Name: from, R: r}, func() { r.Close() }, opened
	}
	if err != nil {
		return src, nil, err
	}
	if err := src.ReadIdentities(identity); err != nil {
		end()
		return src, nil, err
	}
	return src, end, nil
}

// alone keeps a server off the data folder.
func (c *command) alone() (release func(), err error) {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(c.dir, "lock"))
	if ok, err := lock.TryLock(); err != nil || !ok {
		return nil, errors.Join(fmt.Errorf("a server runs on %s; stop it first", c.dir), err)
	}
	return func() { lock.Unlock() }, nil //nolint:errcheck // the process ends
}

// workFolder makes a folder for what is unpacked: beside the data, so that it need not be copied.
func (c *command) workFolder() (string, error) {
	if exists(c.dir) {
		return os.MkdirTemp(c.dir, ".restore-")
	}
	return os.MkdirTemp("", "sailplane-restore-")
}

// restore lays the backup out beside the data first, so that a bad one changes nothing.
func (c *command) restore(ctx context.Context, r restoring) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	src, end, err := c.source(ctx, cfg, r.from, r.identity)
	if err != nil {
		return err
	}
	defer end()
	if !r.rehearse {
		release, err := c.alone()
		if err != nil {
			return err
		}
		defer release()
	}
	work, err := c.workFolder()
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	c.progress("unpacking and checking the backup")
	u, err := backup.Unpack(ctx, src, work)
	if err == nil {
		err = u.BringUp(ctx)
	}
	if err != nil {
		return err
	}
	replaced, err := c.whatIsThere(ctx, cfg, &u.Manifest)
	if err != nil {
		return err
	}
	c.tellPlan(u, replaced, r.rehearse)
	if r.rehearse {
		return c.say(map[string]any{"backup": u.Manifest, "replaces": replaced, "dry_run": true},
			"Nothing was changed.")
	}
	if replaced.any() && !r.force {
		return fmt.Errorf("there is data in %s already (%s); with --force it is kept beside and the backup takes its place",
			c.dir, replaced)
	}
	kept, err := c.replace(ctx, cfg, u, "before-restore")
	if err != nil {
		return err
	}
	if err := c.noteReplaced(ctx, cfg, app.Deed{Event: app.BackupRestored,
		More: map[string]any{"made_at": u.CreatedAt, "kept": kept.Folder}}); err != nil {
		return err
	}
	return c.say(map[string]any{"restored": u.Manifest, "kept": kept.Folder, "kept_schema": kept.Schema},
		"Restored the backup of %s UTC.%s Next: sailplane serve --dir %s", u.CreatedAt.Format(time.DateTime), kept, c.dir)
}

// keptData is where the data is that a backup has taken the place of.
type keptData struct {
	Folder, Schema string

	moved []string // names in the data folder that are in Folder now
	room  bool     // all was moved: what has these names now is new
}

// String is a sentence for after another one; empty when nothing was kept.
func (k keptData) String() string {
	switch {
	case k.Folder != "" && k.Schema != "":
		return fmt.Sprintf(" What was there before is in %s and in the schema %s of the database.", k.Folder, k.Schema)
	case k.Folder != "":
		return fmt.Sprintf(" What was there before is in %s.", k.Folder)
	case k.Schema != "":
		return fmt.Sprintf(" What was there before is in the schema %s of the database.", k.Schema)
	}
	return ""
}

// replace puts the backup where the server will look for it, and keeps what was there.
func (c *command) replace(ctx context.Context, cfg *app.Config, u *backup.Unpacked, name string) (keptData, error) {
	over, err := c.unserved(ctx, cfg)
	if err != nil {
		return keptData{}, err
	}
	defer over()
	kept, err := c.makeRoom(ctx, cfg, u, name)
	if err == nil {
		err = c.settle(ctx, cfg, u)
	}
	if err == nil {
		return kept, nil
	}
	if undone := c.putBack(context.WithoutCancel(ctx), cfg, u, kept); undone != nil {
		return kept, fmt.Errorf("%w. It could not be undone: %w.%s", err, undone, kept)
	}
	return kept, fmt.Errorf("%w; what was there before is in its place again", err)
}

// putBack undoes a replacement that did not come to its end. Files that went to a bucket stay there.
func (c *command) putBack(ctx context.Context, cfg *app.Config, u *backup.Unpacked, k keptData) error {
	for _, name := range dataOf(&u.Manifest) {
		moved := slices.Contains(k.moved, name)
		if !moved && !k.room {
			continue // it is the old one
		}
		if err := os.RemoveAll(filepath.Join(c.dir, name)); err != nil {
			return err
		}
		if !moved {
			continue
		}
		if err := os.Rename(filepath.Join(k.Folder, name), filepath.Join(c.dir, name)); err != nil {
			return err
		}
	}
	if k.Folder != "" {
		if err := errors.Join(os.Remove(k.Folder), durable.SyncFolder(c.dir)); err != nil {
			return err
		}
	}
	if k.Schema == "" {
		return nil
	}
	db, err := store.Open(ctx, cfg.Database.URL, "")
	if err != nil {
		return err
	}
	return errors.Join(db.TakeBack(ctx, k.Schema), db.Close())
}

// makeRoom moves the old data beside, and says where.
func (c *command) makeRoom(ctx context.Context, cfg *app.Config, u *backup.Unpacked, name string) (k keptData,
	err error) {
	// To the millisecond, so that two restores in a row keep two folders.
	dir := filepath.Join(c.dir, name+"-"+strings.ReplaceAll(time.Now().UTC().Format("20060102-150405.000"), ".", "-"))
	for _, name := range dataOf(&u.Manifest) {
		old := filepath.Join(c.dir, name)
		if !exists(old) {
			continue
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return k, err
		}
		k.Folder = dir
		if err := os.Rename(old, filepath.Join(dir, name)); err != nil {
			return k, fmt.Errorf("move the old data aside: %w", err)
		}
		k.moved = append(k.moved, name)
	}
	k.room = true
	if cfg.Database.URL != "" {
		k.Schema, err = c.clearPostgres(ctx, cfg)
	}
	return k, err
}

func (c *command) clearPostgres(ctx context.Context, cfg *app.Config) (schema string, err error) {
	db, err := store.Open(ctx, cfg.Database.URL, "")
	if err != nil {
		return "", err
	}
	defer db.Close()
	done, err := db.Applied(ctx)
	if err != nil || len(done) == 0 {
		return "", err
	}
	return db.SetAside(ctx)
}

// settle puts the unpacked backup where the server will look for it.
func (c *command) settle(ctx context.Context, cfg *app.Config, u *backup.Unpacked) error {
	secret := filepath.Join(c.dir, "secret")
	if len(u.Secret) > 0 && !exists(secret) {
		if err := durable.WriteFile(secret, u.Secret); err != nil {
			return err
		}
	}
	if cfg.Database.URL == "" {
		if err := errors.Join(os.Rename(u.Database, c.database()), durable.SyncFolder(c.dir)); err != nil {
			return err
		}
	} else if err := c.intoPostgres(ctx, cfg, u); err != nil {
		return err
	}
	if u.FileSum == 0 {
		return nil
	}
	files, err := c.files(ctx, cfg)
	if err != nil {
		return err
	}
	c.progress(fmt.Sprintf("putting %d files back", u.FileSum))
	return u.PutFiles(ctx, files)
}

const manyRows = 10_000 // that are told of on their own

func (c *command) intoPostgres(ctx context.Context, cfg *app.Config, u *backup.Unpacked) error {
	db, err := store.Open(ctx, cfg.Database.URL, "")
	if err != nil {
		return err
	}
	c.progress(fmt.Sprintf("copying %d rows into Postgres", u.Rows()))
	_, err = u.IntoPostgres(ctx, db, func(table string, rows int) {
		if rows >= manyRows {
			c.progress(fmt.Sprintf("%s: %d rows", table, rows))
		}
	})
	return errors.Join(err, db.Close())
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return !errors.Is(err, os.ErrNotExist)
}

// noteReplaced writes into the audit log of what has taken the place of another installation that it did.
func (c *command) noteReplaced(ctx context.Context, cfg *app.Config, d app.Deed) error {
	db, err := c.connect(ctx, cfg)
	if err != nil {
		return err
	}
	err = db.Write(c.answering(ctx), "", func(t *store.Tx) error { return app.Note(t, d) })
	return errors.Join(err, db.Close())
}
