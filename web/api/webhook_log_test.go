package api_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/web/webtest"
)

// moody is a receiver that answers as it is told, and keeps what it was sent.
type moody struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	came   []string // ids, in their order
	events []string
}

func newMoody(t *testing.T, secret func() string) *moody {
	m := &moody{status: 200}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		m.mu.Lock()
		defer m.mu.Unlock()
		id := q.Header.Get("webhook-id")
		mac := hmac.New(sha256.New, []byte(secret()))
		fmt.Fprintf(mac, "%s.%s.%s", id, q.Header.Get("webhook-timestamp"), body)
		if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); q.Header.Get("webhook-signature") != want {
			t.Errorf("signed %s, not %s", q.Header.Get("webhook-signature"), want)
		}
		if id != q.Header.Get("X-Plane-Delivery") {
			t.Errorf("webhook-id is %s, and X-Plane-Delivery %s", id, q.Header.Get("X-Plane-Delivery"))
		}
		m.came, m.events = append(m.came, id), append(m.events, q.Header.Get("X-Plane-Event"))
		w.Header().Set("Set-Cookie", "session=very-secret")
		w.WriteHeader(m.status)
		io.WriteString(w, "answered")
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *moody) answer(status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.status = status
}

func (m *moody) heard() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string{}, m.came...)
}

// until waits for what happens in the background.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

// dig is At with numbers for the elements of lists.
func dig(a webtest.Answer, path string) any {
	v := a.JSON()
	for _, key := range strings.Split(path, ".") {
		switch of := v.(type) {
		case map[string]any:
			v = of[key]
		case []any:
			n, err := strconv.Atoi(key)
			if err != nil || n >= len(of) {
				return nil
			}
			v = of[n]
		default:
			return nil
		}
	}
	return v
}

const allHooks = "/api/workspaces/ws/webhooks/"

// The log of deliveries says what was sent, what was answered and how long that took, without secrets; what failed is
// sent once more, alone or by its span, under the same id and in order; a ping asks whether anybody hears.
func TestTheLogOfDeliveries(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		s := webtest.New(t, a)
		g := newTeam(t, s)
		var secret string
		m := newMoody(t, func() string { return secret })
		m.answer(418)
		m.mu.Lock() // until the secret is known
		made := g.ann.With("Host", "sailplane.test").Must("POST", allHooks, map[string]any{"url": m.URL, "issue": true})
		secret = made.At("secret_key").(string)
		m.mu.Unlock()
		at := allHooks + made.ID() + "/"
		log := at + "deliveries/"
		count := func(query string) int { return int(g.ann.Must("GET", log+query, nil).At("total_count").(float64)) }
		until(t, "no ping is refused", func() bool { return count("?status=failed") == 1 })
		if got := g.ann.Must("GET", at, nil); got.At("is_active") != true {
			t.Errorf("a refused ping switched the webhook off: %s", got.Raw)
		}
		for n := range 3 {
			g.item(map[string]any{"name": fmt.Sprint("item ", n)})
		}
		until(t, "they are not refused", func() bool { return count("?status=failed") == 4 })
		if n := len(g.ann.Must("GET", "/api/workspaces/ws/webhook-logs/"+made.ID()+"/", nil).JSON().([]any)); n != 3 {
			t.Errorf("the reference's log has %d attempts, want 3 without the ping", n)
		}
		first := m.heard()
		page := g.ann.Must("GET", log+"?per_page=2&cursor=2:0:0", nil)
		if dig(page, "results.0.id") != first[3] || dig(page, "results.1.id") != first[2] || page.At("next_page_results") != true {
			t.Errorf("the newest come first: %s, of %v", page.Raw, first)
		}
		one := g.ann.Must("GET", log+first[1]+"/", nil)
		for path, want := range map[string]any{"event": "issue", "action": "created", "status": "failed", "attempts": 1.0,
			"response_status": 418.0, "error": "answered 418 I'm a teapot", "tries.0.response_body": "answered",
			"tries.0.response_status": "418", "tries.0.request_headers.Webhook-Id": first[1],
			"tries.0.request_headers.Webhook-Signature": "***", "tries.0.request_headers.X-Plane-Signature": "***",
			"tries.0.response_headers.Set-Cookie": "***"} {
			if got := dig(one, path); got != want {
				t.Errorf("%s is %v, want %v", path, got, want)
			}
		}
		if body := one.At("request_body").(string); !strings.Contains(body, `"workspace_slug":"ws"`) ||
			!strings.Contains(body, "item 0") || strings.Contains(string(one.Raw), secret) {
			t.Errorf("what was sent: %s", one.Raw)
		}
		m.answer(200)
		if again := g.ann.Do("POST", log+first[1]+"/redeliver/", nil); again.Status != 202 || again.At("id") != first[1] {
			t.Errorf("once more: %d %s", again.Status, again.Raw)
		}
		until(t, "it is not sent once more", func() bool { return count("?status=delivered") == 1 })
		since := g.ann.Must("GET", log+first[1]+"/", nil).At("created_at").(string)
		span := g.ann.Do("POST", log+"redeliver/", map[string]any{"since": since})
		if span.Status != 202 || span.At("redelivered") != 2.0 || span.At("left") != 0.0 {
			t.Errorf("a span once more: %d %s", span.Status, span.Raw)
		}
		until(t, "the span is not sent once more", func() bool { return count("?status=delivered") == 3 })
		if got, want := m.heard()[4:], first[1:4]; !slices.Equal(got, want) {
			t.Errorf("sent once more: %v, want %v", got, want)
		}
		if ping := g.ann.Do("POST", at+"ping/", nil); ping.Status != 202 || ping.At("event") != "ping" {
			t.Errorf("a ping: %d %s", ping.Status, ping.Raw)
		}
		until(t, "no ping is taken", func() bool { return count("?status=delivered") == 4 })
		g.ann.Must("PATCH", at, map[string]any{"is_active": false})
		play(t, "", []step{
			{g.ann, "POST " + log + first[1] + "/redeliver/", nil, 409, "switched off"},
			{g.ann, "POST " + log + "redeliver/", map[string]any{"status": "delivered"}, 409, "switched off"},
			{g.ann, "POST " + at + "ping/", nil, 202, ""},
			{g.ann, "GET " + log + "?since=yesterday", nil, 400, "since"},
			{g.ann, "GET " + log + "?status=odd", nil, 400, "dropped"},
			{g.ann, "POST " + log + "redeliver/", map[string]any{"since": "x"}, 400, "since"},
			{g.ann, "POST " + log + "redeliver/", map[string]any{"status": "odd"}, 400, "dropped"},
			{g.ann, "GET " + log + "?until=" + strings.ReplaceAll(since, "+", "%2B"), nil, 200, `"total_count":1`},
		}...)
	})
}

