package v1

import (
	"errors"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web"
)

// What is published and not offered here, so that programs are told why, and what to do in its place.

var (
	errNoGroups = app.Refuse(app.NotFound, "Groups of an identity provider are not offered here."+
		" Add people by invitations/ and projects/{project_id}/members/.")
	errNoRuns = app.Refuse(app.NotFound, "Runs of agents are not offered here: they belong to apps of Plane's market place."+
		" An agent is a person with a key, who is told of what happens by webhooks or by events/.")
	errNotGoverned error = &app.Error{Kind: app.NotFound, Code: "workspace_not_managed",
		Text: "Governance of types is not offered here: a project says which workflow a type has, at" +
			" projects/{project_id}/work-item-types/{type_id}/workflow/."}
)

// absence is the operations that one sentence holds for.
type absence struct {
	summary string
	why     error
	ops     []string // a method and a path below the workspace
}

const (
	mappings   = "group-sync/project-mappings/"
	mapping    = mappings + "{mapping_id:uuid}/"
	governance = "work-item-types/{type_id:uuid}/governance/"
	agentRun   = "runs/{run_id:uuid}/"
)

var absences = []absence{
	{"groups of an identity provider", errNoGroups, []string{
		"GET group-sync/config/", "PATCH group-sync/config/",
		"GET " + mappings, "POST " + mappings, "GET " + mapping, "PATCH " + mapping, "DELETE " + mapping,
		"GET group-sync/workspace-mappings/", "POST group-sync/workspace-mappings/",
		"GET group-sync/workspace-mappings/{mapping_id:uuid}/", "PATCH group-sync/workspace-mappings/{mapping_id:uuid}/",
		"DELETE group-sync/workspace-mappings/{mapping_id:uuid}/"}},
	{"runs of agents", errNoRuns, []string{"POST runs/", "GET " + agentRun, "GET " + agentRun + "activities/",
		"POST " + agentRun + "activities/", "GET " + agentRun + "activities/{activity_id:uuid}/"}},
	{"governance of types", errNotGoverned, []string{"GET " + governance, "PATCH " + governance,
		"GET " + governance + "pins/", "POST " + governance + "pins/", "DELETE " + governance + "pins/{pin_id:uuid}/",
		"POST " + governance + "preview/"}},
}

// absent are the rows of absences.
var absent = func() (all []web.Op) {
	for _, a := range absences {
		var said *app.Error
		errors.As(a.why, &said) // they all are
		for _, row := range a.ops {
			method, path, _ := strings.Cut(row, " ")
			all = append(all, web.Absent(method, inWorkspace+path, everybody, "Not offered: "+a.summary, a.why).
				Explained(said.Text))
		}
	}
	return all
}()
