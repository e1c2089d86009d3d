package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// waiter is a row that waits for a job. Whatever ends the job ends the row as well, or it would wait for ever; the
// payload names the row as its id.
type waiter struct {
	dropped func(t *Tx, ids []string) error               // nobody does the job
	failed  func(t *Tx, ids []string, cause string) error // nor tries it again
	again   func(t *Tx, ids []string) error               // it is done after all
}

// waiters are all there are, by the kind of the job.
var waiters = map[string]waiter{
	JobHookActs:  hookRunWaits,
	JobHookSends: hookRunWaits,
	JobImport:    importWaits,
	JobDeliver: {
		dropped: func(t *Tx, ids []string) error { return endDeliveries(t, ids, DeliveryDropped, "") },
		failed: func(t *Tx, ids []string, cause string) error {
			return endDeliveries(t, ids, DeliveryFailed, cause)
		},
		again: func(t *Tx, ids []string) error {
			return WebhookDeliveries.SetWhere(t, dbx.Params{"status": DeliveryWaiting, "ended_at": nil, "updated_at": t.Now},
				In("id", ids))
		},
	},
	JobExport: {
		dropped: func(t *Tx, ids []string) error { return endExports(t, ids, "The export was called off.") },
		failed: func(t *Tx, ids []string, _ string) error {
			return endExports(t, ids, "The export could not be written.")
		},
		again: func(t *Tx, ids []string) error {
			return Exporters.SetWhere(t, dbx.Params{"status": ExportQueued, "reason": ""},
				dbx.And(In("id", ids), dbx.HashExp{"status": ExportFailed}))
		},
	},
}

// endedJobs are what of the jobs of a statement has to be told: their payloads' ids, by kind.
func endedJobs(t *Tx, statement string, args ...any) (ids map[string][]string, n int64, err error) {
	rows, err := t.Rows(statement+" RETURNING kind, payload", args...)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	ids = map[string][]string{}
	for rows.Next() {
		var kind string
		var payload JSON
		if err := rows.Scan(&kind, &payload); err != nil {
			return nil, 0, err
		}
		n++
		if _, waits := waiters[kind]; !waits {
			continue
		}
		var of struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(payload, &of) == nil && IsID(of.ID) { // else nothing waits for it
			ids[kind] = append(ids[kind], of.ID)
		}
	}
	return ids, n, db.Mark(rows.Err())
}

// tell tells those who wait for jobs, some hundred at a time.
func tell(ids map[string][]string, what func(waiter, []string) error) error {
	for kind, all := range ids {
		for some := range slices.Chunk(all, 500) {
			if err := what(waiters[kind], some); err != nil {
				return fmt.Errorf("tell who waits for jobs of the kind %s: %w", kind, err)
			}
		}
	}
	return nil
}

// FailJob notes why a job of the node failed: it runs again at that time, or, with a zero time, is dead, and who waits
// for it waits no longer.
func FailJob(t *Tx, node string, id int64, cause string, again time.Time) error {
	const failed = "UPDATE jobs SET leased_until = NULL, leased_by = NULL, last_error = ?, "
	if !again.IsZero() {
		_, err := t.Exec(failed+"run_at = ? WHERE id = ? AND leased_by = ?", cause, Stamped(again), id, node)
		return err
	}
	ids, _, err := endedJobs(t, failed+"dead_at = ? WHERE id = ? AND leased_by = ?", cause, t.Now, id, node)
	if err != nil {
		return fmt.Errorf("note that a job has failed: %w", err)
	}
	return tell(ids, func(w waiter, ids []string) error { return w.failed(t, ids, cause) })
}

// RetryJobs makes jobs due that are dead or wait for another try. It returns how many.
func RetryJobs(t *Tx, which JobChoice) (int64, error) {
	ids, n, err := endedJobs(t, `UPDATE jobs SET dead_at = NULL, attempts = 0, run_at = ?
		WHERE (dead_at IS NOT NULL OR run_at > ? AND leased_until IS NULL) AND (id = ? OR ? = 0) AND (kind = ? OR ? = '')`,
		t.Now, t.Now, which.ID, which.ID, which.Kind, which.Kind)
	if err != nil {
		return 0, fmt.Errorf("try jobs again: %w", err)
	}
	t.After(func() { t.DB().Wake("") })
	return n, tell(ids, func(w waiter, ids []string) error { return w.again(t, ids) })
}

// DropJobs removes jobs: the one that is named unless it is being done, or all that are dead. Who waits for them waits
// no longer. It returns how many.
func DropJobs(t *Tx, which JobChoice) (int64, error) {
	ids, n, err := endedJobs(t, `DELETE FROM jobs WHERE (dead_at IS NOT NULL AND ? = 0 OR id = ? AND leased_until IS NULL)
		AND (kind = ? OR ? = '')`, which.ID, which.ID, which.Kind, which.Kind)
	if err != nil {
		return 0, fmt.Errorf("drop jobs: %w", err)
	}
	return n, tell(ids, func(w waiter, ids []string) error { return w.dropped(t, ids) })
}
