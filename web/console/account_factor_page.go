package console

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

func (p ownFactorPage) body(v view) g.Node {
	return g.Group{
		crumbs(accountPath, "account.title"),
		codeList(p.Codes),
		p.state(v),
		p.setup(v),
		p.more(v),
		p.workspaces(v),
	}
}

// state says what there is, and who wants it.
func (p ownFactorPage) state(v view) g.Node {
	if p.Since == nil {
		return g.Group{
			lead("account-factor.none"),
			g.If(p.Policy == app.FactorOff, notice(t("account-factor.off"))),
			reasons(p.Wanting),
		}
	}
	return card("factor", "account-factor.state",
		facts(
			fact("account-factor.since", v.time(p.Since)),
			fact("account-factor.codes-left", t("account-factor.count", p.CodesLeft))),
		g.If(p.Policy == app.FactorOff, notice(t("account-factor.off"))),
		reasons(p.Wanting))
}

// setup is the form that begins, or the picture and the form that ends it.
func (p ownFactorPage) setup(v view) g.Node {
	if p.Policy == app.FactorOff {
		return nil
	}
	if p.Secret != "" && len(p.Codes) == 0 {
		return v.form(ownFactorPath+"set-up/", "card form",
			h.H2(t("account-factor.set-up")),
			setupSteps(p.Picture, p.Secret),
			v.input(field{Name: "code", Label: "factor.code", Required: true, Autocomplete: "one-time-code", Raw: true}),
			submit("primary", "account-factor.confirm"))
	}
	return v.form(ownFactorPath+"begin/", "card form",
		h.H2(either(p.Since == nil, t("account-factor.begin"), t("account-factor.replace"))),
		hint("account-factor.begin-hint"),
		p.proof(v, "begin"),
		submit("primary", "account-factor.begin-submit"))
}

// proof asks who sits there to show that it is they; who has nothing to show is not asked.
func (p ownFactorPage) proof(v view, form string) g.Node {
	label := "form.password"
	switch {
	case p.Since != nil && p.User.IsPasswordAutoset:
		label = "factor.code"
	case p.Since != nil:
		label = "account-factor.proof"
	case p.User.IsPasswordAutoset:
		return nil
	}
	return v.input(field{Name: "password", Label: label, Type: "password", Required: true,
		Autocomplete: "current-password", Form: form})
}

// more is what is done with a factor that there is.
func (p ownFactorPage) more(v view) g.Node {
	if p.Since == nil {
		return nil
	}
	return g.Group{
		v.form(ownFactorPath+"codes/", "card form",
			h.H2(t("factor.codes")),
			hint("account-factor.codes-hint"),
			p.proof(v, "codes"),
			submit("", "account-factor.codes-submit")),
		card("browsers", "account-factor.browsers", hint("account-factor.browsers-hint"), p.browsers(v)),
		g.If(!p.Wanting.Any(), v.form(ownFactorPath+"remove/", "card form danger-zone",
			h.H2(t("account-factor.remove")),
			hint("account-factor.remove-hint"),
			p.proof(v, "remove"),
			submit("danger", "account-factor.remove-submit"))),
	}
}

func (p ownFactorPage) browsers(v view) g.Node {
	if len(p.Browsers) == 0 {
		return empty("account.no-sessions")
	}
	return table("account-factor.browsers", []string{"account.device", "account.ip", "account.used", "account.expires",
		listActions}, p.Browsers, func(b store.RememberedBrowser) row {
		return row{
			g.Text(device(b.UserAgent)),
			g.Text(b.IP),
			v.time(&b.SeenAt),
			v.time(&b.ExpiresAt),
			v.press(button{To: ownFactorPath + "browsers/end/", Label: "account.end", About: device(b.UserAgent), Kind: "danger",
				Name: "id", Value: b.ID}),
		}
	})
}

// workspaces are those that one administers: each may ask its members for a second factor.
func (p ownFactorPage) workspaces(v view) g.Node {
	if len(p.Workspaces) == 0 {
		return nil
	}
	return card("workspaces", "account-factor.workspaces", hint("account-factor.workspaces-hint"),
		table("account-factor.workspaces", []string{"workspaces.workspace", "account-factor.asks", listActions}, p.Workspaces,
			func(w workspace.Asking) row {
				ask, label := "1", "account-factor.ask"
				if w.Asks {
					ask, label = "0", "account-factor.ask-not"
				}
				return row{
					g.Group{g.Text(w.Name), sub(g.Text(w.Slug))},
					either(w.Asks, tag("accent", "account-factor.yes"), tag("", "account-factor.no")),
					v.form(ownFactorPath+"workspaces/"+w.Slug+"/", "press", hidden("ask", ask),
						h.Button(h.Type("submit"), t(label), unseen(w.Name))),
				}
			}))
}
