package jobs

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

func TestHardDeleteTakesWhatIsOldAndItsFile(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		put := func(key string, deletedDaysAgo int) {
			t.Helper()
			if err := a.Blob.Put(ctx, key, strings.NewReader("x"), 1); err != nil {
				t.Fatal(err)
			}
			at := a.DB.Now().AddDate(0, 0, -deletedDaysAgo)
			row := &store.FileAsset{Asset: key}
			if deletedDaysAgo > 0 {
				row.DeletedAt = &at
			}
			if err := a.DB.Write(ctx, "", func(tx *store.Tx) error { return store.FileAssets.Insert(tx, row) }); err != nil {
				t.Fatal(err)
			}
		}
		put("old", 61)
		put("recent", 59)
		put("living", 0)
		if err := hardDelete(ctx, a); err != nil {
			t.Fatal(err)
		}
		for key, want := range map[string]bool{"old": false, "recent": true, "living": true} {
			var n int
			q := store.FileAssets.QueryAll(a.DB.Read(ctx)).Select("COUNT(*)").Where(dbx.HashExp{"asset": key})
			if err := q.Row(&n); err != nil {
				t.Fatal(err)
			}
			r, _, err := a.Blob.Open(ctx, key)
			if err == nil {
				r.Close()
			}
			if (n == 1) != want || errors.Is(err, blob.ErrNotFound) == want {
				t.Errorf("%s: %d rows, file %v; want it there: %v", key, n, err, want)
			}
		}
	})
}

func TestEntriesAreWellFormed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		stop, err := Schedule(context.Background(), a, Entries(a.Config))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}
