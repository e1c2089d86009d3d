package console

import (
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/directory"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/web"
)

const (
	mailPath      = Home + "mail/"
	providersPath = Home + "sign-in-providers/"
)

// settings are the pages of what administrators set.
var settings = []web.Op{
	page("mail/", admin, showMail),
	action("mail/", admin, "Change the mail server", changeMail, mailAgain[mailForm]),
	action("mail/forget/", admin, "Forget the mail server", forgetMail, mailAgain[web.Nothing]),
	action("mail/test/", admin, "Send a letter to try the mail server", testMail, mailAgain[testForm]),
	page("sign-in-providers/", admin, showProviders),
	action("sign-in-providers/", admin, "Change who may sign in, and how", changeEntrance, providersAgain[entranceForm]),
	action("sign-in-providers/{name}/", admin, "Change a provider that people sign in by", changeProvider,
		providersAgain[providerForm]),
}

type mailPage struct {
	Settings app.Settings
	Secured  string // none, starttls or tls
	Receiver string
	Fixed    bool                // the configuration decides
	Fault    *instance.MailFault // of the test letter
}

func showMail(c *app.Call, _ web.Nothing) (screen, error) {
	p, err := mailSettings(c)
	return screen{Page: "mail", Body: p.body}, err
}

func mailAgain[In any](c *app.Call, _ In) (screen, error) { return showMail(c, web.Nothing{}) }

func mailSettings(c *app.Call) (mailPage, error) {
	s, err := c.Settings(c)
	p := mailPage{Settings: s, Secured: "none", Receiver: text(c.User.Email), Fixed: c.Config.Mail.Host != ""}
	switch {
	case s.On("EMAIL_USE_SSL"):
		p.Secured = "tls"
	case s.On("EMAIL_USE_TLS"):
		p.Secured = "starttls"
	}
	return p, err
}

type mailForm struct {
	Host     string `json:"host" check:"blank,max=255"`
	Port     string `json:"port" check:"blank,max=5"`
	Secured  string `json:"secured" check:"blank"`
	From     string `json:"from" check:"blank,max=320"`
	User     string `json:"user" check:"blank,max=255"`
	Password string `json:"password" check:"blank,raw"`
}

// changeMail keeps the password when none is sent: it is never shown.
func changeMail(c *app.Call, in mailForm) (outcome, error) {
	port, err := strconv.Atoi(in.Port)
	switch {
	case in.Host == "" || strings.ContainsAny(in.Host, " /:@") && !strings.Contains(in.Host, "::"):
		return outcome{}, app.Refuse(app.Invalid, say("fault.mail-host"))
	case err != nil || port < 1 || port > 65535:
		return outcome{}, app.Refuse(app.Invalid, say("fault.mail-port"))
	case !instance.IsSender(in.From):
		return outcome{}, app.Refuse(app.Invalid, say("fault.mail-from"))
	}
	flag := map[bool]string{false: "0", true: "1"}
	values := map[string]string{"ENABLE_SMTP": "1", "EMAIL_HOST": in.Host, "EMAIL_PORT": in.Port, "EMAIL_FROM": in.From,
		"EMAIL_HOST_USER": in.User, "EMAIL_USE_TLS": flag[in.Secured == "starttls"],
		"EMAIL_USE_SSL": flag[in.Secured == "tls"]}
	if in.Password != "" || in.User == "" {
		values["EMAIL_HOST_PASSWORD"] = in.Password
	}
	_, err = instance.ChangeSettings(c, values)
	return outcome{To: mailPath, Done: "done.saved"}, err
}

func forgetMail(c *app.Call, _ web.Nothing) (outcome, error) {
	return outcome{To: mailPath, Done: "done.mail-forgotten"}, instance.DisableMail(c)
}

type testForm struct {
	Receiver string `json:"receiver" check:"blank,max=255"`
}

// testMail sends at once and shows what the mail server says, word for word.
func testMail(c *app.Call, in testForm) (outcome, error) {
	p, err := mailSettings(c)
	if err != nil {
		return outcome{}, err
	}
	if err := instance.CheckTest(p.Settings, in.Receiver); err != nil {
		return outcome{}, err
	}
	out := outcome{Done: "done.letter-sent"}
	if err := instance.SendTest(c, p.Settings, in.Receiver); err != nil {
		fault := instance.ExplainMail(err)
		c.App.Log.Warn("a test letter was not sent", "error", err)
		p.Fault, out.Done = &fault, ""
	}
	p.Receiver = in.Receiver
	out.Screen = &screen{Page: "mail", Body: p.body}
	return out, nil
}

type providersPage struct {
	OIDC      oidcPage
	Directory directoryPage
	Settings  app.Settings
	Providers []provider

	Factor, FactorFixed string // who has to have a second factor; Fixed: as the configuration says
}

