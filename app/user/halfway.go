package user

import (
	"errors"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user/factor"
	"github.com/sailplane/sailplane/store"
)

// A sign-in of somebody who has a second factor, or has to have one, halts after the first one: no session begins,
// and the browser is given the key of a row that keeps what the session is to begin with. Nothing else is known by
// that key, and it is known nowhere but on the page that asks for the second factor.

// Halt is what such a sign-in comes to: an error, so that whoever does not know of it lets nobody in.
type Halt struct{ Key string }

func (*Halt) Error() string { return "the sign-in waits for a second factor" }

// Halted is the error of a sign-in that has halted, or another one.
func Halted(halt *Halt, err error) error {
	if err == nil && halt != nil {
		return halt
	}
	return err
}

// HalfwayLife is how long somebody may take to show their second factor.
const HalfwayLife = 10 * time.Minute

const (
	halfwayKeySize = 64
	mostHalfway    = 5 // sign-ins of a person that wait at a time
)

// LeadOn notes for a sign-in that halts where the browser goes on once it has come to its end; other errors pass.
func LeadOn(c *app.Call, err error, onward string) error {
	var halt *Halt
	if !errors.As(err, &halt) {
		return err
	}
	if failed := c.DB.Write(c, "", func(t *store.Tx) error {
		return store.LeadHalfway(t, app.HashKey(halt.Key), onward)
	}); failed != nil {
		return failed
	}
	return err
}

// waits says whether somebody who has proved who they are has to show a second factor, too: one that they have,
// unless the browser is remembered, or one that they have to set up.
func waits(t *store.Tx, c *app.Call, u *store.User) (bool, error) {
	policy, err := FactorPolicy(t, c.App)
	if err != nil || policy == app.FactorOff {
		return false, err
	}
	f, err := factorOf(t, u.ID)
	if err != nil {
		return false, err
	}
	if f == nil {
		w, err := wanting(t, policy, u.ID)
		return w.Any(), err
	}
	known, err := remembered(t, c, u)
	return !known, err
}

// halt keeps a sign-in until the second factor is shown.
func (e entry) halt(t *store.Tx, c *app.Call, u *store.User) (*Halt, error) {
	if err := store.Users.Update(t, u, settledColumns...); err != nil {
		return nil, err
	}
	rows, err := store.HalfwaySignIns.List(t, dbx.HashExp{"user_id": u.ID}, "expires_at DESC", "id")
	if err != nil {
		return nil, err
	}
	for i := mostHalfway - 1; i < len(rows); i++ {
		if err := store.HalfwaySignIns.Purge(t, &rows[i]); err != nil {
			return nil, err
		}
	}
	halt := &Halt{app.Random(halfwayKeySize)}
	return halt, store.HalfwaySignIns.Insert(t, &store.HalfwaySignIn{UserID: u.ID, TokenHash: app.HashKey(halt.Key),
		PasswordTag: passwordTag(c.App, u), Administers: e.administers, Medium: e.medium, Site: e.site,
		FirstName: e.first, LastName: e.last, ExpiresAt: t.Now.Add(HalfwayLife), ProviderSession: e.elsewhere})
}

// Halfway is a sign-in that waits for a second factor.
type Halfway struct {
	User    *store.User
	Has     bool    // a second factor; else one is to be set up
	Wanting Wanting // why
	row     *store.HalfwaySignIn
}

// HalfwayOf returns the sign-in that a browser's key is of; ErrFactorOver without one.
func HalfwayOf(c *app.Call, key string) (Halfway, error) {
	return halfwayOf(c.Read(), c, key)
}

func halfwayOf(t *store.Tx, c *app.Call, key string) (h Halfway, err error) {
	if key == "" {
		return h, ErrFactorOver
	}
	h.row, err = store.HalfwaySignIns.Get(t, dbx.HashExp{"token_hash": app.HashKey(key)})
	if err == nil {
		h.User, err = store.Users.Find(t, h.row.UserID)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return h, ErrFactorOver
	case err != nil:
		return h, err
	case !h.row.ExpiresAt.After(c.DB.Now()), h.row.PasswordTag != passwordTag(c.App, h.User):
		return h, ErrFactorOver
	case h.User.MaskedAt != nil:
		return h, app.Coded("USER_ACCOUNT_DEACTIVATED")
	}
	f, err := factorOf(t, h.User.ID)
	if err != nil || f != nil {
		h.Has = true
		return h, err
	}
	policy, err := FactorPolicy(t, c.App)
	if err != nil {
		return h, err
	}
	h.Wanting, err = wanting(t, policy, h.User.ID)
	return h, err
}

