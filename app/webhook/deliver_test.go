package webhook_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
)

// A server of ours is out of bounds unless its network is allowed: nothing reaches it, and after the last attempt the
// webhook is off.
func TestDeliverStaysOutOfOwnNetworks(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		ctx, reached := context.Background(), 0
		a.Config.Webhooks.AllowNetworks = nil
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
		defer server.Close()
		h := &store.Webhook{URL: server.URL, IsActive: true, SecretKey: a.Seal("secret"), Version: "v1"}
		err := a.DB.Write(ctx, "", func(tx *store.Tx) error {
			u := &store.User{Username: "ann", IsActive: true}
			if err := store.Users.Insert(tx, u); err != nil {
				return err
			}
			w := &store.Workspace{Name: "W", Slug: "w", OwnerID: u.ID}
			if err := store.Workspaces.Insert(tx, w); err != nil {
				return err
			}
			h.WorkspaceID = w.ID
			return store.Webhooks.Insert(tx, h)
		})
		if err != nil {
			t.Fatal(err)
		}
		for attempt, on := range map[int]bool{0: true, 5: false} {
			h.IsActive = true
			if err := a.DB.Write(ctx, "",
				func(tx *store.Tx) error { return store.Webhooks.Set(tx, h, "is_active") }); err != nil {
				t.Fatal(err)
			}
			deliver(t, a, h, attempt, "{}")
			row, err := store.Webhooks.Find(a.DB.Read(ctx), h.ID)
			if err != nil || row.IsActive != on {
				t.Errorf("attempt %d: active %v, %v; want %v", attempt, row.IsActive, err, on)
			}
		}
		if reached != 0 {
			t.Errorf("%d requests reached a private address", reached)
		}
		if n, err := store.WebhookLogs.Count(a.DB.Read(ctx),
			dbx.HashExp{"webhook": h.ID, "response_status": "500"}); n != 2 || err != nil {
			t.Errorf("%d failures logged, %v; want 2", n, err)
		}
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		h.IsActive = true
		if err := a.DB.Write(ctx, "",
			func(tx *store.Tx) error { return store.Webhooks.Set(tx, h, "is_active") }); err != nil {
			t.Fatal(err)
		}
		if deliver(t, a, h, 0, "{}"); reached != 1 {
			t.Errorf("allowed: reached %d times", reached)
		}
	})
}
