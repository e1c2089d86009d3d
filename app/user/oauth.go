package user

import (
	"context"
	"errors"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// SignInByProvider signs somebody in, or up, whom a provider knows. Accounts are found by the address.
func SignInByProvider(c *app.Call, p *Provider, code, site string) (u *store.User, key string, err error) {
	s, who, err := p.identify(c, code)
	if err != nil {
		return nil, "", err
	}
	if who.email == nil {
		return nil, "", app.Coded("INVALID_EMAIL", "email", "None") // Python's, as the reference repeats it
	}
	email, ok := app.CleanEmail(*who.email)
	if !ok {
		return nil, "", app.Coded("INVALID_EMAIL", "email", email)
	}
	e := entry{medium: p.Name, site: site, proven: who.verified}
	u, err = ByEmail(c.Read(), email)
	switch {
	case errors.Is(err, store.ErrNotFound):
		e.fresh = true
		u, err = newByProvider(c, email, who)
	case err == nil:
		e.proven, err = s.opens(c, u, who)
	}
	if err != nil {
		return nil, "", err
	}
	e.also = func(t *store.Tx) error { return connect(t, c.App, u, s, who) }
	if key, err = enter(c, u, e); err != nil || !e.fresh || who.picture == "" {
		return u, key, err
	}
	if err := s.setAvatar(c, u, who.picture); err != nil {
		c.Log.Warn("picture of a new person", "provider", p.Name, "error", err)
	}
	return u, key, nil
}

// opens says whether the address of somebody at a provider is proved to be theirs. An account is opened by such an
// address, or by the very account at the provider that it is connected with: anybody may write somebody else's
// address into a profile there. The reference opens it all the same.
func (s session) opens(c *app.Call, u *store.User, who identity) (proven bool, err error) {
	if who.verified {
		return true, nil
	}
	account := dbx.HashExp{"provider": s.p.Name, "provider_account_id": who.id, "user_id": u.ID}
	connected, err := store.Accounts.Exists(c.Read(), account)
	if err != nil || connected {
		return false, err
	}
	ctx, cancel := context.WithTimeout(c, providerTimeout)
	defer cancel()
	if who.confirm != nil && who.confirm(ctx) {
		return true, nil
	}
	return false, app.Coded("USER_ALREADY_EXIST", "email", *u.Email)
}

func newByProvider(c *app.Call, email string, who identity) (u *store.User, err error) {
	if err := signUpOpen(c, email, who.verified); err != nil {
		return nil, err
	}
	return personOf(email, who)
}

// personOf is a new person as a provider describes them, not written yet.
func personOf(email string, who identity) (u *store.User, err error) {
	u = New(email)
	u.FirstName, u.LastName, u.Avatar, u.IsEmailVerified = who.first, who.last, who.address(), true
	u.EmailProven = who.verified
	u.Password, u.IsPasswordAutoset, err = hashOrRandom("")
	return u, err
}

// connect remembers the account at the provider; what opens it is sealed.
func connect(t *store.Tx, sealer *app.App, u *store.User, s session, who identity) error {
	a, err := store.Accounts.Get(t, dbx.HashExp{"provider": s.p.Name, "provider_account_id": who.id})
	fresh := errors.Is(err, store.ErrNotFound)
	switch {
	case fresh:
		a = &store.Account{Provider: s.p.Name, ProviderAccountID: who.id, UserID: u.ID}
	case err != nil:
		return err
	case a.UserID != u.ID:
		return nil // somebody else's since the address there changed: nothing of theirs is touched
	}
	a.AccessToken, a.IDToken, a.LastConnectedAt = sealer.Seal(s.access), sealer.Seal(textOf(s.raw, "id_token")), t.Now
	a.RefreshToken, a.AccessTokenExpiredAt = nil, nil
	if refresh, ok := s.raw["refresh_token"].(string); ok {
		refresh = sealer.Seal(refresh)
		a.RefreshToken = &refresh
	}
	if life, ok := s.raw["expires_in"].(float64); ok && life > 0 {
		at := t.Now.Add(time.Duration(life) * time.Second)
		a.AccessTokenExpiredAt = &at
	}
	if fresh {
		return store.Accounts.Insert(t, a)
	}
	return store.Accounts.Update(t, a, "access_token", "id_token", "last_connected_at", "refresh_token",
		"access_token_expired_at")
}

// Home is the page of the app on which somebody goes on who has signed in. Plane:
// authentication/utils/redirection_path.py
func Home(c *app.Call, u *store.User) (string, error) {
	p, err := store.Profiles.Get(c.Read(), dbx.HashExp{"user_id": u.ID})
	if err != nil {
		return "", err
	}
	if !p.IsOnboarded {
		return "onboarding", nil
	}
	own, err := store.OwnWorkspaces(c.Read(), u.ID)
	if err != nil {
		return "", err
	}
	for _, w := range own {
		if p.LastWorkspaceID != nil && w.ID == *p.LastWorkspaceID {
			return w.Slug, nil
		}
	}
	if len(own) > 0 {
		return own[len(own)-1].Slug, nil
	}
	invited, err := store.WorkspaceInvites.Exists(c.Read(), dbx.HashExp{"email": u.Email})
	if invited {
		return "invitations", err
	}
	return "create-workspace", err
}
