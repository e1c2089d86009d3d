package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

const endless = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT COUNT(*) FROM n`

// A statement ends with the context of whoever asked, and its connection is good for others.
func TestStatementsEndInTime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for range 25 {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			var n int
			if err := db.Read(ctx).One(endless, nil, &n); err == nil || ctx.Err() == nil {
				t.Fatalf("%d, %v", n, err)
			}
			cancel()
		}
		var n int
		if err := db.Read(t.Context()).One("SELECT 1", nil, &n); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
	})
}

// On Postgres the server ends them as well, should nobody be left to ask for that.
func TestPostgresEndsStatements(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if !db.Postgres {
			t.Skip("SQLite ends with its process")
		}
		db.LimitStatements(store.Bounds{Statement: 100 * time.Millisecond})
		var n int
		if err := db.Read(t.Context()).One(endless, nil, &n); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%d, %v", n, err)
		}
	})
}
