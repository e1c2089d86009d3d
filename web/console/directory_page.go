package console

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// card is the part of the page of sign-in that is about the directory.
func (p directoryPage) card(v view) g.Node {
	return h.Section(h.Class("card"), h.Aria("labelledby", "ldap"),
		h.H2(h.ID("ldap"), t("ldap.title"), g.Text(" "), setUpTag(p.Ready)),
		either(p.Fixed, hint("ldap.fixed"), p.form(v)),
		g.If(p.Ready, v.form(providersPath+"ldap/try/", "form",
			v.input(field{Name: "login", Label: "ldap.try-login", Autocomplete: "off", Form: "ldap-try", Hint: "ldap.try-hint"}),
			submit("", "oidc.try", unseen(say("ldap.title"))))))
}

func (p directoryPage) form(v view) g.Node {
	input := func(name, label, setting, hint string) g.Node {
		return v.input(field{Name: name, Label: label, Known: p.Set[setting], Autocomplete: "off", Form: "ldap", Raw: true,
			Hint: hint})
	}
	area := func(name, label, setting, hint string) g.Node {
		return v.area(field{Name: name, Label: label, Known: p.Set[setting], Form: "ldap", Hint: hint})
	}
	return v.form(providersPath+"ldap/", "form",
		input("url", "ldap.url", "LDAP_SERVER_URI", "ldap.url-hint"),
		v.tick(field{Name: "start_tls", Label: "ldap.start-tls", Form: "ldap", Hint: "ldap.start-tls-hint"},
			p.Set["LDAP_START_TLS"] != "0"),
		pair(
			input("bind_dn", "ldap.bind-dn", "LDAP_BIND_DN", "ldap.bind-hint"),
			v.input(field{Name: "bind_password", Label: "ldap.password", Type: "password", Autocomplete: "new-password",
				Form: "ldap", Hint: "ldap.password-hint"})),
		pair(
			input("base_dn", "ldap.base-dn", "LDAP_USER_SEARCH_BASE", "ldap.base-hint"),
			input("filter", "ldap.filter", "LDAP_USER_SEARCH_FILTER", "ldap.filter-hint")),
		v.tick(field{Name: "trust_addresses", Label: "ldap.trust-addresses", Form: "ldap", Hint: "ldap.trust-hint"},
			p.Set["LDAP_TRUST_ADDRESSES"] == "1"),
		v.tick(field{Name: "always_sign_up", Label: "ldap.always-sign-up", Form: "ldap"},
			p.Set["LDAP_ALWAYS_SIGN_UP"] == "1"),
		h.Details(h.Summary(t("oidc.groups")),
			input("group_base_dn", "ldap.group-base-dn", "LDAP_GROUP_SEARCH_BASE", "ldap.group-base-hint"),
			area("admin_groups", "oidc.admin-groups", "LDAP_ADMIN_GROUPS", "oidc.admins-hint"),
			area("workspace_groups", "oidc.workspace-groups", "LDAP_WORKSPACE_GROUPS", "oidc.roles-hint")),
		submit("", "form.save", unseen(say("ldap.title"))))
}
