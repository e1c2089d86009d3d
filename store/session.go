package store

import "time"

// Session is a row of sessions.
type Session struct {
	SessionData string    `db:"session_data"`
	ExpireDate  time.Time `db:"expire_date"`
	DeviceInfo  NullJSON  `db:"device_info"`
	SessionKey  string    `db:"session_key"`
	UserID      *string   `db:"user_id"`
}

// Sessions is the table of Session rows.
var Sessions = NewTable("sessions", func(s *Session) []string { return []string{SessionKey(s.SessionKey)} })

// SessionKey is where the cache keeps a session; hash is the row's session_key.
func SessionKey(hash string) string { return "session:" + hash }
