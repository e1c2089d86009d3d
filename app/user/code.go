package user

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

const codeLife = 10 * time.Minute

// codeLimits bound what strangers can do with an address: one code and three repeats, as the reference, and ten
// guesses, so that guessing is hopeless. Both count until the last code has expired, whoever asks and from wherever.
var codeLimits = store.CodeLimits{Sends: 4, Misses: 10}

func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(900_000))
	if err != nil {
		return "", fmt.Errorf("make a code: %w", err)
	}
	return fmt.Sprint(100_000 + n.Int64()), nil
}

func signInPurpose(email string) string { return "sign-in " + email }

// kindOf names the fault of that kind: for an address that has an account or for one that has none.
func kindOf(t *store.Tx, name, email string) error {
	exists, err := store.Users.Exists(t, dbx.HashExp{"email": email})
	if err != nil {
		return err
	}
	if exists {
		return app.Coded(name+"_SIGN_IN", "email", email)
	}
	return app.Coded(name+"_SIGN_UP", "email", email)
}

func codesOn(c *app.Call, shown string) error {
	s, err := c.Settings(c)
	switch {
	case err != nil:
		return err
	case s["EMAIL_HOST"] == "":
		return app.Coded("SMTP_NOT_CONFIGURED", "email", shown)
	case s.Off("ENABLE_MAGIC_LINK_LOGIN"):
		return app.Coded("MAGIC_LINK_LOGIN_DISABLED", "email", shown)
	}
	return nil
}

// SendCode sends a code to an address, to sign in or up with.
func SendCode(c *app.Call, raw string) (email string, err error) {
	if err := c.RequireSetup(c); err != nil {
		return "", err
	}
	email, ok := app.CleanEmail(raw)
	if !ok {
		return "", app.Coded("INVALID_EMAIL", "email", email)
	}
	if err := codesOn(c, email); err != nil {
		return "", err
	}
	code, err := newCode()
	if err != nil {
		return "", err
	}
	err = c.Write(func(t *store.Tx) error {
		room, err := saveCode(t, signInPurpose(email), code)
		if err != nil {
			return err
		}
		if !room {
			return kindOf(t, "EMAIL_CODE_ATTEMPT_EXHAUSTED", email)
		}
		return mail.Enqueue(c.App, t, email, "code", map[string]string{"code": code})
	})
	return email, err
}

func saveCode(t *store.Tx, purpose, secret string) (room bool, err error) {
	code := &store.Code{Purpose: purpose, Hash: app.HashKey(purpose + secret), ExpiresAt: t.Now.Add(codeLife)}
	return store.SaveCode(t, code, codeLimits)
}

// verdict is what a guess of a code came to.
type verdict int

const (
	expired verdict = iota
	wrong
	right
)

// guess compares a secret in constant time. A right one is used up; wrong ones are counted.
func guess(t *store.Tx, purpose, secret string) (verdict, error) {
	hash, err := store.TryCode(t, purpose, codeLimits)
	if errors.Is(err, store.ErrNotFound) {
		return expired, nil
	}
	if err != nil {
		return expired, err
	}
	if subtle.ConstantTimeCompare([]byte(hash), []byte(app.HashKey(purpose+secret))) == 1 {
		return right, store.DropCode(t, purpose)
	}
	return wrong, nil
}

// Guess is the form of a sign-in by code.
type Guess struct{ Email, Code string }

func (g Guess) clean(kind string) (email, code string, err error) {
	email, code = strings.ToLower(strings.TrimSpace(g.Email)), strings.TrimSpace(g.Code)
	if email == "" || code == "" {
		return "", "", app.Coded("MAGIC_" + kind + "_EMAIL_CODE_REQUIRED")
	}
	return email, code, nil
}

// SignInByCode signs a person in who knows the code. home says that they are to be sent to the start page.
func SignInByCode(c *app.Call, g Guess, site string) (key string, home bool, err error) {
	email, code, err := g.clean("SIGN_IN")
	if err != nil {
		return "", false, err
	}
	u, err := ByEmail(c.Read(), email)
	if errors.Is(err, store.ErrNotFound) {
		return "", false, c.KeptOutOf(app.Address(email), app.TriedAccount, app.Coded("USER_DOES_NOT_EXIST"))
	}
	if err != nil {
		return "", false, err
	}
	if err := spendCode(c, email, code); err != nil {
		return "", false, err
	}
	p, err := store.Profiles.Get(c.Read(), dbx.HashExp{"user_id": u.ID})
	if err != nil {
		return "", false, err
	}
	key, err = enter(c, u, entry{medium: "magic-code", site: site, proven: true})
	return key, u.IsPasswordAutoset && p.IsOnboarded, err
}

// SignUpByCode makes an account for an address whose code the person knows.
func SignUpByCode(c *app.Call, g Guess, site string) (key string, err error) {
	email, code, err := g.clean("SIGN_UP")
	if err != nil {
		return "", err
	}
	taken, err := store.Users.Exists(c.Read(), dbx.HashExp{"email": email})
	if err != nil {
		return "", err
	}
	if taken {
		return "", app.Coded("USER_ALREADY_EXIST")
	}
	if err := spendCode(c, email, code); err != nil {
		return "", err
	}
	if err := signUpOpen(c, email, true); err != nil {
		return "", err
	}
	u := New(email)
	if u.Password, u.IsPasswordAutoset, err = hashOrRandom(""); err != nil {
		return "", err
	}
	u.IsEmailVerified, u.EmailProven = true, true
	return enter(c, u, entry{medium: "magic-code", site: site, fresh: true})
}

// spendCode uses a sign-in's code up, or returns the fault. The count of wrong ones is kept either way.
func spendCode(c *app.Call, email, code string) error {
	if err := codesOn(c, "magic_"+email); err != nil { // the reference shows its key
		return err
	}
	var v verdict
	err := c.Write(func(t *store.Tx) (err error) {
		v, err = guess(t, signInPurpose(email), code)
		return err
	})
	switch {
	case err != nil:
		return err
	case v == expired:
		return c.KeptOutOf(app.Address(email), app.TriedCode, kindOf(c.Read(), "EXPIRED_MAGIC_CODE", email))
	case v == wrong:
		return c.KeptOutOf(app.Address(email), app.TriedCode, kindOf(c.Read(), "INVALID_MAGIC_CODE", email))
	}
	return nil
}

// EmailStatus says whether somebody has the address, and whether to ask for a code or for a password.
func EmailStatus(c *app.Call, raw string) (exists, byCode bool, err error) {
	if err := c.RequireSetup(c); err != nil {
		return false, false, err
	}
	s, err := c.Settings(c)
	if err != nil {
		return false, false, err
	}
	if raw == "" {
		return false, false, app.Coded("EMAIL_REQUIRED")
	}
	email, ok := app.CleanEmail(raw)
	if !ok {
		return false, false, app.Coded("INVALID_EMAIL")
	}
	u, err := ByEmail(c.Read(), email)
	if errors.Is(err, store.ErrNotFound) {
		return false, s.Codes(), nil
	}
	if err != nil {
		return false, false, err
	}
	return true, s.Codes() && u.IsPasswordAutoset, nil
}
