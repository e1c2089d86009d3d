package store

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
)

// AuditFilter says which entries of the audit log are wanted: those that fit all that is not empty.
type AuditFilter struct {
	Workspace, Project   string
	Actor                string
	Event, Category      string
	Outcome              string
	TargetType, TargetID string
	IP                   string
	From, Until          time.Time // of which Until is not among it
	Text                 string    // in any of the texts of the entry
	Named                []string  // ids of people who are called by the text
}

// Every says whether the filter lets every entry through.
func (f *AuditFilter) Every() bool {
	return f.Workspace+f.Project+f.Actor+f.Event+f.Category+f.Outcome+f.TargetType+f.TargetID+f.IP+f.Text == "" &&
		f.From.IsZero() && f.Until.IsZero()
}

// AuditPlace is a place in the log, between entries; zero: its beginning.
type AuditPlace struct {
	At       time.Time
	Sequence int64
}

// AuditOrder is in which order entries are read.
type AuditOrder struct {
	BySequence bool // in which they were sealed: none ever comes before one that was read; else by their times
	Newest     bool // newest first
}

// driver is the condition by which an index finds the entries, if there is one, and the others. The more selective of
// them is by which is looked; what is left is looked at row by row.
func (f *AuditFilter) driver() (by string, arg any, rest []string, args []any) {
	add := func(condition string, with ...any) {
		rest, args = append(rest, condition), append(args, with...)
	}
	for _, c := range []struct{ column, value, partial string }{
		{"target_id", f.TargetID, " AND target_id <> ''"}, {"ip", f.IP, " AND ip <> ''"},
		{"actor_id", f.Actor, " AND actor_id <> ''"}, {"project_id", f.Project, " AND project_id <> ''"},
		{"event", f.Event, ""}, {"target_type", f.TargetType, ""}, {"workspace_id", f.Workspace, " AND workspace_id <> ''"},
		{"category", f.Category, ""}} {
		switch {
		case c.value == "":
		case by == "":
			by, arg = c.column+" = ?"+c.partial, c.value
		default:
			add(c.column+" = ?", c.value)
		}
	}
	switch {
	case f.Outcome == "":
	case by == "" && f.Outcome == AuditFailure:
		by = "outcome <> 'success'"
	default:
		add("outcome = ?", f.Outcome)
	}
	return by, arg, rest, args
}

// AuditPage returns entries that fit, behind a place, at most so many, and the place behind what was looked at; more
// says whether there may be others. So that no page takes long, no more entries than looked are looked at for it: a
// page may be short, even empty, and the next one go on.
func AuditPage(t *Tx, f AuditFilter, o AuditOrder, behind AuditPlace, most, looked int) (page []AuditEntry,
	next AuditPlace, more bool, err error) {
	by, arg, rest, restArgs := f.driver()
	where, args := []string{}, []any{}
	if by != "" && !o.BySequence {
		where = append(where, by)
		if arg != nil {
			args = append(args, arg)
		}
	} else if by != "" {
		rest = append([]string{by}, rest...)
		if arg != nil {
			restArgs = append([]any{arg}, restArgs...)
		}
	}
	if !f.From.IsZero() {
		where, args = append(where, "at >= ?"), append(args, Stamped(f.From))
	}
	if !f.Until.IsZero() {
		where, args = append(where, "at < ?"), append(args, Stamped(f.Until))
	}
	way, than := "", ">"
	if o.Newest {
		way, than = " DESC", "<"
	}
	if behind.Sequence > 0 && o.BySequence {
		where, args = append(where, "sequence "+than+" ?"), append(args, behind.Sequence)
	} else if behind.Sequence > 0 {
		where = append(where, "(at, sequence) "+than+" (?, ?)")
		args = append(args, Stamped(behind.At), behind.Sequence)
	}
	if len(where) == 0 {
		where = []string{"1 = 1"}
	}
	order := "at" + way + ", sequence" + way
	if o.BySequence {
		order = "sequence" + way
	}
	fits := "1 = 1"
	if f.Text != "" {
		rest, restArgs = f.containing(t, rest, restArgs)
	}
	if len(rest) > 0 {
		fits = strings.Join(rest, " AND ")
	}
	query := "SELECT " + auditColumns + ", CASE WHEN " + fits + " THEN 1 ELSE 0 END FROM audit_entries WHERE " +
		strings.Join(where, " AND ") + " ORDER BY " + order + " LIMIT ?"
	if fits == "1 = 1" {
		looked = most + 1
	}
	return readAuditPage(t, query, append(append(restArgs, args...), looked), most, looked)
}

