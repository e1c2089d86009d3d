package issue

import (
	"strconv"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// WorklogInput is what a request may say of time that was worked.
type WorklogInput struct {
	Description app.Opt[string] `json:"description" check:"blank,max=10000"`
	Duration    app.Opt[int]    `json:"duration" check:"required,from=1,to=525600"` // minutes; a year at most
}

func (in *WorklogInput) put(w *store.Worklog) []string {
	var cols []string
	app.Change(&cols, "description", in.Description, &w.Description)
	app.Change(&cols, "duration", in.Duration, &w.Duration)
	return cols
}

// ListWorklogs returns the time that was logged on a work item of the call's project, newest first.
func ListWorklogs(c *app.Call, issue string) ([]store.Worklog, error) {
	t := c.Read()
	at, err := store.FindIssueKey(t, c.ProjectID, issue)
	if err != nil {
		return nil, err
	}
	return store.Worklogs.List(t, dbx.HashExp{"issue_id": at.IssueID}, "created_at DESC", "id DESC")
}

// Worked sums the time of every work item of the call's project that has some.
func Worked(c *app.Call) ([]store.WorkedTime, error) {
	return store.WorkedIn(c.Read(), c.ProjectID, c.OwnOnly())
}

// CreateWorklog logs time of the caller's on a work item of the call's project, whether or not the project shows a
// place for it.
func CreateWorklog(c *app.Call, issue string, in WorklogInput) (*store.Worklog, error) {
	var w *store.Worklog
	err := c.Write(func(t *store.Tx) error {
		at, err := store.FindIssueKey(t, c.ProjectID, issue)
		if err != nil {
			return err
		}
		w = &store.Worklog{LoggedByID: c.UserID(), IssueID: at.IssueID, ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID}
		in.put(w)
		if err := store.Worklogs.Insert(t, w); err != nil {
			return err
		}
		return trace(c, t, at, "worklog.activity.created",
			worklogRow("created", "logged time", w.ID, "", minutes(w.Duration)))
	})
	return w, err
}

// ChangeWorklog writes what a request says of time that was logged.
func ChangeWorklog(c *app.Call, issue, id string, in WorklogInput) (*store.Worklog, error) {
	var w *store.Worklog
	err := c.Write(func(t *store.Tx) error {
		at, found, err := findWorklog(c, t, issue, id)
		if err != nil {
			return err
		}
		w = found
		before := w.Duration
		if err := store.Worklogs.Update(t, w, in.put(w)...); err != nil || before == w.Duration {
			return err
		}
		return trace(c, t, at, "worklog.activity.updated",
			worklogRow("updated", "changed the logged time", w.ID, minutes(before), minutes(w.Duration)))
	})
	return w, err
}

// DeleteWorklog deletes time that was logged.
func DeleteWorklog(c *app.Call, issue, id string) error {
	return c.Write(func(t *store.Tx) error {
		at, w, err := findWorklog(c, t, issue, id)
		if err != nil {
			return err
		}
		if err := store.Worklogs.Delete(t, w); err != nil {
			return err
		}
		return trace(c, t, at, "worklog.activity.deleted",
			worklogRow("deleted", "deleted the logged time", w.ID, minutes(w.Duration), ""))
	})
}

func findWorklog(c *app.Call, t *store.Tx, issue, id string) (store.IssueKey, *store.Worklog, error) {
	at, err := store.FindIssueKey(t, c.ProjectID, issue)
	if err != nil {
		return at, nil, err
	}
	w, err := store.Worklogs.Get(t, dbx.HashExp{"id": id, "issue_id": at.IssueID, "project_id": at.ProjectID})
	return at, w, err
}

func worklogRow(verb, said, id, from, to string) *store.IssueActivity {
	return &store.IssueActivity{Verb: verb, Field: new("worklog"), Comment: said, OldValue: &from, NewValue: &to,
		NewIdentifier: &id}
}

// minutes is a time in words: 95 is "1h 35m".
func minutes(n int) string {
	switch h, m := n/60, n%60; {
	case h == 0:
		return strconv.Itoa(m) + "m"
	case m == 0:
		return strconv.Itoa(h) + "h"
	default:
		return strconv.Itoa(h) + "h " + strconv.Itoa(m) + "m"
	}
}
