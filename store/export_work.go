package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// ExportScope is what an export is of: all work items of some projects, archived ones and drafts too, and of others
// those that the user made.
type ExportScope struct {
	Workspace string
	Projects  []string
	Own       []string
	User      string
}

// IDs returns the work items, newest first, packed so that a million of them fit into little memory.
func (s ExportScope) IDs(t *Tx) ([]uuid.UUID, error) {
	whole, ids := t.In("i.project_id", s.Projects)
	part, own := t.In("i.project_id", s.Own)
	return scanned(t, "find what is exported",
		"SELECT i.id FROM issues i WHERE i.deleted_at IS NULL AND i.workspace_id = ? AND ("+whole+" OR "+part+
			" AND i.created_by_id = ?) ORDER BY i.created_at DESC, i.id DESC", []any{s.Workspace, ids, own, s.author()},
		func(id *uuid.UUID) []any { return []any{id} })
}

// author keeps an empty id from Postgres.
func (s ExportScope) author() *string {
	if s.User == "" {
		return nil
	}
	return &s.User
}

// ExportedIssue is a work item with all that exports tell of it.
type ExportedIssue struct {
	IssueValues
	ID                string     `db:"id"`
	ProjectName       string     `db:"project_name"`
	ProjectIdentifier string     `db:"project_identifier"`
	ParentIdentifier  *string    `db:"parent_identifier"`
	ParentSequence    *int       `db:"parent_sequence"`
	SequenceID        int        `db:"sequence_id"`
	Name              string     `db:"name"`
	StateName         *string    `db:"state_name"`
	FirstName         *string    `db:"first_name"` // of who made it
	LastName          *string    `db:"last_name"`
	CompletedAt       *time.Time `db:"completed_at"`
	CreatedAt         time.Time  `db:"created_at"`
	UpdatedAt         time.Time  `db:"updated_at"`
	ArchivedAt        *Date      `db:"archived_at"`
	Estimate          *string    `db:"estimate"`
	IsDraft           bool       `db:"is_draft"`

	Assignees, Subscribers, Labels, Cycles, Modules []string           `db:"-"`
	Links                                           []ExportedLink     `db:"-"`
	Relations                                       []ExportedRelation `db:"-"`
	Comments                                        []ExportedComment  `db:"-"`
	Worklogs                                        []ExportedWorklog  `db:"-"`

	Properties map[string][]any `db:"-"` // texts, numbers and truths, by the ids of the properties
}

// ExportedLink is a link of an exported work item.
type ExportedLink struct {
	URL   string `json:"url"`
	Title string `json:"title"`
}

// ExportedRelation is a relation of an exported work item, seen from it.
type ExportedRelation struct {
	Type      string `json:"type"`
	Issue     string `json:"issue"`
	Direction string `json:"direction"`
}

// ExportedComment is a comment of an exported work item.
type ExportedComment struct {
	Comment   string `json:"comment"`
	CreatedBy string `json:"created_by"`
	CreatedAt string `json:"created_at"`
}

// ExportedWorklog is time that somebody has worked on an exported work item.
type ExportedWorklog struct {
	Minutes     int    `json:"minutes"`
	LoggedBy    string `json:"logged_by"`
	LoggedAt    string `json:"logged_at"`
	Description string `json:"description"`
}

// ExportRows reads work items in the order of their ids, with what they have of properties if that is asked for; what
// is gone by now is left out. It is a fixed number of queries.
func (s ExportScope) ExportRows(t *Tx, packed []uuid.UUID, properties bool) ([]ExportedIssue, error) {
	ids := make([]string, len(packed))
	for i, id := range packed {
		ids[i] = id.String()
	}
	var found []ExportedIssue
	err := t.Select(append(db.Names[IssueValues]("i."), "i.id", "p.name AS project_name", "p.identifier AS project_identifier",
		"pp.identifier AS parent_identifier", "pi.sequence_id AS parent_sequence", "i.sequence_id", "i.name",
		"s.name AS state_name", "u.first_name", "u.last_name",
		"i.completed_at", "i.created_at", "i.updated_at", "i.archived_at", "e.value AS estimate",
		"i.is_draft")...).From("issues i").
		InnerJoin("projects p", dbx.NewExp("p.id = i.project_id")).LeftJoin("states s", dbx.NewExp("s.id = i.state_id")).
		LeftJoin("users u", dbx.NewExp("u.id = i.created_by_id")).LeftJoin("estimate_points e",
		dbx.NewExp("e.id = i.estimate_point_id")).
		LeftJoin("issues pi", dbx.NewExp("pi.id = i.parent_id")).LeftJoin("projects pp", dbx.NewExp("pp.id = pi.project_id")).
		Where(dbx.And(In("i.id", ids), dbx.HashExp{"i.deleted_at": nil})).All(&found)
	if err != nil {
		return nil, fmt.Errorf("read what is exported: %w", db.Mark(err))
	}
	at := make(map[string]*ExportedIssue, len(found))
	for i := range found {
		at[found[i].ID] = &found[i]
	}
	if err := fillExported(t, ids, at); err != nil {
		return nil, err
	}
	if properties {
		if err := fillExportedProperties(t, s, ids, at); err != nil {
			return nil, err
		}
	}
	rows := make([]ExportedIssue, 0, len(found))
	for _, id := range ids {
		if row := at[id]; row != nil {
			rows = append(rows, *row)
		}
	}
	return rows, nil
}

// exportedLink is a row that hangs on a work item, with up to three texts and a time.
type exportedLink struct {
	issue   string
	a, b, c *string
	at      time.Time
}

