package store

// CreatedBy says whether the person made the living row of that table, in that workspace and, if given, that project.
// The table is a name from the code, never from a request.
func CreatedBy(t *Tx, table, id, user, workspace, project string) (bool, error) {
	query := "SELECT COUNT(*) FROM " + table +
		" WHERE id = ? AND created_by_id = ? AND workspace_id = ? AND deleted_at IS NULL"
	args := []any{id, user, workspace}
	if project != "" {
		query += " AND project_id = ?"
		args = append(args, project)
	}
	var n int
	err := t.One(query, args, &n)
	return n > 0, err
}
