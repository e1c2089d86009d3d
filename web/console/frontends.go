package console

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web"
)

// frontends is the page of what is served beside the API.
var frontends = []web.Op{page("frontends/", admin, showFrontends)}

type frontendsPage struct {
	Folder, Fault              string
	Warnings                   []string
	AppURL, AdminURL, SpaceURL string
}

func showFrontends(c *app.Call, _ web.Nothing) (screen, error) {
	p := frontendsPage{Folder: c.Config.Web.Frontend, AppURL: c.AppURL() + "/", AdminURL: c.AdminURL(),
		SpaceURL: c.SpaceURL()}
	if p.Folder != "" {
		var err error
		if p.Warnings, err = web.FrontendWarnings(c.Config); err != nil {
			p.Fault = err.Error()
		}
	}
	return screen{Template: "frontends", Data: p}, nil
}
