package store

import (
	"database/sql"
	"fmt"
)

// The marks of an installation: what each of its nodes has to have in common.
const (
	MarkSecret  = "secret"  // a tag that the secret makes
	MarkStorage = "storage" // the name of the place where files are kept
)

// Marks returns the marks that have been made, by name.
func Marks(t *Tx) (map[string]string, error) {
	marks := map[string]string{}
	err := t.Each("SELECT name, value FROM marks", nil, func(rows *sql.Rows) error {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return err
		}
		marks[name] = value
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the marks of the installation: %w", err)
	}
	return marks, nil
}

// PutMark makes a mark, in place of the one of that name.
func PutMark(t *Tx, name, value string) error {
	_, err := t.Exec(`INSERT INTO marks (name, value, noted_at) VALUES (?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value, noted_at = excluded.noted_at`, name, value, t.Now)
	if err != nil {
		return fmt.Errorf("mark the installation: %w", err)
	}
	return nil
}

// RemoveMark removes a mark: the next server that starts makes it anew.
func RemoveMark(t *Tx, name string) error {
	if _, err := t.Exec("DELETE FROM marks WHERE name = ?", name); err != nil {
		return fmt.Errorf("unmark the installation: %w", err)
	}
	return nil
}
