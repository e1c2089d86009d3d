package console

import (
	"cmp"
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// layout is a whole page.
func (v view) layout() g.Node {
	title := say(v.Page + ".title")
	return h.Doctype(h.HTML(h.Lang("en"),
		h.Head(
			h.Meta(h.Charset("utf-8")),
			h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
			h.Meta(h.Name("color-scheme"), h.Content("light dark")),
			g.If(v.Again > 0, h.Meta(g.Attr("http-equiv", "refresh"), h.Content(strconv.Itoa(v.Again)+";url=?"))),
			h.TitleEl(g.Text(title+" · "+say("layout.product"))),
			h.Link(h.Rel("icon"), h.Href(Home+"icon.svg?v="+v.Style), h.Type("image/svg+xml")),
			h.Link(h.Rel("stylesheet"), h.Href(Home+"style.css?v="+v.Style)),
			h.Script(h.Src(Home+"script.js?v="+v.Style), h.Defer()),
		),
		h.Body(g.If(len(v.Menu) == 0, h.Class("plain")),
			h.A(h.Class("skip"), h.Href("#main"), t("layout.skip")),
			v.bar(),
			g.If(len(v.Menu) > 0, v.menu()),
			h.Main(h.ID("main"), h.TabIndex("-1"),
				h.H1(g.Text(cmp.Or(v.Heading, title))),
				h.Div(h.Role("status"), h.Aria("live", "polite"), g.Iff(v.Done != "", func() g.Node {
					return h.P(h.Class("notice done"), t(v.Done))
				})),
				g.If(v.Fault != "", alert(fault(h.Strong(t("layout.fault")), g.Text(" "+v.Fault)))),
				g.Iff(v.Body != nil, func() g.Node { return v.Body(v) }),
			))))
}

// bar stands above every page: the name, and who looks.
func (v view) bar() g.Node {
	return h.Header(h.Class("bar"),
		h.A(h.Class("brand"), h.Href(Home),
			h.Img(h.Src(Home+"icon.svg?v="+v.Style), h.Alt(""), h.Width("24"), h.Height("24")),
			h.Span(t("layout.product"))),
		g.Iff(v.User != nil, func() g.Node {
			return h.Div(h.Class("who"),
				h.A(h.Href(accountPath), here(v.Page == "account"),
					h.Span(h.Class("wide"), g.Text(v.User.Name)), h.Span(h.Class("narrow"), t("menu.account"))),
				v.form(Home+"sign-out/", "", h.Button(h.Class("quiet"), h.Type("submit"), t("menu.sign-out"))))
		}))
}

func (v view) menu() g.Node {
	return h.Nav(h.Class("menu"), h.Aria("label", say("layout.menu")),
		h.Ul(g.Map(v.Menu, func(e entry) g.Node {
			return h.Li(h.A(href(e.Path), here(e.Here), t(e.Label)))
		})))
}

// here marks the link to the page that is shown.
func here(is bool) g.Node { return g.If(is, h.Aria("current", "page")) }
