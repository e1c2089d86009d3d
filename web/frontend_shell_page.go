package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app"
)

// page is the shell as it says what it is about. The style sheets are only fetched early: to link them would show a
// white page for a moment to people who like it dark.
func (s *shell) page(about preview) ([]byte, error) {
	about.Title = cmp.Or(about.Title, "Plane")
	scripts, err := s.data.scripts()
	if err != nil {
		return nil, err
	}
	preload := func(kind string) func(string) g.Node {
		return func(at string) g.Node {
			return h.Link(h.Rel(kind), g.If(kind == "preload", h.As("style")), h.Href(app.SafeLink(at)))
		}
	}
	var b bytes.Buffer
	err = h.Doctype(h.HTML(h.Lang("en"),
		h.Head(
			h.Meta(h.Charset("utf-8")),
			h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
			h.Meta(h.Name("robots"), h.Content("noindex, nofollow")),
			h.Meta(h.Name("color-scheme"), h.Content("light dark")),
			h.TitleEl(g.Text(about.Title)),
			about.tags(),
			g.If(s.data.Icon != "", h.Link(h.Rel("icon"), h.Href(app.SafeLink(s.data.Icon)))),
			g.Map(s.data.Styles, preload("preload")),
			g.Map(s.data.Preloads, preload("modulepreload")),
		),
		h.Body(scripts))).Render(&b)
	return b.Bytes(), err
}

// tags are what programs that preview a link look for.
func (p preview) tags() g.Node {
	named := func(name, content string) g.Node {
		return g.If(content != "", h.Meta(h.Name(name), h.Content(content)))
	}
	property := func(name, content string) g.Node {
		return g.If(content != "", h.Meta(g.Attr("property", name), h.Content(content)))
	}
	if !p.Board {
		return named("description", p.Description)
	}
	return g.Group{
		named("description", p.Description),
		property("og:type", "website"),
		property("og:title", p.Title),
		named("twitter:title", p.Title),
		named("twitter:card", "summary_large_image"),
		property("og:description", p.Description),
		named("twitter:description", p.Description),
		property("og:image", p.Image),
		named("twitter:image", p.Image),
	}
}

// scripts start the client. The line of the stream is an empty answer of a server to the page's loaders. Values stand
// in them as encoding/json writes them, with <, >, & and the line ends of Unicode escaped: none can end a script.
func (d *shellData) scripts() (g.Node, error) {
	context, err1 := json.Marshal(d.Context)
	roots, err2 := json.Marshal(d.Roots)
	manifest, err3 := json.Marshal(d.Manifest)
	entry, err4 := json.Marshal(d.Entry)
	return g.Group{
		h.Script(g.Raw(`
window.__reactRouterContext = ` + string(context) + `;
window.__reactRouterContext.stream = new ReadableStream({
	start(controller) {
		controller.enqueue(new TextEncoder().encode("[{}]\n"));
		controller.close();
	},
});
`)),
		h.Script(h.Type("module"), g.Raw(`
const root = await Promise.all(`+string(roots)+`.map((module) => import(module)));
window.__reactRouterManifest = `+string(manifest)+`;
window.__reactRouterRouteModules = { root: Object.assign({}, ...root) };
import(`+string(entry)+`);
`)),
	}, errors.Join(err1, err2, err3, err4)
}
