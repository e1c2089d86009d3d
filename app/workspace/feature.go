package workspace

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// FeatureInput is what a request may say of what a workspace has switched on.
type FeatureInput struct {
	ProjectGrouping app.Opt[bool] `json:"project_grouping"`
	Initiatives     app.Opt[bool] `json:"initiatives"`
	Teams           app.Opt[bool] `json:"teams"`
	Customers       app.Opt[bool] `json:"customers"`
	Wiki            app.Opt[bool] `json:"wiki"`
	PI              app.Opt[bool] `json:"pi"`
	Releases        app.Opt[bool] `json:"releases"`
	WorkItemTypes   app.Opt[bool] `json:"work_item_types"` // types are the workspace's, and its projects make none

	// Who reads this decides by it whether states are the workspace's or its projects'; here they are the projects'.
	OwnStates app.Opt[bool] `json:"states_owned_by_workspace"`

	Faults app.Fields `body:"faults"`
}

func (in *FeatureInput) put(f *store.WorkspaceFeatures) []string {
	var cols []string
	app.Change(&cols, "project_grouping", in.ProjectGrouping, &f.ProjectGrouping)
	app.Change(&cols, "initiatives", in.Initiatives, &f.Initiatives)
	app.Change(&cols, "teams", in.Teams, &f.Teams)
	app.Change(&cols, "customers", in.Customers, &f.Customers)
	app.Change(&cols, "wiki", in.Wiki, &f.Wiki)
	app.Change(&cols, "pi", in.PI, &f.PI)
	app.Change(&cols, "releases", in.Releases, &f.Releases)
	app.Change(&cols, "work_item_types", in.WorkItemTypes, &f.WorkItemTypes)
	return cols
}

// check refuses to switch on what is not there, and says so.
func (in *FeatureInput) check() error {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	if in.OwnStates.V {
		in.Faults.Add("states_owned_by_workspace", "Every project has its own here; a workspace has none.")
	}
	return in.Faults.Err()
}

// Features returns what the call's workspace has switched on.
func Features(c *app.Call) (*store.WorkspaceFeatures, error) {
	return store.FeaturesOfWorkspace(c.Read(), c.Workspace.ID)
}

// ChangeFeatures switches on and off in the call's workspace what the request names.
func ChangeFeatures(c *app.Call, in FeatureInput) (*store.WorkspaceFeatures, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var now *store.WorkspaceFeatures
	err := c.Write(func(t *store.Tx) (err error) {
		if err := t.LockRows("workspaces", c.Workspace.ID); err != nil { // two at once make one row
			return err
		}
		if now, err = store.FeaturesOfWorkspace(t, c.Workspace.ID); err != nil {
			return err
		}
		cols := in.put(now)
		switch {
		case len(cols) == 0:
			return nil
		case now.ID == "":
			return store.WorkspaceFeaturesRows.Insert(t, now)
		}
		return store.WorkspaceFeaturesRows.Update(t, now, cols...)
	})
	return now, err
}
