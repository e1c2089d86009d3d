package console

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const ownFactorPath = accountPath + "factor/"

// ownFactor is the page of one's own second factor, for everybody, and what administrators of workspaces ask of their
// members.
var ownFactor = []web.Op{
	page("account/factor/", web.SignedIn(), showOwnFactor),
	action("account/factor/begin/", web.SignedIn(), "Begin to set a second factor up", beginFactor,
		ownFactorAgain[proofForm]).Counted(),
	action("account/factor/set-up/", web.SignedIn(), "Set a second factor up", setFactorUp,
		ownFactorAgain[ownCodeForm]).Counted(),
	action("account/factor/codes/", web.SignedIn(), "Make other recovery codes", renewCodes,
		ownFactorAgain[proofForm]).Counted(),
	action("account/factor/remove/", web.SignedIn(), "Remove one's second factor", removeFactor,
		ownFactorAgain[proofForm]).Counted(),
	action("account/factor/browsers/end/", web.SignedIn(), "Have a browser ask for the second factor again", forgetBrowser,
		ownFactorAgain[rowForm]),
	action("account/factor/workspaces/{slug}/", web.Workspace(app.Admin), "Ask a workspace's members for a second factor", askMembers,
		ownFactorAgain[askForm]),
}

type ownFactorPage struct {
	user.FactorInfo

	User       *store.User
	Secret     string // of the factor that is being set up
	Picture    Picture
	Codes      []string // that were just made: they are shown once
	Workspaces []workspace.Asking
}

func showOwnFactor(c *app.Call, _ web.Nothing) (screen, error) {
	p, err := ownFactorOf(c)
	return screen{Page: "account-factor", Body: p.body}, err
}

func ownFactorAgain[In any](c *app.Call, _ In) (screen, error) {
	return showOwnFactor(c, web.Nothing{})
}

func ownFactorOf(c *app.Call) (p ownFactorPage, err error) {
	p.User = c.User
	if p.FactorInfo, err = user.FactorOf(c, c.App, c.User); err != nil {
		return p, err
	}
	if p.Workspaces, err = workspace.Askable(c); err != nil {
		return p, err
	}
	if p.Secret, err = user.PendingFactor(c); err != nil || p.Secret == "" {
		return p, err
	}
	p.Picture, err = pictureOf(uri(c, p.Secret, text(c.User.Email)))
	return p, err
}

// proofForm has the password, or a code.
type proofForm struct {
	Proof string `json:"password" check:"blank,raw"`
}

func beginFactor(c *app.Call, in proofForm) (outcome, error) {
	_, err := user.BeginFactor(c, in.Proof)
	return outcome{To: ownFactorPath}, err
}

type ownCodeForm struct {
	Code string `json:"code" check:"blank,max=255"`
}

func setFactorUp(c *app.Call, in ownCodeForm) (outcome, error) {
	codes, err := user.ConfirmFactor(c, in.Code)
	return withCodes(c, codes, "done.factor-set-up", err)
}

func renewCodes(c *app.Call, in proofForm) (outcome, error) {
	codes, err := user.RenewCodes(c, in.Proof)
	return withCodes(c, codes, "done.codes-made", err)
}

// withCodes shows recovery codes on the page that answers, and never again.
func withCodes(c *app.Call, codes []string, said string, err error) (outcome, error) {
	if err != nil {
		return outcome{}, err
	}
	p, err := ownFactorOf(c)
	p.Codes = codes
	return outcome{Screen: &screen{Page: "account-factor", Body: p.body}, Done: said}, err
}

func removeFactor(c *app.Call, in proofForm) (outcome, error) {
	return outcome{To: ownFactorPath, Done: "done.factor-removed"}, user.RemoveFactor(c, in.Proof)
}

func forgetBrowser(c *app.Call, in rowForm) (outcome, error) {
	if !store.IsID(in.ID) {
		return outcome{}, app.ErrMissing
	}
	return outcome{To: ownFactorPath, Done: "done.browser-forgotten"}, user.ForgetBrowser(c, c.App, c.User, in.ID)
}

// askForm says whether a workspace's members have to have a second factor.
type askForm struct {
	Ask string `json:"ask" check:"blank,max=1"`
}

func askMembers(c *app.Call, in askForm) (outcome, error) {
	return outcome{To: ownFactorPath, Done: "done.saved"}, workspace.Ask(c, in.Ask == "1")
}
