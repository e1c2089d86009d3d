package console

import (
	"net/url"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func (p invitationPage) body(v view) g.Node {
	switch {
	case p.Unknown:
		return lead("invitation.unknown")
	case p.Accepted:
		return p.account(v)
	}
	answer := func(class, value, label string) g.Node {
		return h.Button(g.If(class != "", h.Class(class)), h.Type("submit"), h.Name("answer"), h.Value(value), t(label))
	}
	return g.Group{
		lead("invitation.lead", p.Workspace, p.Email),
		v.form(p.Path+p.token(), "card form", h.P(h.Class("actions"),
			answer("primary", "yes", "invitation.accept"), g.Text(" "), answer("", "no", "invitation.decline"))),
	}
}

func (p invitationPage) token() string { return "?token=" + url.QueryEscape(p.Token) }

// account is the form of an account for the address.
func (p invitationPage) account(v view) g.Node {
	return g.Group{
		lead("invitation.account", p.Workspace, p.Email),
		g.If(p.Passwords, v.form(p.Path+"account/"+p.token(), "card form",
			h.Input(h.Type("hidden"), h.Name("username"), h.Value(p.Email), h.AutoComplete("username")),
			v.input(field{Name: "password", Label: "form.new-password", Type: "password", Required: true,
				Autocomplete: "new-password", Hint: "form.password-hint"}),
			submit("primary", "invitation.sign-up"))),
		g.If(p.Codes, v.form(signInPath+"code/", "card form",
			h.H2(t("invitation.code")),
			hidden("email", p.Email), hidden("next", Home),
			submit("", "sign-in.send-code"))),
		g.If(!p.Passwords && !p.Codes, lead("sign-in.elsewhere")),
	}
}
