package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/queue"
	"github.com/sailplane/sailplane/jobs"
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
	cmd.AddCommand(list, c.jobsCleaned(),
		&cobra.Command{Use: "retry ID|all", Short: "Try jobs again at once that are dead or wait for another try",
			Args: cobra.ExactArgs(1),
			RunE: c.jobsChange("retried", queue.Retry)},
		&cobra.Command{Use: "drop ID|all", Short: "Forget a job that is not being done, or all that are dead",
			Args: cobra.ExactArgs(1), RunE: c.jobsChange("dropped", queue.Drop)},
	)
	return cmd
}

func (c *command) jobsList(ctx context.Context, limit int64, summary bool) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.DB.Close()
	counts, now, err := queue.Backlogs(ctx, a)
	if err != nil {
		return err
	}
	if summary && c.json {
		return c.say(counts, "")
	}
	list, err := queue.List(ctx, a, limit)
	if err != nil {
		return err
	}
	if c.json {
		return c.say(list, "")
	}
	if len(list) == 0 {
		if err := c.say(nil, "No jobs wait and none are dead."); err != nil {
			return err
		}
		return c.cleanedLine(ctx, a)
	}
	total := 0
	for _, b := range counts {
		total += b.Waiting + b.Dead
		fmt.Fprintf(c.out, "%s (%s): %s\n", b.Kind, cmp.Or(jobs.Handlers()[b.Kind].Lane, "nobody does these"),
			queue.Tell(b, a.DB.Now()))
	}
	if err := c.cleanedLine(ctx, a); err != nil || summary {
		return err
	}
	fmt.Fprintln(c.out)
	for i := range list {
		fmt.Fprintf(c.out, "%d %s: %s, %d attempts %s\n", list[i].ID, list[i].Kind, queue.State(&list[i], a.DB.Now(), now),
			list[i].Attempts, list[i].LastError)
	}
	if total > len(list) {
		fmt.Fprintf(c.out, "… and %d more (--limit 0 lists all)\n", total-len(list))
	}
	fmt.Fprintln(c.out, "\nNext: sailplane jobs retry ID|all, or sailplane jobs drop ID|all")
	return nil
}

func (c *command) jobsChange(verb string,
	change func(context.Context, *app.App, int64) (int64, error)) func(*cobra.Command, []string) error {
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
		n, err := change(cmd.Context(), a, id)
		if err != nil {
			return err
		}
		if n == 0 && id != 0 {
			return misused("no job %d is there that could be %s; sailplane jobs list shows which there are", id, verb)
		}
		return c.say(map[string]int64{verb: n}, "%d jobs %s.", n, verb)
	}
}
