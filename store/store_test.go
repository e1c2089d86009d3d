package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

func TestTableRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		u := &store.User{Email: ptr("ann@example.test"), Username: "ann", IsActive: true}
		if err := db.Write(ctx, "", func(tx *store.Tx) error { return store.Users.Insert(tx, u) }); err != nil {
			t.Fatal(err)
		}
		got, err := store.Users.Get(db.Read(ctx), dbx.HashExp{"email": "ann@example.test"})
		if err != nil {
			t.Fatal(err)
		}
		if got.ID != u.ID || !got.IsActive || !got.CreatedAt.Equal(u.CreatedAt) {
			t.Errorf("read back %+v, wrote %+v", got, u)
		}
		err = db.Write(ctx, "", func(tx *store.Tx) error {
			return store.Users.Insert(tx, &store.User{Email: ptr("ann@example.test"), Username: "other"})
		})
		if !errors.Is(err, store.ErrUnique) {
			t.Errorf("a second user with the address: %v, want ErrUnique", err)
		}
		list, err := store.Users.List(db.Read(ctx), store.In("id", []string{u.ID, store.NewID()}))
		if err != nil || len(list) != 1 {
			t.Errorf("In: %d rows, %v", len(list), err)
		}
		if _, err := store.Users.Find(db.Read(ctx), store.NewID()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("unknown id: %v, want ErrNotFound", err)
		}
	})
}

func TestMigrateTwice(t *testing.T) {
	db, err := store.Open(context.Background(), "", filepath.Join(t.TempDir(), "x y.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i, want := range []bool{true, false} {
		done, err := db.Migrate(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if (len(done) > 0) != want {
			t.Errorf("run %d applied %d", i, len(done))
		}
	}
}

func ptr[T any](v T) *T { return &v }

func TestObserveSeesEveryStatement(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var seen []string
		db.Observe(func(_ context.Context, statement string, _ []any) {
			if !strings.Contains(statement, "pg_notify") { // which Postgres alone has
				seen = append(seen, statement)
			}
		})
		u := &store.User{Email: ptr("ann@example.test"), Username: "ann", IsActive: true}
		err := db.Write(t.Context(), "", func(tx *store.Tx) error {
			if err := store.Users.Insert(tx, u); err != nil { // past dbx
				return err
			}
			_, err := store.Labels.DeleteWhere(tx, dbx.HashExp{"name": "x"}) // through dbx
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := store.Users.Find(db.Read(t.Context()), u.ID); err != nil {
				t.Fatal(err)
			}
			db.Observe(nil)
		}
		want := []string{"INSERT INTO users", "UPDATE ", "SELECT "}
		for i := range max(len(seen), len(want)) {
			if i >= len(seen) || i >= len(want) || !strings.HasPrefix(seen[i], want[i]) {
				t.Fatalf("seen %q, want %q", seen, want)
			}
		}
	})
}

// An empty schema that takes the place of one that was set aside gets all of ours, the index of names by pg_trgm among
// it.
func TestASchemaThatWasSetAsideLeavesItsExtensions(t *testing.T) {
	if os.Getenv(storetest.Postgres) == "" {
		t.Skip("only Postgres has schemas")
	}
	db := storetest.OnPostgres(t)
	indexes := func() (n int) {
		t.Helper()
		err := db.Read(t.Context()).One("SELECT COUNT(*) FROM pg_indexes WHERE schemaname = current_schema()", nil, &n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := indexes()
	if _, err := db.SetAside(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := indexes(); after != before {
		t.Errorf("%d indexes, and %d before", after, before)
	}
}
