package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/audit"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/page/room"
	"github.com/sailplane/sailplane/app/stream"
	"github.com/sailplane/sailplane/app/upgrade"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/metrics"
	"github.com/sailplane/sailplane/web/routes"
)

func (c *command) serve() *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := untilSignal(cmd.Context())
			cfg, err := c.load()
			if err != nil {
				return err
			}
			if addr != "" {
				cfg.Server.HTTP = addr
			}
			slog.SetDefault(logger(cfg))
			if err := c.checkPlaces(cfg); err != nil {
				return err
			}
			release, err := c.lock()
			if err != nil {
				return err
			}
			defer release()
			c.wait = seconds(cfg.Server.WaitSeconds)
			db, err := c.begin(ctx, cfg)
			if err != nil {
				return err
			}
			if err := db.Serve(ctx); err != nil {
				return errors.Join(replaced(err), db.Close())
			}
			db.LimitStatements(store.Bounds{Statement: seconds(cfg.Database.StatementSeconds),
				Lock: seconds(cfg.Database.LockSeconds), Idle: seconds(cfg.Database.IdleSeconds)})
			a, err := c.build(ctx, cfg, db)
			if err != nil {
				return err
			}
			if a.Temp, err = c.temp(); err != nil {
				return errors.Join(err, db.Close())
			}
			if err := instance.Register(ctx, a); err != nil {
				return errors.Join(fmt.Errorf("register the installation: %w", err), db.Close())
			}
			if err := instance.CheckAddress(ctx, a); err != nil {
				return errors.Join(err, db.Close())
			}
			if err := c.recognise(ctx, a); err != nil {
				return errors.Join(err, db.Close())
			}
			if err := upgrade.Begin(ctx, a); err != nil {
				return errors.Join(fmt.Errorf("begin upgrades of the data: %w", err), db.Close())
			}
			return run(ctx, a, c.dir)
		},
	}
	c.begins(cmd)
	cmd.Flags().BoolVar(&c.adopt, "adopt", false,
		"take the secret, or the place of the files, though they are others than before (what was sealed with the old secret is lost)")
	cmd.Flags().StringVar(&addr, "http", "", "listen on this address (server.http)")
	return cmd
}

// temp makes the folder for what is on its way, without what a server that died has left there.
func (c *command) temp() (string, error) {
	dir := filepath.Join(c.dir, "tmp")
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("empty the folder for temporary files: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the folder for temporary files: %w", err)
	}
	return dir, nil
}

// bindMemory keeps the process below what its container may take: at nine tenths of it the collector works harder.
// automemlimit: a small, well-kept package that reads both kinds of cgroups, nested ones too.
func bindMemory(log *slog.Logger) {
	limit, err := memlimit.Set(memlimit.WithProvider(memlimit.FromCgroup), memlimit.WithRatio(0.9))
	if err != nil {
		log.Debug("no limit of memory", "reason", err)
		return
	}
	if limit == math.MaxInt64 { // a container that bounds nothing
		return
	}
	log.Info("memory is bounded", "bytes", limit)
}

// lock keeps a second server, and a restore, off the data folder.
func (c *command) lock() (release func(), err error) {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	// flock: the one that works on every system we build for, and is given back when the process dies.
	lock := flock.New(filepath.Join(c.dir, "lock"))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if !ok {
		return nil, fmt.Errorf("another sailplane serves %s already", c.dir)
	}
	return func() { lock.Unlock() }, nil //nolint:errcheck // the process ends
}

func logger(cfg *app.Config) *slog.Logger {
	var level slog.Level
	level.UnmarshalText([]byte(cfg.Log.Level)) //nolint:errcheck // the configuration was checked
	opts := &slog.HandlerOptions{Level: level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, opts))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, opts))
}

// run serves and works until the context ends, and closes the database last. What waits for strangers is let go at
// once; requests that are being answered may take their time.
func run(ctx context.Context, a *app.App, dir string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var background sync.WaitGroup
	runner := jobs.NewRunner(a, jobs.Handlers())
	background.Go(func() { runner.Run(ctx) })
	a.DB.Go(a.DB.FollowNotices) // requests go by the cache to the last
	a.DB.Go(a.DB.FollowGrowth)
	a.DB.Go(a.KeepAPILog)
	a.DB.Go(func(ctx context.Context) { audit.Keep(ctx, a) })
	a.DB.Go(a.DB.LookForDamage)
	a.DB.Go(func(ctx context.Context) { foldLeft(ctx, a) })
	stopSchedule, err := jobs.Schedule(ctx, a, jobs.Entries(a.Config))
	if err == nil {
		err = listen(ctx, a, dir, runner)
		stop()
		err = errors.Join(err, stopSchedule())
	}
	stop()
	background.Wait()
	return errors.Join(err, a.DB.Close())
}

func listen(ctx context.Context, a *app.App, dir string, runner *jobs.Runner) error {
	frontends, err := web.FollowFrontends(a)
	if err != nil {
		return fmt.Errorf("web.frontend: %w", err)
	}
	handler, err := web.NewServer(a, routes.Served(version), frontends.Site)
	if err != nil {
		return err
	}
	handler.GiveBackMemory()
	shown := &figures{app: a, server: handler, runner: runner}
	entrances, err := openDoors(a.Config, dir, a.Log, handler, metrics.Handler(a.Config.Metrics.Token, shown.write))
	if err != nil {
		return err
	}
	shown.ends = entrances.ends
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200) // a tenth less processor time on large boards, for 13 MiB more under load: measured
	}
	bindMemory(a.Log)
	go debug.FreeOSMemory() // what building the tables and word lists has left: 2 MiB that an idle server would keep
	url := entrances.open[0].url(&a.Config.Server)
	a.Log.Info("serving", "url", url, "version", version, "database", a.DB.Name())
	for _, o := range entrances.open[1:] {
		a.Log.Info("listening", "for", o.name, "url", o.url(&a.Config.Server))
	}
	if err := inviteSetup(ctx, a, url); err != nil {
		entrances.close()
		return err
	}
	defer context.AfterFunc(ctx, func() { stream.End(a) })() // nobody waits for those who listen
	watched, end := context.WithCancel(ctx)
	var told sync.WaitGroup
	told.Go(func() { tellSystemd(watched, a.Log, url, a.DB.Ping) })
	told.Go(func() { closeLive(watched, handler) })
	err = entrances.serveUntil(ctx, a.Log)
	end()
	told.Wait()
	return err
}

// closeLive ends the websockets when the server stops, while requests are answered to their end.
func closeLive(ctx context.Context, handler *web.Server) {
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answering)
	defer cancel()
	handler.CloseLive(ctx)
}

// foldLeft makes part of the pages what was typed when the server was last stopped short.
func foldLeft(ctx context.Context, a *app.App) {
	if err := room.Of(a).FoldBefore(ctx, "", a.DB.Now()); err != nil && ctx.Err() == nil {
		a.Log.Error("what was typed before the start is not yet part of its pages; it is tried again", "error", err)
	}
}
