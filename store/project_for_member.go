package store

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// ProjectForMember is a project with what one person sees beside it.
type ProjectForMember struct {
	Project
	IsFavorite   bool     `db:"is_favorite"`
	Place        *float64 `db:"place"`       // the person's own sort order; nil outside the project
	MemberRole   *int     `db:"member_role"` // nil outside the project
	Anchor       *string  `db:"anchor"`      // of the published board
	NextSequence int      `db:"next_sequence"`
	IntakeCount  int      `db:"intake_count"` // pending
	Members      []string `db:"-"`            // active people, newest first
}

// OwnPlace is the column of ProjectForMember.Place, to order by.
const OwnPlace = "[[place]]"

// ProjectsVisibleTo holds for the projects of the workspace that a person with that role in it may know of: a guest
// their own, a member the public ones too, an administrator all. Plane: app/views/project/base.py
func ProjectsVisibleTo(user string, role int) dbx.Expression {
	if role >= 20 {
		return nil
	}
	mine := `EXISTS (SELECT 1 FROM project_members v WHERE v.project_id = projects.id AND v.member_id = {:viewer} AND v.is_active AND v.deleted_at IS NULL)`
	if role >= 15 {
		mine = "(" + mine + " OR projects.network = 2)"
	}
	return dbx.NewExp(mine, dbx.Params{"viewer": user})
}

// ListProjectsForMember selects the projects of a workspace as the person sees them, without their members: see
// FillMembers.
func ListProjectsForMember(t *Tx, workspace, user string) *dbx.SelectQuery {
	return Projects.Query(t).AndWhere(dbx.HashExp{"projects.workspace_id": workspace}).Bind(dbx.Params{"user": user}).AndSelect(
		`EXISTS (SELECT 1 FROM user_favorites f WHERE f.user_id = {:user} AND f.entity_type = 'project' AND f.entity_identifier = projects.id AND f.deleted_at IS NULL) AS is_favorite`,
		`(SELECT u.sort_order FROM project_user_properties u WHERE u.project_id = projects.id AND u.user_id = {:user} AND u.deleted_at IS NULL) AS place`,
		`(SELECT m.role FROM project_members m WHERE m.project_id = projects.id AND m.member_id = {:user} AND m.is_active AND m.deleted_at IS NULL) AS member_role`,
		`(SELECT b.anchor FROM deploy_boards b WHERE b.entity_name = 'project' AND b.entity_identifier = projects.id AND b.deleted_at IS NULL) AS anchor`,
		`(SELECT COALESCE(MAX(s.sequence), 0) + 1 FROM issue_sequences s WHERE s.project_id = projects.id) AS next_sequence`,
		`(SELECT COUNT(*) FROM intake_issues i WHERE i.project_id = projects.id AND i.status = -2 AND i.deleted_at IS NULL) AS intake_count`,
	)
}

// ListProjectsForMemberPart runs the query and adds the members.
func ListProjectsForMemberPart(t *Tx, q *dbx.SelectQuery) ([]ProjectForMember, error) {
	ps := []ProjectForMember{}
	if err := q.All(&ps); err != nil {
		return nil, fmt.Errorf("list projects: %w", db.Mark(err))
	}
	return ps, fillMembers(t, ps)
}

// ProjectForMemberByID runs the query and adds the members; ErrNotFound when no project fits.
func ProjectForMemberByID(t *Tx, q *dbx.SelectQuery) (*ProjectForMember, error) {
	ps := make([]ProjectForMember, 1)
	if err := q.Limit(1).One(&ps[0]); errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	} else if err != nil {
		return nil, fmt.Errorf("read project: %w", db.Mark(err))
	}
	return &ps[0], fillMembers(t, ps)
}

func fillMembers(t *Tx, ps []ProjectForMember) error {
	ids, at := make([]string, len(ps)), map[string]*ProjectForMember{}
	for i := range ps {
		ps[i].Members = []string{}
		ids[i], at[ps[i].ID] = ps[i].ID, &ps[i]
	}
	var rows []struct {
		ProjectID string `db:"project_id"`
		MemberID  string `db:"member_id"`
	}
	err := t.Select("m.project_id", "m.member_id").From("project_members m").InnerJoin("users u",
		dbx.NewExp("u.id = m.member_id")).
		Where(In("m.project_id", ids)).AndWhere(dbx.NewExp("m.is_active AND m.deleted_at IS NULL AND NOT u.is_bot")).
		OrderBy("m.created_at DESC", "m.id DESC").All(&rows)
	if err != nil {
		return fmt.Errorf("members of projects: %w", db.Mark(err))
	}
	for _, r := range rows {
		at[r.ProjectID].Members = append(at[r.ProjectID].Members, r.MemberID)
	}
	return nil
}

// LowestSortOrder is the smallest sort order among a person's projects in a workspace; nil when there are none.
func LowestSortOrder(t *Tx, workspace, user string) (*float64, error) {
	var low *float64
	err := t.One("SELECT MIN(sort_order) FROM project_user_properties WHERE workspace_id = ? AND user_id = ? AND deleted_at IS NULL", []any{workspace, user}, &low)
	return low, err
}
