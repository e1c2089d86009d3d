package store

import "github.com/pocketbase/dbx"

// JobExport is the kind of the jobs that write an export.
const JobExport = "export.write"

// What becomes of an export.
const (
	ExportQueued    = "queued"
	ExportWorking   = "processing"
	ExportCompleted = "completed"
	ExportFailed    = "failed"
)

// Exporter is a row of exporters.
type Exporter struct {
	AuditFields
	Project       NullJSON `db:"project"`
	Provider      string   `db:"provider"`
	Status        string   `db:"status"`
	Reason        string   `db:"reason"`
	Key           string   `db:"key"`
	URL           *string  `db:"url"`
	Token         string   `db:"token"`
	InitiatedByID string   `db:"initiated_by_id"`
	WorkspaceID   string   `db:"workspace_id"`
	Filters       NullJSON `db:"filters"`
	Name          *string  `db:"name"`
	Type          string   `db:"type"`
	RichFilters   NullJSON `db:"rich_filters"`
}

// Exporters is the table of Exporter rows.
var Exporters = NewTable[Exporter]("exporters")

// endExports says of exports that are not written why they never will be.
func endExports(t *Tx, ids []string, reason string) error {
	return Exporters.SetWhere(t, dbx.Params{"status": ExportFailed, "reason": reason, "updated_at": t.Now},
		dbx.And(In("id", ids), dbx.HashExp{"status": []any{ExportQueued, ExportWorking}}))
}
