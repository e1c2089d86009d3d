package store

import (
	"time"

	"github.com/pocketbase/dbx"
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

// OldExports returns exports that were begun by then and have a file, deleted ones too, oldest first and at most so
// many.
func OldExports(t *Tx, begun time.Time, most int) ([]Exporter, error) {
	var rows []Exporter
	old := dbx.And(dbx.NewExp("key <> ''"), NotAfter("created_at", begun))
	err := Exporters.QueryAll(t).Where(old).OrderBy("created_at").Limit(int64(most)).All(&rows)
	return rows, err
}
