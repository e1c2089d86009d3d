package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
)

func (c *command) apiLog() *cobra.Command {
	cmd := &cobra.Command{Use: "api-log", Short: "See who asked for what with an API key"}
	var email, since string
	var limit int
	list := &cobra.Command{Use: "list", Short: "List requests by key, newest first",
		Long: "Lists requests by key, newest first. They are written down some seconds after they were made, without headers and bodies,\n" +
			"and kept for retention.api_log_days days.",
		Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
			q := instance.APILogQuery{User: email, Limit: limit}
			from, err := moment("since", since, time.Now())
			if err != nil {
				return err
			}
			if from != nil {
				q.Since = *from
			}
			if limit < 1 || limit > 100_000 {
				return misused("--limit must be from 1 to 100000")
			}
			return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error { return c.listRequests(ctx, a, q) })
		}}
	list.Flags().StringVar(&email, "user", "", "only those of the person with this address")
	list.Flags().StringVar(&since, "since", "", "only those since then: 90m, 24h, 7d, 2026-11-30 or 2026-11-30T12:00:00Z")
	list.Flags().IntVar(&limit, "limit", 100, "the newest so many")
	cmd.AddCommand(list)
	return cmd
}

func (c *command) listRequests(ctx context.Context, a *app.App, q instance.APILogQuery) error {
	list, err := instance.APILog(ctx, a, q)
	if err != nil {
		return err
	}
	switch {
	case c.json:
		return c.say(list, "")
	case len(list) == 0 && a.Config.Retention.APILogDays == 0:
		return c.say(nil, "No log of requests by key is kept: retention.api_log_days is 0.")
	case len(list) == 0:
		return c.say(nil, "No such request by key was logged.")
	}
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, r := range list {
		path := r.Path
		if r.Query != "" {
			path += "?" + r.Query
		}
		key := r.Label
		if key == "" {
			key = r.Token
		}
		fmt.Fprintf(
			table,
			"%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n",
			r.At.UTC().Format(time.DateTime),
			r.Status,
			r.Method,
			oneLine(path),
			oneLine(r.User),
			oneLine(key),
			oneLine(r.IP),
			oneLine(r.UserAgent),
		)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if len(list) == q.Limit {
		fmt.Fprintf(c.out, "… perhaps more (--limit)\n")
	}
	return nil
}

// oneLine is a text without what would move a terminal's cursor: paths and names of programs are strangers' texts.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '?'
		}
		return r
	}, text)
}
