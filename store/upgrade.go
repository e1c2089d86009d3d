package store

import (
	"database/sql"
	"fmt"
	"strings"
)

// SanitizedText is a row's id and the value of one of its columns.
type SanitizedText struct{ ID, Text string }

// TextsToSanitize returns the next rows of a table, deleted ones too, that have a value in a column, in the order of
// their ids. told narrows rows of a history to those that tell of a text.
func TextsToSanitize(t *Tx, table, column string, told bool, after string, limit int) ([]SanitizedText, error) {
	where := "1 = 1"
	if told {
		where = "field IN ('comment', 'description')"
	}
	var rows []SanitizedText
	err := t.Each("SELECT id, CAST("+column+" AS TEXT) FROM "+table+" WHERE id > ? AND "+column+" IS NOT NULL AND "+where+
		" ORDER BY id LIMIT ?", []any{after, limit}, func(r *sql.Rows) error {
		var k SanitizedText
		err := r.Scan(&k.ID, &k.Text)
		rows = append(rows, k)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read %s of %s: %w", column, table, err)
	}
	return rows, nil
}

// SetSanitizedText writes columns of a row, and nothing of when or by whom.
func SetSanitizedText(t *Tx, table, id string, columns []string, values ...any) error {
	if _, err := t.Exec("UPDATE "+table+" SET "+strings.Join(columns, " = ?, ")+" = ? WHERE id = ?",
		append(values, id)...); err != nil {
		return fmt.Errorf("write %s: %w", table, err)
	}
	return nil
}

// PendingUpgrade says whether the data still waits for an upgrade.
func PendingUpgrade(t *Tx, name string) (bool, error) {
	var n int
	err := t.One("SELECT COUNT(*) FROM upgrades WHERE name = ?", []any{name}, &n)
	return n > 0, err
}

// FinishUpgrade notes that an upgrade is done.
func FinishUpgrade(t *Tx, name string) error {
	_, err := t.Exec("DELETE FROM upgrades WHERE name = ?", name)
	return err
}
