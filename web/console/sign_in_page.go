package console

import (
	"net/url"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// apiPath is where the API is described.
const apiPath = "/api/schema/swagger-ui/"

func (p signInPage) body(v view) g.Node {
	email := func(form string) g.Node {
		return v.input(field{Name: "email", Label: "form.email", Type: "email", Required: true, Autocomplete: "username",
			Form: form})
	}
	return g.Group{
		g.If(p.Fault != "", alert(fault(h.Strong(t("layout.fault")), g.Text(" "+p.Fault)))),
		g.If(len(p.Elsewhere) > 0, h.P(h.Class("actions"), g.Map(p.Elsewhere, func(way wayElse) g.Node {
			return link(way.Path+"?next_path="+url.QueryEscape(p.Next), h.Class("button"), t("sign-in.with", way.Label))
		}))),
		g.If(p.Passwords, v.form(signInPath, "card form",
			hidden("next", p.Next),
			either(p.Directory, v.input(field{Name: "email", Label: "form.login", Required: true, Autocomplete: "username"}),
				email("")),
			v.input(field{Name: "password", Label: "form.password", Type: "password", Required: true,
				Autocomplete: "current-password"}),
			submit("primary", "sign-in.submit"))),
		g.If(p.Codes, v.form(signInPath+"code/", "card form",
			h.H2(t("sign-in.code")),
			hidden("next", p.Next),
			email("code"),
			submit("", "sign-in.send-code"))),
		g.If(p.Here, h.P(h.Class("aside"), t("sign-in.here"))),
		g.If(p.SignUp, h.P(h.Class("aside"), link("/sign-up/", t("sign-in.sign-up")))),
		g.If(!p.Passwords && !p.Codes && len(p.Elsewhere) == 0, lead("sign-in.elsewhere")),
		g.If(p.Passwords && !p.Mail, h.P(h.Class("aside"), t("sign-in.forgotten"))),
		g.If(p.Mail && p.Passwords, h.Details(h.Class("aside"), h.Summary(t("sign-in.forgotten-ask")),
			v.form(signInPath+"forgotten/", "form", email("reset"), submit("", "sign-in.forgotten-submit")))),
		h.P(h.Class("aside"), link(apiPath, t("sign-in.api"))),
	}
}

// signedOutBody leads to where somebody signs out at their provider, too.
func signedOutBody(there string) func(view) g.Node {
	return func(view) g.Node {
		return g.Group{
			lead("signed-out.lead"),
			h.P(h.Class("actions"),
				link(there, h.Class("button"), h.Rel("noreferrer"), t("signed-out.there")), g.Text(" "),
				link(signInPath, h.Class("button quiet"), t("signed-out.again"))),
		}
	}
}

func (p codePage) body(v view) g.Node {
	return g.Group{
		lead("code.lead", p.Email),
		v.form(signInPath+"by-code/", "card form",
			hidden("next", p.Next), hidden("email", p.Email),
			v.input(field{Name: "code", Label: "code.code", Required: true, Autocomplete: "one-time-code"}),
			submit("primary", "sign-in.submit")),
		h.P(h.Class("aside"), link(signInPath, t("code.again"))),
	}
}

func (in resetVisit) body(v view) g.Node {
	return g.Group{
		lead("password.lead"),
		v.form(Home+"password/", "card form",
			hidden("uidb64", in.UID), hidden("token", in.Token),
			v.input(field{Name: "password", Label: "form.new-password", Type: "password", Required: true,
				Autocomplete: "new-password", Hint: "form.password-hint"}),
			submit("primary", "password.submit")),
	}
}
