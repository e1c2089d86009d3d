package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
)

// Job is a row of jobs: work that a change left behind, done at least once.
type Job struct {
	ID          int64      `db:"id" json:"id"`
	Kind        string     `db:"kind" json:"kind"`
	Payload     JSON       `db:"payload" json:"payload"`
	RunAt       time.Time  `db:"run_at" json:"run_at"`
	Attempts    int        `db:"attempts" json:"attempts"` // begun so far
	LeasedUntil *time.Time `db:"leased_until" json:"leased_until"`
	LastError   string     `db:"last_error" json:"last_error"`
	DeadAt      *time.Time `db:"dead_at" json:"dead_at"` // nobody tries again unless told to
	CreatedAt   time.Time  `db:"created_at" json:"created_at"`
}

// Jobs is the table of Job rows.
var Jobs = NewTable[Job]("jobs")

// Enqueue leaves a job to be done once this transaction has committed. The payload is kept as JSON.
func (t *Tx) Enqueue(kind string, payload any) error { return t.EnqueueAt(t.Now, kind, payload) }

// EnqueueAt leaves a job for a later time.
func (t *Tx) EnqueueAt(at time.Time, kind string, payload any) error {
	return t.enqueue(at, kind, []any{payload})
}

// EnqueueAll leaves a job for each payload.
func (t *Tx) EnqueueAll(kind string, payloads []any) error { return t.enqueue(t.Now, kind, payloads) }

func (t *Tx) enqueue(at time.Time, kind string, payloads []any) error {
	if len(payloads) == 0 {
		return nil
	}
	jobs := make([]*Job, len(payloads))
	for i, payload := range payloads {
		doc, err := json.Marshal(payload)
		if err != nil {
			return fmt.Errorf("job %s: %w", kind, err)
		}
		jobs[i] = &Job{Kind: kind, Payload: doc, RunAt: Stamped(at)}
	}
	if err := Jobs.Insert(t, jobs...); err != nil {
		return fmt.Errorf("job %s: %w", kind, err)
	}
	t.After(func() { t.db.Wake() })
	return nil
}

// JobsDue says whether any job waits that nobody has taken.
func JobsDue(t *Tx) (bool, error) {
	var n int
	err := t.One(`SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE dead_at IS NULL AND run_at <= ?
		AND (leased_until IS NULL OR leased_until < ?) LIMIT 1) due`, []any{t.Now, t.Now}, &n)
	return n > 0, err
}

// ClaimJobs takes up to n due jobs for the length of a lease, oldest first: until it is over nobody else takes them,
// and when the taker dies somebody does.
func ClaimJobs(t *Tx, n int, lease time.Duration) ([]Job, error) {
	skip := ""
	if t.Postgres() {
		skip = " FOR UPDATE SKIP LOCKED"
	}
	rows, err := t.Rows(`UPDATE jobs SET leased_until = ?, attempts = attempts + 1 WHERE id IN (
			SELECT id FROM jobs WHERE dead_at IS NULL AND run_at <= ? AND (leased_until IS NULL OR leased_until < ?)
			ORDER BY run_at, id LIMIT ?`+skip+`)
		RETURNING id, kind, payload, run_at, attempts, created_at`, t.Now.Add(lease), t.Now, t.Now, n)
	if err != nil {
		return nil, fmt.Errorf("claim jobs: %w", err)
	}
	defer rows.Close()
	var jobs []Job
	for rows.Next() {
		var j Job
		if err := rows.Scan(&j.ID, &j.Kind, &j.Payload, &j.RunAt, &j.Attempts, &j.CreatedAt); err != nil {
			return nil, fmt.Errorf("claim jobs: %w", err)
		}
		jobs = append(jobs, j)
	}
	// No engine promises the order of RETURNING, and Postgres keeps none.
	slices.SortFunc(jobs, func(a, b Job) int { return cmp.Or(a.RunAt.Compare(b.RunAt), cmp.Compare(a.ID, b.ID)) })
	return jobs, mark(rows.Err())
}

// FinishJobs removes jobs that are done.
func FinishJobs(t *Tx, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	_, err := t.Exec("DELETE FROM jobs WHERE id IN (?"+strings.Repeat(",?", len(ids)-1)+")", args...)
	return err
}

// FailJob notes why a job failed: it runs again at that time, or, with a zero time, is dead.
func FailJob(t *Tx, id int64, cause string, again time.Time) error {
	if again.IsZero() {
		_, err := t.Exec("UPDATE jobs SET leased_until = NULL, last_error = ?, dead_at = ? WHERE id = ?", cause, t.Now, id)
		return err
	}
	_, err := t.Exec("UPDATE jobs SET leased_until = NULL, last_error = ?, run_at = ? WHERE id = ?", cause, Stamped(again), id)
	return err
}

// RetryJobs makes dead jobs due again: the one with that id, or all with 0. It answers how many.
func RetryJobs(t *Tx, id int64) (int64, error) {
	r, err := t.Exec("UPDATE jobs SET dead_at = NULL, attempts = 0, run_at = ? WHERE dead_at IS NOT NULL AND (id = ? OR ? = 0)", t.Now, id, id)
	if err != nil {
		return 0, err
	}
	t.After(func() { t.db.Wake() })
	return r.RowsAffected()
}

// DropJobs removes dead jobs: the one with that id, or all with 0. It answers how many.
func DropJobs(t *Tx, id int64) (int64, error) {
	r, err := t.Exec("DELETE FROM jobs WHERE dead_at IS NOT NULL AND (id = ? OR ? = 0)", id, id)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// JobLag says how many jobs wait and since when the oldest one that is due has waited; zero when none is.
func JobLag(t *Tx) (waiting int, oldest time.Duration, err error) {
	waiting, err = Jobs.Count(t, dbx.HashExp{"dead_at": nil})
	if err != nil || waiting == 0 {
		return waiting, 0, err
	}
	j, err := Jobs.First(t, dbx.HashExp{"dead_at": nil}, "run_at", "id")
	if err != nil {
		return waiting, 0, err
	}
	return waiting, max(t.Now.Sub(j.RunAt), 0), nil
}

// TakeLease gives holder what the name stands for until then, unless somebody else holds it. Who holds it may take it again.
func TakeLease(t *Tx, name, holder string, until time.Time) (bool, error) {
	r, err := t.Exec(`INSERT INTO job_locks (name, holder, until) VALUES (?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
		WHERE job_locks.until < ? OR job_locks.holder = excluded.holder`, name, holder, Stamped(until), t.Now)
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}
