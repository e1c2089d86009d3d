package store

import (
	"fmt"
	"time"
)

// Code is a row of codes: digits that were sent to somebody, who proves by them to read letters there.
type Code struct {
	Purpose   string // what it is for, with the address
	Hash      string
	Sent      int // codes sent for the purpose, each replaced the one before
	Missed    int // wrong guesses since the last one
	ExpiresAt time.Time
}

// FindCode answers the code for a purpose unless it has expired; ErrNotFound without one.
func FindCode(t *Tx, purpose string) (*Code, error) {
	if !t.Reads() { // a code is good once, and every miss counts
		if err := t.Lock("code " + purpose); err != nil {
			return nil, err
		}
	}
	c := Code{Purpose: purpose}
	err := t.One("SELECT hash, sent, missed, expires_at FROM codes WHERE purpose = ? AND expires_at > ?", []any{purpose, t.Now},
		&c.Hash, &c.Sent, &c.Missed, &c.ExpiresAt)
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// SaveCode writes the code of a purpose in place of any other.
func SaveCode(t *Tx, c *Code) error {
	_, err := t.Exec(`INSERT INTO codes (purpose, hash, sent, missed, expires_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (purpose)
		DO UPDATE SET hash = excluded.hash, sent = excluded.sent, missed = excluded.missed, expires_at = excluded.expires_at`,
		c.Purpose, c.Hash, c.Sent, c.Missed, c.ExpiresAt)
	if err != nil {
		return fmt.Errorf("save a code: %w", err)
	}
	return nil
}

// DropCode forgets the code of a purpose.
func DropCode(t *Tx, purpose string) error {
	_, err := t.Exec("DELETE FROM codes WHERE purpose = ?", purpose)
	return err
}

// PurgeCodes deletes the codes that have expired.
func PurgeCodes(t *Tx) error {
	_, err := t.Exec("DELETE FROM codes WHERE expires_at <= ?", t.Now)
	return err
}