// Nobody but the administrators of a workspace sees what its webhooks were told; those of another workspace find
// nothing.
func TestWhoSeesDeliveries(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		s := webtest.New(t, a)
		g := newTeam(t, s)
		const url = "http://127.0.0.2:9/" // where nothing listens
		made := g.ann.Must("POST", allHooks, map[string]any{"url": url, "issue": true}).ID()
		g.item(map[string]any{"name": "a secret"})
		zoe := s.User("zoe")
		zoe.Must("POST", "/api/workspaces/", map[string]any{"name": "other", "slug": "other", "organization_size": "2-10"})
		theirs := "/api/workspaces/other/webhooks/"
		other := zoe.Must("POST", theirs, map[string]any{"url": url, "issue": true}).ID()
		at := func(all, hook string) []string {
			d := dig(g.ann.Must("GET", allHooks+made+"/deliveries/", nil), "results.0.id").(string)
			log := all + hook + "/deliveries/"
			return []string{"GET " + log, "GET " + log + d + "/", "POST " + log + d + "/redeliver/",
				"POST " + log + "redeliver/", "POST " + all + hook + "/ping/"}
		}
		for _, do := range at(allHooks, made) {
			for _, who := range []*webtest.Client{g.bea, g.cid, g.dan, g.eve, zoe} {
				play(t, "", step{who, do, nil, 403, ""})
			}
			play(t, "", step{s.Stranger(), do, nil, 401, ""})
		}
		for _, do := range append(at(theirs, made), at(theirs, other)[1:3]...) {
			play(t, "", step{zoe, do, nil, 404, ""})
		}
		for _, do := range at(allHooks, other) {
			play(t, "", step{g.ann, do, nil, 404, ""})
		}
		for _, do := range at(allHooks, made)[:2] {
			play(t, "", step{g.ann, do, nil, 200, ""})
		}
	})
}
