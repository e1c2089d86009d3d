package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app/health"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/web"
)

func (c *command) doctor() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Look for what is wrong with this installation, and say what to do",
		Long: "Looks at the settings, the data folder, the database, the background work and what lies around them.\n" +
			"The server may be running. The exit status is 1 when something is wrong.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := c.examine(cmd.Context())
			if err := c.tell(findings); err != nil {
				return err
			}
			ill := 0
			for _, f := range findings {
				if f.Level == health.Wrong {
					ill++
				}
			}
			if ill > 0 {
				cmd.SilenceErrors = c.json
				return fmt.Errorf("%d checks found something wrong", ill)
			}
			return nil
		},
	}
}

func (c *command) examine(ctx context.Context) []health.Finding {
	cfg, err := c.load()
	if err != nil {
		return []health.Finding{{
			Code: "config.invalid", Level: health.Wrong, What: err.Error(), Why: "no command works before it is put right",
			Do: "change the line, then: sailplane config check (config.example.toml says what each setting takes)",
		}}
	}
	return health.Examine(ctx, &health.Patient{Dir: c.dir, Config: cfg, Lanes: jobs.Lanes(),
		Files:  func(ctx context.Context) (blob.Store, error) { return c.files(ctx, cfg) },
		Secret: func(context.Context) ([]byte, error) { return c.secret(cfg) },
		Pending: func(ctx context.Context, db *store.DB) (int, error) {
			todo, err := c.pending(ctx, db)
			return len(todo), err
		},
		Storage:   func(db *store.DB) (string, error) { return c.storageName(cfg, db, false) },
		Frontends: c.frontends(),
		Frontend:  func(build string) ([]string, error) { return web.FrontendWarnings(cfg, build) }})
}

func (c *command) tell(findings []health.Finding) error {
	if c.json {
		return c.say(findings, "")
	}
	for _, f := range findings {
		fmt.Fprintf(c.out, "%-5s  %-18s  %s\n", f.Level, f.Code, f.What)
		if f.Why != "" {
			fmt.Fprintf(c.out, "       why it matters: %s\n", f.Why)
		}
		if f.Do != "" {
			fmt.Fprintf(c.out, "       what to do:     %s\n", f.Do)
		}
	}
	return nil
}
