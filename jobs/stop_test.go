package jobs

import (
	"context"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
)

// A node that is stopped in the moment in which it takes a job may hold it without having heard so. It gives that back,
// too: the next one need not wait for the lease to end.
func TestWhatANodeHoldsUnheardIsGivenBack(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		r := NewRunner(a, Handlers())
		err := a.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			if err := store.Enqueue(tx, store.JobMentioned, struct{}{}); err != nil {
				return err
			}
			all, err := store.ListJobs(tx, 0)
			if err != nil || len(all) != 1 {
				t.Fatal(all, err)
			}
			_, err = store.TakeJobs(tx, r.node, []int64{all[0].ID}, r.now(), r.now().Add(lease))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		ended, end := context.WithCancel(t.Context())
		end()
		r.Run(ended)
		left, err := store.ListJobs(a.DB.Read(t.Context()), 0)
		if err != nil || len(left) != 1 || left[0].LeasedUntil != nil || left[0].Attempts != 0 {
			t.Errorf("%+v, %v", left, err)
		}
	})
}
