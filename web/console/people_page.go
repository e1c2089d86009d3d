package console

import (
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/store"
)

func (p peoplePage) body(v view) g.Node {
	return g.Group{
		p.Pager.searching("people.count"),
		either(len(p.People) > 0, g.Group{p.list(v), p.Pager.leafing()}, empty("list.nothing")),
		v.form(peoplePath, "card form",
			h.H2(t("people.invite")),
			hint("people.invite-lead"),
			v.input(field{Name: "email", Label: "form.email", Type: "email", Required: true, Autocomplete: "off"}),
			pair(
				v.input(field{Name: "first_name", Label: "form.first-name", Autocomplete: "off"}),
				v.input(field{Name: "last_name", Label: "form.last-name", Autocomplete: "off"})),
			submit("primary", "people.invite-submit")),
	}
}

func (p peoplePage) list(v view) g.Node {
	return table("people.title", []string{"people.person", "people.state", "people.workspaces", "people.last"}, p.People,
		func(u store.KnownUser) row {
			return row{
				g.Group{link(peoplePath+u.ID+"/", g.Text(u.DisplayName)), sub(g.Text(text(u.Email)))},
				accountState(&u.User, u.Administers),
				g.Text(strconv.Itoa(u.Workspaces)),
				v.time(u.LastLoginTime),
			}
		})
}

// accountState says whether somebody may come in, and as what.
func accountState(u *store.User, administers bool) g.Node {
	return g.Group{
		g.If(administers, g.Group{tag("accent", "people.administrator"), g.Text(" ")}),
		either(u.IsActive, tag("", "people.active"), tag("warn", "people.closed")),
	}
}

func (p linkPage) body(view) g.Node {
	said := "link.pass-on"
	if p.Sent {
		said = "link.sent"
	}
	return g.Group{
		lead(said, p.Email),
		card("the-link", "link.heading", secret(p.Link), hint(p.Hint)),
		h.P(link(p.Back, h.Class("button"), t("link.back"))),
	}
}
