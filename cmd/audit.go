package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/audit"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

func (c *command) audit() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "See who did what that may have to be answered for"}
	cmd.AddCommand(c.auditList(), c.auditVerify(), c.auditExport())
	return cmd
}

// auditFlags are the flags by which entries are chosen.
type auditFlags struct {
	user, workspace, event, category, target, ip, since, until, search string
	failed                                                             bool
}

func (f *auditFlags) on(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.user, "user", "", "only what the person with this address did")
	flags.StringVar(&f.workspace, "workspace", "", "only what was done in the workspace with this slug")
	flags.StringVar(&f.event, "event", "", "only events of this name, such as member.role_updated")
	flags.StringVar(&f.category, "category", "", "only events of a category: "+strings.Join(app.Categories, ", "))
	flags.StringVar(&f.target, "target", "", "only what was done to the thing with this id")
	flags.StringVar(&f.ip, "ip", "", "only what was done from this address")
	flags.StringVar(&f.since, "since", "", "only what was done since then: 90m, 24h, 7d, 2026-11-30 or 2026-11-30T12:00:00Z")
	flags.StringVar(&f.until, "until", "", "only what was done before then")
	flags.StringVar(&f.search, "search", "", "only entries with this text")
	flags.BoolVar(&f.failed, "failed", false, "only what was tried and refused")
}

// filter reads the flags.
func (f *auditFlags) filter(ctx context.Context, a *app.App) (store.AuditFilter, error) {
	out := store.AuditFilter{Event: f.event, Category: f.category, TargetID: f.target, IP: f.ip, Text: f.search}
	if f.failed {
		out.Outcome = store.AuditFailure
	}
	if _, ok := app.Events[f.event]; f.event != "" && !ok {
		return out, misused("there is no event %s", f.event)
	}
	if f.category != "" && !slices.Contains(app.Categories, f.category) {
		return out, misused("%q is no category; there are %s", f.category, strings.Join(app.Categories, ", "))
	}
	for _, m := range []struct {
		flag, text string
		into       *time.Time
	}{{"since", f.since, &out.From}, {"until", f.until, &out.Until}} {
		at, err := moment(m.flag, m.text, time.Now())
		if err != nil {
			return out, err
		}
		if at != nil {
			*m.into = *at
		}
	}
	if f.user != "" {
		u, err := user.Find(ctx, a, f.user)
		if err != nil {
			return out, err
		}
		out.Actor = u.ID
	}
	if f.workspace != "" {
		w, err := workspace.Known(ctx, a, f.workspace)
		if err != nil {
			return out, err
		}
		out.Workspace = w.ID
	}
	return out, nil
}

func (c *command) auditList() *cobra.Command {
	var f auditFlags
	var limit int
	cmd := &cobra.Command{Use: "list", Short: "List entries of the audit log, newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 || limit > 100_000 {
				return misused("--limit must be from 1 to 100000")
			}
			return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error { return c.listAudit(ctx, a, &f, limit) })
		}}
	f.on(cmd)
	cmd.Flags().IntVar(&limit, "limit", 100, "the newest so many")
	return cmd
}

func (c *command) listAudit(ctx context.Context, a *app.App, f *auditFlags, limit int) error {
	filter, err := f.filter(ctx, a)
	if err != nil {
		return err
	}
	entries := []audit.Entry{}
	q := audit.Query{AuditFilter: filter, AuditOrder: store.AuditOrder{Newest: true}}
	for more := true; more && len(entries) < limit; {
		q.Size = min(limit-len(entries), 500)
		p, err := audit.List(ctx, a, q)
		if err != nil {
			return err
		}
		entries = append(entries, p.Entries...)
		q.Cursor, more = p.Next, p.Next != ""
	}
	if c.json {
		shown := make([]audit.Shown, len(entries))
		for i := range entries {
			shown[i] = audit.Show(&entries[i])
		}
		return c.say(shown, "")
	}
	if len(entries) == 0 {
		return c.say(nil, "The audit log has no such entry.")
	}
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for i := range entries {
		e := &entries[i]
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", e.At.UTC().Format(time.DateTime), e.Event, oneLine(e.Doer()),
			oneLine(e.IP), oneLine(strings.TrimSpace(e.TargetType+" "+e.Target())), oneLine(e.Change()))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if q.Cursor != "" {
		fmt.Fprintf(c.out, "… more (--limit)\n")
	}
	return nil
}

