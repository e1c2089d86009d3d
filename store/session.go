package store

import (
	"fmt"
	"time"
)

// Session is a row of sessions.
type Session struct {
	SessionData string    `db:"session_data"`
	ExpireDate  time.Time `db:"expire_date"`
	DeviceInfo  NullJSON  `db:"device_info"`
	SessionKey  string    `db:"session_key"`
	UserID      *string   `db:"user_id"`

	OpenedAt *time.Time `db:"opened_at"` // nil: before this was kept
	SeenAt   *time.Time `db:"seen_at"`   // when it was used, give or take; see app.TouchSession
}

// Sessions is the table of Session rows.
var Sessions = NewTable("sessions", func(s *Session) []string { return []string{SessionKey(s.SessionKey)} })

// SessionKey is where the cache keeps a session; hash is the row's session_key.
func SessionKey(hash string) string { return "session:" + hash }

// ReplaceSessionData gives a session other data unless somebody else did so since it was read.
func ReplaceSessionData(t *Tx, s *Session, data string) (bool, error) {
	r, err := t.Exec("UPDATE sessions SET session_data = ? WHERE session_key = ? AND session_data = ?",
		data, s.SessionKey, s.SessionData)
	if err != nil {
		return false, fmt.Errorf("write a session's data: %w", err)
	}
	t.Forget(SessionKey(s.SessionKey))
	s.SessionData = data
	n, err := r.RowsAffected()
	return n == 1, err
}

// EndSessions deletes all sessions of a person; sessions stay of which the key is that (none: "").
func EndSessions(t *Tx, user, except string) error {
	rows, err := t.Rows("DELETE FROM sessions WHERE user_id = ? AND session_key <> ? RETURNING session_key", user, except)
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
		t.Forget(SessionKey(key))
	}
	return rows.Err()
}

// SeeSession notes that a session was used, unless it has ended meanwhile.
func SeeSession(t *Tx, hash string, at time.Time) error {
	if _, err := t.Exec("UPDATE sessions SET seen_at = ? WHERE session_key = ?", at, hash); err != nil {
		return fmt.Errorf("note that a session is used: %w", err)
	}
	t.Forget(SessionKey(hash))
	return nil
}
