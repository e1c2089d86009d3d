// Package storetest opens throw-away databases for tests.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver for making databases

	"github.com/sailplane/sailplane/store"
)

// Postgres names the environment variable with the URL of a server where tests may make databases.
// Without it tests run on SQLite only.
const Postgres = "SAILPLANE_TEST_POSTGRES"

// Each runs a test on a fresh, migrated database of every engine there is.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	if os.Getenv(Postgres) == "" {
		return
	}
	t.Run("postgres", func(t *testing.T) { test(t, OnPostgres(t)) })
}

// Beside is Each on all engines at the same time: for long tests whose runs share nothing. One waits for its database
// while another works.
func Beside(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	var all sync.WaitGroup
	all.Go(func() { t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) }) })
	if os.Getenv(Postgres) != "" {
		all.Go(func() { t.Run("postgres", func(t *testing.T) { test(t, OnPostgres(t)) }) })
	}
	all.Wait()
}

// SQLite opens a fresh database in a file.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	return copied(t, migratedFile(t))
}

// OnPostgres makes a database of its own on the test server.
func OnPostgres(t testing.TB) *store.DB { return Nodes(t, 1)[0] }

// SQLiteAt opens the database in a file, and brings it up to date.
func SQLiteAt(t testing.TB, file string) *store.DB {
	t.Helper()
	return open(t, "", file)
}

// OnPostgresFrom makes a database of its own on the test server, of what is dumped in SQL, and brings it up to date.
func OnPostgresFrom(t testing.TB, dump string) *store.DB {
	t.Helper()
	address := created(t, "")
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(dump)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return open(t, address, "")
}

// Nodes makes a database on the test server and opens it as so many nodes do.
func Nodes(t testing.TB, n int) []*store.DB {
	t.Helper()
	address := created(t, migrated(t))
	nodes := make([]*store.DB, n)
	for i := range nodes {
		nodes[i] = open(t, address, "")
	}
	return nodes
}

// created makes a database on the test server, as a copy of another one if that is named, and returns its URL.
func created(t testing.TB, template string) string {
	t.Helper()
	server := os.Getenv(Postgres)
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := "test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	statement := "CREATE DATABASE " + name
	if template != "" {
		statement += " TEMPLATE " + template + " STRATEGY FILE_COPY"
	}
	if _, err := admin.Exec(statement); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec(fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", name)); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func open(t testing.TB, url, path string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), url, path, store.Relaxed) // a test has nothing to keep
	if err != nil {
		t.Fatal(err)
	}
	db.ForbidNesting(func(fault string) { t.Error(fault) })
	db.OutlineItems = 0 // they come and go by how fast the machine is: tests that want them say so
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}
