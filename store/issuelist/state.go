package issuelist

import (
	"fmt"
	"slices"

	"github.com/sailplane/sailplane/store"
)

// StateInfo is what a list needs to know of a state.
type StateInfo struct {
	ID, Group, Name string
	Project         string
	Deleted, Triage bool
}

// States are those of the scope's projects, deleted ones too, ordered as the reference orders the groups.
type States []StateInfo

// ReadStates reads the states of projects.
func ReadStates(t *store.Tx, projects []string) (States, error) {
	b := &builder{postgres: t.Postgres()}
	b.text(`SELECT id, "group", name, project_id, deleted_at IS NOT NULL, is_triage FROM states WHERE `)
	b.in("project_id", projects)
	rows, err := t.Rows(b.sql.String(), b.args...)
	if err != nil {
		return nil, fmt.Errorf("read states: %w", err)
	}
	defer rows.Close()
	var all States
	for rows.Next() {
		var s StateInfo
		if err := rows.Scan(&s.ID, &s.Group, &s.Name, &s.Project, &s.Deleted, &s.Triage); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// Group is the group of a state; empty when there is no such state.
func (ss States) Group(id string) string {
	for i := range ss {
		if ss[i].ID == id {
			return ss[i].Group
		}
	}
	return ""
}

func (ss States) inGroups(groups []string) []string {
	var ids []string
	for _, s := range ss {
		if slices.Contains(groups, s.Group) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// triage is the group of states of work items that the intake has not let in.
const triage = "triage"
