package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/migrations"
	"github.com/sailplane/sailplane/store"
)

func (c *command) migrate() *cobra.Command {
	cmd := &cobra.Command{Use: "migrate", Short: "See and change the version of the schema"}
	cmd.AddCommand(
		&cobra.Command{Use: "status", Short: "Tell what has been applied and what has not", Args: cobra.NoArgs,
			RunE: c.migrateStatus},
		&cobra.Command{Use: "up", Short: "Apply what has not been (serve does it by itself)", Args: cobra.NoArgs,
			RunE: c.migrateUp},
	)
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
	db, err := c.connect(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	todo, err := db.Pending(cmd.Context())
	if err != nil {
		return err
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
	db, err := c.connect(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	done, err := c.upgrade(cmd.Context(), db)
	if err != nil {
		return err
	}
	return c.say(map[string]int{"applied": len(done)}, "Applied %d migrations; the schema is up to date.", len(done))
}

// upgrade migrates; of a SQLite file that held an older schema it keeps a copy first.
// Of processes that start at once, one does.
func (c *command) upgrade(ctx context.Context, db *store.DB) (done []migrations.Migration, err error) {
	err = db.Alone(ctx, func() error { done, err = c.bringUp(ctx, db); return err })
	return done, err
}

func (c *command) bringUp(ctx context.Context, db *store.DB) ([]migrations.Migration, error) {
	todo, err := db.Pending(ctx)
	if err != nil || len(todo) == 0 {
		return nil, err
	}
	had, err := db.Applied(ctx)
	if err != nil {
		return nil, err
	}
	if len(had) > 0 && !db.Postgres {
		copied := fmt.Sprintf("%s.before-%04d", c.database(), todo[0].Version)
		if err := os.Remove(copied); err != nil && !os.IsNotExist(err) {
			return nil, fmt.Errorf("make room for the copy before migrating: %w", err)
		}
		if err := db.CopyTo(ctx, copied); err != nil {
			return nil, fmt.Errorf("keep a copy before migrating: %w", err)
		}
	}
	return db.Migrate(ctx)
}
