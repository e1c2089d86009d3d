// Package migrations holds the schema and the runner that brings a database up to it.
//
// A migration is a numbered SQL file that runs unchanged on both engines, or, where they must differ,
// a pair NNNN_name.sqlite.sql and NNNN_name.postgres.sql. Six macros stand for what the engines call by
// different names: $ID, $TIME, $DATE, $JSON, $BLOB, $SERIAL. Files that have landed never change: a database keeps
// their checksums beside their versions, and a test keeps them here (see frozen_test.go).
package migrations

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"
)

//go:embed *.sql
var files embed.FS

// Migration is one numbered step of the schema, in the words of one engine.
type Migration struct {
	Version int
	Name    string
	SQL     string
	Sum     string // SHA-256 of the file, before macros, in hex
}

// Applied is a row of schema_migrations.
type Applied struct {
	Version   int
	Name      string
	Sum       string
	AppliedAt time.Time
}

// ErrNewer says that the database was made by a newer binary.
var ErrNewer = errors.New("the database has a newer schema than this binary knows")

// ErrChanged says that a migration was another one when it was applied.
var ErrChanged = errors.New("the database was made by another build")

// ErrUnreleased says that the database was made by a build from before the first release. Those had other migrations,
// which were merged into the ones that are here.
var ErrUnreleased = errors.New("the database was made by an unreleased build, whose migrations are no more")

// unreleased is what those builds called their first migration.
const unreleased = "users"

var macros = map[bool]*strings.Replacer{
	false: strings.NewReplacer("$ID", "TEXT", "$TIME", "TIMESTAMP", "$DATE", "TEXT", "$JSON", "TEXT", "$BLOB", "BLOB",
		"$SERIAL", "INTEGER PRIMARY KEY AUTOINCREMENT"),
	true: strings.NewReplacer("$ID", "uuid", "$TIME", "timestamptz", "$DATE", "date", "$JSON", "jsonb", "$BLOB", "bytea",
		"$SERIAL", "bigserial PRIMARY KEY"),
}

// All lists the migrations of one engine in order.
func All(postgres bool) ([]Migration, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	own, other := ".sqlite.sql", ".postgres.sql"
	if postgres {
		own, other = other, own
	}
	var ms []Migration
	for _, n := range names {
		if strings.HasSuffix(n, other) {
			continue
		}
		number, rest, _ := strings.Cut(n, "_")
		v, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("migration %s: its name must begin with a number: %w", n, err)
		}
		text, err := files.ReadFile(n)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		name := strings.TrimSuffix(strings.TrimSuffix(rest, own), ".sql")
		ms = append(ms, Migration{Version: v, Name: name, SQL: macros[postgres].Replace(string(text)),
			Sum: hex.EncodeToString(sum[:])})
	}
	return ms, nil
}

const register = `CREATE TABLE IF NOT EXISTS schema_migrations (
	version INTEGER PRIMARY KEY, name TEXT NOT NULL, sum TEXT NOT NULL, applied_at TEXT NOT NULL)`

// registered says whether the register is there.
var registered = map[bool]string{
	false: `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations')`,
	true:  `SELECT to_regclass('schema_migrations') IS NOT NULL`,
}

// State returns what has been applied, oldest first: nothing, of a database without the register. It changes nothing.
func State(ctx context.Context, db *sql.DB, postgres bool) ([]Applied, error) {
	var there bool
	if err := db.QueryRowContext(ctx, registered[postgres]).Scan(&there); err != nil {
		return nil, fmt.Errorf("look for schema_migrations: %w", err)
	}
	if !there {
		return nil, nil
	}
	rows, err := db.QueryContext(ctx, `SELECT version, name, sum, applied_at FROM schema_migrations ORDER BY version`)
	if err != nil {
		return nil, fmt.Errorf("read schema_migrations: %w", err)
	}
	defer rows.Close()
	var out []Applied
	for rows.Next() {
		var a Applied
		var at string
		if err := rows.Scan(&a.Version, &a.Name, &a.Sum, &at); err != nil {
			return nil, err
		}
		a.AppliedAt, _ = time.Parse(time.RFC3339, at)
		out = append(out, a)
	}
	return out, rows.Err()
}

// Version is the newest migration that has been applied to a database with the register.
func Version(ctx context.Context, db *sql.DB) (at int, err error) {
	err = db.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM schema_migrations`).Scan(&at)
	return at, err
}

// Pending returns what is still to apply. It fails with ErrNewer when the database knows a version that this binary
// does not, with ErrUnreleased when its migrations are not ours at all, and when a file was changed after it had been
// applied.
func Pending(ctx context.Context, db *sql.DB, postgres bool) ([]Migration, error) {
	all, err := All(postgres)
	if err != nil {
		return nil, err
	}
	done, err := State(ctx, db, postgres)
	if err != nil {
		return nil, err
	}
	if len(done) > 0 && done[0].Version == 1 && done[0].Name == unreleased {
		return nil, fmt.Errorf("%w; nothing was changed. To go on with its data: \"sailplane backup create FILE\" with the build that ran it last, "+
			"then \"sailplane backup restore FILE --force\" with this one, which keeps the old data beside", ErrUnreleased)
	}
	known := map[int]Migration{}
	for _, m := range all {
		known[m.Version] = m
	}
	for _, a := range done {
		m, ok := known[a.Version]
		if !ok {
			last := done[len(done)-1]
			return nil, fmt.Errorf("%w: it is at %d (%s), the newest here is %d; run the newer sailplane again",
				ErrNewer, last.Version, last.Name, all[len(all)-1].Version)
		}
		if m.Sum != a.Sum {
			return nil, fmt.Errorf("%w: its migration %04d_%s of %s is not this binary's; nothing was changed. Run the build that made it, "+
				"make a backup with it (sailplane backup create FILE), and look in CHANGELOG for how its data goes on", ErrChanged, a.Version, a.Name,
				a.AppliedAt.Format(time.DateOnly))
		}
		delete(known, a.Version)
	}
	var todo []Migration
	for _, m := range all {
		if _, left := known[m.Version]; left {
			todo = append(todo, m)
		}
	}
	return todo, nil
}

// Up applies what is pending, each step in a transaction of its own, and returns what it applied. Nobody else may do
// the same meanwhile.
func Up(ctx context.Context, db *sql.DB, postgres bool) ([]Migration, error) {
	return UpTo(ctx, db, postgres, math.MaxInt)
}

// UpTo is Up as far as a version.
func UpTo(ctx context.Context, db *sql.DB, postgres bool, version int) ([]Migration, error) {
	if _, err := db.ExecContext(ctx, register); err != nil {
		return nil, fmt.Errorf("make schema_migrations: %w", err)
	}
	todo, err := Pending(ctx, db, postgres)
	if err != nil {
		return nil, err
	}
	for i, m := range todo {
		if m.Version > version {
			return todo[:i], nil
		}
		if err := apply(ctx, db, postgres, m); err != nil {
			return todo[:i], fmt.Errorf("migration %04d_%s: %w", m.Version, m.Name, err)
		}
	}
	return todo, nil
}

func apply(ctx context.Context, db *sql.DB, postgres bool, m Migration) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	record := `INSERT INTO schema_migrations (version, name, sum, applied_at) VALUES (?, ?, ?, ?)`
	if postgres {
		record = `INSERT INTO schema_migrations (version, name, sum, applied_at) VALUES ($1, $2, $3, $4)`
	}
	if _, err := tx.ExecContext(ctx, m.SQL); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, record, m.Version, m.Name, m.Sum, time.Now().UTC().Format(time.RFC3339)); err != nil {
		return err
	}
	return tx.Commit()
}
