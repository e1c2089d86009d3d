package store

import (
	"database/sql"
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

	ProviderSession
}

// ProviderSession is the session of a provider at which one here began; empty for one that began here. SignOut is
// where a browser ends that one, sealed; empty when it stays.
type ProviderSession struct {
	Issuer  string     `db:"provider_issuer"`
	Subject string     `db:"provider_subject"`
	SID     string     `db:"provider_sid"`
	SignOut string     `db:"provider_sign_out"`
	BeganAt *time.Time `db:"provider_began_at"`
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

// EndSessions deletes all sessions of a person, and sign-ins that are under way; sessions stay of which the key is
// that (none: "").
func EndSessions(t *Tx, user, except string) error {
	if err := EndHalfway(t, user); err != nil {
		return err
	}
	_, err := endSessions(t, "user_id = ? AND session_key <> ?", user, except)
	return err
}

// EndProviderSessions deletes the sessions that began at one of a provider until then: at that session of it or,
// where it does not say at which, at any of that person. It returns how many there were, by person.
func EndProviderSessions(t *Tx, p ProviderSession, until time.Time) (map[string]int, error) {
	where := "provider_issuer = ? AND provider_issuer <> '' AND provider_began_at <= ?"
	if p.SID != "" {
		return endSessions(t, where+" AND provider_sid = ? AND provider_sid <> '' AND (? = '' OR provider_subject = ?)",
			p.Issuer, until, p.SID, p.Subject, p.Subject)
	}
	return endSessions(t, where+" AND provider_subject = ?", p.Issuer, until, p.Subject)
}

func endSessions(t *Tx, where string, args ...any) (map[string]int, error) {
	people := map[string]int{}
	err := t.Each("DELETE FROM sessions WHERE "+where+" RETURNING session_key, COALESCE(CAST(user_id AS TEXT), '')", args,
		func(rows *sql.Rows) error {
			var key, user string
			if err := rows.Scan(&key, &user); err != nil {
				return err
			}
			t.Forget(SessionKey(key))
			people[user]++
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("end sessions: %w", err)
	}
	return people, nil
}

// SeeSession notes that a session was used, unless it has ended meanwhile.
func SeeSession(t *Tx, hash string, at time.Time) error {
	if _, err := t.Exec("UPDATE sessions SET seen_at = ? WHERE session_key = ?", at, hash); err != nil {
		return fmt.Errorf("note that a session is used: %w", err)
	}
	t.Forget(SessionKey(hash))
	return nil
}
