package plane

import (
	"context"
	"encoding/json"
	"errors"
	"io"
)

// Columns are those of a table that Plane has.
func Columns(table string) []string { return taken[table] }

// EachRowOf reads a dump, and nothing more.
func EachRowOf(ctx context.Context, r io.Reader, visit func(table string, columns []string, row [][]byte)) error {
	o := Order{Input: r}
	return o.eachBlock(ctx, func(b block) error {
		for {
			row, err := b.next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			plain := make([][]byte, len(row))
			for i, f := range row {
				plain[i] = f
			}
			visit(b.table, b.columns, plain)
		}
	})
}

// ArrayThereAndBack writes texts as an array of Postgres, and reads that.
func ArrayThereAndBack(texts []string) (back []string, err error) {
	doc, err := json.Marshal(append([]string{}, texts...))
	if err != nil {
		return nil, err
	}
	there, err := arrayOf(string(doc))
	if err != nil {
		return nil, err
	}
	doc2, err := array(there)
	if err != nil {
		return nil, err
	}
	return back, json.Unmarshal([]byte(doc2), &back)
}
