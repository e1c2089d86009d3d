package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

// command is what every verb gets: where the data is and how to answer.
type command struct {
	dir  string
	json bool
	verb string // the command line's, for the audit log
	out  io.Writer

	wait time.Duration // how long what others run may take to come up; 0: it has to be up

	noBackup bool // before a migration
	makes    bool // the verb may begin an installation
	fresh    bool // --new: what is left of an earlier installation is no reason not to begin another
	adopt    bool // --adopt: the secret and the place of the files are others than before, and that is meant
}

// defaultDir is the data folder when nobody names one: below where one stands.
const defaultDir = "data"

func root() *cobra.Command {
	c := &command{}
	cmd := &cobra.Command{
		Use:   "sailplane",
		Short: "A project tracker's server: one binary, one file",
		Long: "A project tracker's server: one binary, one file.\n\n" +
			"Only serve, admin create, backup restore and migrate up make an installation or change its schema.\n" +
			"Exit status: 0 done, 1 failed, 2 asked wrongly (nothing was begun).",
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			c.out, c.verb = cmd.OutOrStdout(), cmd.CommandPath()
			// Commands run beside a server: importing a workspace takes 90 MiB so and not 102, and an eighth more time.
			if os.Getenv("GOGC") == "" {
				debug.SetGCPercent(50)
			}
			return c.asOwner(cmd)
		},
	}
	cmd.PersistentFlags().StringVar(&c.dir, "dir", cmp.Or(os.Getenv("SAILPLANE_DIR"), defaultDir),
		"the data folder; SAILPLANE_DIR says it too")
	cmd.PersistentFlags().BoolVar(&c.json, "json", false, "answer in JSON, for scripts; errors too")
	cmd.AddCommand(c.serve(), c.migrate(), c.version(), c.config(), c.jobs(), c.backup(), c.rollback(),
		c.imports(), c.exports(), c.admin(), c.user(), c.workspace(), c.webhooks(), c.token(), c.serviceAccount(),
		c.doctor(), c.frontend(), c.service(), c.health(), c.routes(), c.openapi(), c.can(), c.mail(), c.apiLog(), c.audit(),
		c.ldap())
	return cmd
}

// say returns a person with a sentence, or a script with the value.
func (c *command) say(value any, format string, args ...any) error {
	if c.json {
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		return enc.Encode(value)
	}
	_, err := fmt.Fprintf(c.out, format+"\n", args...)
	return err
}

func (c *command) load() (*app.Config, error) {
	cfg, err := app.LoadConfig(filepath.Join(c.dir, "config.toml"), os.Environ())
	if err != nil {
		return nil, misuse{err}
	}
	return cfg, nil
}

func (c *command) database() string { return filepath.Join(c.dir, "sailplane.db") }

// frontends is the folder of the frontends that were pulled.
func (c *command) frontends() string { return filepath.Join(c.dir, "frontend") }

// connect opens the database without touching its schema; SQLite's file is made if there is none.
func (c *command) connect(ctx context.Context, cfg *app.Config) (*store.DB, error) {
	if cfg.Database.URL == "" {
		if err := os.MkdirAll(c.dir, 0o700); err != nil {
			return nil, fmt.Errorf("make the data folder: %w", err)
		}
	}
	options := []store.Option{store.Connections(cfg.Database.Connections), store.ListenAt(cfg.Database.ListenURL),
		store.Patience(seconds(cfg.Database.ConnectSeconds))}
	if cfg.Database.Durability == app.DurabilityNormal {
		options = append(options, store.Relaxed)
	}
	db, err := patiently(ctx, c.wait, "the database", func() (*store.DB, error) {
		return store.Open(ctx, cfg.Database.URL, c.database(), options...)
	})
	if err == nil {
		db.OutlineItems = cfg.Database.OutlineItems
	}
	return db, err
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// open builds the application for a verb that works beside a server which may be running. There has to be an
// installation, and its schema has to be this binary's: nothing is made and nothing is migrated.
func (c *command) open(ctx context.Context) (*app.App, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	db, err := c.installed(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := c.current(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return c.build(ctx, cfg, db)
}

// inApp runs what a verb does beside a server that may be running.
func (c *command) inApp(ctx context.Context, do func(ctx context.Context, a *app.App) error) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(plainly(do(c.answering(ctx), a)), a.DB.Close())
}

// answering is the context in which the audit log says which command did something, and who ran it.
func (c *command) answering(ctx context.Context) context.Context {
	return app.AtCommand(ctx, c.verb, accountName())
}

// inNew is inApp for a verb that makes an installation if there is none.
func (c *command) inNew(ctx context.Context, do func(ctx context.Context, a *app.App) error) error {
	c.makes = true
	cfg, err := c.load()
	if err != nil {
		return err
	}
	db, err := c.begin(ctx, cfg)
	if err != nil {
		return err
	}
	db.Beside = true
	a, err := c.build(ctx, cfg, db)
	if err != nil {
		return err
	}
	return errors.Join(plainly(do(c.answering(ctx), a)), a.DB.Close())
}

func (c *command) build(ctx context.Context, cfg *app.Config, db *store.DB) (*app.App, error) {
	secret, err := c.secretOf(ctx, cfg, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	files, err := c.files(ctx, cfg)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &app.App{DB: db, Blob: files, Config: cfg, Secret: secret, Log: slog.Default(), Dir: c.dir,
		Version: version, Frontends: c.frontends(), Lanes: jobs.Lanes()}, nil
}

func (c *command) files(ctx context.Context, cfg *app.Config) (blob.Store, error) {
	s := cfg.Storage
	if s.S3Bucket == "" {
		return blob.OnDisk(filepath.Join(c.dir, "files"))
	}
	return patiently(ctx, c.wait, "the bucket", func() (blob.Store, error) {
		return blob.InBucket(ctx,
			blob.S3{Endpoint: s.S3Endpoint, Region: s.S3Region, Bucket: s.S3Bucket, AccessKey: s.S3AccessKey,
				SecretKey: s.S3SecretKey, TLS: s.S3TLS, Apart: backup.InStorage(cfg)})
	})
}
