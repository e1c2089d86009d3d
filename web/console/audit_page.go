package console

import (
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app/audit"
	"github.com/sailplane/sailplane/store"
)

func (p auditScreen) body(v view) g.Node {
	return g.Group{
		lead("audit.lead"),
		p.filters(v),
		card("entries", "audit.entries",
			either(len(p.Entries) > 0, p.list(v), empty("audit.none")),
			g.If(p.Older != "", h.P(link(p.Older, t("audit.older")))),
			g.If(p.JSONL != "", h.P(h.Class("hint"), t("audit.export"), g.Text(": "), link(p.JSONL, t("audit.export-jsonl")),
				g.Text(" · "), link(p.CSV, t("audit.export-csv"))))),
	}
}

// filters are the form by which entries are found. It only asks, and so it is sent by an address.
func (p auditScreen) filters(v view) g.Node {
	input := func(name, label, kind, known string) g.Node {
		return v.input(field{Name: name, Label: label, Type: kind, Known: known, Autocomplete: "off"})
	}
	return h.Form(h.Method("get"), h.Action(Home+"audit/"), h.Class("card form"),
		h.H2(t("audit.choose")),
		pair(input("user", "audit.user", "text", p.Asked.User), p.events()),
		pair(input("target", "audit.target", "text", p.Asked.Target), input("ip", "audit.ip", "text", p.Asked.IP)),
		pair(input("since", "audit.since", "date", p.Asked.Since), input("until", "audit.until", "date", p.Asked.Until)),
		input("text", "audit.search", "search", p.Asked.Text),
		v.tick(field{Name: "failed", Label: "audit.failed"}, p.Asked.Failed != ""),
		submit("primary", "audit.show"))
}

// events is the choice of what has happened, by the names that the API has.
func (p auditScreen) events() g.Node {
	return h.Div(h.Class("field"),
		h.Label(h.For("f-event"), t("audit.event")),
		h.Select(h.ID("f-event"), h.Name("event"),
			h.Option(h.Value(""), t("audit.any")),
			g.Map(p.Events, func(name string) g.Node {
				return h.Option(h.Value(name), g.If(name == p.Asked.Event, h.Selected()), g.Text(name))
			})))
}

func (p auditScreen) list(v view) g.Node {
	return table("audit.entries", []string{"audit.what", "audit.when", "audit.who", "audit.to", "audit.change"}, p.Entries,
		func(e audit.Entry) row {
			return row{
				g.Group{g.Text(e.Event),
					g.If(e.Outcome != store.AuditSuccess, g.Group{g.Text(" "), tag("warn", "audit.refused")}),
					sub(g.Text(strconv.FormatInt(e.Sequence, 10)))},
				v.time(&e.At),
				g.Group{long(e.Doer()), sub(g.Text(e.IP))},
				g.Group{long(e.Target()), sub(g.Text(e.TargetType))},
				long(e.Change()),
			}
		})
}
