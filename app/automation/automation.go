// Package automation does what projects order for work items that nobody touches: it archives those that are done and
// closes those that are not, after as many months as the project says. Plane: bgtasks/issue_automation_task.py
package automation

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
)

// Job is the job that does the automations of one project; its payload is a Task.
const Job = "automation.run"

// Task names the project.
type Task struct {
	ProjectID string `json:"project_id"`
}

// Order has the automations of one project wait for each other.
func (k Task) Order() store.JobOrder { return store.JobOrder{Line: k.ProjectID} }

// Due leaves a job for every project that has automations.
func Due(ctx context.Context, a *app.App) error {
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		projects, err := store.Automated(t)
		if err != nil {
			return err
		}
		tasks := make([]any, len(projects))
		for i, id := range projects {
			tasks[i] = Task{ProjectID: id}
		}
		return store.EnqueueAll(t, Job, tasks)
	})
}

const month = 30 * 24 * time.Hour

// Run does the automations of one project, some work items at a time. What was done is done: begun anew after a crash,
// or run twice, it goes on with the rest. Archiving comes first, so that what is closed today stays for another period.
func Run(ctx context.Context, a *app.App, task Task) error {
	for _, act := range []action{{closed: true, months: archiveIn, do: archive}, {months: closeIn, do: closeThem}} {
		if err := act.run(ctx, a, task.ProjectID); err != nil {
			return err
		}
	}
	return nil
}

func archiveIn(p *store.Project) int { return p.ArchiveIn }
func closeIn(p *store.Project) int   { return p.CloseIn }

// action is one of the two things that are done.
type action struct {
	closed bool                     // with work items that are done
	months func(*store.Project) int // of rest; 0: never
	do     func(*store.Tx, *batch) error
}

// batch is what one transaction is about.
type batch struct {
	project *store.Project
	ids     []string
	issues  map[string]*store.IssueForUpdate
}

// errNowhere says that a project has no state in which work ends.
var errNowhere = errors.New("the project has no cancelled state, and its default state is none in which work ends")

func (act action) run(ctx context.Context, a *app.App, project string) error {
	var since time.Time // those before have been looked at
	var pace app.Pace
	for {
		p, err := store.Projects.Find(a.DB.Read(ctx), project)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		r, on := act.resting(p, a.DB.Now())
		if !on {
			return nil
		}
		r.Since = since
		read := a.DB.Read(ctx)
		read.Now = store.Stamped(a.DB.Now())
		ids, last, err := store.RestingIssues(read, r, pace.Size())
		if err != nil || len(ids) == 0 {
			return err
		}
		var began time.Time
		n := 0
		err = a.DB.Write(ctx, store.AutomationID, func(t *store.Tx) (err error) {
			began = time.Now()
			n, err = act.take(t, p.ID, ids)
			return err
		})
		if errors.Is(err, errNowhere) {
			a.Log.Warn("work items are not closed", "project", p.Name, "id", p.ID, "reason", err)
			return nil
		}
		if err != nil || n == 0 || len(ids) < pace.Size() { // others had them all meanwhile: the rest is for the next night
			return err
		}
		if err := pace.Rest(ctx, time.Since(began)); err != nil {
			return err
		}
		since = last
	}
}

// resting says which work items the project wants this done with, if it does.
func (act action) resting(p *store.Project, now time.Time) (r store.Resting, on bool) {
	months := act.months(p)
	return store.Resting{Project: p.ID, Closed: act.closed, Until: store.Stamped(now.Add(-time.Duration(months) * month))},
		months > 0 && p.ArchivedAt == nil
}

// take does it with those of the work items that still rest, now that nobody else changes them, and returns how many
// they are: those too that their workflow holds back.
func (act action) take(t *store.Tx, project string, ids []string) (int, error) {
	p, err := store.Projects.Find(t, project)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	b := &batch{project: p}
	if b.issues, err = store.LockIssues(t, p.WorkspaceID, p.ID, ids); err != nil {
		return 0, err
	}
	r, on := act.resting(p, t.Now)
	if !on {
		return 0, nil
	}
	r.Among = ids
	if b.ids, _, err = store.RestingIssues(t, r, len(ids)); err != nil {
		return 0, err
	}
	b.ids = slices.DeleteFunc(b.ids, func(id string) bool { return b.issues[id] == nil })
	resting := len(b.ids)
	if resting == 0 {
		return 0, nil
	}
	if _, err := store.Automation(t); err != nil {
		return 0, err
	}
	return resting, act.do(t, b)
}

