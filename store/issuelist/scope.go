package issuelist

import (
	"fmt"
	"slices"

	"github.com/sailplane/sailplane/store"
)

// Scope is the place a list is of. Deleted work items, drafts and what waits in the intake are in none.
type Scope struct {
	Workspace string
	Projects  []string // seen whole
	Own       []string // seen only as far as User made them
	User      string

	Archived bool   // the archived ones, instead of the others
	Removed  bool   // what was archived or deleted
	Cycle    string // only what is in it
	Module   string // only what is in it
	Person   string // only what is assigned to, made or followed by this user
	Parent   string // only what is directly below this work item
}

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

// live is what the indexes of lists hold; statements repeat it word for word so that they may use them.
const live = "i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft"

// places says where the work items are.
func (s Scope) write(b *builder) {
	switch {
	case s.Removed:
		b.text("(i.archived_at IS NOT NULL OR i.deleted_at IS NOT NULL)")
	case s.Archived:
		b.text("i.deleted_at IS NULL AND i.archived_at IS NOT NULL")
	default:
		b.text(live)
	}
	b.text(" AND ")
	if len(s.Projects)+len(s.Own) > 1 {
		b.text(b.place("i.workspace_id") + " = ")
		b.arg(s.Workspace)
		b.text(" AND ")
	}
	s.writeProjects(b)
	if waiting := b.states.inGroups([]string{triage}); len(waiting) > 0 && !s.Archived && !s.Removed {
		b.text(" AND (i.state_id IS NULL OR NOT (")
		b.in("i.state_id", waiting)
		b.text("))")
	}
	if s.Cycle != "" {
		b.text(" AND EXISTS (SELECT 1 FROM cycle_issues c WHERE c.issue_id = i.id AND c.deleted_at IS NULL AND c.cycle_id = ")
		b.arg(s.Cycle)
		b.text(")")
	}
	if s.Module != "" {
		b.text(" AND EXISTS (SELECT 1 FROM module_issues m WHERE m.issue_id = i.id AND m.deleted_at IS NULL AND m.module_id = ")
		b.arg(s.Module)
		b.text(")")
	}
	if s.Parent != "" {
		b.text(" AND i.parent_id = ")
		b.arg(s.Parent)
	}
	if s.Person != "" {
		s.writePerson(b)
	}
}

func (s Scope) writeProjects(b *builder) {
	switch {
	case len(s.Own) == 0:
		b.in(b.place("i.project_id"), s.Projects)
	case len(s.Projects) == 0:
		b.in(b.place("i.project_id"), s.Own)
		b.text(" AND i.created_by_id = ")
		b.arg(s.User)
	default:
		b.text("(")
		b.in(b.place("i.project_id"), s.Projects)
		b.text(" OR ")
		b.in(b.place("i.project_id"), s.Own)
		b.text(" AND i.created_by_id = ")
		b.arg(s.User)
		b.text(")")
	}
}

// writePerson: ties that were taken away count for the assignee, as in the reference (Plane:
// app/views/workspace/user.py).
func (s Scope) writePerson(b *builder) {
	b.text(` AND i.id IN (SELECT a.issue_id FROM issue_assignees a WHERE a.assignee_id = `)
	b.arg(s.Person)
	b.text(` UNION SELECT s.issue_id FROM issue_subscribers s WHERE s.subscriber_id = `)
	b.arg(s.Person)
	b.text(` UNION SELECT o.id FROM issues o WHERE o.created_by_id = `)
	b.arg(s.Person)
	b.text(` AND o.workspace_id = `)
	b.arg(s.Workspace)
	b.text(")")
}
