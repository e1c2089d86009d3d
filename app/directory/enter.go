package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/grant"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// Enter signs in whom the directory knows by what was typed: it looks for the one entry, binds as that, and reads its
// groups. Everything after that is as with every other sign-in, the second factor too.
func (d *Directory) Enter(c *app.Call, login, plain, site string) (key string, err error) {
	if plain == "" || strings.ContainsRune(plain, 0) {
		return "", stranger("a password that is none")
	}
	ctx, cancel := context.WithTimeout(c, d.patience())
	defer cancel()
	var w user.Elsewhere
	err = d.with(ctx, func(s *session) error {
		p, err := d.find(s, login)
		if err != nil {
			return err
		}
		right, err := d.guessing(c, p)
		if err != nil {
			return err
		}
		if err := d.prove(ctx, p.DN, plain); err != nil {
			return err
		}
		if err := right(); err != nil {
			return err
		}
		w, err = d.person(c, s, p)
		return err
	})
	var refusal *app.Error
	switch {
	case isStranger(err):
		c.Log.Warn("sign-in by the directory refused", "client", c.IP, "id", c.RequestID, "error", shorten(err))
		return "", err
	case errors.As(err, &refusal):
		return "", err
	case err != nil:
		c.Log.Error("sign-in by the directory", "id", c.RequestID, "error", shorten(err))
		return "", fault(err)
	}
	if err := d.letIn(c, w.ID); err != nil {
		return "", err
	}
	key, err = user.EnterFrom(c, w, site)
	if errors.Is(err, user.ErrAddressUnproved) || errors.Is(err, user.ErrOtherAccount) {
		c.Log.Warn("sign-in by the directory refused: the address of the entry is none, or somebody has it here who is not "+
			"connected with the entry; see sign_in.ldap.trust_addresses", "id", c.RequestID, "entry", w.ID)
		return "", stranger("somebody else has the address here")
	}
	return key, err
}

// guessing counts a guess at an entry's password for whoever it signs in.
func (d *Directory) guessing(c *app.Call, p *person) (right func() error, err error) {
	row, err := store.Accounts.Get(c.Read(), dbx.HashExp{"provider": provider, "provider_account_id": p.ID})
	if errors.Is(err, store.ErrNotFound) {
		return user.GuessingAt(c, "password:ldap:"+app.HashKey(p.ID), app.Target{})
	}
	if err != nil {
		return nil, err
	}
	u, err := store.Users.Find(c.Read(), row.UserID)
	if err != nil {
		return nil, err
	}
	return user.Guessing(c, u)
}

// person is who somebody is, and what their groups give.
func (d *Directory) person(c *app.Call, s *session, p *person) (user.Elsewhere, error) {
	w := d.elsewhere(p)
	if !d.grants() {
		return w, nil
	}
	groups, err := d.groups(s, p)
	if errors.Is(err, errManyGroups) {
		c.Log.Warn("groups are left as they were", "provider", provider, "id", c.RequestID, "error", err)
		return w, nil
	}
	if err != nil {
		return w, err
	}
	wanted := grant.Of(groups, d.AdminGroups, d.roles())
	w.Also = func(t *store.Tx, u *store.User) error {
		changes, err := grant.Apply(t, u, provider, wanted)
		if err == nil && len(changes) > 0 {
			c.Log.Info("groups", "provider", provider, "user", u.ID, "changes", strings.Join(changes, "; "))
		}
		return err
	}
	return w, nil
}

// shut is what an account's connection with an entry remembers of having been shut out: since when. Who is shut out
// by somebody else since, or was let in by hand, is nobody whom the directory lets in.
type shut struct {
	Since string `json:"shut_out_since,omitempty"`
}

func shutOf(row *store.Account) (s shut) {
	json.Unmarshal(row.Metadata, &s) //nolint:errcheck // an imported account's is of another kind: nothing of ours
	return s
}

func (s shut) is(u *store.User) bool {
	return s.Since != "" && u.MaskedAt != nil && store.Stamped(*u.MaskedAt).Format(time.RFC3339Nano) == s.Since
}

// letIn opens the account of an entry again that was shut out while the entry was gone or disabled.
func (d *Directory) letIn(c *app.Call, id string) error {
	row, err := store.Accounts.Get(c.Read(), dbx.HashExp{"provider": provider, "provider_account_id": id})
	if errors.Is(err, store.ErrNotFound) || err == nil && shutOf(row).Since == "" {
		return nil
	}
	if err != nil {
		return err
	}
	return reopen(c, c.App, row)
}

// reopen opens an account that was shut out, and remembers that no more.
func reopen(ctx context.Context, a *app.App, row *store.Account) error {
	err := a.DB.Write(ctx, "", func(t *store.Tx) error {
		u, err := store.Users.Find(t, row.UserID)
		if err != nil {
			return err
		}
		if shutOf(row).is(u) {
			u.MaskedAt, u.IsActive = nil, true
			if err := store.Users.Update(t, u, "masked_at", "is_active"); err != nil {
				return err
			}
		}
		row.Metadata = store.JSON("{}")
		return store.Accounts.Update(t, row, "metadata")
	})
	if err != nil {
		return fmt.Errorf("let somebody in who is back in the directory: %w", err)
	}
	return nil
}
