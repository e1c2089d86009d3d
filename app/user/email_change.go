package user

import (
	"errors"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// The code for another address is bound to the person who asked for it and to the address. What is sent there and
// guessed is also counted for the address alone: several accounts together get no more for it than one.
func changePurpose(user, email string) string { return "change " + user + " " + email }

func anyChange(email string) string { return "change " + email }

func saveChange(t *store.Tx, user, email, code string) (room bool, err error) {
	if room, err = saveCode(t, anyChange(email), ""); err != nil || !room {
		return room, err
	}
	return saveCode(t, changePurpose(user, email), code)
}

func guessChange(t *store.Tx, user, email, code string) (verdict, error) {
	v, err := guess(t, changePurpose(user, email), code)
	if err != nil || v == expired {
		return v, err
	}
	_, err = store.TryCode(t, anyChange(email), codeLimits)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return expired, nil
	case err == nil && v == right:
		err = store.DropCode(t, anyChange(email))
	}
	return v, err
}

func newAddress(c *app.Call, raw string) (email string, err error) {
	email, ok := app.CleanEmail(raw)
	switch {
	case email == "":
		return "", app.Refuse(app.Invalid, "Email is required")
	case !ok:
		return "", app.Refuse(app.Invalid, "Invalid email format")
	case c.User.Email != nil && email == *c.User.Email:
		return "", app.Refuse(app.Invalid, "New email must be different from current email")
	}
	taken, err := store.Users.Exists(c.Read(), dbx.HashExp{"email": email})
	if err == nil && taken {
		return "", errEmailTaken
	}
	return email, err
}

var errEmailTaken = app.Refuse(app.Invalid, "An account with this email already exists")

// SendChangeCode sends a code to the address that the caller wants to have.
func SendChangeCode(c *app.Call, raw string) error {
	email, err := newAddress(c, raw)
	if err != nil {
		return err
	}
	code, err := newCode()
	if err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error {
		room, err := saveChange(t, c.User.ID, email, code)
		if err != nil {
			return err
		}
		if !room {
			return app.Refuse(app.TooMany, "Too many codes were sent to this address. Try again in some minutes.")
		}
		return mail.Enqueue(c.App, t, email, "email-change", map[string]string{"code": code})
	})
}

// ChangeEmail gives the caller another address by the code that was sent there, tells both addresses, and ends the
// session.
func ChangeEmail(c *app.Call, raw, code string) (*store.User, error) {
	email, err := newAddress(c, raw)
	if err != nil {
		return nil, err
	}
	if code = strings.TrimSpace(code); code == "" {
		return nil, app.Refuse(app.Invalid, "Verification code is required")
	}
	var v verdict
	err = c.Write(func(t *store.Tx) error {
		v, err = guessChange(t, c.User.ID, email, code)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case v == expired:
		return nil, app.Refuse(app.Invalid, "Verification code has expired or is invalid")
	case v == wrong:
		return nil, app.Refuse(app.Invalid, "Invalid verification code")
	}
	u := *c.User
	err = c.Write(func(t *store.Tx) error {
		u.Email, u.IsEmailVerified, u.EmailProven = &email, false, true // unverified as in the reference
		if err := store.Users.Update(t, &u, "email", "is_email_verified", "email_proven"); err != nil {
			return err
		}
		for _, to := range []*string{&email, c.User.Email} {
			if to == nil {
				continue
			}
			if err := mail.Enqueue(c.App, t, *to, "email-changed", map[string]string{"email": email}); err != nil {
				return err
			}
		}
		if c.Session == nil {
			return nil
		}
		return store.Sessions.Purge(t, c.Session)
	})
	if errors.Is(err, store.ErrUnique) {
		return nil, errEmailTaken
	}
	return &u, err
}
