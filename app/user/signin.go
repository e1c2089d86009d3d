package user

import (
	"cmp"
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

	administers bool // the session is one of the administrators' pages, which their password opens

	elsewhere   store.ProviderSession // at which the session begins; empty: here
	first, last string                // a name for who has none
}

// enter signs a person in who has proved who they are, unless they have to show a second factor, too: then it fails
// with a Halt. A closed account is open again.
func enter(c *app.Call, u *store.User, e entry) (key string, err error) {
	if u.MaskedAt != nil {
		return "", app.Coded("USER_ACCOUNT_DEACTIVATED")
	}
	address, err := c.Address(c)
	if err != nil {
		return "", err
	}
	var halt *Halt
	before := *u
	err = c.DB.Write(c, "", func(t *store.Tx) error {
		*u = before // it may be another try
		key, halt, err = e.within(t, c, u, address)
		return err
	})
	return key, Halted(halt, err)
}

// within is enter within a transaction, which a halt does not undo.
func (e entry) within(t *store.Tx, c *app.Call, u *store.User, address string) (key string, halt *Halt, err error) {
	if err := e.settle(t, c, u); err != nil {
		return "", nil, err
	}
	wait, err := waits(t, c, u)
	switch {
	case err != nil:
		return "", nil, err
	case wait:
		halt, err = e.halt(t, c, u)
		return "", halt, err
	}
	key, err = e.arrive(t, c, u, address)
	return key, nil, err
}

// settle does what is so from the moment on at which somebody has proved who they are, whether they have to show a
// second factor or not: whoever proves an address ends every way in that a stranger has prepared, a second factor
// among them, and what somebody is elsewhere may be why they have to have one.
func (e entry) settle(t *store.Tx, c *app.Call, u *store.User) error {
	u.LastLoginMedium = cmp.Or(e.medium, u.LastLoginMedium)
	if e.first+e.last != "" {
		u.FirstName, u.LastName = e.first, e.last
	}
	if e.proven {
		if err := prove(t, u); err != nil {
			return err
		}
	}
	if e.fresh {
		if err := Insert(t, u); err != nil {
			return err
		}
	}
	if u.IsActive && !e.administers {
		if err := AcceptPendingInvitations(t, u, DataOf(c).Invitations); err != nil {
			return err
		}
	}
	if e.also == nil {
		return nil
	}
	return e.also(t)
}

// arrive begins the session of who is settled. It is the only way to one, but for who has one already.
func (e entry) arrive(t *store.Tx, c *app.Call, u *store.User, address string) (key string, err error) {
	if e.administers || e.medium == "email" || e.medium == MediumDirectory {
		if err := app.LearnAddress(t, c, u.ID); err != nil {
			return "", err
		}
	}
	note(t, c, u)
	if e.administers {
		if err := store.Users.Update(t, u, arrivalColumns...); err != nil {
			return "", err
		}
		return begin(t, c, u, e.site, AdminSessionLife)
	}
	back := !u.IsActive
	u.IsActive = true
	columns := slices.Concat(arrivalColumns, settledColumns, []string{"is_active"})
	if err := store.Users.Update(t, u, columns...); err != nil {
		return "", err
	}
	if back {
		if err := e.reopen(t, c, u, address); err != nil {
			return "", err
		}
	}
	return beginAt(t, c, u, e.site, e.elsewhere)
}

// reopen welcomes somebody back who had closed their account.
func (e entry) reopen(t *store.Tx, c *app.Call, u *store.User, address string) error {
	if u.Email != nil {
		if err := mail.Enqueue(c.App, t, *u.Email, "account-opened",
			map[string]string{"name": u.Hailed(), "url": address}); err != nil {
			return err
		}
	}
	return AcceptPendingInvitations(t, u, DataOf(c).Invitations)
}

// EnterAsAdmin opens an administrator's session for a person who is written and has proved to be one. It halts as any
// sign-in does, and then returns what Halted makes an error of.
func EnterAsAdmin(t *store.Tx, c *app.Call, u *store.User) (key string, halt *Halt, err error) {
	return entry{site: c.AdminURL(), administers: true}.within(t, c, u, "")
}

// EnterAsPerson is EnterAsAdmin for a session of the app.
func EnterAsPerson(t *store.Tx, c *app.Call, u *store.User) (key string, halt *Halt, err error) {
	return entry{site: c.AppURL(), medium: u.LastLoginMedium}.within(t, c, u, "")
}

// settledColumns are what settle puts into the row; password is with them because a stored hash may have been
// renewed, and because prove may void it.
var settledColumns = []string{"last_login_medium", "email_proven", "is_password_autoset", "first_name", "last_name",
	"password"}

// arrivalColumns are what note writes; password is with them because a stored hash may have been renewed.
var arrivalColumns = []string{"last_login", "last_active", "last_login_time", "last_login_ip", "last_login_uagent",
	"token", "token_updated_at", "password"}

// note writes into the row when and from where somebody came in.
func note(t *store.Tx, c *app.Call, u *store.User) {
	tellArrival(t, c, u)
	now := func() *time.Time { at := t.Now; return &at }
	u.LastLogin, u.LastActive, u.LastLoginTime, u.TokenUpdatedAt = now(), now(), now(), now()
	u.LastLoginIP, u.LastLoginUagent = c.IP, c.UserAgent
	u.Token = app.RandomHex(64)
}
