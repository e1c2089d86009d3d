package user

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// A browser that is remembered shows a token, which only its row knows the hash of. It shows those of several people
// who use it, with dots between.
const (
	rememberFor     = 30 * 24 * time.Hour
	rememberSize    = 40
	mostRemembered  = 20 // browsers of a person
	mostInOneClient = 8
)

// RememberDays is for how many days a browser is remembered.
const RememberDays = int(rememberFor / (24 * time.Hour))

// passwordTag is a mark of the password that a person has now: with another one, whoever set it, nothing that has the
// mark counts any more.
func passwordTag(a *app.App, u *store.User) string {
	return a.Sign("password of a person", u.ID+"\n"+u.Password)[:32]
}

func tokensOf(c *app.Call) []string {
	return strings.FieldsFunc(c.Browser, func(r rune) bool { return r == '.' })
}

// remembered says whether a person is not asked for the second factor in the call's browser, and notes that they come.
func remembered(t *store.Tx, c *app.Call, u *store.User) (bool, error) {
	hashes := []any{}
	for _, token := range tokensOf(c) {
		hashes = append(hashes, app.HashKey(token))
	}
	if len(hashes) == 0 || len(hashes) > mostInOneClient {
		return false, nil
	}
	rows, err := store.RememberedBrowsers.List(t, dbx.And(dbx.HashExp{"user_id": u.ID, "token_hash": hashes,
		"password_tag": passwordTag(c.App, u)}, store.After("expires_at", t.Now)))
	if err != nil || len(rows) == 0 {
		return false, err
	}
	rows[0].SeenAt, rows[0].IP, rows[0].UserAgent = t.Now, c.IP, c.UserAgent
	return true, store.RememberedBrowsers.Set(t, &rows[0], "seen_at", "ip", "user_agent")
}

// remember has the call's browser not be asked for a person's second factor for a while.
func remember(t *store.Tx, c *app.Call, u *store.User) error {
	rows, err := store.RememberedBrowsers.List(t, dbx.HashExp{"user_id": u.ID}, "expires_at DESC", "id")
	if err != nil {
		return err
	}
	for i := mostRemembered - 1; i < len(rows); i++ {
		if err := store.RememberedBrowsers.Purge(t, &rows[i]); err != nil {
			return err
		}
	}
	token := app.Random(rememberSize)
	tokens := append(slices.Clip(tokensOf(c)), token)
	c.Browser = strings.Join(tokens[max(0, len(tokens)-mostInOneClient):], ".")
	return store.RememberedBrowsers.Insert(t, &store.RememberedBrowser{UserID: u.ID, TokenHash: app.HashKey(token),
		PasswordTag: passwordTag(c.App, u), UserAgent: c.UserAgent, IP: c.IP, SeenAt: t.Now,
		ExpiresAt: t.Now.Add(rememberFor)})
}

// rememberedBrowsers are those of a person that count, the one that was seen last first.
func rememberedBrowsers(t *store.Tx, a *app.App, u *store.User) ([]store.RememberedBrowser, error) {
	return store.RememberedBrowsers.List(t, dbx.And(dbx.HashExp{"user_id": u.ID, "password_tag": passwordTag(a, u)},
		store.After("expires_at", a.DB.Now())), "seen_at DESC", "id")
}

// ForgetBrowser has one of a person's browsers ask for the second factor again; all of them without an id.
func ForgetBrowser(ctx context.Context, a *app.App, u *store.User, id string) error {
	return a.DB.Write(ctx, u.ID, func(t *store.Tx) error {
		n, err := store.EndRememberedBrowsers(t, u.ID, id)
		if err != nil {
			return err
		}
		if n == 0 && id != "" {
			return store.ErrNotFound
		}
		return app.Note(t, app.Deed{Event: app.BrowserForgotten, Target: app.Person(u.ID), More: map[string]any{"count": n}})
	})
}
