package console

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/oidc"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// oidcSettings are what is set and done about providers of OpenID Connect, by administrators and for one's own account.
var oidcSettings = []web.Op{
	action("sign-in-providers/oidc/", admin, "Change the provider of OpenID Connect", changeOIDC, providersAgain[oidcForm]),
	action("sign-in-providers/oidc/{name}/try/", admin, "Try a provider of OpenID Connect", tryOIDC,
		providersAgain[oidcName]),
	action("account/connections/end/", web.SignedIn(), "Disconnect an account elsewhere", disconnect, accountOf[rowForm]),
}

// oidcPage is what administrators see of the providers.
type oidcPage struct {
	Set       map[string]string // what the page has set, by the name of the setting
	Fixed     bool              // the configuration sets the one of the page
	Ready     bool
	Callback  string
	Logout    string
	Providers []*oidc.Provider // that are set up
}

func oidcOverview(c *app.Call, s app.Settings) (oidcPage, error) {
	all, err := oidc.All(c, c.App)
	p := oidcPage{Set: s, Fixed: c.Config.SignIn.OIDC[app.PaidOIDC] != nil, Callback: c.AppURL() + "/auth/oidc/callback/",
		Logout: c.AppURL() + "/auth/oidc/logout/", Providers: all}
	for _, known := range all {
		p.Ready = p.Ready || known.Name == app.PaidOIDC
	}
	return p, err
}

type oidcForm struct {
	Label     string `json:"label" check:"blank,max=255"`
	Issuer    string `json:"issuer" check:"blank,max=1000"`
	ID        string `json:"client_id" check:"blank,max=1000"`
	Secret    string `json:"client_secret" check:"blank,raw"`
	Authorize string `json:"authorize_url" check:"blank,max=1000"`
	Token     string `json:"token_url" check:"blank,max=1000"`
	Userinfo  string `json:"userinfo_url" check:"blank,max=1000"`
	Logout    string `json:"logout_url" check:"blank,max=1000"`
	Claim     string `json:"groups_claim" check:"blank,max=255"`
	Admins    string `json:"admin_groups" check:"blank,max=10000"`
	Groups    string `json:"workspace_groups" check:"blank,max=10000"`
	Trust     string `json:"trust_addresses" check:"blank"`
}

// changeOIDC keeps the secret when none is sent, but for a provider that is forgotten: one without an id.
func changeOIDC(c *app.Call, in oidcForm) (outcome, error) {
	if c.Config.SignIn.OIDC[app.PaidOIDC] != nil {
		return outcome{}, app.Refuse(app.Conflict, say("oidc.fixed"))
	}
	flag := map[bool]string{false: "0", true: "1"}
	values := map[string]string{"IS_OIDC_ENABLED": flag[in.ID != ""], "OIDC_PROVIDER_NAME": in.Label,
		"OIDC_ISSUER": strings.TrimSpace(in.Issuer), "OIDC_CLIENT_ID": in.ID, "OIDC_AUTHORIZE_URL": in.Authorize,
		"OIDC_TOKEN_URL": in.Token, "OIDC_USERINFO_URL": in.Userinfo, "OIDC_LOGOUT_URL": in.Logout,
		"OIDC_GROUPS_CLAIM": in.Claim, "OIDC_ADMIN_GROUPS": in.Admins, "OIDC_WORKSPACE_GROUPS": in.Groups,
		"OIDC_TRUST_ADDRESSES": flag[in.Trust == "1"]}
	if in.Secret != "" || in.ID == "" {
		values["OIDC_CLIENT_SECRET"] = in.Secret
	}
	if in.ID != "" {
		wanted := oidc.OfSettings(values)
		if key, err := wanted.Check(app.PaidOIDC); err != nil {
			return outcome{}, app.Refuse(app.Invalid, fmt.Sprintf("%s: %s", say(fieldTexts[key]), err))
		}
	}
	_, err := instance.ChangeSettings(c, values)
	return outcome{To: providersPath, Done: "done.saved"}, err
}

// fieldTexts are what the fields are called that may be of no use, by their settings.
var fieldTexts = map[string]string{"issuer": "oidc.issuer", "client_id": "providers.id",
	"authorize_url": "oidc.authorize-url", "token_url": "oidc.token-url", "userinfo_url": "oidc.userinfo-url",
	"logout_url": "oidc.logout-url", "workspace_groups": "oidc.workspace-groups"}

// trialTexts are what is wrong with a provider, by the step at which that was found.
var trialTexts = map[string]string{"describe": "oidc.fault-describe", "keys": "oidc.fault-keys",
	"client": "oidc.fault-client"}

type oidcName struct {
	Name string `path:"name"`
}

// tryOIDC says what the provider answers, word for word.
func tryOIDC(c *app.Call, in oidcName) (outcome, error) {
	p, err := oidc.Find(c, c.App, in.Name)
	if err != nil {
		return outcome{}, err
	}
	if t := p.Try(c, c.App); !t.Well() {
		c.Log.Warn("a provider of sign-in was tried in vain", "provider", p.Name, "step", t.Step, "error", t.Words)
		return outcome{}, app.Refuse(app.Invalid, say(trialTexts[t.Step], p.Shown(), t.Words))
	}
	return outcome{To: providersPath, Done: "done.provider-tried"}, nil
}

// connection is one way of signing in that somebody has, or may have.
type connection struct {
	Name    string
	Connect string // where it is connected; empty: it is
	ID      string // of what connects it
	Row     *store.Account
}

// connections are the caller's ways to sign in by providers.
func connections(c *app.Call) (all []connection, err error) {
	known, err := oidc.All(c, c.App)
	if err != nil {
		return nil, err
	}
	rows, err := oidc.Connections(c)
	if err != nil {
		return nil, err
	}
	for _, p := range known {
		row, there := rows[p.Issuer]
		delete(rows, p.Issuer)
		one := connection{Name: p.Shown(), Connect: p.Path() + "?connect=" + connectToken(c, p)}
		if there {
			one.Connect, one.ID, one.Row = "", row.ID, &row
		}
		all = append(all, one)
	}
	for issuer, row := range rows { // of a provider that is set up no more, or says itself what its issuer is
		all = append(all, connection{Name: issuer, ID: row.ID, Row: &row})
	}
	return all, nil
}

func disconnect(c *app.Call, in rowForm) (outcome, error) {
	if !store.IsID(in.ID) {
		return outcome{}, app.ErrMissing
	}
	err := user.Disconnect(c, in.ID)
	if errors.Is(err, store.ErrNotFound) {
		err = app.ErrMissing
	}
	return outcome{To: accountPath, Done: "done.disconnected"}, err
}
