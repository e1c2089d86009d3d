package console

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app/user"
)

func (p accountPage) body(v view) g.Node {
	return g.Group{
		g.If(p.Secret != "", h.Section(h.Class("card made"), h.Aria("labelledby", "new-key"),
			h.H2(h.ID("new-key"), t("account.new-key")), secret(p.Secret), hint("account.new-key-hint"))),
		g.If(!v.Admin, p.tracker()),
		p.nameForm(v),
		p.reminderForm(v),
		p.passwordForm(v),
		h.Section(h.Class("card"), h.Aria("labelledby", "second-factor"), h.H2(h.ID("second-factor"), t("account.factor")),
			h.P(t("account.factor-lead"), g.Text(" "), link(ownFactorPath, t("account-factor.title")))),
		p.ways(v),
		h.Section(h.Class("card"), h.Aria("labelledby", "import"), h.H2(h.ID("import"), t("account.import")),
			h.P(t("account.import-lead"), g.Text(" "), link(ownImportsPath, t("account-imports.title")))),
		card("sessions", "account.sessions", sessionTable(v, p.Sessions, accountPath+"sessions/end/", "id"),
			actions(v.press(button{To: accountPath + "sessions/end-others/", Label: "account.end-others", Kind: "danger"}))),
		card("keys", "account.keys", hint("account.keys-hint"),
			keyTable(v, p.Keys, accountPath+"keys/revoke/", "id"), keyFields(v, accountPath+"keys/", p.Places)),
		p.serviceAccounts(),
	}
}

// tracker says where work is tracked.
func (p accountPage) tracker() g.Node {
	if p.Tracker == "" {
		return lead("account.no-tracker")
	}
	return h.P(h.Class("lead"), t("account.tracker"), g.Text(" "), link(p.Tracker, t("account.tracker-link")))
}

func (p accountPage) nameForm(v view) g.Node {
	u := p.User
	return v.form(accountPath+"name/", "card form",
		h.H2(t("account.name")),
		h.P(h.Class("hint"), t("account.signed-in-as"), g.Text(" "+text(u.Email))),
		v.input(field{Name: "display_name", Label: "account.display-name", Known: u.DisplayName, Required: true,
			Autocomplete: "nickname"}),
		pair(
			v.input(field{Name: "first_name", Label: "form.first-name", Known: u.FirstName, Autocomplete: "given-name"}),
			v.input(field{Name: "last_name", Label: "form.last-name", Known: u.LastName, Autocomplete: "family-name"})),
		submit("primary", "form.save"))
}

func (p accountPage) reminderForm(v view) g.Node {
	return v.form(accountPath+"reminders/", "card form", h.ID("reminders"),
		h.H2(t("account.reminders")),
		v.tick(field{Name: "reminders", Label: "account.remind", Hint: "account.remind-hint"}, p.Reminded),
		submit("", "form.save"))
}

func (p accountPage) passwordForm(v view) g.Node {
	return v.form(accountPath+"password/", "card form",
		h.H2(t("account.password")),
		g.If(!p.User.IsPasswordAutoset, v.input(field{Name: "old_password", Label: "account.old-password", Type: "password",
			Required: true, Autocomplete: "current-password"})),
		v.input(field{Name: "new_password", Label: "form.new-password", Type: "password", Required: true,
			Autocomplete: "new-password", Hint: "form.password-hint"}),
		hint("account.password-hint"),
		submit("", "account.password-submit"))
}

// ways are the accounts elsewhere by which one signs in, or can from now on.
func (p accountPage) ways(v view) g.Node {
	if len(p.Ways) == 0 {
		return nil
	}
	return card("ways", "account.ways", hint("account.ways-hint"),
		table("account.ways", []string{"account.way", "account.used", listActions}, p.Ways, func(c connection) row {
			used, do := g.Text(""), link(c.Connect, h.Class("button"), t("account.connect"), unseen(c.Name))
			if c.Row != nil {
				used = v.time(&c.Row.LastConnectedAt)
			}
			if c.Connect == "" {
				do = v.press(button{To: accountPath + "connections/end/", Label: "account.disconnect", About: c.Name,
					Kind: "danger", Name: "id", Value: c.ID})
			}
			return row{g.Text(c.Name), used, do}
		}))
}

// sessionTable is the sessions of somebody; end is where one is ended, and the name by which it is sent.
func sessionTable(v view, all []user.SessionInfo, end, name string) g.Node {
	return table("account.sessions", []string{"account.device", "account.ip", "account.expires", listActions}, all,
		func(s user.SessionInfo) row {
			return row{
				g.Group{g.Text(device(s.UserAgent)), g.If(s.Current, g.Group{g.Text(" "), tag("accent", "account.this-one")})},
				g.Text(s.IP),
				v.time(&s.Expires),
				v.press(button{To: end, Label: "account.end", About: device(s.UserAgent), Kind: "danger", Name: name, Value: s.ID}),
			}
		})
}
