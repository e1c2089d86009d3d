package console_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/sailplane/sailplane/app/letter"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/console"
	"github.com/sailplane/sailplane/web/webtest"
)

// fill names what the parameters of a path stand for.
func fill(path, person string) string {
	return strings.NewReplacer("{id:uuid}", person, "{pk:uuid}", person, "{named}", "harbour", "{slug}", "harbour",
		"{name}", "google", "{page}", "nothing").
		Replace(path)
}

// Every page and every form, with a stranger, somebody, and an administrator: nobody sees or does what is not theirs,
// and whoever is not signed in is led to where they sign in, and back.
func TestWhoMayWhat(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, member := people(t, s)
		admin.Must("POST", "/api/workspaces/", map[string]string{"name": "Harbour", "slug": "harbour"})
		who := map[string]*browser{"stranger": open(t, s), "member": as(t, s, member), "admin": as(t, s, admin)}
		walked := 0
		for _, op := range console.Ops() {
			path := fill(op.Path, store.NewID()) // what an administrator does there changes nothing
			if op.Method == http.MethodGet {
				path = fill(op.Path, member.User.ID)
			}
			if strings.HasSuffix(path, "sign-out/") {
				continue // which ends the walk
			}
			for name, b := range who {
				walked++
				var a answer
				if op.Method == http.MethodGet {
					a = b.get(path)
				} else {
					a = b.post(path)
				}
				allowed := op.Allow.Scope == web.ScopePublic || name == "admin" ||
					name == "member" && op.Allow.Scope == web.ScopeUser
				switch {
				case a.status >= 500:
					t.Errorf("%s %s by the %s: %d %s", op.Method, path, name, a.status, a.says())
				case allowed && (a.status == http.StatusForbidden || strings.HasPrefix(a.to, "/console/sign-in/?next")):
					t.Errorf("%s %s by the %s is refused: %d %s", op.Method, path, name, a.status, a.to)
				case !allowed && name == "member" && a.status != http.StatusForbidden:
					t.Errorf("%s %s by the member: %d %s", op.Method, path, a.status, a.to)
				case !allowed && name == "stranger" && !strings.HasPrefix(a.to, "/console/sign-in/"):
					t.Errorf("%s %s by the stranger: %d %s", op.Method, path, a.status, a.to)
				}
			}
		}
		if walked < 100 {
			t.Errorf("only %d requests", walked)
		}
	})
}

// A form that does not prove to come from a page of ours does nothing, whoever's browser sends it.
func TestForgedForms(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, member := people(t, s)
		admin.Must("POST", "/api/workspaces/", map[string]string{"name": "Harbour", "slug": "harbour"})
		b := as(t, s, admin)
		b.get("/auth/get-csrf-token/")
		own := "csrfmiddlewaretoken=" + b.cookie(web.CSRFCookie)
		for _, op := range console.Ops() {
			if op.Method == http.MethodGet || strings.HasPrefix(op.Path, letter.StopPath) || // whose address is proof enough
				strings.HasSuffix(op.Path, "/logout/") { // and what a provider signs
				continue
			}
			path := fill(op.Path, member.User.ID)
			for name, a := range map[string]answer{
				"no token":        b.send("POST", path, nil),
				"another's token": b.send("POST", path, map[string][]string{"csrfmiddlewaretoken": {strings.Repeat("x", 64)}}),
				"another site":    b.send("POST", path, formOf(own), "Origin", "https://evil.test", "Sec-Fetch-Site", "cross-site"),
				"a sibling":       b.send("POST", path, formOf(own), "Sec-Fetch-Site", "same-site"),
				"no form":         b.send("POST", path, formOf(own), "Content-Type", "text/plain"),
			} {
				if a.status != http.StatusForbidden {
					t.Errorf("%s, %s: %d %s", path, name, a.status, a.to)
				}
			}
		}
		if a := as(t, s, member).get("/console/account/"); a.status != http.StatusOK {
			t.Errorf("the member's session is gone: %d", a.status)
		}
	})
}

func formOf(encoded string) map[string][]string {
	name, value, _ := strings.Cut(encoded, "=")
	return map[string][]string{name: {value}}
}

