package console

import (
	"slices"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// keyFields is the form of a key to be made; places are the workspaces that it can be bound to.
func keyFields(v view, to string, places []store.OwnWorkspace) g.Node {
	where := h.Div(h.Class("field"), h.Label(h.For("f-key-workspace"), t("key.workspace")),
		h.Select(h.ID("f-key-workspace"), h.Name("workspace"), h.Option(h.Value(""), t("key.anywhere")),
			g.Map(places, func(w store.OwnWorkspace) g.Node {
				return h.Option(h.Value(w.Slug), g.If(v.Sent["workspace"] == w.Slug, h.Selected()), g.Text(w.Name))
			})))
	return v.form(to, "form",
		h.H3(t("account.make-key")),
		pair(
			v.input(field{Name: "label", Label: "account.label", Form: "key", Required: true, Autocomplete: "off",
				Hint: "account.label-hint"}),
			v.input(field{Name: "days", Label: "account.days", Form: "key", Type: "number", Autocomplete: "off",
				Hint: "account.days-hint"})),
		v.choose(field{Name: "may", Label: "key.may", Form: "key"}, choice{"", "key.all"}, choice{"read", "key.read"},
			choice{"some", "key.some"}),
		h.Details(g.If(v.Sent["may"] == "some", g.Attr("open")), h.Summary(t("key.groups")), hint("key.groups-hint"),
			tableOf("key.groups", []string{"key.group", "key.reads", "key.writes"}, scopeRows(v))),
		g.If(len(places) > 0, pair(where, v.input(field{Name: "projects", Label: "key.projects", Form: "key",
			Autocomplete: "off", Hint: "key.projects-hint"}))),
		submit("", "account.make-key-submit"))
}

// scopeRows are the boxes of the groups of operations.
func scopeRows(v view) (rows []row) {
	sent := strings.Fields(v.Sent["scopes[]"])
	for _, group := range app.KeyGroups {
		name := say("key-group." + group)
		box := func(kind string) g.Node {
			scope := group + ":" + kind
			id := "f-" + group + "-" + kind
			return g.Group{h.Label(h.Class("unseen"), h.For(id), g.Text(name+": "+say("key."+kind+"s"))),
				h.Input(h.ID(id), h.Type("checkbox"), h.Name("scopes[]"), h.Value(scope),
					g.If(slices.Contains(sent, scope), h.Checked()))}
		}
		rows = append(rows, row{g.Text(name), box(app.KeyReads), box(app.KeyWrites)})
	}
	return rows
}

// keyTable is the API keys of somebody; revoke is where one is revoked, and the name by which it is sent.
func keyTable(v view, all []store.APIToken, revoke, name string) g.Node {
	if len(all) == 0 {
		return empty("account.no-keys")
	}
	return table("account.keys",
		[]string{"account.label", "key.for", "account.made", "account.used", "account.expires", listActions}, all,
		func(k store.APIToken) row {
			return row{
				g.Group{g.Text(k.Label), g.If(k.IsService, g.Group{g.Text(" "), tag("", "account.service")}),
					g.If(v.Policy != nil && v.Policy(&k) != "", g.Group{g.Text(" "), tag("warn", "key.against-policy")})},
				keyLimits(&k),
				v.time(&k.CreatedAt),
				g.Group{v.time(k.LastUsed), g.If(k.LastAddress != "", sub(g.Text(k.LastAddress+" "+device(k.LastAgent))))},
				v.time(k.ExpiredAt),
				v.press(button{To: revoke, Label: "account.revoke", About: k.Label, Kind: "danger", Name: name, Value: k.ID}),
			}
		})
}

// keyLimits says what a key is bound to.
func keyLimits(k *store.APIToken) g.Node {
	if !k.Limited() {
		return t("key.unlimited")
	}
	parts := g.Group{}
	if k.ReadOnly {
		parts = append(parts, tag("", "key.read-only"), g.Text(" "))
	}
	if k.Scopes != nil {
		parts = append(parts, g.Text(strings.Join(k.Scopes, ", ")+" "))
	}
	switch {
	case k.OnlyProjects != nil:
		parts = append(parts, tag("", "key.of-projects"))
	case k.OnlyWorkspaceID != nil:
		parts = append(parts, tag("", "key.of-workspace"))
	}
	return parts
}