// provider is somewhere else where people have accounts, and what is set about it.
type provider struct {
	Name, Label, Host, Organization string // Host and Organization: keys of settings; empty for one that has none
	ID, Secret, Callback            string
	Ready                           bool
}

// labels are how providers write themselves.
var labels = map[string]string{"google": "Google", "github": "GitHub", "gitlab": "GitLab", "gitea": "Gitea"}

func showProviders(c *app.Call, _ web.Nothing) (screen, error) {
	s, err := c.Settings(c)
	if err != nil {
		return screen{}, err
	}
	p := providersPage{Settings: s, FactorFixed: c.Config.SignIn.SecondFactor}
	if p.Factor, err = user.FactorPolicyOf(c); err != nil {
		return screen{}, err
	}
	if p.OIDC, err = oidcOverview(c, s); err != nil {
		return screen{}, err
	}
	p.Directory = directoryOverview(c, s)
	for _, known := range user.Providers {
		key := strings.ToUpper(known.Name)
		one := provider{Name: known.Name, Label: labels[known.Name], ID: key + "_CLIENT_ID", Secret: key + "_CLIENT_SECRET",
			Callback: c.AppURL() + "/auth/" + known.Name + "/callback/", Ready: known.Ready(s)}
		if _, ok := s[key+"_HOST"]; ok {
			one.Host = key + "_HOST"
		}
		if _, ok := s[key+"_ORGANIZATION_ID"]; ok {
			one.Organization = key + "_ORGANIZATION_ID"
		}
		p.Providers = append(p.Providers, one)
	}
	return screen{Page: "providers", Body: p.body}, nil
}

func providersAgain[In any](c *app.Call, _ In) (screen, error) {
	return showProviders(c, web.Nothing{})
}

// entranceForm has a box for each switch: one that is not ticked is not sent.
type entranceForm struct {
	SignUp     string `json:"ENABLE_SIGNUP" check:"blank"`
	Passwords  string `json:"ENABLE_EMAIL_PASSWORD" check:"blank"`
	Codes      string `json:"ENABLE_MAGIC_LINK_LOGIN" check:"blank"`
	Workspaces string `json:"everybody_makes_workspaces" check:"blank"`
	Factor     string `json:"second_factor" check:"blank"`
}

func changeEntrance(c *app.Call, in entranceForm) (outcome, error) {
	s, err := c.Settings(c)
	if err != nil {
		return outcome{}, err
	}
	if in.Codes == "1" && s["EMAIL_HOST"] == "" {
		return outcome{}, app.Refuse(app.Invalid, say("fault.codes-want-mail"))
	}
	if in.Passwords != "1" && in.Codes != "1" && !directory.IsSet(c.App, s) {
		ways, err := waysElse(c, s)
		if err != nil {
			return outcome{}, err
		}
		if len(ways) == 0 {
			return outcome{}, app.Refuse(app.Invalid, say("fault.no-entrance"))
		}
	}
	flag := map[bool]string{false: "0", true: "1"}
	values := map[string]string{"ENABLE_SIGNUP": flag[in.SignUp == "1"],
		"ENABLE_EMAIL_PASSWORD": flag[in.Passwords == "1"], "ENABLE_MAGIC_LINK_LOGIN": flag[in.Codes == "1"],
		"DISABLE_WORKSPACE_CREATION": flag[in.Workspaces != "1"]}
	if in.Factor != "" {
		values[app.SecondFactorKey] = in.Factor
	}
	_, err = instance.ChangeSettings(c, values)
	return outcome{To: providersPath, Done: "done.saved"}, err
}

type providerForm struct {
	Name         string `path:"name"`
	ID           string `json:"client_id" check:"blank,max=1000"`
	Secret       string `json:"client_secret" check:"blank,raw"`
	Host         string `json:"host" check:"blank,max=1000"`
	Organization string `json:"organization" check:"blank,max=255"`
}

// changeProvider keeps the secret when none is sent, but for a provider that is forgotten: one without an id.
func changeProvider(c *app.Call, in providerForm) (outcome, error) {
	if labels[in.Name] == "" {
		return outcome{}, app.ErrMissing
	}
	s, err := c.Settings(c)
	if err != nil {
		return outcome{}, err
	}
	key := strings.ToUpper(in.Name)
	values := map[string]string{key + "_CLIENT_ID": in.ID}
	if in.Secret != "" || in.ID == "" {
		values[key+"_CLIENT_SECRET"] = in.Secret
	}
	if _, ok := s[key+"_HOST"]; ok {
		if in.ID != "" && !app.IsWebURL(in.Host) {
			return outcome{}, app.Refuse(app.Invalid, say("fault.provider-host"))
		}
		values[key+"_HOST"] = in.Host
	}
	if _, ok := s[key+"_ORGANIZATION_ID"]; ok {
		values[key+"_ORGANIZATION_ID"] = in.Organization
	}
	_, err = instance.ChangeSettings(c, values)
	return outcome{To: providersPath, Done: "done.saved"}, err
}
