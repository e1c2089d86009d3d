package console

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// invitations is the page on which an invitation to a workspace is answered when there is no frontend that has one.
var invitations = []web.Op{
	page(invitationPath, web.Public(), showInvitation),
	action(invitationPath, web.Public(), "Answer an invitation", answerInvitation,
		func(c *app.Call, in invitationForm) (screen, error) { return showInvitation(c, in.invitationVisit) }).Counted(),
	action(invitationPath+"account/", web.Public(), "Make the account of an invited person", signUpInvited,
		func(c *app.Call, in invitedForm) (screen, error) { return showInvitation(c, in.invitationVisit) }).Counted(),
}

const invitationPath = "invitation/{slug}/{pk:uuid}/"

type invitationVisit struct {
	ID    string `path:"pk"`
	Token string `query:"token"`
}

// invitationPage is the page: the question, or, when Accepted, the form of an account for the address.
type invitationPage struct {
	Unknown, Accepted, Passwords, Codes bool
	Path, Token, Workspace, Email       string
}

// showInvitation tells whoever has not the secret no more than that the link is not good.
func showInvitation(c *app.Call, in invitationVisit) (screen, error) {
	i, account, err := workspace.InvitationByLink(c, in.ID, in.Token)
	var refusal *app.Error
	unknown := errors.As(err, &refusal) || errors.Is(err, store.ErrNotFound)
	if err != nil && !unknown {
		return screen{}, err
	}
	if unknown || i.RespondedAt != nil && (!i.Accepted || account) {
		return screen{Page: "invitation", Body: invitationPage{Unknown: true}.body, Status: http.StatusNotFound}, nil
	}
	s, err := c.Settings(c)
	if err != nil {
		return screen{}, err
	}
	p := invitationPage{
		Path: invitationAt(c, in), Token: in.Token, Workspace: i.Workspace.Name, Email: i.Email,
		Accepted: i.RespondedAt != nil, Passwords: !s.Off("ENABLE_EMAIL_PASSWORD"), Codes: s.Codes(),
	}
	return screen{Page: "invitation", Body: p.body}, nil
}

func invitationAt(c *app.Call, in invitationVisit) string {
	return Home + "invitation/" + c.Workspace.Slug + "/" + in.ID + "/"
}

type invitationForm struct {
	invitationVisit

	Answer string `json:"answer" check:"blank,max=20"` // yes, or no
}

// answerInvitation leads whoever has no account yet on to the form of one, and remembers in their session that they
// hold the invitation: they may come in where strangers may not.
func answerInvitation(c *app.Call, in invitationForm) (outcome, error) {
	accepted := in.Answer == "yes"
	if !accepted && in.Answer != "no" { // declined is for good
		return outcome{}, app.Field("answer", "Say yes or no.")
	}
	waits, err := workspace.Answer(c, in.ID, in.Token, accepted)
	if err != nil {
		return outcome{}, err
	}
	switch {
	case !accepted:
		return outcome{To: Home, Done: "done.declined"}, nil
	case !waits:
		return outcome{To: Home, Done: "done.joined"}, nil
	}
	out := outcome{To: invitationAt(c, in.invitationVisit) + "?token=" + url.QueryEscape(in.Token)}
	key, err := user.Hold(c, in.ID)
	if key != "" {
		out.Cookies = []*http.Cookie{web.SessionCookieFor(c, web.SessionCookie, key, c.Config.Sessions.Life())}
	}
	return out, err
}

type invitedForm struct {
	invitationVisit

	Password string `json:"password" check:"blank,raw"`
}

func signUpInvited(c *app.Call, in invitedForm) (outcome, error) {
	i, _, err := workspace.InvitationByLink(c, in.ID, in.Token)
	if err != nil {
		return outcome{}, err
	}
	key, err := user.SignUp(c, user.Credentials{Email: &i.Email, Password: &in.Password}, c.AppURL())
	return entered(c, key, Home, "done.joined", err)
}
