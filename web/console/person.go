package console

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const personPath = "people/{id:uuid}/"

// person are the page of one account and what administrators do with it.
var person = []web.Op{
	page(personPath, admin, showPerson),
	action(personPath+"shut-out/", admin, "Close an account", shutOut, personAgain),
	action(personPath+"let-in/", admin, "Open an account again", letIn, personAgain),
	action(personPath+"promote/", admin, "Make somebody an administrator", promote, personAgain),
	action(personPath+"demote/", admin, "End an administrator's role", demote, personAgain),
	action(personPath+"delete/", admin, "Delete an account for good", erase, personAgain),
	action(personPath+"link/", admin, "Make a link that sets a password", makeLink, personAgain),
	action(personPath+"sessions/end/", admin, "End one of somebody's sessions", endSession, personAgain),
	action(personPath+"sessions/end-all/", admin, "End all of somebody's sessions", endSessions, personAgain),
	action(personPath+"factor/reset/", admin, "Reset somebody's second factor", resetFactor, personAgain),
	action(personPath+"keys/revoke/", admin, "Revoke one of somebody's API keys", revokeKey, personAgain),
}

// personForm is what is done with somebody: with a row of theirs, or, Confirm, after their address was typed.
type personForm struct {
	ID      string `path:"id"`
	Row     string `json:"row" check:"blank,max=255"`
	Confirm string `json:"confirm" check:"blank,max=255"`
}

type personPage struct {
	User     *store.User
	Admin    bool // administers the installation
	Oneself  bool
	Sessions []user.SessionInfo
	Keys     []store.APIToken
	Factor   user.FactorInfo
}

func showPerson(c *app.Call, in struct {
	ID string `path:"id"`
}) (screen, error) {
	u, err := user.Known(c, c.App, in.ID)
	if err != nil {
		return screen{}, err
	}
	p := personPage{User: u, Oneself: u.ID == c.User.ID}
	if p.Admin, err = instance.IsAdmin(c, u.ID); err != nil {
		return screen{}, err
	}
	if p.Sessions, err = user.ListSessions(c, c.App, u, c.Session); err != nil {
		return screen{}, err
	}
	if p.Factor, err = user.FactorOf(c, c.App, u); err != nil {
		return screen{}, err
	}
	p.Keys, err = user.TokensOf(c, c.App, u.ID)
	return screen{Page: "person", Heading: u.DisplayName, Body: p.body}, err
}

func personAgain(c *app.Call, in personForm) (screen, error) {
	return showPerson(c, struct {
		ID string `path:"id"`
	}{in.ID})
}

// with does something with the person whom a form is about, and comes back to their page.
func (in personForm) with(c *app.Call, said string, do func(u *store.User) error) (outcome, error) {
	u, err := user.Known(c, c.App, in.ID)
	if err == nil {
		err = do(u)
	}
	return outcome{To: peoplePath + in.ID + "/", Done: said}, err
}

func shutOut(c *app.Call, in personForm) (outcome, error) {
	return in.with(c, "done.shut-out", func(u *store.User) error { return user.Disable(c, c.App, u) })
}

func letIn(c *app.Call, in personForm) (outcome, error) {
	return in.with(c, "done.let-in", func(u *store.User) error { return user.Reactivate(c, c.App, u) })
}

func promote(c *app.Call, in personForm) (outcome, error) {
	return in.with(c, "done.promoted", func(u *store.User) error {
		_, err := instance.Promote(c, c.App, c.UserID(), u.ID, instance.Administrator)
		if errors.Is(err, store.ErrUnique) {
			return nil
		}
		return err
	})
}

func demote(c *app.Call, in personForm) (outcome, error) {
	return in.with(c, "done.demoted", func(u *store.User) error { return instance.Dismiss(c, c.App, u) })
}

// erase wants the address typed: nobody gets the account back.
func erase(c *app.Call, in personForm) (outcome, error) {
	out, err := in.with(c, "done.account-deleted", func(u *store.User) error {
		if typed, _ := app.CleanEmail(in.Confirm); typed != text(u.Email) {
			return app.Refuse(app.Invalid, say("fault.confirm-address", text(u.Email)))
		}
		return user.Erase(c, c.App, u)
	})
	out.To = peoplePath
	return out, err
}

// makeLink shows a link by which the person chooses a password; whoever asks passes it on.
func makeLink(c *app.Call, in personForm) (outcome, error) {
	out := outcome{Done: "done.link-made"}
	_, err := in.with(c, "", func(u *store.User) error {
		path, err := user.PasswordLink(c, c.App, u)
		p := linkPage{Email: text(u.Email), Link: c.AppURL() + path, Hint: "link.hint", Back: peoplePath + u.ID + "/"}
		out.Screen = &screen{Page: "link", Body: p.body}
		return err
	})
	return out, err
}

func endSession(c *app.Call, in personForm) (outcome, error) {
	return in.with(c, "done.session-ended", func(u *store.User) error { return user.EndSession(c, c.App, u, in.Row) })
}

func endSessions(c *app.Call, in personForm) (outcome, error) {
	return in.with(c, "done.sessions-ended", func(u *store.User) error {
		_, err := user.EndSessions(c, c.App, u, c.Session)
		return err
	})
}

func resetFactor(c *app.Call, in personForm) (outcome, error) {
	return in.with(c, "done.factor-reset", func(u *store.User) error {
		if u.ID == c.User.ID { // which asks for the password
			return app.Refuse(app.Conflict, say("fault.own-factor"))
		}
		return user.ResetFactor(c, c.App, u)
	})
}

func revokeKey(c *app.Call, in personForm) (outcome, error) {
	return in.with(c, "done.key-revoked", func(u *store.User) error {
		if !store.IsID(in.Row) {
			return app.ErrMissing
		}
		return user.EndTokenOf(c, c.App, u, in.Row)
	})
}
