package console

import (
	"fmt"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/directory"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/web"
)

// directorySettings are what administrators set and try of the directory.
var directorySettings = []web.Op{
	action("sign-in-providers/ldap/", admin, "Change the directory", changeDirectory, providersAgain[directoryForm]),
	action("sign-in-providers/ldap/try/", admin, "Try the directory", tryDirectory, providersAgain[directoryTrial]),
}

// directoryPage is what administrators see of the directory.
type directoryPage struct {
	Set   app.Settings // what the page has set
	Fixed bool         // the configuration names it
	Ready bool
}

func directoryOverview(c *app.Call, s app.Settings) directoryPage {
	return directoryPage{Set: s, Fixed: c.Config.SignIn.LDAP.IsSet(), Ready: directory.IsSet(c.App, s)}
}

type directoryForm struct {
	URL       string `json:"url" check:"blank,max=1000"`
	StartTLS  string `json:"start_tls" check:"blank"`
	BindDN    string `json:"bind_dn" check:"blank,max=1000"`
	Password  string `json:"bind_password" check:"blank,raw"`
	BaseDN    string `json:"base_dn" check:"blank,max=1000"`
	Filter    string `json:"filter" check:"blank,max=1000"`
	GroupBase string `json:"group_base_dn" check:"blank,max=1000"`
	Admins    string `json:"admin_groups" check:"blank,max=10000"`
	Groups    string `json:"workspace_groups" check:"blank,max=10000"`
	Trust     string `json:"trust_addresses" check:"blank"`
	SignUp    string `json:"always_sign_up" check:"blank"`
}

// changeDirectory keeps the password when none is sent, but for a directory that is forgotten, one without a URL, and
// for another server: whoever does not know the password has it sent nowhere else.
func changeDirectory(c *app.Call, in directoryForm) (outcome, error) {
	if c.Config.SignIn.LDAP.IsSet() {
		return outcome{}, app.Refuse(app.Conflict, say("ldap.fixed"))
	}
	now, err := c.Settings(c)
	if err != nil {
		return outcome{}, err
	}
	flag := map[bool]string{false: "0", true: "1"}
	values := app.Settings{"LDAP_SERVER_URI": strings.TrimSpace(in.URL), "LDAP_START_TLS": flag[in.StartTLS == "1"],
		"LDAP_BIND_DN": in.BindDN, "LDAP_USER_SEARCH_BASE": in.BaseDN, "LDAP_USER_SEARCH_FILTER": in.Filter,
		"LDAP_GROUP_SEARCH_BASE": in.GroupBase, "LDAP_ADMIN_GROUPS": in.Admins, "LDAP_WORKSPACE_GROUPS": in.Groups,
		"LDAP_TRUST_ADDRESSES": flag[in.Trust == "1"], "LDAP_ALWAYS_SIGN_UP": flag[in.SignUp == "1"]}
	same := in.URL == now["LDAP_SERVER_URI"] && in.BindDN == now["LDAP_BIND_DN"] &&
		values["LDAP_START_TLS"] == now["LDAP_START_TLS"]
	wanted := directory.OfSettings(values)
	if wanted.BindPassword = in.Password; in.Password == "" && same {
		wanted.BindPassword = now["LDAP_BIND_PASSWORD"]
	}
	values["LDAP_BIND_PASSWORD"] = wanted.BindPassword
	if key, err := wanted.Check(); err != nil {
		return outcome{}, app.Refuse(app.Invalid, fmt.Sprintf("%s: %s", say(directoryTexts[key]), err))
	}
	_, err = instance.ChangeSettings(c, values)
	return outcome{To: providersPath, Done: "done.saved"}, err
}

// directoryTexts are what the fields are called that may be of no use, by their settings.
var directoryTexts = map[string]string{"url": "ldap.url", "bind_dn": "ldap.bind-dn", "bind_password": "ldap.password",
	"base_dn": "ldap.base-dn", "filter": "ldap.filter", "group_base_dn": "ldap.group-base-dn",
	"workspace_groups": "oidc.workspace-groups"}

// directoryFaults are what is wrong with the directory, by the step at which that was found.
var directoryFaults = map[string]string{"connect": "ldap.fault-connect", "people": "ldap.fault-people",
	"person": "ldap.fault-person"}

type directoryTrial struct {
	Login string `json:"login" check:"blank,max=320"`
}

// tryDirectory says what the directory answers, word for word.
func tryDirectory(c *app.Call, in directoryTrial) (outcome, error) {
	d, err := directory.Of(c, c.App)
	if err != nil {
		return outcome{}, err
	}
	if d == nil {
		return outcome{}, app.ErrMissing
	}
	if t := d.Try(c, in.Login); !t.Well() {
		c.Log.Warn("the directory was tried in vain", "step", t.Step, "error", t.Words)
		return outcome{}, app.Refuse(app.Invalid, say(directoryFaults[t.Step], t.Words))
	}
	return outcome{To: providersPath, Done: "done.directory-tried"}, nil
}
