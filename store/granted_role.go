package store

// GrantedRole is a row of granted_roles: what a person has because of their groups at Source. Without a workspace they
// administer the installation. Before is the role that they had by hand; 0: none.
type GrantedRole struct {
	Base
	UserID      string  `db:"user_id"`
	Source      string  `db:"source"`
	WorkspaceID *string `db:"workspace_id"`
	Role        int     `db:"role"`
	Before      int     `db:"before"`
}

// GrantedRoles is the table of GrantedRole rows.
var GrantedRoles = NewTable[GrantedRole]("granted_roles")
