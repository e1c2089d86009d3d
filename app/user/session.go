package user

import (
	"crypto/subtle"
	"encoding/json"
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// How long a session of the administrators' pages lasts from the sign-in, and what keys look like (Plane:
// settings/common.py, db/models/session.py). How long the others last say the settings: sessions.lifetime_hours.
const (
	AdminSessionLife = time.Hour
	sessionKeySize   = 128
)

// Device is what a session remembers of the client that opened it.
type Device struct {
	UserAgent string `json:"user_agent"`
	IPAddress string `json:"ip_address"`
	Domain    string `json:"domain"`
}

// SessionData is what a session keeps between the pages of a sign-in at a provider.
type SessionData struct {
	State    string  `json:"state,omitempty"`
	StateOf  string  `json:"state_of,omitempty"` // the provider that it was given to
	NextPath *string `json:"next_path,omitempty"`
	Host     string  `json:"host,omitempty"`
	// Invitations are those that were accepted by their links before there was anybody with the address.
	Invitations []string `json:"invitations,omitempty"`
	Flows       []Flow   `json:"flows,omitempty"`

	Factor *FactorSetup `json:"factor,omitempty"` // that is being set up
}

// DataOf reads what the call's session keeps; nothing without a session.
func DataOf(c *app.Call) SessionData {
	var d SessionData
	if c.Session != nil {
		kept := []byte(c.Session.SessionData)
		json.Unmarshal(kept, &d) //nolint:errcheck // an imported session's data is Django's: nothing of ours
	}
	return d
}

// begin opens a session for the person in place of the call's one, so that nobody can prepare a session for somebody
// else. What the old one kept stays, unless it was another person's. The key is for the cookie; the database has its
// hash.
func begin(t *store.Tx, c *app.Call, u *store.User, site string, life time.Duration) (key string, err error) {
	var from store.ProviderSession
	if c.Session != nil && c.Session.UserID != nil && *c.Session.UserID == u.ID {
		from = c.Session.ProviderSession
	}
	return beginFor(t, c, u, site, life, from)
}

// beginAt is begin for who signs in just now: at a provider, or, when that is empty, here.
func beginAt(t *store.Tx, c *app.Call, u *store.User, site string, at store.ProviderSession) (key string, err error) {
	if at.Issuer != "" {
		now := t.Now
		at.BeganAt = &now
	}
	return beginFor(t, c, u, site, c.Config.Sessions.Life(), at)
}

func beginFor(t *store.Tx, c *app.Call, u *store.User, site string, life time.Duration,
	from store.ProviderSession) (key string, err error) {
	var data SessionData
	if c.Session != nil {
		if c.Session.UserID == nil || *c.Session.UserID == u.ID {
			data = DataOf(c)
		}
		if err := store.Sessions.Purge(t, c.Session); err != nil {
			return "", err
		}
	}
	device, err := json.Marshal(Device{c.UserAgent, c.IP, site})
	if err != nil {
		return "", err
	}
	return open(t, &store.Session{UserID: &u.ID, DeviceInfo: device, ProviderSession: from}, data, life)
}

func open(t *store.Tx, s *store.Session, data SessionData, life time.Duration) (string, error) {
	doc, err := json.Marshal(data)
	if err != nil {
		return "", err
	}
	key := app.Random(sessionKeySize)
	s.SessionKey, s.SessionData, s.ExpireDate = app.HashKey(key), string(doc), t.Now.Add(life)
	s.OpenedAt, s.SeenAt = &t.Now, &t.Now
	return key, store.Sessions.Insert(t, s)
}

// Keep writes data into the call's session, or into a new one of nobody's. key is empty when the client has its cookie
// already.
func Keep(c *app.Call, data SessionData) (key string, err error) {
	err = c.Write(func(t *store.Tx) error {
		if c.Session == nil {
			key, err = open(t, &store.Session{}, data, c.Config.Sessions.Life())
			return err
		}
		doc, err := json.Marshal(data)
		if err != nil {
			return err
		}
		s := *c.Session
		s.SessionData = string(doc)
		return store.Sessions.Set(t, &s, "session_data")
	})
	return key, err
}

const maxHeld = 20

// Hold remembers in the call's session that an invitation was accepted by its link, for whoever signs up there next.
// key is as of Keep.
func Hold(c *app.Call, invitation string) (key string, err error) {
	data := DataOf(c)
	if len(data.Invitations) >= maxHeld {
		data.Invitations = data.Invitations[1:]
	}
	data.Invitations = append(slices.Clip(data.Invitations), invitation)
	return Keep(c, data)
}

// SpendState says whether a provider has brought back what the call's session was given to tell it from others'
// answers. It is good once, and for the provider that it was given to: of two answers at once that bring it one is
// right.
func SpendState(c *app.Call, provider, state string) (good bool, err error) {
	data := DataOf(c)
	if data.State == "" || data.StateOf != provider || subtle.ConstantTimeCompare([]byte(state), []byte(data.State)) != 1 {
		return false, nil
	}
	data.State, data.StateOf = "", ""
	doc, err := json.Marshal(data)
	if err != nil {
		return false, err
	}
	spent := *c.Session
	err = c.Write(func(t *store.Tx) error {
		good, err = store.ReplaceSessionData(t, &spent, string(doc))
		return err
	})
	c.Session = &spent
	return good, err
}

// SignOut ends the call's session.
func SignOut(c *app.Call) error {
	if c.Session == nil {
		return nil
	}
	return c.Write(func(t *store.Tx) error {
		if c.User != nil {
			u := *c.User
			u.LastLogoutIP, u.LastLogoutTime = c.IP, &t.Now
			if err := store.Users.Update(t, &u, "last_logout_ip", "last_logout_time"); err != nil {
				return err
			}
		}
		if c.User != nil {
			if err := app.Note(t, app.Deed{Event: app.SignedOut, Target: app.Person(c.User.ID)}); err != nil {
				return err
			}
		}
		return store.Sessions.Purge(t, c.Session)
	})
}
