package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sailplane/sailplane/store/db"
)

// Stale is rows of one table that may go for good.
type Stale struct {
	Table string
	key   string // the column by which they are named
	file  string // the column with the key of a file that goes with the row; empty: none has one
	empty bool   // the row stays, without its file
	mark  bool   // the row stays, as one that is deleted
	where string
	args  []any
	still bool // whether that is asked again when they go, because somebody may have changed them meanwhile
}

// StaleRow is a row that may go, and the key of the file that has to go before it; empty: none.
type StaleRow struct {
	key  any
	File string
}

// StaleSince is rows of which the time in a column is before then.
func StaleSince(table, key, column string, then time.Time) Stale {
	return Stale{Table: table, key: key, where: column + " < ?", args: []any{Stamped(then)}, still: true}
}

// StaleDeleted is rows that were deleted before then; those of files, with the files.
func StaleDeleted(table string, then time.Time) Stale {
	s := StaleSince(table, "id", "deleted_at", then)
	if table == FileAssets.Name {
		s.file = "asset"
	}
	return s
}

// Belongings is what goes for good with rows of a table that may: removed step by step, it is gone before they are.
// Files are not among it: no row of them goes with another one.
func Belongings(ctx context.Context, d *DB, of Stale) ([]Stale, error) {
	tables, err := d.Cascades(ctx, of.Table)
	if err != nil {
		return nil, err
	}
	owners, err := of.Find(ctx, d, mostOwners)
	if err != nil {
		return nil, err
	}
	var all []Stale
	for _, owner := range owners {
		for _, c := range tables {
			all = append(all, Stale{Table: c.Table, key: "id", where: `"` + c.Column + `" = ?`, args: []any{owner.key}})
		}
	}
	return all, nil
}

// mostOwners is of how many rows the belongings are listed at a time.
const mostOwners = 1000

// living is rows of a table that are marked as deleted, instead of going for good, if they are not yet.
func living(table, where string, args ...any) Stale {
	return Stale{Table: table, key: "id", where: "deleted_at IS NULL AND " + where, args: args, still: true, mark: true}
}

// StaleDeliveries is what webhooks were told before then; what waits to be told stays.
func StaleDeliveries(then time.Time) Stale {
	return Stale{Table: "webhook_deliveries", key: "id", where: "created_at < ? AND status <> 'waiting'",
		args: []any{Stamped(then)}, still: true}
}

// StaleExports is exports that were begun by then and have a file, deleted ones too: only the files go.
func StaleExports(then time.Time) Stale {
	return Stale{Table: Exporters.Name, key: "id", file: "key", empty: true, where: `"key" <> '' AND created_at <= ?`,
		args: []any{Stamped(then)}, still: true}
}

// StaleUploads is files that were begun before then and never confirmed.
func StaleUploads(then time.Time) Stale {
	return Stale{Table: FileAssets.Name, key: "id", file: "asset", where: "NOT is_uploaded AND created_at < ?",
		args: []any{Stamped(then)}, still: true}
}

// StaleVersions is versions of a text, whose table names their text in the column of: all but the newest most (0: any
// number stays), and those that were saved before then, but never the newest one.
func StaleVersions(table, of string, most int, then time.Time) Stale {
	s := Stale{Table: table, key: "id"}
	if most > 0 {
		s.where = fmt.Sprintf(
			`id IN (SELECT v.id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY %[2]s ORDER BY last_saved_at DESC, id DESC) AS nth
			FROM %[1]s WHERE %[2]s IN (SELECT %[2]s FROM %[1]s GROUP BY %[2]s HAVING COUNT(*) > ?)) v WHERE v.nth > ?)`,
			table,
			of,
		)
		s.args = []any{most, most}
		return s
	}
	s.where = fmt.Sprintf(
		`id IN (SELECT v.id FROM (SELECT id, last_saved_at, ROW_NUMBER() OVER (PARTITION BY %[2]s ORDER BY last_saved_at DESC, id DESC) AS nth
		FROM %[1]s WHERE %[2]s IN (SELECT %[2]s FROM %[1]s GROUP BY %[2]s HAVING COUNT(*) > 1 AND MIN(last_saved_at) < ?)) v WHERE v.nth > 1 AND v.last_saved_at < ?)`,
		table,
		of,
	)
	s.args = []any{Stamped(then), Stamped(then)}
	return s
}

