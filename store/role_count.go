package store

// RoleShare is how many memberships there are with a role, and of how many people.
type RoleShare struct {
	Role        int
	Memberships int
	People      int
}

// ProjectRoleShares counts the active memberships of people, not of robots, in the projects of a workspace that are not
// archived: all of them (whose role is 0), and by role.
func ProjectRoleShares(t *Tx, workspace string) (all RoleShare, byRole []RoleShare, err error) {
	const from = ` FROM project_members m JOIN users u ON u.id = m.member_id AND NOT u.is_bot
		JOIN projects p ON p.id = m.project_id AND p.archived_at IS NULL AND p.deleted_at IS NULL
		WHERE p.workspace_id = ? AND m.is_active AND m.deleted_at IS NULL`
	err = t.One("SELECT COUNT(*), COUNT(DISTINCT m.member_id)"+from, []any{workspace}, &all.Memberships, &all.People)
	if err != nil {
		return all, nil, err
	}
	byRole, err = scanned(t, "count roles", "SELECT m.role, COUNT(*), COUNT(DISTINCT m.member_id)"+from+" GROUP BY m.role",
		[]any{workspace}, func(r *RoleShare) []any { return []any{&r.Role, &r.Memberships, &r.People} })
	return all, byRole, err
}
