package user

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// SessionInfo is a session as its owner, and those who run the installation, see it.
type SessionInfo struct {
	ID        string    `json:"id"` // names it among the person's; it is nothing to sign in with
	UserAgent string    `json:"user_agent"`
	IP        string    `json:"ip"`   // of whoever signed in
	Site      string    `json:"site"` // the frontend that they came to: the app's, or the administrators' pages
	Expires   time.Time `json:"expires"`
	Current   bool      `json:"-"` // it is the one that was passed to ListSessions
}

// sessionIDSize is how much of a key's hash names a session: 64 bits.
const sessionIDSize = 16

// ListSessions returns a person's sessions that have not expired, the one that lasts longest first. current is the
// caller's own, if the caller has one.
func ListSessions(ctx context.Context, a *app.App, u *store.User, current *store.Session) ([]SessionInfo, error) {
	rows, err := liveSessions(a.DB.Read(ctx), a, u)
	if err != nil {
		return nil, err
	}
	list := make([]SessionInfo, len(rows))
	for i, s := range rows {
		var d Device
		if len(s.DeviceInfo) > 0 {
			json.Unmarshal(s.DeviceInfo, &d) //nolint:errcheck // an imported session's may be Django's: nothing is known
		}
		list[i] = SessionInfo{ID: sessionID(&s), UserAgent: d.UserAgent, IP: d.IPAddress, Site: d.Domain,
			Expires: a.SessionEnds(&s), Current: current != nil && current.SessionKey == s.SessionKey}
	}
	return list, nil
}

func liveSessions(t *store.Tx, a *app.App, u *store.User) ([]store.Session, error) {
	rows, err := store.Sessions.List(t, dbx.HashExp{"user_id": u.ID}, "expire_date DESC")
	live := rows[:0]
	for _, s := range rows {
		if a.SessionLives(&s) {
			live = append(live, s)
		}
	}
	return live, err
}

func sessionID(s *store.Session) string { return s.SessionKey[:min(sessionIDSize, len(s.SessionKey))] }

// EndSession ends the one of a person's sessions that the id names (see SessionInfo); store.ErrNotFound if there is
// none.
func EndSession(ctx context.Context, a *app.App, u *store.User, id string) error {
	return a.DB.Write(ctx, u.ID, func(t *store.Tx) error {
		rows, err := liveSessions(t, a, u)
		if err != nil {
			return err
		}
		for i := range rows {
			if strings.EqualFold(sessionID(&rows[i]), id) {
				if err := store.Sessions.Purge(t, &rows[i]); err != nil {
					return err
				}
				return app.Note(t, app.Deed{Event: app.SessionEnded, Target: app.Person(u.ID), More: ended(&rows[i])})
			}
		}
		return store.ErrNotFound
	})
}

// EndSessions ends a person's sessions, but for the caller's own if that is given, and returns how many there were.
func EndSessions(ctx context.Context, a *app.App, u *store.User, but *store.Session) (n int, err error) {
	keep := ""
	if but != nil {
		keep = but.SessionKey
	}
	err = a.DB.Write(ctx, u.ID, func(t *store.Tx) error {
		rows, err := liveSessions(t, a, u)
		if err != nil {
			return err
		}
		n = 0
		for _, s := range rows {
			if s.SessionKey != keep {
				n++
			}
		}
		if err := store.EndSessions(t, u.ID, keep); err != nil || n == 0 {
			return err
		}
		return app.Note(t, app.Deed{Event: app.SessionsEnded, Target: app.Person(u.ID), More: map[string]any{"count": n}})
	})
	return n, err
}

// ended is what the audit log keeps of a session.
func ended(s *store.Session) map[string]any {
	var d Device
	if len(s.DeviceInfo) > 0 {
		json.Unmarshal(s.DeviceInfo, &d) //nolint:errcheck // as above
	}
	return map[string]any{"session": sessionID(s), "ip_address": d.IPAddress, "user_agent": d.UserAgent}
}
