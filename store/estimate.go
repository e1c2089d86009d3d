package store

import (
	"fmt"

	"github.com/pocketbase/dbx"
)

// Estimate is a row of estimates.
type Estimate struct {
	AuditFields
	Name           string  `db:"name"`
	Description    string  `db:"description"`
	ProjectID      string  `db:"project_id"`
	WorkspaceID    string  `db:"workspace_id"`
	Type           string  `db:"type"`
	LastUsed       bool    `db:"last_used"`
	ExternalID     *string `db:"external_id"`
	ExternalSource *string `db:"external_source"`
}

// Estimates is the table of Estimate rows.
var Estimates = NewTable[Estimate]("estimates")

// EstimatePoint is a row of estimate_points.
type EstimatePoint struct {
	AuditFields
	Key            int     `db:"key"`
	Description    string  `db:"description"`
	Value          string  `db:"value"`
	EstimateID     string  `db:"estimate_id"`
	ProjectID      string  `db:"project_id"`
	WorkspaceID    string  `db:"workspace_id"`
	ExternalID     *string `db:"external_id"`
	ExternalSource *string `db:"external_source"`
}

// EstimatePoints is the table of EstimatePoint rows.
var EstimatePoints = NewTable[EstimatePoint]("estimate_points")

// SetEstimatePoint gives the work items of a project that have one point another one, or none.
func SetEstimatePoint(t *Tx, project, from string, to *string) error {
	_, err := t.Exec("UPDATE issues SET estimate_point_id = ? WHERE "+t.InOrder("issues",
		"project_id = ? AND estimate_point_id = ?"), to, project, from)
	return err
}

// ForgetEstimate takes an estimate away from what uses it, and deletes its points.
func ForgetEstimate(t *Tx, project, id string) error {
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{"UPDATE projects SET estimate_id = NULL WHERE estimate_id = ?", []any{id}},
		{"UPDATE issues SET estimate_point_id = NULL WHERE " + t.InOrder("issues",
			"project_id = ? AND estimate_point_id IN (SELECT id FROM estimate_points WHERE estimate_id = ?)"),
			[]any{project, id}},
		{"UPDATE estimate_points SET deleted_at = ? WHERE estimate_id = ? AND deleted_at IS NULL", []any{t.Now, id}},
	} {
		if _, err := t.Exec(step.sql, step.args...); err != nil {
			return fmt.Errorf("forget estimate: %w", err)
		}
	}
	return nil
}

// EstimatesInUse holds for the estimates that any project of the workspace uses.
func EstimatesInUse(workspace string) dbx.Expression {
	return dbx.NewExp("estimates.workspace_id = {:workspace} AND estimates.id IN (SELECT estimate_id FROM projects"+
		" WHERE workspace_id = {:workspace} AND estimate_id IS NOT NULL AND deleted_at IS NULL)",
		dbx.Params{"workspace": workspace})
}
