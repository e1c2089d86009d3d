package console

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app/oidc"
)

// card is the part of the page of sign-in that is about providers of OpenID Connect.
func (p oidcPage) card(v view) g.Node {
	return h.Section(h.Class("card"), h.Aria("labelledby", "oidc"),
		h.H2(h.ID("oidc"), t("oidc.title"), g.Text(" "), setUpTag(p.Ready)),
		address("providers.callback", p.Callback),
		address("oidc.logout", p.Logout),
		either(p.Fixed, hint("oidc.fixed"), p.form(v)),
		g.Map(p.Providers, func(one *oidc.Provider) g.Node {
			return actions(h.Span(g.Text(one.Shown())), v.press(button{To: providersPath + "oidc/" + one.Name + "/try/",
				Label: "oidc.try", About: one.Shown()}))
		}))
}

func (p oidcPage) form(v view) g.Node {
	input := func(name, label, kind, setting, hint string) g.Node {
		return v.input(field{Name: name, Label: label, Type: kind, Known: p.Set[setting], Autocomplete: "off", Form: "oidc",
			Hint: hint})
	}
	area := func(name, label, setting, hint string) g.Node {
		return v.area(field{Name: name, Label: label, Known: p.Set[setting], Form: "oidc", Hint: hint})
	}
	return v.form(providersPath+"oidc/", "form",
		input("label", "oidc.label", "text", "OIDC_PROVIDER_NAME", "oidc.label-hint"),
		input("issuer", "oidc.issuer", "url", "OIDC_ISSUER", "oidc.issuer-hint"),
		pair(
			input("client_id", "providers.id", "text", "OIDC_CLIENT_ID", "providers.id-hint"),
			v.input(field{Name: "client_secret", Label: "providers.secret", Type: "password", Autocomplete: "new-password",
				Form: "oidc", Hint: "form.secret-hint"})),
		v.tick(field{Name: "trust_addresses", Label: "oidc.trust-addresses", Form: "oidc", Hint: "oidc.trust-hint"},
			p.Set["OIDC_TRUST_ADDRESSES"] == "1"),
		h.Details(h.Summary(t("oidc.addresses")),
			input("authorize_url", "oidc.authorize-url", "url", "OIDC_AUTHORIZE_URL", ""),
			input("token_url", "oidc.token-url", "url", "OIDC_TOKEN_URL", ""),
			input("userinfo_url", "oidc.userinfo-url", "url", "OIDC_USERINFO_URL", ""),
			input("logout_url", "oidc.logout-url", "url", "OIDC_LOGOUT_URL", "")),
		h.Details(h.Summary(t("oidc.groups")),
			input("groups_claim", "oidc.groups-claim", "text", "OIDC_GROUPS_CLAIM", "oidc.claim-hint"),
			area("admin_groups", "oidc.admin-groups", "OIDC_ADMIN_GROUPS", "oidc.admins-hint"),
			area("workspace_groups", "oidc.workspace-groups", "OIDC_WORKSPACE_GROUPS", "oidc.roles-hint")),
		submit("", "form.save", unseen(say("oidc.title"))))
}