// Pages are whole: headers that let nothing in, one heading, names that are there once, a label on every field, a token
// in every form, nothing from elsewhere and nothing that runs.
func TestPagesAreWhole(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		b := open(t, s)
		look(t, console.SetupPath, b.get(console.SetupPath))
		admin, member := people(t, s)
		admin.Must("POST", "/api/workspaces/", map[string]string{"name": "Har<b>our", "slug": "harbour"})
		admin.Must("POST", "/api/users/api-tokens/", map[string]string{"label": "<script>alert(1)</script>"})
		look(t, "sign-in", b.get("/console/sign-in/"))
		look(t, "password", b.get("/console/password/?uidb64=x&token=%22%3E%3Cscript%3E"))
		look(t, "forbidden", as(t, s, member).get("/console/people/"))
		b = as(t, s, admin)
		pages := 0
		for _, op := range console.Ops() {
			path := fill(op.Path, admin.User.ID)
			if op.Method != http.MethodGet || op.Allow.Scope == web.ScopePublic && !strings.Contains(path, "nothing") {
				continue
			}
			pages++
			look(t, path, b.get(path))
		}
		if pages < 14 {
			t.Errorf("only %d pages", pages)
		}
	})
}

// look examines one page.
func look(t *testing.T, name string, a answer) {
	t.Helper()
	h := a.header
	if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") ||
		strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("%s: the policy is %q", name, csp)
	}
	if h.Get("Cache-Control") != "no-store" || h.Get("X-Frame-Options") != "DENY" ||
		!strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		t.Errorf("%s: the headers are %v", name, h)
	}
	root, err := html.Parse(strings.NewReader(a.text))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	var labels, fields, refers []string
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			seen[n.Data]++
			inspect(t, name, n, seen)
			switch {
			case n.Data == "label":
				labels = append(labels, attribute(n, "for"))
			case (n.Data == "input" || n.Data == "select") && attribute(n, "type") != "hidden":
				fields = append(fields, attribute(n, "id"))
			}
			for _, key := range []string{"aria-describedby", "aria-labelledby"} {
				if id := attribute(n, key); id != "" {
					refers = append(refers, id)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	for _, field := range fields {
		if !slices.Contains(labels, field) {
			t.Errorf("%s: the field %q has no label", name, field)
		}
	}
	for _, id := range refers {
		if seen["#"+id] == 0 {
			t.Errorf("%s: something refers to %q, which is not there", name, id)
		}
	}
	for key, n := range seen {
		if strings.HasPrefix(key, "#") && n > 1 {
			t.Errorf("%s: %s is there %d times", name, key, n)
		}
	}
	if seen["h1"] != 1 || seen["main"] != 1 || seen["header"] != 1 || seen["title"] != 1 {
		t.Errorf("%s: the parts are %v", name, seen)
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// inspect looks at one element.
func inspect(t *testing.T, page string, n *html.Node, seen map[string]int) {
	t.Helper()
	if id := attribute(n, "id"); id != "" {
		seen["#"+id]++
	}
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			t.Errorf("%s: <%s> has %s", page, n.Data, a.Key)
		}
		if (a.Key == "src" || n.Data == "link" && a.Key == "href") && !strings.HasPrefix(a.Val, "/console/") {
			t.Errorf("%s: <%s> loads %s", page, n.Data, a.Val)
		}
	}
	if n.Data == "style" || n.Data == "script" && n.FirstChild != nil {
		t.Errorf("%s: <%s> within the page", page, n.Data)
	}
	if n.Data == "form" && attribute(n, "method") == "post" &&
		(n.FirstChild == nil || attribute(n.FirstChild, "name") != "csrfmiddlewaretoken") {
		t.Errorf("%s: the form to %s has no token", page, attribute(n, "action"))
	}
}

// What pages load is kept by browsers as long as its address stays, and only then.
func TestAssets(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		people(t, s)
		b := open(t, s)
		page := b.get("/console/sign-in/").text
		for name, kind := range map[string]string{"style.css": "text/css", "script.js": "text/javascript",
			"icon.svg": "image/svg+xml"} {
			_, rest, _ := strings.Cut(page, "/console/"+name)
			address, _, _ := strings.Cut(rest, `"`)
			a := b.get("/console/" + name + address)
			if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), kind) ||
				!strings.Contains(a.header.Get("Cache-Control"), "immutable") || len(a.text) < 100 {
				t.Errorf("%s: %d %v", name, a.status, a.header)
			}
			if a := b.get("/console/" + name); a.header.Get("Cache-Control") != "no-cache" {
				t.Errorf("%s without its stamp: %v", name, a.header)
			}
			again := b.send("GET", "/console/"+name, nil, "If-None-Match", a.header.Get("ETag"))
			if again.status != http.StatusNotModified {
				t.Errorf("%s again: %d", name, again.status)
			}
		}
	})
}
