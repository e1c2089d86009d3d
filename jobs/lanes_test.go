package jobs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
)

// silent is a server that accepts and never answers.
type silent struct {
	net.Listener
	asked atomic.Int64
}

func listenSilently(t *testing.T) *silent {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s := &silent{Listener: l}
	var mu sync.Mutex
	var open []net.Conn
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		defer mu.Unlock()
		for _, c := range open {
			c.Close()
		}
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.asked.Add(1)
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
		}
	}()
	return s
}

// hook makes a webhook with that address in a workspace of its own.
func hook(t *testing.T, a *app.App, address string) *store.Webhook {
	t.Helper()
	h := &store.Webhook{URL: address, IsActive: true, SecretKey: a.Seal("secret"), Version: "v1", Issue: true}
	must(t, a.DB.Write(context.Background(), "", func(tx *store.Tx) error {
		name := store.NewID()
		email := name + "@lanes.test"
		u := &store.User{Username: name, Email: &email, IsActive: true}
		must(t, store.Users.Insert(tx, u))
		w := &store.Workspace{Name: "W", Slug: name, OwnerID: u.ID}
		must(t, store.Workspaces.Insert(tx, w))
		h.WorkspaceID, h.CreatedByID = w.ID, &u.ID
		return store.Webhooks.Insert(tx, h)
	}))
	return h
}

// deliveries leaves n deliveries for a webhook; their bodies are numbers.
func deliveries(t *testing.T, a *app.App, h *store.Webhook, n int) {
	t.Helper()
	must(t, a.DB.Write(context.Background(), "", func(tx *store.Tx) error {
		list := make([]*store.WebhookDelivery, n)
		for i := range list {
			list[i] = &store.WebhookDelivery{WebhookID: h.ID, WorkspaceID: h.WorkspaceID, Event: "issue", Action: "created",
				Body: fmt.Sprint(i)}
		}
		return store.EnqueueDeliveries(tx, list, map[string]string{h.ID: app.HostOf(h.URL)})
	}))
}

// run lets a runner work until stop is called.
func run(t *testing.T, r *jobs.Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() { r.Run(ctx) })
	stop = func() { cancel(); ended.Wait() }
	t.Cleanup(stop)
	return stop
}

// eventually gives something as long as a busy machine may take.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

// A receiver that never answers, with a thousand events queued for it: others' events and emails do not wait, and
// neither does a stop.
func TestWhoNeverAnswersHoldsUpNobody(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		dead := listenSilently(t)
		var heard atomic.Int64
		living := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) }))
		defer living.Close()
		duties := jobs.Handlers()
		var letters atomic.Int64
		duties[mail.Job] = jobs.Duty{Lane: jobs.Mail,
			Do: func(context.Context, *app.App, json.RawMessage) error { letters.Add(1); return nil }}
		r := jobs.NewRunner(a, duties)
		stuck := hook(t, a, "http://"+dead.Addr().String())
		deliveries(t, a, stuck, 1000)
		stop := run(t, r)
		eventually(t, "the dead host is not asked", func() bool { return dead.asked.Load() > 0 })
		deliveries(t, a, hook(t, a, living.URL), 5)
		must(t, a.DB.Write(context.Background(), "",
			func(tx *store.Tx) error {
				return mail.Enqueue(a, tx, "ann@lanes.test", "code", map[string]string{"code": "123456"})
			}))
		eventually(t, "no letter is sent", func() bool { return letters.Load() == 1 })
		eventually(t, "others hear nothing", func() bool { return heard.Load() == 5 })
		if n := dead.asked.Load(); n != 1 {
			t.Errorf("the dead host has %d slots, want 1", n)
		}
		count := func() int {
			n, err := store.Jobs.Count(a.DB.Read(context.Background()), dbx.HashExp{"kind": store.JobDeliver})
			must(t, err)
			return n
		}
		eventually(t, "what the others heard is not noted", func() bool { return count() == 1000 })
		began := time.Now()
		stop()
		t.Logf("the runner ended within %s", time.Since(began))
		left, err := store.Jobs.List(a.DB.Read(context.Background()), dbx.HashExp{"kind": store.JobDeliver}, "id")
		must(t, err)
		if len(left) != 1000 {
			t.Fatalf("%d deliveries are left, want 1000", len(left))
		}
		var payload store.Delivery
		must(t, json.Unmarshal(left[0].Payload, &payload))
		d, err := store.WebhookDeliveries.Find(a.DB.Read(context.Background()), payload.ID)
		must(t, err)
		if j := left[0]; d.Attempts != 0 || j.Attempts != 0 || j.LeasedUntil != nil || j.RunAt.After(a.DB.Now()) {
			t.Errorf("the delivery that was let go: %d attempts, %+v", d.Attempts, j)
		}
	})
}

