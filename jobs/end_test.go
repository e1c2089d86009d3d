package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/queue"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
)

// Whatever ends a job ends what waits for it, too; and when the job is done after all, so is that.
func TestNothingWaitsForAJobThatHasEnded(t *testing.T) {
	type waits struct {
		kind         string
		add          func(tx *store.Tx, h *store.Webhook) (id string, err error)
		state        func(tx *store.Tx, id string) (string, error)
		dropped      string
		failed, open string
	}
	of := []waits{{store.JobDeliver, func(tx *store.Tx, h *store.Webhook) (string, error) {
		d := &store.WebhookDelivery{WebhookID: h.ID, WorkspaceID: h.WorkspaceID, Event: "issue", Action: "created",
			Body: "{}"}
		err := store.EnqueueDeliveries(tx, []*store.WebhookDelivery{d}, map[string]string{h.ID: app.HostOf(h.URL)})
		return d.ID, err
	}, func(tx *store.Tx, id string) (string, error) {
		d, err := store.WebhookDeliveries.Find(tx, id)
		if err == nil && (d.EndedAt == nil) != (d.Status == store.DeliveryWaiting) {
			err = fmt.Errorf("%s, and ended at %v", d.Status, d.EndedAt)
		}
		return d.Status, err
	}, store.DeliveryDropped, store.DeliveryFailed, store.DeliveryWaiting}, {store.JobExport, func(tx *store.Tx,
		h *store.Webhook) (string, error) {
		row := &store.Exporter{Provider: "csv", Status: store.ExportQueued, Token: store.NewID(), WorkspaceID: h.WorkspaceID,
			InitiatedByID: *h.CreatedByID, Type: "issue_exports"}
		if err := store.Exporters.Insert(tx, row); err != nil {
			return "", err
		}
		return row.ID, store.Enqueue(tx, store.JobExport, map[string]string{"id": row.ID})
	}, func(tx *store.Tx, id string) (string, error) {
		row, err := store.Exporters.Find(tx, id)
		return row.Status, err
	}, store.ExportFailed, store.ExportFailed, store.ExportQueued}}
	for _, w := range of {
		t.Run(w.kind, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, a *app.App) {
				a.DB.OwnClock().Stop(time.Now())
				r := jobs.NewRunner(a, map[string]jobs.Duty{w.kind: {Lane: jobs.Long,
					Do: func(context.Context, *app.App, json.RawMessage) error { return fmt.Errorf("no: %w", jobs.ErrGiveUp) }}})
				h := hook(t, a, "http://192.0.2.1")
				var ids []string
				for range 3 {
					must(t, a.DB.Write(t.Context(), "", func(tx *store.Tx) error {
						id, err := w.add(tx, h)
						ids = append(ids, id)
						return err
					}))
				}
				are := func(when string, want ...string) {
					t.Helper()
					for i, id := range ids {
						if got, err := w.state(a.DB.Read(t.Context()), id); err != nil || got != want[i] {
							t.Errorf("%s: number %d is %s, want %s (%v)", when, i, got, want[i], err)
						}
					}
				}
				changed := func(n int64, err error) {
					t.Helper()
					if err != nil || n != 1 {
						t.Fatalf("%d jobs are changed, want 1 (%v)", n, err)
					}
				}
				list, err := queue.List(t.Context(), a, 0)
				must(t, err)
				changed(queue.Drop(t.Context(), a, store.JobChoice{ID: list[0].ID}))
				are("one is dropped", w.dropped, w.open, w.open)
				drain(t, r)
				are("two have failed", w.dropped, w.failed, w.failed)
				changed(queue.Retry(t.Context(), a, store.JobChoice{ID: list[1].ID}))
				are("one is tried again", w.dropped, w.open, w.failed)
				changed(queue.Drop(t.Context(), a, store.JobChoice{}))
				are("the dead one is dropped", w.dropped, w.open, w.failed)
			})
		})
	}
}

// A delivery whose job was dropped can be sent again; one for which there are two jobs, because somebody tries the dead
// one again as well, is sent once.
func TestADroppedDeliveryIsSentAgainOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		told := 0
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { told++ }))
		defer server.Close()
		h := hook(t, a, server.URL)
		deliveries(t, a, h, 2)
		list, err := queue.List(t.Context(), a, 0)
		must(t, err)
		_, err = queue.Drop(t.Context(), a, store.JobChoice{ID: list[0].ID})
		must(t, err)
		drain(t, jobs.NewRunner(a, map[string]jobs.Duty{store.JobDeliver: {Lane: jobs.Outside,
			Do: func(context.Context, *app.App, json.RawMessage) error { return errors.Join(jobs.ErrGiveUp) }}}))
		c, err := webhook.CallFor(t.Context(), a, h.ID)
		must(t, err)
		if n, left, err := webhook.RedeliverSpan(c, h.ID, webhook.Span{}); err != nil || n != 2 || left != 0 {
			t.Fatalf("%d are sent again, %d are left (%v)", n, left, err)
		}
		_, err = queue.Retry(t.Context(), a, store.JobChoice{})
		must(t, err)
		drain(t, jobs.NewRunner(a, jobs.Handlers()))
		all, _, err := webhook.ListDeliveries(c, h.ID, webhook.Span{}, store.ListPart{Limit: 10})
		must(t, err)
		for i := range all {
			if all[i].Status != store.DeliveryDelivered {
				t.Errorf("%s: %s", all[i].ID, all[i].Status)
			}
		}
		if told != 2 {
			t.Errorf("told %d times, want 2", told)
		}
	})
}
