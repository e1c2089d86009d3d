package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// However takes and time go, a window lets so many through as its limit says, and begins with the first.
func TestLimitsCountAsTheyShould(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		run := 0
		rapid.Check(t, func(r *rapid.T) {
			run++
			now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(run) * 24 * time.Hour)
			db.OwnClock().Stop(now)
			type window struct {
				n    int
				ends time.Time
			}
			model := map[string]window{}
			l := store.LimitsOf(db)
			for range rapid.IntRange(1, 30).Draw(r, "steps") {
				now = now.Add(time.Duration(rapid.IntRange(0, 25).Draw(r, "seconds")) * time.Second)
				db.OwnClock().Stop(now)
				key := fmt.Sprint("run", run, rapid.SampledFrom([]string{"a", "b"}).Draw(r, "key"))
				most := 3
				w := model[key]
				if !w.ends.After(now) {
					w = window{0, now.Add(time.Minute)}
				}
				if w.n > 0 && w.n <= most && rapid.IntRange(0, 4).Draw(r, "give") == 0 {
					w.n--
					model[key] = w
					if err := l.Give(t.Context(), key, time.Minute); err != nil {
						r.Fatal(err)
					}
					continue
				}
				w.n = min(w.n+1, most+1)
				model[key] = w
				left, ends, err := l.Take(t.Context(), key, most, time.Minute)
				if err != nil {
					r.Fatal(err)
				}
				if (left < 0) != (w.n > most) || left >= 0 && left != most-w.n || !ends.Equal(w.ends) {
					r.Fatalf("%s at %s: %d left until %s, want %d until %s", key, now, left, ends, most-w.n, w.ends)
				}
			}
		})
	})
}

// Of many at once just so many pass.
func TestLimitsHoldAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var passed atomic.Int64
		var all sync.WaitGroup
		for range 60 {
			all.Go(func() {
				left, _, err := store.LimitsOf(db).Take(t.Context(), "x", 7, time.Hour)
				if err != nil {
					t.Error(err)
				}
				if left >= 0 {
					passed.Add(1)
				}
			})
		}
		all.Wait()
		if n := passed.Load(); n != 7 {
			t.Errorf("%d passed", n)
		}
	})
}

// However many clients come, memory is bounded, and what has ended is forgotten.
func TestLimitsAreBounded(t *testing.T) {
	db := storetest.SQLite(t)
	db.OwnClock().Stop(time.Now())
	l := store.LimitsOf(db)
	for i := range 200_000 {
		if _, _, err := l.Take(t.Context(), fmt.Sprint("client", i), 5, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	if n := l.Count(); n > 55_000 {
		t.Errorf("%d clients are kept", n)
	}
	if left, _, err := l.Take(t.Context(), "client0", 5, time.Minute); left != 3 || err != nil {
		t.Errorf("who came first has %d left, %v", left, err)
	}
	for range 2 {
		db.OwnClock().Advance(time.Minute)
		if _, _, err := l.Take(t.Context(), "late", 5, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	if n := l.Count(); n > 2 {
		t.Errorf("two minutes later %d are kept", n)
	}
}
