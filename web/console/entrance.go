package console

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/directory"
	"github.com/sailplane/sailplane/app/frontend"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/oidc"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/web"
)

const signInPath = Home + "sign-in/"

// entrances are the pages for whoever is not signed in yet.
var entrances = []web.Op{
	page("", web.Public(), leadOn),
	page("setup/", web.Public(), showSetup),
	action("setup/", web.Public(), "Set the server up", setUp, func(c *app.Call, in setupForm) (screen, error) {
		return showSetup(c, setupVisit{Have: in.Token})
	}).Counted(),
	page("sign-in/", web.Public(), showSignIn),
	action("sign-in/", web.Public(), "Sign in by a password", signIn, func(c *app.Call, in signInForm) (screen, error) {
		return showSignIn(c, signInVisit{Next: in.Next})
	}).Counted(),
	action("sign-in/code/", web.Public(), "Send a code", sendCode, func(c *app.Call, in signInForm) (screen, error) {
		return showSignIn(c, signInVisit{Next: in.Next})
	}).Counted(),
	action("sign-in/by-code/", web.Public(), "Sign in by a code", signInByCode, showCode).Counted(),
	action("sign-in/forgotten/", web.Public(), "Send a link that sets a password", sendReset,
		func(c *app.Call, in signInForm) (screen, error) { return showSignIn(c, signInVisit{Next: in.Next}) }).Counted(),
	action("sign-out/", web.Public(), "Sign out", signOut, nil),
	page("password/", web.Public(), showReset),
	action("password/", web.Public(), "Set a password by a link", resetPassword,
		func(c *app.Call, in resetForm) (screen, error) {
			return showReset(c, resetVisit{UID: in.UID, Token: in.Token})
		}).Counted(),
}

// leadingOn is a visit that a form may have led to: the next page says what was done.
type leadingOn struct {
	Done string `query:"done"`
}

// leadOn leads everybody to where they can do something.
func leadOn(c *app.Call, in leadingOn) (screen, error) {
	to, err := place(c)
	if in.Done != "" {
		to += "?done=" + url.QueryEscape(in.Done)
	}
	return goTo(to), err
}

// place is where the caller can do something.
func place(c *app.Call) (string, error) {
	administered, err := instance.HasAdmins(c)
	if err != nil {
		return "", err
	}
	switch {
	case !administered:
		return SetupPath, nil
	case c.User == nil:
		return signInPath, nil
	}
	is, err := instance.Administers(c)
	if err != nil || !is {
		return accountPath, err
	}
	return overviewPath, nil
}

func goTo(path string) screen { return screen{Instead: &web.Reply{Redirect: path}} }

const (
	setupCookie = "setup-token"
	setupLife   = 24 * 3600 // seconds
)

type setupVisit struct {
	Token string `query:"token"`
	Have  string `cookie:"setup-token"`
}

// setupPage is the form of the set-up, or, Locked, where its link is found.
type setupPage struct {
	Locked, WrongLink bool
	AdminPages        string // the set-up of the frontend; empty without one
}

// showSetup keeps the token of the set-up link in a cookie, so that the address does not carry it on.
func showSetup(c *app.Call, in setupVisit) (screen, error) {
	if in.Token != "" {
		err := instance.MayClaim(c, in.Token)
		if err != nil && !needsLink(err) {
			return alreadySetUp(err)
		}
		if err == nil {
			cookie := &http.Cookie{Name: setupCookie, Value: in.Token, Path: "/", MaxAge: setupLife, HttpOnly: true,
				SameSite: http.SameSiteLaxMode, Secure: web.Secure(c)}
			return screen{Instead: &web.Reply{Redirect: SetupPath, Cookies: []*http.Cookie{cookie}}}, nil
		}
	}
	err := instance.MayClaim(c, in.Have)
	if needsLink(err) {
		p := setupPage{Locked: true, WrongLink: in.Token != "" || in.Have != ""}
		return screen{Page: "setup", Body: p.body, Status: http.StatusForbidden}, nil
	}
	if err != nil {
		return alreadySetUp(err)
	}
	p := setupPage{}
	if frontend.Served(c.App) {
		p.AdminPages = c.AdminURL()
	}
	return screen{Page: "setup", Body: p.body}, nil
}

