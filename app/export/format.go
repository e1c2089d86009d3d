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
	name string
	of   func(e *store.ExportedIssue) any
}

// timeColumns follow where a project keeps the time that was worked.
var timeColumns = []column{
	{"logged_minutes", func(e *store.ExportedIssue) any {
		sum := 0
		for _, w := range e.Worklogs {
			sum += w.Minutes
		}
		return sum
	}},
	{"worklogs", func(e *store.ExportedIssue) any { return items(e.Worklogs) }},
}

// columns are what a file tells of a work item, in order: names, and values that are texts, numbers, truths, lists or
// nil.
// Plane: utils/porters/serializers/issue.py
var columns = []column{
	{"project_name", func(e *store.ExportedIssue) any { return e.ProjectName }},
	{"project_identifier", func(e *store.ExportedIssue) any { return e.ProjectIdentifier }},
	{"parent", parent},
	{"identifier", func(e *store.ExportedIssue) any { return e.ProjectIdentifier + "-" + strconv.Itoa(e.SequenceID) }},
	{"sequence_id", func(e *store.ExportedIssue) any { return e.SequenceID }},
	{"name", func(e *store.ExportedIssue) any { return e.Name }},
	{"state_name", func(e *store.ExportedIssue) any { return given(e.StateName) }},
	{"priority", func(e *store.ExportedIssue) any { return e.Priority }},
	{"assignees", func(e *store.ExportedIssue) any { return items(e.Assignees) }},
	{"subscribers", func(e *store.ExportedIssue) any { return items(e.Subscribers) }},
	{"created_by_name", func(e *store.ExportedIssue) any {
		return strings.TrimSpace(given(e.FirstName) + " " +
			given(e.LastName))
	}},
	{"start_date", func(e *store.ExportedIssue) any { return day(e.StartDate) }},
	{"target_date", func(e *store.ExportedIssue) any { return day(e.TargetDate) }},
	{"completed_at", func(e *store.ExportedIssue) any {
		if e.CompletedAt == nil {
			return nil
		}
		return app.Time(*e.CompletedAt, time.UTC)
	}},
	{"created_at", func(e *store.ExportedIssue) any { return app.Time(e.CreatedAt, time.UTC) }},
	{"updated_at", func(e *store.ExportedIssue) any { return app.Time(e.UpdatedAt, time.UTC) }},
	{"archived_at", func(e *store.ExportedIssue) any { return day(e.ArchivedAt) }},
	{"estimate", func(e *store.ExportedIssue) any { return given(e.Estimate) }},
	{"labels", func(e *store.ExportedIssue) any { return items(e.Labels) }},
	{"cycles", func(e *store.ExportedIssue) any { return items(e.Cycles) }},
	{"modules", func(e *store.ExportedIssue) any { return items(e.Modules) }},
	{"links", func(e *store.ExportedIssue) any { return items(e.Links) }},
	{"relations", func(e *store.ExportedIssue) any { return items(e.Relations) }},
	{"comments", func(e *store.ExportedIssue) any { return items(e.Comments) }},
	{"is_draft", func(e *store.ExportedIssue) any { return e.IsDraft }},
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
