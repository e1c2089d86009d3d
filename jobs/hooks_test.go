package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
)

// What a webhook hears in a transaction that is not kept never happened.
func TestNothingIsToldOfWhatWasNotKept(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		jobs.NewRunner(a, jobs.Handlers())
		h := hook(t, a, "http://example.org")
		store.OnEvents(a.DB, func(tx *store.Tx, events []store.Event) error {
			must(t, webhook.EnqueueDeliveries(tx, events))
			return fmt.Errorf("no")
		})
		err := a.DB.Write(context.Background(), *h.CreatedByID, func(tx *store.Tx) error {
			p := &store.Project{Name: "P", Identifier: "P", WorkspaceID: h.WorkspaceID, Timezone: "UTC"}
			must(t, store.Projects.Insert(tx, p))
			i := &store.Issue{Name: "first", WorkspaceID: h.WorkspaceID, ProjectID: p.ID}
			must(t, store.Issues.Insert(tx, i))
			return store.RecordIssue(tx,
				store.IssueChanged{Kind: "issue.activity.created", IssueID: i.ID, ProjectID: p.ID, WorkspaceID: h.WorkspaceID})
		})
		jobs, jobsErr := store.Jobs.Count(a.DB.Read(context.Background()), dbx.NewExp("1 = 1"))
		issues, issuesErr := store.Issues.Count(a.DB.Read(context.Background()), dbx.NewExp("1 = 1"))
		must(t, errors.Join(jobsErr, issuesErr))
		if err == nil || !strings.Contains(err.Error(), "tell webhooks") || jobs+issues != 0 {
			t.Errorf("%v; %d jobs and %d work items are left", err, jobs, issues)
		}
	})
}

// faulty is a receiver that fails in turn, in a way of its own, before it takes each delivery.
type faulty struct {
	mu    sync.Mutex
	tries map[string]int // by id
	order []string       // bodies as they were taken
	fail  func(w http.ResponseWriter, r *http.Request)
}

func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	id := r.Header.Get("webhook-id")
	f.mu.Lock()
	f.tries[id]++
	again := f.tries[id] > 1
	if again {
		f.order = append(f.order, string(body))
	}
	f.mu.Unlock()
	if !again {
		f.fail(w, r)
	}
}

// hijacked takes the connection from the server.
func hijacked(w http.ResponseWriter, do func(c net.Conn)) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		do(c)
		c.Close()
	}
}

// Whatever is the matter with a receiver, nothing is lost, and nothing overtakes what came before it.
func TestNothingIsLostAtAFaultyReceiver(t *testing.T) {
	for name, fail := range map[string]func(w http.ResponseWriter, r *http.Request){
		"breaks":           func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"has too much":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		"ends without one": func(w http.ResponseWriter, _ *http.Request) { hijacked(w, func(net.Conn) {}) },
		"resets": func(w http.ResponseWriter, _ *http.Request) {
			hijacked(w, func(c net.Conn) { c.(*net.TCPConn).SetLinger(0) })
		},
		"speaks otherwise": func(w http.ResponseWriter, _ *http.Request) {
			hijacked(w, func(c net.Conn) { io.WriteString(c, "220 mail.example.org ESMTP\r\n") })
		},
		"is somewhere else": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.9:1/", http.StatusTemporaryRedirect)
		},
	} {
		t.Run(name, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, a *app.App) {
				a.Config.Webhooks.AllowNetworks = []string{"127.0.0.1/32"}
				a.DB.OwnClock().Stop(time.Now())
				f := &faulty{tries: map[string]int{}, fail: fail}
				server := httptest.NewServer(f)
				server.Config.ErrorLog = nil
				defer server.Close()
				r := jobs.NewRunner(a, jobs.Handlers())
				h := hook(t, a, server.URL)
				deliveries(t, a, h, 4)
				for range 5 {
					_, err := r.Drain(t.Context())
					must(t, err)
					a.DB.OwnClock().Advance(11 * time.Second)
				}
				if want := []string{"0", "1", "2", "3"}; !slices.Equal(f.order, want) {
					t.Errorf("taken %v, want %v", f.order, want)
				}
			})
		})
	}
}

// An answer is an answer, though its body is shorter than it says, or never ends: it is told once.
func TestAnAnswerWithoutAnEndIsOne(t *testing.T) {
	for name, answer := range map[string]string{
		"lies about its length": "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort",
		"breaks off in a chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort",
	} {
		t.Run(name, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, a *app.App) {
				a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
				told := 0
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					told++
					hijacked(w, func(c net.Conn) { io.WriteString(c, answer) })
				}))
				defer server.Close()
				r := jobs.NewRunner(a, jobs.Handlers())
				h := hook(t, a, server.URL)
				deliveries(t, a, h, 1)
				_, err := r.Drain(t.Context())
				must(t, err)
				d, err := store.WebhookDeliveries.Get(a.DB.Read(t.Context()), dbx.HashExp{"webhook_id": h.ID})
				must(t, err)
				if told != 1 || d.Status != store.DeliveryDelivered {
					t.Errorf("told %d times, and it is %s: %s", told, d.Status, d.Fault)
				}
			})
		})
	}
}

