package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	someFeatures = `{"epics":false,"modules":true,"cycles":true,"views":false,"pages":true,"intakes":false,` +
		`"work_item_types":false,"workflows":false,"parallel_cycles":false,"project_updates":false,` +
		`"time_tracking":true,"manually_start_end_cycles":false}`
	someWorkspaceFeatures = `{"project_grouping":false,"initiatives":true,"teams":false,"customers":false,"wiki":false,` +
		`"pi":false,"releases":false,"work_item_types":false,"states_owned_by_workspace":false}`
)

var features = []web.Op{
	do("GET", inWorkspace+"features/", everybody, 200, "Tell what a workspace has switched on", getWorkspaceFeatures).
		Explained("With work_item_types its projects make no types and properties of work items: they take over the"+
			" workspace's. states_owned_by_workspace is false: states are the projects' own.").
		Like("", someWorkspaceFeatures),
	do("PATCH", inWorkspace+"features/", web.Workspace(app.Admin).Class(), 200, "Switch on and off in a workspace",
		changeWorkspaceFeatures).
		Explained("Only the keys that are sent change. Nothing is deleted by switching it off.").
		Like(`{"initiatives":true}`, someWorkspaceFeatures),
	do("GET", inProject+"features/", everybody, 200, "Tell what a project has switched on", getProjectFeatures).
		Explained("Whoever knows of the project may ask.").Like("", someFeatures),
	do("PATCH", inProject+"features/", leads, 200, "Switch on and off in a project", changeProjectFeatures).
		Explained("Only the keys that are sent change. A project that a program makes has cycles, modules and the intake"+
			" off: this switches them on. Nothing is deleted by switching it off.").
		Like(`{"cycles":true,"modules":true}`, someFeatures),
}

// ProjectFeatures is what a project has switched on.
type ProjectFeatures struct {
	Epics          bool `json:"epics"`
	Modules        bool `json:"modules"`
	Cycles         bool `json:"cycles"`
	Views          bool `json:"views"`
	Pages          bool `json:"pages"`
	Intakes        bool `json:"intakes"`
	WorkItemTypes  bool `json:"work_item_types"`
	Workflows      bool `json:"workflows"`
	ParallelCycles bool `json:"parallel_cycles"`
	ProjectUpdates bool `json:"project_updates"`
	TimeTracking   bool `json:"time_tracking"`
	ManualCycles   bool `json:"manually_start_end_cycles"`
}

func projectFeatures(_ *app.Call, f *project.Features) ProjectFeatures {
	return ProjectFeatures{Epics: f.More.Epics, Modules: f.ModuleView, Cycles: f.CycleView, Views: f.IssueViewsView,
		Pages: f.PageView, Intakes: f.IntakeView, WorkItemTypes: f.IsIssueTypeEnabled, Workflows: f.More.Workflows,
		ParallelCycles: f.More.ParallelCycles, ProjectUpdates: f.More.ProjectUpdates,
		TimeTracking: f.IsTimeTrackingEnabled, ManualCycles: f.More.ManualCycles}
}

func getProjectFeatures(c *app.Call, _ web.Nothing) (ProjectFeatures, error) {
	f, err := project.ReadFeatures(c)
	return plain(c, f, err, projectFeatures)
}

func changeProjectFeatures(c *app.Call, in project.FeatureInput) (ProjectFeatures, error) {
	f, err := project.ChangeFeatures(c, in)
	return plain(c, f, err, projectFeatures)
}

// WorkspaceFeatures is what a workspace has switched on.
type WorkspaceFeatures struct {
	ProjectGrouping bool `json:"project_grouping"`
	Initiatives     bool `json:"initiatives"`
	Teams           bool `json:"teams"`
	Customers       bool `json:"customers"`
	Wiki            bool `json:"wiki"`
	PI              bool `json:"pi"`
	Releases        bool `json:"releases"`
	WorkItemTypes   bool `json:"work_item_types"`
	OwnStates       bool `json:"states_owned_by_workspace"` // never
}

func workspaceFeatures(_ *app.Call, f *store.WorkspaceFeatures) WorkspaceFeatures {
	return WorkspaceFeatures{ProjectGrouping: f.ProjectGrouping, Initiatives: f.Initiatives, Teams: f.Teams,
		Customers: f.Customers, Wiki: f.Wiki, PI: f.PI, Releases: f.Releases,
		WorkItemTypes: f.WorkItemTypes}
}

func getWorkspaceFeatures(c *app.Call, _ web.Nothing) (WorkspaceFeatures, error) {
	f, err := workspace.Features(c)
	return plain(c, f, err, workspaceFeatures)
}

func changeWorkspaceFeatures(c *app.Call, in workspace.FeatureInput) (WorkspaceFeatures, error) {
	f, err := workspace.ChangeFeatures(c, in)
	return plain(c, f, err, workspaceFeatures)
}
