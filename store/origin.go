package store

import (
	"errors"
	"fmt"
)

// ExternalRefHolder returns the id of the project's living row of that table which has the external id and source;
// empty if none has. The table is a name from the code, never from a request.
func ExternalRefHolder(t *Tx, table, project, id string, source *string) (string, error) {
	query, args := "SELECT id FROM "+table+
		" WHERE project_id = ? AND external_id = ? AND deleted_at IS NULL AND external_source", []any{project, id}
	if source == nil {
		query += " IS NULL"
	} else {
		query, args = query+" = ?", append(args, *source)
	}
	var holder string
	if err := t.One(query+" ORDER BY created_at LIMIT 1", args, &holder); err != nil && !errors.Is(err, ErrNotFound) {
		return "", fmt.Errorf("look for an external id in %s: %w", table, err)
	}
	return holder, nil
}

// OriginHolder returns the id of another living row of that table in the workspace that has the external id and source;
// empty if none has. The table is a name from the code, never from a request.
func OriginHolder(t *Tx, table, workspace, row, id, source string) (string, error) {
	var holder string
	err := t.One("SELECT id FROM "+table+" WHERE workspace_id = ? AND external_id = ? AND external_source = ?"+
		" AND deleted_at IS NULL AND id <> ? ORDER BY created_at LIMIT 1", []any{workspace, id, source, row}, &holder)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", fmt.Errorf("look for an origin in %s: %w", table, err)
	}
	return holder, nil
}
