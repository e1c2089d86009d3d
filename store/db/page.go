package db

import (
	"fmt"

	"github.com/pocketbase/dbx"
)

// Slice is a part of a list: Limit rows from Offset on.
type Slice struct{ Offset, Limit int }

// Page answers a part of the living rows that fit, in that order, and how many there are in all. A list that ends in
// the part is not counted again.
func (tb Table[T]) Page(t *Tx, where dbx.Expression, s Slice, order ...string) ([]T, int, error) {
	rows := []T{}
	q := tb.Query(t).AndWhere(where).OrderBy(order...).Offset(int64(s.Offset)).Limit(int64(s.Limit))
	if err := q.All(&rows); err != nil {
		return nil, 0, fmt.Errorf("list %s: %w", tb.Name, Mark(err))
	}
	if len(rows) < s.Limit && (s.Offset == 0 || len(rows) > 0) {
		return rows, s.Offset + len(rows), nil
	}
	total, err := tb.Count(t, where)
	return rows, total, err
}
