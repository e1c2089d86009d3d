package console

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

func (p serviceAccountsPage) body(v view) g.Node {
	to := serviceAccountsAt(p.Workspace.Slug)
	list := empty("service-accounts.none")
	if len(p.All) > 0 {
		list = g.Group{table("service-accounts.title", []string{"service-accounts.name", "service-accounts.role",
			"service-accounts.projects", "account.made"}, p.All, func(s user.ServiceAccount) row {
			return row{link(to+s.ID+"/", g.Text(s.DisplayName)), g.Text(app.RoleSlug(app.OfWorkspace, s.MemberRole, false)),
				g.Textf("%d", len(s.Seats)), v.time(&s.CreatedAt)}
		}), p.Pager.leafing()}
	}
	return g.Group{
		crumbs(accountPath, "account.title"),
		lead("service-accounts.lead", p.Workspace.Name),
		card("list", "service-accounts.title", list),
		v.form(to, "card form", h.H2(t("service-accounts.make")), serviceAccountFields(v, "", "member", ""),
			submit("primary", "service-accounts.make-submit")),
	}
}

// serviceAccountFields are the fields of a service account.
func serviceAccountFields(v view, name, role, projects string) g.Node {
	return g.Group{
		pair(
			v.input(field{Name: "name", Label: "service-accounts.name", Known: name, Required: true, Autocomplete: "off"}),
			v.choose(field{Name: "role", Label: "service-accounts.role", Known: role}, choice{"member", "workspace.member"},
				choice{"guest", "workspace.guest"}, choice{"admin", "workspace.admin"})),
		v.input(field{Name: "projects", Label: "service-accounts.projects", Known: projects, Autocomplete: "off",
			Hint: "service-accounts.projects-hint"}),
	}
}

func (p *serviceAccountPage) body(v view) g.Node {
	all := serviceAccountsAt(p.Workspace.Slug)
	to := all + p.ID + "/"
	here := []store.OwnWorkspace{{Workspace: *p.Workspace}}
	return g.Group{
		crumbs(all, "service-accounts.title"),
		g.If(p.Secret != "", h.Section(h.Class("card made"), h.Aria("labelledby", "new-key"),
			h.H2(h.ID("new-key"), t("account.new-key")), secret(p.Secret), hint("account.new-key-hint"))),
		card("keys", "account.keys", hint("service-accounts.keys-hint"), keyTable(v, p.Keys, to+"keys/revoke/", "row"),
			keyFields(v, to+"keys/", here)),
		v.form(to+"change/", "card form", h.H2(t("service-accounts.change")),
			serviceAccountFields(v, p.DisplayName, app.RoleSlug(app.OfWorkspace, p.MemberRole, false), p.Projects),
			submit("", "form.save")),
		v.form(to+"remove/", "card form danger-zone", h.H2(t("service-accounts.remove")), hint("service-accounts.remove-hint"),
			submit("danger", "service-accounts.remove-submit")),
	}
}

// serviceAccounts leads to the service accounts of the workspaces that one administers.
func (p accountPage) serviceAccounts() g.Node {
	items := g.Group{}
	for _, w := range p.Places {
		if w.Role == int(app.Admin) {
			items = append(items, h.Li(link(serviceAccountsAt(w.Slug), g.Text(w.Name))))
		}
	}
	if len(items) == 0 {
		return nil
	}
	return card("programs", "service-accounts.title", hint("account.programs-hint"), h.Ul(items))
}
