// Package directory signs people in by a directory (LDAP, Active Directory) through the ordinary form: it looks for
// their entry, binds as it with what they typed, and reads their groups. By night it shuts out who is gone from there.
package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// provider is what the directory's entries are kept by among the accounts that people have elsewhere, and its groups
// among those that give roles. What an entry is known by for ever is no other directory's, so that there is one name.
const provider = "ldap"

// Directory is the one that is set up. Fixed: the configuration says so, and no page changes it.
type Directory struct {
	app.LDAPConfig
	Fixed bool

	app  *app.App
	pool *pool
}

// OfSettings is the directory that administrators have set, or would set.
func OfSettings(s app.Settings) app.LDAPConfig {
	cfg := app.DefaultLDAP()
	cfg.URL, cfg.StartTLS = s["LDAP_SERVER_URI"], !s.Off("LDAP_START_TLS")
	cfg.BindDN, cfg.BindPassword, cfg.BaseDN = s["LDAP_BIND_DN"], s["LDAP_BIND_PASSWORD"], s["LDAP_USER_SEARCH_BASE"]
	cfg.Filter, cfg.GroupBaseDN = s["LDAP_USER_SEARCH_FILTER"], s["LDAP_GROUP_SEARCH_BASE"]
	cfg.TrustAddresses, cfg.AlwaysSignUp = s.On("LDAP_TRUST_ADDRESSES"), s.On("LDAP_ALWAYS_SIGN_UP")
	cfg.AdminGroups, cfg.WorkspaceGroups = lines(s["LDAP_ADMIN_GROUPS"]), lines(s["LDAP_WORKSPACE_GROUPS"])
	return cfg
}

// lines are the lines of a text that say something: names of groups have commas.
func lines(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// config is the directory of the configuration or else that of the administrators; without a URL there is none.
func config(a *app.App, s app.Settings) (cfg app.LDAPConfig, fixed bool) {
	if a.Config.SignIn.LDAP.IsSet() {
		return a.Config.SignIn.LDAP, true
	}
	cfg = OfSettings(s)
	if _, err := cfg.Check(); err != nil {
		return app.LDAPConfig{}, false // the page on which it is set says what is missing
	}
	return cfg, false
}

// IsSet says whether there is a directory.
func IsSet(a *app.App, s app.Settings) bool {
	cfg, _ := config(a, s)
	return cfg.IsSet()
}

// Of returns the directory that is set up; nil without one.
func Of(ctx context.Context, a *app.App) (*Directory, error) {
	s, err := a.Settings(ctx)
	if err != nil {
		return nil, err
	}
	cfg, fixed := config(a, s)
	if !cfg.IsSet() {
		return nil, nil
	}
	raw, err := json.Marshal(struct {
		app.LDAPConfig
		Fixed    bool
		Networks []string
	}{cfg, fixed, a.Config.SignIn.AllowNetworks})
	if err != nil {
		return nil, err
	}
	d := &Directory{LDAPConfig: cfg, Fixed: fixed, app: a}
	at, _ := a.Kept.LoadOrStore(poolKey{}, newPool(string(raw), cfg.Connections))
	d.pool = at.(*pool)
	if d.pool.print != string(raw) { // the settings are others now
		before := d.pool
		d.pool = newPool(string(raw), cfg.Connections)
		if a.Kept.CompareAndSwap(poolKey{}, before, d.pool) {
			before.close()
		} else { // somebody else saw it at the same time: this one keeps no connections
			d.pool.close()
		}
	}
	return d, nil
}

type poolKey struct{}

// patience is how long all questions of one step may take.
func (d *Directory) patience() time.Duration { return time.Duration(d.TimeoutSeconds) * time.Second }

// grants says whether groups give anything here.
func (d *Directory) grants() bool { return len(d.AdminGroups)+len(d.WorkspaceGroups) > 0 }

// SignIn signs somebody in by the password of their account here or of their entry in the directory.
func SignIn(c *app.Call, in user.Credentials, site string) (key string, err error) {
	d, err := Of(c, c.App)
	if err != nil {
		return "", err
	}
	if d == nil {
		return user.SignIn(c, in, site)
	}
	return user.SignInBeside(c, in, site, d)
}

// Keeps says whether the directory alone has the password of an account: that of every account that is connected with
// an entry, so that a password from before opens nothing when the entry is disabled. Who administers the installation,
// and not because of the directory's groups, keeps theirs, so that a directory that is down locks nobody out of that.
func (d *Directory) Keeps(c *app.Call, u *store.User) (bool, error) {
	connected, err := store.Accounts.Exists(c.Read(), dbx.HashExp{"provider": provider, "user_id": u.ID})
	if err != nil || !connected {
		return false, err
	}
	administers, err := user.IsInstanceAdmin(c, u.ID)
	if err != nil || !administers {
		return true, err
	}
	return store.GrantedRoles.Exists(c.Read(), dbx.HashExp{"user_id": u.ID, "source": provider, "workspace_id": nil})
}

// EmailStatus is user.EmailStatus that knows the people of the directory, too: they are asked for their password and
// not to sign up. A directory that does not answer knows nobody.
func EmailStatus(c *app.Call, raw string) (exists, byCode bool, err error) {
	exists, byCode, err = user.EmailStatus(c, raw)
	if err != nil || exists && !byCode {
		return exists, byCode, err
	}
	d, err := Of(c, c.App)
	if err != nil || d == nil {
		return exists, byCode, err
	}
	email, _ := app.CleanEmail(raw)
	if exists {
		u, err := user.WithEmail(c, email)
		if err != nil {
			return exists, byCode, err
		}
		if keeps, err := d.Keeps(c, u); err != nil || keeps || !d.TrustAddresses {
			return exists, byCode && !keeps, err
		}
	}
	known, err := d.knows(c, email)
	if err != nil {
		c.Log.Warn("the directory was asked who has an address", "id", c.RequestID, "error", err)
		return exists, byCode, nil
	}
	if known {
		return true, false, nil
	}
	return exists, byCode, nil
}

// knows says whether one entry fits what somebody typed, and is not disabled.
func (d *Directory) knows(ctx context.Context, login string) (known bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, d.patience())
	defer cancel()
	err = d.with(ctx, func(s *session) error {
		_, err := d.find(s, login)
		known = err == nil
		if isStranger(err) {
			return nil
		}
		return err
	})
	return known, err
}

// CodeUnreachable is the name of the refusal of everybody who would be signed in by a directory that does not answer.
const CodeUnreachable = "DIRECTORY_UNREACHABLE"

// fault is what a person is told when the directory is to blame.
func fault(cause error) error {
	return &app.Error{Kind: app.Unreachable, Code: CodeUnreachable, Text: "The directory that knows your password does not " +
		"answer as it should. Try again in a while, or tell an administrator.", Cause: fmt.Errorf("directory: %w", shorten(cause))}
}
