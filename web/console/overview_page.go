package console

import (
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app/health"
)

func (p overviewPage) body(view) g.Node {
	figure := func(to, label string, n int, children ...g.Node) g.Node {
		return h.Div(h.Dt(link(to, t(label))), h.Dd(g.Text(strconv.Itoa(n))), g.Group(children))
	}
	return g.Group{
		h.Dl(h.Class("figures"),
			figure(peoplePath, "overview.people", p.People),
			figure(workspacesPath, "overview.workspaces", p.Workspaces),
			figure(jobsPath, "overview.waiting", p.Waiting),
			figure(jobsPath, "overview.dead", p.Dead, g.If(p.Dead > 0, h.Class("wrong")))),
		card("glance", "overview.glance",
			either(p.Well, well("overview.well"), findings(p.Findings)),
			h.P(link(healthPath, t("overview.all")))),
		card("about", "overview.about", facts(
			fact("overview.version", g.Text(p.Version)),
			fact("overview.database", g.Text(p.Database)),
			fact("overview.api", link(apiPath, t("sign-in.api"))))),
	}
}

// healthBody is everything that was found out about the installation.
func healthBody(all []health.Finding) func(view) g.Node {
	return func(view) g.Node {
		return g.Group{lead("health.lead"),
			h.Section(h.Class("card"), h.Aria("label", say("health.title")), findings(all))}
	}
}
