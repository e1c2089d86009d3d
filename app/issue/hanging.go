package issue

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// What hangs on a work item that the caller has been shown.

// Reactions returns the reactions to a work item, newest first, and who gave them, by id.
func Reactions(c *app.Call, id string) ([]store.IssueReaction, map[string]*store.User, error) {
	t := c.Read()
	rows, err := store.IssueReactions.List(t, dbx.HashExp{"issue_id": id}, "created_at DESC")
	if err != nil {
		return nil, nil, err
	}
	people := make([]string, len(rows))
	for i := range rows {
		people[i] = rows[i].ActorID
	}
	known, err := store.Users.ByID(t, people)
	return rows, known, err
}

// Links returns the links of a work item, newest first.
func Links(c *app.Call, id string) ([]store.IssueLink, error) {
	return store.IssueLinks.List(c.Read(), dbx.HashExp{"issue_id": id}, "created_at DESC")
}

// Intakes returns the places of a work item in intakes, newest first.
func Intakes(c *app.Call, id string) ([]store.IntakeIssue, error) {
	return store.IntakeIssues.List(c.Read(), dbx.HashExp{"issue_id": id}, "created_at DESC")
}

// Waits says whether a work item waits in the intake.
func Waits(c *app.Call, id string) (bool, error) { return store.InIntake(c.Read(), id) }

// Cycles returns what ties a work item to cycles, newest first.
func Cycles(c *app.Call, id string) ([]store.CycleIssue, error) {
	return store.CycleIssues.List(c.Read(), dbx.HashExp{"issue_id": id}, "created_at DESC")
}

// Whole is a work item with its texts and what it refers to.
type Whole struct {
	Issue     *store.Issue
	Project   *store.Project
	State     *store.State // nil without one
	Labels    []store.Label
	Assignees []store.User
}

// ReadWhole returns a work item with its texts, which its detail leaves out.
func ReadWhole(c *app.Call, d *store.IssueDetail) (*Whole, error) {
	t := c.Read()
	w := &Whole{}
	var err error
	if w.Issue, err = store.Issues.Find(t, d.ID); err != nil {
		return nil, err
	}
	if w.Labels, err = store.Labels.List(t, store.In("id", d.LabelIDs)); err != nil {
		return nil, err
	}
	if w.Assignees, err = store.Users.List(t, store.In("id", d.AssigneeIDs)); err != nil {
		return nil, err
	}
	if w.Project, err = store.Projects.Find(t, w.Issue.ProjectID); err != nil {
		return nil, err
	}
	if w.Issue.StateID != nil {
		w.State, err = store.States.Find(t, *w.Issue.StateID)
	}
	return w, err
}

// Written returns a work item as it is kept, after a change: the row and the detail.
func Written(c *app.Call, id string) (*store.Issue, *store.IssueDetail, error) {
	t := c.Read()
	row, err := store.Issues.Find(t, id)
	if err != nil {
		return nil, nil, err
	}
	d, err := store.ReadIssue(t, row.WorkspaceID, row.ProjectID, row.ID, c.UserID())
	return row, d, err
}
