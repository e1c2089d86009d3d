// Package db is the engine below package store: connections, transactions, typed access to tables, a cache, and what
// SQLite and Postgres say differently. It knows how to read and write rows, and none of the tables that they are in. It
// fails with errors of its own (ErrNotFound, ErrUnique, ErrReference, ErrValue, ErrDown, ErrBusy, ErrFull).
package db

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/migrations"
)

// DB is an open database: one writer and many readers on SQLite, one pool on Postgres.
type DB struct {
	read, write *dbx.DB
	Postgres    bool
	Path        string // of the SQLite file; empty on Postgres
	url         string // of Postgres; empty on SQLite
	pool        *pgxpool.Pool
	listenURL   string          // see ListenAt
	direct      *pgx.ConnConfig // of the Postgres server itself
	pooled      bool            // a pooler shares its connections out by transactions
	patience    time.Duration   // see Patience
	limits      atomic.Pointer[Bounds]
	Cache       *Cache
	clock       *Clock
	Beside      bool              // a command's, beside a server that may be running: its writes leave notices
	Wake        func(kind string) // called once a transaction that left work of a kind has committed; empty: of any kind

	observer atomic.Pointer[Observer]
	nested   nesting
	rehearse atomic.Bool // see Rehearse
	relaxed  bool        // see Relaxed
	synced   *group      // waits for the disk; nil on Postgres, which does so itself

	Connections  int // of a Postgres server that this process may have at a time
	OutlineItems int // how many work items outlines may keep in memory; see store/outline

	writes, writeNanos atomic.Int64 // transactions that have committed; see Figures

	damaged atomic.Pointer[error] // see LookForDamage
	closed  atomic.Bool
	tasks   sync.WaitGroup // that go on in the background
	life    context.Context
	die     context.CancelFunc
	holding sync.Mutex
	held    map[reflect.Type]any // see Singleton
}

// DefaultOutlineItems is how many work items outlines keep unless told otherwise: some 180 MB, when there are so many.
const DefaultOutlineItems = 1_500_000

// Option is how a database is opened.
type Option func(*DB)

// Relaxed lets a commit on SQLite return before it is on the disk: a power cut may take back the last ones, never a
// part of one. Postgres has settings of its own for that.
func Relaxed(d *DB) { d.relaxed = true }

