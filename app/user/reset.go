package user

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

const resetLife = time.Hour

// SendReset sends a link by which the account's password can be set. base is the frontend's address for emails, to
// which the page's path is added; without one there is no email.
func SendReset(c *app.Call, raw, base string) error {
	if err := c.RequireSetup(c); err != nil {
		return err
	}
	s, err := c.Settings(c)
	if err != nil {
		return err
	}
	if s["EMAIL_HOST"] == "" {
		return app.Coded("SMTP_NOT_CONFIGURED")
	}
	email, ok := app.CleanEmail(raw)
	if !ok {
		return app.Coded("INVALID_EMAIL")
	}
	u, err := ByEmail(c.Read(), email)
	if errors.Is(err, store.ErrNotFound) {
		return app.Coded("USER_DOES_NOT_EXIST")
	}
	if err != nil {
		return err
	}
	if base == "" {
		c.Unaddressed("password-reset")
		return app.Coded("SMTP_NOT_CONFIGURED")
	}
	link := base + "/accounts/reset-password/?uidb64=" + base64.RawURLEncoding.EncodeToString([]byte(u.ID)) +
		"&token=" + resetToken(c.App, u, c.DB.Now()) + "&email=" + url.QueryEscape(email)
	return c.Write(func(t *store.Tx) error {
		room, err := saveCode(t, "reset "+email, "") // counts the emails
		if err != nil {
			return err
		}
		if !room {
			return app.Coded("RATE_LIMIT_EXCEEDED")
		}
		return mail.Enqueue(c.App, t, email, "password-reset",
			map[string]string{"name": u.Hailed(), "email": email, "url": link})
	})
}

// resetToken is a time and a tag over everything that a reset, a sign-in or a new password changes: it dies by use.
func resetToken(a *app.App, u *store.User, at time.Time) string {
	stamp := strconv.FormatInt(at.Unix(), 36)
	login := ""
	if u.LastLogin != nil {
		login = store.Stamped(*u.LastLogin).Format(time.RFC3339Nano)
	}
	email := ""
	if u.Email != nil {
		email = *u.Email
	}
	return stamp + "-" + a.Sign("password reset", strings.Join([]string{stamp, u.ID, u.Password, login, email}, "\n"))
}

func validReset(a *app.App, u *store.User, token string) bool {
	stamp, _, _ := strings.Cut(token, "-")
	seconds, err := strconv.ParseInt(stamp, 36, 64)
	if err != nil {
		return false
	}
	at := time.Unix(seconds, 0)
	want := resetToken(a, u, at)
	return subtle.ConstantTimeCompare([]byte(want), []byte(token)) == 1 && a.DB.Now().Sub(at) < linkLife(u)
}

// Readable says whether the part of a link that names an account is text at all.
func Readable(uid string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(uid, "="))
	return err == nil && utf8.Valid(raw)
}

// Reset sets the password of the account that a link is for, and ends its sessions.
func Reset(c *app.Call, uid, token, plain string) error {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(uid, "="))
	if err != nil || uuid.Validate(string(raw)) != nil {
		return c.KeptOut(app.TriedLink, app.Coded("INVALID_PASSWORD_TOKEN"))
	}
	u, err := store.Users.Find(c.Read(), string(raw))
	if errors.Is(err, store.ErrNotFound) {
		return c.KeptOut(app.TriedLink, app.Coded("INVALID_PASSWORD_TOKEN"))
	}
	if err != nil {
		return err
	}
	switch {
	case !validReset(c.App, u, token):
		return c.KeptOutOf(app.Person(u.ID), app.TriedLink, app.Coded("INVALID_PASSWORD_TOKEN"))
	case plain == "":
		return app.Coded("INVALID_PASSWORD")
	}
	return setPassword(c, c.App, u, plain, func(t *store.Tx, u *store.User) error {
		u.LastLoginIP = c.IP // from where they may sign in now, however many strangers try (see Try)
		return prove(t, u)
	})
}

// ChangePassword replaces the caller's password, ends all sessions and opens a new one. old is not asked for while the
// password is one that nobody knows.
func ChangePassword(c *app.Call, old, plain string) (key string, err error) {
	if !c.User.IsPasswordAutoset && old == "" {
		return "", app.Coded("MISSING_PASSWORD", "error", "Old password is missing")
	}
	if plain == "" {
		return "", app.Coded("MISSING_PASSWORD", "error", "Old or new password is missing")
	}
	if !c.User.IsPasswordAutoset {
		u := *c.User // which Try may change
		ok, err := Try(c, &u, old)
		if err != nil {
			return "", err
		}
		if !ok {
			return "", app.Coded("INCORRECT_OLD_PASSWORD", "error", "Old password is not correct")
		}
	}
	if !Strong(plain) {
		return "", app.Coded("PASSWORD_TOO_WEAK")
	}
	_, key, err = replacePassword(c, plain)
	return key, err
}

// ChoosePassword gives the caller a first password of their own, as ChangePassword does.
func ChoosePassword(c *app.Call, plain string) (u *store.User, key string, err error) {
	if !c.User.IsPasswordAutoset {
		return nil, "", app.Coded("PASSWORD_ALREADY_SET", "error",
			"Your password is already set please change your password from profile")
	}
	if !Strong(plain) {
		return nil, "", app.Coded("INVALID_PASSWORD")
	}
	return replacePassword(c, plain)
}

func replacePassword(c *app.Call, plain string) (*store.User, string, error) {
	u := *c.User
	hashed, err := hash(plain)
	if err != nil {
		return nil, "", err
	}
	key := ""
	err = c.Write(func(t *store.Tx) error {
		u.Password, u.IsPasswordAutoset, u.LastLogin = hashed, false, &t.Now
		if err := store.Users.Update(t, &u, "password", "is_password_autoset", "last_login"); err != nil {
			return err
		}
		if err := notePassword(t, u.ID); err != nil {
			return err
		}
		if err := store.EndSessions(t, u.ID, ""); err != nil {
			return err
		}
		key, err = begin(t, c, &u, c.AppURL(), c.Config.Sessions.Life())
		return err
	})
	return &u, key, err
}