// A webhook hears of things in their order, also when the first ones have to be tried again; others do not wait for it.
func TestDeliveriesKeepTheirOrderOverRetries(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		a.DB.OwnClock().Stop(time.Now())
		var mu sync.Mutex
		var got []string
		ids := map[string]string{}
		failures := 3
		flaky := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			var n json.Number
			json.NewDecoder(r.Body).Decode(&n)
			mu.Lock()
			defer mu.Unlock()
			if id := r.Header.Get("X-Plane-Delivery"); ids[string(n)] == "" {
				ids[string(n)] = id
			} else if ids[string(n)] != id {
				t.Errorf("%s is told again as %s, and was %s", n, id, ids[string(n)])
			}
			if failures > 0 {
				failures--
				panic(http.ErrAbortHandler)
			}
			got = append(got, string(n))
		}))
		flaky.Config.ErrorLog = nil
		defer flaky.Close()
		r := jobs.NewRunner(a, jobs.Handlers())
		h := hook(t, a, flaky.URL)
		deliveries(t, a, h, 5)
		for range 3 { // at once, 10 s and a minute later
			if _, err := r.Drain(ctx); err != nil || len(got) != 0 {
				t.Fatalf("%v came before the first, %v", got, err)
			}
			a.DB.OwnClock().Advance(61 * time.Second)
		}
		a.DB.OwnClock().Advance(10 * time.Minute)
		_, err := r.Drain(ctx)
		if want := []string{"0", "1", "2", "3", "4"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v, want %v, %v", got, want, err)
		}
		failures = 1000
		clear(ids)
		deliveries(t, a, h, 5)
		for range 6 {
			if _, err := r.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			a.DB.OwnClock().Advance(5 * time.Hour)
		}
		row, err := store.Webhooks.Find(a.DB.Read(ctx), h.ID)
		left, _ := store.Jobs.Count(a.DB.Read(ctx), dbx.HashExp{"kind": store.JobDeliver})
		if err != nil || row.IsActive || left != 0 || failures != 1000-6 {
			t.Errorf("after six attempts (%d): active %v, %d deliveries left, %v", 1000-failures, row.IsActive, left, err)
		}
	})
}

// What changes later changes nothing in what was told before, and what is deleted at once was told.
func TestWebhooksAreToldTheStateOfTheMoment(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		jobs.NewRunner(a, jobs.Handlers())
		h := hook(t, a, "http://example.org")
		p := &store.Project{Name: "P", Identifier: "P", WorkspaceID: h.WorkspaceID, Timezone: "UTC"}
		i := &store.Issue{Name: "first", WorkspaceID: h.WorkspaceID, IssueValues: store.IssueValues{Priority: "none"}}
		record := func(kind string, fields []store.FieldValue, write func(tx *store.Tx) error) {
			must(t, a.DB.Write(ctx, *h.CreatedByID, func(tx *store.Tx) error {
				ch := store.IssueChanged{Kind: kind, IssueID: i.ID, ProjectID: p.ID, WorkspaceID: h.WorkspaceID,
					Fields: fields}
				if i.ID == "" {
					i.ID = store.NewID()
					must(t, store.Projects.Insert(tx, p))
					i.ProjectID, ch.IssueID, ch.ProjectID = p.ID, i.ID, p.ID
				}
				must(t, store.RecordIssue(tx, ch)) // before what it tells of is written, as some do
				return write(tx)
			}))
		}
		record("issue.activity.created", nil, func(tx *store.Tx) error { return store.Issues.Insert(tx, i) })
		record("issue.activity.updated", []store.FieldValue{{Field: "name", Old: "first", New: "second"}},
			func(tx *store.Tx) error {
				i.Name = "second"
				return store.Issues.Update(tx, i, "name")
			})
		must(t, a.DB.Write(ctx, "", func(tx *store.Tx) error { return store.Issues.Delete(tx, i) }))
		list, err := store.Jobs.List(a.DB.Read(ctx), dbx.HashExp{"kind": store.JobDeliver}, "id")
		must(t, err)
		var got []string
		for _, j := range list {
			var payload store.Delivery
			var body struct {
				Data struct{ Name string }
			}
			must(t, json.Unmarshal(j.Payload, &payload))
			d, err := store.WebhookDeliveries.Find(a.DB.Read(ctx), payload.ID)
			must(t, err)
			must(t, json.Unmarshal([]byte(d.Body), &body))
			got = append(got, d.Action+" "+body.Data.Name)
		}
		if want := []string{"created first", "updated second"}; !slices.Equal(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
		if j := list[0]; *j.Line != h.ID || *j.Host != "example.org:80" {
			t.Errorf("in line %s at host %s", *j.Line, *j.Host)
		}
	})
}

