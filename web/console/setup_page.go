package console

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func (p setupPage) body(v view) g.Node {
	if p.Locked {
		return p.locked()
	}
	return g.Group{
		lead("setup.lead"),
		v.form(SetupPath, "card form",
			pair(
				v.input(field{Name: "first_name", Label: "form.first-name", Required: true, Autocomplete: "given-name"}),
				v.input(field{Name: "last_name", Label: "form.last-name", Autocomplete: "family-name"})),
			v.input(field{Name: "email", Label: "form.email", Type: "email", Required: true, Autocomplete: "username"}),
			v.input(field{Name: "password", Label: "form.password", Type: "password", Required: true,
				Autocomplete: "new-password", Hint: "form.password-hint"}),
			v.input(field{Name: "company_name", Label: "setup.company", Autocomplete: "organization",
				Hint: "setup.company-hint"}),
			submit("primary", "setup.submit")),
		g.If(p.AdminPages != "", h.P(h.Class("aside"), t("setup.or"), g.Text(" "),
			link(p.AdminPages, t("setup.admin-pages")))),
	}
}

// locked says where the link is found that opens the form.
func (p setupPage) locked() g.Node {
	return g.Group{
		g.If(p.WrongLink, alert(fault(t("setup.wrong-link")))),
		lead("setup.locked"),
		card("where", "setup.where",
			h.Ol(
				h.Li(t("setup.where-terminal")),
				h.Li(t("setup.where-journal")),
				h.Li(t("setup.where-container"))),
			h.P(t("setup.instead")),
			h.Pre(h.TabIndex("0"), t("setup.command"))),
	}
}
