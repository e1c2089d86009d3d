package console

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/frontend"
	"github.com/sailplane/sailplane/web"
)

const frontendsPath = Home + "frontends/"

// frontendPages are the page of what is served beside the API, and the button that fetches it.
type frontendPages struct{ pull frontend.Background }

func (f *frontendPages) ops() []web.Op {
	return []web.Op{
		page("frontends/", admin, f.show),
		action("frontends/", admin, "Let the frontends be fetched", f.fetch,
			func(c *app.Call, _ pullForm) (screen, error) { return f.show(c, web.Nothing{}) }),
		action("frontends/remove/", admin, "Remove the frontends that were fetched", f.remove,
			func(c *app.Call, _ web.Nothing) (screen, error) { return f.show(c, web.Nothing{}) }),
	}
}

type frontendsPage struct {
	Folder, Fault              string
	Named                      bool // by the settings, rather than fetched
	Info                       *frontend.Info
	Warnings                   []string
	AppURL, AdminURL, SpaceURL string
	Pull                       frontend.Pulling
	Version, Registry          string
}

func (f *frontendPages) show(c *app.Call, _ web.Nothing) (screen, error) {
	p := frontendsPage{AppURL: c.AppURL() + "/", AdminURL: c.AdminURL(), SpaceURL: c.SpaceURL(), Pull: f.pull.State(),
		Named: c.Config.Web.Frontend != "", Version: frontend.Version, Registry: frontend.Registry}
	build, info, err := frontend.InForce(&c.Config.Web, c.Frontends)
	if errors.Is(err, frontend.ErrNone) {
		return screen{Page: "frontends", Body: p.body}, nil
	}
	p.Folder, p.Info = build, info
	if err == nil {
		p.Warnings, err = web.FrontendWarnings(c.Config, build)
	}
	if err != nil {
		p.Fault = err.Error()
	}
	return screen{Page: "frontends", Body: p.body}, nil
}

// pullForm says where the frontends come from, and which.
type pullForm struct {
	From    string `json:"from" check:"blank,max=255"`
	Version string `json:"version" check:"blank,max=128"`
}

func (f *frontendPages) fetch(c *app.Call, in pullForm) (outcome, error) {
	err := f.pull.Start(c.App, in.From, in.Version)
	if errors.Is(err, frontend.ErrBusy) {
		return outcome{}, app.Refuse(app.Conflict, say("fault.pull-under-way"))
	}
	if err != nil {
		return outcome{}, app.Refuse(app.Invalid, err.Error())
	}
	return outcome{To: frontendsPath, Done: "done.pull-begun"}, nil
}

func (f *frontendPages) remove(c *app.Call, _ web.Nothing) (outcome, error) {
	removed, err := frontend.Remove(c.Frontends)
	switch {
	case errors.Is(err, frontend.ErrBusy):
		return outcome{}, app.Refuse(app.Conflict, say("fault.pull-under-way"))
	case err == nil && !removed:
		return outcome{}, app.Refuse(app.Invalid, say("frontends.none"))
	}
	return outcome{To: frontendsPath, Done: "done.frontends-removed"}, err
}