func needsLink(err error) bool {
	var refusal *app.Error
	return errors.As(err, &refusal) && refusal.Code == instance.NeedsSetupLink
}

func alreadySetUp(err error) (screen, error) {
	var refusal *app.Error
	if errors.As(err, &refusal) && refusal.Code == "ADMIN_ALREADY_EXIST" {
		return goTo(Home), nil
	}
	return screen{}, err
}

type setupForm struct {
	Email     string `json:"email" check:"blank,raw"`
	Password  string `json:"password" check:"blank,raw"`
	FirstName string `json:"first_name" check:"blank,max=255"`
	LastName  string `json:"last_name" check:"blank,max=255"`
	Company   string `json:"company_name" check:"blank,max=255"`
	Token     string `cookie:"setup-token"`
}

func setUp(c *app.Call, in setupForm) (outcome, error) {
	key, err := instance.SignUp(c, instance.Setup{Email: &in.Email, Password: &in.Password, FirstName: &in.FirstName,
		LastName: in.LastName, CompanyName: in.Company, Telemetry: "False", Token: in.Token}, user.EnterAsPerson)
	return entered(c, key, overviewPath, "done.set-up", err)
}

// entered leads somebody on who has a session now.
func entered(c *app.Call, key, to, said string, err error) (outcome, error) {
	if err != nil {
		return outcome{}, user.LeadOn(c, err, to)
	}
	return outcome{To: to, Done: said, Cookies: []*http.Cookie{
		web.SessionCookieFor(c, web.SessionCookie, key, c.Config.Sessions.Life())}}, nil
}

type signInVisit struct {
	Next  string `query:"next"`
	Fault string `query:"fault"` // the name of what went wrong on the way
}

type signInPage struct {
	Next                           string
	Fault                          string // in words
	Passwords, Codes, Mail, SignUp bool
	Directory                      bool      // knows passwords, and people by what they are called there
	Here                           bool      // on the machine itself a password is good although passwords are off
	Elsewhere                      []wayElse // where people can sign in that have accounts there
}

// wayElse is a button that leads to a provider.
type wayElse struct{ Path, Label string }

func showSignIn(c *app.Call, in signInVisit) (screen, error) {
	if c.User != nil {
		return goTo(destination(c, onward(in.Next))), nil
	}
	administered, err := instance.HasAdmins(c)
	if err != nil {
		return screen{}, err
	}
	if !administered {
		return goTo(SetupPath), nil
	}
	s, err := c.Settings(c)
	if err != nil {
		return screen{}, err
	}
	p := signInPage{Next: onward(in.Next), Passwords: !s.Off("ENABLE_EMAIL_PASSWORD"), Codes: s.Codes(),
		Mail: s["EMAIL_HOST"] != "", Fault: faultOnTheWay(in.Fault)}
	p.SignUp = p.Passwords && !s.Off("ENABLE_SIGNUP") && frontend.Served(c.App)
	known, err := directory.Of(c, c.App)
	if err != nil {
		return screen{}, err
	}
	switch {
	case known != nil:
		p.Passwords, p.Directory = true, true
	case !p.Passwords && c.Local:
		p.Passwords, p.Here = true, true
	}
	p.Elsewhere, err = waysElse(c, s)
	return screen{Page: "sign-in", Body: p.body}, err
}

// waysElse are the providers that are set up; none of them is asked anything.
func waysElse(c *app.Call, s app.Settings) (ways []wayElse, err error) {
	all, err := oidc.All(c, c.App)
	for _, p := range all {
		ways = append(ways, wayElse{p.Path(), p.Shown()})
	}
	for _, known := range user.Providers {
		if known.Ready(s) {
			ways = append(ways, wayElse{"/auth/" + known.Name + "/", labels[known.Name]})
		}
	}
	return ways, err
}

// faultOnTheWay is what went wrong before the page was opened, by the name that the address has of it.
func faultOnTheWay(name string) string {
	name, _, _ = strings.Cut(name, ":")
	switch {
	case name == "":
		return ""
	case faults[name] != "":
		return say(faults[name])
	}
	return say("fault.on-the-way")
}

