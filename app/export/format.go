package export

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/sheet"
	"github.com/sailplane/sailplane/store"
)

// column is something that a file tells of a work item.
type column struct {
	name  string
	of    func(e *store.ExportedIssue) any
	title string // in the first row of a table; empty: the name, as a title
}

// timeColumns follow where a project keeps the time that was worked.
var timeColumns = []column{
	{name: "logged_minutes", of: func(e *store.ExportedIssue) any {
		sum := 0
		for _, w := range e.Worklogs {
			sum += w.Minutes
		}
		return sum
	}},
	{name: "worklogs", of: func(e *store.ExportedIssue) any { return items(e.Worklogs) }},
}

// columns are what a file tells of a work item, in order: names, and values that are texts, numbers, truths, lists or
// nil.
// Plane: utils/porters/serializers/issue.py
var columns = []column{
	{name: "project_name", of: func(e *store.ExportedIssue) any { return e.ProjectName }},
	{name: "project_identifier", of: func(e *store.ExportedIssue) any { return e.ProjectIdentifier }},
	{name: "parent", of: parent},
	{name: "identifier", of: func(e *store.ExportedIssue) any { return e.ProjectIdentifier + "-" + strconv.Itoa(e.SequenceID) }},
	{name: "sequence_id", of: func(e *store.ExportedIssue) any { return e.SequenceID }},
	{name: "name", of: func(e *store.ExportedIssue) any { return e.Name }},
	{name: "state_name", of: func(e *store.ExportedIssue) any { return given(e.StateName) }},
	{name: "priority", of: func(e *store.ExportedIssue) any { return e.Priority }},
	{name: "assignees", of: func(e *store.ExportedIssue) any { return items(e.Assignees) }},
	{name: "subscribers", of: func(e *store.ExportedIssue) any { return items(e.Subscribers) }},
	{name: "created_by_name", of: func(e *store.ExportedIssue) any {
		return strings.TrimSpace(given(e.FirstName) + " " +
			given(e.LastName))
	}},
	{name: "start_date", of: func(e *store.ExportedIssue) any { return day(e.StartDate) }},
	{name: "target_date", of: func(e *store.ExportedIssue) any { return day(e.TargetDate) }},
	{name: "completed_at", of: func(e *store.ExportedIssue) any {
		if e.CompletedAt == nil {
			return nil
		}
		return app.Time(*e.CompletedAt, time.UTC)
	}},
	{name: "created_at", of: func(e *store.ExportedIssue) any { return app.Time(e.CreatedAt, time.UTC) }},
	{name: "updated_at", of: func(e *store.ExportedIssue) any { return app.Time(e.UpdatedAt, time.UTC) }},
	{name: "archived_at", of: func(e *store.ExportedIssue) any { return day(e.ArchivedAt) }},
	{name: "estimate", of: func(e *store.ExportedIssue) any { return given(e.Estimate) }},
	{name: "labels", of: func(e *store.ExportedIssue) any { return items(e.Labels) }},
	{name: "cycles", of: func(e *store.ExportedIssue) any { return items(e.Cycles) }},
	{name: "modules", of: func(e *store.ExportedIssue) any { return items(e.Modules) }},
	{name: "links", of: func(e *store.ExportedIssue) any { return items(e.Links) }},
	{name: "relations", of: func(e *store.ExportedIssue) any { return items(e.Relations) }},
	{name: "comments", of: func(e *store.ExportedIssue) any { return items(e.Comments) }},
	{name: "is_draft", of: func(e *store.ExportedIssue) any { return e.IsDraft }},
}

// Columns are the names of what a file tells of a work item.
func Columns() []string {
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.name
	}
	return names
}

func parent(e *store.ExportedIssue) any {
	if e.ParentIdentifier == nil || e.ParentSequence == nil {
		return ""
	}
	return *e.ParentIdentifier + "-" + strconv.Itoa(*e.ParentSequence)
}

func given(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func day(d *store.Date) any {
	if d == nil {
		return nil
	}
	return string(*d)
}

func items[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// file is one in some format that is being written.
type file interface {
	write(e *store.ExportedIssue) error
	end() error
}

var formats = map[string]func(io.Writer, []column) file{
	"csv":  func(w io.Writer, columns []column) file { return &csvFile{columns: columns, w: w} },
	"xlsx": func(w io.Writer, columns []column) file { return &xlsxFile{columns: columns, book: sheet.NewXLSX(w)} },
	"json": func(w io.Writer, columns []column) file { return &jsonFile{columns: columns, w: w} },
}

// head is the first row of a table: the columns' names as titles.
func head(columns []column) []string {
	out := make([]string, len(columns))
	for i, column := range columns {
		if out[i] = column.title; out[i] != "" {
			continue
		}
		words := strings.Split(column.name, "_")
		for j, word := range words {
			words[j] = strings.ToUpper(word[:1]) + word[1:]
		}
		out[i] = strings.Join(words, " ")
	}
	return out
}

type csvFile struct {
	columns []column
	w       io.Writer
	begun   bool
}

// write: a table without rows is empty, so the head comes with the first.
func (f *csvFile) write(e *store.ExportedIssue) error {
	if !f.begun {
		f.begun = true
		if err := sheet.CSVRow(f.w, head(f.columns)); err != nil {
			return err
		}
	}
	row := make([]string, len(f.columns))
	for i, column := range f.columns {
		var err error
		switch v := column.of(e).(type) {
		case nil:
		case string:
			row[i] = v
		case bool:
			row[i] = map[bool]string{true: "True", false: "False"}[v]
		case []any:
			row[i], err = app.PythonJSON(v)
		case float64:
			row[i] = strconv.FormatFloat(v, 'f', -1, 64)
		default:
			row[i] = fmt.Sprint(v)
		}
		if err != nil {
			return err
		}
	}
	return sheet.CSVRow(f.w, row)
}

func (f *csvFile) end() error { return nil }

type xlsxFile struct {
	columns []column
	book    *sheet.XLSX
	begun   bool
}

func (f *xlsxFile) write(e *store.ExportedIssue) error {
	if !f.begun {
		f.begun = true
		if err := f.book.Row(items(head(f.columns))); err != nil {
			return err
		}
	}
	row := make([]any, len(f.columns))
	for i, column := range f.columns {
		row[i] = column.of(e)
		switch v := row[i].(type) {
		case nil:
			row[i] = ""
		case []any:
			words := make([]string, len(v))
			for j, item := range v {
				text, ok := item.(string)
				if !ok {
					doc, err := json.Marshal(item)
					if err != nil {
						return err
					}
					text = app.PythonText(doc)
				}
				words[j] = text
			}
			row[i] = strings.Join(words, ", ")
		}
	}
	return f.book.Row(row)
}

func (f *xlsxFile) end() error { return f.book.Close() }

type jsonFile struct {
	columns []column
	w       io.Writer
	begun   bool
}

func (f *jsonFile) write(e *store.ExportedIssue) error {
	b := []byte(",\n  {")
	if !f.begun {
		f.begun = true
		b = []byte("[\n  {")
	}
	for i, column := range f.columns {
		doc, err := json.Marshal(column.of(e))
		if err != nil {
			return err
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, "\n    %q: %s", column.name, doc)
	}
	_, err := f.w.Write(append(b, "\n  }"...))
	return err
}

func (f *jsonFile) end() error {
	text := "\n]"
	if !f.begun {
		text = "[]"
	}
	_, err := io.WriteString(f.w, text)
	return err
}
