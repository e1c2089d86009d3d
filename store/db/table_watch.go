package db

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/pocketbase/dbx"
)

// watch is who is told of the rows of a table that are written one by one, and of which columns.
type watch struct {
	cols  []string
	told  func(t *Tx, before, after any) error // pointers to rows; nil: there was none, or is none any more
	typed reflect.Type
}

// Watch has f told, within the transaction, of each row that is made, changed in one of the columns, or deleted: as it
// was and as it is; nil is none. What changes rows in bulk (SetWhere, DeleteWhere, statements of package store) is not
// told of. It is called before any database is open, once for a table.
func (tb Table[T]) Watch(f func(t *Tx, before, after *T) error, cols ...string) {
	for _, c := range cols {
		if _, ok := tb.at[c]; !ok {
			panic("watch " + tb.Name + ": no column " + c)
		}
	}
	tb.watch = &watch{cols, func(t *Tx, before, after any) error {
		b, _ := before.(*T)
		a, _ := after.(*T)
		return f(t, b, a)
	}, reflect.TypeFor[T]()}
}

// made tells of a new row.
func (tb *table) made(t *Tx, row any) error {
	if tb.watch == nil {
		return nil
	}
	return tb.watch.told(t, nil, row)
}

// changing reads the row before its columns are written, if anybody is to be told; done tells.
func (tb *table) changing(t *Tx, row any, cols []string) (done func() error, err error) {
	w := tb.watch
	if w == nil || !slices.ContainsFunc(cols, func(c string) bool {
		return c == "deleted_at" || slices.Contains(w.cols, c)
	}) {
		return func() error { return nil }, nil
	}
	before, err := tb.asItWas(t, row)
	if errors.Is(err, ErrNotFound) { // nothing is written
		return func() error { return nil }, nil
	}
	if err != nil {
		return nil, err
	}
	return func() error {
		after := reflect.New(w.typed)
		after.Elem().Set(reflect.ValueOf(before).Elem())
		for _, c := range cols {
			after.Elem().FieldByIndex(tb.at[c]).Set(reflect.ValueOf(row).Elem().FieldByIndex(tb.at[c]))
		}
		was, is := tb.lives(reflect.ValueOf(before).Elem()), tb.lives(after.Elem())
		switch {
		case was && is:
			return w.told(t, before, after.Interface())
		case was:
			return w.told(t, before, nil)
		case is:
			return w.told(t, nil, after.Interface())
		}
		return nil
	}, nil
}

// lives says whether a row is not marked as deleted.
func (tb *table) lives(row reflect.Value) bool {
	return !tb.soft || row.FieldByIndex(tb.at["deleted_at"]).IsNil()
}

// asItWas is the row as the database has it, deleted or not. Nobody else changes it until the transaction ends.
func (tb *table) asItWas(t *Tx, row any) (any, error) {
	id := tb.key(row)
	if t.db.Postgres {
		if _, err := t.Exec("SELECT 1 FROM "+tb.Name+" WHERE "+tb.pk+" = ? FOR NO KEY UPDATE", id); err != nil {
			return nil, fmt.Errorf("hold a row of %s: %w", tb.Name, err)
		}
	}
	before := reflect.New(tb.watch.typed).Interface()
	if err := tb.one(tb.QueryAll(t).Where(dbx.HashExp{tb.pk: id}), before); err != nil {
		return nil, fmt.Errorf("look what it was before: %w", err)
	}
	return before, nil
}

// leaving tells of a row that goes for good, if it is there.
func (tb *table) leaving(t *Tx, row any) error {
	if tb.watch == nil {
		return nil
	}
	before, err := tb.asItWas(t, row)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return tb.watch.told(t, before, nil)
}
