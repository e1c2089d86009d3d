package issuelist

import "github.com/sailplane/sailplane/store/outline"

// Scope is the place a list is of. Deleted work items, drafts and what waits in the intake are in none.
type Scope struct {
	Workspace string
	Projects  []string // seen whole
	Own       []string // seen only as far as User made them
	User      string

	Archived bool   // the archived ones, instead of the others
	Either   bool   // archived or not
	Removed  bool   // what was archived or deleted
	Cycle    string // only what is in it
	Module   string // only what is in it
	Person   string // only what is assigned to, made or followed by this user
	Parent   string // only what is directly below this work item
}

// live is what the indexes of lists hold; statements repeat it word for word so that they may use them.
const live = "i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft"

// write compiles the place to SQL.
func (s Scope) write(b *builder) {
	if s.Either {
		s.writeEither(b)
	} else {
		s.writeOne(b)
	}
	s.writeWithin(b)
}

// writeEither finds each half by its own index, unless something else finds the few that can fit.
func (s Scope) writeEither(b *builder) {
	if b.few {
		b.text("i.deleted_at IS NULL AND (i.archived_at IS NOT NULL OR NOT i.is_draft) AND ")
		s.writeProjects(b)
		return
	}
	b.text("i.id IN (SELECT i.id FROM issues i WHERE " + live + " AND ")
	s.writeProjects(b)
	b.text(" UNION ALL SELECT i.id FROM issues i WHERE i.deleted_at IS NULL AND i.archived_at IS NOT NULL AND ")
	s.writeProjects(b)
	b.text(")")
}

func (s Scope) writeOne(b *builder) {
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
}

// writeWithin narrows the projects down to a part of them.
func (s Scope) writeWithin(b *builder) {
	if waiting := b.states.inGroups([]string{triage}); len(waiting) > 0 && !s.Archived && !s.Removed {
		b.text(" AND (i.state_id IS NULL OR NOT (")
		b.in(b.place("i.state_id"), waiting)
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

// indexable says whether outlines have what is in the place.
func (s Scope) indexable() bool { return !s.Archived && !s.Either && !s.Removed && s.Parent == "" }

// match compiles the place to what decides over the outlines of its projects as the SQL does.
func (s Scope) match(m *matcher) cond {
	waiting := m.refs(m.states.inGroups([]string{triage}))
	own := map[string]bool{}
	for _, p := range s.Own {
		own[p] = true
	}
	user, cycle, module, person := m.ref(s.User), m.ref(s.Cycle), m.ref(s.Module), m.ref(s.Person)
	return func(c *candidate) bool {
		i := c.item
		switch {
		case i.State != 0 && waiting[i.State],
			len(own) > 0 && own[c.outline.Project] && i.CreatedBy != user,
			cycle != 0 && !c.linked(outline.Cycles, cycle),
			module != 0 && !c.linked(outline.Modules, module):
			return false
		}
		return person == 0 || i.CreatedBy == person || c.follows(person)
	}
}

func (c *candidate) linked(k outline.Kind, ref outline.Ref) bool {
	for _, t := range c.ties {
		if t.Kind() == k && t.Ref() == ref && !t.Removed() {
			return true
		}
	}
	return false
}

// follows says whether the work item was ever assigned to a person or followed by them.
func (c *candidate) follows(person outline.Ref) bool {
	for _, t := range c.ties {
		if t.Ref() == person && (t.Kind() == outline.Assignees || t.Kind() == outline.Subscribers) {
			return true
		}
	}
	return false
}
