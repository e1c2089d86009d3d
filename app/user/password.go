package user

import (
	"context"
	"fmt"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/password"
	"github.com/sailplane/sailplane/app/zxcvbn"
	"github.com/sailplane/sailplane/store"
)

// Strong says whether a password is good enough for the reference: three of zxcvbn's four points.
func Strong(plain string) bool { return zxcvbn.Score(plain) >= 3 }

func hash(plain string) (string, error) {
	h, err := password.Hash(plain)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return h, nil
}

// hashOrRandom hashes a password; without one it makes one that nobody knows, and says so.
func hashOrRandom(plain string) (hashed string, random bool, err error) {
	if random = plain == ""; random {
		plain = app.Random(32)
	}
	hashed, err = hash(plain)
	return hashed, random, err
}

// Secure gives a person who is not written yet a password.
func Secure(u *store.User, plain string) (err error) {
	u.Password, err = hash(plain)
	return err
}

const missesWindow = 15 * time.Minute

// Try is Check for whoever asks over the network. Wrong passwords count for the account, however many clients send
// them. The network from which the person came in last has a count of its own: strangers lock nobody out of where
// they usually are, and elsewhere a code or a reset by mail works on.
func Try(c *app.Call, u *store.User, plain string) (bool, error) {
	ok, err := try(c, u, plain)
	return ok, keptOut(c, u, ok, err)
}

// try is Try that does not tell the log of a wrong password: there may be another place that knows it.
func try(c *app.Call, u *store.User, plain string) (bool, error) {
	right, err := Guessing(c, u)
	if err != nil {
		return false, err
	}
	if ok, err := Check(u, plain); err != nil || !ok {
		return false, err
	}
	return true, right()
}

// Guessing counts a guess at a person's password before it is known whether it is right, so that tries at once all
// count. right takes it back.
func Guessing(c *app.Call, u *store.User) (right func() error, err error) {
	key := "password:" + u.ID
	if u.LastLoginIP != "" && app.Network(u.LastLoginIP) == app.Network(c.IP) {
		key += ":home"
	}
	return GuessingAt(c, key, app.Person(u.ID))
}

// GuessingAt is Guessing for what has no account here.
func GuessingAt(c *app.Call, key string, whose app.Target) (right func() error, err error) {
	most := c.Config.Limits.PasswordMisses
	if most <= 0 {
		return func() error { return nil }, nil
	}
	left, _, err := c.Limits().Take(c, key, most, missesWindow)
	if err != nil {
		return nil, err
	}
	if left < 0 {
		return nil, c.KeptOutOf(whose, app.TriedOften, app.Coded("RATE_LIMIT_EXCEEDED"))
	}
	return func() error { return c.Limits().Give(c, key, missesWindow) }, nil
}

// keptOut tells the log of a wrong password.
func keptOut(c *app.Call, u *store.User, ok bool, err error) error {
	if ok || err != nil {
		return err
	}
	return c.KeptOutOf(app.Person(u.ID), app.TriedPassword, nil)
}

// Check says whether the password is the person's. A hash of an older kind, as an import leaves it, is renewed in u;
// whoever signs the person in writes it.
func Check(u *store.User, plain string) (bool, error) {
	ok, stale := password.Verify(u.Password, plain)
	if !ok || !stale {
		return ok, nil
	}
	renewed, err := hash(plain)
	if err == nil {
		u.Password = renewed
	}
	return ok, err
}

// SetPassword gives a person a password and ends all their sessions. A weak one is refused.
func SetPassword(ctx context.Context, a *app.App, u *store.User, plain string) error {
	return setPassword(ctx, a, u, plain, func(*store.Tx, *store.User) error { return nil })
}

// setPassword is SetPassword that does something else before.
func setPassword(ctx context.Context, a *app.App, u *store.User, plain string,
	before func(*store.Tx, *store.User) error) error {
	if !Strong(plain) {
		return app.Coded("PASSWORD_TOO_WEAK")
	}
	hashed, err := hash(plain)
	if err != nil {
		return err
	}
	changed := *u
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := before(t, &changed); err != nil {
			return err
		}
		changed.Password, changed.IsPasswordAutoset = hashed, false
		if err := store.Users.Update(t, &changed, provenColumns...); err != nil {
			return err
		}
		if err := notePassword(t, u.ID); err != nil {
			return err
		}
		return store.EndSessions(t, u.ID, "")
	})
}

// notePassword notes that somebody has another password, and is signed out everywhere with the old one. Who has shown a
// link for it is them.
func notePassword(t *store.Tx, user string) error {
	d := app.Deed{Event: app.PasswordChanged, Target: app.Person(user)}
	if app.Nameless(t) {
		d.By = user
	}
	return app.Note(t, d)
}
