// Package store is the only package that speaks SQL. It keeps rows, one struct a table, in SQLite or Postgres, by the
// engine of package db, and fails with its errors.
package store

import (
	"context"
	"io"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// The engine is package db, which knows no table. What rules need of it to read and write rows has its name here too,
// so that they speak of one package.

// What the engine is made of: see package db.
type (
	DB           = db.DB
	Tx           = db.Tx
	Table[T any] = db.Table[T]
	Base         = db.Base
	AuditFields  = db.AuditFields
	JSON         = db.JSON
	NullJSON     = db.NullJSON
	Texts        = db.Texts
	Date         = db.Date
	ListPart     = db.ListPart
	Option       = db.Option
	Bounds       = db.Bounds
)

// What it fails with: see package db.
var (
	ErrNotFound   = db.ErrNotFound
	ErrUnique     = db.ErrUnique
	ErrReference  = db.ErrReference
	ErrValue      = db.ErrValue
	ErrDown       = db.ErrDown
	ErrCrowded    = db.ErrCrowded
	ErrPooled     = db.ErrPooled
	ErrBusy       = db.ErrBusy
	ErrOvertaken  = db.ErrOvertaken
	ErrFull       = db.ErrFull
	ErrDamaged    = db.ErrDamaged
	ErrBehind     = db.ErrBehind
	ErrUnreleased = db.ErrUnreleased
	ErrNewer      = db.ErrNewer
	ErrChanged    = db.ErrChanged
	ErrServed     = db.ErrServed
	ErrReplaced   = db.ErrReplaced
)

// DefaultOutlineItems is how many work items outlines keep unless told otherwise.
const DefaultOutlineItems = db.DefaultOutlineItems

// Open is db.Open.
func Open(ctx context.Context, url, path string, options ...Option) (*DB, error) {
	return db.Open(ctx, url, path, options...)
}

// Relaxed is db.Relaxed.
func Relaxed(d *DB) { db.Relaxed(d) }

// DefaultConnections is how many connections to Postgres a process has unless told otherwise.
const DefaultConnections = db.DefaultConnections

// Connections is db.Connections.
func Connections(n int) Option { return db.Connections(n) }

// DefaultPatience is how long somebody waits for a connection to Postgres unless told otherwise.
const DefaultPatience = db.DefaultPatience

// Patience is db.Patience.
func Patience(most time.Duration) Option { return db.Patience(most) }

// ListenAt is db.ListenAt.
func ListenAt(url string) Option { return db.ListenAt(url) }

// EachForeignTable is db.EachForeignTable.
func EachForeignTable(ctx context.Context, url string,
	visit func(table string, columns []string, r io.Reader) error) error {
	return db.EachForeignTable(ctx, url, visit)
}

// NewTable is db.NewTable.
func NewTable[T any](name string, keys ...func(*T) []string) Table[T] {
	return db.NewTable(name, keys...)
}

// Cached is db.Cached.
func Cached[T any](d *DB, key string, load func() (T, error)) (T, error) {
	return db.Cached(d, key, load)
}

// Singleton is db.Singleton.
func Singleton[T any](t *Tx, make func(*DB) *T) *T { return db.Singleton(t, make) }

// Missed is db.Missed.
const Missed = db.Missed

// Forgotten is db.Forgotten.
const Forgotten = db.Forgotten

// MostNotice is db.MostNotice.
const MostNotice = db.MostNotice

// In is db.In.
func In(col string, values []string) dbx.Expression { return db.In(col, values) }

// Contains is db.Contains.
func Contains(col, text string) dbx.Expression { return db.Contains(col, text) }

// ContainsSQL is db.ContainsSQL.
func ContainsSQL(expression, text string, postgres bool) (sql, pattern string) {
	return db.ContainsSQL(expression, text, postgres)
}

// Fold is db.Fold.
func Fold(text string) string { return db.Fold(text) }

// NewID is db.NewID.
func NewID() string { return db.NewID() }

// Stamped is db.Stamped.
func Stamped(t time.Time) time.Time { return db.Stamped(t) }

// IsID is db.IsID.
func IsID(s string) bool { return db.IsID(s) }
