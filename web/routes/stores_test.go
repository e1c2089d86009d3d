package routes_test

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// stores holds installations that earlier schemas made, by the number of their last migration: a SQLite file, a dump of
// the same rows in Postgres, and what its owner could read. They are never made again: a schema that follows adds its
// own (see TestKeepAStore).
const stores = "testdata/stores"

// What was kept by an earlier schema is there after the upgrade, and can be worked with.
func TestStoresOfEarlierSchemasAreUpgraded(t *testing.T) {
	kept, err := filepath.Glob(filepath.Join(stores, "*.reads"))
	if err != nil || len(kept) == 0 {
		t.Fatalf("no stores are kept: %v", err)
	}
	for _, reads := range kept {
		name := strings.TrimSuffix(reads, ".reads")
		t.Run(filepath.Base(name), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "sailplane.db")
			if err := os.WriteFile(file, unzip(t, name+".db.gz"), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Run("sqlite", func(t *testing.T) { readAgain(t, storetest.SQLiteAt(t, file), reads) })
			if os.Getenv(storetest.Postgres) != "" {
				dump := string(unzip(t, name+".postgres.sql.gz"))
				t.Run("postgres", func(t *testing.T) { readAgain(t, storetest.OnPostgresFrom(t, dump), reads) })
			}
		})
	}
}

// readAgain asks for all that the owner of a store could read when it was kept, and changes something of each kind that
// triggers look after.
func readAgain(t *testing.T, db *store.DB, reads string) {
	s := webtest.Still(t, apptest.New(t, db))
	owner, err := store.Users.Get(db.Read(t.Context()), dbx.HashExp{"username": "owner"})
	if err != nil {
		t.Fatal(err)
	}
	user := s.SignIn(owner)
	key := user.WithKey()
	text, err := os.ReadFile(reads)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		path, marked := strings.CutSuffix(strings.TrimSpace(line), " marked")
		c := user
		if strings.HasPrefix(path, "/api/v1/") {
			c = key
		}
		if a := c.Do("GET", path, nil); a.Status != http.StatusOK || marked && !bytes.Contains(a.Raw, []byte(marker)) {
			t.Errorf("GET %s: %d %.300s", path, a.Status, a.Raw)
		}
	}
	project, err := store.Projects.Get(db.Read(t.Context()), dbx.HashExp{"identifier": "WALK"})
	if err != nil {
		t.Fatal(err)
	}
	items := "/api/workspaces/walked/projects/" + project.ID + "/issues/"
	id := user.Must("POST", items, map[string]any{"name": "Zugvogel"}).ID()
	user.Must("POST", items+id+"/comments/", map[string]any{"comment_html": "<p>south</p>"})
	for _, word := range []string{"Zugvogel", itemWord} { // what is new and what was there
		a := user.Must("GET", "/api/workspaces/walked/search/?workspace_search=false&project_id="+project.ID+"&search="+word,
			nil)
		if !bytes.Contains(a.Raw, []byte(word)) {
			t.Errorf("%s is not found: %s", word, a.Raw)
		}
	}
}