// An event at which a receiver breaks every time holds up the next ones for eleven minutes; one that breaks at
// everything is switched off after three days, with a letter, and what it was not told can be sent again.
func TestABrokenReceiverHoldsUpOnlyItself(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		began := time.Now()
		a.DB.OwnClock().Stop(began)
		broken := func(body string) bool { return body == "0" }
		var got []string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if broken(string(body)) {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			got = append(got, string(body))
		}))
		defer server.Close()
		duties, letters := jobs.Handlers(), 0
		duties[mail.Job] = jobs.Duty{Lane: jobs.Mail,
			Do: func(context.Context, *app.App, json.RawMessage) error { letters++; return nil }}
		r := jobs.NewRunner(a, duties)
		h := hook(t, a, server.URL)
		deliveries(t, a, h, 3)
		for len(got) == 0 && a.DB.Now().Sub(began) < 12*time.Minute {
			_, err := r.Drain(t.Context())
			must(t, err)
			a.DB.OwnClock().Advance(10 * time.Second)
		}
		if want := []string{"1", "2"}; !slices.Equal(got, want) {
			t.Fatalf("after %s it has heard %v, want %v", a.DB.Now().Sub(began), got, want)
		}
		broken = func(string) bool { return true }
		find := func() *store.Webhook {
			row, err := store.Webhooks.Find(a.DB.Read(t.Context()), h.ID)
			must(t, err)
			return row
		}
		if find().FailingSince != nil {
			t.Error("it has heard something, and counts as failing")
		}
		deliveries(t, a, h, 1000)
		for began = a.DB.Now(); find().IsActive && a.DB.Now().Sub(began) < 5*24*time.Hour; {
			_, err := r.Drain(t.Context())
			must(t, err)
			a.DB.OwnClock().Advance(20 * time.Minute)
		}
		if after := a.DB.Now().Sub(began); after < 3*24*time.Hour || after > 4*24*time.Hour || find().IsActive {
			t.Errorf("switched off: %v, after %s", !find().IsActive, after)
		}
		read := a.DB.Read(t.Context())
		_, err := r.Drain(t.Context())
		must(t, err)
		left, err := store.Jobs.Count(read, dbx.HashExp{"kind": store.JobDeliver})
		must(t, err)
		dropped, err := store.WebhookDeliveries.Count(read, dbx.HashExp{"status": store.DeliveryDropped})
		must(t, err)
		failed, err := store.WebhookDeliveries.Count(read, dbx.HashExp{"status": store.DeliveryFailed})
		must(t, err)
		if letters != 1 || left != 0 || dropped == 0 || dropped+failed != 1001 {
			t.Errorf("%d letters, %d in the queue, %d dropped, %d failed", letters, left, dropped, failed)
		}
	})
}

// Two nodes on one database tell a webhook everything once, in order, and one thing at a time.
func TestTwoNodesKeepTheOrder(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		if !a.DB.Postgres {
			t.Skip("one node at a time works on SQLite")
		}
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		var mu sync.Mutex
		var got []string
		busy := 0
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			if busy++; busy > 1 {
				t.Error("two things are told at a time")
			}
			got = append(got, string(body))
			mu.Unlock()
			time.Sleep(time.Millisecond)
			mu.Lock()
			busy--
			mu.Unlock()
		}))
		defer server.Close()
		h := hook(t, a, server.URL)
		const n = 200
		one := jobs.NewRunner(a, jobs.Handlers())
		run(t, one)
		run(t, jobs.NewRunner(a, jobs.Handlers()))
		for i := range n {
			must(t, a.DB.Write(t.Context(), "", func(tx *store.Tx) error {
				d := &store.WebhookDelivery{WebhookID: h.ID, WorkspaceID: h.WorkspaceID, Event: "issue", Action: "created",
					Body: fmt.Sprint(i)}
				return store.EnqueueDeliveries(tx, []*store.WebhookDelivery{d}, map[string]string{h.ID: app.HostOf(h.URL)})
			}))
		}
		eventually(t, "not all is told", func() bool { mu.Lock(); defer mu.Unlock(); return len(got) >= n })
		mu.Lock()
		defer mu.Unlock()
		for i := range got {
			if got[i] != fmt.Sprint(i) {
				t.Fatalf("%v", got)
			}
		}
	})
}
