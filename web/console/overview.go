package console

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/health"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/queue"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	overviewPath = Home + "overview/"
	healthPath   = Home + "health/"
)

// overviews are the pages that say how the installation is.
var overviews = []web.Op{
	page("overview/", admin, showOverview),
	page("health/", admin, showHealth),
}

type overviewPage struct {
	Name, Version, Database string
	People, Workspaces      int
	Waiting, Dead           int // jobs
	Findings                []health.Finding
	Well                    bool
}

func showOverview(c *app.Call, _ web.Nothing) (screen, error) {
	i, err := c.Instance(c)
	if err != nil {
		return screen{}, err
	}
	p := overviewPage{Name: i.InstanceName, Version: c.Version, Database: c.DB.Name()}
	if _, p.People, err = instance.ListAccounts(c, c.App, "", store.ListPart{Limit: 1}); err != nil {
		return screen{}, err
	}
	if _, p.Workspaces, err = workspace.ListKnown(c, "", 1, 0); err != nil {
		return screen{}, err
	}
	counts, _, err := queue.Backlogs(c, c.App)
	for _, b := range counts {
		p.Waiting, p.Dead = p.Waiting+b.Waiting, p.Dead+b.Dead
	}
	p.Findings = worthTelling(health.Glance(c, patient(c)))
	p.Well = len(p.Findings) == 0
	return screen{Page: "overview", Heading: p.Name, Body: p.body}, err
}

// worthTelling leaves out what is in order.
func worthTelling(all []health.Finding) []health.Finding {
	var found []health.Finding
	for _, f := range all {
		if f.Level != health.Fine {
			found = append(found, f)
		}
	}
	return found
}

func showHealth(c *app.Call, _ web.Nothing) (screen, error) {
	return screen{Page: "health", Body: healthBody(health.Examine(c, patient(c)))}, nil
}

func patient(c *app.Call) *health.Patient {
	return health.OfServer(c.App, func(build string) ([]string, error) { return web.FrontendWarnings(c.Config, build) })
}
