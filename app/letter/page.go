package letter

import (
	"fmt"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app/mail"
)

// text is the letter for those who read text.
func (p *page) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n%s\n\n%s\n", p.Number, p.Name, p.Place, p.Lead)
	for _, l := range p.Lines {
		fmt.Fprintf(&b, "\n%s:\n", l.Label)
		for _, part := range l.Parts {
			fmt.Fprintf(&b, "  %s\n", part)
		}
		fmt.Fprintf(&b, "  (%s, %s)\n", l.By, l.When)
	}
	for _, q := range p.Said {
		fmt.Fprintf(&b, "\n%s %s (%s):\n", q.By, q.How, q.When)
		for _, line := range q.Lines {
			fmt.Fprintf(&b, "> %s\n", line)
		}
	}
	for _, more := range p.more() {
		fmt.Fprintf(&b, "\n%s\n", more)
	}
	fmt.Fprintf(&b, "\n%s: %s\n\n-- \n%s\n%s: %s\n%s: %s\n", p.Open, p.URL, p.Why, p.StopWord, p.Stop, p.SettingsTo,
		p.Settings)
	return b.String()
}

const (
	small = "font-size:13px;color:#5c6470"
	faint = "color:#5c6470"
)

// html is the body of the letter for those who read HTML.
func (p *page) html() g.Node {
	return g.Group{
		h.P(h.Class("quiet"), h.Style("margin:0;"+small), g.Text(p.Place)),
		h.H1(h.Style("margin:4px 0 12px;font-size:20px;line-height:1.3"), mail.Link(p.URL, g.Text(p.Number)),
			g.Text(" "+p.Name)),
		h.P(h.Style("margin:0 0 16px"), g.Text(p.Lead)),
		g.If(len(p.Lines) > 0, h.Dl(h.Style("margin:0 0 16px"), g.Map(p.Lines, change.html))),
		g.Map(p.Said, quote.html),
		g.Map(p.more(), func(more string) g.Node { return h.P(h.Class("quiet"), h.Style(faint), g.Text(more)) }),
		h.P(mail.Button(p.URL, p.Open)),
		mail.Foot(g.Text(p.Why), h.Br(), mail.Link(p.Stop, g.Text(p.StopWord)), g.Text(" · "),
			mail.Link(p.Settings, g.Text(p.SettingsTo))),
	}
}

func (c change) html() g.Node {
	return g.Group{
		h.Dt(h.Class("line"), h.Style("padding-top:8px;border-top:1px solid #dfe2e7;font-weight:600"), g.Text(c.Label)),
		g.Map(c.Parts, func(part string) g.Node { return h.Dd(h.Style("margin:0"), g.Text(part)) }),
		h.Dd(h.Class("quiet"), h.Style("margin:0 0 8px;"+small), g.Text(c.By+", "+c.When)),
	}
}

func (q quote) html() g.Node {
	var lines g.Group
	for i, line := range q.Lines {
		if i > 0 {
			lines = append(lines, h.Br())
		}
		lines = append(lines, g.Text(line))
	}
	return g.Group{
		h.P(h.Style("margin:0 0 4px"), h.Strong(g.Text(q.By)), g.Text(" "+q.How+" "),
			h.Span(h.Class("quiet"), h.Style(small), g.Text(q.When))),
		h.BlockQuote(h.Class("quote"), h.Style("margin:0 0 16px;padding:2px 0 2px 12px;border-left:3px solid #2457c5"),
			lines),
	}
}

// more says how much the letter leaves out.
func (p *page) more() (list []string) {
	if p.MoreLines > 0 {
		list = append(list, say("more.lines", p.MoreLines))
	}
	if p.MoreSaid > 0 {
		list = append(list, say("more.comments", p.MoreSaid))
	}
	return list
}
