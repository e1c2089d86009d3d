// Package console is the pages of our own, which need no frontend: the set-up, the sign-in, the console of the
// administrators and everybody's account. A page is a row of a table, as everywhere in web; what it shows and changes
// are rules of app, the same that the API has.
//
// To write a page: a row with page, or with action for what a form does; a struct of what the page shows; and its
// method body, in a file of its own (thing.go has the rows and thing_page.go the body), which returns HTML as Go values
// of gomponents:
//
//	func showThings(c *app.Call, _ web.Nothing) (screen, error) {
//		all, err := thing.List(c)
//		return screen{Page: "things", Body: thingsPage{all}.body}, err // its title is the text things.title
//	}
//
//	func (p thingsPage) body(v view) g.Node {
//		return g.Group{
//			lead("things.lead"),
//			card("list", "things.list", table("things.list", []string{"things.name", "things.made", listActions}, p.All,
//				func(one thing.Thing) row {
//					return row{
//						g.Text(one.Name),
//						v.time(&one.MadeAt),
//						v.press(button{To: thingsPath + "end/", Label: "things.end", About: one.Name, Name: "id", Value: one.ID}),
//					}
//				})),
//			v.form(thingsPath, "card form", h.H2(t("things.make")),
//				v.input(field{Name: "name", Label: "things.name", Required: true}), submit("primary", "form.save")),
//		}
//	}
//
// All words are in embed/console/texts.txt, by their keys: t is a text on the page, say one for an attribute. The parts
// that pages share are in parts.go (cards, tables, facts, notices) and field.go (forms). A link to anything that is not
// a constant goes through link or href. g.If makes its node in any case: what may be nil is asked for by g.Iff, or
// before. A page of the menu has a line in menu, one below it in below.
package console

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web"
)

// Home is where the console is.
const Home = "/console/"

// SetupPath is where the server is set up.
const SetupPath = Home + "setup/"

// Ops are the pages and what their forms do.
func Ops() []web.Op {
	return slices.Concat(files, entrances, factors, invitations, letters, accounts, ownFactor,
		overviews, people, person, workspaces, imports, settings,
		storage, singleSignOn, oidcSettings, directorySettings, queues, auditLog, backups, serviceAccounts,
		new(frontendPages).ops(), nowhere)
}

// admin is the rule of all that only administrators of the installation see and do.
var admin = web.InstanceAdmin()

var nowhere = []web.Op{
	page("{page}/", web.Public(), func(*app.Call, web.Nothing) (screen, error) { return screen{}, app.ErrNoPage }),
}

// screen is a page. Its name is also that of its place in the menu and, with .title, of its title among the texts.
type screen struct {
	Page    string
	Heading string            // what stands above it; empty: its title
	Body    func(view) g.Node // what stands on it
	Status  int               // of the page; 0: 200
	Instead *web.Reply        // where to go instead
	Again   int               // it is loaded again after so many seconds; 0: it is not
}

// outcome is what a form leads to: a page with a word about what was done, a screen that shows it, or a file.
type outcome struct {
	To      string // an address
	Done    string // a key of texts that begins with done.
	Screen  *screen
	Cookies []*http.Cookie
	Stream  func(w http.ResponseWriter, r *http.Request) error
}

// page declares a page.
func page[In any](path string, allow web.Rule, show func(*app.Call, In) (screen, error)) web.Op {
	return web.Screen("GET", Home+path, allow, "Show a page", refused,
		func(c *app.Call, r *http.Request, in In) (web.Reply, error) {
			s, err := show(c, in)
			if err != nil {
				return web.Reply{}, err
			}
			if s.Instead != nil {
				return *s.Instead, nil
			}
			return render(c, r, s, look{Status: cmp.Or(s.Status, http.StatusOK), Done: done(r)})
		})
}

// action declares what a form does. again shows the page of the form once more when it is refused, with what was sent
// in it.
func action[In any](path string, allow web.Rule, summary string, do func(*app.Call, In) (outcome, error),
	again func(*app.Call, In) (screen, error)) web.Op {
	return web.Screen("POST", Home+path, allow, summary, refused, answering(do, again))
}

// sending is action for a form that a file comes with.
func sending[In web.FileForm](path string, allow web.Rule, summary string, limit func(*app.Config) int64,
	do func(*app.Call, In) (outcome, error), again func(*app.Call, In) (screen, error)) web.Op {
	return web.ScreenWithFile(Home+path, allow, summary, refused, limit, answering(do, again))
}

