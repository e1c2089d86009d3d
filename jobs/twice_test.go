package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/analytic"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/automation"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/app/export"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/itemtype"
	"github.com/sailplane/sailplane/app/letter"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/retention"
	"github.com/sailplane/sailplane/app/upgrade"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world leaves a job of every kind, as requests do.
func world(t *testing.T, a *app.App, stranger string) {
	t.Helper()
	ctx := context.Background()
	person := func(name string) *store.User {
		email := name + "@twice.test"
		u := &store.User{Email: &email, Username: name, DisplayName: name, IsActive: true, UserTimezone: "UTC"}
		must(t, a.DB.Write(ctx, "", func(tx *store.Tx) error { return store.Users.Insert(tx, u) }))
		return u
	}
	owner, member := person("owner"), person("member")
	found := func(slug string) *store.Workspace {
		w := &store.Workspace{Name: slug, Slug: slug, Timezone: "UTC"}
		must(t, workspace.Found(&app.Call{Context: ctx, App: a, User: owner, Access: &app.Access{}}, w, ""))
		return w
	}
	w, gone := found("stays"), found("goes")
	c, err := a.CallFor(ctx, w.ID, owner.ID)
	must(t, err)
	start := func(name string) string {
		p, err := project.Create(c, project.Input{Name: app.Some(name), Identifier: app.Some(name)}, false)
		must(t, err)
		return p.ID
	}
	kept, lost := start("KEPT"), start("LOST")
	must(t, a.DB.Write(ctx, owner.ID, func(tx *store.Tx) error {
		picture := &store.FileAsset{Asset: w.ID + "/picture.png", WorkspaceID: &w.ID, IsUploaded: true,
			Attributes: store.JSON(`{"name":"picture.png"}`)}
		must(t, a.Blob.Put(ctx, picture.Asset, strings.NewReader("x"), 1))
		must(t, store.FileAssets.Insert(tx, picture))
		page := &store.Page{Name: "Copy", WorkspaceID: w.ID, OwnedByID: owner.ID,
			DescriptionHTML: `<image-component src="` + picture.ID + `"></image-component>`}
		return errors.Join(
			store.WorkspaceMembers.Insert(tx,
				&store.WorkspaceMember{WorkspaceID: w.ID, MemberID: member.ID, Role: int(app.Member), IsActive: true}),
			store.ProjectMembers.Insert(tx,
				&store.ProjectMember{WorkspaceID: w.ID, ProjectID: kept, MemberID: &member.ID, Role: int(app.Member),
					IsActive: true}),
			store.Webhooks.Insert(tx,
				&store.Webhook{URL: stranger, IsActive: true, SecretKey: a.Seal("secret"), Version: "v1", WorkspaceID: w.ID,
					Issue: true}),
			store.Pages.Insert(tx, page),
			store.Enqueue(tx, store.JobPageCopied, store.PageCopied{PageID: page.ID, UserID: owner.ID}),
			store.Enqueue(tx, store.JobProjectDeleted, store.ProjectDeleted{ID: lost}),
			store.Enqueue(tx, retention.Job, struct{}{}),
			store.Enqueue(tx, workspace.JobDeleteContent, gone.ID),
			mail.Enqueue(a, tx, "ann@twice.test", "code", map[string]string{"code": "123456"}))
	}))
	c.ProjectID = kept
	c.Access, err = a.AccessOf(ctx, w.ID, owner.ID)
	must(t, err)
	i, err := issue.Create(c, issue.Input{Name: app.Some("Leak"), AssigneeIDs: app.Some([]string{member.ID})})
	must(t, err)
	must(t, issue.Change(c, i.ID, issue.Input{Name: app.Some("Big leak"), Priority: app.Some("high")}))
	size, err := itemtype.CreateProperty(c, "", itemtype.PropertyInput{
		DisplayName: app.Some("Size"), PropertyType: app.Some(store.PropertyDecimal)}, nil)
	must(t, err)
	_, err = issue.SetPropertyValue(c, i.ID, size.ID, issue.PropertyInput{Value: []byte("5")})
	must(t, err)
	must(t, itemtype.DeleteProperty(c, "", size.ID))
	must(t, a.DB.Write(ctx, "", func(tx *store.Tx) error {
		return errors.Join(store.Enqueue(tx, store.JobMentioned, struct{}{}), store.Enqueue(tx, letter.JobSend,
			letter.Work{Receiver: member.ID, Issue: i.ID, Rows: []string{store.NewID()}}))
	}))
	_, err = issue.CreateLink(c, i.ID, issue.LinkInput{URL: app.Some(stranger)})
	must(t, err)
	move(t, a, c, stranger)
	old, err := issue.Create(c, issue.Input{Name: app.Some("Forgotten")})
	must(t, err)
	must(t, a.DB.Write(ctx, "", func(tx *store.Tx) error {
		return errors.Join(
			store.Issues.SetWhere(tx, dbx.Params{"updated_at": tx.Now.AddDate(0, 0, -31)}, dbx.HashExp{"id": old.ID}),
			store.Projects.SetWhere(tx, dbx.Params{"close_in": 1}, dbx.HashExp{"id": kept}))
	}))
	must(t, automation.Due(ctx, a))
	must(t, export.Order(c, "csv", nil, false))
	bring(t, a, c)
	must(t, upgrade.Begin(ctx, a))
	keep := &a.Config.Backup
	keep.Folder, keep.KeepDaily, keep.KeepWeekly, keep.KeepMonthly = t.TempDir(), 0, 0, 0
	made, err := backup.Make(ctx, a, backup.Order{})
	must(t, err)
	must(t, a.DB.Write(ctx, "", func(tx *store.Tx) error {
		return errors.Join(store.Enqueue(tx, backup.JobMake, backup.Task{Kind: backup.KindSchedule}),
			store.Enqueue(tx, backup.JobVerify, backup.Task{Name: made.Name}))
	}))
	_, err = analytic.Order(c, analytic.ChartQuery{X: "priority", Y: analytic.ByCount})
	must(t, err)
}

