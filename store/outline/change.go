package outline

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/store"
)

// mark is a moment in the order of changes. On SQLite that is the number of the last one. On Postgres, where numbers
// become visible in no order, it is what could be seen: a snapshot.
type mark struct {
	number   int64
	snapshot string
}

// Changes are kept for keptFor; who has not followed them for followed may have missed some, and begins anew.
const (
	keptFor  = 6 * time.Hour
	followed = keptFor / 2
)

// mostChanges are told; of more, all is read anew.
const mostChanges = 20_000

// now answers the mark of now.
func now(t *store.Tx) (m mark, err error) {
	if t.Postgres() {
		err = t.One("SELECT CAST(pg_current_snapshot() AS TEXT)", nil, &m.snapshot)
	} else {
		err = t.One("SELECT COALESCE(MAX(id), 0) FROM issue_changes", nil, &m.number)
	}
	if err != nil {
		return m, fmt.Errorf("look for changes: %w", err)
	}
	return m, nil
}

// changes are what changed since a mark: perhaps more than that, never less.
type changes struct {
	issues map[string]map[uuid.UUID]bool // by project
	many   bool                          // too many to be told
	mark   mark                          // to go on from
}

func changesSince(t *store.Tx, since mark) (c changes, err error) {
	if c.mark, err = now(t); err != nil || c.mark == since {
		return c, err
	}
	query := "SELECT issue_id, project_id FROM issue_changes WHERE id > ? AND id <= ? LIMIT ?"
	args := []any{since.number, c.mark.number, mostChanges + 1}
	if t.Postgres() {
		query = `SELECT CAST(issue_id AS TEXT), CAST(project_id AS TEXT) FROM issue_changes
			WHERE xid >= pg_snapshot_xmin(CAST(? AS pg_snapshot)) AND NOT pg_visible_in_snapshot(xid, CAST(? AS pg_snapshot)) LIMIT ?`
		args = []any{since.snapshot, since.snapshot, mostChanges + 1}
	}
	rows, err := t.Rows(query, args...)
	if err != nil {
		return c, fmt.Errorf("read changes: %w", err)
	}
	defer rows.Close()
	c.issues = map[string]map[uuid.UUID]bool{}
	for n := 0; rows.Next(); n++ {
		if c.many = n == mostChanges; c.many {
			break
		}
		var issue uuid.UUID
		var project string
		if err := rows.Scan(&issue, &project); err != nil {
			return c, fmt.Errorf("read changes: %w", err)
		}
		if c.issues[project] == nil {
			c.issues[project] = map[uuid.UUID]bool{}
		}
		c.issues[project][issue] = true
	}
	return c, rows.Err()
}

// Sweep forgets the changes that everybody has followed. On SQLite the last one stays, so that numbers go on.
func Sweep(t *store.Tx) error {
	query, before := "DELETE FROM issue_changes WHERE id < COALESCE((SELECT id FROM issue_changes WHERE at >= ? ORDER BY id LIMIT 1), (SELECT MAX(id) FROM issue_changes))",
		any(t.Now.Add(-keptFor).UTC().Format(time.DateTime)) // as CURRENT_TIMESTAMP writes it
	if t.Postgres() {
		query, before = "DELETE FROM issue_changes WHERE at < ?", t.Now.Add(-keptFor)
	}
	if _, err := t.Exec(query, before); err != nil {
		return fmt.Errorf("forget old changes: %w", err)
	}
	return nil
}
