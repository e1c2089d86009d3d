package main

import (
	"fmt"
	"strconv"

	"github.com/pocketbase/dbx"
	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

func (c *command) jobs() *cobra.Command {
	cmd := &cobra.Command{Use: "jobs", Short: "See the background work, and what of it has failed for good"}
	cmd.AddCommand(
		&cobra.Command{Use: "list", Short: "List the jobs that wait and those that are dead", Args: cobra.NoArgs, RunE: c.jobsList},
		&cobra.Command{Use: "retry ID|all", Short: "Try dead jobs again", Args: cobra.ExactArgs(1), RunE: c.jobsChange("retried", store.RetryJobs)},
		&cobra.Command{Use: "drop ID|all", Short: "Forget dead jobs", Args: cobra.ExactArgs(1), RunE: c.jobsChange("dropped", store.DropJobs)},
	)
	return cmd
}

func (c *command) jobsList(cmd *cobra.Command, _ []string) error {
	a, err := c.open(cmd.Context())
	if err != nil {
		return err
	}
	defer a.DB.Close()
	list, err := store.Jobs.List(a.DB.Read(cmd.Context()), dbx.NewExp("1 = 1"), "dead_at", "run_at")
	if err != nil {
		return err
	}
	if c.json {
		return c.say(list, "")
	}
	if len(list) == 0 {
		return c.say(nil, "No jobs wait and none are dead.")
	}
	for _, j := range list {
		state := "waits until " + app.Time(j.RunAt, app.Zone(""))
		if j.DeadAt != nil {
			state = "dead since " + app.Time(*j.DeadAt, app.Zone(""))
		}
		fmt.Fprintf(c.out, "%d %s: %s, %d attempts %s\n", j.ID, j.Kind, state, j.Attempts, j.LastError)
	}
	fmt.Fprintln(c.out, "\nNext: sailplane jobs retry ID|all, or sailplane jobs drop ID|all")
	return nil
}

func (c *command) jobsChange(verb string, change func(*store.Tx, int64) (int64, error)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		id := int64(0)
		if args[0] != "all" {
			n, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || n < 1 {
				return fmt.Errorf("%q is neither the number of a job nor all", args[0])
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
		return c.say(map[string]int64{verb: n}, "%d jobs %s.", n, verb)
	}
}
