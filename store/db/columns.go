package db

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Columns are those of a table that a statement of its own reads, from the db tags of its row: nobody lists them by
// hand, and a new one is read wherever rows are.
type Columns[T any] struct {
	List   string // for SELECT
	fields [][]int
}

// Columns are all but some, read from the table under an alias.
func (tb Table[T]) Columns(alias string, but ...string) Columns[T] {
	for _, name := range but {
		if tb.at[name] == nil {
			panic(fmt.Sprintf("db: %s has no %s", tb.Name, name))
		}
	}
	var c Columns[T]
	var names []string
	for _, name := range tb.cols {
		if !slices.Contains(but, name) {
			names = append(names, alias+`."`+name+`"`)
			c.fields = append(c.fields, tb.at[name])
		}
	}
	c.List = strings.Join(names, ", ")
	return c
}

// Names are the columns of a struct of a row, or of a part of one, each after a prefix.
func Names[T any](prefix string) (names []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if name := f.Tag.Get("db"); name != "" && name != "-" {
			names = append(names, prefix+name)
		}
	}
	return names
}

// Into is where Scan puts the columns into a row, and after them into what else was selected.
func (c Columns[T]) Into(row *T, more ...any) []any {
	v := reflect.ValueOf(row).Elem()
	dest := make([]any, 0, len(c.fields)+len(more))
	for _, index := range c.fields {
		dest = append(dest, v.FieldByIndex(index).Addr().Interface())
	}
	return append(dest, more...)
}
