package main

import (
	"context"
	"errors"

	"github.com/sailplane/sailplane/app/frontend"
	"github.com/sailplane/sailplane/web"
)

// checkFrontend looks at the frontends that the server serves: those that the settings name, else those that were
// pulled.
func checkFrontend(_ context.Context, p *patient) []finding {
	build, info, err := frontend.InForce(&p.config.Web, p.command.frontends())
	if errors.Is(err, frontend.ErrNone) {
		return []finding{{
			Code: "frontend.none", Level: note, What: "no frontend is served, only the API", Why: "",
			Do: "sailplane frontend pull fetches the published ones; [web] frontend = FOLDER serves a build of your own",
		}}
	}
	cfg := p.config.Web
	cfg.Frontend = build
	var site *web.Frontend
	if err == nil {
		site, err = web.OpenFrontend(&cfg, nil)
	}
	if err != nil {
		why, do := "only the API is served", "sailplane frontend pull"
		if p.config.Web.Frontend != "" {
			why, do = "the server does not start", "see that web.frontend names the folder with index.html"
		}
		return []finding{{Code: "frontend.unusable", Level: wrong, What: err.Error(), Why: why, Do: do}}
	}
	found := []finding{ok("frontend.present", "the frontend is in "+build)}
	for _, w := range site.Warnings {
		found = append(found, finding{
			Code: "frontend.doubtful", Level: note, What: w, Why: "some of its pages may not work",
			Do: "build it for this release and this path (README: Frontends), or: sailplane frontend pull",
		})
	}
	return append(found, examined(frontend.Examine(build, info, &p.config.Web))...)
}

// examined is what an examination of the three frontends says.
func examined(all []frontend.Finding, err error) []finding {
	if err != nil {
		return []finding{{
			Code: "frontend.unread", Level: wrong, What: err.Error(), Why: "what cannot be read cannot be served",
			Do: "look at the rights of the folder, or: sailplane frontend pull",
		}}
	}
	var found []finding
	for _, f := range all {
		code := "frontend." + f.Part
		if f.Part == "" {
			code = "frontend.version"
		}
		said := finding{Code: code, Level: fine, What: f.What, Do: f.Do}
		switch f.Level {
		case frontend.Note:
			said.Level = note
		case frontend.Wrong:
			said.Level, said.Why = wrong, "some of its pages do not work"
		}
		found = append(found, said)
	}
	return found
}
