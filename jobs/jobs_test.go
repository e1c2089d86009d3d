package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

func enqueue(t *testing.T, a *app.App, kind string, payload any) {
	t.Helper()
	if err := a.DB.Write(context.Background(), "",
		func(tx *store.Tx) error { return store.Enqueue(tx, kind, payload) }); err != nil {
		t.Fatal(err)
	}
}

func drain(t *testing.T, r *jobs.Runner) int {
	t.Helper()
	n, err := r.Drain(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestJobsAreDoneOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		var sum atomic.Int64
		r := jobs.NewRunner(a, map[string]jobs.Duty{"add": {Lane: jobs.Inside,
			Do: jobs.On(func(_ context.Context, _ *app.App, n int64) error {
				sum.Add(n)
				return nil
			})}})
		for i := range 10 {
			enqueue(t, a, "add", i)
		}
		if n := drain(t, r); n != 10 || sum.Load() != 45 {
			t.Errorf("did %d jobs, sum %d; want 10 and 45", n, sum.Load())
		}
		if n := drain(t, r); n != 0 {
			t.Errorf("%d jobs were left", n)
		}
	})
}

func TestFailedJobsComeBackAndDie(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.DB.OwnClock().Stop(time.Now())
		tries := 0
		r := jobs.NewRunner(a, map[string]jobs.Duty{
			"flaky": {Lane: jobs.Mail,
				Do: func(context.Context, *app.App, json.RawMessage) error { tries++; return errors.New("no luck") }},
		})
		enqueue(t, a, "flaky", nil)
		for range 30 {
			drain(t, r)
			a.DB.OwnClock().Advance(7 * time.Hour)
		}
		if tries != 12 {
			t.Errorf("tried %d times, want 12", tries)
		}
		dead, err := store.Jobs.List(a.DB.Read(context.Background()), dbx.NewExp("dead_at IS NOT NULL"))
		if err != nil || len(dead) != 1 || dead[0].LastError != "no luck" {
			t.Fatalf("dead letters: %+v, %v", dead, err)
		}
		if err := a.DB.Write(context.Background(), "", func(tx *store.Tx) error {
			_, err := store.RetryJobs(tx, store.JobChoice{})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if drain(t, r); tries != 13 {
			t.Errorf("a retried job was not tried")
		}
	})
}

func TestAJobOfADeadNodeIsTakenAfterItsLease(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		now := time.Now()
		a.DB.OwnClock().Stop(now)
		done := 0
		r := jobs.NewRunner(a, map[string]jobs.Duty{
			"x": {Lane: jobs.Long, Do: func(context.Context, *app.App, json.RawMessage) error { done++; return nil }}})
		enqueue(t, a, "x", nil)
		err := a.DB.Write(context.Background(), "", func(tx *store.Tx) error { // a node takes it and dies
			due, err := store.JobsDue(tx, "x", tx.Now, 1)
			if err != nil || len(due) != 1 {
				return fmt.Errorf("%d are due: %w", len(due), err)
			}
			got, err := store.TakeJobs(tx, "dead", []int64{due[0].ID}, now, now.Add(10*time.Second))
			if len(got) != 1 {
				return fmt.Errorf("took %d", len(got))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if drain(t, r); done != 0 {
			t.Error("a leased job was taken")
		}
		a.DB.OwnClock().Advance(11 * time.Second)
		if drain(t, r); done != 1 {
			t.Error("the job of a dead node was not taken")
		}
	})
}

func TestLettersToOnePersonGoInTurn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		var mu sync.Mutex
		var sent []string
		r := jobs.NewRunner(a, map[string]jobs.Duty{mail.Job: {Lane: jobs.Mail,
			Do: jobs.On(func(_ context.Context, _ *app.App, l mail.Email) error {
				mu.Lock()
				defer mu.Unlock()
				sent = append(sent, l.Data["code"])
				return nil
			})}})
		var want []string
		for i := range 40 {
			want = append(want, fmt.Sprint(i))
			enqueue(t, a, mail.Job, mail.Email{To: "ann@example.org", Template: "code",
				Data: map[string]string{"code": want[i]}})
		}
		if drain(t, r); !slices.Equal(sent, want) {
			t.Errorf("letters to one person went in the order %v", sent)
		}
	})
}

func TestALeaseIsForOne(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		take := func(holder string, at time.Time) (got bool) {
			a.DB.OwnClock().Stop(at)
			err := a.DB.Write(context.Background(), "", func(tx *store.Tx) (err error) {
				got, err = store.TakeLease(tx, "sweep", holder, tx.Now.Add(time.Minute))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		now := time.Now()
		if !take("a", now) || take("b", now.Add(time.Second)) || !take("b", now.Add(2*time.Minute)) {
			t.Error("a lease must be one holder's until it ends, then anybody's")
		}
	})
}
