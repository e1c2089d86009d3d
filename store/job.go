package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Job is a row of jobs: work that a change left behind, done at least once.
type Job struct {
	ID          int64      `db:"id" json:"id"`
	Kind        string     `db:"kind" json:"kind"`
	Payload     JSON       `db:"payload" json:"payload"`
	Line        *string    `db:"line" json:"line"`
	Host        *string    `db:"host" json:"host"`
	RunAt       time.Time  `db:"run_at" json:"run_at"`
	Attempts    int        `db:"attempts" json:"attempts"` // begun so far, but for those that a stop or a crash ended
	LeasedUntil *time.Time `db:"leased_until" json:"leased_until"`
	LeasedBy    *string    `db:"leased_by" json:"leased_by"`
	LastError   string     `db:"last_error" json:"last_error"`
	DeadAt      *time.Time `db:"dead_at" json:"dead_at"` // nobody tries again unless told to
	CreatedAt   time.Time  `db:"created_at" json:"created_at"`
}

// Jobs is the table of Job rows.
var Jobs = NewTable[Job]("jobs")

// JobOrder is what a job waits for, beside somebody who has time. Either may be empty.
type JobOrder struct {
	Line string // jobs of one kind and line are done one after the other, in the order in which they were left
	Host string // jobs with one host are done one at a time
}

// OrderedJob is a payload whose job waits for others.
type OrderedJob interface{ Order() JobOrder }

// Enqueue leaves a job to be done once this transaction has committed. The payload is kept as JSON.
func Enqueue(t *Tx, kind string, payload any) error { return EnqueueAll(t, kind, []any{payload}) }

// EnqueueAll leaves a job for each payload, in their order.
func EnqueueAll(t *Tx, kind string, payloads []any) error {
	if len(payloads) == 0 {
		return nil
	}
	jobs := make([]*Job, len(payloads))
	for i, payload := range payloads {
		doc, err := json.Marshal(payload)
		if err != nil {
			return fmt.Errorf("job %s: %w", kind, err)
		}
		jobs[i] = &Job{Kind: kind, Payload: doc, RunAt: Stamped(t.Now)}
		if p, ok := payload.(OrderedJob); ok {
			jobs[i].Line, jobs[i].Host = filled(p.Order().Line), filled(p.Order().Host)
		}
	}
	if err := Jobs.Insert(t, jobs...); err != nil {
		return fmt.Errorf("job %s: %w", kind, err)
	}
	t.After(func() { t.DB().Wake(kind) })
	return nil
}

func filled(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// ErrSettled says that somebody else has done the job meanwhile: nothing of what was done again may stay.
var ErrSettled = errors.New("store: the job has been done already")

// doing is the key of a context in which a job is being done.
type doing struct{}

// TakenJob is a job that somebody has taken, and whether its handler has settled it in a transaction of its own.
type TakenJob struct {
	Job
	Settled bool
}

// Doing returns the context in which a taken job is done: see FinishJob.
func Doing(ctx context.Context, h *TakenJob) context.Context {
	return context.WithValue(ctx, doing{}, h)
}

// JobIn returns the job that is done in the context, or nil.
func JobIn(ctx context.Context) *TakenJob {
	h, _ := ctx.Value(doing{}).(*TakenJob)
	return h
}

// FinishJob removes the job that is being done: what this transaction writes and the end of the job are one, so that a
// job which is done twice leaves what it leaves once. ErrSettled when another node has done it meanwhile. Without a job
// it does nothing.
func FinishJob(t *Tx) error {
	return settleJob(t, func(h *TakenJob) (string, []any) {
		return "DELETE FROM jobs WHERE id = ? AND leased_by = ?", []any{h.ID, h.LeasedBy}
	})
}

// PostponeJob gives the job that is being done back until then, with another payload: it keeps its place in its line.
func PostponeJob(t *Tx, until time.Time, payload any, cause string) error {
	doc, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("postpone a job: %w", err)
	}
	return settleJob(t, func(h *TakenJob) (string, []any) {
		return `UPDATE jobs SET leased_until = NULL, leased_by = NULL, run_at = ?, payload = ?, last_error = ? WHERE id = ? AND leased_by = ?`,
			[]any{Stamped(until), JSON(doc), cause, h.ID, h.LeasedBy}
	})
}

func settleJob(t *Tx, statement func(*TakenJob) (string, []any)) error {
	h := JobIn(t.Context())
	if h == nil {
		return nil
	}
	query, args := statement(h)
	r, err := t.Exec(query, args...)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrSettled, err)
	}
	t.After(func() { h.Settled = true })
	return nil
}

// FinishJobs removes jobs of the node that are done.
func FinishJobs(t *Tx, node string, ids []int64) error {
	return onJobs(t, "DELETE FROM jobs WHERE leased_by = ? AND id IN (", ids, node)
}

// RenewLeases says that the node goes on with its jobs.
func RenewLeases(t *Tx, node string, ids []int64, until time.Time) error {
	return onJobs(t, "UPDATE jobs SET leased_until = ? WHERE leased_by = ? AND id IN (", ids, Stamped(until), node)
}

// ReleaseJobs gives jobs of the node back as if they had not been taken.
func ReleaseJobs(t *Tx, node string, ids []int64) error {
	return onJobs(t, "UPDATE jobs SET "+given+" WHERE leased_by = ? AND id IN (", ids, node)
}

// ReleaseNode gives back whatever the node holds.
func ReleaseNode(t *Tx, node string) error {
	_, err := t.Exec("UPDATE jobs SET "+given+" WHERE leased_until IS NOT NULL AND leased_by = ?", node)
	return err
}

// ReleaseAllJobs gives back what any node has taken: for who knows that there is no other.
func ReleaseAllJobs(t *Tx) error {
	_, err := t.Exec("UPDATE jobs SET " + given + " WHERE leased_until IS NOT NULL")
	return err
}

const given = "leased_until = NULL, leased_by = NULL, attempts = attempts - 1"

func onJobs(t *Tx, statement string, ids []int64, args ...any) error {
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids) // everybody locks rows in one order
	for _, id := range ids {
		args = append(args, id)
	}
	_, err := t.Exec(statement+"?"+strings.Repeat(",?", len(ids)-1)+")", args...)
	return err
}

// JobChoice is the job with that id, or all with 0; of one kind, or of every with none.
type JobChoice struct {
	ID   int64
	Kind string
}

// TakeLease gives holder what the name stands for until then, unless somebody else holds it. Who holds it may take it
// again.
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
