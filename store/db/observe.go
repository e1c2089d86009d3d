package db

import (
	"context"
	"database/sql"

	"github.com/pocketbase/dbx"
)

// Observer is told of a statement before it runs: its text as the engine gets it, and its arguments.
type Observer func(ctx context.Context, statement string, args []any)

// Observe lets f see every statement of the units of work that begin from now on; nil ends that. Tests count and
// explain statements so. Nobody else does, and then a unit of work asks once whether it is observed and nothing more.
func (d *DB) Observe(f Observer) {
	if f == nil {
		d.observer.Store(nil)
		return
	}
	d.observer.Store(&f)
}

// connection is what a unit of work runs its statements on: a transaction, or the readers.
type connection interface {
	executor
	dbx.Executor
}

// unit begins a unit of work.
func (d *DB) unit(ctx context.Context, on connection, builder dbx.Builder) *Tx {
	t := &Tx{Builder: builder, db: d, ctx: ctx, exec: on, Now: Stamped(d.Now())}
	if f := d.observer.Load(); f != nil {
		watched := observed{on, *f}
		t.exec = watched
		t.Builder = dbx.BuilderFuncMap[d.read.DriverName()](d.read.WithContext(ctx), watched)
	}
	return t
}

// observed tells of statements and passes them on. Ours all have a context.
type observed struct {
	connection
	tell Observer
}

// ExecContext tells and passes on.
func (o observed) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	o.tell(ctx, query, args)
	return o.connection.ExecContext(ctx, query, args...)
}

// QueryContext tells and passes on.
func (o observed) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	o.tell(ctx, query, args)
	return o.connection.QueryContext(ctx, query, args...)
}
