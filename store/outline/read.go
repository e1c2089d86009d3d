package outline

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/store"
)

// row is a work item as it was read.
type row struct {
	item   Issue
	ties   []Link
	values []Value
}

// linkTables are where ties are read from, by their kind.
var linkTables = [...]struct{ table, column string }{
	Labels:      {"issue_labels", "label_id"},
	Assignees:   {"issue_assignees", "assignee_id"},
	Subscribers: {"issue_subscribers", "subscriber_id"},
	Cycles:      {"cycle_issues", "cycle_id"},
	Modules:     {"module_issues", "module_id"},
}

// linkLetters mark the kinds in a text.
const linkLetters = "LASCM"

const (
	uuidLength = 36
	linkLength = 1 + uuidLength + 1
	fieldCount = 15
)

// statement reads work items of a project: one text a work item, since a column of its own for everything costs more
// than finding it, and the sort_order, which has more digits than its text.
func statement(postgres bool) string {
	fields := []string{"i.id", "i.state_id", "i.priority", "i.created_by_id", "i.estimate_point_id",
		"CASE WHEN i.parent_id IS NULL THEN '' ELSE 'x' END", "i.start_date", "i.target_date", "i.created_at", "i.updated_at",
		"i.completed_at", "i.sequence_id", "i.type_id"}
	for n, f := range fields {
		fields[n] = "COALESCE(CAST(" + f + " AS TEXT), '')"
	}
	for kind, t := range linkTables {
		fields = append(
			fields,
			fmt.Sprintf(
				"COALESCE((SELECT string_agg('%c' || CAST(x.%s AS TEXT) || CASE WHEN x.deleted_at IS NULL THEN '+' ELSE '-' END, '')"+
					" FROM %s x WHERE x.issue_id = i.id), '')",
				linkLetters[kind],
				t.column,
				t.table,
			),
		)
	}
	whole := strings.Join(fields[:fieldCount-2], " || '|' || ") + " || '|' || " + strings.Join(fields[fieldCount-2:],
		" || ")
	whole += " || '|' || " + valuesField(postgres)
	if !postgres {
		whole = "CAST(" + whole + " AS BLOB)" // the driver takes every text for a time otherwise
	}
	return "SELECT " + whole +
		", i.sort_order FROM issues i WHERE i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft"
}

// Values cross over as the property, a letter for the kind, and the rest; texts in hexadecimal digits, since anything
// may stand in them.
const (
	valueEnd    = ";"
	numberMark  = 'n'
	textMark    = 't'
	refMark     = 'r'
	valueLength = uuidLength + 1
)

func valuesField(postgres bool) string {
	text, number := "hex(substr(v.text, 1, 64))", "printf('%!.17g', v.number)" // a plain text of it has 15 digits
	if postgres {
		number = "CAST(v.number AS TEXT)"
		text = "encode(convert_to(substr(v.text, 1, 64), 'UTF8'), 'hex')"
	}
	return "COALESCE((SELECT string_agg(CAST(v.property_id AS TEXT) || CASE WHEN v.number IS NOT NULL THEN 'n' || " + number +
		" WHEN v.text IS NOT NULL THEN 't' || " + text +
		" ELSE 'r' || CAST(COALESCE(v.option_id, v.user_id, v.related_issue_id, v.file_id) AS TEXT) END, '" + valueEnd + "')" +
		" FROM issue_property_values v WHERE v.issue_id = i.id AND v.deleted_at IS NULL), '')"
}

// value reads what valuesField writes; n.mu is held.
func (n *Names) value(text string) (v Value, err error) {
	if len(text) < valueLength {
		return v, fmt.Errorf("a value in %q", text)
	}
	v.Property = n.ref(text[:uuidLength])
	switch rest := text[valueLength:]; text[uuidLength] {
	case numberMark:
		v.Number, err = strconv.ParseFloat(rest, 64)
	case textMark:
		var plain []byte
		plain, err = hex.DecodeString(rest)
		v.Ref = n.ref(string(plain))
	case refMark:
		v.Ref = n.ref(rest)
	}
	return v, err
}

