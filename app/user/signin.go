package user

import (
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// Credentials are what a form sends; nil is a field that it does not have.
type Credentials struct {
	Email, Password *string
	Here            bool // on the machine itself, where a password always works
}

// text is a form's field as the reference repeats it in a fault: a missing one is Python's False.
func text(s *string) string {
	if s == nil {
		return "False"
	}
	return *s
}

// complete returns both fields, the address clean, or the faults of that kind of form: SIGN_IN or SIGN_UP.
func (in Credentials) complete(kind string) (email, password string, err error) {
	if in.Email == nil || in.Password == nil || *in.Email == "" || *in.Password == "" {
		return "", "", app.Coded("REQUIRED_EMAIL_PASSWORD_"+kind, "email", text(in.Email))
	}
	email, ok := app.CleanEmail(*in.Email)
	if !ok {
		return "", "", app.Coded("INVALID_EMAIL_"+kind, "email", email)
	}
	return email, *in.Password, nil
}

// SignUp makes an account and signs it in. site is where the person comes from; the session's key is for the cookie.
func SignUp(c *app.Call, in Credentials, site string) (key string, err error) {
	if err := c.RequireSetup(c); err != nil {
		return "", err
	}
	email, plain, err := in.complete("SIGN_UP")
	if err != nil {
		return "", err
	}
	taken, err := store.Users.Exists(c.Read(), dbx.HashExp{"email": email})
	if err != nil {
		return "", err
	}
	if taken {
		return "", app.Coded("USER_ALREADY_EXIST", "email", email)
	}
	if err := passwordsOn(c); err != nil {
		return "", err
	}
	if err := signUpOpen(c, email, false); err != nil {
		return "", err
	}
	if !Strong(plain) {
		return "", app.Coded("PASSWORD_TOO_WEAK", "email", email)
	}
	u := New(email)
	if u.Password, err = hash(plain); err != nil {
		return "", err
	}
	key, err = enter(c, u, entry{medium: "email", site: site, fresh: true})
	if errors.Is(err, store.ErrUnique) { // somebody was faster
		return "", app.Coded("USER_ALREADY_EXIST", "email", email)
	}
	return key, err
}

// SignIn signs a person in by password.
func SignIn(c *app.Call, in Credentials, site string) (key string, err error) {
	if err := c.RequireSetup(c); err != nil {
		return "", err
	}
	email, plain, err := in.complete("SIGN_IN")
	if err != nil {
		return "", err
	}
	u, err := ByEmail(c.Read(), email)
	if errors.Is(err, store.ErrNotFound) {
		return "", c.KeptOutOf(app.Address(email), app.TriedAccount, app.Coded("USER_DOES_NOT_EXIST", "email", email))
	}
	if err != nil {
		return "", err
	}
	if !in.Here {
		if err := passwordsOn(c); err != nil {
			return "", err
		}
	}
	ok, err := Try(c, u, plain)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", app.Coded("AUTHENTICATION_FAILED_SIGN_IN", "email", email)
	}
	return enter(c, u, entry{medium: "email", site: site})
}

func passwordsOn(c *app.Call) error {
	s, err := c.Settings(c)
	if err == nil && s.Off("ENABLE_EMAIL_PASSWORD") {
		return app.Coded("EMAIL_PASSWORD_AUTHENTICATION_DISABLED")
	}
	return err
}

// signUpOpen refuses new accounts when they are switched off, but for those whom somebody has invited: who has proved
// that the address is theirs, or has accepted in this browser by the link of the invitation. The reference takes
// anybody's word.
func signUpOpen(c *app.Call, email string, proven bool) error {
	s, err := c.Settings(c)
	if err != nil || !s.Off("ENABLE_SIGNUP") {
		return err
	}
	invited := dbx.HashExp{"email": email}
	if !proven {
		held := []any{}
		for _, id := range DataOf(c).Invitations {
			held = append(held, id)
		}
		invited["id"], invited["accepted"] = held, true
	}
	is, err := store.WorkspaceInvites.Exists(c.Read(), invited)
	if err == nil && !is {
		return app.Coded("SIGNUP_DISABLED", "email", email)
	}
	return err
}

