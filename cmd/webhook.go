package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/store"
)

func (c *command) webhooks() *cobra.Command {
	cmd := &cobra.Command{Use: "webhooks", Short: "See what webhooks are told, and tell them once more"}
	cmd.AddCommand(c.webhooksList(), c.webhooksDeliveries(), c.webhooksRedeliver(), c.webhooksPing())
	return cmd
}

func (c *command) webhooksList() *cobra.Command {
	var slug string
	cmd := &cobra.Command{Use: "list", Short: "List the webhooks, those first that are switched off", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
				list, err := webhook.ListOf(&app.Call{Context: ctx, App: a}, slug)
				if err != nil {
					return err
				}
				if c.json {
					return c.say(list, "")
				}
				if len(list) == 0 {
					return c.say(nil, "There are no webhooks. They are made in the settings of a workspace.")
				}
				table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
				for _, h := range list {
					state := "on"
					switch {
					case !h.IsActive:
						state = "off"
					case h.FailingSince != nil:
						state = "failing since " + h.FailingSince.Format(time.RFC3339)
					}
					fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d waiting\n", h.ID, h.Workspace, h.URL, state, h.Waiting)
				}
				return table.Flush()
			})
		}}
	cmd.Flags().StringVar(&slug, "workspace", "", "only those of this workspace")
	return cmd
}

// spanFlags are the flags that say which deliveries are meant.
type spanFlags struct{ since, until, status string }

func (f *spanFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.since, "since", "", "from this time on: 2026-11-30T08:00:00Z, 2026-11-30, 24h or 7d (ago)")
	cmd.Flags().StringVar(&f.until, "until", "", "until before this time")
	cmd.Flags().StringVar(&f.status, "status", "", "waiting, delivered, failed or dropped")
}

func (f *spanFlags) read(now time.Time) (s webhook.Span, err error) {
	if s.Since, err = moment("since", f.since, now); err != nil {
		return s, err
	}
	if s.Until, err = moment("until", f.until, now); err != nil {
		return s, err
	}
	if f.status != "" {
		s.Statuses = []string{f.status}
	}
	if err := s.Check(); err != nil {
		return s, misused("--status %s is none: %v", f.status, err)
	}
	return s, nil
}

// onHook runs what is done with the webhook that was named, in its workspace.
func (c *command) onHook(ctx context.Context, id string, do func(call *app.Call) error) error {
	if !store.IsID(id) {
		return misused("%q is no id of a webhook; sailplane webhooks list shows them", id)
	}
	return c.inApp(ctx, func(ctx context.Context, a *app.App) error {
		call, err := webhook.CallFor(ctx, a, id)
		if err != nil {
			return err
		}
		if call == nil {
			return misused("there is no webhook %s; sailplane webhooks list shows which there are", id)
		}
		return do(call)
	})
}

// deliveryInfo is what the commands tell of a delivery.
type deliveryInfo struct {
	ID             string     `json:"id"`
	Event          string     `json:"event"`
	Action         string     `json:"action"`
	Status         string     `json:"status"`
	Attempts       int        `json:"attempts"`
	ResponseStatus *int       `json:"response_status"`
	DurationMS     int64      `json:"duration_ms"`
	Error          string     `json:"error"`
	CreatedAt      time.Time  `json:"created_at"`
	EndedAt        *time.Time `json:"ended_at"`
}

func deliveryInfoOf(d *store.WebhookDelivery) deliveryInfo {
	return deliveryInfo{ID: d.ID, Event: d.Event, Action: d.Action, Status: d.Status, Attempts: d.Attempts,
		ResponseStatus: d.ResponseStatus, DurationMS: d.DurationMS, Error: d.Fault, CreatedAt: d.CreatedAt.UTC(),
		EndedAt: d.EndedAt}
}

