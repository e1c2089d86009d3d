package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/store"
)

// hook keeps a webhook of somebody with an address, at a server.
func hook(t *testing.T, a *app.App, url string) *store.Webhook {
	t.Helper()
	h := &store.Webhook{URL: url, IsActive: true, SecretKey: a.Seal("secret"), Version: "v1"}
	email := "ann@sailplane.test"
	if err := a.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		u := &store.User{Username: "ann", Email: &email, IsActive: true}
		if err := store.Users.Insert(tx, u); err != nil {
			return err
		}
		w := &store.Workspace{Name: "W", Slug: "w", OwnerID: u.ID}
		if err := store.Workspaces.Insert(tx, w); err != nil {
			return err
		}
		h.WorkspaceID, h.CreatedByID = w.ID, &u.ID
		return store.Webhooks.Insert(tx, h)
	}); err != nil {
		t.Fatal(err)
	}
	return h
}

// deliver makes one attempt, after some that failed, to tell a webhook something, and returns the id of the delivery.
func deliver(t *testing.T, a *app.App, h *store.Webhook, attempts int, body string) string {
	t.Helper()
	d := &store.WebhookDelivery{WebhookID: h.ID, WorkspaceID: h.WorkspaceID, Event: "issue", Action: "created", Body: body,
		Attempts: attempts, Status: store.DeliveryWaiting}
	err := a.DB.Write(t.Context(), "", func(tx *store.Tx) error { return store.WebhookDeliveries.Insert(tx, d) })
	if err != nil {
		t.Fatal(err)
	}
	if err := webhook.Deliver(t.Context(), a, store.Delivery{ID: d.ID, WebhookID: h.ID}); err != nil {
		t.Fatal(err)
	}
	return d.ID
}

// lastLog is the entry of the latest attempt.
func lastLog(t *testing.T, a *app.App, h *store.Webhook) store.WebhookLog {
	t.Helper()
	rows, err := store.WebhookLogs.List(a.DB.Read(t.Context()), dbx.HashExp{"webhook": h.ID}, "created_at DESC", "id DESC")
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d entries of the log, %v", len(rows), err)
	}
	return rows[0]
}

// Whatever answers has been told: the status is kept, a long body is cut, and what no database keeps is made readable.
func TestAnyAnswerCounts(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		status, answer := 200, ""
		var got *http.Request
		var body []byte
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = r
			body, _ = io.ReadAll(r.Body)
			w.Header().Set("X-Odd", "a\xffb")
			w.WriteHeader(status)
			io.WriteString(w, answer)
		}))
		t.Cleanup(server.Close)
		h := hook(t, a, server.URL+"/in?x=1")
		for _, tt := range []struct {
			status int
			answer string
			kept   string
		}{
			{200, "fine", "fine"}, {201, "", ""}, {404, "gone", "gone"}, {500, "broken", "broken"},
			{200, "a\x00b\xff", "ab\uFFFD"}, {200, strings.Repeat("x", 100<<10), strings.Repeat("x", 64<<10)},
		} {
			status, answer = tt.status, tt.answer
			id := deliver(t, a, h, 0, `{"a":"ü"}`)
			mac := hmac.New(sha256.New, []byte("secret"))
			mac.Write([]byte(`{"a":"ü"}`))
			for name, want := range map[string]string{"Content-Type": "application/json", "X-Plane-Delivery": id,
				"X-Plane-Event": "issue", "X-Plane-Signature": hex.EncodeToString(mac.Sum(nil))} {
				if got.Header.Get(name) != want {
					t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
				}
			}
			if got.Method != "POST" || got.URL.String() != "/in?x=1" || string(body) != `{"a":"ü"}` {
				t.Errorf("sent: %s %s %s", got.Method, got.URL, body)
			}
			entry := lastLog(t, a, h)
			if *entry.ResponseStatus != strconv.Itoa(tt.status) || *entry.ResponseBody != tt.kept {
				t.Errorf("%d %.20q is logged as %s %.20q (%d bytes)", tt.status, tt.answer, *entry.ResponseStatus,
					*entry.ResponseBody, len(*entry.ResponseBody))
			}
			for _, secret := range []string{got.Header.Get("X-Plane-Signature"), got.Header.Get("Webhook-Signature"), "secret"} {
				if secret == "" || strings.Contains(*entry.RequestHeaders, secret) {
					t.Errorf("the log has the signature %q: %s", secret, *entry.RequestHeaders)
				}
			}
		}
		row, err := store.Webhooks.Find(a.DB.Read(t.Context()), h.ID)
		if err != nil || !row.IsActive {
			t.Errorf("answers switched the webhook off: %v, %v", row.IsActive, err)
		}
	})
}

