package store

import "github.com/pocketbase/dbx"

// IssueType is a row of issue_types.
type IssueType struct {
	AuditFields
	Name           string  `db:"name"`
	Description    string  `db:"description"`
	LogoProps      JSON    `db:"logo_props"`
	WorkspaceID    string  `db:"workspace_id"`
	IsActive       bool    `db:"is_active"`
	IsDefault      bool    `db:"is_default"`
	Level          float64 `db:"level"`
	ExternalID     *string `db:"external_id"`
	ExternalSource *string `db:"external_source"`
	IsEpic         bool    `db:"is_epic"`
}

// IssueTypes is the table of IssueType rows.
var IssueTypes = NewTable[IssueType]("issue_types")

// ProjectIssueType is a row of project_issue_types.
type ProjectIssueType struct {
	AuditFields
	Level       int    `db:"level"`
	IsDefault   bool   `db:"is_default"`
	IssueTypeID string `db:"issue_type_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// ProjectIssueTypes is the table of ProjectIssueType rows.
var ProjectIssueTypes = NewTable[ProjectIssueType]("project_issue_types")

// FindIssueType returns a type that work items of the project can have, or ErrNotFound.
func FindIssueType(t *Tx, project, id string) (*IssueType, error) {
	of := dbx.NewExp("EXISTS (SELECT 1 FROM project_issue_types p WHERE p.issue_type_id = issue_types.id AND p.project_id = {:project}"+
		" AND p.deleted_at IS NULL)", dbx.Params{"project": project})
	return IssueTypes.Get(t, dbx.And(dbx.HashExp{"issue_types.id": id}, of))
}