func fullName(first, last *string) string { return strings.TrimSpace(text(first) + " " + text(last)) }

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// exportedPart is what an export says of work items beside their own row: rows x, and where they go.
type exportedPart struct {
	columns, from, issue, order string
	take                        func(*ExportedIssue, exportedLink)
}

const newestFirst = " ORDER BY x.created_at DESC, x.id DESC"

func exportedPerson(list func(*ExportedIssue) *[]string) func(*ExportedIssue, exportedLink) {
	return func(e *ExportedIssue, x exportedLink) { l := list(e); *l = append(*l, fullName(x.a, x.b)) }
}

func exportedName(list func(*ExportedIssue) *[]string) func(*ExportedIssue, exportedLink) {
	return func(e *ExportedIssue, x exportedLink) { l := list(e); *l = append(*l, text(x.a)) }
}

func exportedRelation(direction string) func(*ExportedIssue, exportedLink) {
	return func(e *ExportedIssue, x exportedLink) {
		e.Relations = append(e.Relations, ExportedRelation{text(x.a), text(x.b) + "-" + text(x.c), direction})
	}
}

var exportedParts = []exportedPart{
	{
		columns: "u.first_name, u.last_name, NULL",
		from:    "issue_assignees x JOIN users u ON u.id = x.assignee_id AND u.is_active", issue: "x.issue_id",
		order: " ORDER BY u.created_at DESC, u.id DESC",
		take:  exportedPerson(func(e *ExportedIssue) *[]string { return &e.Assignees }),
	},
	{
		columns: "u.first_name, u.last_name, NULL", from: "issue_subscribers x JOIN users u ON u.id = x.subscriber_id",
		issue: "x.issue_id", order: newestFirst,
		take: exportedPerson(func(e *ExportedIssue) *[]string { return &e.Subscribers }),
	},
	{
		columns: "n.name, NULL, NULL", from: "issue_labels x JOIN labels n ON n.id = x.label_id",
		issue: "x.issue_id", order: newestFirst, take: exportedName(func(e *ExportedIssue) *[]string { return &e.Labels }),
	},
	{
		columns: "n.name, NULL, NULL", from: "cycle_issues x JOIN cycles n ON n.id = x.cycle_id",
		issue: "x.issue_id", order: newestFirst, take: exportedName(func(e *ExportedIssue) *[]string { return &e.Cycles }),
	},
	{
		columns: "n.name, NULL, NULL", from: "module_issues x JOIN modules n ON n.id = x.module_id",
		issue: "x.issue_id", order: newestFirst, take: exportedName(func(e *ExportedIssue) *[]string { return &e.Modules }),
	},
	{
		columns: "x.url, x.title, NULL", from: "issue_links x", issue: "x.issue_id", order: newestFirst,
		take: func(e *ExportedIssue, x exportedLink) {
			link := ExportedLink{text(x.a), text(x.b)}
			if link.Title == "" {
				link.Title = link.URL
			}
			e.Links = append(e.Links, link)
		},
	},
	{
		columns: "x.relation_type, p.identifier, CAST(o.sequence_id AS TEXT)",
		from:    "issue_relations x JOIN issues o ON o.id = x.related_issue_id JOIN projects p ON p.id = o.project_id",
		issue:   "x.issue_id", order: newestFirst, take: exportedRelation("outgoing"),
	},
	{
		columns: "x.relation_type, p.identifier, CAST(o.sequence_id AS TEXT)",
		from:    "issue_relations x JOIN issues o ON o.id = x.issue_id JOIN projects p ON p.id = o.project_id",
		issue:   "x.related_issue_id", order: newestFirst, take: exportedRelation("incoming"),
	},
	{
		columns: "x.comment_stripped, u.first_name, u.last_name",
		from:    "issue_comments x LEFT JOIN users u ON u.id = x.actor_id", issue: "x.issue_id",
		order: " ORDER BY x.created_at, x.id",
		take: func(e *ExportedIssue, x exportedLink) {
			e.Comments = append(e.Comments, ExportedComment{text(x.a), fullName(x.b, x.c), x.at.UTC().Format(time.DateTime)})
		},
	},
	{
		columns: "CAST(x.duration AS TEXT), x.description, u.display_name",
		from:    "issue_worklogs x LEFT JOIN users u ON u.id = x.logged_by_id", issue: "x.issue_id",
		order: " ORDER BY x.created_at, x.id",
		take: func(e *ExportedIssue, x exportedLink) {
			minutes, _ := strconv.Atoi(text(x.a)) // it was a number
			e.Worklogs = append(e.Worklogs, ExportedWorklog{Minutes: minutes, LoggedBy: text(x.c),
				LoggedAt: x.at.UTC().Format(time.DateTime), Description: text(x.b)})
		},
	},
}

func fillExported(t *Tx, ids []string, at map[string]*ExportedIssue) error {
	for _, q := range exportedParts {
		in, list := t.In(q.issue, ids)
		ties, err := scanned(t, "read what hangs on exported work items",
			"SELECT "+q.issue+", "+q.columns+", x.created_at FROM "+q.from+" WHERE x.deleted_at IS NULL AND "+in+q.order,
			[]any{list}, func(x *exportedLink) []any { return []any{&x.issue, &x.a, &x.b, &x.c, &x.at} })
		if err != nil {
			return err
		}
		for _, x := range ties {
			if e := at[x.issue]; e != nil {
				q.take(e, x)
			}
		}
	}
	return nil
}
