package console

import (
	"net/url"
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/store"
)

func (p workspacesPage) body(v view) g.Node {
	return g.Group{
		p.Pager.searching("workspaces.count"),
		either(len(p.Workspaces) > 0, g.Group{p.list(v), p.Pager.leafing()}, empty("list.nothing")),
		v.form(workspacesPath, "card form",
			h.H2(t("workspaces.make")),
			pair(
				v.input(field{Name: "name", Label: "workspaces.name", Required: true, Autocomplete: "off"}),
				v.input(field{Name: "slug", Label: "workspaces.slug", Autocomplete: "off", Hint: "workspaces.slug-hint"})),
			v.input(field{Name: "owner", Label: "workspaces.owner-address", Type: "email", Autocomplete: "off",
				Hint: "workspaces.owner-hint"}),
			submit("primary", "workspaces.make-submit")),
	}
}

func (p workspacesPage) list(v view) g.Node {
	return table("workspaces.title", []string{"workspaces.workspace", "workspaces.owner", "workspaces.members",
		"workspaces.projects", "workspaces.made"}, p.Workspaces,
		func(w store.KnownWorkspace) row {
			return row{
				g.Group{link(workspacesPath+url.PathEscape(w.Slug)+"/", g.Text(w.Name)), sub(g.Text(w.Slug))},
				g.Text(w.OwnerEmail),
				g.Text(strconv.Itoa(w.TotalMembers)),
				g.Text(strconv.Itoa(w.TotalProjects)),
				v.time(&w.CreatedAt),
			}
		})
}

func (p workspacePage) body(v view) g.Node {
	to := workspacesPath + url.PathEscape(p.Slug) + "/"
	return g.Group{
		crumbs(workspacesPath, "workspaces.title"),
		v.form(to+"invite/", "card form",
			h.H2(t("workspace.invite")),
			hint("workspace.invite-lead"),
			pair(
				v.input(field{Name: "email", Label: "form.email", Type: "email", Required: true, Autocomplete: "off"}),
				v.choose(field{Name: "role", Label: "workspace.role", Known: "member"}, choice{"guest", "workspace.guest"},
					choice{"member", "workspace.member"}, choice{"admin", "workspace.admin"})),
			submit("primary", "people.invite-submit")),
		card("import", "workspace.import", hint("workspace.import-lead"),
			actions(link(to+"imports/", h.Class("button"), t("workspace.import-open")))),
		v.form(to+"rename/", "card form",
			h.H2(t("workspace.rename")),
			pair(
				v.input(field{Name: "name", Label: "workspaces.name", Known: p.Name, Required: true, Autocomplete: "off"}),
				v.input(field{Name: "slug", Label: "workspaces.slug", Known: p.Slug, Required: true, Autocomplete: "off"})),
			hint("workspace.rename-hint"),
			submit("primary", "form.save")),
		v.form(to+"transfer/", "card form",
			h.H2(t("workspace.transfer")),
			p.owner(),
			v.input(field{Name: "owner", Label: "workspace.new-owner", Type: "email", Required: true, Autocomplete: "off"}),
			hint("workspace.transfer-hint"),
			submit("", "workspace.transfer-submit")),
		v.form(to+"delete/", "card form danger-zone",
			h.H2(t("workspace.delete")),
			hint("workspace.delete-hint"),
			v.input(field{Name: "confirm", Label: "workspace.confirm", Required: true, Autocomplete: "off"}),
			submit("danger", "workspace.delete-submit")),
	}
}

func (p workspacePage) owner() g.Node {
	if p.Owner == nil {
		return nil
	}
	return h.P(t("workspace.owned-by"), g.Text(" "), link(peoplePath+p.Owner.ID+"/", g.Text(text(p.Owner.Email))))
}