// containing adds that some text of the entry has the filter's in it.
func (f *AuditFilter) containing(t *Tx, rest []string, args []any) ([]string, []any) {
	var any []string
	for _, column := range []string{"event", "target_name", "target_id", "ip", "details"} {
		condition, pattern := ContainsSQL(column, f.Text, t.Postgres())
		any, args = append(any, condition), append(args, pattern)
	}
	for _, column := range []string{"actor_id", "target_id"} {
		if len(f.Named) > 0 {
			condition, ids := t.In(column, f.Named)
			if t.Postgres() {
				condition = column + " = ANY(?::text[])"
			}
			any, args = append(any, condition), append(args, ids)
		}
	}
	return append(rest, "("+strings.Join(any, " OR ")+")"), args
}

func readAuditPage(t *Tx, query string, args []any, most, looked int) (page []AuditEntry, next AuditPlace, more bool,
	err error) {
	page = []AuditEntry{}
	seen := 0
	rows, err := t.Rows(query, args...)
	if err != nil {
		return nil, next, false, fmt.Errorf("read the audit log: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if seen++; len(page) == most {
			return page, next, true, nil
		}
		var e AuditEntry
		var fits bool
		if err := rows.Scan(&e.Sequence, &e.ID, &e.EventID, &e.At, &e.Event, &e.Category, &e.Outcome, &e.ActorID,
			&e.WorkspaceID, &e.ProjectID, &e.TargetType, &e.TargetID, &e.TargetName, &e.IP, &e.Details, &e.Hash,
			&fits); err != nil {
			return nil, next, false, fmt.Errorf("read the audit log: %w", err)
		}
		next = AuditPlace{e.At, e.Sequence}
		if fits {
			page = append(page, e)
		}
	}
	return page, next, seen == looked, rows.Err()
}

// AuditEntryOf returns one entry; ErrNotFound when there is none with that id.
func AuditEntryOf(t *Tx, id string) (*AuditEntry, error) {
	e := &AuditEntry{}
	found := false
	err := t.Each("SELECT "+auditColumns+" FROM audit_entries WHERE id = ?", []any{id}, func(rows *sql.Rows) error {
		found = true
		return e.scan(rows)
	})
	if err == nil && !found {
		err = ErrNotFound
	}
	return e, err
}

// EachAudit calls visit for each entry from a number on, up to another, in the order of the chain.
func EachAudit(t *Tx, from, to int64, visit func(e *AuditEntry) error) error {
	var e AuditEntry
	err := t.Each("SELECT "+auditColumns+" FROM audit_entries WHERE sequence >= ? AND sequence <= ? ORDER BY sequence",
		[]any{from, to}, func(rows *sql.Rows) error {
			if err := e.scan(rows); err != nil {
				return err
			}
			return visit(&e)
		})
	if err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	return nil
}

// AuditBounds are the lowest and the highest number, and how many entries there are.
func AuditBounds(t *Tx) (first, last, n int64, err error) {
	err = t.One("SELECT COALESCE(MIN(sequence), 0), COALESCE(MAX(sequence), 0), COUNT(*) FROM audit_entries", nil,
		&first, &last, &n)
	return first, last, n, err
}

// AuditSeals returns the seals, the oldest first.
func AuditSeals(t *Tx) ([]AuditSeal, error) {
	seals := []AuditSeal{}
	err := t.Each("SELECT sequence, hash, at, tag FROM audit_seals ORDER BY sequence", nil, func(rows *sql.Rows) error {
		var s AuditSeal
		err := rows.Scan(&s.Sequence, &s.Hash, &s.At, &s.Tag)
		seals = append(seals, s)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the seals of the audit log: %w", err)
	}
	return seals, nil
}

// AuditSent is up to which number the log has been passed on to a sink; 0: nothing has.
func AuditSent(t *Tx, sink string) (sequence int64, err error) {
	err = t.Each("SELECT sequence FROM audit_sinks WHERE name = ?", []any{sink}, func(rows *sql.Rows) error {
		return rows.Scan(&sequence)
	})
	return sequence, err
}

// SetAuditSent notes up to which number the log has been passed on to a sink.
func SetAuditSent(t *Tx, sink string, sequence int64) error {
	_, err := t.Exec(`INSERT INTO audit_sinks (name, sequence) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET sequence = excluded.sequence`, sink, sequence)
	if err != nil {
		return fmt.Errorf("note what of the audit log was passed on: %w", err)
	}
	return nil
}

// PeopleCalled returns the ids of up to so many people whose address or name has a text in it.
func PeopleCalled(t *Tx, text string, most int) ([]string, error) {
	var ids []string
	q := Users.Query(t).Select("users.id").AndWhere(dbx.Or(Contains("users.email", text),
		Contains("users.display_name", text))).Limit(int64(most))
	if err := q.Column(&ids); err != nil {
		return nil, fmt.Errorf("look for people: %w", err)
	}
	return ids, nil
}
