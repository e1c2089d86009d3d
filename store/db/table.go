package db

import (
	"reflect"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
)

// Base begins every row: its id and its times.
type Base struct {
	ID        string    `db:"id"`
	CreatedAt time.Time `db:"created_at"`
	UpdatedAt time.Time `db:"updated_at"`
}

// AuditFields begins the rows that know their makers and are deleted softly.
type AuditFields struct {
	ID          string     `db:"id"`
	CreatedAt   time.Time  `db:"created_at"`
	UpdatedAt   time.Time  `db:"updated_at"`
	CreatedByID *string    `db:"created_by_id"`
	UpdatedByID *string    `db:"updated_by_id"`
	DeletedAt   *time.Time `db:"deleted_at"`
}

// Table gives typed access to the rows of one table. Rows that were softly deleted are not seen, unless a method says
// so.
type Table[T any] struct{ *table }

// NewTable reads the columns off the db tags of T. keys, if given, names the cache entries that a written row makes
// wrong.
func NewTable[T any](name string, keys ...func(*T) []string) Table[T] {
	tb := newTable(name, reflect.TypeFor[T]())
	if len(keys) == 1 {
		tb.keys = func(row any) []string { return keys[0](row.(*T)) }
		remembered.Store(name, true)
	}
	return Table[T]{tb}
}

// remembered are the names of the tables with cache entries that a written row makes wrong.
var remembered sync.Map

// Remembered says whether the cache may have entries that rows of a table make wrong.
func Remembered(table string) bool {
	_, is := remembered.Load(table)
	return is
}

// Get returns one row that fits, or ErrNotFound.
func (tb Table[T]) Get(t *Tx, where dbx.Expression) (*T, error) {
	return tb.One(tb.Query(t).AndWhere(where))
}

// Find returns the row with that id, or ErrNotFound.
func (tb Table[T]) Find(t *Tx, id string) (*T, error) { return tb.One(tb.find(t, id)) }

// First returns the first row that fits in that order, or ErrNotFound.
func (tb Table[T]) First(t *Tx, where dbx.Expression, order ...string) (*T, error) {
	return tb.One(tb.first(t, where, order))
}

// One runs a query for one row; ErrNotFound without one.
func (tb Table[T]) One(q *dbx.SelectQuery) (*T, error) {
	row := new(T)
	if err := tb.one(q, row); err != nil {
		return nil, err
	}
	return row, nil
}

// List returns the rows that fit in that order, never nil.
func (tb Table[T]) List(t *Tx, where dbx.Expression, order ...string) ([]T, error) {
	rows := []T{}
	if err := tb.all(tb.first(t, where, order), &rows); err != nil {
		return nil, err
	}
	return rows, nil
}

// ByID returns the rows with those ids, by id; ids that are no rows are absent.
func (tb Table[T]) ByID(t *Tx, ids []string) (map[string]*T, error) {
	rows, err := tb.List(t, In(tb.Name+"."+tb.pk, ids))
	if err != nil {
		return nil, err
	}
	found := make(map[string]*T, len(rows))
	for i := range rows {
		found[tb.key(&rows[i])] = &rows[i]
	}
	return found, nil
}

// ListPart is a part of a list: Limit rows from Offset on.
type ListPart struct{ Offset, Limit int }

// Page returns a part of the living rows that fit, in that order, and how many there are in all.
func (tb Table[T]) Page(t *Tx, where dbx.Expression, s ListPart, order ...string) ([]T, int, error) {
	rows := []T{}
	total, err := tb.page(t, where, s, order, &rows)
	return rows, total, err
}

// Insert writes new rows. It sets id (when empty), created_at, updated_at (when zero) and created_by (when nil: the
// actor).
func (tb Table[T]) Insert(t *Tx, rows ...*T) error {
	all := make([]any, len(rows))
	for i, row := range rows {
		all[i] = row
	}
	return tb.insert(t, all)
}

// Update writes the named columns of a row, and updated_at and updated_by with them.
func (tb Table[T]) Update(t *Tx, row *T, cols ...string) error { return tb.update(t, row, cols) }

// Set writes the named columns of a row and nothing else. A column may be named twice.
func (tb Table[T]) Set(t *Tx, row *T, cols ...string) error { return tb.set(t, row, cols, "") }

// Delete marks a row as deleted; rows of tables without deleted_at are gone for good.
func (tb Table[T]) Delete(t *Tx, row *T) error { return tb.remove(t, row) }

// Purge removes a row for good.
func (tb Table[T]) Purge(t *Tx, row *T) error { return tb.purge(t, row) }
