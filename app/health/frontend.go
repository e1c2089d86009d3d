package health

import (
	"context"
	"errors"

	"github.com/sailplane/sailplane/app/frontend"
)

// checkFrontend looks at the frontends that the server serves: those that the settings name, else those that were
// pulled.
func checkFrontend(_ context.Context, p *Patient) []Finding {
	build, _, err := frontend.InForce(&p.Config.Web, p.Frontends)
	if errors.Is(err, frontend.ErrNone) {
		return []Finding{{
			Code: "frontend.none", Level: Note, What: "no frontend is served, only the API", Why: "",
			Do: "sailplane frontend pull fetches the published ones; [web] frontend = FOLDER serves a build of your own",
		}}
	}
	var warnings []string
	if err == nil {
		warnings, err = p.Frontend(build)
	}
	if err != nil {
		why, do := "only the API is served", "sailplane frontend pull"
		if p.Config.Web.Frontend != "" {
			why, do = "the server does not start", "see that web.frontend names the folder with index.html"
		}
		return []Finding{{Code: "frontend.unusable", Level: Wrong, What: err.Error(), Why: why, Do: do}}
	}
	found := []Finding{ok("frontend.present", "the frontend is in "+build)}
	for _, w := range warnings {
		found = append(found, Finding{
			Code: "frontend.doubtful", Level: Note, What: w, Why: "some of its pages may not work",
			Do: "build it for this release and this path (README: Frontends), or: sailplane frontend pull",
		})
	}
	return found
}

// checkBuild reads all scripts of the frontends that are served: whether they are whole and made for this server.
func checkBuild(_ context.Context, p *Patient) []Finding {
	build, info, err := frontend.InForce(&p.Config.Web, p.Frontends)
	if err != nil {
		return nil // checkFrontend says so
	}
	return examined(frontend.Examine(build, info, &p.Config.Web))
}

// examined is what an examination of the three frontends says.
func examined(all []frontend.Finding, err error) []Finding {
	if err != nil {
		return []Finding{{
			Code: "frontend.unread", Level: Wrong, What: err.Error(), Why: "what cannot be read cannot be served",
			Do: "look at the rights of the folder, or: sailplane frontend pull",
		}}
	}
	var found []Finding
	for _, f := range all {
		code := "frontend." + f.Part
		if f.Part == "" {
			code = "frontend.version"
		}
		said := Finding{Code: code, Level: Fine, What: f.What, Do: f.Do}
		switch f.Level {
		case frontend.Note:
			said.Level = Note
		case frontend.Wrong:
			said.Level, said.Why = Wrong, "some of its pages do not work"
		}
		found = append(found, said)
	}
	return found
}
