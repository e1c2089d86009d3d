package automation_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a project with somebody who made it, and what tests put into it.
type world struct {
	*app.Call
	projectID       string
	states          map[string]*store.State
	cycles, modules map[string]string
	number          int
}

func person(t testing.TB, a *app.App, name string) *store.User {
	t.Helper()
	email := name + "@automation.test"
	u := &store.User{Email: &email, Username: email, DisplayName: name, IsActive: true, UserTimezone: "UTC"}
	must(t, a.DB.Write(context.Background(), "", func(tx *store.Tx) error { return store.Users.Insert(tx, u) }))
	return u
}

// newWorld is a workspace with a first project.
func newWorld(t testing.TB, a *app.App, slug string) *world {
	t.Helper()
	owner := person(t, a, slug+"-owner")
	w := &store.Workspace{Name: slug, Slug: slug, Timezone: "UTC"}
	must(t, workspace.Found(&app.Call{Context: context.Background(), App: a, User: owner, Access: &app.Access{}}, w, ""))
	c, err := a.CallFor(context.Background(), w.ID, owner.ID)
	must(t, err)
	return (&world{Call: c}).project(t, "First")
}

// project makes another project in the same workspace.
func (w *world) project(t testing.TB, name string) *world {
	t.Helper()
	short := strings.ToUpper(strings.ReplaceAll(name, " ", ""))
	p, err := project.Create(w.Call, project.Input{Name: app.Some(name),
		Identifier: app.Some(short[:min(12, len(short))])}, false)
	must(t, err)
	call := *w.Call
	call.ProjectID = p.ID
	other := &world{Call: &call, projectID: p.ID, states: map[string]*store.State{}}
	rows, err := store.States.List(w.Read(), dbx.HashExp{"project_id": p.ID})
	must(t, err)
	for i := range rows {
		other.states[rows[i].Name] = &rows[i]
	}
	return other
}

func (w *world) write(t testing.TB, do func(tx *store.Tx) error) {
	t.Helper()
	must(t, w.DB.Write(context.Background(), w.User.ID, do))
}

// set changes the project as the database has it.
func (w *world) set(t testing.TB, values dbx.Params) {
	t.Helper()
	w.write(t, func(tx *store.Tx) error { return store.Projects.SetWhere(tx, values, dbx.HashExp{"id": w.projectID}) })
}

func (w *world) issue(t testing.TB, name, state string) string {
	t.Helper()
	return w.issues(t, 1, name, state)[0]
}

func (w *world) issues(t testing.TB, n int, name, state string) []string {
	t.Helper()
	rows, ids := make([]*store.Issue, n), make([]string, n)
	for i := range rows {
		rows[i] = w.newIssue(name, state)
	}
	w.write(t, func(tx *store.Tx) error { return store.Issues.Insert(tx, rows...) })
	for i := range rows {
		ids[i] = rows[i].ID
	}
	return ids
}

func (w *world) newIssue(name, state string) *store.Issue {
	w.number++
	return &store.Issue{Name: name, SequenceID: w.number, ProjectID: w.projectID, WorkspaceID: w.Workspace.ID,
		StateID: &w.states[state].ID, IssueValues: store.IssueValues{Priority: "none"}, DescriptionHTML: "<p></p>",
		DescriptionJSON: store.JSON("{}")}
}

// cycle makes a cycle that begins and ends so far from now; both 0: without dates.
func (w *world) cycle(t testing.TB, name string, from, to time.Duration) string {
	t.Helper()
	c := &store.Cycle{Name: name, OwnedByID: w.User.ID, ProjectID: w.projectID, WorkspaceID: w.Workspace.ID,
		Timezone: "UTC", Version: 1}
	if from != to {
		start, end := w.DB.Now().Add(from), w.DB.Now().Add(to)
		c.StartDate, c.EndDate = &start, &end
	}
	w.write(t, func(tx *store.Tx) error { return store.Cycles.Insert(tx, c) })
	return c.ID
}

// module makes a module whose target date is so far from now; 0: without one.
func (w *world) module(t testing.TB, name string, to time.Duration) string {
	t.Helper()
	m := &store.Module{Name: name, Status: "planned", ProjectID: w.projectID, WorkspaceID: w.Workspace.ID}
	if to != 0 {
		at := store.Date(w.DB.Now().Add(to).Format(time.DateOnly))
		m.TargetDate = &at
	}
	w.write(t, func(tx *store.Tx) error { return store.Modules.Insert(tx, m) })
	return m.ID
}

// surround puts a work item into cycles and modules, by name; a name with a minus is one that it is taken out of again.
func (w *world) surround(t testing.TB, issue, cycles, modules string) {
	t.Helper()
	w.write(t, func(tx *store.Tx) error {
		for _, name := range strings.Fields(cycles) {
			kind, out := strings.CutPrefix(name, "-")
			row := &store.CycleIssue{CycleID: w.cycles[kind], IssueID: issue, ProjectID: w.projectID,
				WorkspaceID: w.Workspace.ID}
			if err := store.CycleIssues.Insert(tx, row); err != nil {
				return err
			}
			if out {
				must(t, store.CycleIssues.Delete(tx, row))
			}
		}
		for _, name := range strings.Fields(modules) {
			kind, out := strings.CutPrefix(name, "-")
			row := &store.ModuleIssue{ModuleID: w.modules[kind], IssueID: issue, ProjectID: w.projectID,
				WorkspaceID: w.Workspace.ID}
			if err := store.ModuleIssues.Insert(tx, row); err != nil {
				return err
			}
			if out {
				must(t, store.ModuleIssues.Delete(tx, row))
			}
		}
		return nil
	})
}

func (w *world) intake(t testing.TB, issue string, status int) {
	t.Helper()
	w.write(t, func(tx *store.Tx) error {
		in := &store.Intake{Name: issue, ProjectID: w.projectID, WorkspaceID: w.Workspace.ID}
		if err := store.Intakes.Insert(tx, in); err != nil {
			return err
		}
		return store.IntakeIssues.Insert(tx, &store.IntakeIssue{Status: status, IntakeID: in.ID, IssueID: issue,
			ProjectID: w.projectID, WorkspaceID: w.Workspace.ID})
	})
}

func (w *world) stateOf(t testing.TB, id string) *store.State {
	t.Helper()
	s, err := store.States.Find(w.DB.Read(context.Background()), id)
	must(t, err)
	return s
}

func (w *world) history(t testing.TB, issue string) []store.IssueActivity {
	t.Helper()
	rows, err := store.IssueActivities.List(w.DB.Read(context.Background()), dbx.HashExp{"issue_id": issue}, "created_at")
	must(t, err)
	return rows
}