// onward is where somebody wanted to go, when that is a page of ours or of the tracker.
func onward(next string) string { return cmp.Or(local(next), Home) }

// toSignIn leads somebody to where they sign in, and then back.
func toSignIn(r *http.Request) web.Reply {
	to := signInPath
	if r.Method == http.MethodGet && onward(r.URL.RequestURI()) != Home {
		to += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	return web.Reply{Status: http.StatusSeeOther, Redirect: to}
}

type signInForm struct {
	Email    string `json:"email" check:"blank,raw"`
	Password string `json:"password" check:"blank,raw"`
	Next     string `json:"next" check:"blank,raw"`
}

func signIn(c *app.Call, in signInForm) (outcome, error) {
	key, err := directory.SignIn(c, user.Credentials{Email: &in.Email, Password: &in.Password, Here: c.Local},
		c.AppURL())
	return entered(c, key, destination(c, onward(in.Next)), "", err)
}

// sendReset does not tell who has an account.
func sendReset(c *app.Call, in signInForm) (outcome, error) {
	out := outcome{To: signInPath, Done: "done.reset-sent"}
	address, err := c.Address(c)
	if err != nil {
		return out, err
	}
	err = user.SendReset(c, in.Email, address)
	var refusal *app.Error
	if errors.As(err, &refusal) && refusal.Code == "USER_DOES_NOT_EXIST" {
		err = nil
	}
	return out, err
}

type codePage struct{ Email, Next string }

func sendCode(c *app.Call, in signInForm) (outcome, error) {
	email, err := user.SendCode(c, in.Email)
	p := codePage{email, onward(in.Next)}
	return outcome{Screen: &screen{Page: "code", Body: p.body}, Done: "done.code-sent"}, err
}

type codeForm struct {
	Email string `json:"email" check:"blank,raw"`
	Code  string `json:"code" check:"blank,raw"`
	Next  string `json:"next" check:"blank,raw"`
}

func showCode(_ *app.Call, in codeForm) (screen, error) {
	return screen{Page: "code", Body: codePage{in.Email, onward(in.Next)}.body}, nil
}

// signInByCode makes an account for whoever has none: a code of ours shows that the address is theirs, and who may have
// an account is said by the same rule as everywhere.
func signInByCode(c *app.Call, in codeForm) (outcome, error) {
	guess := user.Guess{Email: in.Email, Code: strings.TrimSpace(in.Code)}
	key, _, err := user.SignInByCode(c, guess, c.AppURL())
	var refusal *app.Error
	if errors.As(err, &refusal) && refusal.Code == "USER_DOES_NOT_EXIST" {
		key, err = user.SignUpByCode(c, guess, c.AppURL())
	}
	return entered(c, key, destination(c, onward(in.Next)), "", err)
}

// signOut shows the way to sign out at the provider, too: a form of ours may lead nowhere else by itself.
func signOut(c *app.Call, _ web.Nothing) (outcome, error) {
	there := oidc.SignOutURL(c)
	if err := user.SignOut(c); err != nil {
		return outcome{}, err
	}
	out := outcome{To: signInPath, Done: "done.signed-out", Cookies: []*http.Cookie{web.EndedCookie(web.SessionCookie)}}
	if there != "" {
		c.User, c.Session = nil, nil
		out.Screen = &screen{Page: "signed-out", Body: signedOutBody(there)}
	}
	return out, nil
}

type resetVisit struct {
	UID   string `query:"uidb64"`
	Token string `query:"token"`
}

func showReset(_ *app.Call, in resetVisit) (screen, error) {
	return screen{Page: "password", Body: in.body}, nil
}

type resetForm struct {
	UID      string `json:"uidb64" check:"blank,raw"`
	Token    string `json:"token" check:"blank,raw"`
	Password string `json:"password" check:"blank,raw"`
}

func resetPassword(c *app.Call, in resetForm) (outcome, error) {
	return outcome{To: signInPath, Done: "done.password"}, user.Reset(c, in.UID, in.Token, in.Password)
}
