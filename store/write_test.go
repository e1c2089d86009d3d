package store_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// people writes n users and returns their ids in order.
func people(t *testing.T, db *store.DB, n int) []string {
	t.Helper()
	ids := make([]string, n)
	err := db.Write(t.Context(), "", func(tx *store.Tx) error {
		for i := range ids {
			u := &store.User{Username: "user-" + store.NewID()}
			if err := store.Users.Insert(tx, u); err != nil {
				return err
			}
			ids[i] = u.ID
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// Transactions that take the same rows the other way round end all the same.
func TestDeadlocksAreTriedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ids := people(t, db, 2)
		const each = 6
		var all sync.WaitGroup
		for _, order := range [][]string{{ids[0], ids[1]}, {ids[1], ids[0]}} {
			for range each {
				all.Go(func() {
					err := db.Write(t.Context(), "", func(tx *store.Tx) error {
						for _, id := range order {
							if _, err := tx.Exec("UPDATE users SET last_name = last_name || 'x' WHERE id = ?", id); err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		found, err := store.Users.ByID(db.Read(t.Context()), ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if got := found[id].LastName; got != strings.Repeat("x", 2*each) {
				t.Errorf("%d of %d changes are there", len(got), 2*each)
			}
		}
	})
}

// Who waits for a lock that nobody gives back is told so after a bounded number of attempts, and nothing is written.
func TestWriteGivesUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		runs := 0
		err := db.Write(t.Context(), "", func(*store.Tx) error { runs++; return store.ErrBusy })
		if !errors.Is(err, store.ErrBusy) || runs < 2 {
			t.Errorf("after %d runs: %v", runs, err)
		}
	})
}

// A rehearsed transaction leaves what it wrote once, and tells others once.
func TestRehearsalsLeaveNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		db.Rehearse(true)
		runs, told := 0, 0
		err := db.Write(t.Context(), "", func(tx *store.Tx) error {
			runs++
			tx.After(func() { told++ })
			return store.Users.Insert(tx, &store.User{Username: "ann"})
		})
		n, counted := store.Users.Count(db.Read(t.Context()), dbx.HashExp{"username": "ann"})
		if err != nil || counted != nil || runs != 2 || told != 1 || n != 1 {
			t.Errorf("%d runs, told %d times, %d rows: %v, %v", runs, told, n, err, counted)
		}
	})
}

func TestNestedUnitsAreFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		faults := 0
		db.ForbidNesting(func(string) { faults++ })
		db.Read(t.Context())
		err := db.Write(t.Context(), "", func(*store.Tx) error { db.Read(t.Context()); return nil })
		db.Read(t.Context())
		if err != nil || faults != 1 {
			t.Errorf("%d faults, want 1: %v", faults, err)
		}
	})
}

// A column that is named twice is written once: Postgres refuses it else.
func TestColumnsNamedTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		maker := people(t, db, 1)[0]
		err := db.Write(t.Context(), maker, func(tx *store.Tx) error {
			i := &store.Instance{InstanceID: "x"}
			if err := store.Instances.Insert(tx, i); err != nil {
				return err
			}
			return store.Instances.Update(tx, i, "domain", "updated_by_id", "updated_at", "domain")
		})
		if err != nil {
			t.Error(err)
		}
	})
}
