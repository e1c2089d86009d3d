package store

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Named is a row that was found by its name.
type Named struct {
	ID        string     `db:"id"`
	Name      string     `db:"name"`
	ProjectID string     `db:"project_id"`
	Status    string     `db:"status"` // of a module
	LogoProps JSON       `db:"logo_props"`
	StartDate *time.Time `db:"start_date"` // of a cycle
	EndDate   *time.Time `db:"end_date"`
}

// NamedTable is a table whose rows are found by name in the projects that hold them.
type NamedTable struct {
	table   string
	columns []string // beside those that all have
	owned   bool     // some are private, and guests may be shown only their own
}

// FindNamed returns rows of the projects whose name has the text in it, newest first, as far as the reader may see
// them.
func FindNamed(t *Tx, in NamedTable, projects []string, text string, own OwnOnly, limit int) ([]Named, error) {
	var found []Named
	var seen dbx.Expression
	if in.owned {
		seen = ownedRows(dbx.HashExp{"x.access": 1}, "x.project_id", own)
	}
	err := t.Select(append([]string{"x.id", "x.name", "x.project_id"}, in.columns...)...).From(in.table + " x").
		Where(dbx.And(dbx.NewExp("[[x.deleted_at]] IS NULL"), In("x.project_id", projects), Contains("x.name", text), seen)).
		OrderBy("x.created_at DESC").Limit(int64(limit)).All(&found)
	if err != nil {
		return nil, fmt.Errorf("search %s: %w", in.table, db.Mark(err))
	}
	return found, nil
}

// FindPages returns pages of the projects whose name has the text in it, newest first: once for each project that has
// the page, as far as the reader may see it. public narrows to those that are not private, global to those of the whole
// workspace.
func FindPages(t *Tx, projects []string, text string, own OwnOnly, public, global bool, limit int) ([]Named, error) {
	where := dbx.And(dbx.NewExp("[[x.deleted_at]] IS NULL"), dbx.NewExp("[[pp.deleted_at]] IS NULL"),
		In("pp.project_id", projects), Contains("x.name", text), ownedRows(dbx.HashExp{"x.access": 0}, "pp.project_id", own))
	if public {
		where = dbx.And(where, dbx.HashExp{"x.access": 0})
	}
	if global {
		where = dbx.And(where, dbx.HashExp{"x.is_global": true})
	}
	var found []Named
	err := t.Select("x.id", "x.name", "pp.project_id", "x.logo_props").From("project_pages pp").InnerJoin("pages x",
		dbx.NewExp("[[x.id]] = [[pp.page_id]]")).
		Where(where).OrderBy("x.created_at DESC").Limit(int64(limit)).All(&found)
	if err != nil {
		return nil, fmt.Errorf("search pages: %w", db.Mark(err))
	}
	return found, nil
}

// FindMembers returns people by their names who are active members of the workspace, or of one of its projects, newest
// membership first. Bots are left out.
func FindMembers(t *Tx, workspace, project, text string, limit int) ([]User, error) {
	table, where := "workspace_members",
		dbx.HashExp{"m.workspace_id": workspace, "m.is_active": true, "m.deleted_at": nil, "u.is_bot": false}
	if project != "" {
		table = "project_members"
		where["m.project_id"] = project
	}
	var found []User
	err := t.Select("u.*").From(table+" m").InnerJoin("users u", dbx.NewExp("[[u.id]] = [[m.member_id]]")).
		Where(dbx.And(where, dbx.Or(Contains("u.first_name", text), Contains("u.last_name", text),
			Contains("u.display_name", text)))).
		OrderBy("m.created_at DESC").Limit(int64(limit)).All(&found)
	if err != nil {
		return nil, fmt.Errorf("search people: %w", db.Mark(err))
	}
	return found, nil
}

// ownedRows holds for rows with an owner that a person may see: their own, and what others made public, unless the
// project shows the person only what is their own.
func ownedRows(public dbx.Expression, project string, own OwnOnly) dbx.Expression {
	if len(own.Projects) > 0 {
		public = dbx.And(public, dbx.Not(In(project, own.Projects)))
	}
	return dbx.Or(dbx.HashExp{"x.owned_by_id": own.User}, public)
}