// A redirect leads into no network that is closed, and what was sent is not sent on to anybody by it.
func TestRedirectsStayOutside(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		reached := 0
		inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
		t.Cleanup(inside.Close)
		target := strings.Replace(inside.URL, "127.0.0.1", "127.0.0.2", 1)
		outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, target, http.StatusTemporaryRedirect)
		}))
		t.Cleanup(outside.Close)
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.1/32"}
		h := hook(t, a, outside.URL)
		deliver(t, a, h, 0, "{}")
		if reached != 0 {
			t.Errorf("a redirect reached a closed network %d times", reached)
		}
		if entry := lastLog(t, a, h); *entry.ResponseStatus == "200" {
			t.Errorf("logged as delivered: %s", *entry.ResponseBody)
		}
	})
}

// What nobody takes is tried again after the times that are written down, and after the last of them the webhook is off
// and its maker gets a letter; a webhook that is off or gone is told nothing.
func TestWhatNobodyTakes(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		a.Config.Web.AppURL = "https://app.test"
		server := httptest.NewServer(http.NotFoundHandler())
		h := hook(t, a, server.URL)
		server.Close() // nobody is there any more
		for i := range 6 {
			deliver(t, a, h, i, "{}")
			entry := lastLog(t, a, h)
			row, err := store.Webhooks.Find(a.DB.Read(t.Context()), h.ID)
			if err != nil {
				t.Fatal(err)
			}
			if entry.RetryCount != i || *entry.ResponseStatus != "500" || row.IsActive != (i < 5) {
				t.Errorf("attempt %d: logged as %d with %s, on: %v", i, entry.RetryCount, *entry.ResponseStatus, row.IsActive)
			}
		}
		letters := 0
		jobs, err := store.Jobs.List(a.DB.Read(t.Context()), dbx.HashExp{"kind": mail.Job})
		if err != nil {
			t.Fatal(err)
		}
		for _, job := range jobs {
			var letter mail.Email
			if json.Unmarshal(job.Payload, &letter) != nil {
				continue
			}
			said, err := letter.Body(a)
			if err != nil || letter.To != "ann@sailplane.test" || letter.Template != "webhook-stopped" ||
				said["url"] != server.URL || strings.Contains(string(job.Payload), server.URL) {
				t.Errorf("a letter: %s, %v, %v", job.Payload, said, err)
			}
			letters++
		}
		if letters != 1 {
			t.Errorf("%d letters say that it is off", letters)
		}
		count := func() int {
			n, err := store.WebhookLogs.Count(a.DB.Read(t.Context()), dbx.HashExp{"webhook": h.ID})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := count()
		for _, id := range []string{h.ID, store.NewID()} {
			deliver(t, a, &store.Webhook{AuditFields: store.AuditFields{ID: id}, WorkspaceID: h.WorkspaceID}, 0, "{}")
		}
		if err := webhook.Deliver(t.Context(), a, store.Delivery{ID: store.NewID(), WebhookID: h.ID}); err != nil {
			t.Error(err) // one that has been cleaned away
		}
		if after := count(); after != before {
			t.Errorf("%d attempts were made for a webhook that is off", after-before)
		}
	})
}
