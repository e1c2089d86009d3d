package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// What a command beside the server makes wrong is forgotten by the server, and what it has read is swept.
func TestNoticesAreReadAndSwept(t *testing.T) {
	db := storetest.SQLite(t)
	beside, err := store.Open(context.Background(), "", db.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	beside.Beside = true
	value := func() string {
		v, err := store.Cached(db, "k", func() (string, error) { return time.Now().String(), nil })
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	ctx, stop := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() { db.FollowNotices(ctx) })
	defer func() { stop(); ended.Wait() }()
	eventually := func(what string, so func() bool) {
		t.Helper()
		for end := time.Now().Add(5 * time.Minute); !so(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal(what)
			}
		}
	}
	old := value()
	eventually("nothing is kept", func() bool { now := value(); same := now == old; old = now; return same })
	if err := beside.Write(ctx, "", func(tx *store.Tx) error { tx.Forget("k"); return nil }); err != nil {
		t.Fatal(err)
	}
	eventually("the notice is not read", func() bool { return value() != old })
	eventually("the notice is not swept", func() bool {
		n := -1
		if err := db.Read(ctx).One("SELECT COUNT(*) FROM cache_notices", nil, &n); err != nil {
			t.Fatal(err)
		}
		return n == 0
	})
}

// What goes on in the background ends before the connections do.
func TestCloseWaitsForTheBackground(t *testing.T) {
	db := storetest.SQLite(t)
	ended := false
	db.Go(func(ctx context.Context) {
		<-ctx.Done()
		time.Sleep(10 * time.Millisecond)
		ended = true
	})
	if err := db.Close(); err != nil || !ended {
		t.Errorf("closed with %v before the background had ended: %v", err, ended)
	}
	db.Go(func(context.Context) { t.Error("begun after the end") })
}
