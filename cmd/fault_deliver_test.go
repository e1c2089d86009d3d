//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

const faultSecret = "a-secret-of-the-fault-tests-0123456789"

// hook makes a webhook that hears of work items, and lets the server reach this machine.
func (i *installation) hook(address string) {
	i.t.Helper()
	i.env = append(i.env, "SAILPLANE_WEBHOOKS_ALLOW_NETWORKS=127.0.0.0/8", "SAILPLANE_SERVER_SECRET="+faultSecret)
	i.write(func(t *store.Tx) error {
		w, err := store.Workspaces.Get(t, dbx.HashExp{"slug": "fault"})
		if err != nil {
			return err
		}
		a := &app.App{Secret: []byte(faultSecret)}
		return store.Webhooks.Insert(t,
			&store.Webhook{URL: address, IsActive: true, Issue: true, Version: "v1", WorkspaceID: w.ID,
				SecretKey: a.Seal("secret")})
	})
}

// receiver hears of work items: under which deliveries, and in which order.
type receiver struct {
	mu    sync.Mutex
	ids   map[string]map[string]bool // work item -> deliveries
	order []int                      // numbers of work items, as they came for the first time
	twice int
}

func (r *receiver) ServeHTTP(_ http.ResponseWriter, req *http.Request) {
	var body struct {
		Action string
		Data   struct {
			ID         string
			SequenceID int `json:"sequence_id"`
		}
	}
	if json.NewDecoder(req.Body).Decode(&body) != nil || body.Action != "created" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ids[body.Data.ID] == nil {
		r.ids[body.Data.ID] = map[string]bool{}
		r.order = append(r.order, body.Data.SequenceID)
	} else {
		r.twice++
	}
	r.ids[body.Data.ID][req.Header.Get("X-Plane-Delivery")] = true
}

func (r *receiver) heard(id string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.ids[id])
}

// kills is how often the server is killed; SAILPLANE_TEST_KILLS asks for more than CI has time for.
func kills(t *testing.T) int {
	text := os.Getenv("SAILPLANE_TEST_KILLS")
	if text == "" {
		return 4
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// on runs a test on every engine; url is that of a database of its own, or empty.
func on(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "") })
	if os.Getenv(storetest.Postgres) == "" {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		dir, err := os.MkdirTemp("", "sailplane-postgres-") // not t.TempDir: Postgres runs as somebody else
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { stopPostgres(dir) })
		test(t, postgresServer(t, dir, "")+"&synchronous_commit=on")
	})
}