// Open opens the database that url names: empty is the SQLite file at path, else postgres://…
// The schema is not touched: see Migrate.
func Open(ctx context.Context, url, path string, options ...Option) (*DB, error) {
	cache, err := newCache()
	if err != nil {
		return nil, err
	}
	d := &DB{clock: new(Clock), Wake: func(string) {}, Cache: cache, Postgres: url != "", Path: path,
		url: url, OutlineItems: DefaultOutlineItems, Connections: DefaultConnections,
		patience: DefaultPatience}
	d.life, d.die = context.WithCancel(context.WithoutCancel(ctx))
	for _, set := range options {
		set(d)
	}
	if d.Postgres {
		err = d.openPostgres(ctx, url)
	} else {
		err = d.openSQLite(ctx, path)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// ErrUnreleased says that the database was made by a build from before the first release: its rows can be copied into
// another (CopyRows), its schema can't be brought up to date.
var ErrUnreleased = migrations.ErrUnreleased

// ErrNewer says that the database has a newer schema than this binary knows.
var ErrNewer = migrations.ErrNewer

// ErrChanged says that the database was made by a build with other migrations of the same numbers.
var ErrChanged = migrations.ErrChanged

// Migrate brings the schema up to date and returns what was applied. Where others may start as well, run it in Alone.
func (d *DB) Migrate(ctx context.Context) ([]migrations.Migration, error) {
	done, err := migrations.Up(ctx, d.write.DB(), d.Postgres)
	if err == nil && len(done) > 0 && !d.Postgres { // the pages of every table, 3 MiB that an idle server would keep
		_, err = d.write.DB().ExecContext(ctx, "PRAGMA shrink_memory")
	}
	return done, errors.Join(err, d.settle())
}

// MigrateTo is Migrate up to a version: for what must stay as an older binary knows it.
func (d *DB) MigrateTo(ctx context.Context, version int) error {
	_, err := migrations.UpTo(ctx, d.write.DB(), d.Postgres, version)
	return errors.Join(err, d.settle())
}

// Reopen opens the database once more, with connections of its own that no limit of time binds: for what takes long and
// must not take the connections of others.
func (d *DB) Reopen(ctx context.Context) (*DB, error) {
	own, err := Open(ctx, d.url, d.Path, ListenAt(d.listenURL), Patience(d.patience))
	if err == nil {
		own.clock = d.clock
	}
	return own, err
}

// Pending lists the migrations that Migrate would apply.
func (d *DB) Pending(ctx context.Context) ([]migrations.Migration, error) {
	return migrations.Pending(ctx, d.write.DB(), d.Postgres)
}

// Applied lists the migrations that the database has, oldest first.
func (d *DB) Applied(ctx context.Context) ([]migrations.Applied, error) {
	return migrations.State(ctx, d.write.DB(), d.Postgres)
}

// Name is what the database is called in logs: the file of SQLite, or Postgres.
func (d *DB) Name() string {
	if d.Postgres {
		return "postgres"
	}
	return d.Path
}

// Ping says whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.read.DB().PingContext(ctx) }

// Closed says whether Close was called: what goes on in the background then fails and need not be told.
func (d *DB) Closed() bool { return d.closed.Load() }

// Go runs what goes on in the background. Close ends its context and waits for it.
func (d *DB) Go(do func(ctx context.Context)) {
	d.holding.Lock()
	defer d.holding.Unlock()
	if !d.closed.Load() {
		d.tasks.Go(func() { do(d.life) })
	}
}

// Close ends all connections.
func (d *DB) Close() error {
	d.holding.Lock()
	d.closed.Store(true)
	d.holding.Unlock()
	d.die()
	d.tasks.Wait()
	d.Cache.close()
	var errs []error
	if d.read != nil {
		errs = append(errs, d.read.Close())
	}
	if d.write != nil && d.write != d.read {
		errs = append(errs, d.write.Close())
	}
	if d.pool != nil {
		d.closePool()
	}
	return errors.Join(errs...)
}

type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Tx is one unit of work: rows, activity and jobs commit together. Read gives one that only reads.
type Tx struct {
	dbx.Builder
	db      *DB
	ctx     context.Context
	exec    executor
	writes  bool // it is a transaction: what is read for writing is kept from others
	after   []func()
	undo    []func() // what gives rows back the values that they were read with, if the transaction comes to nothing
	stale   []string // cache keys that this transaction makes wrong
	notices []notice // see Notify
	last    []func(*Tx) error
	held    map[reflect.Type]any // see Carried

	// Wary lets Update, Delete and Purge of a row fail with ErrOvertaken when somebody else has changed or deleted it
	// since it was read, in this transaction or before it.
	Wary bool

	Actor string    // who writes, the created_by of new rows; empty for nobody
	Now   time.Time // fixed for the whole transaction, UTC, microseconds
}

// Read gives a unit of work that only reads, outside any transaction.
func (d *DB) Read(ctx context.Context) *Tx {
	d.nested.check("a read")
	return d.unit(ctx, d.read.DB(), d.read.WithContext(ctx).Builder)
}

// After keeps f until the transaction has committed.
func (t *Tx) After(f func()) { t.after = append(t.after, f) }

// Last keeps f as the last part of the transaction, when all that others do in it is done.
func (t *Tx) Last(f func(*Tx) error) { t.last = append(t.last, f) }

// Forget marks cache entries as wrong once the transaction has committed.
func (t *Tx) Forget(keys ...string) { t.stale = append(t.stale, keys...) }

// WithoutActor runs fn with nobody as the writer: what the reference writes in bulk has no maker.
func (t *Tx) WithoutActor(fn func() error) error {
	actor := t.Actor
	t.Actor = ""
	defer func() { t.Actor = actor }()
	return fn()
}

// Reads says whether this is no transaction: it only reads, and each statement sees what has committed by then.
func (t *Tx) Reads() bool { return !t.writes }

// Context is the one of whoever began it.
func (t *Tx) Context() context.Context { return t.ctx }

// DB is the database that it is of.
func (t *Tx) DB() *DB { return t.db }

// Build writes a condition as text; its parameters are added to params.
func (t *Tx) Build(e dbx.Expression, params dbx.Params) string { return e.Build(t.db.read, params) }

// Postgres says which engine this is.
func (t *Tx) Postgres() bool { return t.db.Postgres }

// Exec runs a statement with ? placeholders on either engine.
func (t *Tx) Exec(query string, args ...any) (sql.Result, error) {
	r, err := t.exec.ExecContext(t.ctx, t.db.dialect(query), args...)
	return r, Mark(err)
}

// Rows runs a query with ? placeholders on either engine: the short way for what is asked often.
func (t *Tx) Rows(query string, args ...any) (*sql.Rows, error) {
	r, err := t.exec.QueryContext(t.ctx, t.db.dialect(query), args...)
	return r, Mark(err)
}

// One scans the first row of a query with ? placeholders into dest; ErrNotFound when there is none.
func (t *Tx) One(query string, args []any, dest ...any) error {
	rows, err := t.Rows(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return Mark(err)
		}
		return ErrNotFound
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return Mark(rows.Close())
}

// Each calls scan for every row of a query with ? placeholders.
func (t *Tx) Each(query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := t.Rows(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return Mark(rows.Err())
}

func (d *DB) dialect(query string) string {
	if !d.Postgres {
		return query
	}
	return rebind(query)
}
