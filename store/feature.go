package store

import (
	"errors"

	"github.com/pocketbase/dbx"
)

// ProjectFeatures is a row of project_features: what a project has switched on beside what its own row says.
type ProjectFeatures struct {
	AuditFields
	Epics          bool   `db:"epics"`
	Workflows      bool   `db:"workflows"`
	ParallelCycles bool   `db:"parallel_cycles"`
	ProjectUpdates bool   `db:"project_updates"`
	ManualCycles   bool   `db:"manual_cycles"` // people begin and end cycles
	ProjectID      string `db:"project_id"`
	WorkspaceID    string `db:"workspace_id"`
}

// ProjectFeaturesRows is the table of ProjectFeatures rows, of which a project has one or none.
var ProjectFeaturesRows = NewTable("project_features",
	func(f *ProjectFeatures) []string { return workflowKeys(&f.ProjectID) })

// WorkspaceFeatures is a row of workspace_features.
type WorkspaceFeatures struct {
	AuditFields
	ProjectGrouping bool   `db:"project_grouping"`
	Initiatives     bool   `db:"initiatives"`
	Teams           bool   `db:"teams"`
	Customers       bool   `db:"customers"`
	Wiki            bool   `db:"wiki"`
	PI              bool   `db:"pi"`
	Releases        bool   `db:"releases"`
	WorkItemTypes   bool   `db:"work_item_types"` // its projects make no types of their own
	SecondFactor    bool   `db:"second_factor"`   // its members have to have one
	WorkspaceID     string `db:"workspace_id"`
}

// WorkspaceFeaturesRows is the table of WorkspaceFeatures rows, of which a workspace has one or none.
var WorkspaceFeaturesRows = NewTable[WorkspaceFeatures]("workspace_features")

// FeaturesOfProject returns what a project has switched on; without a row nothing is, and it has no id.
func FeaturesOfProject(t *Tx, p *Project) (*ProjectFeatures, error) {
	f, err := ProjectFeaturesRows.Get(t, dbx.HashExp{"project_id": p.ID})
	if errors.Is(err, ErrNotFound) {
		return &ProjectFeatures{ProjectID: p.ID, WorkspaceID: p.WorkspaceID}, nil
	}
	return f, err
}

// FeaturesOfWorkspace is FeaturesOfProject for a workspace.
func FeaturesOfWorkspace(t *Tx, workspace string) (*WorkspaceFeatures, error) {
	f, err := WorkspaceFeaturesRows.Get(t, dbx.HashExp{"workspace_id": workspace})
	if errors.Is(err, ErrNotFound) {
		return &WorkspaceFeatures{WorkspaceID: workspace}, nil
	}
	return f, err
}
