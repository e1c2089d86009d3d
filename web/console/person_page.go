package console

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func (p personPage) body(v view) g.Node {
	u, to := p.User, peoplePath+p.User.ID+"/"
	sessions := empty("account.no-sessions")
	if len(p.Sessions) > 0 {
		sessions = g.Group{sessionTable(v, p.Sessions, to+"sessions/end/", "row"), actions(v.press(button{
			To: to + "sessions/end-all/", Label: "person.end-all", About: u.DisplayName, Kind: "danger"}))}
	}
	return g.Group{
		crumbs(peoplePath, "people.title"),
		card("account", "person.account", p.facts(v), p.actions(v, to),
			g.If(u.IsActive && !p.Admin, hint("person.shut-out-hint"))),
		card("sessions", "account.sessions", sessions),
		card("keys", "account.keys", keyTable(v, p.Keys, to+"keys/revoke/", "row")),
		g.If(!p.Oneself, v.form(to+"delete/", "card form danger-zone",
			h.H2(t("person.delete")),
			hint("person.delete-hint"),
			v.input(field{Name: "confirm", Label: "person.confirm", Required: true, Autocomplete: "off"}),
			submit("danger", "person.delete-submit"))),
	}
}

func (p personPage) facts(v view) g.Node {
	u := p.User
	return g.Group{
		facts(
			fact("form.email", g.Text(text(u.Email))),
			fact("person.name", g.Text(u.FirstName+" "+u.LastName)),
			fact("people.state", accountState(u, p.Admin)),
			fact("person.joined", v.time(&u.DateJoined)),
			fact("people.last", v.time(u.LastLoginTime)),
			fact("person.factor", either(p.Factor.Since != nil, t("person.has-factor"), t("person.no-factor")))),
		g.If(p.Oneself, h.P(t("person.oneself"), g.Text(" "), link(accountPath, t("account.title")))),
	}
}

// actions are what can be done with the account; to is the address of its page.
func (p personPage) actions(v view, to string) g.Node {
	press := func(path, label, kind string) g.Node {
		return v.press(button{To: to + path, Label: label, About: p.User.DisplayName, Kind: kind})
	}
	if !p.User.IsActive {
		return actions(press("let-in/", "person.let-in", ""))
	}
	link := press("link/", "person.link", "")
	if p.Factor.Since != nil && !p.Oneself {
		link = g.Group{link, press("factor/reset/", "person.reset-factor", "danger")}
	}
	if p.Admin {
		return actions(link, press("demote/", "person.demote", "danger"))
	}
	return actions(link, press("promote/", "person.promote", ""), press("shut-out/", "person.shut-out", "danger"))
}
