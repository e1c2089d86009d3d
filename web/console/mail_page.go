package console

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func (p mailPage) body(v view) g.Node {
	return g.Group{
		lead("mail.lead"),
		p.server(v),
		g.If(p.Settings["EMAIL_HOST"] != "", g.Group{
			p.test(v),
			g.If(!p.Fixed, card("forget", "mail.forget", hint("mail.forget-hint"),
				v.press(button{To: mailPath + "forget/", Label: "mail.forget", Kind: "danger"}))),
		}),
	}
}

func (p mailPage) server(v view) g.Node {
	s := p.Settings
	return v.form(mailPath, "card form",
		h.H2(t("mail.server")),
		g.If(p.Fixed, notice(t("mail.fixed"))),
		h.FieldSet(g.If(p.Fixed, h.Disabled()), h.Class("bare"),
			pair(
				v.input(field{Name: "host", Label: "mail.host", Known: s["EMAIL_HOST"], Required: true, Autocomplete: "off"}),
				v.input(field{Name: "port", Label: "mail.port", Type: "number", Known: s["EMAIL_PORT"], Required: true,
					Autocomplete: "off", Hint: "mail.port-hint"})),
			v.choose(field{Name: "secured", Label: "mail.secured", Known: p.Secured}, choice{"starttls", "mail.starttls"},
				choice{"tls", "mail.tls"}, choice{"none", "mail.none"}),
			v.input(field{Name: "from", Label: "mail.from", Known: s["EMAIL_FROM"], Required: true, Autocomplete: "off",
				Hint: "mail.from-hint"}),
			pair(
				v.input(field{Name: "user", Label: "mail.user", Known: s["EMAIL_HOST_USER"], Autocomplete: "off"}),
				v.input(field{Name: "password", Label: "form.password", Type: "password", Autocomplete: "new-password",
					Hint: "form.secret-hint"})),
			g.If(!p.Fixed, submit("primary", "form.save"))))
}

func (p mailPage) test(v view) g.Node {
	return v.form(mailPath+"test/", "card form",
		h.H2(t("mail.test")),
		g.Iff(p.Fault != nil, func() g.Node {
			return alert(fault(g.Text(p.Fault.What+". "+p.Fault.Do)),
				h.Pre(h.TabIndex("0"), h.Aria("label", say("mail.said")), g.Text(p.Fault.Said)))
		}),
		v.input(field{Name: "receiver", Label: "mail.receiver", Type: "email", Known: p.Receiver, Required: true,
			Autocomplete: "off"}),
		submit("", "mail.test-submit"))
}
