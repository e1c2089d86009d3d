package console

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func (p lettersPage) body(v view) g.Node {
	if !p.Known {
		return lead("letters.unknown")
	}
	about := t("letters.item-gone")
	if p.Number != "" {
		about = t("letters.item", p.Number)
	}
	stop := func(value, label string) g.Node {
		return v.form(v.Path, "", hidden("stop", value), h.Button(h.Type("submit"), t(label)))
	}
	return g.Group{
		g.If(p.Stopped == "", lead("letters.lead")),
		g.If(p.Item && p.Stopped != "issue", h.Section(h.Class("card"), h.Aria("labelledby", "this-item"),
			h.H2(h.ID("this-item"), about),
			h.P(t("letters.item-hint")),
			stop("issue", "letters.stop-item"))),
		g.If(p.Stopped != "kinds", card("this-kind", "letters.kind",
			h.P(t("letters.kind-hint")),
			h.Ul(g.Map(p.Kinds, func(word string) g.Node { return h.Li(g.Text(word)) })),
			stop("kinds", "letters.stop-kind"))),
		h.P(link(p.Settings, t("letters.settings"))),
	}
}