// A job that is under way when the server stops gets a moment, and then is given back as if it had not been begun.
func TestAStopGivesBackWhatIsUnderWay(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		var begun atomic.Int64
		hang := func(ctx context.Context, _ *app.App, _ json.RawMessage) error {
			begun.Add(1)
			<-ctx.Done()
			return ctx.Err()
		}
		deaf := make(chan struct{})
		defer close(deaf)
		stop := run(t, jobs.NewRunner(a,
			map[string]jobs.Duty{"mail": {Lane: jobs.Mail, Do: hang}, "inside": {Lane: jobs.Inside, Do: hang},
				"long": {Lane: jobs.Long, Do: hang}, "deaf": {Lane: jobs.Inside,
					Do: func(context.Context, *app.App, json.RawMessage) error { begun.Add(1); <-deaf; return nil }}}))
		for _, kind := range []string{"mail", "inside", "long", "deaf", "inside", "inside"} {
			enqueue(t, a, kind, nil)
		}
		// two workers inside; the rest waits for them
		eventually(t, "they do not begin", func() bool { return begun.Load() == 4 })
		stop()
		list, err := store.Jobs.List(a.DB.Read(context.Background()), dbx.NewExp("1 = 1"), "id")
		if err != nil || len(list) != 6 {
			t.Fatalf("%d jobs are left, %v", len(list), err)
		}
		for _, j := range list {
			if j.LeasedUntil != nil || j.LeasedBy != nil || j.Attempts != 0 || j.LastError != "" {
				t.Errorf("%s: %+v", j.Kind, j)
			}
		}
	})
}

// Notifications wait for no letter, letters for no export: every lane goes on when all workers of the others hang.
func TestNoLaneWaitsForAnother(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		lanes := []jobs.Lane{jobs.Mail, jobs.Inside, jobs.Outside, jobs.Long}
		var mu sync.Mutex
		done := map[string]bool{}
		duties := map[string]jobs.Duty{}
		for _, l := range lanes {
			duties["quick "+string(l)] = jobs.Duty{Lane: l, Do: func(context.Context, *app.App, json.RawMessage) error {
				mu.Lock()
				defer mu.Unlock()
				done[string(l)] = true
				return nil
			}}
			duties["hang "+string(l)] = jobs.Duty{Lane: l,
				Do: func(ctx context.Context, _ *app.App, _ json.RawMessage) error { <-ctx.Done(); return ctx.Err() }}
		}
		r := jobs.NewRunner(a, duties)
		for n := range 40 {
			for _, l := range lanes[2:] {
				enqueue(t, a, "hang "+string(l), inLine(fmt.Sprint(n)))
			}
		}
		run(t, r)
		for _, l := range lanes[:2] {
			enqueue(t, a, "quick "+string(l), nil)
			eventually(t, "the lane "+string(l)+" waits", func() bool { mu.Lock(); defer mu.Unlock(); return done[string(l)] })
		}
	})
}

// inLine is a payload with a line and a host of its own.
type inLine string

func (l inLine) Order() store.JobOrder { return store.JobOrder{Line: string(l), Host: string(l)} }

// One host is asked one thing at a time, whoever wants it; and who has waited longest for a turn is next.
func TestOneHostHasOneSlot(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		var mu sync.Mutex
		now, most := map[string]int{}, map[string]int{}
		r := jobs.NewRunner(a, map[string]jobs.Duty{"ask": {Lane: jobs.Outside,
			Do: jobs.On(func(_ context.Context, _ *app.App, s slot) error {
				mu.Lock()
				now[s.Host]++
				most[s.Host] = max(most[s.Host], now[s.Host])
				mu.Unlock()
				time.Sleep(2 * time.Millisecond)
				mu.Lock()
				now[s.Host]--
				mu.Unlock()
				return nil
			})}})
		for n := range 60 {
			enqueue(t, a, "ask", slot{fmt.Sprint("line ", n%6), fmt.Sprint("host ", n%3)})
		}
		if n := drain(t, r); n != 60 {
			t.Errorf("%d of 60 were done", n)
		}
		for host, n := range most {
			if n != 1 {
				t.Errorf("%s was asked %d things at a time", host, n)
			}
		}
	})
}

type slot struct{ Line, Host string }

func (s slot) Order() store.JobOrder { return store.JobOrder(s) }
