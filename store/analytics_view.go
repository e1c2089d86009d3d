package store

// AnalyticView is a row of analytic_views.
type AnalyticView struct {
	AuditFields
	Name        string `db:"name"`
	Description string `db:"description"`
	Query       JSON   `db:"query"`
	QueryDict   JSON   `db:"query_dict"`
	WorkspaceID string `db:"workspace_id"`
}

// AnalyticViews is the table of AnalyticView rows.
var AnalyticViews = NewTable[AnalyticView]("analytic_views")
