package store_test

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sailplane/sailplane/store"
)

// BenchmarkDurability is how many small transactions SQLite takes, with and without waiting for the disk, from one and
// from sixteen writers.
func BenchmarkDurability(b *testing.B) {
	for name, options := range map[string][]store.Option{"full": nil, "normal": {store.Relaxed}} {
		for _, writers := range []int{1, 16} {
			b.Run(name+map[int]string{1: "/one", 16: "/sixteen"}[writers], func(b *testing.B) {
				db, err := store.Open(b.Context(), "", filepath.Join(b.TempDir(), "x.db"), options...)
				if err != nil {
					b.Fatal(err)
				}
				defer db.Close()
				if _, err := db.Migrate(b.Context()); err != nil {
					b.Fatal(err)
				}
				var left atomic.Int64
				left.Store(int64(b.N))
				var all sync.WaitGroup
				b.ResetTimer()
				for range writers {
					all.Go(func() {
						for left.Add(-1) >= 0 {
							if err := db.Write(context.Background(), "", func(t *store.Tx) error {
								return store.Users.Insert(t, &store.User{Username: store.NewID()})
							}); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				all.Wait()
			})
		}
	}
}
