package issuelist

import (
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/store"
)

// Row is a work item as lists show it. Its tags name the columns of issues that lists read; the rest is counted or
// tied.
type Row struct {
	store.IssueValues
	ID            string      `db:"id"`
	Name          string      `db:"name"`
	ProjectID     string      `db:"project_id"`
	StateID       *string     `db:"state_id"`
	EstimatePoint *string     `db:"estimate_point_id"`
	ParentID      *string     `db:"parent_id"`
	CreatedBy     *string     `db:"created_by_id"`
	UpdatedBy     *string     `db:"updated_by_id"`
	ArchivedAt    *store.Date `db:"archived_at"`
	CreatedAt     Time        `db:"created_at"`
	UpdatedAt     Time        `db:"updated_at"`
	CompletedAt   Time        `db:"completed_at"` // zero: not completed
	SequenceID    int64       `db:"sequence_id"`
	IsDraft       bool        `db:"is_draft"`

	CycleID                       *string
	Labels, Assignees, Modules    []string // ids, sorted
	Links, Attachments, SubIssues int64
	DescriptionHTML               string // if asked for
}

// rowColumn is a column of issues that a Row has.
type rowColumn struct {
	name  string
	index []int
	day   bool
	time  bool
}

var rowColumns = func() (columns []rowColumn) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Row]()) {
		if name := f.Tag.Get("db"); name != "" {
			columns = append(columns, rowColumn{name: name, index: f.Index,
				day: f.Type == reflect.TypeFor[*store.Date](), time: f.Type == reflect.TypeFor[Time]()})
		}
	}
	return columns
}()

// sql asks for the column so that its field can take it.
func (c rowColumn) sql(postgres bool) string {
	switch {
	case c.day && postgres:
		return "CAST(i." + c.name + " AS TEXT)"
	case c.time && !postgres:
		return "CAST(i." + c.name + " AS BLOB)"
	}
	return "i." + c.name
}

// dest is where Scan puts it in a row.
func (c rowColumn) dest(row *Row) any {
	switch p := reflect.ValueOf(row).Elem().FieldByIndex(c.index).Addr().Interface().(type) {
	case *string:
		return (*text)(p)
	case **string:
		return null{p}
	case **store.Date:
		return day{p}
	default:
		return p
	}
}

const (
	linkCount       = `(SELECT COUNT(*) FROM issue_links x WHERE x.issue_id = i.id AND x.deleted_at IS NULL)`
	attachmentCount = `(SELECT COUNT(*) FROM file_assets x WHERE x.issue_id = i.id AND x.entity_type = 'ISSUE_ATTACHMENT' AND x.deleted_at IS NULL)`
)

var subIssueCount = "(SELECT COUNT(*) FROM issues x WHERE x.parent_id = i.id AND " + store.CountedBelow("x", "i") + ")"

// columns are what a Row is scanned from. SQLite hands times and lists over as bytes: its driver tries to parse every
// text that has no declared type as a time, which costs more than reading it.
func columns(postgres, description bool) string { return columnsBut(postgres, description, false) }

// columnsBut leaves the ties out where they are known.
func columnsBut(postgres, description, ties bool) string {
	list := func(column, from string) string {
		list := "(SELECT string_agg(CAST(" + column + " AS TEXT), ',') FROM " + from +
			" AND x.issue_id = i.id AND x.deleted_at IS NULL)"
		if postgres {
			return list
		}
		return "CAST(" + list + " AS BLOB)"
	}
	var cols []string
	for _, c := range rowColumns {
		cols = append(cols, c.sql(postgres))
	}
	cols = append(cols, linkCount, attachmentCount, subIssueCount)
	if !ties {
		cols = append(cols, `(SELECT x.cycle_id FROM cycle_issues x WHERE x.issue_id = i.id AND x.deleted_at IS NULL LIMIT 1)`,
			list("x.label_id", "issue_labels x WHERE TRUE"),
			list("x.assignee_id", "issue_assignees x WHERE TRUE"),
			list("x.module_id", "module_issues x JOIN modules m ON m.id = x.module_id WHERE m.archived_at IS NULL"))
	}
	if description {
		cols = append(cols, "i.description_html")
	}
	return strings.Join(cols, ", ")
}

// rowLinks are a row's ties, where outlines know them.
type rowLinks struct {
	cycle                      *string
	labels, assignees, modules []string // sorted
}

// scanner reads rows; its destinations are made once.
type scanner struct {
	row                        Row
	labels, assignees, modules ids
	dest                       []any
}

func newScanner(description bool, extra ...any) *scanner {
	return newScannerBut(description, false, extra...)
}