// answering does what a form wants and answers with what it leads to, or with the form once more.
func answering[In any](do func(*app.Call, In) (outcome, error),
	again func(*app.Call, In) (screen, error)) func(*app.Call, *http.Request, In) (web.Reply, error) {
	return func(c *app.Call, r *http.Request, in In) (web.Reply, error) {
		out, err := do(c, in)
		if status, ok := web.RefusedInput(err); ok && again != nil {
			s, failed := again(c, in)
			if failed != nil {
				return web.Reply{}, failed
			}
			if s.Instead != nil {
				return *s.Instead, nil
			}
			return render(c, r, s, look{Status: status, Fault: words(err), Sent: sent(in)})
		}
		if err != nil {
			return web.Reply{}, err
		}
		return out.reply(c, r)
	}
}

func (out outcome) reply(c *app.Call, r *http.Request) (reply web.Reply, err error) {
	switch {
	case out.Stream != nil:
		return web.Reply{Stream: out.Stream}, nil
	case out.Screen != nil:
		reply, err = render(c, r, *out.Screen, look{Status: http.StatusOK, Done: out.Done})
	default:
		to := out.To
		if out.Done != "" {
			sign := "?"
			if strings.Contains(to, "?") {
				sign = "&"
			}
			to += sign + "done=" + strings.TrimPrefix(out.Done, "done.")
		}
		reply = web.Reply{Status: http.StatusSeeOther, Redirect: to}
	}
	reply.Cookies = append(reply.Cookies, out.Cookies...)
	return reply, err
}

// sent is what a form was filled in with, but for what is secret.
func sent(in any) map[string]string {
	all := map[string]string{}
	v := reflect.ValueOf(in)
	for _, f := range reflect.VisibleFields(v.Type()) {
		name := f.Tag.Get("json")
		if name == "" || strings.Contains(name, "password") || strings.Contains(strings.ToLower(name), "secret") {
			continue
		}
		if list, ok := v.FieldByIndex(f.Index).Interface().([]string); ok {
			all[name] = strings.Join(list, " ")
		}
		if f.Type.Kind() != reflect.String {
			continue
		}
		if value := v.FieldByIndex(f.Index).String(); value != "" {
			all[name] = value
		}
	}
	return all
}

// refused is the page of a refusal. Whoever is not signed in is led to where they sign in, and then back.
func refused(c *app.Call, r *http.Request, status int, err error) web.Reply {
	if c != nil && c.User == nil && errors.Is(err, app.Unauthenticated) {
		return toSignIn(r)
	}
	if status == http.StatusMethodNotAllowed && r.Method == http.MethodGet { // somebody loads again what a form led to
		parent := strings.TrimSuffix(r.URL.Path, "/")
		to := url.URL{Path: parent[:strings.LastIndexByte(parent, '/')+1], RawQuery: r.URL.RawQuery}
		return web.Reply{Status: http.StatusSeeOther, Redirect: to.RequestURI()}
	}
	text := words(err)
	if status == http.StatusNotFound {
		text = say("refusal.missing")
	}
	if status >= http.StatusInternalServerError && text == "" {
		text = say("refusal.fault")
	}
	about := refusal{Status: status, Text: text}
	if c != nil {
		about.ID = c.RequestID
	}
	s := screen{Page: "refusal", Heading: about.heading(), Body: about.body}
	reply, failed := render(c, r, s, look{Status: status})
	if failed != nil { // the database, most likely; what says so needs none
		reply, _ = render(nil, r, s, look{Status: status})
	}
	return reply
}

type refusal struct {
	Status int
	Text   string
	ID     string // of the request, which its lines in the log have
}

// heading is empty for one that has no words of its own: then it is the title.
func (p refusal) heading() string {
	switch p.Status {
	case http.StatusNotFound:
		return say("refusal.heading-missing")
	case http.StatusForbidden:
		return say("refusal.heading-forbidden")
	}
	return ""
}

func (p refusal) body(view) g.Node {
	return g.Group{
		h.P(h.Class("lead"), g.Text(p.Text)),
		g.If(p.ID != "", h.P(h.Class("hint"), t("refusal.id"), g.Text(" "), h.Code(g.Text(p.ID)))),
		h.P(h.A(h.Class("button"), h.Href(Home), t("refusal.back"))),
	}
}