// Killed again and again in the middle of a burst: what was acknowledged is there, every webhook hears of it, and what
// it hears twice has the same delivery.
func TestKilledInABurstEverythingIsToldOnce(t *testing.T) {
	on(t, func(t *testing.T, url string) {
		i := install(t, t.TempDir(), url)
		r := &receiver{ids: map[string]map[string]bool{}}
		server := httptest.NewServer(r)
		defer server.Close()
		i.hook(server.URL)
		var k acknowledged
		for round := range kills(t) {
			i.start()
			before := k.count()
			clients := i.burst(4, &k, nil)
			end := time.Now().Add(5 * time.Minute)
			for ; k.count() == before && time.Now().Before(end); time.Sleep(time.Millisecond) {
			}
			time.Sleep(time.Duration(50+round*37%300) * time.Millisecond)
			i.kill()
			clients.Wait()
		}
		i.start()
		db := i.open()
		defer db.Close()
		read := db.Read(context.Background())
		count := func(where dbx.Expression) int {
			n, err := store.Jobs.Count(read, where)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for last, since := -1, time.Now(); count(dbx.HashExp{"dead_at": nil}) > 0; time.Sleep(50 * time.Millisecond) {
			if n := count(dbx.HashExp{"dead_at": nil}); n != last {
				last, since = n, time.Now()
			}
			if time.Since(since) > 90*time.Second { // longer than the second retry's wait
				t.Fatalf("%d jobs are never done", last)
			}
		}
		i.kill()
		lost, untold := 0, 0
		for _, id := range k.ids {
			switch r.heard(id) {
			case 0:
				lost++
			case 1:
			default:
				untold++
			}
		}
		if dead := count(dbx.NewExp("dead_at IS NOT NULL")); lost+untold+dead > 0 {
			t.Errorf("of %d acknowledged work items %d were told to nobody, and %d under several deliveries; %d jobs are dead",
				k.count(), lost, untold, dead)
		}
		checkWhole(t, db, k.ids)
		late := 0
		for n := 1; n < len(r.order); n++ {
			if r.order[n] < r.order[n-1] {
				late++
			}
		}
		t.Logf("%d kills, %d acknowledged, %d told twice under the same delivery, %d came after a later one", kills(t),
			k.count(), r.twice, late)
		if late > 0 {
			t.Errorf("%d of %d came after a later one", late, len(r.order))
		}
	})
}

// A database that is away for a while in the middle of many emails: none is lost, and none but those under way is sent
// twice.
func TestPostgresRestartsAmongLetters(t *testing.T) {
	if os.Getenv(storetest.Postgres) == "" {
		t.Skip(storetest.Postgres + " is not set: no Postgres here")
	}
	dir, err := os.MkdirTemp("", "sailplane-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopPostgres(dir) })
	const letters = 225
	i := install(t, t.TempDir(), postgresServer(t, dir, "")+"&synchronous_commit=on")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	arrived := receiveMailOn(t, l)
	i.mail(l.Addr().(*net.TCPAddr).Port)
	i.write(func(tx *store.Tx) error {
		list := make([]any, letters)
		for n := range list {
			list[n] = mail.Email{To: fmt.Sprintf("p%d@fault.test", n), Template: "code",
				Data: map[string]string{"code": "123456"}}
		}
		return store.EnqueueAll(tx, mail.Job, list)
	})
	i.start()
	got, total := map[string]int{}, 0
	receive := func(until func() bool) {
		for !until() {
			select {
			case to := <-arrived:
				got[to]++
				total++
			case <-time.After(30 * time.Second):
				t.Fatalf("%d of %d letters, and no more come", len(got), letters)
			}
		}
	}
	receive(func() bool { return total >= 60 })
	port := killPostgres(t, dir)
	time.Sleep(time.Second)
	postgresServer(t, dir, port)
	receive(func() bool { return len(got) == letters })
	db := i.open()
	defer db.Close()
	left := func() []store.Job {
		list, err := store.Jobs.List(db.Read(context.Background()), dbx.NewExp("1 = 1"))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for end := time.Now().Add(5 * time.Minute); len(left()) > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the queue does not become empty: %+v\n%s", left(), i.log())
		}
	}
	for len(arrived) > 0 {
		got[<-arrived]++
		total++
	}
	t.Logf("%d letters, %d of them twice", letters, total-letters)
	if under := app.Defaults().Jobs.Mail; total-letters > under {
		t.Errorf("%d letters came twice, and only %d are under way at a time", total-letters, under)
	}
}

// mail names the mail server of the installation.
func (i *installation) mail(port int) {
	i.t.Helper()
	i.write(func(tx *store.Tx) error {
		for key, value := range map[string]string{"ENABLE_SMTP": "1", "EMAIL_HOST": "127.0.0.1",
			"EMAIL_PORT": fmt.Sprint(port), "EMAIL_FROM": "plane@sailplane.test", "EMAIL_USE_TLS": "0", "EMAIL_USE_SSL": "0",
			"EMAIL_HOST_USER": "", "EMAIL_HOST_PASSWORD": ""} {
			if err := store.InstanceConfigurations.Insert(tx,
				&store.InstanceConfiguration{Key: key, Value: &value, Category: "SMTP"}); err != nil {
				return err
			}
		}
		return nil
	})
}