// entry is how somebody comes in.
type entry struct {
	medium string // email, magic-code, google …
	site   string // where from
	fresh  bool   // the person is new and not written yet
	proven bool   // they have proved that the address is theirs
	also   func(t *store.Tx) error

	elsewhere   store.ProviderSession // at which the session begins; empty: here
	first, last string                // a name for who has none
}

// enter signs a person in who has proved who they are. A closed account is open again.
func enter(c *app.Call, u *store.User, e entry) (key string, err error) {
	if u.MaskedAt != nil {
		return "", app.Coded("USER_ACCOUNT_DEACTIVATED")
	}
	address, err := c.Address(c)
	if err != nil {
		return "", err
	}
	err = c.DB.Write(c, "", func(t *store.Tx) error {
		back := !u.IsActive
		arrive(t, c, u)
		u.LastLoginMedium, u.IsActive = e.medium, true
		if e.first+e.last != "" {
			u.FirstName, u.LastName = e.first, e.last
		}
		if e.proven {
			err = prove(t, u)
		}
		switch {
		case err != nil:
		case e.fresh:
			err = Insert(t, u)
		default:
			err = store.Users.Update(t, u, slices.Concat(arrivalColumns, entryColumns)...)
		}
		if err != nil {
			return err
		}
		if back && u.Email != nil {
			if err := mail.Enqueue(c.App, t, *u.Email, "account-opened",
				map[string]string{"name": u.Hailed(), "url": address}); err != nil {
				return err
			}
		}
		if e.medium == "email" && !e.fresh {
			if err := app.LearnAddress(t, c, u.ID); err != nil {
				return err
			}
		}
		if err := AcceptPendingInvitations(t, u, DataOf(c).Invitations); err != nil {
			return err
		}
		if e.also != nil {
			if err := e.also(t); err != nil {
				return err
			}
		}
		key, err = beginAt(t, c, u, e.site, e.elsewhere)
		return err
	})
	return key, err
}

// EnterAsAdmin opens an administrator's session for a person who is written and has proved to be one.
func EnterAsAdmin(t *store.Tx, c *app.Call, u *store.User) (key string, err error) {
	arrive(t, c, u)
	if err := store.Users.Update(t, u, arrivalColumns...); err != nil {
		return "", err
	}
	return begin(t, c, u, c.AdminURL(), AdminSessionLife)
}

// EnterAsPerson opens a session of the app for a person who is written and has proved to be the one.
func EnterAsPerson(t *store.Tx, c *app.Call, u *store.User) (key string, err error) {
	arrive(t, c, u)
	if err := store.Users.Update(t, u, arrivalColumns...); err != nil {
		return "", err
	}
	return begin(t, c, u, c.AppURL(), c.Config.Sessions.Life())
}

var entryColumns = []string{"last_login_medium", "is_active", "email_proven", "is_password_autoset", "first_name",
	"last_name"}

// arrivalColumns are what arrive writes; password is with them because a stored hash may have been renewed.
var arrivalColumns = []string{"last_login", "last_active", "last_login_time", "last_login_ip", "last_login_uagent",
	"token", "token_updated_at", "password"}

// arrive notes on the row when and from where somebody came in.
func arrive(t *store.Tx, c *app.Call, u *store.User) {
	tellArrival(t, c, u)
	now := func() *time.Time { at := t.Now; return &at }
	u.LastLogin, u.LastActive, u.LastLoginTime, u.TokenUpdatedAt = now(), now(), now(), now()
	u.LastLoginIP, u.LastLoginUagent = c.IP, c.UserAgent
	u.Token = app.RandomHex(64)
}
