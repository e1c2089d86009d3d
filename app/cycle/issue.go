package cycle

import (
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// AddIssues puts work items of the call's project into a cycle, out of the ones that they are in. One that is in this
// cycle already is a fault, and nothing is added then.
func AddIssues(c *app.Call, cycle string, ids []string) error {
	if len(ids) == 0 {
		return app.Refuse(app.Invalid, "Issues are required")
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	return c.Write(func(t *store.Tx) error {
		to, err := inProject(c, t, cycle)
		if err != nil {
			return err
		}
		if completed(to, t.Now) {
			return app.Refuse(app.Invalid, "The Cycle has already been completed so no new issues can be added")
		}
		if err := t.LockRows("issues", ids...); err != nil { // nobody else moves them meanwhile
			return err
		}
		if n, err := store.Issues.Count(t, dbx.And(dbx.HashExp{"project_id": c.ProjectID}, store.In("id", ids))); err != nil {
			return err
		} else if n < len(ids) {
			return app.ErrPayload
		}
		links, err := store.CycleIssues.List(t, store.In("issue_id", ids))
		if err != nil {
			return err
		}
		actor := c.UserID()
		return put(c, t, to, ids, links, &actor)
	})
}

// put moves what is linked elsewhere and links the rest; the new links are signed by that person, or by nobody.
func put(c *app.Call, t *store.Tx, to *store.Cycle, ids []string, links []store.CycleIssue, by *string) error {
	moved, left, linked := make([]string, len(links)), make([]string, len(links)), map[string]bool{}
	for i, l := range links {
		if l.CycleID == to.ID {
			return app.ErrPayload
		}
		moved[i], left[i], linked[l.IssueID] = l.ID, l.CycleID, true
	}
	from, err := store.Cycles.ByID(t, left)
	if err != nil {
		return err
	}
	records := make([]store.IssueRecord, 0, len(ids))
	for _, l := range links {
		records = append(records, entry(c, l.IssueID, "created", "updated", from[l.CycleID], to))
	}
	if err := store.CycleIssues.SetWhere(t, dbx.Params{"cycle_id": to.ID}, store.In("id", moved)); err != nil {
		return err
	}
	var fresh []*store.CycleIssue
	for _, id := range ids {
		if linked[id] {
			continue
		}
		fresh = append(fresh, &store.CycleIssue{AuditFields: store.AuditFields{CreatedByID: by, UpdatedByID: by},
			CycleID: to.ID, IssueID: id, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID})
		records = append(records, entry(c, id, "created", "created", nil, to))
	}
	if err := t.WithoutActor(func() error { return store.CycleIssues.Insert(t, fresh...) }); err != nil {
		return err
	}
	return store.RecordIssues(t, records)
}

// entry is what a work item's history says of leaving a cycle or coming into one. The kind is the reference's name of
// the event, which says created for a move, too. Plane: bgtasks/issue_activities_task.py
func entry(c *app.Call, issue, kind, verb string, from, to *store.Cycle) store.IssueRecord {
	field, old, now := "cycles", "", ""
	row := &store.IssueActivity{Verb: verb, Field: &field, OldValue: &old, NewValue: &now}
	move := store.FieldValue{Field: "cycle_id"}
	if from != nil {
		old, row.OldIdentifier, move.Old = from.Name, &from.ID, from.ID
	}
	if to != nil {
		now, row.NewIdentifier, move.New = to.Name, &to.ID, to.ID
	}
	switch verb {
	case "created":
		row.Comment = "added cycle " + now
	case "updated":
		row.Comment = "updated cycle from " + old + "\n                to " + now
	case "deleted":
		row.Comment = "removed this issue from " + old
	}
	return store.IssueRecord{IssueChanged: store.IssueChanged{Kind: "cycle.activity." + kind, IssueID: issue,
		ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID, Origin: c.Base,
		Fields: []store.FieldValue{move}}, Rows: []*store.IssueActivity{row}}
}

// RemoveIssue takes a work item out of a cycle. One that is not in it is no fault: its history tells of it all the
// same, as in the reference.
func RemoveIssue(c *app.Call, cycle, issue string) error {
	return c.Write(func(t *store.Tx) error { return takeOut(c, t, cycle, issue) })
}

func takeOut(c *app.Call, t *store.Tx, cycle, issue string) error {
	from, err := inProject(c, t, cycle)
	if err != nil {
		return err
	}
	if ok, err := store.Issues.Exists(t, dbx.HashExp{"id": issue, "project_id": c.ProjectID}); err != nil || !ok {
		return err
	}
	n, err := store.CycleIssues.DeleteWhere(t, dbx.HashExp{"cycle_id": cycle, "issue_id": issue})
	if err != nil {
		return err
	}
	left := entry(c, issue, "deleted", "deleted", from, nil)
	if n == 0 {
		left.Fields = nil // webhooks hear of what has changed
	}
	return store.RecordIssues(t, []store.IssueRecord{left})
}
