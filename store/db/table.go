package db

import (
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pocketbase/dbx"
)

// Stamp begins every row: its id and its times.
type Stamp struct {
	ID        string    `db:"id"`
	CreatedAt time.Time `db:"created_at"`
	UpdatedAt time.Time `db:"updated_at"`
}

// Meta begins the rows that know their makers and are deleted softly.
type Meta struct {
	ID          string     `db:"id"`
	CreatedAt   time.Time  `db:"created_at"`
	UpdatedAt   time.Time  `db:"updated_at"`
	CreatedByID *string    `db:"created_by_id"`
	UpdatedByID *string    `db:"updated_by_id"`
	DeletedAt   *time.Time `db:"deleted_at"`
}

// Table gives typed access to the rows of one table. Rows that were softly deleted are not seen, unless a method says so.
type Table[T any] struct {
	Name string
	cols []string         // in the order of the struct
	at   map[string][]int // column -> field index
	pk   string           // id, but for sessions
	soft bool             // has deleted_at
	keys func(*T) []string
}

// NewTable reads the columns off the db tags of T. keys, if given, names the cache entries that a written row makes wrong.
func NewTable[T any](name string, keys ...func(*T) []string) Table[T] {
	tb := Table[T]{Name: name, at: map[string][]int{}}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if col := f.Tag.Get("db"); col != "" {
			tb.cols = append(tb.cols, col)
			tb.at[col] = f.Index
		}
	}
	_, tb.soft = tb.at["deleted_at"]
	tb.pk = "id"
	if _, ok := tb.at["id"]; !ok {
		tb.pk = "session_key"
	}
	if len(keys) == 1 {
		tb.keys = keys[0]
	}
	return tb
}

// Query selects living rows; add conditions, joins and order to it, then One or All.
func (tb Table[T]) Query(t *Tx) *dbx.SelectQuery {
	q := tb.QueryAll(t)
	if tb.soft {
		q.Where(dbx.NewExp("[[" + tb.Name + ".deleted_at]] IS NULL"))
	}
	return q
}

// QueryAll selects living and deleted rows.
func (tb Table[T]) QueryAll(t *Tx) *dbx.SelectQuery {
	return t.Select(tb.Name + ".*").From(tb.Name)
}

// Get answers one row that fits, or ErrNotFound.
func (tb Table[T]) Get(t *Tx, where dbx.Expression) (*T, error) {
	return tb.One(tb.Query(t).AndWhere(where))
}

// Find answers the row with that id, or ErrNotFound.
func (tb Table[T]) Find(t *Tx, id string) (*T, error) {
	return tb.Get(t, dbx.HashExp{tb.Name + "." + tb.pk: id})
}

// First answers the first row that fits in that order, or ErrNotFound.
func (tb Table[T]) First(t *Tx, where dbx.Expression, order ...string) (*T, error) {
	return tb.One(tb.Query(t).AndWhere(where).OrderBy(tb.bytewise(t, order)...))
}

// One runs a query for one row; ErrNotFound without one.
func (tb Table[T]) One(q *dbx.SelectQuery) (*T, error) {
	var v T
	if err := q.Limit(1).One(&v); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return nil, ErrNotFound
		}
		return nil, fmt.Errorf("read %s: %w", tb.Name, Mark(err))
	}
	return &v, nil
}

// List answers the rows that fit in that order, never nil.
func (tb Table[T]) List(t *Tx, where dbx.Expression, order ...string) ([]T, error) {
	vs := []T{}
	if err := tb.Query(t).AndWhere(where).OrderBy(tb.bytewise(t, order)...).All(&vs); err != nil {
		return nil, fmt.Errorf("list %s: %w", tb.Name, Mark(err))
	}
	return vs, nil
}

// bytewise lets Postgres sort texts as SQLite does, by their bytes, and not by the language that its server was set up with.
func (tb Table[T]) bytewise(t *Tx, order []string) []string {
	if !t.db.Postgres {
		return order
	}
	sorted := slices.Clone(order)
	for i, by := range order {
		col, direction, _ := strings.Cut(by, " ")
		f, ok := tb.at[col]
		if !ok || col == "id" || strings.HasSuffix(col, "_id") {
			continue
		}
		if kind := reflect.TypeFor[T]().FieldByIndex(f).Type; kind == reflect.TypeFor[string]() || kind == reflect.TypeFor[*string]() {
			sorted[i] = strings.TrimSuffix(`([[`+tb.Name+"."+col+`]] COLLATE "C") `+direction, " ")
		}
	}
	return sorted
}

// ByID answers the rows with those ids, by id; ids that are no rows are absent.
func (tb Table[T]) ByID(t *Tx, ids []string) (map[string]*T, error) {
	rows, err := tb.List(t, In(tb.Name+"."+tb.pk, ids))
	if err != nil {
		return nil, err
	}
	found := make(map[string]*T, len(rows))
	for i := range rows {
		found[reflect.ValueOf(&rows[i]).Elem().FieldByIndex(tb.at[tb.pk]).String()] = &rows[i]
	}
	return found, nil
}

// Count says how many rows fit.
func (tb Table[T]) Count(t *Tx, where dbx.Expression) (int, error) {
	var n int
	if err := tb.Query(t).Select("COUNT(*)").AndWhere(where).Row(&n); err != nil {
		return 0, fmt.Errorf("count %s: %w", tb.Name, Mark(err))
	}
	return n, nil
}

// Exists says whether any row fits.
func (tb Table[T]) Exists(t *Tx, where dbx.Expression) (bool, error) {
	var one int
	err := tb.Query(t).Select("(1)").AndWhere(where).Limit(1).Row(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look into %s: %w", tb.Name, Mark(err))
	}
	return true, nil
}

