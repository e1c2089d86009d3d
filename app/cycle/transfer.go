package cycle

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/plan"
	"github.com/sailplane/sailplane/store"
)

// Transfer moves what is not finished from one cycle to another, and lets the first keep how far it was.
func Transfer(c *app.Call, from, to string) error {
	if to == "" {
		return app.Refuse(app.Invalid, "New Cycle Id is required")
	}
	return c.Write(func(t *store.Tx) error {
		target, err := inProject(c, t, to)
		if err != nil {
			return err
		}
		if completed(target, t.Now) {
			return app.Refuse(app.Invalid, "The cycle where the issues are transferred is already completed")
		}
		source, err := inProject(c, t, from)
		if errors.Is(err, store.ErrNotFound) {
			return app.Refuse(app.Invalid, "Source cycle not found")
		}
		if err != nil {
			return err
		}
		if err := keep(c, t, source); err != nil {
			return err
		}
		return moveOpen(t, source, target)
	})
}

// keep writes how far a cycle is into it.
func keep(c *app.Call, t *store.Tx, row *store.Cycle) error {
	progress, err := store.InCycle.Progress(t, store.In("l.cycle_id", []string{row.ID}))
	if err != nil {
		return err
	}
	points, err := plan.CountsPoints(c, t)
	if err != nil {
		return err
	}
	shares, err := plan.Read(t, store.InCycle, row.ID, store.OwnOnly{})
	if err != nil {
		return err
	}
	days := plan.Until(row.StartDate, row.EndDate)
	s := snapshot{NumbersOf(progress[row.ID]), shares.Counts(days), struct{}{}}
	if points {
		s.Sums = shares.Sums(days)
	}
	if row.ProgressSnapshot, err = json.Marshal(s); err != nil {
		return fmt.Errorf("keep the progress of cycle %s: %w", row.ID, err)
	}
	store.NoteEvent(t, row.WorkspaceID, store.EventCycle, store.ActionUpdated, row.ID)
	return store.Cycles.Update(t, row, "progress_snapshot")
}

// moveOpen leaves nothing in the work items' histories: the reference loses those entries. Webhooks hear of the moves.
func moveOpen(t *store.Tx, from, to *store.Cycle) error {
	links, err := store.OpenCycleIssues(t, from.ID)
	if err != nil {
		return err
	}
	items := make([]string, len(links))
	for i, l := range links {
		items[i] = l.IssueID
	}
	if err := t.LockRows("issues", items...); err != nil {
		return err
	}
	if links, err = store.OpenCycleIssues(t, from.ID); err != nil { // others may have moved some
		return err
	}
	ids, moves := make([]string, len(links)), make([]store.IssueChanged, len(links))
	for i, l := range links {
		ids[i] = l.ID
		moves[i] = store.IssueChanged{Kind: "cycle.activity.created", IssueID: l.IssueID, WorkspaceID: to.WorkspaceID,
			Fields: []store.FieldValue{{Field: "cycle_id", Old: from.ID, New: to.ID}}}
	}
	if err := store.CycleIssues.SetWhere(t, dbx.Params{"cycle_id": to.ID}, store.In("id", ids)); err != nil {
		return err
	}
	return store.EnqueueIssueEvents(t, moves...)
}
