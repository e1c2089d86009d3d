package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sailplane/sailplane/migrations"
	"github.com/sailplane/sailplane/store"
)

// empty keeps what every database of SQLite begins with, for as long as the process runs.
var empty struct {
	sync.Mutex
	raw []byte
}

// migratedFile returns a migrated database of SQLite, as it is in its file. The migrations run once a process.
func migratedFile(t testing.TB) []byte {
	t.Helper()
	empty.Lock()
	defer empty.Unlock()
	if empty.raw != nil {
		return empty.raw
	}
	file := filepath.Join(t.TempDir(), "migrated.db")
	migrate(t, "", file)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	empty.raw = raw
	return raw
}

// migrated names a migrated database on the test server, to begin others from. It is named by the migrations that it
// went through and stays on the server: they run once a server, whatever number of packages is tested at the same time.
func migrated(t testing.TB) string {
	t.Helper()
	name := "migrated_" + sum(t)
	server := os.Getenv(Postgres)
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	var there bool
	if err := admin.QueryRow("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).
		Scan(&there); err != nil {
		t.Fatal(err)
	}
	if there {
		return name
	}
	within := &scope{TB: t}
	defer within.end()
	address := created(within, "")
	migrate(within, address, "")
	// Its name is given when it is whole, and while nobody is connected: it is copied from then on.
	_, err = admin.Exec("CREATE DATABASE " + name + " TEMPLATE " + databaseName(t, address))
	if err != nil && !alreadyThere(err) {
		t.Fatal(err)
	}
	return name
}

// alreadyThere says whether another process has made the same database in the meantime.
func alreadyThere(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && (refused.Code == "42P04" || refused.Code == "23505")
}

// migrate brings an empty database up to date and closes it.
func migrate(t testing.TB, address, file string) {
	t.Helper()
	db, err := store.Open(context.Background(), address, file, store.Relaxed)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Migrate(context.Background())
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// sum tells the migrations of Postgres from others, in the few letters that a database may be called by.
func sum(t testing.TB) string {
	t.Helper()
	all, err := migrations.All(true)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	for _, m := range all {
		h.Write([]byte(m.Sum))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// databaseName is the last part of a database's URL.
func databaseName(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/")
}
