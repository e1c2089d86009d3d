package store

import (
	"database/sql"
	"fmt"
)

// StreamIssue is what is told of a work item, and what says who may see it; deleted or not, as all of these.
type StreamIssue struct {
	ID, ProjectID, Name, Identifier string // the identifier is the project's
	Maker                           *string
	Sequence                        int
	Draft, Triage                   bool
	Askers                          []string // who put it into the intake
}

// StreamPlan is that of a cycle or a module.
type StreamPlan struct{ ID, ProjectID, Name string }

// StreamProject is that of a project.
type StreamProject struct {
	ID, Name string
	Network  int
	Deleted  bool
	Members  []string // who was in it when it was deleted; of one that is not, nobody is named
}

// StreamPage is that of a page.
type StreamPage struct {
	ID, Name, OwnerID string
	Access            int
	ProjectIDs        []string // those that are not archived
}

// StreamSubjects are what events are about, by id. What is gone for good is missing.
type StreamSubjects struct {
	Issues   map[string]*StreamIssue
	Comments map[string]string // the ids of their work items
	Cycles   map[string]*StreamPlan
	Modules  map[string]*StreamPlan
	Projects map[string]*StreamProject
	Pages    map[string]*StreamPage
}

// LoadStreamSubjects reads what events are about, as it is now, with a fixed number of statements.
func LoadStreamSubjects(t *Tx, events []StreamEvent) (*StreamSubjects, error) {
	s := &StreamSubjects{Issues: map[string]*StreamIssue{}, Comments: map[string]string{},
		Cycles: map[string]*StreamPlan{}, Modules: map[string]*StreamPlan{}, Projects: map[string]*StreamProject{},
		Pages: map[string]*StreamPage{}}
	ids := map[string][]string{}
	for i := range events {
		ids[events[i].Kind] = append(ids[events[i].Kind], events[i].EntityID)
	}
	issues := append(ids[EventIssue], ids[EventIntake]...)
	err := eachOf(t, "SELECT id, issue_id FROM issue_comments WHERE ", "id", ids[EventComment], func(rows *sql.Rows) error {
		var id, issue string
		err := rows.Scan(&id, &issue)
		s.Comments[id], issues = issue, append(issues, issue)
		return err
	})
	for _, read := range []func() error{
		func() error { return s.readIssues(t, issues) },
		func() error { return readPlans(t, "cycles", ids[EventCycle], s.Cycles) },
		func() error { return readPlans(t, "modules", ids[EventModule], s.Modules) },
		func() error { return s.readProjects(t, ids[EventProject]) },
		func() error { return s.readPages(t, ids[EventPage]) },
	} {
		if err == nil {
			err = read()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read what events are about: %w", err)
	}
	return s, nil
}

// eachOf runs a query that ends where ids are looked for, unless there are none.
func eachOf(t *Tx, query, column string, ids []string, scan func(*sql.Rows) error) error {
	if len(ids) == 0 {
		return nil
	}
	in, arg := t.In(column, ids)
	return t.Each(query+in, []any{arg}, scan)
}

func (s *StreamSubjects) readIssues(t *Tx, ids []string) error {
	err := eachOf(t, `SELECT i.id, i.project_id, i.name, p.identifier, i.created_by_id, i.sequence_id, i.is_draft,
		COALESCE(s."group", '') FROM issues i JOIN projects p ON p.id = i.project_id LEFT JOIN states s ON s.id = i.state_id WHERE `,
		"i.id", ids, func(rows *sql.Rows) error {
			var i StreamIssue
			var group string
			err := rows.Scan(&i.ID, &i.ProjectID, &i.Name, &i.Identifier, &i.Maker, &i.Sequence, &i.Draft, &group)
			i.Triage, s.Issues[i.ID] = group == "triage", &i
			return err
		})
	if err != nil {
		return err
	}
	return eachOf(t, "SELECT issue_id, created_by_id FROM intake_issues WHERE created_by_id IS NOT NULL AND ", "issue_id",
		ids, func(rows *sql.Rows) error {
			var issue, maker string
			err := rows.Scan(&issue, &maker)
			if i := s.Issues[issue]; i != nil {
				i.Askers = append(i.Askers, maker)
			}
			return err
		})
}

func readPlans(t *Tx, table string, ids []string, into map[string]*StreamPlan) error {
	return eachOf(t, "SELECT id, project_id, name FROM "+table+" WHERE ", "id", ids, func(rows *sql.Rows) error {
		var p StreamPlan
		err := rows.Scan(&p.ID, &p.ProjectID, &p.Name)
		into[p.ID] = &p
		return err
	})
}

// readProjects also reads who was in those that are deleted: their roles went with them.
func (s *StreamSubjects) readProjects(t *Tx, ids []string) error {
	var gone []string
	err := eachOf(t, "SELECT id, name, network, deleted_at IS NOT NULL FROM projects WHERE ", "id", ids,
		func(rows *sql.Rows) error {
			var p StreamProject
			err := rows.Scan(&p.ID, &p.Name, &p.Network, &p.Deleted)
			if s.Projects[p.ID] = &p; p.Deleted {
				gone = append(gone, p.ID)
			}
			return err
		})
	if err != nil {
		return err
	}
	return eachOf(t, `SELECT m.project_id, m.member_id FROM project_members m JOIN projects p ON p.id = m.project_id
		WHERE m.is_active AND (m.deleted_at IS NULL OR m.deleted_at >= p.deleted_at) AND `, "m.project_id", gone,
		func(rows *sql.Rows) error {
			var project string
			var member *string
			err := rows.Scan(&project, &member)
			if p := s.Projects[project]; p != nil && member != nil {
				p.Members = append(p.Members, *member)
			}
			return err
		})
}

func (s *StreamSubjects) readPages(t *Tx, ids []string) error {
	err := eachOf(t, "SELECT id, name, owned_by_id, access FROM pages WHERE ", "id", ids, func(rows *sql.Rows) error {
		var p StreamPage
		err := rows.Scan(&p.ID, &p.Name, &p.OwnerID, &p.Access)
		s.Pages[p.ID] = &p
		return err
	})
	if err != nil {
		return err
	}
	return eachOf(t, `SELECT l.page_id, l.project_id FROM project_pages l JOIN projects p ON p.id = l.project_id
		WHERE l.deleted_at IS NULL AND p.deleted_at IS NULL AND p.archived_at IS NULL AND `, "l.page_id", ids,
		func(rows *sql.Rows) error {
			var page, project string
			err := rows.Scan(&page, &project)
			if p := s.Pages[page]; p != nil {
				p.ProjectIDs = append(p.ProjectIDs, project)
			}
			return err
		})
}
