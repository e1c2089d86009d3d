package console

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"sync"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/embed"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// look is how a page is shown this time.
type look struct {
	Status int
	Done   string            // a key of texts: what was done
	Fault  string            // why what was sent is refused
	Sent   map[string]string // what was sent, to be put right
}

// view is what pages are made with: what is shown, to whom, and what the parts of a page need.
type view struct {
	screen
	look

	CSRF  string
	User  *visitor
	Admin bool
	Menu  []entry
	Path  string
	// Policy says why a key that is there could not be made any more.
	Policy func(*store.APIToken) string

	Style string // the address of the style, and of the script
	zone  *time.Location
}

// visitor is who looks.
type visitor struct{ Name, Email string }

// entry is one of the menu.
type entry struct {
	Path, Label string
	Here        bool
}

// menu is what administrators go by: a page and its address.
var menu = []struct{ page, path, label string }{
	{"overview", Home, "menu.overview"},
	{"people", Home + "people/", "menu.people"},
	{"workspaces", Home + "workspaces/", "menu.workspaces"},
	{"mail", Home + "mail/", "menu.mail"},
	{"providers", Home + "sign-in-providers/", "menu.providers"},
	{"files", Home + "files/", "menu.files"},
	{"jobs", Home + "jobs/", "menu.jobs"},
	{"audit", Home + "audit/", "menu.audit"},
	{"backups", Home + "backups/", "menu.backups"},
	{"frontends", Home + "frontends/", "menu.frontends"},
	{"health", Home + "health/", "menu.health"},
}

// below are the pages that belong to another one of the menu.
var below = map[string]string{"person": "people", "link": "people", "workspace": "workspaces",
	"imports": "workspaces", "import": "workspaces"}

// render writes a page. Without a call it is one that knows nobody.
func render(c *app.Call, r *http.Request, s screen, l look) (web.Reply, error) {
	v := view{screen: s, look: l, Path: r.URL.Path, Style: stamp()}
	reply := web.Reply{Status: l.Status, Header: http.Header{"Cache-Control": {"no-store"}}}
	if c != nil {
		have := ""
		if cookie, err := r.Cookie(web.CSRFCookie); err == nil {
			have = cookie.Value
		}
		token, cookie := web.CSRFToken(c, have)
		v.CSRF, reply.Cookies = token, []*http.Cookie{cookie}
		if err := v.meet(c); err != nil {
			return web.Reply{}, err
		}
	}
	var html bytes.Buffer
	if err := v.layout().Render(&html); err != nil {
		return web.Reply{}, fmt.Errorf("page %s: %w", s.Page, err)
	}
	reply.HTML = html.Bytes()
	return reply, nil
}

// meet fills in who looks, and where they may go.
func (v *view) meet(c *app.Call) error {
	v.zone = c.Zone()
	v.Policy = func(k *store.APIToken) string { return c.Config.Keys.Fault(k, k.CreatedAt) }
	if c.User == nil {
		return nil
	}
	v.User = &visitor{Name: c.User.DisplayName, Email: text(c.User.Email)}
	is, err := instance.Administers(c)
	if err != nil || !is {
		return err
	}
	v.Admin = true
	at := cmp.Or(below[v.Page], v.Page)
	for _, m := range menu {
		v.Menu = append(v.Menu, entry{Path: m.path, Label: m.label, Here: m.page == at})
	}
	return nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// time is a time for people, in the zone of whoever looks.
func (v view) time(at *time.Time) g.Node {
	if at == nil || at.IsZero() {
		return t("time.never")
	}
	zone := v.zone
	if zone == nil {
		zone = time.UTC
	}
	when := at.In(zone)
	return h.Time(h.DateTime(when.Format(time.RFC3339)), g.Text(when.Format("2 Jan 2006, 15:04")))
}

// done is the key of what was done, as the address says it; empty for what is no such text.
func done(r *http.Request) string {
	key := "done." + web.Parameter(r, "done")
	if _, ok := texts()[key]; ok {
		return key
	}
	return ""
}

// assets are what pages load.
var assets = map[string]string{"style.css": "text/css; charset=utf-8", "script.js": "text/javascript; charset=utf-8",
	"icon.svg": "image/svg+xml"}

// stamp changes whenever an asset does: addresses with it can be kept for good.
var stamp = sync.OnceValue(func() string {
	sum := sha256.New()
	for _, name := range []string{"style.css", "script.js", "icon.svg"} {
		sum.Write(loaded(name))
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
})

func loaded(name string) []byte {
	raw, err := embed.Console.ReadFile("console/" + name)
	if err != nil {
		panic("console: " + err.Error()) // it is compiled in
	}
	return raw
}

var files = []web.Op{
	web.Do("GET", Home+"style.css", web.Public(), http.StatusOK, "Get the style of the pages", serve("style.css")),
	web.Do("GET", Home+"script.js", web.Public(), http.StatusOK, "Get the script of the pages", serve("script.js")),
	web.Do("GET", Home+"icon.svg", web.Public(), http.StatusOK, "Get the icon of the pages", serve("icon.svg")),
}

// version is what an address has that may be kept: see stamp.
type version struct {
	Stamp string `query:"v"`
}

func serve(name string) func(*app.Call, version) (web.Reply, error) {
	return func(_ *app.Call, in version) (web.Reply, error) {
		return web.Reply{Stream: func(w http.ResponseWriter, r *http.Request) error {
			h := w.Header()
			h.Set("Content-Type", assets[name])
			h.Set("Cache-Control", "no-cache")
			if in.Stamp == stamp() {
				h.Set("Cache-Control", "public, max-age=31536000, immutable")
			}
			h.Set("ETag", `"`+stamp()+`"`)
			http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(loaded(name)))
			return nil
		}}, nil
	}
}