// move moves a work item by a transition with hooks that write, and ask another server.
func move(t *testing.T, a *app.App, c *app.Call, stranger string) {
	t.Helper()
	ctx := context.Background()
	states, err := store.States.List(a.DB.Read(ctx),
		dbx.HashExp{"project_id": c.ProjectID, "is_triage": false}, "sequence")
	must(t, err)
	w, err := workflow.Create(c,
		workflow.Input{Name: app.Some("Flow"), IsActive: app.Some(true), IsDefault: app.Some(true)})
	must(t, err)
	way, err := workflow.CreateTransition(c, w.ID, workflow.NewTransition{From: app.Some(states[0].ID),
		TransitionInput: workflow.TransitionInput{To: app.Some(states[1].ID)}})
	must(t, err)
	must(t, a.DB.Write(ctx, "", func(tx *store.Tx) error {
		hook := func(handler, config string) *store.WorkflowHook {
			return &store.WorkflowHook{Phase: store.HookAfter, Handler: handler, Config: store.JSON(config), IsEnabled: true,
				WorkflowID: w.ID, TransitionID: way.ID, ProjectID: &c.ProjectID, WorkspaceID: c.Workspace.ID}
		}
		return errors.Join(store.WorkflowHooks.Insert(tx, hook(workflow.ChangeProperties, `{"priority":"urgent"}`),
			hook(workflow.SendWebhook, `{"url":"`+stranger+`"}`)), store.ProjectFeaturesRows.Insert(tx,
			&store.ProjectFeatures{Workflows: true, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID}))
	}))
	i, err := issue.Create(c, issue.Input{Name: app.Some("Mover"), StateID: app.Some(states[0].ID)})
	must(t, err)
	must(t, issue.Change(c, i.ID, issue.Input{StateID: app.Some(states[1].ID)}))
}

// rows are all rows of the database, as texts, by table; issue_changes only says that somebody has written,
// and cleanings when it was cleaned.
func rows(t *testing.T, db *store.DB) map[string][]string {
	t.Helper()
	read := db.Read(context.Background())
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%search%' AND name NOT IN ('issue_changes', 'stream_events', 'cleanings')"
	if db.Postgres {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() " +
			"AND table_name NOT IN ('issue_changes', 'stream_events', 'cleanings')"
	}
	var tables []string
	must(t, read.NewQuery(query).Column(&tables))
	all := map[string][]string{}
	for _, table := range tables {
		list, err := read.Rows(`SELECT * FROM "` + table + `"`)
		must(t, err)
		columns, err := list.Columns()
		must(t, err)
		for list.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			must(t, list.Scan(into...))
			text := ""
			for i, v := range values {
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				text += fmt.Sprintf("%s=%v ", columns[i], v)
			}
			all[table] = append(all[table], text)
		}
		must(t, errors.Join(list.Err(), list.Close()))
		slices.Sort(all[table])
	}
	return all
}

func TestEveryHandlerMayRunTwiceWithoutATrace(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		_ *http.Request) {
		fmt.Fprint(w, "<title>Here</title>")
	}))
	defer page.Close()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		a.Config.Workspace.DemoProject, a.Config.Webhooks.AllowNetworks = true, []string{"127.0.0.0/8"}
		duties := jobs.Handlers()
		jobs.NewRunner(a, duties) // it does not run: the jobs stay where they are
		world(t, a, page.URL)
		seen := map[string]bool{}
		for n := 0; ; n++ {
			next, err := store.Jobs.First(a.DB.Read(ctx), dbx.NewExp("1 = 1"), "id")
			if errors.Is(err, store.ErrNotFound) {
				break
			}
			must(t, err)
			if n == 300 {
				t.Fatalf("the jobs do not end: %s", next.Kind)
			}
			seen[next.Kind] = true
			twice(t, a, duties[next.Kind], next)
		}
		for kind := range duties {
			if !seen[kind] {
				t.Errorf("no job of the kind %s was done: leave one in world", kind)
			}
		}
	})
}

// twice does a job, does it again as a node would that did not hear of it, and compares.
func twice(t *testing.T, a *app.App, duty jobs.Duty, job *store.Job) {
	t.Helper()
	ctx := context.Background()
	var taken []store.Job
	must(t, a.DB.Write(ctx, "", func(tx *store.Tx) (err error) {
		taken, err = store.TakeJobs(tx, "node", []int64{job.ID}, tx.Now, tx.Now.Add(time.Minute))
		return err
	}))
	if len(taken) != 1 {
		t.Fatalf("%s can't be taken", job.Kind)
	}
	do := func() error {
		return duty.Do(store.Doing(ctx, &store.TakenJob{Job: taken[0]}), a, json.RawMessage(taken[0].Payload))
	}
	must(t, do())
	once := rows(t, a.DB)
	if err := do(); err != nil && !errors.Is(err, store.ErrSettled) {
		t.Errorf("%s for the second time: %v", job.Kind, err)
	}
	if diff := cmp.Diff(once, rows(t, a.DB)); diff != "" {
		t.Errorf("%s, done twice, leaves a trace (-once +twice):\n%s", job.Kind, diff)
	}
	must(t, a.DB.Write(ctx, "", func(tx *store.Tx) error { return store.FinishJobs(tx, "node", []int64{job.ID}) }))
}