func newScannerBut(description, ties bool, extra ...any) *scanner {
	s := &scanner{}
	r := &s.row
	for _, c := range rowColumns {
		s.dest = append(s.dest, c.dest(r))
	}
	s.dest = append(s.dest, &r.Links, &r.Attachments, &r.SubIssues)
	if !ties {
		s.dest = append(s.dest, null{&r.CycleID}, &s.labels, &s.assignees, &s.modules)
	}
	if description {
		s.dest = append(s.dest, (*text)(&r.DescriptionHTML))
	}
	s.dest = append(s.dest, extra...)
	return s
}

func (s *scanner) scan(rows *sql.Rows) (Row, error) {
	if err := rows.Scan(s.dest...); err != nil {
		return Row{}, fmt.Errorf("scan a work item: %w", err)
	}
	r := s.row
	r.Labels, r.Assignees, r.Modules = s.labels, s.assignees, s.modules
	return r, nil
}

// text keeps a string as the driver gave it; database/sql would copy it.
type text string

func (t *text) Scan(src any) error {
	switch v := src.(type) {
	case string:
		*t = text(v)
	case []byte:
		*t = text(v)
	default:
		return fmt.Errorf("issuelist: a text column holds %T", src)
	}
	return nil
}

// null is text that may be missing.
type null struct{ dest **string }

func (n null) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*n.dest = nil
	case string:
		*n.dest = &v
	case []byte:
		s := string(v)
		*n.dest = &s
	case time.Time: // a day, from Postgres
		s := v.Format(time.DateOnly)
		*n.dest = &s
	case int64, bool, float64: // of fields that only count
		s := fmt.Sprint(v)
		*n.dest = &s
	default:
		return fmt.Errorf("issuelist: a text column holds %T", src)
	}
	return nil
}

// day is a date that may be missing.
type day struct{ dest **store.Date }

func (d day) Scan(src any) error {
	var s *string
	err := null{&s}.Scan(src)
	*d.dest = (*store.Date)(s)
	return err
}

// ids are a list in one text, sorted; each once.
type ids []string

func (l *ids) Scan(src any) error {
	var s text
	if src != nil {
		if err := s.Scan(src); err != nil {
			return err
		}
	}
	switch {
	case s == "":
		*l = nil
	case strings.IndexByte(string(s), ',') < 0:
		*l = ids{string(s)}
	default:
		*l = strings.Split(string(s), ",")
		slices.Sort(*l)
		*l = slices.Compact(*l)
	}
	return nil
}

// Time is a moment in UTC as a database gave it: SQLite's text is mostly written out without ever being parsed.
type Time struct {
	text string
	at   time.Time
	set  bool // the first moment of the calendar is a time too
}

// sqliteTime is how our SQLite files have times.
const sqliteTime = "2006-01-02 15:04:05.999999999-07:00"

// Scan reads a time, a text of one, or NULL.
func (t *Time) Scan(src any) error {
	*t = Time{set: src != nil}
	switch v := src.(type) {
	case nil:
	case time.Time:
		t.at = store.NearestTime(store.Stamped(v))
	case string:
		t.text = v
	case []byte:
		t.text = string(v)
	default:
		return fmt.Errorf("issuelist: a time column holds %T", src)
	}
	return nil
}

// IsZero says whether there is none.
func (t Time) IsZero() bool { return !t.set }

// Time is the moment.
func (t Time) Time() time.Time {
	if t.text == "" {
		return t.at
	}
	at, err := time.Parse(sqliteTime, t.text) // what our own store wrote
	if err != nil {
		return store.ReadableTime(t.text)
	}
	return at.UTC()
}

// AppendUTC appends the moment as the wire has it in UTC: microseconds unless they are zero.
func (t Time) AppendUTC(b []byte) []byte {
	if len(t.text) < len("2006-01-02 15:04:05+00:00") || !strings.HasSuffix(t.text, "+00:00") || t.text[4] != '-' ||
		t.text[:4] == "0000" {
		at := t.Time()
		if at.Nanosecond()/1000 == 0 {
			return at.AppendFormat(b, "2006-01-02T15:04:05Z")
		}
		return at.AppendFormat(b, "2006-01-02T15:04:05.000000Z")
	}
	b = append(b, t.text[:10]...)
	b = append(b, 'T')
	b = append(b, t.text[11:19]...)
	if fraction := t.text[19 : len(t.text)-6]; fraction != "" {
		b = append(b, fraction[:min(len(fraction), 7)]...)
		for n := len(fraction); n < 7; n++ {
			b = append(b, '0')
		}
	}
	return append(b, 'Z')
}
