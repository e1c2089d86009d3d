package console

import (
	"net/http"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/letter"
	"github.com/sailplane/sailplane/app/reminder"
	"github.com/sailplane/sailplane/web"
)

// letters is the page on which somebody says that they want no more letters about work. Its address stands in each of
// them and is all that is asked for: a mail program sends it for its user, who may not be signed in.
var letters = []web.Op{
	web.ScreenByLink("GET", letter.StopPath+"{token}/", "Show a page", refused, showLetters).CountedAs(lettersLimit),
	web.ScreenByLink("POST", letter.StopPath+"{token}/", "Stop letters about work", refused,
		stopLetters).CountedAs(lettersLimit),
}

const lettersLimit = "letters:"

type lettersVisit struct {
	Token string `path:"token"`
}

type lettersForm struct {
	Token string `path:"token"`
	Stop  string `json:"stop" check:"blank,max=20"` // issue or kinds, from the page; a mail program does not say
}

// lettersPage is the page: what can be stopped, or what was.
type lettersPage struct {
	Known    bool     // the address is one of ours
	Item     bool     // the letter was about one work item
	Stopped  string   // issue or kinds; empty: nothing yet
	Number   string   // of the work item; empty when it is gone
	Kinds    []string // their words
	Settings string   // where all switches are
}

func showLetters(c *app.Call, r *http.Request, in lettersVisit) (web.Reply, error) {
	return answerLetters(c, r, in.Token, "")
}

func stopLetters(c *app.Call, r *http.Request, in lettersForm) (web.Reply, error) {
	stop, ok := letter.ReadStop(c.App, in.Token)
	if !ok {
		return answerLetters(c, r, in.Token, "")
	}
	var err error
	switch in.Stop {
	case "issue":
		err = stop.StopIssue(c, c.App)
	case "kinds":
		err = stop.StopKinds(c, c.App)
	default:
		in.Stop, err = stop.OneClick(c, c.App)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return answerLetters(c, r, in.Token, in.Stop)
}

func answerLetters(c *app.Call, r *http.Request, token, stopped string) (web.Reply, error) {
	stop, ok := letter.ReadStop(c.App, token)
	if !ok {
		return render(c, r, screen{Page: "letters", Body: lettersPage{}.body}, look{Status: http.StatusNotFound})
	}
	number, err := stop.Number(c, c.App)
	if err != nil {
		return web.Reply{}, err
	}
	p := lettersPage{Known: true, Item: stop.Issue != "", Stopped: stopped, Number: number, Kinds: stop.Kinds.Words(),
		Settings: c.AppURL() + letter.SettingsPath}
	if !p.Item { // reminders are switched here, not in the frontend
		p.Settings = c.AppURL() + reminder.SettingsPath
	}
	l := look{Status: http.StatusOK}
	switch stopped {
	case "issue":
		l.Done = "done.letters-issue"
	case "kinds":
		l.Done = "done.letters-kinds"
	}
	return render(c, r, screen{Page: "letters", Body: p.body}, l)
}
