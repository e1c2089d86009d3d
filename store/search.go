package store

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sailplane/sailplane/store/db"
)

// IssueSearch asks for work items by their names. One is found when every word of the text is part of its name, emails
// of either case; when a whole number in the text is its own; when the text is part of its project's identifier.
// What waits in the intake, is archived, deleted or a draft is not found.
type IssueSearch struct {
	Projects []SearchProject // the only ones to look in
	Text     string          // empty: everything
	Limit    int

	NoNumbers    bool     // numbers in the text are words like others
	Not          []string // ids that are not wanted
	NotChildOf   string
	Roots        bool   // only those without a parent
	NoCycle      bool   // only those in no cycle
	NotInModule  string // only those not in this module
	NoTargetDate bool
	MadeBy       string  // only this person's
	Intake       bool    // instead: what waits in the intake, snoozed or not
	OwnOnly      OwnOnly // only what the reader may see
}

// SearchProject is a project to look in.
type SearchProject struct{ ID, Identifier, Name string }

// FoundIssue is a work item that was found.
type FoundIssue struct {
	ID, Name, ProjectID, Priority     string
	SequenceID                        int
	StateID, TypeID                   *string
	StateName, StateGroup, StateColor *string
	StartDate                         *Date
	CreatedAt                         time.Time
}

var wholeNumber = regexp.MustCompile(`\b\d+\b`)

// trigram is the shortest text that the index finds.
const trigram = 3

// mostWords is how many words of a text are looked for: no name has more, and databases bound the size of a statement.
const mostWords = 100

// SearchedWords are the words of a text that are looked for.
func SearchedWords(text string) []string {
	words := strings.Fields(text)
	return words[:min(len(words), mostWords)]
}

// manyProjects is how many projects are looked up one by one; more are one range.
const manyProjects = 100

// search is a statement that is being written.
type search struct {
	IssueSearch
	sql      strings.Builder
	args     []any
	t        *Tx
	postgres bool
	columns  string // that a way of finding reads
	join     string // what they are from, beside the work item
}

func (s *search) add(text string, args ...any) {
	s.sql.WriteString(text)
	s.args = append(s.args, args...)
}

// SearchIssues returns what is found, newest first.
func SearchIssues(t *Tx, q IssueSearch) ([]FoundIssue, error) {
	if len(q.Projects) == 0 || q.Limit <= 0 {
		return nil, nil
	}
	s := &search{IssueSearch: q, t: t, postgres: t.Postgres()}
	s.write()
	rows, err := t.Rows(s.sql.String(), s.args...)
	if err != nil {
		return nil, fmt.Errorf("search work items: %w", err)
	}
	defer rows.Close()
	var found []FoundIssue
	for rows.Next() {
		var f FoundIssue
		if err := rows.Scan(&f.ID, &f.Name, &f.ProjectID, &f.Priority, &f.SequenceID, &f.StateID, &f.TypeID, &f.StateName,
			&f.StateGroup, &f.StateColor, &f.StartDate, &f.CreatedAt); err != nil {
			return nil, fmt.Errorf("search work items: %w", err)
		}
		found = append(found, f)
	}
	return found, db.Mark(rows.Err())
}

const (
	foundColumns = `i.id, i.name, i.project_id, i.priority, i.sequence_id, i.state_id, i.type_id, s.name AS state_name, s."group" AS state_group, s.color,
		i.start_date, i.created_at`
	foundState = " LEFT JOIN states s ON s.id = i.state_id"
)

// write writes the statement. Where there is but one way to find a work item, it is read as it is found; else several
// ways may find the same one, and it is read afterwards.
func (s *search) write() {
	ways := s.ways()
	if len(ways) == 1 {
		s.columns, s.join = foundColumns, foundState
		s.add("SELECT * FROM (")
		ways[0]()
		s.add(") found ORDER BY created_at DESC, id DESC")
		return
	}
	s.columns = "i.id"
	s.add("SELECT " + foundColumns + " FROM issues i" + foundState + " WHERE i.id IN (")
	for n, way := range ways {
		if n > 0 {
			s.add(" UNION ALL ")
		}
		s.add("SELECT id FROM (")
		way()
		s.add(") b" + strconv.Itoa(n))
	}
	s.add(") ORDER BY i.created_at DESC, i.id DESC LIMIT ?", s.Limit)
}

// ways are those in which a work item is found, each with the newest that it finds.
func (s *search) ways() (all []func()) {
	var whole, named []string
	for _, p := range s.Projects {
		if strings.Contains(Fold(p.Identifier), Fold(s.Text)) {
			whole = append(whole, p.ID)
		} else {
			named = append(named, p.ID)
		}
	}
	if len(whole) > 0 {
		all = append(all, func() { s.scan(whole, s.Intake, func() {}) })
	}
	if len(named) == 0 {
		return all
	}
	if numbers := s.numbers(); len(numbers) > 0 {
		all = append(all, func() {
			s.scan(named, true, func() { s.add(" AND i.sequence_id IN (" + strings.Join(numbers, ",") + ")") })
		})
	}
	words := SearchedWords(s.Text)
	match := matchOf(words)
	switch {
	case s.postgres || match == "" || s.Intake: // little waits: it is looked at sooner than looked up
		return append(all, func() { s.scan(named, s.Intake, func() { s.likes(words) }) })
	case len(named) > manyProjects:
		return append(all, func() { s.index(match, words, func() { s.projects("i.project_id", named) }) })
	}
	for _, p := range named {
		all = append(all, func() {
			s.index(match, words, func() {
				s.add(" AND f.rowid > (SELECT id << 32 FROM search_projects WHERE project_id = ?) AND f.rowid < (SELECT (id + 1) << 32 FROM search_projects WHERE project_id = ?)", p, p)
			})
		})
	}
	return all
}

