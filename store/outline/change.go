package outline

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/store"
)

// mark is a moment in the order of changes. On SQLite that is the number of the last one. On Postgres, where numbers
// become visible in no order, it is a transaction before which all had ended, and what exactly could be seen.
type mark struct {
	at   int64
	seen string
}

// changes are what changed since a mark: perhaps more than that, never less.
type changes struct {
	issues map[string]map[uuid.UUID]bool // by project
	lost   bool                          // some can't be told any more, or are too many
	mark   mark                          // to go on from
}

// mostChanges are told; of more, all is read anew.
const mostChanges = 20_000

const (
	markSQLite   = "SELECT COALESCE((SELECT MAX(id) FROM issue_changes), 0), '', COALESCE((SELECT MIN(id) FROM issue_changes), 1) - 1"
	markPostgres = `SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT), CAST(pg_current_snapshot() AS TEXT),
		CAST(CAST((SELECT xid FROM issue_changes ORDER BY xid LIMIT 1) AS TEXT) AS BIGINT)`
)

// marks answers the mark of now, and the earliest one since when all changes are known; nil when none is known.
func marks(t *store.Tx) (now mark, earliest *int64, err error) {
	query := markSQLite
	if t.Postgres() {
		query = markPostgres
	}
	if err := t.One(query, nil, &now.at, &now.seen, &earliest); err != nil {
		return mark{}, nil, fmt.Errorf("look for changes: %w", err)
	}
	return now, earliest, nil
}

func changesSince(t *store.Tx, since mark) (changes, error) {
	now, earliest, err := marks(t)
	c := changes{mark: now}
	if err != nil || now == since {
		return c, err
	}
	if earliest != nil && *earliest > since.at {
		c.lost = true
		return c, nil
	}
	query := "SELECT issue_id, project_id FROM issue_changes WHERE id > ? AND id <= ? LIMIT ?"
	args := []any{since.at, now.at, mostChanges + 1}
	if t.Postgres() {
		query = "SELECT CAST(issue_id AS TEXT), CAST(project_id AS TEXT) FROM issue_changes WHERE xid >= CAST(CAST(? AS TEXT) AS xid8) LIMIT ?"
		args = []any{fmt.Sprint(since.at), mostChanges + 1}
	}
	rows, err := t.Rows(query, args...)
	if err != nil {
		return c, fmt.Errorf("read changes: %w", err)
	}
	defer rows.Close()
	c.issues = map[string]map[uuid.UUID]bool{}
	for n := 0; rows.Next(); n++ {
		if c.lost = n == mostChanges; c.lost {
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

// kept is how many changes are kept for those who follow.
const kept = 50_000

// Sweep forgets the oldest changes.
func Sweep(t *store.Tx) error {
	query := "DELETE FROM issue_changes WHERE id <= (SELECT MAX(id) FROM issue_changes) - ?"
	if t.Postgres() {
		query = "DELETE FROM issue_changes WHERE xid < (SELECT xid FROM issue_changes ORDER BY xid DESC OFFSET ? LIMIT 1)"
	}
	if _, err := t.Exec(query, kept); err != nil {
		return fmt.Errorf("forget old changes: %w", err)
	}
	return nil
}
