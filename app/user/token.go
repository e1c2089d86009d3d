package user

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// TokenDraft is an API key to be made.
type TokenDraft struct {
	Label, Description string
	ExpiredAt          *time.Time
	KeyLimits

	By        string  // who makes it; empty: its owner
	Workspace *string // that its owner, a service account, belongs to
}

// CreateToken makes an API key of a person. The secret is answered only here: the database keeps its hash.
func CreateToken(ctx context.Context, a *app.App, u *store.User, d TokenDraft) (secret string, k *store.APIToken,
	err error) {
	secret = "plane_api_" + app.RandomHex(32) // clients know keys by this prefix
	k = &store.APIToken{Token: app.HashKey(secret), Label: d.Label, Description: d.Description, UserID: u.ID,
		ExpiredAt: d.ExpiredAt, WorkspaceID: d.Workspace, IsActive: true, AllowedRateLimit: "60/min"}
	if u.IsBot {
		k.UserType = 1
	}
	if _, err := d.put(ctx, a, k); err != nil {
		return "", nil, err
	}
	if fault := a.Config.Keys.Fault(k, a.DB.Now()); fault != "" {
		return "", nil, app.Refuse(app.Invalid, fault)
	}
	err = a.DB.Write(ctx, cmp.Or(d.By, u.ID), func(t *store.Tx) error {
		err := app.CheckRoom(t, "keys of "+u.ID, a.Config.Limits.APIKeys, 1, func() (int, error) {
			return store.APITokens.Count(t, dbx.HashExp{"user_id": u.ID})
		}, "One person can have at most %d API keys")
		if err != nil {
			return err
		}
		return store.APITokens.Insert(t, k)
	})
	return secret, k, err
}

// ListTokens returns a person's keys but for those of services, newest first.
func ListTokens(c *app.Call) ([]store.APIToken, error) {
	return store.APITokens.List(c.Read(), dbx.HashExp{"user_id": c.UserID(), "is_service": false}, "created_at DESC",
		"id DESC")
}

// Token returns one of the caller's keys; store.ErrNotFound if there is none.
func Token(c *app.Call, id string) (*store.APIToken, error) {
	return store.APITokens.Get(c.Read(), dbx.HashExp{"id": id, "user_id": c.UserID()})
}

// UpdateToken writes the named columns of a key, and what it is bound to from now on.
func UpdateToken(c *app.Call, k *store.APIToken, l KeyLimits, columns ...string) error {
	limits, err := l.put(c, c.App, k)
	if err != nil {
		return err
	}
	if fault := c.Config.Keys.Fault(k, k.CreatedAt); len(limits) > 0 && fault != "" {
		return app.Refuse(app.Invalid, fault)
	}
	columns = append(columns, limits...)
	return c.Write(func(t *store.Tx) error { return store.APITokens.Update(t, k, columns...) })
}

// RevokeToken ends a key of a person's; those of services stay.
func RevokeToken(ctx context.Context, a *app.App, u *store.User, id string) error {
	return a.DB.Write(ctx, u.ID, func(t *store.Tx) error {
		k, err := store.APITokens.Get(t, dbx.HashExp{"id": id, "user_id": u.ID, "is_service": false})
		if err != nil {
			return err
		}
		if err := t.LockRow("api_tokens", k.ID); err != nil {
			return err
		}
		return store.APITokens.Delete(t, k)
	})
}

// EndToken ends a key, whoever's it is; store.ErrNotFound if there is none.
func EndToken(ctx context.Context, a *app.App, id string) error {
	if _, err := uuid.Parse(id); err != nil {
		return store.ErrNotFound
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		k, err := store.APITokens.Find(t, id)
		if err != nil {
			return err
		}
		if err := t.LockRow("api_tokens", k.ID); err != nil {
			return err
		}
		return store.APITokens.Delete(t, k)
	})
}
