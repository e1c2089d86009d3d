package console

import (
	"net/url"
	"strconv"

	g "maragu.dev/gomponents"

	"github.com/sailplane/sailplane/app/webhook"
)

func (p jobsPage) body(v view) g.Node {
	return g.Group{
		lead("jobs.lead"),
		card("kinds", "jobs.kinds", either(len(p.Kinds) > 0, p.kinds(), well("jobs.none"))),
		g.If(len(p.Jobs) > 0, card("list", "jobs.list",
			actions(
				v.press(button{To: jobsPath + "retry/", Label: "jobs.retry-all", Name: "id", Value: "all"}),
				g.If(p.Dead > 0,
					v.press(button{To: jobsPath + "drop/", Label: "jobs.drop-all", Kind: "danger", Name: "id", Value: "all"}))),
			p.list(v))),
		card("hooks", "jobs.webhooks", either(len(p.Webhooks) > 0, g.Group{p.hooks(), hint("jobs.webhooks-hint")},
			empty("jobs.no-webhooks"))),
	}
}

func (p jobsPage) kinds() g.Node {
	return table("jobs.kinds", []string{"jobs.kind", "jobs.lane", "jobs.how-many"}, p.Kinds, func(k kind) row {
		return row{g.Text(k.Name), g.Text(k.Lane), g.Text(k.Text)}
	})
}

func (p jobsPage) list(v view) g.Node {
	return table("jobs.list", []string{"jobs.job", "jobs.state", "jobs.why", listActions}, p.Jobs, func(j job) row {
		state, id, host := g.Text(j.State), strconv.FormatInt(j.ID, 10), ""
		if j.DeadAt != nil {
			state = g.Group{tag("warn", "jobs.dead"), g.Text(" "), v.time(j.DeadAt)}
		}
		if j.Host != nil {
			host = " · " + *j.Host
		}
		return row{
			g.Group{g.Text(j.Kind), sub(t("jobs.number", j.ID, j.Attempts), g.Text(host))},
			state,
			long(j.LastError),
			g.Group{
				v.press(button{To: jobsPath + "retry/", Label: "jobs.retry", About: j.Kind, Name: "id", Value: id}),
				g.If(j.DeadAt != nil, v.press(button{To: jobsPath + "drop/", Label: "jobs.drop", About: j.Kind, Kind: "danger",
					Name: "id", Value: id}))},
		}
	})
}

func (p jobsPage) hooks() g.Node {
	return table("jobs.webhooks", []string{"jobs.url", "workspaces.workspace", "people.state"}, p.Webhooks,
		func(w webhook.Known) row {
			return row{
				long(w.URL),
				link(workspacesPath+url.PathEscape(w.Workspace)+"/", g.Text(w.Workspace)),
				either(w.IsActive, tag("", "people.active"), tag("warn", "jobs.stopped")),
			}
		})
}