func archive(t *store.Tx, b *batch) error {
	day := store.Date(t.Now.Format(time.DateOnly))
	if err := store.ArchiveIssues(t, b.ids, day); err != nil {
		return err
	}
	field, to := "archived_at", "archive" // the word by which clients know that no person did it
	return b.record(t, func(h *store.IssueForUpdate) (*store.IssueActivity, store.FieldValue) {
		return &store.IssueActivity{Verb: "updated", Field: &field, NewValue: &to, Comment: "archived the work item after a rest"},
			store.FieldValue{Field: field, Old: h.ArchivedAt, New: &day}
	})
}

func closeThem(t *store.Tx, b *batch) error {
	to, err := store.ClosingState(t, b.project)
	if errors.Is(err, store.ErrNotFound) {
		return errNowhere
	}
	if err != nil {
		return err
	}
	if err := b.holdBack(t, to.ID); err != nil || len(b.ids) == 0 {
		return err
	}
	if err := store.MoveIssues(t, b.ids, to); err != nil {
		return err
	}
	if err := b.follow(t, to); err != nil {
		return err
	}
	field := "state"
	return b.record(t, func(h *store.IssueForUpdate) (*store.IssueActivity, store.FieldValue) {
		return &store.IssueActivity{Verb: "updated", Field: &field, NewValue: &to.Name, NewIdentifier: &to.ID,
			Comment: "closed the work item after a rest: it is now"}, store.FieldValue{Field: "state_id", Old: h.State.ID, New: to.ID}
	})
}

// holdBack leaves out the work items that a workflow does not let go to the state, or only for people.
func (b *batch) holdBack(t *store.Tx, to string) error {
	rules, err := workflow.Of(t, b.project.ID)
	if err != nil {
		return err
	}
	b.ids = slices.DeleteFunc(b.ids, func(id string) bool {
		flow, from := rules.For(b.issues[id].TypeID), b.issues[id].State.ID
		if flow == nil {
			return false
		}
		way := flow.Way(from, to, "")
		return !flow.Lets(from, to, "") || way != nil && len(way.Before) > 0 // nobody is there to hear what is wrong
	})
	return nil
}

// follow leaves what happens after the moves of work items, by their workflows.
func (b *batch) follow(t *store.Tx, to *store.State) error {
	rules, err := workflow.Of(t, b.project.ID)
	if err != nil {
		return err
	}
	for _, id := range b.ids {
		h := b.issues[id]
		flow := rules.For(h.TypeID)
		if flow == nil {
			continue
		}
		way := flow.Way(h.State.ID, to.ID, "")
		if way == nil {
			continue
		}
		m := &workflow.Move{Way: way, Issue: &h.Issue, From: h.State,
			To: store.StateRef{ID: to.ID, Name: to.Name, Group: to.Group, ProjectID: to.ProjectID}}
		if err := m.Follow(t); err != nil {
			return err
		}
	}
	return nil
}

// record leaves the history of each work item, the job that tells who follows it, and the event for webhooks.
func (b *batch) record(t *store.Tx, what func(*store.IssueForUpdate) (*store.IssueActivity, store.FieldValue)) error {
	records := make([]store.IssueRecord, len(b.ids))
	for i, id := range b.ids {
		row, value := what(b.issues[id])
		records[i] = store.IssueRecord{IssueChanged: store.IssueChanged{Kind: "issue.activity.updated", IssueID: id,
			ProjectID: b.project.ID, WorkspaceID: b.project.WorkspaceID, Fields: []store.FieldValue{value}},
			Rows: []*store.IssueActivity{row}}
	}
	return store.RecordIssues(t, records)
}
