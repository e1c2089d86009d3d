package user

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// MediumDirectory is what a sign-in by a directory is called.
const MediumDirectory = "ldap"

// Directory is a place beside this server that knows people and their passwords.
type Directory interface {
	// Keeps says whether an account is opened by the password there alone, and no more by one that it has here.
	Keeps(c *app.Call, u *store.User) (bool, error)
	// Enter signs in whom the place knows by what was typed, and fails with ErrStranger for everybody else.
	Enter(c *app.Call, login, plain, site string) (key string, err error)
}

// ErrStranger says that a directory knows nobody by what was typed, or by another password; what else is known of it is
// for the log.
var ErrStranger = errors.New("the directory lets nobody in by that")

// SignIn signs a person in by password.
func SignIn(c *app.Call, in Credentials, site string) (key string, err error) {
	return SignInBeside(c, in, site, nil)
}

// SignInBeside signs a person in by the password of their account or, where there is a directory, by the one there. It
// is asked for nobody who comes in by the first.
func SignInBeside(c *app.Call, in Credentials, site string, d Directory) (key string, err error) {
	if err := c.RequireSetup(c); err != nil {
		return "", err
	}
	email, plain, err := in.complete("SIGN_IN")
	var refusal *app.Error
	if d != nil && errors.As(err, &refusal) && refusal.Code == "INVALID_EMAIL_SIGN_IN" { // what the person is called there
		return beside(c, d, app.Target{}, Credentials{Email: in.Email, Password: in.Password}, site)
	}
	if err != nil {
		return "", err
	}
	in.Email, in.Password = &email, &plain
	u, err := ByEmail(c.Read(), email)
	switch {
	case errors.Is(err, store.ErrNotFound) && d != nil:
		return beside(c, d, app.Address(email), in, site)
	case errors.Is(err, store.ErrNotFound):
		return "", c.KeptOutOf(app.Address(email), app.TriedAccount, app.Coded("USER_DOES_NOT_EXIST", "email", email))
	case err != nil:
		return "", err
	}
	own, err := ownPassword(c, in, u, d)
	if err != nil {
		return "", err
	}
	if own {
		ok, err := try(c, u, plain)
		if err != nil {
			return "", err
		}
		if ok {
			return enter(c, u, entry{medium: "email", site: site})
		}
	}
	if d != nil {
		return beside(c, d, app.Person(u.ID), in, site)
	}
	return "", c.KeptOutOf(app.Person(u.ID), app.TriedPassword, app.Coded("AUTHENTICATION_FAILED_SIGN_IN", "email", email))
}

// ownPassword says whether the password that an account has here opens it: on the machine itself it always does.
func ownPassword(c *app.Call, in Credentials, u *store.User, d Directory) (bool, error) {
	if in.Here {
		return true, nil
	}
	off := passwordsOn(c)
	var refusal *app.Error
	switch {
	case off != nil && (d == nil || !errors.As(off, &refusal)):
		return false, off
	case off != nil || d == nil:
		return off == nil, nil
	}
	keeps, err := d.Keeps(c, u)
	return !keeps, err
}

// beside asks the directory.
func beside(c *app.Call, d Directory, whose app.Target, in Credentials, site string) (key string, err error) {
	key, err = d.Enter(c, *in.Email, *in.Password, site)
	if errors.Is(err, ErrStranger) {
		refusal := app.Coded("AUTHENTICATION_FAILED_SIGN_IN", "email", *in.Email)
		refusal.Cause = err
		err = c.KeptOutOf(whose, app.TriedPassword, refusal)
	}
	return key, err
}
