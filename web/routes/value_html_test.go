package routes_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// site is a workspace with a project in it, as its owner makes it over the API.
type site struct {
	t         *testing.T
	s         *webtest.Server
	ann, key  *webtest.Client // the owner, and a key of hers
	ws, p, v1 string          // paths of the workspace, the project, and the project of the public API
	project   string
	published string // the path of its board
	intake    string // of the board
}

func newSite(t *testing.T, s *webtest.Server) *site {
	t.Helper()
	x := &site{t: t, s: s, ann: s.User("ann"), ws: "/api/workspaces/acme/"}
	x.ann.Must("POST", "/api/workspaces/", map[string]any{"name": "Acme", "slug": "acme"})
	x.project = x.ann.Must("POST", x.ws+"projects/",
		map[string]any{"name": "P", "identifier": "P", "cycle_view": true, "module_view": true}).ID()
	x.p, x.v1 = x.ws+"projects/"+x.project+"/", "/api/v1/workspaces/acme/projects/"+x.project+"/"
	x.ann.Must("PATCH", x.p, map[string]any{"inbox_view": true})
	x.key = x.ann.WithKey()
	return x
}

// publish puts the project on a board with comments and the intake.
func (x *site) publish() {
	intake, _ := x.ann.Must("GET", x.p+"intakes/", nil).JSON().(map[string]any)["id"].(string)
	board := x.ann.Must("POST", x.p+"project-deploy-boards/",
		map[string]any{"is_comments_enabled": true, "intake": intake})
	anchor, _ := board.At("anchor").(string)
	x.published, x.intake = "/api/public/anchor/"+anchor+"/", intake
}

func (x *site) item(name string, more ...string) string {
	x.t.Helper()
	body := map[string]any{"name": name}
	for i := 0; i < len(more); i += 2 {
		body[more[i]] = more[i+1]
	}
	return x.ann.Must("POST", x.p+"issues/", body).ID()
}

// join puts somebody into the workspace and the project.
func (x *site) join(name string, role int) *webtest.Client {
	x.t.Helper()
	c := x.s.User(name)
	x.enter(c, role)
	x.ann.Must("POST", x.p+"members/",
		map[string]any{"members": []any{map[string]any{"member_id": c.User.ID, "role": role}}})
	return c
}

const wicked = `<p class="editor">kept <b>bold</b></p><script>alert(1)</script><img src="x" onerror="alert(1)"><svg onload="alert(1)"></svg>` +
	`<a href="javascript:alert(1)">j</a><a href="&#106;ava&#9;script:alert(1)">k</a><iframe src="https://evil.example"></iframe>`

