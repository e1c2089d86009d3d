package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/retention"
)

func (c *command) jobsCleaned() *cobra.Command {
	return &cobra.Command{Use: "cleaned", Short: "Show for how long what grows is kept, and what was removed when",
		Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
			return c.inApp(cmd.Context(), c.showCleaned)
		}}
}

func (c *command) showCleaned(ctx context.Context, a *app.App) error {
	list, err := retention.List(ctx, a)
	if err != nil {
		return err
	}
	if c.json {
		return c.say(list, "")
	}
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RULE\tKEEPS\tLAST REMOVED\tROWS\tIN ALL\tWHAT")
	for _, f := range list {
		at, rows, total := "-", int64(0), int64(0)
		if f.Last != nil {
			at, rows, total = f.Last.BeganAt.UTC().Format(time.DateTime), f.Last.Rows, f.Last.Total
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%s\n", f.Rule, keeps(f), at, rows, total, f.What)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, f := range list {
		if f.Last != nil && f.Last.Fault != "" {
			fmt.Fprintf(c.out, "%s failed: %s\n", f.Rule, f.Last.Fault)
		}
	}
	fmt.Fprintln(c.out)
	if err := c.cleanedLine(ctx, a); err != nil {
		return err
	}
	fmt.Fprintln(c.out, "Change it in config.toml, [retention]; see config.example.toml.")
	return nil
}

// keeps says for how long a rule keeps its rows.
func keeps(f retention.Figures) string {
	switch {
	case f.Setting == "":
		return "while of use"
	case f.Days == 0 && f.Rule == "api-logs":
		return "no log"
	case f.Days == 0:
		return "for ever"
	}
	return fmt.Sprintf("%d days", f.Days)
}

// cleanedLine says when all rules were last followed.
func (c *command) cleanedLine(ctx context.Context, a *app.App) error {
	round, err := retention.LastRound(ctx, a)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "Cleaning: %s.\n", retention.Tell(round))
	return err
}
