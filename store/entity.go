package store

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Entity is what favourites and visits show of the thing they stand for.
type Entity struct {
	ID         string  `db:"id"`
	Name       string  `db:"name"`
	LogoProps  JSON    `db:"logo_props"`
	ProjectID  *string `db:"project_id"` // nil for projects, and for what is in none
	Identifier string  `db:"identifier"` // the project's
	OwnedByID  *string `db:"owned_by_id"`
	Private    bool    `db:"private"` // for the owner only

	IsProject bool `db:"-"`
	Owned     bool `db:"-"` // somebody made it: an issue, a page, a view; OwnedByID says who

	// of issues
	StateID    *string  `db:"state_id"`
	Priority   string   `db:"priority"`
	TypeID     *string  `db:"type_id"`
	SequenceID int      `db:"sequence_id"`
	People     []string `db:"-"` // an issue's assignees, a project's members
}

// Project is the project that the thing is, or is in; empty for none.
func (e *Entity) Project() string {
	switch {
	case e.IsProject:
		return e.ID
	case e.ProjectID != nil:
		return *e.ProjectID
	}
	return ""
}

// What each kind of entity selects; a page is shown in the first of its projects.
var entityQueries = map[string]string{
	"project": "SELECT e.id, e.name, e.logo_props, e.identifier FROM projects e",
	"cycle": `SELECT e.id, e.name, e.logo_props, e.project_id, p.identifier FROM cycles e
		JOIN projects p ON p.id = e.project_id AND p.deleted_at IS NULL`,
	"module": `SELECT e.id, e.name, e.logo_props, e.project_id, p.identifier FROM modules e
		JOIN projects p ON p.id = e.project_id AND p.deleted_at IS NULL`,
	"view": "SELECT e.id, e.name, e.logo_props, e.project_id, e.owned_by_id, e.access = 0 AS private FROM issue_views e",
	"page": `SELECT e.id, e.name, e.logo_props, e.owned_by_id, (e.access = 1 OR e.is_global) AS private, p.id AS project_id, COALESCE(p.identifier, '') AS identifier FROM pages e
		LEFT JOIN projects p ON p.id = (SELECT pp.project_id FROM project_pages pp WHERE pp.page_id = e.id AND pp.deleted_at IS NULL
			ORDER BY pp.created_at LIMIT 1)`,
	"issue": `SELECT e.id, e.name, '{}' AS logo_props, e.project_id, e.created_by_id AS owned_by_id, p.identifier, e.state_id, e.priority, e.type_id, e.sequence_id FROM issues e
		JOIN projects p ON p.id = e.project_id AND p.deleted_at IS NULL`,
}

// Entities returns the living things of a kind (project, cycle, module, view, page, issue) with those ids, by id;
// other kinds have none.
func Entities(t *Tx, kind, workspace string, ids []string) (map[string]*Entity, error) {
	query := entityQueries[kind]
	found := map[string]*Entity{}
	if query == "" || len(ids) == 0 {
		return found, nil
	}
	params := dbx.Params{"workspace": workspace}
	where := t.Build(In("e.id", ids), params)
	var rows []*Entity
	if err := t.NewQuery(query + " WHERE e.workspace_id = {:workspace} AND e.deleted_at IS NULL AND " +
		where).Bind(params).All(&rows); err != nil {
		return nil, db.Mark(err)
	}
	for _, e := range rows {
		e.IsProject = kind == "project"
		e.Owned = kind == "issue" || kind == "page" || kind == "view"
		found[e.ID] = e
	}
	return found, nil
}

// NamePeople fills the people of entities of a kind: the assignees of issues, the members of projects.
func NamePeople(t *Tx, kind string, entities map[string]*Entity) error {
	query := map[string]string{
		"issue": "SELECT issue_id, assignee_id FROM issue_assignees WHERE deleted_at IS NULL AND ",
		"project": `SELECT m.project_id, m.member_id FROM project_members m JOIN users u ON u.id = m.member_id AND NOT u.is_bot
			WHERE m.is_active AND m.deleted_at IS NULL AND `,
	}[kind]
	col := map[string]string{"issue": "issue_id", "project": "m.project_id"}[kind]
	if query == "" || len(entities) == 0 {
		return nil
	}
	ids := make([]string, 0, len(entities))
	for id := range entities {
		ids = append(ids, id)
	}
	params := dbx.Params{}
	rows, err := t.NewQuery(query + t.Build(In(col, ids), params)).Bind(params).Rows()
	if err != nil {
		return db.Mark(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, person string
		if err := rows.Scan(&id, &person); err != nil {
			return err
		}
		entities[id].People = append(entities[id].People, person)
	}
	return db.Mark(rows.Err())
}