// Secret is what the codes of the factor are made of that is set up on the way in; it is made when it is asked for
// first, and is this sign-in's only.
func (h Halfway) Secret(c *app.Call) (string, error) {
	if h.Has {
		return "", ErrFactorOver
	}
	if h.row.Secret != "" {
		return c.Unseal(h.row.Secret)
	}
	secret := factor.NewSecret()
	h.row.Secret = c.Seal(secret)
	return secret, c.DB.Write(c, "", func(t *store.Tx) error { return store.HalfwaySignIns.Set(t, h.row, "secret") })
}

// Arrived is a sign-in that has come to its end.
type Arrived struct {
	Key         string // of the session
	Administers bool   // it is one of the administrators' pages
	Onward      string // where the browser goes on; empty: nobody has said
	Codes       []string
}

// Finish begins the session of a sign-in that has waited, for who shows the second factor, or has set it up.
// remembers says that the browser is not to be asked for a while.
func Finish(c *app.Call, key, typed string, remembers bool) (in Arrived, err error) {
	h, err := HalfwayOf(c, key)
	if err != nil {
		return in, err
	}
	right, err := guessing(c, h.User, typed)
	if err != nil {
		return in, err
	}
	err = h.finish(c, key, remembers, &in, func(t *store.Tx, now Halfway) (how string, err error) {
		if now.Has != h.Has {
			return "", ErrFactorOver // it was set up, or taken away, in between
		}
		if now.Has {
			return spendFactor(t, c.App, now.User, typed)
		}
		secret, err := c.Unseal(now.row.Secret)
		if err != nil {
			return "", err
		}
		step, ok := factor.Match(secret, factor.Plain(typed), t.Now)
		if !ok {
			return "", nil
		}
		in.Codes, err = setFactor(t, c.App, now.User, secret, step)
		return byCode, err
	})
	if errors.Is(err, ErrFactor) {
		return Arrived{}, c.KeptOutOf(app.Person(h.User.ID), app.TriedFactor, err)
	}
	if err != nil {
		return Arrived{}, err
	}
	return in, right()
}

// finish begins the session of a sign-in that is good once. show says how the second factor was shown; empty: it was
// not, and the sign-in waits on.
func (h Halfway) finish(c *app.Call, key string, remembers bool, in *Arrived,
	show func(t *store.Tx, now Halfway) (how string, err error)) error {
	address, err := c.Address(c)
	if err != nil {
		return err
	}
	given := c.Browser
	return c.DB.Write(c, "", func(t *store.Tx) error {
		c.Browser = given
		now, err := halfwayOf(t, c, key)
		if err != nil {
			return err
		}
		ok, err := store.SpendHalfway(t, now.row.TokenHash)
		if err != nil {
			return err
		}
		if !ok {
			return ErrFactorOver
		}
		how, err := show(t, now)
		switch {
		case err != nil:
			return err
		case how == "":
			return ErrFactor
		}
		err = app.Note(t, app.Deed{Event: app.FactorPassed, Target: app.Person(now.User.ID), By: now.User.ID,
			More: map[string]any{"how": how}})
		if err != nil {
			return err
		}
		e := entry{medium: now.row.Medium, site: now.row.Site, administers: now.row.Administers,
			elsewhere: now.row.ProviderSession, first: now.row.FirstName, last: now.row.LastName}
		in.Administers, in.Onward = e.administers, now.row.Onward
		if e.administers { // the call's session is one of the app, and stays
			session := c.Session
			c.Session = nil
			defer func() { c.Session = session }()
		}
		if in.Key, err = e.arrive(t, c, now.User, address); err != nil || !remembers {
			return err
		}
		return remember(t, c, now.User)
	})
}
