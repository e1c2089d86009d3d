package user

import (
	"errors"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Elsewhere is who a provider has proved somebody to be.
type Elsewhere struct {
	Medium   string // what the sign-in is called
	Provider string // whose account it is: all of one issuer are one provider's
	ID       string // what the provider calls the person, for ever
	Email    string
	Verified bool // the provider knows the address to be the person's
	// Vouches lets a new account be made with an address that is not verified: who is there is known to be a person.
	Vouches bool
	Invited bool // everybody there may have an account, also where sign-up is off
	First   string
	Last    string
	Picture string // an address

	Session store.ProviderSession
	Also    func(t *store.Tx, u *store.User) error // what is written with the sign-in
}

// Refusals of who comes from elsewhere. They tell nobody but the owner of an address what is here under it.
var (
	ErrAddressUnproved error = &app.Error{Kind: app.Invalid, Code: "OIDC_ADDRESS_UNVERIFIED", Text: "The server where your account " +
		"is does not say that it has verified your e-mail address. Verify it there, or ask the administrators of that server."}
	ErrOtherAccount error = &app.Error{Kind: app.Conflict, Code: "OIDC_OTHER_ACCOUNT", Text: "Another account of that server has " +
		"opened yours here until now. Sign in as you did before and connect this one with yours, or ask an administrator."}
	ErrConnected error = &app.Error{Kind: app.Conflict, Code: "OIDC_CONNECTED", Text: "That account is connected with somebody " +
		"else's here already."}
)

// EnterFrom signs somebody in, or up, whom a provider has proved. The account is the one that is connected with theirs
// there; else the one of their address, which then has to be verified; else a new one, if people may sign up.
func EnterFrom(c *app.Call, w Elsewhere, site string) (key string, err error) {
	if err := c.RequireSetup(c); err != nil {
		return "", err
	}
	email, isAddress := app.CleanEmail(w.Email)
	e := entry{medium: w.Medium, site: site, elsewhere: w.Session}
	connected, err := store.Accounts.Get(c.Read(), dbx.HashExp{"provider": w.Provider, "provider_account_id": w.ID})
	var u *store.User
	switch {
	case err == nil:
		u, err = store.Users.Find(c.Read(), connected.UserID)
		if err == nil && u.Email != nil {
			e.proven = w.Verified && *u.Email == email
		}
	case !errors.Is(err, store.ErrNotFound):
	case !isAddress || !w.Verified && !w.Vouches:
		err = ErrAddressUnproved
	default:
		e.proven = w.Verified
		u, e.fresh, err = w.byAddress(c, email)
	}
	if err != nil {
		return "", err
	}
	e.also = func(t *store.Tx) error {
		if err := w.connect(t, c.App, u); err != nil || w.Also == nil {
			return err
		}
		return w.Also(t, u)
	}
	if u.FirstName == "" && u.LastName == "" && !e.fresh {
		e.first, e.last = w.First, w.Last
	}
	key, err = enter(c, u, e)
	if errors.Is(err, store.ErrUnique) && e.fresh { // somebody was faster: twice in the same moment, most likely
		return "", app.Refuse(app.Conflict, "You are signed in somewhere else at this moment. Try once more.")
	}
	if err == nil && w.Picture != "" && u.Avatar == "" && u.AvatarAssetID == nil {
		w.fetchPicture(c, u)
	}
	return key, err
}

// byAddress finds the account of a verified address, or makes a new one of an address that nobody has here. One that is
// connected with another account of the provider is not opened: the address may have been given to somebody else there.
func (w Elsewhere) byAddress(c *app.Call, email string) (u *store.User, fresh bool, err error) {
	u, err = ByEmail(c.Read(), email)
	if errors.Is(err, store.ErrNotFound) {
		if !w.Invited {
			err = signUpOpen(c, email, w.Verified)
		} else {
			err = nil
		}
		if err == nil {
			u, err = personOf(email, identity{first: w.First, last: w.Last, verified: w.Verified})
		}
		return u, true, err
	}
	if err == nil && !w.Verified {
		err = ErrAddressUnproved
	}
	if err != nil {
		return nil, false, err
	}
	other, err := store.Accounts.Exists(c.Read(), dbx.HashExp{"provider": w.Provider, "user_id": u.ID})
	if err == nil && other {
		err = ErrOtherAccount
	}
	return u, false, err
}

// connect remembers that an account at the provider opens one here.
func (w Elsewhere) connect(t *store.Tx, a *app.App, u *store.User) error {
	row, err := store.Accounts.Get(t, dbx.HashExp{"provider": w.Provider, "provider_account_id": w.ID})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return store.Accounts.Insert(t, &store.Account{Provider: w.Provider, ProviderAccountID: w.ID, UserID: u.ID,
			LastConnectedAt: t.Now, Metadata: store.JSON("{}")})
	case err != nil:
		return err
	case row.UserID != u.ID:
		return store.ErrOvertaken
	}
	row.LastConnectedAt = t.Now
	return store.Accounts.Update(t, row, "last_connected_at")
}

// fetchPicture keeps a copy of the picture that a person has there. Without one there is none, and that is all.
func (w Elsewhere) fetchPicture(c *app.Call, u *store.User) {
	if !app.IsAddress(w.Picture) {
		return
	}
	from := session{p: &Provider{Name: w.Medium, key: "OIDC"}} // no home of its own: the address is asked as others are
	if err := from.setAvatar(c, u, w.Picture); err != nil {
		c.Log.Warn("picture of a new person", "provider", w.Provider, "error", err)
	}
}

// Connect has somebody's account at a provider open the caller's from now on.
func Connect(c *app.Call, w Elsewhere) error {
	row, err := store.Accounts.Get(c.Read(), dbx.HashExp{"provider": w.Provider, "provider_account_id": w.ID})
	switch {
	case err == nil && row.UserID == c.User.ID:
		return nil
	case err == nil:
		return ErrConnected
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	return c.Write(func(t *store.Tx) error { return w.connect(t, c.App, c.User) })
}

// Connections are the caller's accounts at providers of a kind: those whose names begin with that.
func Connections(c *app.Call, kind string) ([]store.Account, error) {
	all, err := store.Accounts.List(c.Read(), dbx.HashExp{"user_id": c.User.ID}, "created_at")
	return slices.DeleteFunc(all, func(a store.Account) bool { return !strings.HasPrefix(a.Provider, kind) }), err
}

// Disconnect has one of the caller's accounts at providers open nothing here any more.
func Disconnect(c *app.Call, id string) error {
	row, err := store.Accounts.Get(c.Read(), dbx.HashExp{"id": id, "user_id": c.User.ID})
	if err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error { return store.Accounts.Purge(t, row) })
}
