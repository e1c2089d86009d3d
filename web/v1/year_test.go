package v1_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/audit"
	"github.com/sailplane/sailplane/app/retention"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// year is an installation that is used and cleaned while its clock runs.
type year struct {
	*webtest.Server
	t      *testing.T
	f      *storetest.Filled
	key    *webtest.Client
	items  string
	made   []string // work items, oldest first
	runner *jobs.Runner
}

// What is used and cleaned levels off: after the longest time for which anything is kept no table has more rows, and
// SQLite's file no more pages.
func TestAYearOfUseLevelsOff(t *testing.T) {
	webtest.Long(t)
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Retention.NotificationDays, a.Config.Retention.AuditDays = 90, 90
		f := storetest.Fill(t, a.DB, 5)
		y := &year{Server: webtest.Still(t, a), t: t, f: f, runner: jobs.NewRunner(a, jobs.Handlers())}
		y.key = y.SignIn(f.User).WithKey()
		y.items = "/api/v1/workspaces/" + f.Workspace.Slug + "/projects/" + f.Project.ID + "/issues/"
		began := time.Now()
		var rows map[string]int64
		var pages int64
		for day := range 365 {
			a.DB.OwnClock().Stop(began.AddDate(0, 0, day))
			y.use(day)
			y.clean()
			if day == 200 {
				rows, pages = y.rows(), y.pages()
			}
		}
		// A day's rows may be more or fewer: on Postgres a transaction of whomever holds changes back for a while. What grows
		// with use has 165 more.
		const someDays = 50
		for table, n := range y.rows() {
			if n > rows[table]+someDays {
				t.Errorf("%s: %d rows on day 200 and %d after a year", table, rows[table], n)
			}
		}
		if n := y.pages(); n > pages+pages/50 {
			t.Errorf("%d pages on day 200, %d after a year", pages, n)
		}
		if n := y.rows()["api_activity_logs"]; n < 100 || n > 250 {
			t.Errorf("%d requests by key are logged, and each day had some five", n)
		}
	})
}

// use is a day's work: by key what people do, and beside it what the server itself writes down.
func (y *year) use(day int) {
	y.made = append(y.made, y.key.Must("POST", y.items, map[string]any{"name": fmt.Sprint("item ", day),
		"description_html": "<p>first</p>", "priority": "high"}).ID())
	item := y.items + y.made[len(y.made)-1] + "/"
	y.key.Must("PATCH", item, map[string]any{"description_html": "<p>" + strings.Repeat("second ", 100) + "</p>"})
	comment := y.key.Must("POST", item+"comments/", map[string]any{"comment_html": "<p>well</p>"}).ID()
	y.key.Must("DELETE", item+"comments/"+comment+"/", nil)
	y.key.Must("POST", item+"comments/", map[string]any{"comment_html": "<p>stays</p>"})
	if len(y.made) > 10 {
		y.key.Must("DELETE", y.items+y.made[0]+"/", nil)
		y.made = y.made[1:]
	}
	y.write(func(tx *store.Tx) error {
		log := &store.WebhookLog{Webhook: y.f.Project.ID, WorkspaceID: y.f.Workspace.ID}
		letter := &store.EmailNotificationLog{ReceiverID: y.f.User.ID, TriggeredByID: y.f.User.ID}
		dead := tx.Now
		for _, err := range []error{
			store.WebhookLogs.Insert(tx, log), store.EmailNotificationLogs.Insert(tx, letter),
			store.Notifications.Insert(tx, &store.Notification{ReceiverID: y.f.User.ID, WorkspaceID: y.f.Workspace.ID}),
			store.FileAssets.Insert(tx, &store.FileAsset{Asset: store.NewID()}),
			store.Exporters.Insert(tx, &store.Exporter{Token: store.NewID(), InitiatedByID: y.f.User.ID,
				WorkspaceID: y.f.Workspace.ID, Key: store.NewID(), Type: "issue_exports", Status: "completed", Provider: "csv"}),
			store.Sessions.Insert(tx, &store.Session{SessionKey: store.NewID(), ExpireDate: tx.Now.AddDate(0, 0, 7)}),
			store.Jobs.Insert(tx, &store.Job{Kind: "gone", Payload: store.JSON("{}"), RunAt: tx.Now, DeadAt: &dead}),
			store.IssueDescriptionVersions.Insert(tx, &store.IssueDescriptionVersion{IssueID: y.f.First, OwnedByID: y.f.User.ID,
				ProjectID: y.f.Project.ID, WorkspaceID: y.f.Workspace.ID, LastSavedAt: tx.Now,
				DescriptionHTML: strings.Repeat("x", 5000)}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (y *year) write(fn func(tx *store.Tx) error) {
	y.t.Helper()
	if err := y.App.DB.Write(context.Background(), y.f.User.ID, fn); err != nil {
		y.t.Fatal(err)
	}
}

// clean does what the clock does within a day.
func (y *year) clean() {
	y.t.Helper()
	if err := y.App.FlushAPILog(y.t.Context()); err != nil {
		y.t.Fatal(err)
	}
	if err := audit.Seal(y.t.Context(), y.App); err != nil { // a server that runs does so by itself
		y.t.Fatal(err)
	}
	if err := retention.Due(y.t.Context(), y.App); err != nil {
		y.t.Fatal(err)
	}
	if _, err := y.runner.Drain(y.t.Context()); err != nil {
		y.t.Fatal(err)
	}
}

func (y *year) rows() map[string]int64 {
	y.t.Helper()
	t := y.App.DB.Read(y.t.Context())
	tables, err := t.Tables()
	if err != nil {
		y.t.Fatal(err)
	}
	all := map[string]int64{}
	for _, table := range tables {
		var n int64
		if err := t.One(`SELECT COUNT(*) FROM "`+table+`"`, nil, &n); err != nil {
			y.t.Fatal(err)
		}
		all[table] = n
	}
	return all
}

// pages is how large SQLite's file is; 0 on Postgres, which keeps room for itself as it likes.
func (y *year) pages() (n int64) {
	if y.App.DB.Postgres {
		return 0
	}
	if err := y.App.DB.Read(y.t.Context()).One("PRAGMA page_count", nil, &n); err != nil {
		y.t.Fatal(err)
	}
	return n
}
