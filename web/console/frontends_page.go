package console

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func (p frontendsPage) body(v view) g.Node {
	return g.Group{
		lead("frontends.lead"),
		card("served", "frontends.served", p.served(v)),
		g.If(!p.Named, card("fetch", "frontends.fetch",
			h.P(t("frontends.fetch-hint", p.Version)),
			p.pull(),
			v.form(frontendsPath, "form",
				pair(
					v.input(field{Name: "version", Label: "frontends.version-wanted", Known: p.Version, Autocomplete: "off"}),
					v.input(field{Name: "from", Label: "frontends.registry", Known: p.Registry, Autocomplete: "off"})),
				submit("primary", "frontends.pull")))),
	}
}

// served is what people get.
func (p frontendsPage) served(v view) g.Node {
	named := g.If(p.Named, hint("frontends.named"))
	if p.Folder == "" {
		return g.Group{empty("frontends.none"), named}
	}
	return g.Group{
		g.If(p.Fault != "", alert(fault(g.Text(p.Fault)))),
		facts(
			g.Iff(p.Info != nil, func() g.Node {
				return g.Group{fact("frontends.version", g.Text(p.Info.Version)), fact("frontends.from", g.Text(p.Info.From))}
			}),
			fact("frontends.folder", h.Code(g.Text(p.Folder))),
			fact("frontends.app", link(p.AppURL, g.Text(p.AppURL))),
			fact("frontends.admin", link(p.AdminURL, g.Text(p.AdminURL))),
			fact("frontends.space", g.Text(p.SpaceURL))),
		g.Map(p.Warnings, func(warning string) g.Node { return notice(g.Text(warning)) }),
		named,
		g.If(!p.Named, actions(v.press(button{To: frontendsPath + "remove/", Label: "frontends.remove", Kind: "danger"}))),
	}
}

// pull is how the last fetching goes, or went.
func (p frontendsPage) pull() g.Node {
	switch {
	case p.Pull.Running:
		return notice(h.Role("status"), t("frontends.running"), g.Text(" "+p.Pull.Progress.Text()+" "),
			link(frontendsPath, t("frontends.look-again")))
	case p.Pull.Error != "":
		return fault(t("frontends.failed"), g.Text(" "+p.Pull.Error))
	}
	return nil
}