// numbers are the whole numbers of the text that a work item can have.
func (s *search) numbers() []string {
	if s.NoNumbers {
		return nil
	}
	var out []string
	for _, n := range wholeNumber.FindAllString(s.Text, 20) {
		if v, err := strconv.ParseInt(n, 10, 32); err == nil {
			out = append(out, strconv.FormatInt(v, 10))
		}
	}
	return out
}

// matchOf asks the index for the words that are long enough for it; empty when none is.
func matchOf(words []string) string {
	var terms []string
	for _, w := range words {
		if utf8.RuneCountInString(w) >= trigram {
			terms = append(terms, `"`+strings.ReplaceAll(Fold(w), `"`, `""`)+`"`)
		}
	}
	return strings.Join(terms, " AND ")
}

// scan reads the projects' work items newest first until it has enough; or, where only few can fit, those few.
func (s *search) scan(projects []string, few bool, also func()) {
	column := "i.project_id"
	if few && !s.postgres {
		column = "+" + column // SQLite would go through the projects to find them
	}
	s.add("SELECT " + s.columns + " FROM issues i" + s.join + " WHERE " + s.live())
	s.projects(column, projects)
	also()
	s.narrow()
	s.add(" ORDER BY i.created_at DESC LIMIT ?", s.Limit)
}

// index reads what the index finds, newest document first, until it has enough.
func (s *search) index(match string, words []string, where func()) {
	s.add("SELECT "+s.columns+
		" FROM issue_names f CROSS JOIN search_issues d ON d.doc = f.rowid CROSS JOIN issues i ON i.id = d.issue_id"+s.join+
		" WHERE f.name MATCH ?", match)
	where()
	s.add(" AND " + s.live())
	var short []string
	for _, w := range words {
		if utf8.RuneCountInString(w) < trigram {
			short = append(short, w)
		}
	}
	s.likes(short)
	s.narrow()
	s.add(" ORDER BY f.rowid LIMIT ?", s.Limit)
}

func (s *search) live() string {
	return "i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft"
}

func (s *search) projects(column string, ids []string) {
	if len(ids) == 1 {
		s.add(" AND "+column+" = ?", ids[0])
		return
	}
	s.add(" AND " + column)
	s.in(ids)
}

// fewIDs are written as parameters each: the planner knows better how many there are. More are one list, as databases
// bound the number of parameters.
const fewIDs = 200

func (s *search) in(ids []string) {
	switch {
	case len(ids) <= fewIDs:
		args := make([]any, len(ids))
		for i, id := range ids {
			args[i] = id
		}
		s.add(" IN (?"+strings.Repeat(",?", len(ids)-1)+")", args...)
	case s.postgres:
		s.add(" IN (SELECT UNNEST(CAST(? AS uuid[])))", ids)
	default:
		list, _ := json.Marshal(ids) // strings always encode
		s.add(" IN (SELECT value FROM json_each(?))", string(list))
	}
}

func (s *search) likes(words []string) {
	for _, w := range words {
		sql, pattern := ContainsSQL("i.name", w, s.postgres)
		s.add(" AND "+sql, pattern)
	}
}

// narrow writes what else is asked of a work item.
func (s *search) narrow() {
	if s.Intake {
		s.add(" AND i.id IN (SELECT n.issue_id FROM intake_issues n WHERE n.deleted_at IS NULL AND n.status IN (0, -2)")
		ids := make([]string, len(s.Projects))
		for n, p := range s.Projects {
			ids[n] = p.ID
		}
		s.projects("n.project_id", ids)
		s.add(")")
	} else {
		s.add(` AND NOT EXISTS (SELECT 1 FROM states w WHERE w.id = i.state_id AND w."group" = 'triage')`)
	}
	if len(s.Not) > 0 {
		s.add(" AND i.id NOT")
		s.in(s.Not)
	}
	if s.NotChildOf != "" {
		s.add(" AND (i.parent_id IS NULL OR i.parent_id <> ?)", s.NotChildOf)
	}
	if s.Roots {
		s.add(" AND i.parent_id IS NULL")
	}
	if s.NoCycle {
		s.add(" AND NOT EXISTS (SELECT 1 FROM cycle_issues c WHERE c.issue_id = i.id AND c.deleted_at IS NULL)")
	}
	if s.NotInModule != "" {
		s.add(" AND NOT EXISTS (SELECT 1 FROM module_issues m WHERE m.issue_id = i.id AND m.deleted_at IS NULL AND m.module_id = ?)", s.NotInModule)
	}
	if s.NoTargetDate {
		s.add(" AND i.target_date IS NULL")
	}
	if s.MadeBy != "" {
		s.add(" AND i.created_by_id = ?", s.MadeBy)
	}
	own, args := s.OwnOnly.and(s.t, "i")
	s.add(own, args...)
}

// What is found by name.
var (
	NamedCycles  = NamedTable{table: "cycles", columns: []string{"x.start_date", "x.end_date"}}
	NamedModules = NamedTable{table: "modules", columns: []string{"x.status"}}
	NamedViews   = NamedTable{table: "issue_views", owned: true}
)
