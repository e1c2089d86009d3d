package db

import (
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// insert writes rows, pointers all, in as many statements as SQLite's limit of 32,766 parameters asks for.
func (tb *table) insert(t *Tx, rows []any) error {
	for len(rows) > 0 {
		n := min(len(rows), 30000/len(tb.cols))
		if err := tb.insertSome(t, rows[:n]); err != nil {
			return fmt.Errorf("insert into %s: %w", tb.Name, err)
		}
		rows = rows[n:]
	}
	return nil
}

func (tb *table) insertSome(t *Tx, rows []any) error {
	cols := tb.cols
	if f, ok := tb.at["id"]; ok && reflect.ValueOf(rows[0]).Elem().FieldByIndex(f).Kind() == reflect.Int64 {
		cols = slices.DeleteFunc(slices.Clone(cols), func(c string) bool { return c == "id" }) // the database counts
	}
	args := make([]any, 0, len(cols)*len(rows))
	for _, v := range rows {
		row := reflect.ValueOf(v).Elem()
		tb.begin(t, row)
		for _, c := range cols {
			args = append(args, row.FieldByIndex(tb.at[c]).Interface())
		}
		tb.forget(t, v)
	}
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(cols)), ",") + ")"
	values := strings.TrimSuffix(strings.Repeat(one+",", len(rows)), ",")
	if _, err := t.Exec(`INSERT INTO `+tb.Name+` ("`+strings.Join(cols, `","`)+`") VALUES `+values,
		args...); err != nil {
		return err
	}
	for _, row := range rows {
		if err := tb.made(t, row); err != nil {
			return err
		}
	}
	return nil
}

// InsertRows writes rows of n values each, given one after the other, in as many statements as SQLite's limit of 32,766
// parameters asks for. The texts repeat, so that they stay prepared.
func InsertRows(t *Tx, table, columns string, n int, args []any, tail ...string) error {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", n), ",") + "),"
	for len(args) > 0 {
		k := min(len(args), 30000/n*n)
		values := strings.TrimSuffix(strings.Repeat(one, k/n), ",")
		if _, err := t.Exec("INSERT INTO "+table+" ("+columns+") VALUES "+values+strings.Join(tail, ""),
			args[:k]...); err != nil {
			return err
		}
		args = args[k:]
	}
	return nil
}

func (tb *table) begin(t *Tx, row reflect.Value) {
	if f, ok := tb.at["id"]; ok && row.FieldByIndex(f).Kind() == reflect.String && row.FieldByIndex(f).String() == "" {
		row.FieldByIndex(f).SetString(NewID())
	}
	for _, c := range []string{"created_at", "updated_at"} {
		if f, ok := tb.at[c]; ok {
			if at := row.FieldByIndex(f).Addr().Interface().(*time.Time); at.IsZero() {
				*at = t.Now
			}
		}
	}
	if f, ok := tb.at["created_by_id"]; ok && t.Actor != "" && row.FieldByIndex(f).IsNil() {
		actor := t.Actor
		row.FieldByIndex(f).Set(reflect.ValueOf(&actor))
	}
}

func (tb *table) update(t *Tx, v any, cols []string) error {
	row := reflect.ValueOf(v).Elem()
	tb.put(t, row, "updated_at", "updated_by_id")
	var read any
	if f, ok := tb.at["updated_at"]; ok {
		read = row.FieldByIndex(f).Interface()
		row.FieldByIndex(f).Set(reflect.ValueOf(t.Now))
		cols = append(cols, "updated_at")
	}
	if f, ok := tb.at["updated_by_id"]; ok && t.Actor != "" {
		actor := t.Actor
		row.FieldByIndex(f).Set(reflect.ValueOf(&actor))
		cols = append(cols, "updated_by_id")
	}
	if !t.Wary || read == nil || !tb.soft {
		return tb.set(t, v, cols, "")
	}
	return tb.set(t, v, cols, " AND updated_at = ?"+tb.living(row, cols), read)
}

// living is the condition that a row has not been deleted since it was read, unless it was deleted then or is brought
// back now.
func (tb *table) living(row reflect.Value, cols []string) string {
	if !tb.soft || slices.Contains(cols, "deleted_at") || !row.FieldByIndex(tb.at["deleted_at"]).IsNil() {
		return ""
	}
	return " AND deleted_at IS NULL"
}

// set writes columns of a row if it still fits; ErrOvertaken when a condition is given and it does not.
func (tb *table) set(t *Tx, v any, cols []string, still string, with ...any) error {
	cols = distinct(cols)
	done, err := tb.changing(t, v, cols)
	if err != nil {
		return err
	}
	row := reflect.ValueOf(v).Elem()
	sets, args := make([]string, len(cols)), make([]any, len(cols), len(cols)+2)
	for i, c := range cols {
		f, ok := tb.at[c]
		if !ok {
			return fmt.Errorf("update %s: no column %s", tb.Name, c)
		}
		sets[i], args[i] = `"`+c+`" = ?`, row.FieldByIndex(f).Interface()
	}
	args = append(append(args, row.FieldByIndex(tb.at[tb.pk]).Interface()), with...)
	tb.forget(t, v)
	r, err := t.Exec("UPDATE "+tb.Name+" SET "+strings.Join(sets, ", ")+" WHERE "+tb.pk+" = ?"+still, args...)
	if err != nil {
		return fmt.Errorf("update %s: %w", tb.Name, err)
	}
	if still != "" {
		if err := tb.hit(r); err != nil {
			return err
		}
	}
	return done()
}

// put notes what columns of a row hold: the transaction may be tried again with the same row.
func (tb *table) put(t *Tx, row reflect.Value, cols ...string) {
	for _, c := range cols {
		if f, ok := tb.at[c]; ok {
			before := reflect.ValueOf(row.FieldByIndex(f).Interface())
			t.undo = append(t.undo, func() { row.FieldByIndex(f).Set(before) })
		}
	}
}

// hit says whether a statement found its row.
func (tb *table) hit(r sql.Result) error {
	if n, err := r.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return fmt.Errorf("%s: %w", tb.Name, ErrOvertaken)
}

// distinct leaves out what stands in a list already: Postgres takes no statement that writes a column twice.
func distinct(cols []string) []string {
	kept := make([]string, 0, len(cols))
	for _, c := range cols {
		if !slices.Contains(kept, c) {
			kept = append(kept, c)
		}
	}
	return kept
}

func (tb *table) remove(t *Tx, v any) error {
	if !tb.soft {
		return tb.purge(t, v)
	}
	row := reflect.ValueOf(v).Elem()
	still := ""
	if t.Wary {
		still = tb.living(row, nil)
	}
	now := t.Now
	tb.put(t, row, "deleted_at")
	row.FieldByIndex(tb.at["deleted_at"]).Set(reflect.ValueOf(&now))
	return tb.set(t, v, []string{"deleted_at"}, still)
}

func (tb *table) purge(t *Tx, v any) error {
	tb.forget(t, v)
	if err := tb.leaving(t, v); err != nil {
		return err
	}
	id := reflect.ValueOf(v).Elem().FieldByIndex(tb.at[tb.pk]).Interface()
	r, err := t.Exec("DELETE FROM "+tb.Name+" WHERE "+tb.pk+" = ?", id)
	if err != nil {
		return fmt.Errorf("purge %s: %w", tb.Name, err)
	}
	if !t.Wary || tb.pk != "id" { // a session may end twice
		return nil
	}
	return tb.hit(r)
}

// forget marks the cache entries that a row makes wrong.
func (tb *table) forget(t *Tx, row any) {
	if tb.keys != nil {
		t.Forget(tb.keys(row)...)
	}
}
