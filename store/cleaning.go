package store

import (
	"fmt"
	"time"
)

// Cleaning is a row of cleanings: what a rule of cleaning did last.
type Cleaning struct {
	Rule    string     `db:"rule" json:"rule"`
	BeganAt time.Time  `db:"began_at" json:"began_at"`
	EndedAt *time.Time `db:"ended_at" json:"ended_at"`     // nil: it is at it, or was cut off
	Rows    int64      `db:"rows_removed" json:"rows"`     // that it removed since it began
	Total   int64      `db:"rows_total" json:"rows_total"` // that it has ever removed
	Fault   string     `db:"fault" json:"fault"`           // why it came to no end; empty: it did, or is at it
}

// Cleanings is the table of Cleaning rows.
var Cleanings = NewTable[Cleaning]("cleanings")

// BeginCleaning notes that a rule begins; one that was cut off goes on.
func BeginCleaning(t *Tx, rule string) error {
	_, err := t.Exec(`INSERT INTO cleanings (rule, began_at, rows_removed, rows_total, fault) VALUES (?, ?, 0, 0, '')
		ON CONFLICT (rule) DO UPDATE SET
			began_at = CASE WHEN cleanings.ended_at IS NULL THEN cleanings.began_at ELSE excluded.began_at END,
			rows_removed = CASE WHEN cleanings.ended_at IS NULL THEN cleanings.rows_removed ELSE 0 END,
			ended_at = NULL, fault = ''`, rule, t.Now)
	if err != nil {
		return fmt.Errorf("note that cleaning begins: %w", err)
	}
	return nil
}

// NoteCleaned counts rows that a rule has removed in this transaction.
func NoteCleaned(t *Tx, rule string, n int64) error {
	if _, err := t.Exec("UPDATE cleanings SET rows_removed = rows_removed + ?, rows_total = rows_total + ? WHERE rule = ?",
		n, n, rule); err != nil {
		return fmt.Errorf("note what was cleaned: %w", err)
	}
	return nil
}

// EndCleaning notes that a rule has removed all that may go, or why not.
func EndCleaning(t *Tx, rule, fault string) error {
	if _, err := t.Exec("UPDATE cleanings SET ended_at = ?, fault = ? WHERE rule = ?", t.Now, fault, rule); err != nil {
		return fmt.Errorf("note that cleaning ended: %w", err)
	}
	return nil
}
