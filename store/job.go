package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// Job is a row of jobs: work that a change left behind, done at least once.
type Job struct {
	ID          int64      `db:"id"`
	Kind        string     `db:"kind"`
	Payload     JSON       `db:"payload"`
	RunAt       time.Time  `db:"run_at"`
	Attempts    int        `db:"attempts"`
	LeasedUntil *time.Time `db:"leased_until"`
	LastError   string     `db:"last_error"`
	DeadAt      *time.Time `db:"dead_at"`
	CreatedAt   time.Time  `db:"created_at"`
}

// Jobs is the table of Job rows.
var Jobs = NewTable[Job]("jobs")

// Enqueue leaves a job to be done once this transaction has committed. The payload is kept as JSON.
func (t *Tx) Enqueue(kind string, payload any) error { return t.EnqueueAt(t.Now, kind, payload) }

// EnqueueAt leaves a job for a later time.
func (t *Tx) EnqueueAt(at time.Time, kind string, payload any) error {
	doc, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("job %s: %w", kind, err)
	}
	if err := Jobs.Insert(t, &Job{Kind: kind, Payload: doc, RunAt: Stamped(at)}); err != nil {
		return fmt.Errorf("job %s: %w", kind, err)
	}
	t.After(t.db.Wake)
	return nil
}