func (c *command) auditVerify() *cobra.Command {
	var heads []string
	cmd := &cobra.Command{Use: "verify", Short: "Say whether the audit log is as it was written",
		Long: "Reads the whole audit log: an entry that was changed, removed or inserted breaks the chain of hashes, and a chain\n" +
			"that was made anew does not fit the seals, which only this installation's secret makes. That the newest entries were\n" +
			"cut off is seen by who has noted the head elsewhere: --head NUMBER:HASH. What is done to an entry in the seconds\n" +
			"before it is sealed shows nowhere.",
		Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
			var noted []audit.Head
			for _, h := range heads {
				number, hash, ok := strings.Cut(h, ":")
				sequence, err := strconv.ParseInt(number, 10, 64)
				if !ok || err != nil || len(hash) != 64 {
					return misused("--head %s is no head such as verify prints", h)
				}
				noted = append(noted, audit.Head{Sequence: sequence, Hash: hash})
			}
			return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error { return c.verifyAudit(ctx, a, noted) })
		}}
	cmd.Flags().StringArrayVar(&heads, "head", nil, "a head that was noted elsewhere and has to be there still; may be repeated")
	return cmd
}

// errAudit says that the log is not as it was written.
var errAudit = errors.New("the audit log is not as it was written")

func (c *command) verifyAudit(ctx context.Context, a *app.App, noted []audit.Head) error {
	told := time.Now()
	v, err := audit.Verify(ctx, a, noted, func(entries int64) {
		if now := time.Now(); now.Sub(told) > 2*time.Second {
			told = now
			c.progress(fmt.Sprintf("%d entries are read", entries))
		}
	})
	if err != nil {
		return err
	}
	if c.json {
		err = c.say(v, "")
	} else {
		for _, f := range v.Faults {
			fmt.Fprintf(c.out, "%d\t%s\n", f.Sequence, f.What)
		}
		if v.More {
			fmt.Fprintln(c.out, "… and more")
		}
	}
	switch {
	case err != nil:
		return err
	case len(v.Faults) > 0:
		return errAudit
	case c.json:
		return nil
	case v.Entries == 0:
		return c.say(nil, "The audit log is empty.")
	}
	return c.say(nil, "%d entries, %d to %d, are as they were written. Note the head elsewhere, to see later that nothing was cut off:\n"+
		"%d:%s", v.Entries, v.First, v.Last, v.Last, v.Head)
}

func (c *command) auditExport() *cobra.Command {
	var f auditFlags
	var format string
	cmd := &cobra.Command{Use: "export [FILE|-]", Short: "Write the audit log into a file, oldest first",
		Args: cobra.MaximumNArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
			if !audit.IsFormat(format) {
				return misused("--format must be jsonl or csv")
			}
			return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
				return c.exportAudit(ctx, a, &f, format, strings.Join(args, ""))
			})
		}}
	f.on(cmd)
	cmd.Flags().StringVar(&format, "format", "jsonl", "jsonl: a line of JSON each, or csv")
	return cmd
}

func (c *command) exportAudit(ctx context.Context, a *app.App, f *auditFlags, format, name string) error {
	filter, err := f.filter(ctx, a)
	if err != nil {
		return err
	}
	var out io.Writer = c.out
	if name != "" && name != "-" {
		file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("write the audit log: %w", err)
		}
		defer file.Close()
		out = file
	}
	n, err := audit.Export(ctx, a, filter, format, out)
	if err != nil || name == "" || name == "-" {
		return err
	}
	return c.say(json.RawMessage(fmt.Sprintf(`{"entries": %d}`, n)), "%d entries are in %s.", n, name)
}
