package store

import "fmt"

// EachRow gives scan the values of these columns in every row of a table, deleted ones too.
func EachRow(t *Tx, table string, columns []Column, scan func(values []any) error) error {
	if err := t.Plain("SELECT "+listed(columns)+" FROM "+table+" ORDER BY id", nil, scan); err != nil {
		return fmt.Errorf("read %s: %w", table, err)
	}
	return nil
}
