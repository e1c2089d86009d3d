package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/web"
)

var workspaceVocabulary = []web.Op{
	web.Do("GET", inWorkspace+"states/", web.Workspace().Class(), 200, "List the states of the caller's projects", listWorkspaceStates),
	web.Do("GET", inWorkspace+"labels/", web.Workspace().Class(), 200, "List the labels of the caller's projects", listWorkspaceLabels),
	web.Do("GET", inWorkspace+"estimates/", web.Workspace().Class(), 200, "List the estimates in use", listWorkspaceEstimates),
}

func listWorkspaceStates(c *app.Call, _ web.Nothing) ([]State, error) {
	rows, err := workspace.ListStates(c)
	return orderedStates(rows), err
}

func listWorkspaceLabels(c *app.Call, _ web.Nothing) ([]Label, error) {
	rows, err := workspace.ListLabels(c)
	return web.Map(rows, label), err
}

func listWorkspaceEstimates(c *app.Call, _ web.Nothing) ([]Estimate, error) {
	rows, err := project.EstimatesInUse(c)
	return web.Map(rows, estimate(c)), err
}
