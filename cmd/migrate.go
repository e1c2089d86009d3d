package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/migrations"
	"github.com/sailplane/sailplane/store"
)

func (c *command) migrate() *cobra.Command {
	cmd := &cobra.Command{Use: "migrate", Short: "See and change the version of the schema"}
	up := &cobra.Command{Use: "up", Short: "Apply what has not been, after a backup (serve does it by itself)",
		Args: cobra.NoArgs, RunE: c.migrateUp}
	up.Flags().BoolVar(&c.noBackup, "no-backup", false, "make no backup first: there is no rollback then")
	c.begins(up)
	cmd.AddCommand(up, &cobra.Command{Use: "status", Short: "Tell what has been applied and what has not",
		Args: cobra.NoArgs, RunE: c.migrateStatus})
	return cmd
}

type migrationStatus struct {
	Version int        `json:"version"`
	Name    string     `json:"name"`
	Applied *time.Time `json:"applied_at"` // null: pending
}

func (c *command) migrateStatus(cmd *cobra.Command, _ []string) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	db, err := c.installed(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	todo, err := c.pending(cmd.Context(), db)
	if err != nil {
		return unfit(err)
	}
	done, err := db.Applied(cmd.Context())
	if err != nil {
		return err
	}
	list := []migrationStatus{}
	for _, m := range done {
		list = append(list, migrationStatus{m.Version, m.Name, &m.AppliedAt})
	}
	for _, m := range todo {
		list = append(list, migrationStatus{m.Version, m.Name, nil})
	}
	if c.json {
		return c.say(list, "")
	}
	for _, m := range list {
		when := "pending"
		if m.Applied != nil {
			when = "applied " + m.Applied.Format(time.DateTime)
		}
		fmt.Fprintf(c.out, "%04d %-26s %s\n", m.Version, m.Name, when)
	}
	if len(todo) > 0 {
		fmt.Fprintln(c.out, "\nNext: sailplane migrate up (or just start the server)")
	}
	return nil
}

func (c *command) migrateUp(cmd *cobra.Command, _ []string) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	db, err := c.openNew(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	release, err := c.keepServersOff(cmd.Context(), db)
	if err != nil {
		return err
	}
	defer release()
	done, err := c.upgrade(cmd.Context(), db)
	if err != nil {
		return err
	}
	return c.say(map[string]int{"applied": len(done)}, "Applied %d migrations; the schema is up to date.", len(done))
}

// keepServersOff refuses to change the schema of a SQLite database below a server that serves it, which is an older
// one and knows no more than its own. On Postgres nodes are exchanged one after the other.
func (c *command) keepServersOff(ctx context.Context, db *store.DB) (release func(), err error) {
	todo, err := c.pending(ctx, db)
	if err != nil || len(todo) == 0 || db.Postgres {
		return func() {}, unfit(err)
	}
	release, err = c.lock()
	if err != nil {
		return nil, misused("%w: stop it first (starting the newer one migrates by itself)", err)
	}
	return release, nil
}

// upgrade migrates. Of a database that holds an older schema a backup is made first. Of processes that start at once,
// one does.
func (c *command) upgrade(ctx context.Context, db *store.DB) (done []migrations.Migration, err error) {
	err = db.Alone(ctx, func() error { done, err = c.bringUp(ctx, db); return err })
	return done, err
}

func (c *command) bringUp(ctx context.Context, db *store.DB) ([]migrations.Migration, error) {
	todo, err := c.pending(ctx, db)
	if err != nil || len(todo) == 0 {
		return nil, unfit(err)
	}
	had, err := db.Applied(ctx)
	if err != nil {
		return nil, err
	}
	if len(had) == 0 {
		return db.Migrate(ctx)
	}
	a, err := c.toBackUp(db)
	if err != nil {
		return nil, err
	}
	if !a.Config.Backup.BeforeMigration || c.noBackup {
		return db.Migrate(ctx)
	}
	o := backup.Order{Kind: backup.KindMigration, Before: todo[0].Version, Say: c.progress}
	row, err := backup.Make(ctx, a, o)
	if err == nil && row.Fault != "" {
		err = errors.New(row.Name + ": " + row.Fault)
	}
	if err != nil {
		return nil, fmt.Errorf("nothing was migrated, because the backup before it could not be made: %w; to go without one: sailplane migrate up --no-backup, or backup.before_migration = false",
			err)
	}
	done, err := db.Migrate(ctx)
	if err != nil {
		return done, fmt.Errorf("%w (the database from before is in %s, %s: sailplane rollback --dir %s)", err, row.Place,
			row.Name, c.dir)
	}
	return done, errors.Join(backup.Note(ctx, a, row), backup.PruneBefore(ctx, a))
}

// toBackUp is what a backup of the database needs to know, before there is an application.
func (c *command) toBackUp(db *store.DB) (*app.App, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	secret := []byte(cfg.Server.Secret)
	if len(secret) == 0 {
		secret, err = os.ReadFile(filepath.Join(c.dir, "secret"))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	return &app.App{DB: db, Config: cfg, Secret: secret, Log: slog.Default(), Dir: c.dir, Version: version}, nil
}
