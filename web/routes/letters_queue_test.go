package routes_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app/letter"
	"github.com/sailplane/sailplane/app/queue"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
)

// waiting writes rows of letters that wait, one each about n work items of ann's that ben follows.
func (x *post) waiting(n int) {
	x.t.Helper()
	made := time.Now().UTC().Add(-2 * letter.Wait)
	err := x.s.App.DB.Write(context.Background(), x.ann.User.ID, func(t *store.Tx) error {
		first, err := store.Issues.Find(t, x.issue)
		if err != nil {
			return err
		}
		for i := range n {
			item := *first
			item.ID, item.Name, item.SequenceID = store.NewID(), fmt.Sprintf("Item %d", i), i+10
			if err := store.Issues.Insert(t, &item); err != nil {
				return err
			}
			if err := store.IssueSubscribers.Insert(t, &store.IssueSubscriber{IssueID: item.ID, ProjectID: item.ProjectID,
				WorkspaceID: item.WorkspaceID, SubscriberID: x.ben.User.ID}); err != nil {
				return err
			}
			row := &store.EmailNotificationLog{EntityIdentifier: &item.ID, EntityName: "issue", ReceiverID: x.ben.User.ID,
				TriggeredByID: x.ann.User.ID, Data: store.NullJSON(`{"issue":{},"issue_activity":{"id":"` + store.NewID() +
					`","verb":"updated","field":"priority","old_value":"none","new_value":"high"}}`)}
			if err := store.EmailNotificationLogs.Insert(t, row); err != nil {
				return err
			}
			if _, err := t.Exec("UPDATE email_notification_logs SET created_at = ? WHERE id = ?", made, row.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		x.t.Fatal(err)
	}
}

// Several nodes that gather at once queue each letter once, and each is sent once.
func TestLettersOnceOverAllNodes(t *testing.T) {
	eachPost(t, func(t *testing.T, x *post) {
		const letters = 250
		x.waiting(letters)
		var nodes sync.WaitGroup
		for range 4 {
			nodes.Go(func() {
				if err := letter.Gather(context.Background(), x.s.App); err != nil {
					t.Error(err)
				}
			})
		}
		nodes.Wait()
		if n := len(x.fresh()); n != letters {
			t.Errorf("%d letters came, want %d", n, letters)
		}
		if n := x.count("sent_at IS NULL"); n != 0 {
			t.Errorf("%d rows were not sent", n)
		}
	})
}

// A mail server that is dead delays letters and nothing else: requests do not wait for it, memory does not grow with
// what waits, and each letter goes out once when it is back.
func TestDeadMailServerOnlyDelays(t *testing.T) {
	letters := 150
	if n, err := strconv.Atoi(os.Getenv("SAILPLANE_TEST_LETTERS")); err == nil { // 10000 is what is promised
		letters = n
	}
	eachPost(t, func(t *testing.T, x *post) {
		x.waiting(letters)
		living, err := x.s.App.Settings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		dead, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer dead.Close()
		var tried atomic.Int64
		go func() {
			for c, err := dead.Accept(); err == nil; c, err = dead.Accept() {
				tried.Add(1)
				c.Close()
			}
		}()
		_, port, _ := net.SplitHostPort(dead.Addr().String())
		x.s.Configure(map[string]string{"EMAIL_PORT": port})
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		if err := letter.Gather(context.Background(), x.s.App); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		var ended sync.WaitGroup
		ended.Go(func() { jobs.NewRunner(x.s.App, jobs.Handlers()).Run(ctx) })
		for tried.Load() < 100 {
			x.ann.Must("PATCH", x.p+"issues/"+x.issue+"/", map[string]any{"priority": "high"})
			x.ann.Must("GET", x.p+"issues/"+x.issue+"/", nil)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 40<<20 {
			t.Errorf("the heap has grown by %d MiB", grown>>20)
		}
		stop()
		ended.Wait()
		if n := x.count("processed_at IS NULL"); n > 1 { // one for what was changed just now
			t.Errorf("%d rows are not queued", n)
		}
		if n := x.count("sent_at IS NOT NULL"); n != 0 {
			t.Errorf("%d letters were sent to nobody", n)
		}
		left, err := store.ListJobs(x.s.App.DB.Read(context.Background()), 0)
		if err != nil {
			t.Fatal(err)
		}
		waiting := 0
		for _, j := range left {
			if j.Kind == letter.JobSend && j.DeadAt == nil {
				waiting++
			}
		}
		if waiting != letters {
			t.Errorf("%d letters wait, want %d", waiting, letters)
		}
		x.s.Configure(map[string]string{"EMAIL_PORT": living["EMAIL_PORT"]}) // it is back
		if _, err := queue.Retry(t.Context(), x.s.App, store.JobChoice{}); err != nil {
			t.Fatal(err)
		}
		ids := map[string]int{}
		for _, m := range x.fresh() {
			ids[m.Header.Get("Message-Id")]++
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s came %d times", id, n)
			}
		}
		if len(ids) != letters {
			t.Errorf("%d letters came, want %d", len(ids), letters)
		}
	})
}
