package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
)

func (c *command) jobs() *cobra.Command {
	cmd := &cobra.Command{Use: "jobs", Short: "See the background work, and what of it has failed for good"}
	var limit int64
	var summary bool
	list := &cobra.Command{Use: "list", Short: "Count the jobs by kind, and list those that are dead or wait",
		Args: cobra.NoArgs, RunE: func(cmd *cobra.Command,
			_ []string) error {
			return c.jobsList(cmd.Context(), limit, summary)
		}}
	list.Flags().Int64Var(&limit, "limit", 50, "list no more than so many jobs; 0: all")
	list.Flags().BoolVar(&summary, "summary", false, "only count them")
	cmd.AddCommand(list,
		&cobra.Command{Use: "retry ID|all", Short: "Try jobs again at once that are dead or wait for another try",
			Args: cobra.ExactArgs(1),
			RunE: c.jobsChange("retried", store.RetryJobs)},
		&cobra.Command{Use: "drop ID|all", Short: "Forget a job that is not being done, or all that are dead", Args: cobra.ExactArgs(1),
			RunE: c.jobsChange("dropped", store.DropJobs)},
	)
	return cmd
}

func (c *command) jobsList(ctx context.Context, limit int64, summary bool) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.DB.Close()
	now, err := leaseTime(ctx, a.DB)
	if err != nil {
		return err
	}
	counts, err := store.Backlogs(a.DB.Read(ctx), now)
	if err != nil {
		return err
	}
	if summary && c.json {
		return c.say(counts, "")
	}
	list, err := store.ListJobs(a.DB.Read(ctx), limit)
	if err != nil {
		return err
	}
	if c.json {
		return c.say(list, "")
	}
	if len(list) == 0 {
		return c.say(nil, "No jobs wait and none are dead.")
	}
	total := 0
	for _, b := range counts {
		total += b.Waiting + b.Dead
		fmt.Fprintf(c.out, "%s (%s): %s\n", b.Kind, cmp.Or(jobs.Handlers()[b.Kind].Lane, "nobody does these"),
			backlogText(b, a.DB.Now()))
	}
	if summary {
		return nil
	}
	fmt.Fprintln(c.out)
	for i := range list {
		fmt.Fprintf(c.out, "%d %s: %s, %d attempts %s\n", list[i].ID, list[i].Kind, jobState(&list[i], a.DB.Now(), now),
			list[i].Attempts, list[i].LastError)
	}
	if total > len(list) {
		fmt.Fprintf(c.out, "… and %d more (--limit 0 lists all)\n", total-len(list))
	}
	fmt.Fprintln(c.out, "\nNext: sailplane jobs retry ID|all, or sailplane jobs drop ID|all")
	return nil
}

// leaseTime is the clock by which leases are over: the database's.
func leaseTime(ctx context.Context, db *store.DB) (time.Time, error) {
	if !db.Postgres {
		return db.Now(), nil
	}
	return db.Clock(ctx)
}

// backlogText says how many jobs of a kind are in which state.
func backlogText(b store.Backlog, now time.Time) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{b.Due, "due"}, {b.Taken, "being done"}, {b.Lapsed, "left by a process that died"},
		{b.Later, "wait for their time or their turn"}, {b.Dead, "dead"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	text := strings.Join(parts, ", ")
	if b.Since != nil {
		text += fmt.Sprintf("; the oldest is due since %s", max(now.Sub(*b.Since), 0).Round(time.Second))
	}
	return text
}

// jobState says what a job waits for; leases end by the time of the database.
func jobState(j *store.Job, now, leases time.Time) string {
	switch {
	case j.DeadAt != nil:
		return "dead since " + app.Time(*j.DeadAt, app.Zone(""))
	case j.LeasedUntil != nil && j.LeasedUntil.Before(leases):
		return "was being done by a process that died; it is done again in a few seconds, or when the server starts"
	case j.LeasedUntil != nil:
		return "is being done"
	case j.RunAt.After(now):
		return "waits until " + app.Time(j.RunAt, app.Zone(""))
	}
	return "is due since " + app.Time(j.RunAt, app.Zone(""))
}

func (c *command) jobsChange(verb string, change func(*store.Tx, int64) (int64, error)) func(*cobra.Command,
	[]string) error {
	return func(cmd *cobra.Command, args []string) error {
		id := int64(0)
		if args[0] != "all" {
			n, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || n < 1 {
				return misused("%q is neither the number of a job nor all", args[0])
			}
			id = n
		}
		a, err := c.open(cmd.Context())
		if err != nil {
			return err
		}
		defer a.DB.Close()
		var n int64
		err = a.DB.Write(cmd.Context(), "", func(t *store.Tx) (err error) {
			n, err = change(t, id)
			return err
		})
		if err != nil {
			return err
		}
		if n == 0 && id != 0 {
			return misused("no job %d is there that could be %s; sailplane jobs list shows which there are", id, verb)
		}
		return c.say(map[string]int64{verb: n}, "%d jobs %s.", n, verb)
	}
}