// read hands over the living ones of those work items of the project, or all of them, newest first, as long as they are
// wanted. The row is used again.
func (o *Outline) read(t *store.Tx, only []uuid.UUID, each func(*row) bool) error {
	query, args := statement(t.Postgres()), []any{o.Project}
	switch {
	case only == nil:
		query += " AND i.project_id = ?"
	case t.Postgres():
		query, args = query+" AND i.project_id = ? AND i.id = ANY(?)", append(args, texts(only))
	default: // SQLite would go through the project to find them
		list, _ := json.Marshal(texts(only)) // strings always encode
		query, args = query+" AND +i.project_id = ? AND i.id IN (SELECT value FROM json_each(?))", append(
			args,
			string(list),
		)
	}
	rows, err := t.Rows(query+" ORDER BY i.created_at DESC, i.id DESC", args...)
	if err != nil {
		return fmt.Errorf("outline a project: %w", err)
	}
	defer rows.Close()
	var r row
	var text sql.RawBytes
	var order float64
	for rows.Next() {
		if err := rows.Scan(&text, &order); err != nil {
			return fmt.Errorf("outline a project: %w", err)
		}
		if err := o.names.parse(string(text), &r); err != nil {
			return fmt.Errorf("outline a work item: %w", err)
		}
		r.item.SortOrder = order
		if !each(&r) {
			return nil
		}
	}
	return rows.Err()
}

func texts(ids []uuid.UUID) []string {
	list := make([]string, len(ids))
	for n, id := range ids {
		list[n] = id.String()
	}
	return list
}

// parse reads what statement writes.
func (n *Names) parse(text string, r *row) error {
	f := strings.Split(text, "|")
	if len(f) != fieldCount {
		return fmt.Errorf("%d fields in %q", len(f), text)
	}
	id, err := uuid.Parse(f[0])
	if err != nil {
		return err
	}
	sequence, err := strconv.ParseInt(f[11], 10, 32)
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	r.ties, r.values = r.ties[:0], r.values[:0]
	r.item = Issue{ID: id, State: n.ref(f[1]), CreatedBy: n.ref(f[3]), Estimate: n.ref(f[4]),
		Type:     n.ref(f[12]),
		Priority: uint8(len(Priorities)), Child: f[5] != "", Start: Day(f[6]), Target: Day(f[7]), Created: moment(f[8]),
		Updated: moment(f[9]), Completed: moment(f[10]), Sequence: int32(sequence)}
	if place := slices.Index(Priorities, f[2]); place >= 0 {
		r.item.Priority = uint8(place)
	}
	for ties := f[13]; len(ties) >= linkLength; ties = ties[linkLength:] {
		kind := Kind(strings.IndexByte(linkLetters, ties[0]))
		r.ties = append(r.ties, newLink(kind, n.ref(ties[1:1+uuidLength]), ties[linkLength-1] == '-'))
	}
	for one := range strings.SplitSeq(f[14], valueEnd) {
		if one == "" {
			continue
		}
		v, err := n.value(one)
		if err != nil {
			return err
		}
		r.values = append(r.values, v)
	}
	return nil
}

// moment reads a time as either database writes it, in UTC; None when there is none.
func moment(text string) int64 {
	if len(text) < len(time.DateTime) {
		return None
	}
	at, err := time.Parse(time.DateTime, text[:len(time.DateTime)])
	if err != nil {
		return None
	}
	micros := at.UnixMicro()
	if rest := text[len(time.DateTime):]; strings.HasPrefix(rest, ".") {
		scale := int64(100_000)
		for _, c := range rest[1:] {
			if c < '0' || c > '9' {
				break
			}
			micros += int64(c-'0') * scale
			scale /= 10
		}
	}
	return micros
}
