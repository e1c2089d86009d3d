package console

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app"
)

func (p providersPage) body(v view) g.Node {
	s := p.Settings
	return g.Group{
		v.form(providersPath, "card form",
			h.H2(t("providers.who")),
			v.tick(field{Name: "ENABLE_SIGNUP", Label: "providers.sign-up", Hint: "providers.sign-up-hint"},
				s.On("ENABLE_SIGNUP")),
			v.tick(field{Name: "ENABLE_EMAIL_PASSWORD", Label: "providers.passwords"}, s.On("ENABLE_EMAIL_PASSWORD")),
			v.tick(field{Name: "ENABLE_MAGIC_LINK_LOGIN", Label: "providers.codes", Hint: "providers.codes-hint"},
				s.On("ENABLE_MAGIC_LINK_LOGIN")),
			v.tick(field{Name: "everybody_makes_workspaces", Label: "providers.workspaces"},
				!s.On("DISABLE_WORKSPACE_CREATION")),
			p.factor(v),
			submit("primary", "form.save")),
		lead("providers.lead"),
		p.OIDC.card(v),
		p.Directory.card(v),
		g.Map(p.Providers, func(one provider) g.Node { return one.form(v, s) }),
	}
}

// factor is who has to have a second factor.
func (p providersPage) factor(v view) g.Node {
	words := map[string]string{app.FactorOff: "providers.factor-off", app.FactorOptional: "providers.factor-optional",
		app.FactorAdministrators: "providers.factor-administrators", app.FactorEverybody: "providers.factor-everybody"}
	if p.FactorFixed != "" {
		return h.P(t("providers.factor-fixed"), g.Text(" "), t(words[p.FactorFixed]))
	}
	var choices []choice
	for _, policy := range app.Factors {
		choices = append(choices, choice{policy, words[policy]})
	}
	return g.Group{v.choose(field{Name: "second_factor", Label: "providers.factor", Known: p.Factor}, choices...),
		hint("providers.factor-hint")}
}

func (p provider) form(v view, s app.Settings) g.Node {
	return v.form(providersPath+p.Name+"/", "card form",
		h.H2(g.Text(p.Label+" "), setUpTag(p.Ready)),
		address("providers.callback", p.Callback),
		g.If(p.Host != "", v.input(field{Name: "host", Label: "providers.host", Type: "url", Known: s[p.Host],
			Autocomplete: "off", Form: p.Name, Raw: true})),
		pair(
			v.input(field{Name: "client_id", Label: "providers.id", Known: s[p.ID], Autocomplete: "off", Form: p.Name,
				Raw: true, Hint: "providers.id-hint"}),
			v.input(field{Name: "client_secret", Label: "providers.secret", Type: "password", Autocomplete: "new-password",
				Form: p.Name, Hint: "form.secret-hint"})),
		g.If(p.Organization != "", v.input(field{Name: "organization", Label: "providers.organization",
			Known: s[p.Organization], Autocomplete: "off", Form: p.Name, Raw: true})),
		submit("", "form.save", unseen(p.Label)))
}

func setUpTag(ready bool) g.Node {
	return either(ready, tag("accent", "providers.ready"), tag("", "providers.not-ready"))
}

// address is one that a provider is told.
func address(label, value string) g.Node {
	return h.P(h.Class("hint"), t(label), g.Text(" "), h.Code(g.Text(value)))
}
