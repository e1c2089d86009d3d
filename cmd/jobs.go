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
	cmd.AddCommand(list, c.jobsCleaned(),
		c.jobsChange("retry ID|all", "Try jobs again at once that are dead or wait for another try", "retried", queue.Retry),
		c.jobsChange("drop ID|all", "Forget a job that is not being done, or all that are dead", "dropped", queue.Drop))
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

func (c *command) jobsChange(use, short, verb string,
	change func(context.Context, *app.App, store.JobChoice) (int64, error)) *cobra.Command {
	var which store.JobChoice
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(1)}
	cmd.Flags().StringVar(&which.Kind, "kind", "", "only jobs of this kind, such as mail.send")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if _, known := jobs.Handlers()[which.Kind]; which.Kind != "" && !known {
			return misused("there are no jobs of the kind %q; sailplane jobs list shows which there are (--kind)", which.Kind)
		}
		if args[0] != "all" {
			n, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || n < 1 {
				return misused("%q is neither the number of a job nor all", args[0])
			}
			which.ID = n
		}
		a, err := c.open(cmd.Context())
		if err != nil {
			return err
		}
		defer a.DB.Close()
		n, err := change(cmd.Context(), a, which)
		if err != nil {
			return err
		}
		if n == 0 && which.ID != 0 {
			return misused("no job %d is there that could be %s; sailplane jobs list shows which there are", which.ID, verb)
		}
		return c.say(map[string]int64{verb: n}, "%d jobs %s.", n, verb)
	}
	return cmd
}
