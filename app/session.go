package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// HashKey is what the database keeps of a secret that a client shows: whoever reads the database can't use it.
func HashKey(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// SessionByKey returns the session whose cookie has that value, whether it has expired or not; store.ErrNotFound
// without one.
func (a *App) SessionByKey(ctx context.Context, key string) (*store.Session, error) {
	hash := HashKey(key)
	return store.Cached(a.DB, store.SessionKey(hash), func() (*store.Session, error) {
		return store.Sessions.Find(a.DB.Read(ctx), hash)
	})
}

// SessionEnds is when a session ends, if nothing is asked with it.
func (a *App) SessionEnds(s *store.Session) time.Time {
	end := s.ExpireDate
	sooner := func(from *time.Time, life time.Duration) {
		if from != nil && life > 0 && from.Add(life).Before(end) {
			end = from.Add(life)
		}
	}
	sooner(s.OpenedAt, a.Config.Sessions.Life())
	sooner(s.SeenAt, a.Config.Sessions.Idle())
	return end
}

// SessionLives says whether a session is good for anything.
func (a *App) SessionLives(s *store.Session) bool { return a.SessionEnds(s).After(a.DB.Now()) }

// TouchSession remembers that a session is used, where that keeps it: not each time, but often enough.
func (a *App) TouchSession(ctx context.Context, s *store.Session) error {
	idle, now := a.Config.Sessions.Idle(), store.Stamped(a.DB.Now())
	if idle == 0 || s.SeenAt != nil && now.Sub(*s.SeenAt) < max(idle/20, time.Minute) {
		return nil
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error { return store.SeeSession(t, s.SessionKey, now) })
}

// UserByID returns a person, from the cache if there.
func (a *App) UserByID(ctx context.Context, id string) (*store.User, error) {
	return store.Cached(a.DB, store.UserKey(id), func() (*store.User, error) {
		return store.Users.Find(a.DB.Read(ctx), id)
	})
}

// TokenByKey returns the API token with that value, valid or not; store.ErrNotFound without one.
func (a *App) TokenByKey(ctx context.Context, key string) (*store.APIToken, error) {
	hash := HashKey(key)
	return store.Cached(a.DB, store.TokenKey(hash), func() (*store.APIToken, error) {
		return store.APITokens.Get(a.DB.Read(ctx), dbx.HashExp{"token": hash})
	})
}

// mostAgent is how much is kept of what a client calls itself, in characters.
const mostAgent = 255

// TouchKey remembers when the call's key was used, from where and by what, to the minute: that is enough to find the
// ones that nobody needs, and no key has more written than that.
func (c *Call) TouchKey() error {
	now := store.Stamped(c.DB.Now())
	if c.Token.LastUsed != nil && now.Sub(*c.Token.LastUsed) < time.Minute {
		return nil
	}
	used := *c.Token
	used.LastUsed, used.LastAddress, used.LastAgent = &now, cut(c.IP, mostAgent), cut(c.UserAgent, mostAgent)
	return c.DB.Write(c, "", func(t *store.Tx) error {
		return store.APITokens.Set(t, &used, "last_used", "last_address", "last_agent")
	})
}
