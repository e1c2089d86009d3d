package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
)

func serve() *cobra.Command {
	var dir, addr string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			a, err := open(ctx, dir)
			if err != nil {
				return err
			}
			defer a.DB.Close()
			if addr != "" {
				a.Config.Server.HTTP = addr
			}
			runner := jobs.NewRunner(a, jobs.Handlers())
			go runner.Run(ctx)
			stopSchedule, err := jobs.Schedule(ctx, a, jobs.Entries())
			if err != nil {
				return err
			}
			return errors.Join(listen(ctx, a), stopSchedule())
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "data", "the data folder")
	cmd.Flags().StringVar(&addr, "http", "", "listen on this address (server.http)")
	return cmd
}

// open builds the application on the data folder, which it makes if there is none.
func open(ctx context.Context, dir string) (*app.App, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	cfg := app.Defaults()
	cfg.Database.URL = os.Getenv("SAILPLANE_DATABASE_URL")
	for name, dest := range map[string]*int{"AUTH_PER_MINUTE": &cfg.Limits.AuthPerMinute, "API_KEY_PER_MINUTE": &cfg.Limits.APIKeyPerMinute} {
		if v := os.Getenv("SAILPLANE_LIMITS_" + name); v != "" {
			n, err := strconv.Atoi(v)
			if err != nil {
				return nil, fmt.Errorf("limits: %w", err)
			}
			*dest = n
		}
	}
	cfg.Workspace.DemoProject = os.Getenv("SAILPLANE_WORKSPACE_DEMO_PROJECT") != "false"
	db, err := store.Open(ctx, cfg.Database.URL, filepath.Join(dir, "sailplane.db"))
	if err != nil {
		return nil, err
	}
	if _, err := db.Migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	secret, err := secretOf(dir)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &app.App{DB: db, Config: cfg, Secret: secret, Log: slog.Default()}, nil
}

// secretOf reads the installation's secret, or makes it at the first start.
func secretOf(dir string) ([]byte, error) {
	file := filepath.Join(dir, "secret")
	secret, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		secret = make([]byte, 32)
		rand.Read(secret) //nolint:errcheck // never fails
		err = os.WriteFile(file, secret, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("the installation's secret: %w", err)
	}
	return secret, nil
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
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
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
