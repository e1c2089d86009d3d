package project

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
)

// Features is what a project has switched on.
type Features struct {
	*store.Project
	More *store.ProjectFeatures
}

// FeatureInput is what a request may say of what is switched on.
type FeatureInput struct {
	Epics          app.Opt[bool] `json:"epics"`
	Modules        app.Opt[bool] `json:"modules"`
	Cycles         app.Opt[bool] `json:"cycles"`
	Views          app.Opt[bool] `json:"views"`
	Pages          app.Opt[bool] `json:"pages"`
	Intakes        app.Opt[bool] `json:"intakes"`
	WorkItemTypes  app.Opt[bool] `json:"work_item_types"`
	Workflows      app.Opt[bool] `json:"workflows"`
	ParallelCycles app.Opt[bool] `json:"parallel_cycles"`
	ProjectUpdates app.Opt[bool] `json:"project_updates"`
	TimeTracking   app.Opt[bool] `json:"time_tracking"`
	ManualCycles   app.Opt[bool] `json:"manually_start_end_cycles"`
}

// ownSwitches are those that the project's own row has.
func (in *FeatureInput) ownSwitches() Input {
	return Input{ModuleView: in.Modules, CycleView: in.Cycles, IssueViewsView: in.Views, PageView: in.Pages,
		IsIssueTypeEnabled: in.WorkItemTypes, IsTimeTrackingEnabled: in.TimeTracking}
}

func (in *FeatureInput) put(f *store.ProjectFeatures) []string {
	var cols []string
	app.Change(&cols, "epics", in.Epics, &f.Epics)
	app.Change(&cols, "workflows", in.Workflows, &f.Workflows)
	app.Change(&cols, "parallel_cycles", in.ParallelCycles, &f.ParallelCycles)
	app.Change(&cols, "project_updates", in.ProjectUpdates, &f.ProjectUpdates)
	app.Change(&cols, "manual_cycles", in.ManualCycles, &f.ManualCycles)
	return cols
}

// ReadFeatures returns what the call's project has switched on, to whom knows of the project.
func ReadFeatures(c *app.Call) (*Features, error) {
	t := c.Read()
	known, err := c.KnowsProject()
	if err == nil && !known {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	p, err := store.Projects.Get(t, dbx.HashExp{"id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if err != nil {
		return nil, err
	}
	more, err := store.FeaturesOfProject(t, p)
	return &Features{p, more}, err
}

// ChangeFeatures switches on and off in the call's project what the request names, all of it or nothing. What is
// switched off keeps its rows.
func ChangeFeatures(c *app.Call, in FeatureInput) (*Features, error) {
	var now Features
	err := c.Write(func(t *store.Tx) (err error) {
		if err := t.LockRows("projects", c.ProjectID); err != nil { // two at once make one row
			return err
		}
		if now.Project, err = changeFrom(c, t, in.ownSwitches(), in.Intakes); err != nil {
			return err
		}
		if now.More, err = store.FeaturesOfProject(t, now.Project); err != nil {
			return err
		}
		cols := in.put(now.More)
		if in.Epics.V { // epics have a type of their own
			if _, err := store.EpicType(t, c.Workspace.ID, c.ProjectID); err != nil {
				return err
			}
		}
		switch {
		case len(cols) == 0:
			return nil
		case now.More.ID == "":
			err = store.ProjectFeaturesRows.Insert(t, now.More)
		default:
			err = store.ProjectFeaturesRows.Update(t, now.More, cols...)
		}
		if err == nil && in.Workflows.V {
			err = workflow.Introduce(t, now.Project)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &now, nil
}