func (c *command) webhooksDeliveries() *cobra.Command {
	var f spanFlags
	limit := 50
	cmd := &cobra.Command{Use: "deliveries WEBHOOK", Short: "List what a webhook was told, newest first",
		Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
			return c.onHook(cmd.Context(), args[0], func(call *app.Call) error {
				span, err := f.read(call.DB.Now())
				if err != nil {
					return err
				}
				rows, total, err := webhook.ListDeliveries(call, args[0], span, store.ListPart{Limit: limit})
				if err != nil {
					return err
				}
				return c.listDeliveries(rows, total)
			})
		}}
	f.add(cmd)
	cmd.Flags().IntVar(&limit, "limit", limit, "list no more than so many")
	return cmd
}

func (c *command) listDeliveries(rows []store.WebhookDelivery, total int) error {
	list := make([]deliveryInfo, len(rows))
	for i := range rows {
		list[i] = deliveryInfoOf(&rows[i])
	}
	if c.json {
		return c.say(list, "")
	}
	if len(list) == 0 {
		return c.say(nil, "There are no such deliveries.")
	}
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, d := range list {
		fmt.Fprintf(table, "%s\t%s\t%s %s\t%s\t%d attempts\t%d ms\t%s\n", d.ID, d.CreatedAt.Format(time.RFC3339), d.Event,
			d.Action, d.Status, d.Attempts, d.DurationMS, d.Error)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if total > len(list) {
		fmt.Fprintf(c.out, "… and %d more (--limit, --since and --until show others)\n", total-len(list))
	}
	fmt.Fprintln(c.out, "\nNext: sailplane webhooks redeliver WEBHOOK, with --delivery ID or --since TIME")
	return nil
}

func (c *command) webhooksRedeliver() *cobra.Command {
	var f spanFlags
	var one string
	cmd := &cobra.Command{Use: "redeliver WEBHOOK", Args: cobra.ExactArgs(1),
		Short: "Tell a webhook once more what failed or was dropped (or what --delivery, --status, --since and --until say)",
		RunE: func(cmd *cobra.Command, args []string) error {
			if one != "" && f != (spanFlags{}) {
				return misused("--delivery names one delivery: leave --since, --until and --status out")
			}
			return c.onHook(cmd.Context(), args[0], func(call *app.Call) error {
				if one != "" {
					return c.redeliverOne(call, args[0], one)
				}
				return c.redeliverSpan(call, args[0], &f)
			})
		}}
	f.add(cmd)
	cmd.Flags().StringVar(&one, "delivery", "", "only the delivery with this id")
	return cmd
}

func (c *command) redeliverOne(call *app.Call, hook, id string) error {
	if !store.IsID(id) {
		return misused("%q is no id of a delivery; sailplane webhooks deliveries %s lists them", id, hook)
	}
	d, err := webhook.Redeliver(call, hook, id)
	if err != nil {
		return err
	}
	return c.say(deliveryInfoOf(d), "%s %s waits to be sent once more. To see what came of it: sailplane webhooks deliveries %s",
		d.Event, d.Action, hook)
}

func (c *command) redeliverSpan(call *app.Call, hook string, f *spanFlags) error {
	span, err := f.read(call.DB.Now())
	if err != nil {
		return err
	}
	sent, left, err := webhook.RedeliverSpan(call, hook, span)
	if err != nil {
		return err
	}
	more := ""
	if left > 0 {
		more = fmt.Sprintf(" %d more are left: run it again when these are sent.", left)
	}
	return c.say(map[string]int{"redelivered": sent, "left": left},
		"%d deliveries wait to be sent once more.%s To see what came of them: sailplane webhooks deliveries %s", sent, more, hook)
}

func (c *command) webhooksPing() *cobra.Command {
	return &cobra.Command{Use: "ping WEBHOOK", Short: "Ask whether a webhook hears", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.onHook(cmd.Context(), args[0], func(call *app.Call) error {
				d, err := webhook.Ping(call, args[0])
				if err != nil {
					return err
				}
				return c.say(deliveryInfoOf(d),
					"The server sends a ping now. To see what came of it: sailplane webhooks deliveries %s --limit 1", args[0])
			})
		}}
}
