package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

func TestTheClockShowsWhatItWasMovedTo(t *testing.T) {
	db := storetest.SQLite(t)
	c := db.OwnClock()
	near := func(ahead time.Duration) {
		t.Helper()
		before := time.Now()
		got := db.Now()
		if got.Before(before.Add(ahead)) || got.After(time.Now().Add(ahead)) {
			t.Errorf("it shows %s, which is not %s ahead of %s", got, ahead, before)
		}
	}
	near(0)
	c.Advance(time.Hour)
	near(time.Hour)
	c.Run(48 * time.Hour)
	c.Advance(-time.Hour)
	near(47 * time.Hour)
	at := time.Date(2030, 3, 1, 2, 30, 0, 0, time.UTC)
	c.Stop(at)
	if got := db.Now(); !got.Equal(at) {
		t.Errorf("it shows %s, want %s", got, at)
	}
	c.Advance(time.Minute)
	beside, err := db.Reopen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	c.Advance(time.Minute)
	for name, db := range map[string]*store.DB{"the database": db, "one opened beside it": beside} {
		if got, want := db.Read(t.Context()).Now, at.Add(2*time.Minute); !got.Equal(want) {
			t.Errorf("%s reads at %s, want %s", name, got, want)
		}
	}
	c.Run(0)
	near(0)
	if (&store.DB{}).Now().IsZero() {
		t.Error("a database that is not open has no time")
	}
}

// A server works while a test moves its clock: no reader sees half of a move, and no move is lost. With -race this is
// what holds that the clock can be moved at all.
func TestTheClockIsMovedWhileOthersReadIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		start := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		db.OwnClock().Stop(start)
		ended := make(chan struct{})
		var readers, movers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				for last := start; ; {
					now := db.Read(t.Context()).Now
					if now.Before(last) || now.Sub(start)%time.Hour != 0 {
						t.Errorf("%s was read after %s", now, last)
					}
					last = now
					select {
					case <-ended:
						return
					default:
					}
				}
			})
		}
		for range 4 {
			movers.Go(func() {
				for range 500 {
					db.OwnClock().Advance(time.Hour)
				}
			})
		}
		movers.Wait()
		close(ended)
		readers.Wait()
		if got, want := db.Now(), start.Add(2000*time.Hour); !got.Equal(want) {
			t.Errorf("it shows %s, want %s", got, want)
		}
	})
}
