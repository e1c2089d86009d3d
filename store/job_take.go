package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/store/db"
)

// Waiting is a job that somebody may take.
type Waiting struct {
	ID    int64
	Kind  string
	Host  string
	RunAt time.Time
}

// JobsDue lists up to n jobs of a kind that may be taken now, oldest first. Of a line it is the first one that is due:
// one that waits for another try lets the others pass.
func JobsDue(t *Tx, kind string, now time.Time, n int) ([]Waiting, error) {
	return waiting(t, kind, `SELECT j.id, j.host, j.run_at FROM jobs j
		WHERE j.kind = ? AND j.dead_at IS NULL AND j.run_at <= ? AND (j.leased_until IS NULL OR j.leased_until < ?)
		AND NOT EXISTS (SELECT 1 FROM jobs e WHERE e.kind = j.kind AND e.line = j.line AND e.id < j.id AND e.dead_at IS NULL AND e.run_at <= ?)
		ORDER BY j.run_at, j.id LIMIT ?`, kind, t.Now, now, t.Now, n)
}

// HeadsDue is JobsDue for a kind whose jobs all stand in lines and wait for those before them, whatever these wait for.
// It jumps from line to line: what waits behind the first of a line costs nothing. Of jobs with one host it is the
// oldest one, if nobody does any.
func HeadsDue(t *Tx, kind string, now time.Time, n int) ([]Waiting, error) {
	heads, err := waiting(t, kind, `WITH RECURSIVE lines (line) AS (
			SELECT MIN(line) FROM jobs WHERE kind = ? AND dead_at IS NULL AND line IS NOT NULL
			UNION ALL
			SELECT (SELECT MIN(j.line) FROM jobs j WHERE j.kind = ? AND j.dead_at IS NULL AND j.line > lines.line) FROM lines WHERE lines.line IS NOT NULL)
		SELECT j.id, j.host, j.run_at FROM lines JOIN jobs j ON j.id =
			(SELECT MIN(f.id) FROM jobs f WHERE f.kind = ? AND f.line = lines.line AND f.dead_at IS NULL)
		WHERE j.run_at <= ? AND (j.leased_until IS NULL OR j.leased_until < ?)
		AND NOT EXISTS (SELECT 1 FROM jobs b WHERE b.host = j.host AND b.leased_until IS NOT NULL AND b.leased_until >= ?)
		ORDER BY j.run_at, j.id LIMIT ?`, kind, kind, kind, t.Now, now, now, n)
	taken := map[string]bool{}
	return slices.DeleteFunc(heads, func(w Waiting) bool {
		again := w.Host != "" && taken[w.Host]
		taken[w.Host] = true
		return again
	}), err
}

func waiting(t *Tx, kind, query string, args ...any) ([]Waiting, error) {
	rows, err := t.Rows(query, args...)
	if err != nil {
		return nil, fmt.Errorf("look for jobs: %w", err)
	}
	defer rows.Close()
	var list []Waiting
	for rows.Next() {
		w := Waiting{Kind: kind}
		var host *string
		if err := rows.Scan(&w.ID, &host, &w.RunAt); err != nil {
			return nil, fmt.Errorf("look for jobs: %w", err)
		}
		if host != nil {
			w.Host = *host
		}
		list = append(list, w)
	}
	return list, db.Mark(rows.Err())
}