// runs says what of an answer a browser would run.
func runs(raw []byte) string {
	text := string(raw)
	var v any
	if json.Unmarshal(raw, &v) == nil {
		plain, _ := json.Marshal(v)
		text = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\"`, `"`).Replace(string(plain))
	}
	for _, bad := range []string{"<script", "onerror", "onload", "<svg", "javascript:", "<iframe"} {
		if strings.Contains(strings.ToLower(text), bad) {
			return bad
		}
	}
	return ""
}

// Whatever rich text comes in, wherever: nothing of it runs, and what editors make stays.
func TestRichTextIsCleanedEverywhere(t *testing.T) {
	webtest.Long(t)
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		x.publish()
		item, eve := x.item("item"), s.User("eve")
		module := x.ann.Must("POST", x.p+"modules/", map[string]any{"name": "m"}).ID()
		page := x.ann.Must("POST", x.p+"pages/", map[string]any{"name": "page"}).ID()
		draft := x.ann.Must("POST", x.ws+"draft-issues/", map[string]any{"name": "d", "project_id": x.project}).ID()
		comment := x.ann.Must("POST", x.p+"issues/"+item+"/comments/", map[string]any{"comment_html": "<p>x</p>"}).ID()
		said := eve.Must("POST", x.published+"issues/"+item+"/comments/", map[string]any{"comment_html": "<p>x</p>"}).ID()
		note := x.ann.Must("POST", x.ws+"stickies/", map[string]any{"name": "n"}).ID()
		for _, w := range []struct {
			by           *webtest.Client
			method, path string
			body         any
			read         string // where it is seen; with {} the new row's id
		}{
			{x.ann, "POST", x.p + "issues/", map[string]any{"name": "a", "description_html": wicked}, x.p + "issues/{}/"},
			{x.ann, "PATCH", x.p + "issues/" + item + "/", map[string]any{"description_html": wicked},
				x.p + "issues/" + item + "/"},
			{x.ann, "PUT", x.p + "issues/" + item + "/", map[string]any{"name": "a", "description_html": wicked},
				x.p + "issues/" + item + "/"},
			{x.ann, "POST", x.p + "issues/" + item + "/comments/", map[string]any{"comment_html": wicked},
				x.p + "issues/" + item + "/comments/"},
			{x.ann, "PATCH", x.p + "issues/" + item + "/comments/" + comment + "/", map[string]any{"comment_html": wicked},
				x.p + "issues/" + item + "/history/"},
			{x.ann, "PUT", x.p + "issues/" + item + "/comments/" + comment + "/",
				map[string]any{"comment_html": wicked + "<p>2</p>"}, x.p + "issues/" + item + "/comments/"},
			{x.ann, "POST", x.p + "intake-issues/",
				map[string]any{"issue": map[string]any{"name": "a", "description_html": wicked}}, ""},
			{x.ann, "POST", x.p + "pages/", map[string]any{"name": "a", "description_html": wicked}, x.p + "pages/{}/"},
			{x.ann, "PATCH", x.p + "pages/" + page + "/", map[string]any{"description_html": wicked},
				x.p + "pages/" + page + "/"},
			{x.ann, "PATCH", x.p + "pages/" + page + "/description/", map[string]any{"description_html": wicked},
				x.p + "pages/" + page + "/"},
			{x.ann, "POST", x.ws + "draft-issues/", map[string]any{"name": "d", "description_html": wicked},
				x.ws + "draft-issues/{}/"},
			{x.ann, "PATCH", x.ws + "draft-issues/" + draft + "/", map[string]any{"description_html": wicked},
				x.ws + "draft-issues/" + draft + "/"},
			{x.ann, "POST", x.ws + "stickies/", map[string]any{"description_html": wicked}, x.ws + "stickies/{}/"},
			{x.ann, "PATCH", x.ws + "stickies/" + note + "/", map[string]any{"description_html": wicked},
				x.ws + "stickies/" + note + "/"},
			{x.ann, "PATCH", x.p, map[string]any{"description_html": wicked}, x.p},
			{x.ann, "PATCH", x.p, map[string]any{"description_html": map[string]any{"h": wicked}}, x.p},
			{x.ann, "POST", x.p + "modules/", map[string]any{"name": "b", "description_html": wicked}, x.p + "modules/{}/"},
			{x.ann, "PATCH", x.p + "modules/" + module + "/",
				map[string]any{"description_html": map[string]any{"h": []any{wicked}}}, x.p + "modules/" + module + "/"},
			{x.key, "POST", x.v1 + "work-items/", map[string]any{"name": "a", "description_html": wicked},
				x.v1 + "work-items/{}/"},
			{x.key, "PATCH", x.v1 + "issues/" + item + "/", map[string]any{"description_html": wicked + "<p>3</p>"},
				x.v1 + "work-items/" + item + "/"},
			{x.key, "POST", x.v1 + "work-items/" + item + "/comments/", map[string]any{"comment_html": wicked},
				x.v1 + "work-items/" + item + "/comments/"},
			{x.key, "PATCH", x.v1 + "work-items/" + item + "/comments/" + comment + "/",
				map[string]any{"comment_html": wicked + "<p>4</p>"}, x.v1 + "work-items/" + item + "/comments/"},
			{x.key, "POST", x.v1 + "intake-issues/",
				map[string]any{"issue": map[string]any{"name": "a", "description_html": wicked}}, ""},
			{x.key, "POST", "/api/v1/workspaces/acme/stickies/", map[string]any{"description_html": wicked}, ""},
			{eve, "POST", x.published + "issues/" + item + "/comments/", map[string]any{"comment_html": wicked},
				x.published + "issues/" + item + "/comments/"},
			{eve, "PATCH", x.published + "issues/" + item + "/comments/" + said + "/", map[string]any{"comment_html": wicked},
				x.published + "issues/" + item + "/comments/"},
			{eve, "POST", x.published + "intakes/" + x.intake + "/intake-issues/",
				map[string]any{"issue": map[string]any{"name": "r", "description_html": wicked}},
				x.published + "intakes/" + x.intake + "/intake-issues/"},
		} {
			a := w.by.Must(w.method, w.path, w.body)
			answers := map[string]webtest.Answer{w.method + " " + w.path: a}
			if w.read != "" {
				at := strings.ReplaceAll(w.read, "{}", a.ID())
				answers["GET "+at] = w.by.Must("GET", at, nil)
			}
			for what, a := range answers {
				if bad := runs(a.Raw); bad != "" {
					t.Errorf("%s %s: %s has %q: %.300s", w.method, w.path, what, bad, a.Raw)
				}
			}
			if at := w.read; at != "" {
				if a := w.by.Must("GET", strings.ReplaceAll(at, "{}", a.ID()), nil); !strings.Contains(string(a.Raw), "bold") {
					t.Errorf("%s %s: what editors make is gone: %.300s", w.method, w.path, a.Raw)
				}
			}
		}
	})
}

// What the editor makes survives: each of its nodes, as clients send them.
func TestTheEditorsMarkupSurvives(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		item := x.item("item")
		for _, html := range []string{
			`<p class="editor-paragraph-block">Ask <mention-component id="1" entity_identifier="2" entity_name="user_mention"></mention-component></p>`,
			`<image-component src="00000000-0000-4000-8000-000000000001" width="35%" height="auto" aspectratio="1.5" alignment="left"></image-component>`,
			`<ul data-type="taskList"><li data-checked="true" data-type="taskItem"><label><input type="checkbox" checked="checked"><span></span></label><div><p>done</p></div></li></ul>`,
			`<p><span data-text-color="peach" data-background-color="green" style="color: red">colours</span></p>`,
			`<table><tbody><tr background="none" textcolor="red"><td colspan="1" rowspan="1" colwidth="150" background="none"><p>cell</p></td></tr></tbody></table>`,
			`<pre language="go"><code class="language-go">x &lt; y</code></pre>`,
			`<div data-block-type="callout-component" data-icon-name="Info" data-logo-in-use="emoji" data-emoji-unicode="128161" data-emoji-url="https://cdn.example/e.png"><p>note</p></div>`,
		} {
			a := x.ann.Must("POST", x.p+"issues/"+item+"/comments/", map[string]any{"comment_html": html})
			got, _ := a.At("comment_html").(string)
			for word := range strings.FieldsFuncSeq(html, func(r rune) bool { return strings.ContainsRune("<>/ ", r) }) {
				if word != "id=\"1\"" && !strings.Contains(got, word) {
					t.Errorf("%s lost %s: %s", html, word, got)
				}
			}
		}
	})
}

// Addresses of pictures and links are of the web, or relative ones of ours.
func TestAddressesAreOfTheWeb(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		item := x.item("item")
		module := x.ann.Must("POST", x.p+"modules/", map[string]any{"name": "m"}).ID()
		cycle := x.ann.Must("POST", x.p+"cycles/", map[string]any{"name": "c"}).ID()
		view := x.ann.Must("POST", x.p+"views/", map[string]any{"name": "v"}).ID()
		page := x.ann.Must("POST", x.p+"pages/", map[string]any{"name": "p"}).ID()
		note := x.ann.Must("POST", x.ws+"stickies/", map[string]any{"name": "n"}).ID()
		link := x.key.Must("POST", x.v1+"work-items/"+item+"/links/", map[string]any{"url": "https://a.example"}).ID()
		logo := func(url string) any {
			return map[string]any{"in_use": "emoji", "emoji": map[string]any{"value": "1", "url": url}}
		}
		plain := func(url string) any { return url }
		for _, w := range []struct {
			by          *webtest.Client
			path, field string
			value       func(string) any
		}{
			{x.ann, x.ws, "logo", plain}, {x.ann, x.p, "cover_image", plain}, {x.ann, "/api/users/me/", "avatar", plain},
			{x.ann, "/api/users/me/", "cover_image", plain},
			{x.key, "/api/v1/workspaces/acme/projects/" + x.project + "/", "cover_image", plain},
			{x.ann, x.p, "logo_props", logo}, {x.ann, x.p, "icon_prop", logo},
			{x.ann, x.p + "modules/" + module + "/", "logo_props", logo},
			{x.ann, x.p + "cycles/" + cycle + "/", "logo_props", logo}, {x.ann, x.p + "views/" + view + "/", "logo_props", logo},
			{x.ann, x.p + "pages/" + page + "/", "logo_props", logo},
			{x.ann, x.ws + "stickies/" + note + "/", "logo_props", logo},
			{x.key, x.v1 + "work-items/" + item + "/links/" + link + "/", "url", plain},
		} {
			for _, bad := range []string{"javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)",
				"java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "//evil.example/x"} {
				a := w.by.Do("PATCH", w.path, map[string]any{w.field: w.value(bad)})
				if a.Status != 400 || a.At(w.field) == nil {
					t.Errorf("PATCH %s %s=%q: %d %.200s", w.path, w.field, bad, a.Status, a.Raw)
				}
			}
			if a := w.by.Do("PATCH", w.path,
				map[string]any{w.field: w.value("https://pictures.example/x.png")}); a.Status >= 300 {
				t.Errorf("PATCH %s %s: %d %.200s", w.path, w.field, a.Status, a.Raw)
			}
		}
		x.ann.Must("PATCH", x.p, map[string]any{"cover_image": "/api/assets/v2/static/x/"})
		for _, path := range []string{x.p + "issues/" + item + "/issue-links/", x.p + "modules/" + module + "/module-links/",
			x.ws + "quick-links/"} {
			if a := x.ann.Do("POST", path, map[string]any{"url": "javascript:alert(1)"}); a.Status != 400 || a.At("url") == nil {
				t.Errorf("POST %s: %d %s", path, a.Status, a.Raw)
			}
		}
	})
}
