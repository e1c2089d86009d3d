package store

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Teamspace is a row of teamspaces: people and projects that work together.
type Teamspace struct {
	AuditFields
	Name                string  `db:"name"`
	DescriptionJSON     JSON    `db:"description_json"`
	DescriptionHTML     string  `db:"description_html"`
	DescriptionStripped *string `db:"description_stripped"`
	LogoProps           JSON    `db:"logo_props"`
	LeadID              *string `db:"lead_id"`
	WorkspaceID         string  `db:"workspace_id"`
}

// Teamspaces is the table of Teamspace rows.
var Teamspaces = NewTable[Teamspace]("teamspaces")

// TeamspaceMember is a row of teamspace_members.
type TeamspaceMember struct {
	AuditFields
	TeamspaceID string `db:"teamspace_id"`
	MemberID    string `db:"member_id"`
	WorkspaceID string `db:"workspace_id"`
}

// TeamspaceMembers is the table of TeamspaceMember rows.
var TeamspaceMembers = NewTable[TeamspaceMember]("teamspace_members")

// TeamspaceProject is a row of teamspace_projects.
type TeamspaceProject struct {
	AuditFields
	TeamspaceID string `db:"teamspace_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// TeamspaceProjects is the table of TeamspaceProject rows.
var TeamspaceProjects = NewTable[TeamspaceProject]("teamspace_projects")

// PeopleOfTeamspace returns a part of a teamspace's people who are in its workspace, those who came first first, and
// how many there are in all. Whoever has left the workspace is not shown, and is there again when they come back.
func PeopleOfTeamspace(t *Tx, teamspace string, s ListPart) ([]User, int, error) {
	q := Users.Query(t).InnerJoin("teamspace_members m", dbx.NewExp("m.member_id = users.id AND m.deleted_at IS NULL")).
		InnerJoin("workspace_members w", dbx.NewExp("w.workspace_id = m.workspace_id AND w.member_id = m.member_id"+
			" AND w.is_active AND w.deleted_at IS NULL")).AndWhere(dbx.HashExp{"m.teamspace_id": teamspace})
	total := 0
	if err := q.Select("COUNT(*)").Row(&total); err != nil {
		return nil, 0, fmt.Errorf("count the people of a teamspace: %w", db.Mark(err))
	}
	us := []User{}
	err := q.Select("users.*").OrderBy("m.created_at", "m.id").Offset(int64(s.Offset)).Limit(int64(s.Limit)).All(&us)
	if err != nil {
		return nil, 0, fmt.Errorf("list the people of a teamspace: %w", db.Mark(err))
	}
	return us, total, nil
}

// ProjectsOfTeamspace holds for the projects of a teamspace.
func ProjectsOfTeamspace(teamspace string) dbx.Expression {
	return dbx.NewExp("projects.id IN (SELECT p.project_id FROM teamspace_projects p WHERE p.teamspace_id = {:teamspace}"+
		" AND p.deleted_at IS NULL)", dbx.Params{"teamspace": teamspace})
}