func unzip(t *testing.T, file string) []byte {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestKeepAStore makes what TestStoresOfEarlierSchemasAreUpgraded reads, of today's schema: SAILPLANE_KEEP_STORE is the
// URL of an empty database on Postgres. The dump is made of it by hand:
//
// A visit that the reading itself leaves is in the dump only: its line of the .reads loses its mark by hand.
//
//	pg_dump --inserts --no-owner URL | grep -vE '^(\\(un)?restrict|SET transaction_timeout|COMMENT ON EXTENSION)' | gzip -9n
func TestKeepAStore(t *testing.T) {
	url := os.Getenv("SAILPLANE_KEEP_STORE")
	if url == "" {
		t.Skip("SAILPLANE_KEEP_STORE names no database to make a store in")
	}
	db, err := store.Open(t.Context(), url, "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := webtest.Still(t, apptest.New(t, db))
	owner := s.User("owner")
	p := furnish(t, s, owner)
	hoard(t, s, p, owner)
	err = db.Write(t.Context(), "", func(tx *store.Tx) error {
		return errors.Join(fillEmptyTables(tx), run(tx, "UPDATE sessions SET session_key = 'kept ' || session_key"))
	})
	if err != nil {
		t.Fatal(err)
	}
	done, err := db.Applied(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(stores, fmt.Sprintf("%04d", done[len(done)-1].Version))
	file := filepath.Join(t.TempDir(), "sailplane.db")
	lite := storetest.SQLiteAt(t, file)
	copied := filepath.Join(t.TempDir(), "copied.db")
	if err := errors.Join(store.CopyRows(t.Context(), db, lite, nil), lite.CopyTo(t.Context(), copied)); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // the level is a good one
	_, err = z.Write(raw)
	reads := readable(s.SignIn(owner.User), p)
	err = errors.Join(err, z.Close(), os.MkdirAll(stores, 0o755), os.WriteFile(name+".db.gz", zipped.Bytes(), 0o644),
		os.WriteFile(name+".reads", []byte(reads), 0o644), db.Write(t.Context(), "", func(tx *store.Tx) error {
			return run(tx, "DELETE FROM sessions WHERE session_key NOT LIKE 'kept %'")
		}))
	if err != nil {
		t.Fatal(err)
	}
}

// readable lists what a person can read at a place now, and whether its marker is in it.
func readable(user *webtest.Client, p *place) string {
	var out strings.Builder
	key := user.WithKey()
	for _, op := range routes.All("test") {
		if op.Method != http.MethodGet || !strings.HasPrefix(op.Path, "/api/") ||
			strings.HasPrefix(op.Path, "/api/instances") || strings.HasPrefix(op.Path, "/api/schema") {
			continue
		}
		c, path := user, p.path(op.Path)
		if strings.HasPrefix(path, "/api/v1/") {
			c = key
		}
		a := c.Do("GET", path, nil)
		if a.Status != http.StatusOK {
			continue
		}
		out.WriteString(path)
		if bytes.Contains(a.Raw, []byte(marker)) {
			out.WriteString(" marked")
		}
		out.WriteString("\n")
	}
	return out.String()
}

// fillEmptyTables writes a row into each table that has none.
func fillEmptyTables(t *store.Tx) error {
	var inserts []string
	err := t.Each(`SELECT c.relname, string_agg(format('%I', a.attname), ',' ORDER BY a.attnum), string_agg(
			CASE WHEN k.conrelid IS NOT NULL THEN format('(SELECT id FROM %I LIMIT 1)', k.confrelid::regclass::text)
				WHEN y.typname = 'uuid' THEN 'gen_random_uuid()' WHEN y.typname = 'jsonb' THEN '''{}''' WHEN y.typname = 'timestamptz' THEN 'now()'
				WHEN y.typname = 'date' THEN '''2026-11-29''' WHEN y.typname = 'bool' THEN 'FALSE' WHEN y.typname = 'bytea' THEN '''\x00'''
				WHEN y.typname = 'text' THEN format('%L', c.relname || ' ' || a.attname) ELSE '1' END, ',' ORDER BY a.attnum)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type y ON y.oid = a.atttypid
		LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum]
		WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attname NOT IN ('deleted_at')
			AND (a.attnotnull AND NOT a.atthasdef OR k.conrelid IS NOT NULL AND k.confrelid <> c.oid)
		GROUP BY c.oid, c.relname ORDER BY c.oid`, nil, func(rows *sql.Rows) error {
		var table, columns, values string
		if err := rows.Scan(&table, &columns, &values); err != nil {
			return err
		}
		inserts = append(inserts,
			"INSERT INTO "+table+" ("+columns+") SELECT "+values+" WHERE NOT EXISTS (SELECT 1 FROM "+table+")")
		return nil
	})
	if err != nil {
		return err
	}
	for _, insert := range inserts {
		if err := run(t, insert); err != nil {
			return fmt.Errorf("%s: %w", insert, err)
		}
	}
	return nil
}
