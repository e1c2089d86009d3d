package console

import (
	"net/http"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/frontend"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const accountPath = Home + "account/"

// accounts are the pages of one's own account, for everybody.
var accounts = []web.Op{
	page("account/", web.SignedIn(), showAccount),
	action("account/name/", web.SignedIn(), "Change one's name", changeName, accountOf[nameForm]),
	action("account/reminders/", web.SignedIn(), "Change whether one is reminded", changeReminders,
		accountOf[reminderForm]),
	action("account/password/", web.SignedIn(), "Change one's password", changePassword,
		accountOf[passwordForm]).Counted(),
	action("account/sessions/end/", web.SignedIn(), "End one of one's sessions", endOwnSession, accountOf[rowForm]),
	action("account/sessions/end-others/", web.SignedIn(), "End one's other sessions", endOtherSessions, accountOf[web.Nothing]),
	action("account/keys/", web.SignedIn(), "Make an API key", makeKey, accountOf[keyForm]),
	action("account/keys/revoke/", web.SignedIn(), "Revoke one of one's API keys", revokeOwnKey, accountOf[rowForm]),
}

type accountPage struct {
	User     *store.User
	Sessions []user.SessionInfo
	Keys     []store.APIToken
	Places   []store.OwnWorkspace // that a key can be bound to
	Ways     []connection         // accounts elsewhere
	Tracker  string               // where the tracker is, when a frontend is served
	Reminded bool                 // of due dates
	Secret   string               // a key that was just made: it is shown once
}

func showAccount(c *app.Call, _ web.Nothing) (screen, error) {
	p, err := ownAccount(c)
	return screen{Page: "account", Body: p.body}, err
}

// accountOf is the page again, for a form of it that is refused.
func accountOf[In any](c *app.Call, _ In) (screen, error) { return showAccount(c, web.Nothing{}) }

func ownAccount(c *app.Call) (accountPage, error) {
	sessions, err := user.ListSessions(c, c.App, c.User, c.Session)
	if err != nil {
		return accountPage{}, err
	}
	keys, err := user.ListTokens(c)
	if err != nil {
		return accountPage{}, err
	}
	p := accountPage{User: c.User, Sessions: sessions, Keys: keys}
	if p.Places, err = workspace.List(c, "", ""); err != nil {
		return accountPage{}, err
	}
	if p.Ways, err = connections(c); err != nil {
		return accountPage{}, err
	}
	p.Reminded, err = workspace.Reminded(c)
	if frontend.Served(c.App) {
		p.Tracker = c.AppURL() + "/"
	}
	return p, err
}

type nameForm struct {
	FirstName   string `json:"first_name" check:"blank,max=255"`
	LastName    string `json:"last_name" check:"blank,max=255"`
	DisplayName string `json:"display_name" check:"blank,max=255"`
}

func changeName(c *app.Call, in nameForm) (outcome, error) {
	if in.DisplayName == "" {
		return outcome{}, app.Refuse(app.Invalid, say("fault.no-display-name"))
	}
	if app.HasLink(in.FirstName) || app.HasLink(in.LastName) {
		return outcome{}, app.Refuse(app.Invalid, say("fault.link-in-name"))
	}
	_, err := user.Update(c, func(u *store.User) {
		u.FirstName, u.LastName, u.DisplayName = in.FirstName, in.LastName, in.DisplayName
	}, "first_name", "last_name", "display_name")
	return outcome{To: accountPath, Done: "done.saved"}, err
}

type reminderForm struct {
	Reminders string `json:"reminders" check:"blank"`
}

func changeReminders(c *app.Call, in reminderForm) (outcome, error) {
	return outcome{To: accountPath, Done: "done.saved"}, workspace.Remind(c, in.Reminders == "1")
}

type passwordForm struct {
	Old string `json:"old_password" check:"blank,raw"`
	New string `json:"new_password" check:"blank,raw"`
}

func changePassword(c *app.Call, in passwordForm) (outcome, error) {
	key, err := user.ChangePassword(c, in.Old, in.New)
	return entered(c, key, accountPath, "done.password-changed", err)
}

// rowForm names a row of a list.
type rowForm struct {
	ID string `json:"id" check:"blank,max=255"`
}

func endOwnSession(c *app.Call, in rowForm) (outcome, error) {
	return outcome{To: accountPath, Done: "done.session-ended"}, user.EndSession(c, c.App, c.User, in.ID)
}

func endOtherSessions(c *app.Call, _ web.Nothing) (outcome, error) {
	_, err := user.EndSessions(c, c.App, c.User, c.Session)
	return outcome{To: accountPath, Done: "done.sessions-ended"}, err
}

// makeKey shows the key on the page that answers, and never again.
func makeKey(c *app.Call, in keyForm) (outcome, error) {
	d, err := in.draft(c)
	if err != nil {
		return outcome{}, err
	}
	secret, _, err := user.CreateToken(c, c.App, c.User, d)
	if err != nil {
		return outcome{}, err
	}
	p, err := ownAccount(c)
	p.Secret = secret
	return outcome{Screen: &screen{Page: "account", Body: p.body, Status: http.StatusOK}, Done: "done.key-made"}, err
}

func revokeOwnKey(c *app.Call, in rowForm) (outcome, error) {
	if !store.IsID(in.ID) {
		return outcome{}, app.ErrMissing
	}
	return outcome{To: accountPath, Done: "done.key-revoked"}, user.RevokeToken(c, c.App, c.User, in.ID)
}