// TakeJobs takes those of the jobs that nobody else has taken meanwhile, in the order of their ids: until the lease is
// over they are the node's.
func TakeJobs(t *Tx, node string, ids []int64, now, until time.Time) ([]Job, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	skip := ""
	if t.Postgres() {
		skip = " ORDER BY id FOR UPDATE SKIP LOCKED"
	}
	args := []any{Stamped(until), node}
	for _, id := range ids {
		args = append(args, id)
	}
	// What a dead node has begun was no attempt.
	rows, err := t.Rows(`UPDATE jobs SET attempts = attempts + CASE WHEN leased_until IS NULL THEN 1 ELSE 0 END, leased_until = ?, leased_by = ?
		WHERE id IN (SELECT id FROM jobs WHERE id IN (?`+strings.Repeat(",?", len(ids)-1)+`) AND dead_at IS NULL AND run_at <= ?
			AND (leased_until IS NULL OR leased_until < ?)`+skip+`)
		RETURNING id, kind, payload, line, host, run_at, attempts, leased_by, created_at`, append(args, t.Now, now)...)
	if err != nil {
		return nil, fmt.Errorf("take jobs: %w", err)
	}
	defer rows.Close()
	var jobs []Job
	for rows.Next() {
		var j Job
		if err := rows.Scan(&j.ID, &j.Kind, &j.Payload, &j.Line, &j.Host, &j.RunAt, &j.Attempts, &j.LeasedBy,
			&j.CreatedAt); err != nil {
			return nil, fmt.Errorf("take jobs: %w", err)
		}
		jobs = append(jobs, j)
	}
	slices.SortFunc(jobs, func(a, b Job) int { return cmp.Compare(a.ID, b.ID) })
	return jobs, db.Mark(rows.Err())
}

// ListJobs lists up to n jobs (0: all), the dead before the others, by when they run.
func ListJobs(t *Tx, n int64) ([]Job, error) {
	q := Jobs.Query(t).OrderBy("(dead_at IS NULL)", "run_at", "id")
	if n > 0 {
		q.Limit(n)
	}
	list := []Job{}
	if err := q.All(&list); err != nil {
		return nil, fmt.Errorf("list jobs: %w", db.Mark(err))
	}
	return list, nil
}

// Backlog is how many jobs of a kind there are, and how late they are.
type Backlog struct {
	Kind    string     `json:"kind"`
	Due     int        `json:"due"`     // could be done now
	Taken   int        `json:"taken"`   // are being done
	Lapsed  int        `json:"lapsed"`  // were being done by a process that died
	Later   int        `json:"later"`   // wait for their time, or for one of their line that does
	Dead    int        `json:"dead"`    // have failed for good
	Since   *time.Time `json:"since"`   // when the oldest one that could be done became due
	Waiting int        `json:"waiting"` // all but the dead
}

// Backlogs counts the jobs by kind.
func Backlogs(t *Tx, now time.Time) ([]Backlog, error) {
	const due = `dead_at IS NULL AND leased_until IS NULL AND run_at <= ? AND NOT EXISTS
		(SELECT 1 FROM jobs e WHERE e.kind = jobs.kind AND e.line = jobs.line AND e.id < jobs.id AND e.dead_at IS NULL AND e.run_at > ?)`
	count := func(condition string) string { return "SUM(CASE WHEN " + condition + " THEN 1 ELSE 0 END)" }
	rows, err := t.Rows(`SELECT kind, `+count(due)+`, `+count("dead_at IS NULL AND leased_until >= ?")+`, `+
		count("dead_at IS NULL AND leased_until < ?")+`, `+count("dead_at IS NOT NULL")+
		`, COUNT(*) FROM jobs GROUP BY kind ORDER BY kind`, t.Now, t.Now, now, now)
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	defer rows.Close()
	list := []Backlog{}
	for rows.Next() {
		var b Backlog
		if err := rows.Scan(&b.Kind, &b.Due, &b.Taken, &b.Lapsed, &b.Dead, &b.Waiting); err != nil {
			return nil, fmt.Errorf("count jobs: %w", err)
		}
		b.Waiting -= b.Dead
		b.Later = b.Waiting - b.Due - b.Taken - b.Lapsed
		list = append(list, b)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("count jobs: %w", db.Mark(err))
	}
	for i := range list {
		if list[i].Due == 0 {
			continue
		}
		var since time.Time
		err := t.One(`SELECT run_at FROM jobs WHERE kind = ? AND `+due+` ORDER BY run_at LIMIT 1`,
			[]any{list[i].Kind, t.Now, t.Now}, &since)
		if err == nil {
			list[i].Since = &since
		} else if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	return list, nil
}
