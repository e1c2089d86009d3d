package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
)

func (c *command) serve() *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			cfg, err := c.load()
			if err != nil {
				return err
			}
			if addr != "" {
				cfg.Server.HTTP = addr
			}
			slog.SetDefault(logger(cfg))
			db, err := c.connect(ctx, cfg)
			if err != nil {
				return err
			}
			if _, err := c.upgrade(ctx, db); err != nil {
				return errors.Join(err, db.Close())
			}
			a, err := c.build(ctx, cfg, db)
			if err != nil {
				return err
			}
			return run(ctx, a)
		},
	}
	cmd.Flags().StringVar(&addr, "http", "", "listen on this address (server.http)")
	return cmd
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

// run serves and works until the context ends, and closes the database last.
func run(ctx context.Context, a *app.App) error {
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	runner := jobs.NewRunner(a, jobs.Handlers())
	worked := make(chan struct{})
	go func() { runner.Run(working); close(worked) }()
	go a.DB.FollowNotices(working)
	stopSchedule, err := jobs.Schedule(working, a, jobs.Entries())
	if err == nil {
		err = errors.Join(listen(ctx, a), stopSchedule())
	}
	stopWork()
	<-worked
	return errors.Join(err, a.DB.Close())
}

func listen(ctx context.Context, a *app.App) error {
	handler, err := web.NewServer(a, routes.All(), nil)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", a.Config.Server.HTTP)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	go func() {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		srv.Shutdown(end) //nolint:errcheck // what is still open then is cut
	}()
	a.Log.Info("serving", "url", "http://"+l.Addr().String())
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
