package api_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/web/webtest"
)

// delivery is what a receiver of webhooks was sent.
type delivery struct {
	event, action, signature, id string
	body                         []byte
}

// receiver takes what webhooks send.
type receiver struct {
	*httptest.Server
	came chan delivery
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{came: make(chan delivery, 100)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		var said struct{ Action string }
		_ = json.Unmarshal(body, &said)
		r.came <- delivery{q.Header.Get("X-Plane-Event"), said.Action, q.Header.Get("X-Plane-Signature"),
			q.Header.Get("X-Plane-Delivery"), body}
	}))
	t.Cleanup(r.Close)
	return r
}

// next waits for a delivery.
func (r *receiver) next(t *testing.T) delivery {
	t.Helper()
	select {
	case d := <-r.came:
		return d
	case <-time.After(5 * time.Minute):
		t.Fatal("nothing came")
		return delivery{}
	}
}

// idle waits until nothing that is due is left to be done in the background.
func idle(t *testing.T, a *app.App) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		due := 0
		if err := a.DB.Read(t.Context()).One("SELECT COUNT(*) FROM jobs WHERE dead_at IS NULL AND run_at <= ?",
			[]any{a.DB.Now()}, &due); err != nil {
			t.Fatal(err)
		}
		if due == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d jobs are still to be done", due)
		}
	}
}

// A webhook is told of what it asked for, and of nothing else, each time with an id of its own and signed with the
// secret that is its own now; it is told nothing while it is switched off.
func TestWhatWebhooksAreSent(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		s := webtest.New(t, a)
		g := newTeam(t, s)
		items, cycles := newReceiver(t), newReceiver(t)
		const all = "/api/workspaces/ws/webhooks/"
		hook := func(r *receiver, what string) (id, secret string) {
			// by a name of the server that is not the receiver's, which would be the server itself
			made := g.ann.With("Host", "sailplane.test").Must("POST", all, map[string]any{"url": r.URL, what: true})
			return made.ID(), made.At("secret_key").(string)
		}
		id, secret := hook(items, "issue")
		_, other := hook(cycles, "cycle")
		ids := map[string]bool{}
		expect := func(r *receiver, event, action, secret string) {
			t.Helper()
			d := r.next(t)
			mac := hmac.New(sha256.New, []byte(secret))
			mac.Write(d.body)
			if d.event != event || d.action != action {
				t.Errorf("told of %s %s, not of %s %s", d.event, d.action, event, action)
			}
			if want := hex.EncodeToString(mac.Sum(nil)); d.signature != want {
				t.Errorf("%s %s is signed %s, not %s", event, action, d.signature, want)
			}
			if ids[d.id] || d.id == "" {
				t.Errorf("%s %s has the id %q of another one", event, action, d.id)
			}
			ids[d.id] = true
		}
		expect(items, "ping", "ping", secret)
		expect(cycles, "ping", "ping", other)
		item := g.at + "issues/" + g.item(map[string]any{}) + "/"
		expect(items, "issue", "created", secret)
		cycle := g.at + "cycles/" + g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "C"}).ID() + "/"
		expect(cycles, "cycle", "created", other)
		renewed := g.ann.Must("POST", all+id+"/regenerate/", nil).At("secret_key").(string)
		if renewed == secret || renewed == other {
			t.Errorf("the new secret is %s, as before", renewed)
		}
		g.ann.Must("PATCH", item, map[string]any{"name": "changed"})
		expect(items, "issue", "updated", renewed)
		g.ann.Must("PATCH", all+id+"/", map[string]any{"is_active": false})
		g.ann.Must("PATCH", item, map[string]any{"name": "unseen"})
		g.ann.Must("PATCH", cycle, map[string]any{"name": "changed"})
		expect(cycles, "cycle", "updated", other)
		idle(t, a)
		g.ann.Must("PATCH", all+id+"/", map[string]any{"is_active": true})
		g.ann.Must("PATCH", item, map[string]any{"name": "seen again"})
		expect(items, "issue", "updated", renewed)
		idle(t, a)
		if n := len(items.came) + len(cycles.came); n > 0 {
			t.Errorf("%d more came than there should", n)
		}
	})
}

// Nobody but the workspace's administrators sees its webhooks and their secrets, nor changes them.
func TestWhoSeesWebhooks(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		s := webtest.New(t, a)
		g := newTeam(t, s)
		const all = "/api/workspaces/ws/webhooks/"
		const url = "http://127.0.0.2:9/" // where nothing listens
		one := all + g.ann.Must("POST", all, map[string]any{"url": url, "issue": true}).ID() + "/"
		for _, who := range []*webtest.Client{g.bea, g.cid, g.dan, g.eve, s.User("zoe")} {
			play(t, "", []step{
				{who, "GET " + all, nil, 403, ""},
				{who, "POST " + all, map[string]any{"url": url + "2"}, 403, ""},
				{who, "GET " + one, nil, 403, ""},
				{who, "PATCH " + one, map[string]any{"is_active": false}, 403, ""},
				{who, "DELETE " + one, nil, 403, ""},
				{who, "POST " + one + "regenerate/", nil, 403, ""},
				{who, "GET /api/workspaces/ws/webhook-logs/" + one[len(all):], nil, 403, ""},
			}...)
		}
		play(t, "", []step{
			{g.ann, "POST " + all, map[string]any{"url": url}, 409, ""},
			{g.ann, "GET " + one, nil, 200, `"is_active":true`},
			{g.ann, "DELETE " + one, nil, 204, ""},
			{g.ann, "GET " + one, nil, 404, ""},
			{g.ann, "POST " + all, map[string]any{"url": url}, 201, ""},
		}...)
	})
}
