package user

import (
	"context"
	"encoding/base64"
	"net/url"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// What those who run the installation see and do of one account.

// Known returns the account of a person; store.ErrNotFound for what is none, is a bot's or was deleted.
func Known(ctx context.Context, a *app.App, id string) (*store.User, error) {
	u, err := store.Users.Find(a.DB.Read(ctx), id)
	if err == nil && (u.IsBot || u.Email == nil) {
		return nil, store.ErrNotFound
	}
	return u, err
}

// TokensOf returns all keys of a person, those of services too, newest first.
func TokensOf(ctx context.Context, a *app.App, id string) ([]store.APIToken, error) {
	return store.APITokens.List(a.DB.Read(ctx), dbx.HashExp{"user_id": id}, "created_at DESC", "id DESC")
}

// EndTokenOf ends one of a person's keys; store.ErrNotFound if there is none.
func EndTokenOf(ctx context.Context, a *app.App, u *store.User, id string) error {
	there, err := store.APITokens.Exists(a.DB.Read(ctx), dbx.HashExp{"id": id, "user_id": u.ID})
	if err != nil {
		return err
	}
	if !there {
		return store.ErrNotFound
	}
	return EndToken(ctx, a, id)
}

// PasswordLink is the path of the page on which whoever has the link sets the account's password: good once, for as
// long as the link of a forgotten password. A closed account has none.
func PasswordLink(_ context.Context, a *app.App, u *store.User) (string, error) {
	if !u.IsActive {
		return "", app.Refuse(app.Conflict, "The account is closed. Open it first.")
	}
	return "/accounts/reset-password/?uidb64=" + base64.RawURLEncoding.EncodeToString([]byte(u.ID)) + "&token=" +
		resetToken(a, u, a.DB.Now()) + "&email=" + url.QueryEscape(*u.Email), nil
}
