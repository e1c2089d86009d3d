package store

import (
	"database/sql"
	"fmt"

	"github.com/pocketbase/dbx"
)

// IssueType is a row of issue_types. One without a project is the workspace's, and projects may take it over.
type IssueType struct {
	AuditFields
	Name           string  `db:"name"`
	Description    string  `db:"description"`
	LogoProps      JSON    `db:"logo_props"`
	WorkspaceID    string  `db:"workspace_id"`
	ProjectID      *string `db:"project_id"`
	IsActive       bool    `db:"is_active"`
	IsDefault      bool    `db:"is_default"`
	Level          float64 `db:"level"`
	ExternalID     *string `db:"external_id"`
	ExternalSource *string `db:"external_source"`
	IsEpic         bool    `db:"is_epic"`
}

// IssueTypes is the table of IssueType rows.
var IssueTypes = NewTable[IssueType]("issue_types")

// ProjectIssueType is a row of project_issue_types: a type that work items of a project can have.
type ProjectIssueType struct {
	AuditFields
	Level       int    `db:"level"`
	IsDefault   bool   `db:"is_default"` // work items have it that are made without a type
	IssueTypeID string `db:"issue_type_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// ProjectIssueTypes is the table of ProjectIssueType rows.
var ProjectIssueTypes = NewTable[ProjectIssueType]("project_issue_types")

// TypesIn holds for types that work items of a project can have.
func TypesIn(project string) dbx.Expression {
	return dbx.NewExp("EXISTS (SELECT 1 FROM project_issue_types tied WHERE tied.issue_type_id = issue_types.id"+
		" AND tied.project_id = {:in} AND tied.deleted_at IS NULL)", dbx.Params{"in": project})
}

// FindIssueType returns a type that work items of the project can have, or ErrNotFound.
func FindIssueType(t *Tx, project, id string) (*IssueType, error) {
	return IssueTypes.Get(t, dbx.And(dbx.HashExp{"issue_types.id": id}, TypesIn(project)))
}

// DefaultIssueType returns the type that new work items of a project have where none is named, if the project has
// types switched on; ErrNotFound for none.
func DefaultIssueType(t *Tx, project string) (id string, err error) {
	err = t.One(`SELECT y.id FROM project_issue_types tied
		JOIN issue_types y ON y.id = tied.issue_type_id AND y.deleted_at IS NULL AND y.is_active
		JOIN projects p ON p.id = tied.project_id AND p.is_issue_type_enabled
		WHERE tied.project_id = ? AND tied.is_default AND tied.deleted_at IS NULL LIMIT 1`, []any{project}, &id)
	return id, err
}

// TypeTies returns what ties types to projects, by type.
func TypeTies(t *Tx, types []string) (map[string][]ProjectIssueType, error) {
	rows, err := ProjectIssueTypes.List(t, In("issue_type_id", types), "created_at", "id")
	by := make(map[string][]ProjectIssueType, len(types))
	for _, r := range rows {
		by[r.IssueTypeID] = append(by[r.IssueTypeID], r)
	}
	return by, err
}

// TypeUsed says whether a living work item has the type: of that project, or of whatever one where it is empty.
func TypeUsed(t *Tx, id, project string) (bool, error) {
	query, args := "SELECT id FROM issues WHERE type_id = ? AND deleted_at IS NULL", []any{id}
	if project != "" {
		query, args = query+" AND "+unsorted(t, "project_id")+" = ?", append(args, project)
	}
	used := false
	err := t.Each(query+" LIMIT 1", args, func(*sql.Rows) error { used = true; return nil })
	if err != nil {
		return false, fmt.Errorf("look for work items of a type: %w", err)
	}
	return used, nil
}
