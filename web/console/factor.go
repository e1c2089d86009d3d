package console

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/user/factor"
	"github.com/sailplane/sailplane/web"
)

// factors are the page to which a sign-in leads that waits for the second factor: by a code, or, for who has to have
// one and has none, by setting it up.
var factors = []web.Op{
	page("factor/", web.Public(), showFactor),
	action("factor/", web.Public(), "Show a second factor", finishByCode, factorAgain).Counted(),
}

// halfwayVisit is a browser on the way in.
type halfwayVisit struct {
	Key string `cookie:"halfway-sign-in"`
}

type factorPage struct {
	user.Halfway

	Secret string // of the factor that is set up
	Picture
}

// showFactor leads whoever is on no way in to where they sign in.
func showFactor(c *app.Call, in halfwayVisit) (screen, error) {
	h, err := user.HalfwayOf(c, in.Key)
	if errors.Is(err, user.ErrFactorOver) {
		return goTo(signInPath + "?fault=SECOND_FACTOR_OVER"), nil
	}
	if err != nil {
		return screen{}, err
	}
	p := factorPage{Halfway: h}
	if h.Has {
		return screen{Page: "factor", Body: p.body}, nil
	}
	if p.Secret, err = h.Secret(c); err != nil {
		return screen{}, err
	}
	p.Picture, err = pictureOf(uri(c, p.Secret, text(h.User.Email)))
	return screen{Page: "factor-set-up", Body: p.body}, err
}

// uri is what an authenticator reads from the picture.
func uri(c *app.Call, secret, account string) string {
	_, host, _ := strings.Cut(c.Base, "://")
	return factor.URI(secret, host, account)
}

type factorForm struct {
	halfwayVisit

	Code     string `json:"code" check:"blank,max=255"`
	Remember string `json:"remember" check:"blank,max=1"`
}

func factorAgain(c *app.Call, in factorForm) (screen, error) { return showFactor(c, in.halfwayVisit) }

func finishByCode(c *app.Call, in factorForm) (outcome, error) {
	a, err := user.Finish(c, in.Key, in.Code, in.Remember == "1")
	return passed(c, a, err)
}

// passed leads somebody on who has shown a second factor. Where that is another server's page, or there are codes to be
// shown, it is a page that leads there: a form of ours may lead nowhere else by itself.
func passed(c *app.Call, a user.Arrived, err error) (outcome, error) {
	if err != nil {
		return outcome{}, err
	}
	cookie := web.SessionCookieFor(c, web.SessionCookie, a.Key, c.Config.Sessions.Life())
	to := a.Onward
	if a.Administers {
		cookie = web.SessionCookieFor(c, web.AdminSessionCookie, a.Key, user.AdminSessionLife)
	}
	if to == "" {
		to = destination(c, Home)
	}
	out := outcome{To: to, Cookies: []*http.Cookie{cookie, web.EndedHalfway()}}
	if len(a.Codes) > 0 || !strings.HasPrefix(to, "/") && to != c.Base && !strings.HasPrefix(to, c.Base+"/") {
		p := passedPage{Codes: a.Codes, Onward: to}
		out.Screen = &screen{Page: "factor-passed", Body: p.body}
	}
	return out, nil
}

// passedPage says that somebody is in, and shows them once what they need if they lose their second factor.
type passedPage struct {
	Codes  []string
	Onward string
}
