package instance

import (
	"context"
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// Setup is the form that makes the first administrator; nil is a field that it does not have.
type Setup struct {
	Email, Password, FirstName       *string
	LastName, CompanyName, Telemetry string

	Token string // of the set-up link: see MayClaim
}

func text(s *string) string {
	if s == nil {
		return "False" // Python's, as the reference repeats it
	}
	return *s
}

func (in Setup) fault(name, email string) error {
	return app.Coded(name, "email", email, "first_name", text(in.FirstName), "last_name", in.LastName,
		"company_name", in.CompanyName, "is_telemetry_enabled", in.Telemetry)
}

// Enter opens a session for a person who is written: an administrator's or the app's.
type Enter func(t *store.Tx, c *app.Call, u *store.User) (key string, halt *user.Halt, err error)

// SignUp makes the first administrator, sets the installation up and opens a session.
func SignUp(c *app.Call, in Setup, enter Enter) (key string, err error) {
	if err := MayClaim(c, in.Token); err != nil {
		return "", err
	}
	if blank(in.Email) || blank(in.Password) || blank(in.FirstName) {
		return "", in.fault("REQUIRED_ADMIN_EMAIL_PASSWORD_FIRST_NAME", text(in.Email))
	}
	email, ok := app.CleanEmail(*in.Email)
	if !ok {
		return "", in.fault("INVALID_ADMIN_EMAIL", email)
	}
	taken, err := store.Users.Exists(c.Read(), dbx.HashExp{"email": email})
	if err != nil {
		return "", err
	}
	if taken {
		return "", in.fault("ADMIN_USER_ALREADY_EXIST", email)
	}
	if !user.Strong(*in.Password) {
		return "", in.fault("PASSWORD_TOO_WEAK", email)
	}
	u := user.New(email)
	u.FirstName, u.LastName = *in.FirstName, in.LastName
	u.EmailProven = true // there is nobody else to vouch for it
	if err := user.Secure(u, *in.Password); err != nil {
		return "", err
	}
	var halt *user.Halt
	err = c.DB.Write(c, "", func(t *store.Tx) error {
		if err := user.Insert(t, u); err != nil {
			return err
		}
		if err := SetUp(t, u.ID, in.CompanyName, in.Telemetry != "False"); err != nil {
			return err
		}
		key, halt, err = enter(t, c, u)
		return err
	})
	return key, user.Halted(halt, err)
}

// SignIn opens an administrator's session by address and password.
func SignIn(c *app.Call, address, password *string) (key string, err error) {
	if blank(address) || blank(password) {
		return "", app.Coded("REQUIRED_ADMIN_EMAIL_PASSWORD", "email", text(address))
	}
	email, ok := app.CleanEmail(*address)
	if !ok {
		return "", app.Coded("INVALID_ADMIN_EMAIL", "email", email)
	}
	u, err := user.ByEmail(c.Read(), email)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", c.KeptOutOf(app.Address(email), app.TriedAccount, app.Coded("ADMIN_USER_DOES_NOT_EXIST", "email", email))
	case err != nil:
		return "", err
	case !u.IsActive:
		return "", c.KeptOutOf(app.Person(u.ID), app.TriedAccount, app.Coded("ADMIN_USER_DEACTIVATED"))
	}
	ok, err = user.Try(c, u, *password)
	if err != nil {
		return "", err
	}
	if ok {
		ok, err = IsAdmin(c, u.ID)
	}
	if err != nil {
		return "", err
	}
	if !ok {
		return "", app.Coded("ADMIN_AUTHENTICATION_FAILED", "email", email)
	}
	var halt *user.Halt
	err = c.DB.Write(c, "", func(t *store.Tx) error {
		key, halt, err = user.EnterAsAdmin(t, c, u)
		return err
	})
	return key, user.Halted(halt, err)
}

func blank(s *string) bool { return s == nil || *s == "" }

// CreateAdmin makes a person who administers the installation, and sets it up if nobody has.
func CreateAdmin(ctx context.Context, a *app.App, d user.Draft, company string) (*store.User, error) {
	u, err := user.Create(ctx, a, d)
	if err != nil {
		return nil, err
	}
	return u, Appoint(ctx, a, u.ID, company)
}
