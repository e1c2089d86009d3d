package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/store/db"
	"github.com/sailplane/sailplane/store/durable"
)

// command is what every verb gets: where the data is and how to answer.
type command struct {
	dir  string
	json bool
	out  io.Writer

	noBackup bool // before a migration
}

// defaultDir is the data folder when nobody names one: below where one stands.
const defaultDir = "data"

func root() *cobra.Command {
	c := &command{}
	cmd := &cobra.Command{
		Use:          "sailplane",
		Short:        "A project tracker's server: one binary, one file",
		SilenceUsage: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			c.out = cmd.OutOrStdout()
			return c.asOwner(cmd)
		},
	}
	cmd.PersistentFlags().StringVar(&c.dir, "dir", defaultDir, "the data folder")
	cmd.PersistentFlags().BoolVar(&c.json, "json", false, "answer in JSON, for scripts")
	cmd.AddCommand(c.serve(), c.migrate(), c.version(), c.config(), c.jobs(), c.backup(), c.rollback(),
		c.admin(), c.user(), c.token(), c.doctor(), c.frontend(), c.service())
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
	return app.LoadConfig(filepath.Join(c.dir, "config.toml"), os.Environ())
}

func (c *command) database() string { return filepath.Join(c.dir, "sailplane.db") }

// frontends is the folder of the frontends that were pulled.
func (c *command) frontends() string { return filepath.Join(c.dir, "frontend") }

// connect opens the database without touching its schema.
func (c *command) connect(ctx context.Context, cfg *app.Config) (*store.DB, error) {
	if cfg.Database.URL == "" {
		if err := os.MkdirAll(c.dir, 0o700); err != nil {
			return nil, fmt.Errorf("make the data folder: %w", err)
		}
	}
	var options []store.Option
	if cfg.Database.Durability == app.DurabilityNormal {
		options = append(options, store.Relaxed)
	}
	db, err := store.Open(ctx, cfg.Database.URL, c.database(), options...)
	if err == nil {
		db.OutlineItems = cfg.Database.OutlineItems
	}
	return db, err
}

// open builds the application for a verb that works beside a server which may be running. The schema must be up to
// date.
func (c *command) open(ctx context.Context) (*app.App, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	db, err := c.connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	db.Beside = true
	todo, err := c.pending(ctx, db)
	if err == nil && len(todo) > 0 {
		_, err = c.upgrade(ctx, db)
	}
	if err != nil {
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
	return errors.Join(plainly(do(ctx, a)), a.DB.Close())
}

func (c *command) build(ctx context.Context, cfg *app.Config, db *store.DB) (*app.App, error) {
	secret, err := c.secret(ctx, cfg)
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
	return blob.InBucket(ctx,
		blob.S3{Endpoint: s.S3Endpoint, Region: s.S3Region, Bucket: s.S3Bucket, AccessKey: s.S3AccessKey,
			SecretKey: s.S3SecretKey, TLS: s.S3TLS, Apart: backup.InStorage(cfg)})
}

// secret reads the installation's secret, or makes it at the first start.
func (c *command) secret(ctx context.Context, cfg *app.Config) ([]byte, error) {
	if cfg.Server.Secret != "" {
		return []byte(cfg.Server.Secret), nil
	}
	file := filepath.Join(c.dir, "secret")
	secret, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		if err = os.MkdirAll(c.dir, 0o700); err == nil {
			err = db.AloneIn(ctx, c.dir, func() error { secret, err = makeSecret(file); return err })
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the installation's secret: %w", err)
	}
	return secret, nil
}

// makeSecret makes the installation's secret, unless another process has meanwhile.
func makeSecret(file string) ([]byte, error) {
	secret, err := os.ReadFile(file)
	if !errors.Is(err, os.ErrNotExist) {
		return secret, err
	}
	secret = make([]byte, 32)
	rand.Read(secret)
	return secret, durable.WriteFile(file, secret)
}
