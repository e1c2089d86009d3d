package store

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// State is a row of states.
type State struct {
	AuditFields
	Name           string  `db:"name"`
	Description    string  `db:"description"`
	Color          string  `db:"color"`
	Slug           string  `db:"slug"`
	ProjectID      string  `db:"project_id"`
	WorkspaceID    string  `db:"workspace_id"`
	Sequence       float64 `db:"sequence"`
	Group          string  `db:"group"`
	Default        bool    `db:"default"`
	ExternalID     *string `db:"external_id"`
	ExternalSource *string `db:"external_source"`
	IsTriage       bool    `db:"is_triage"`
}

// States is the table of State rows. Workflows of a workspace know a project's by their names.
var States = NewTable("states", func(s *State) []string { return workflowKeys(&s.ProjectID) })

// StatesOf returns the states that fit, of projects that are not archived, lowest sequence first and without intake's.
// Conditions name the columns of states and projects in full.
func StatesOf(t *Tx, where dbx.Expression) ([]State, error) {
	rows := []State{}
	q := States.Query(t).InnerJoin("projects", dbx.NewExp("projects.id = states.project_id")).AndWhere(where).
		AndWhere(dbx.NewExp("[[states.group]] <> 'triage' AND projects.archived_at IS NULL AND projects.deleted_at IS NULL")).
		OrderBy("states.sequence", "states.created_at")
	if err := q.All(&rows); err != nil {
		return nil, fmt.Errorf("list states: %w", db.Mark(err))
	}
	return rows, nil
}

// MarkDefaultState makes a state the only default of its project.
func MarkDefaultState(t *Tx, project, id string) error {
	if err := t.Lock("states:" + project); err != nil { // or two at once would both stay
		return err
	}
	_, err := t.Exec(`UPDATE states SET "default" = (id = ?) WHERE `+
		t.InOrder("states", `project_id = ? AND deleted_at IS NULL AND ("default" OR id = ?)`), id, project, id)
	return err
}
