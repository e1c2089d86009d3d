package reminder_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/reminder"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// town is a workspace with a project, people in it, and a clock that tests move.
type town struct {
	*app.Call
	t         testing.TB
	now       time.Time
	stop      func(time.Time) // the clock of the application
	projectID string
	states    map[string]string
	number    int
}

// turn lets the clocks show a time.
func (w *town) turn(now time.Time) {
	w.now = now
	w.stop(now)
}

func newTown(t testing.TB, a *app.App, now time.Time) *town {
	t.Helper()
	w := &town{t: t, stop: a.DB.OwnClock().Stop}
	w.turn(now)
	a.Config.Web.AppURL = "https://plane.test"
	owner := w.user(a, "owner", "UTC")
	ws := &store.Workspace{Name: "Town", Slug: "townhall", Timezone: "UTC"}
	must(t, workspace.Found(&app.Call{Context: context.Background(), App: a, User: owner, Access: &app.Access{}}, ws, ""))
	c, err := a.CallFor(context.Background(), ws.ID, owner.ID)
	must(t, err)
	w.Call = c
	w.projectID, w.states = w.project("Rocket")
	return w
}

func (w *town) project(name string) (id string, states map[string]string) {
	w.t.Helper()
	in := project.Input{Name: app.Some(name), Identifier: app.Some(strings.ToUpper(name))}
	p, err := project.Create(w.Call, in, false)
	must(w.t, err)
	rows, err := store.States.List(w.Read(), dbx.HashExp{"project_id": p.ID})
	must(w.t, err)
	states = map[string]string{}
	for i := range rows {
		states[rows[i].Name] = rows[i].ID
	}
	return p.ID, states
}

func (w *town) user(a *app.App, name, zone string) *store.User {
	w.t.Helper()
	email := name + "@reminder.test"
	u := &store.User{Email: &email, Username: email, DisplayName: name, FirstName: name, IsActive: true,
		UserTimezone: zone}
	must(w.t, a.DB.Write(context.Background(), "", func(tx *store.Tx) error { return store.Users.Insert(tx, u) }))
	return u
}

// person is somebody in the workspace and the project.
func (w *town) person(name, zone string) *store.User {
	w.t.Helper()
	u := w.user(w.App, name, zone)
	w.write(func(tx *store.Tx) error {
		if err := store.WorkspaceMembers.Insert(tx, &store.WorkspaceMember{WorkspaceID: w.Workspace.ID, MemberID: u.ID,
			Role: 15, IsActive: true}); err != nil {
			return err
		}
		return store.ProjectMembers.Insert(tx, &store.ProjectMember{WorkspaceID: w.Workspace.ID, ProjectID: w.projectID,
			MemberID: &u.ID, Role: 15, IsActive: true})
	})
	return u
}

func (w *town) write(do func(tx *store.Tx) error) {
	w.t.Helper()
	must(w.t, w.DB.Write(context.Background(), w.User.ID, do))
}

// item makes work items that are due on a day.
func (w *town) item(name, due string, people ...*store.User) string {
	return w.items(1, name, due, people...)[0]
}

func (w *town) items(n int, name, due string, people ...*store.User) []string {
	w.t.Helper()
	day, todo := store.Date(due), w.states["Todo"]
	ids := make([]string, n)
	w.write(func(tx *store.Tx) error {
		for i := range ids {
			w.number++
			row := &store.Issue{Name: name, SequenceID: w.number, ProjectID: w.projectID, WorkspaceID: w.Workspace.ID,
				StateID: &todo, IssueValues: store.IssueValues{Priority: "none", TargetDate: &day}}
			if err := store.Issues.Insert(tx, row); err != nil {
				return err
			}
			ids[i] = row.ID
			for _, u := range people {
				if err := store.AddAssignees(tx, store.IssueKey{IssueID: row.ID, ProjectID: w.projectID,
					WorkspaceID: w.Workspace.ID}, []string{u.ID}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return ids
}

func (w *town) set(id string, values dbx.Params) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error { return store.Issues.SetWhere(tx, values, dbx.HashExp{"id": id}) })
}

func (w *town) run() {
	w.t.Helper()
	must(w.t, reminder.Run(context.Background(), w.App))
}

// told are the notifications of somebody: which kind, of what, in the order in which they came.
func (w *town) told(u *store.User) (all []string) {
	w.t.Helper()
	rows, err := store.Notifications.List(w.DB.Read(context.Background()), dbx.HashExp{"receiver_id": u.ID}, "created_at")
	must(w.t, err)
	for i := range rows {
		var data struct {
			Issue    struct{ Name string }
			Activity struct {
				Kind string `json:"old_value"`
			} `json:"issue_activity"`
		}
		must(w.t, json.Unmarshal(rows[i].Data, &data))
		all = append(all, data.Activity.Kind+" "+data.Issue.Name)
	}
	return all
}

// letters are those that wait to be sent to somebody.
func (w *town) letters(u *store.User) (all []map[string]string) {
	w.t.Helper()
	rows, err := store.Jobs.List(w.DB.Read(context.Background()), dbx.HashExp{"kind": mail.Job, "line": *u.Email}, "id")
	must(w.t, err)
	for i := range rows {
		var l mail.Email
		must(w.t, json.Unmarshal(rows[i].Payload, &l))
		if l.Template != "reminder" {
			w.t.Errorf("a letter %s", l.Template)
		}
		data, err := l.Body(w.App)
		must(w.t, err)
		all = append(all, data)
	}
	return all
}

func at(text string) time.Time {
	when, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(fmt.Sprint("test: ", err))
	}
	return when
}
