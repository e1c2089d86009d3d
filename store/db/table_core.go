package db

import (
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/pocketbase/dbx"
)

// table is what is known of a table, and what works for any: it reads and writes rows by reflection. Table is its typed
// shell, of which the compiler makes one for each of a hundred tables: it is kept thin.
type table struct {
	Name  string
	cols  []string         // in the order of the struct
	at    map[string][]int // column -> field index
	text  map[string]bool  // columns of texts that are no ids
	pk    string           // id, but for sessions
	soft  bool             // has deleted_at
	keys  func(row any) []string
	watch *watch // nil: nobody is told of its rows
}

func newTable(name string, row reflect.Type) *table {
	tb := &table{Name: name, at: map[string][]int{}, text: map[string]bool{}, pk: "id"}
	for _, f := range reflect.VisibleFields(row) {
		col := f.Tag.Get("db")
		if col == "" {
			continue
		}
		tb.cols = append(tb.cols, col)
		tb.at[col] = f.Index
		text := f.Type == reflect.TypeFor[string]() || f.Type == reflect.TypeFor[*string]()
		tb.text[col] = text && col != "id" && !strings.HasSuffix(col, "_id")
	}
	_, tb.soft = tb.at["deleted_at"]
	if _, ok := tb.at["id"]; !ok {
		tb.pk = "session_key"
	}
	return tb
}

// Query selects living rows; add conditions, joins and order to it, then One or All.
func (tb *table) Query(t *Tx) *dbx.SelectQuery {
	q := tb.QueryAll(t)
	if tb.soft {
		q.Where(dbx.NewExp("[[" + tb.Name + ".deleted_at]] IS NULL"))
	}
	return q
}

// QueryAll selects living and deleted rows.
func (tb *table) QueryAll(t *Tx) *dbx.SelectQuery {
	return t.Select(tb.Name + ".*").From(tb.Name)
}

// find selects by the key.
func (tb *table) find(t *Tx, id string) *dbx.SelectQuery {
	return tb.Query(t).AndWhere(dbx.HashExp{tb.Name + "." + tb.pk: id})
}

// first selects what fits in that order.
func (tb *table) first(t *Tx, where dbx.Expression, order []string) *dbx.SelectQuery {
	return tb.Query(t).AndWhere(where).OrderBy(tb.bytewise(t, order)...)
}

// one reads the first row of a query into row; ErrNotFound without one.
func (tb *table) one(q *dbx.SelectQuery, row any) error {
	err := q.Limit(1).One(row)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", tb.Name, Mark(err))
	}
	return nil
}

// all reads the rows of a query into rows, a pointer to a slice.
func (tb *table) all(q *dbx.SelectQuery, rows any) error {
	if err := q.All(rows); err != nil {
		return fmt.Errorf("list %s: %w", tb.Name, Mark(err))
	}
	return nil
}

// bytewise lets Postgres sort texts as SQLite does, by their bytes, and not by the language that its server was set up
// with.
func (tb *table) bytewise(t *Tx, order []string) []string {
	if !t.db.Postgres {
		return order
	}
	sorted := slices.Clone(order)
	for i, by := range order {
		if col, direction, _ := strings.Cut(by, " "); tb.text[col] {
			sorted[i] = strings.TrimSuffix(`([[`+tb.Name+"."+col+`]] COLLATE "C") `+direction, " ")
		}
	}
	return sorted
}

// key is the key of a row, which row points to.
func (tb *table) key(row any) string {
	return reflect.ValueOf(row).Elem().FieldByIndex(tb.at[tb.pk]).String()
}

// page reads a part of the rows that fit into rows, a pointer to a slice. A list that ends in the part is not counted
// again.
func (tb *table) page(t *Tx, where dbx.Expression, s ListPart, order []string, rows any) (total int, err error) {
	q := tb.Query(t).AndWhere(where).OrderBy(order...).Offset(int64(s.Offset)).Limit(int64(s.Limit))
	if err := tb.all(q, rows); err != nil {
		return 0, err
	}
	if n := reflect.ValueOf(rows).Elem().Len(); n < s.Limit && (s.Offset == 0 || n > 0) {
		return s.Offset + n, nil
	}
	return tb.Count(t, where)
}

// Count says how many rows fit.
func (tb *table) Count(t *Tx, where dbx.Expression) (int, error) {
	var n int
	if err := tb.Query(t).Select("COUNT(*)").AndWhere(where).Row(&n); err != nil {
		return 0, fmt.Errorf("count %s: %w", tb.Name, Mark(err))
	}
	return n, nil
}

// Exists says whether any row fits.
func (tb *table) Exists(t *Tx, where dbx.Expression) (bool, error) {
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

// DeleteWhere marks all living rows that fit as deleted and says how many there were. Caches are not told: see
// Tx.Forget.
func (tb *table) DeleteWhere(t *Tx, where dbx.Expression) (int64, error) {
	living := dbx.And(dbx.NewExp("[[deleted_at]] IS NULL"), where)
	r, err := t.Builder.Update(tb.Name, dbx.Params{"deleted_at": t.Now}, InTurn(tb.Name, living)).Execute()
	if err != nil {
		return 0, fmt.Errorf("delete from %s: %w", tb.Name, Mark(err))
	}
	return r.RowsAffected()
}

// SetWhere writes the same values into all living rows that fit, and nothing else. Caches are not told: see Tx.Forget.
func (tb *table) SetWhere(t *Tx, values dbx.Params, where dbx.Expression) error {
	if tb.soft {
		where = dbx.And(dbx.NewExp("[[deleted_at]] IS NULL"), where)
	}
	if _, err := t.Builder.Update(tb.Name, values, InTurn(tb.Name, where)).Execute(); err != nil {
		return fmt.Errorf("update %s: %w", tb.Name, Mark(err))
	}
	return nil
}

// NewID returns an id for a row: UUID version 7, so that new rows stand beside each other in an index.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
