package store

import (
	"time"

	"github.com/pocketbase/dbx"
)

// RecentVisit is a row of user_recent_visits.
type RecentVisit struct {
	AuditFields
	EntityIdentifier *string   `db:"entity_identifier"`
	EntityName       string    `db:"entity_name"`
	VisitedAt        time.Time `db:"visited_at"`
	ProjectID        *string   `db:"project_id"`
	UserID           string    `db:"user_id"`
	WorkspaceID      string    `db:"workspace_id"`
}

// RecentVisits is the table of RecentVisit rows.
var RecentVisits = NewTable[RecentVisit]("user_recent_visits")

// VisitKey is who looked at what.
type VisitKey struct{ User, Workspace, Kind, ID string }

// Visit is a look at something.
type Visit struct {
	VisitKey
	Project string // empty: none
	At      time.Time
}

const maxVisits = 20 // per person and workspace

// SaveVisit notes a visit. Something seen before keeps its place; what is new pushes the oldest out.
func SaveVisit(t *Tx, v Visit) error {
	r, err := t.Exec("UPDATE user_recent_visits SET visited_at = ? WHERE user_id = ? AND workspace_id = ? AND entity_name = ?"+
		" AND entity_identifier = ? AND deleted_at IS NULL", v.At, v.User, v.Workspace, v.Kind, v.ID)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n > 0 {
		return err
	}
	row := &RecentVisit{EntityIdentifier: &v.ID, EntityName: v.Kind, VisitedAt: v.At, UserID: v.User,
		WorkspaceID: v.Workspace}
	row.CreatedAt, row.CreatedByID, row.UpdatedByID = v.At, &v.User, &v.User
	if v.Project != "" {
		there, err := Projects.Exists(t, dbx.HashExp{"id": v.Project})
		if err != nil || !there {
			return err
		}
		row.ProjectID = &v.Project
	}
	if err := RecentVisits.Insert(t, row); err != nil {
		return err
	}
	_, err = t.Exec("DELETE FROM user_recent_visits WHERE id IN (SELECT id FROM user_recent_visits WHERE user_id = ? AND workspace_id = ?"+
		" ORDER BY created_at DESC, id DESC LIMIT 1000 OFFSET ?)", v.User, v.Workspace, maxVisits)
	return err
}
