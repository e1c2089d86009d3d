package outline

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/store"
)

// mark is a moment in the order of changes. On SQLite that is the number of the last one. On Postgres, where numbers
// become visible in no order, it is what could be seen: a snapshot.
type mark struct {
	number   int64
	snapshot string
	oldest   uint64 // the transaction of the oldest change that was kept then, on Postgres
}

// keptFor is how long changes are kept at least.
const keptFor = 6 * time.Hour

// now returns the mark of now. An unqualified xid in ORDER BY would be the text of the result, which no index has, and
// in which 10 comes before 9.
func now(t *store.Tx) (m mark, err error) {
	if t.Postgres() {
		err = t.One("SELECT CAST(pg_current_snapshot() AS TEXT), "+
			"COALESCE((SELECT CAST(c.xid AS TEXT) FROM issue_changes c ORDER BY c.xid LIMIT 1), '0')", nil, &m.snapshot, &m.oldest)
	} else {
		err = t.One("SELECT COALESCE(MAX(id), 0) FROM issue_changes", nil, &m.number)
	}
	if err != nil {
		return m, fmt.Errorf("look for changes: %w", err)
	}
	return m, nil
}

// changes are what changed between two marks: perhaps more than that, never less.
type changes struct {
	issues map[string]map[uuid.UUID]bool // by project, not all of very many
	missed bool                          // some may have been forgotten before they were read
}

// changesSince reads the changes of projects between two marks. Whether older ones were forgotten already is seen in
// the same statement, and not by any clock: that of a machine that was suspended does not know of it.
func changesSince(t *store.Tx, since, until mark, projects []string) (c changes, err error) {
	list, arg := t.In("project_id", projects)
	query := `SELECT issue_id, project_id FROM issue_changes WHERE id > ? AND id <= ? AND ` + list + `
		UNION ALL SELECT '', '' WHERE NOT EXISTS (SELECT 1 FROM issue_changes WHERE id <= ?)`
	args := []any{since.number, until.number, arg, since.number + 1}
	if t.Postgres() {
		query = `SELECT CAST(issue_id AS TEXT), CAST(project_id AS TEXT) FROM issue_changes
			WHERE xid >= pg_snapshot_xmin(CAST(? AS pg_snapshot)) AND NOT pg_visible_in_snapshot(xid, CAST(? AS pg_snapshot)) AND ` + list + `
			UNION ALL (SELECT CAST(c.xid AS TEXT), '' FROM issue_changes c ORDER BY c.xid LIMIT 1)`
		args = []any{since.snapshot, since.snapshot, arg}
	}
	rows, err := t.Rows(query, args...)
	if err != nil {
		return c, fmt.Errorf("read changes: %w", err)
	}
	defer rows.Close()
	c.issues, c.missed = map[string]map[uuid.UUID]bool{}, until.number < since.number
	for rows.Next() {
		var issue, project string
		if err := rows.Scan(&issue, &project); err != nil {
			return c, fmt.Errorf("read changes: %w", err)
		}
		if project == "" {
			c.missed = c.missed || since.before(issue)
			continue
		}
		if err := c.add(project, issue); err != nil {
			return c, fmt.Errorf("read changes: %w", err)
		}
	}
	return c, rows.Err()
}

// before says whether changes that came after the mark may have been forgotten, now that this is the oldest one that is
// kept: those with lower transactions were, if there were any. All that the mark's snapshot saw as ended it has seen.
func (m mark) before(oldest string) bool {
	if m.snapshot == "" { // SQLite has looked itself
		return true
	}
	ended, _, _ := strings.Cut(m.snapshot, ":")
	kept, err := strconv.ParseUint(oldest, 10, 64)
	seen, failed := strconv.ParseUint(ended, 10, 64)
	return err != nil || failed != nil || kept > max(seen, m.oldest)
}

func (c *changes) add(project, issue string) error {
	ids := c.issues[project]
	if ids == nil {
		ids = map[uuid.UUID]bool{}
		c.issues[project] = ids
	}
	if len(ids) > mostChanges {
		return nil
	}
	id, err := uuid.Parse(issue)
	ids[id] = true
	return err
}

// Sweep forgets up to so many of the changes that everybody has followed, oldest first, and returns how many: what came
// before the last one that is older than keptFor, in the order in which changes are followed. That one stays, so that
// whoever was away sees that something is missing.
func Sweep(t *store.Tx, most int) (int64, error) {
	query, before := `DELETE FROM issue_changes WHERE id IN (SELECT id FROM issue_changes
			WHERE id < (SELECT id FROM issue_changes WHERE at < ? ORDER BY id DESC LIMIT 1) ORDER BY id LIMIT ?)`,
		any(t.Now.Add(-keptFor).UTC().Format(time.DateTime)) // as CURRENT_TIMESTAMP writes it
	if t.Postgres() {
		query, before = `DELETE FROM issue_changes WHERE id IN (SELECT id FROM issue_changes WHERE xid < (SELECT xid FROM issue_changes
			WHERE at < ? AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid DESC LIMIT 1) ORDER BY xid LIMIT ?)`,
			t.Now.Add(-keptFor)
	}
	r, err := t.Exec(query, before, most)
	if err != nil {
		return 0, fmt.Errorf("forget old changes: %w", err)
	}
	return r.RowsAffected()
}
