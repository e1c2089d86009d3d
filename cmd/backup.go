package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/durable"
)

func (c *command) backup() *cobra.Command {
	cmd := &cobra.Command{Use: "backup", Short: "Keep everything in one file, and make an installation from it again"}
	var force bool
	restore := &cobra.Command{Use: "restore FILE",
		Short: "Make the data folder (and the Postgres database, if that is set) what the backup holds; stop the server first", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error { return c.restore(cmd.Context(), args[0], force) }}
	restore.Flags().BoolVar(&force, "force", false, "take the place of data that is there; it is kept beside")
	cmd.AddCommand(restore, &cobra.Command{Use: "create FILE", Short: "Write a backup (the server may go on running)",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return c.createBackup(cmd.Context(), args[0]) }})
	return cmd
}

// progress tells a person what is being done; scripts hear nothing.
func (c *command) progress(text string) {
	if !c.json {
		fmt.Fprintln(c.out, text+" …")
	}
}

func (c *command) createBackup(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("%s is there already; choose another name", file)
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.DB.Close()
	m, err := backup.Create(ctx, a, file, version, c.progress)
	if err != nil {
		return err
	}
	return c.say(m, "The backup is in %s. To try it: sailplane backup restore %s --dir ANOTHER_FOLDER", file, file)
}

// restore lays the backup out beside the data first, so that a bad one changes nothing.
func (c *command) restore(ctx context.Context, file string, force bool) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	lock := flock.New(filepath.Join(c.dir, "lock"))
	if ok, err := lock.TryLock(); err != nil || !ok {
		return errors.Join(fmt.Errorf("a server runs on %s; stop it first", c.dir), err)
	}
	defer lock.Unlock() //nolint:errcheck // the process ends
	work, err := os.MkdirTemp(c.dir, ".restore-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	c.progress("unpacking and checking the backup")
	u, err := backup.Unpack(ctx, file, work)
	if err != nil {
		return err
	}
	kept, err := c.makeRoom(ctx, cfg, force)
	if err != nil {
		return err
	}
	if err := c.settle(ctx, cfg, u); err != nil {
		return fmt.Errorf("%w (the old data is in %s)", err, kept)
	}
	where := ""
	if kept != "" {
		where = " What was there before is in " + kept + "."
	}
	return c.say(map[string]any{"restored": u.Manifest, "kept": kept},
		"Restored the backup of %s.%s Next: sailplane serve --dir %s", u.Manifest.CreatedAt.Format(time.DateTime),
		where, c.dir)
}

// data is what a restore replaces in the data folder.
var data = []string{"sailplane.db", "sailplane.db-wal", "sailplane.db-shm", "files", "secret"}

// makeRoom moves the old data beside, and says where; without force it refuses when there is any.
func (c *command) makeRoom(ctx context.Context, cfg *app.Config, force bool) (string, error) {
	kept := filepath.Join(c.dir, "before-restore-"+time.Now().UTC().Format("20060102-150405"))
	moved := false
	for _, name := range data {
		old := filepath.Join(c.dir, name)
		if _, err := os.Stat(old); errors.Is(err, os.ErrNotExist) {
			continue
		}
		if !force {
			return "", fmt.Errorf("there is data in %s already (%s); with --force it is moved aside", c.dir, name)
		}
		if err := os.MkdirAll(kept, 0o700); err != nil {
			return "", err
		}
		if err := os.Rename(old, filepath.Join(kept, name)); err != nil {
			return "", fmt.Errorf("move the old data aside: %w", err)
		}
		moved = true
	}
	if !moved {
		kept = ""
	}
	if cfg.Database.URL == "" {
		return kept, nil
	}
	schema, err := c.clearPostgres(ctx, cfg, force)
	if err != nil || schema == "" {
		return kept, err
	}
	return kept + " and the schema " + schema, nil
}

func (c *command) clearPostgres(ctx context.Context, cfg *app.Config, force bool) (schema string, err error) {
	db, err := store.Open(ctx, cfg.Database.URL, "")
	if err != nil {
		return "", err
	}
	defer db.Close()
	done, err := db.Applied(ctx)
	if err != nil {
		return "", err
	}
	if len(done) > 0 {
		if !force {
			return "", errors.New("there is data in the Postgres database already; with --force its schema is renamed")
		}
		if schema, err = db.SetAside(ctx); err != nil {
			return "", err
		}
	}
	_, err = db.Migrate(ctx)
	return schema, err
}

// settle puts the unpacked backup where the server will look for it.
func (c *command) settle(ctx context.Context, cfg *app.Config, u *backup.Unpacked) error {
	if err := durable.WriteFile(filepath.Join(c.dir, "secret"), u.Secret); err != nil {
		return err
	}
	if cfg.Database.URL == "" {
		if err := errors.Join(os.Rename(u.Database, c.database()), durable.SyncFolder(c.dir)); err != nil {
			return err
		}
	} else {
		db, err := store.Open(ctx, cfg.Database.URL, "")
		if err != nil {
			return err
		}
		err = u.IntoPostgres(ctx, db, func(table string, rows int) { c.progress(fmt.Sprintf("%s: %d rows", table, rows)) })
		if err = errors.Join(err, db.Close()); err != nil {
			return err
		}
	}
	files, err := c.files(ctx, cfg)
	if err != nil {
		return err
	}
	return u.PutFiles(ctx, files)
}