// Insert writes new rows. It sets id (when empty), created_at, updated_at (when zero) and created_by (when nil: the actor).
func (tb Table[T]) Insert(t *Tx, rows ...*T) error {
	for len(rows) > 0 { // SQLite takes 32,766 parameters in one statement
		n := min(len(rows), 30000/len(tb.cols))
		if err := tb.insert(t, rows[:n]); err != nil {
			return fmt.Errorf("insert into %s: %w", tb.Name, err)
		}
		rows = rows[n:]
	}
	return nil
}

func (tb Table[T]) insert(t *Tx, rows []*T) error {
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
	_, err := t.Exec(`INSERT INTO `+tb.Name+` ("`+strings.Join(cols, `","`)+`") VALUES `+values, args...)
	return err
}

// InsertRows writes rows of n values each, given one after the other, in as many statements as SQLite's limit of 32,766
// parameters asks for. The texts repeat, so that they stay prepared.
func InsertRows(t *Tx, table, columns string, n int, args []any, tail ...string) error {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", n), ",") + "),"
	for len(args) > 0 {
		k := min(len(args), 30000/n*n)
		values := strings.TrimSuffix(strings.Repeat(one, k/n), ",")
		if _, err := t.Exec("INSERT INTO "+table+" ("+columns+") VALUES "+values+strings.Join(tail, ""), args[:k]...); err != nil {
			return err
		}
		args = args[k:]
	}
	return nil
}

func (tb Table[T]) begin(t *Tx, row reflect.Value) {
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

// Update writes the named columns of a row, and updated_at and updated_by with them.
func (tb Table[T]) Update(t *Tx, v *T, cols ...string) error {
	row := reflect.ValueOf(v).Elem()
	tb.keep(t, row, "updated_at", "updated_by_id")
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
		return tb.Set(t, v, cols...)
	}
	return tb.set(t, v, cols, " AND updated_at = ?"+tb.living(v, cols), read)
}

// living is the condition that a row has not been deleted since it was read, unless it was deleted then or is brought back now.
func (tb Table[T]) living(v *T, cols []string) string {
	if !tb.soft || slices.Contains(cols, "deleted_at") || !reflect.ValueOf(v).Elem().FieldByIndex(tb.at["deleted_at"]).IsNil() {
		return ""
	}
	return " AND deleted_at IS NULL"
}

// Set writes the named columns of a row and nothing else. A column may be named twice.
func (tb Table[T]) Set(t *Tx, v *T, cols ...string) error {
	return tb.set(t, v, cols, "")
}

// set writes columns of a row if it still fits; ErrOvertaken when a condition is given and it does not.
func (tb Table[T]) set(t *Tx, v *T, cols []string, still string, with ...any) error {
	cols = distinct(cols)
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
	if still == "" {
		return nil
	}
	return tb.hit(r)
}

// keep notes what columns of a row hold: the transaction may be tried again with the same row.
func (tb Table[T]) keep(t *Tx, row reflect.Value, cols ...string) {
	for _, c := range cols {
		if f, ok := tb.at[c]; ok {
			before := reflect.ValueOf(row.FieldByIndex(f).Interface())
			t.undo = append(t.undo, func() { row.FieldByIndex(f).Set(before) })
		}
	}
}

// hit says whether a statement found its row.
func (tb Table[T]) hit(r sql.Result) error {
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

// Delete marks a row as deleted; rows of tables without deleted_at are gone for good.
func (tb Table[T]) Delete(t *Tx, v *T) error {
	if !tb.soft {
		return tb.Purge(t, v)
	}
	still := ""
	if t.Wary {
		still = tb.living(v, nil)
	}
	now := t.Now
	tb.keep(t, reflect.ValueOf(v).Elem(), "deleted_at")
	reflect.ValueOf(v).Elem().FieldByIndex(tb.at["deleted_at"]).Set(reflect.ValueOf(&now))
	return tb.set(t, v, []string{"deleted_at"}, still)
}

// DeleteWhere marks all living rows that fit as deleted and says how many there were. Caches are not told: see Tx.Forget.
func (tb Table[T]) DeleteWhere(t *Tx, where dbx.Expression) (int64, error) {
	living := dbx.And(dbx.NewExp("[[deleted_at]] IS NULL"), where)
	r, err := t.Builder.Update(tb.Name, dbx.Params{"deleted_at": t.Now}, InTurn(tb.Name, living)).Execute()
	if err != nil {
		return 0, fmt.Errorf("delete from %s: %w", tb.Name, Mark(err))
	}
	return r.RowsAffected()
}

// SetWhere writes the same values into all living rows that fit, and nothing else. Caches are not told: see Tx.Forget.
func (tb Table[T]) SetWhere(t *Tx, values dbx.Params, where dbx.Expression) error {
	if tb.soft {
		where = dbx.And(dbx.NewExp("[[deleted_at]] IS NULL"), where)
	}
	if _, err := t.Builder.Update(tb.Name, values, InTurn(tb.Name, where)).Execute(); err != nil {
		return fmt.Errorf("update %s: %w", tb.Name, Mark(err))
	}
	return nil
}

// Purge removes a row for good.
func (tb Table[T]) Purge(t *Tx, v *T) error {
	tb.forget(t, v)
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

func (tb Table[T]) forget(t *Tx, v *T) {
	if tb.keys != nil {
		t.Forget(tb.keys(v)...)
	}
}

// NewID answers an id for a row: UUID version 7, so that new rows stand beside each other in an index.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
