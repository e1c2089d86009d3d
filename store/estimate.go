package store

// Estimate is a row of estimates.
type Estimate struct {
	Meta
	Name        string `db:"name"`
	Description string `db:"description"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
	Type        string `db:"type"`
	LastUsed    bool   `db:"last_used"`
}

// Estimates is the table of Estimate rows.
var Estimates = NewTable[Estimate]("estimates")

// EstimatePoint is a row of estimate_points.
type EstimatePoint struct {
	Meta
	Key         int    `db:"key"`
	Description string `db:"description"`
	Value       string `db:"value"`
	EstimateID  string `db:"estimate_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// EstimatePoints is the table of EstimatePoint rows.
var EstimatePoints = NewTable[EstimatePoint]("estimate_points")
