package store

import (
	"database/sql"
	"errors"
	"fmt"
)

// What a work item may point at, as little of it as writing one needs. Rows that are deleted are not seen; where a row
// belongs is the caller's to check.

// StateRef is a state that a work item can be in.
type StateRef struct{ ID, Name, Group, ProjectID string }

// Triage says whether the state is the one of the intake, which no work item is put in by hand.
func (s *StateRef) Triage() bool { return s.Group == "triage" }

// FindState returns a state, or ErrNotFound.
func FindState(t *Tx, id string) (*StateRef, error) {
	var s StateRef
	err := t.One(`SELECT id, name, "group", project_id FROM states WHERE id = ? AND deleted_at IS NULL`, []any{id}, &s.ID,
		&s.Name, &s.Group, &s.ProjectID)
	return &s, err
}

// DefaultState returns the state of new work items: the project's default, else its first; ErrNotFound when it has
// none.
// Plane: db/models/issue.py
func DefaultState(t *Tx, project string) (*StateRef, error) {
	var s StateRef
	err := t.One(`SELECT id, name, "group", project_id FROM states WHERE project_id = ? AND deleted_at IS NULL AND NOT is_triage
		AND "group" <> 'triage' ORDER BY "default" DESC, sequence LIMIT 1`, []any{project}, &s.ID, &s.Name, &s.Group, &s.ProjectID)
	return &s, err
}

// IssueRef is a work item that another one names: its parent.
type IssueRef struct {
	ID, ProjectID string
	Number        string // PROJ-12
}

// FindIssueRef returns a work item, or ErrNotFound.
func FindIssueRef(t *Tx, id string) (*IssueRef, error) {
	r := IssueRef{ID: id}
	var sequence int
	err := t.One(`SELECT i.project_id, p.identifier, i.sequence_id FROM issues i JOIN projects p ON p.id = i.project_id
		WHERE i.id = ? AND i.deleted_at IS NULL`, []any{id}, &r.ProjectID, &r.Number, &sequence)
	r.Number = fmt.Sprintf("%s-%d", r.Number, sequence)
	return &r, err
}

// PointRef is a point of an estimate.
type PointRef struct {
	ID, ProjectID, Value string
	Type                 string // of the estimate: points, categories …
}

// FindPoint returns a point of an estimate, or ErrNotFound.
func FindPoint(t *Tx, id string) (*PointRef, error) {
	p := PointRef{ID: id}
	err := t.One(`SELECT p.project_id, p.value, e.type FROM estimate_points p JOIN estimates e ON e.id = p.estimate_id
		WHERE p.id = ? AND p.deleted_at IS NULL`, []any{id}, &p.ProjectID, &p.Value, &p.Type)
	return &p, err
}

// DefaultAssignee returns who does a project's new work items when nobody is named: empty for nobody, and when who is
// set could not be assigned. Plane: app/serializers/issue.py
func DefaultAssignee(t *Tx, project string) (string, error) {
	var id string
	err := t.One(`SELECT p.default_assignee_id FROM projects p JOIN project_members m ON m.project_id = p.id AND m.member_id = p.default_assignee_id
		WHERE p.id = ? AND m.role >= 15 AND m.is_active AND m.deleted_at IS NULL`, []any{project}, &id)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return id, err
}

// NamedRef is a row that histories show by its name.
type NamedRef struct {
	ID, Name string
	Fits     bool // may be written: a member who can be assigned, a label of the project
}

// FindAssignees returns the people who exist; those fit who are members of the project, and no guests.
func FindAssignees(t *Tx, project string, ids []string) (map[string]NamedRef, error) {
	list, arg := t.In("u.id", ids)
	return named(t, `SELECT u.id, u.display_name, EXISTS (SELECT 1 FROM project_members m WHERE m.project_id = ? AND m.member_id = u.id
		AND m.role >= 15 AND m.is_active AND m.deleted_at IS NULL) FROM users u WHERE `+list, project, arg)
}

// FindLabels returns the labels that exist; those of the project fit.
func FindLabels(t *Tx, project string, ids []string) (map[string]NamedRef, error) {
	list, arg := t.In("id", ids)
	return named(t, `SELECT id, name, COALESCE(project_id = ?, FALSE) FROM labels WHERE deleted_at IS NULL AND `+list,
		project, arg)
}

// MembersAmong returns which of the people are active members of the project, whatever their role.
func MembersAmong(t *Tx, project string, ids []string) (map[string]NamedRef, error) {
	list, arg := t.In("u.id", ids)
	return named(t, `SELECT u.id, u.display_name, TRUE FROM users u JOIN project_members m ON m.member_id = u.id
		WHERE m.project_id = ? AND m.is_active AND m.deleted_at IS NULL AND `+list, project, arg)
}

func named(t *Tx, query string, args ...any) (map[string]NamedRef, error) {
	found := map[string]NamedRef{}
	err := t.Each(query, args, func(rows *sql.Rows) error {
		var n NamedRef
		if err := rows.Scan(&n.ID, &n.Name, &n.Fits); err != nil {
			return err
		}
		found[n.ID] = n
		return nil
	})
	return found, err
}