// StaleHistory is what happened, before then, to work items that are gone for good.
func StaleHistory(then time.Time) Stale {
	return Stale{Table: IssueActivities.Name, key: "id", where: "issue_id IS NULL AND created_at < ?",
		args: []any{Stamped(then)}, still: true}
}

// StaleNumbers is numbers of work items that are gone for good. The highest of a project stays: the next one follows
// it.
func StaleNumbers() Stale {
	return Stale{
		Table: IssueSequences.Name,
		key:   "id",
		where: `issue_id IS NULL AND EXISTS (SELECT 1 FROM issue_sequences higher
		WHERE higher.project_id = issue_sequences.project_id AND higher.sequence > issue_sequences.sequence)`,
	}
}

// StaleDescriptions is texts, written before then, of comments that are gone for good.
func StaleDescriptions(then time.Time) Stale {
	return Stale{
		Table: Descriptions.Name,
		key:   "id",
		where: `created_at < ? AND NOT EXISTS (SELECT 1 FROM issue_comments c
		WHERE c.description_id = descriptions.id)`,
		args: []any{Stamped(then)},
	}
}

// StaleJobs is jobs that failed for good before then.
func StaleJobs(then time.Time) Stale { return StaleSince(Jobs.Name, "id", "dead_at", then) }

// Find returns up to so many of the rows. The search takes no writer's time.
func (s Stale) Find(ctx context.Context, d *DB, most int) ([]StaleRow, error) {
	file := "''"
	if s.file != "" {
		file = `"` + s.file + `"`
	}
	rows, err := d.Read(ctx).Rows(`SELECT `+s.key+`, `+file+` FROM "`+s.Table+`" WHERE `+s.where+" LIMIT ?",
		append(s.args[:len(s.args):len(s.args)], most)...)
	if err != nil {
		return nil, fmt.Errorf("look for what may go of %s: %w", s.Table, err)
	}
	defer rows.Close()
	var found []StaleRow
	for rows.Next() {
		var r StaleRow
		if err := rows.Scan(&r.key, &r.File); err != nil {
			return nil, fmt.Errorf("look for what may go of %s: %w", s.Table, err)
		}
		found = append(found, r)
	}
	return found, db.Mark(rows.Err())
}

// Remove removes the rows, with what refers to them, and returns how many were still there to go.
func (s Stale) Remove(t *Tx, rows []StaleRow) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	statement := `DELETE FROM "` + s.Table + `"`
	where := s.key + " IN (?" + strings.Repeat(",?", len(rows)-1) + ")"
	args := make([]any, 0, len(rows)+len(s.args)+1)
	switch {
	case s.empty:
		statement = `UPDATE "` + s.Table + `" SET "` + s.file + `" = ''`
	case s.mark:
		statement = `UPDATE "` + s.Table + `" SET deleted_at = ?`
		args = append(args, t.Now)
	}
	for _, r := range rows {
		args = append(args, r.key)
	}
	if s.still {
		where, args = where+" AND "+s.where, append(args, s.args...)
	}
	if s.mark {
		where = t.InOrder(s.Table, where)
		if db.Remembered(s.Table) {
			t.ForgetAll()
		}
	}
	statement += " WHERE " + where
	r, err := t.Exec(statement, args...)
	if err != nil {
		return 0, fmt.Errorf("remove rows of %s: %w", s.Table, err)
	}
	return r.RowsAffected()
}
