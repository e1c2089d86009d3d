package store

import (
	"errors"
	"fmt"
	"time"
)

// Code is a row of codes: digits that were sent to an address, whose reader proves by them to read emails there. The
// row stays until it expires, so that what was sent and missed counts however many codes were asked for, and by whom.
type Code struct {
	Purpose   string // what it is for, with the address
	Hash      string
	ExpiresAt time.Time
}

// CodeLimits are how many codes go to an address, and how many wrong guesses are taken for it, until its last code
// expires.
type CodeLimits struct{ Sends, Misses int }

// SaveCode writes the code of a purpose in place of any other that has not expired. It says whether there was room
// for one more; one statement looks and counts, so that codes that are asked for at once are counted one after the
// other.
func SaveCode(t *Tx, c *Code, limits CodeLimits) (room bool, err error) {
	var sent int
	err = t.One(`INSERT INTO codes (purpose, hash, sent, missed, expires_at) VALUES (?, ?, 1, 0, ?)
		ON CONFLICT (purpose) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at,
			sent = CASE WHEN codes.expires_at > ? THEN codes.sent + 1 ELSE 1 END,
			missed = CASE WHEN codes.expires_at > ? THEN codes.missed ELSE 0 END
		WHERE codes.expires_at <= ? OR codes.sent < ? AND codes.missed < ? RETURNING sent`,
		[]any{c.Purpose, c.Hash, c.ExpiresAt, t.Now, t.Now, t.Now, limits.Sends, limits.Misses}, &sent)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("save a code: %w", err)
	}
	return true, nil
}

// TryCode counts a guess as a wrong one and returns the hash of the code, which DropCode forgets when the guess is
// right. ErrNotFound: there is no code, it has expired, or too many guesses were wrong.
func TryCode(t *Tx, purpose string, limits CodeLimits) (hash string, err error) {
	err = t.One(`UPDATE codes SET missed = missed + 1 WHERE purpose = ? AND expires_at > ? AND missed < ? RETURNING hash`,
		[]any{purpose, t.Now, limits.Misses}, &hash)
	return hash, err
}

// DropCode forgets the code of a purpose, and what was counted: whoever knew it reads the emails.
func DropCode(t *Tx, purpose string) error {
	_, err := t.Exec("DELETE FROM codes WHERE purpose = ?", purpose)
	return err
}
