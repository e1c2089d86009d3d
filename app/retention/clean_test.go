package retention_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/retention"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/store/storetest"
)

func write(t testing.TB, a *app.App, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := a.DB.Write(context.Background(), "", fn); err != nil {
		t.Fatal(err)
	}
}

func round(t testing.TB, a *app.App) {
	t.Helper()
	if err := retention.Round(t.Context(), a, struct{}{}); err != nil {
		t.Fatal(err)
	}
}

func count(t testing.TB, a *app.App, table, where string, args ...any) (n int) {
	t.Helper()
	if err := a.DB.Read(context.Background()).One("SELECT COUNT(*) FROM "+table+" WHERE "+where, args, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestHardDeleteTakesWhatIsOldAndItsFile(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		put := func(key string, deletedDaysAgo int) {
			t.Helper()
			if err := a.Blob.Put(t.Context(), key, strings.NewReader("x"), 1); err != nil {
				t.Fatal(err)
			}
			at := a.DB.Now().AddDate(0, 0, -deletedDaysAgo)
			row := &store.FileAsset{Asset: key, IsUploaded: true}
			if deletedDaysAgo > 0 {
				row.DeletedAt = &at
			}
			write(t, a, func(tx *store.Tx) error { return store.FileAssets.Insert(tx, row) })
		}
		put("old", 61)
		put("recent", 59)
		put("living", 0)
		round(t, a)
		for key, want := range map[string]bool{"old": false, "recent": true, "living": true} {
			n := count(t, a, "file_assets", "asset = ?", key)
			r, _, err := a.Blob.Open(t.Context(), key)
			if err == nil {
				r.Close()
			}
			if (n == 1) != want || errors.Is(err, blob.ErrNotFound) == want {
				t.Errorf("%s: %d rows, file %v; want it there: %v", key, n, err, want)
			}
		}
	})
}

// Each rule keeps what is younger than its number of days says, removes what is older, and keeps all with 0; but a log
// of requests by key that is turned off goes.
func TestRulesGoByTheirDays(t *testing.T) {
	logs := []struct {
		rule string
		days func(*app.RetentionConfig) *int
		add  func(tx *store.Tx, f *storetest.Filled, at time.Time) error
		left func(a *app.App) int
		off  int // rows that are left of two with 0 days
	}{
		{"webhook-logs", func(r *app.RetentionConfig) *int { return &r.WebhookLogDays },
			func(tx *store.Tx, f *storetest.Filled, at time.Time) error {
				l := &store.WebhookLog{Webhook: store.NewID(), WorkspaceID: f.Workspace.ID}
				l.CreatedAt = at
				return store.WebhookLogs.Insert(tx, l)
			}, func(a *app.App) int { return count(t, a, "webhook_logs", "1 = 1") }, 2},
		{"api-logs", func(r *app.RetentionConfig) *int { return &r.APILogDays },
			func(tx *store.Tx, f *storetest.Filled, at time.Time) error {
				l := &store.APIActivityLog{Path: "/api/v1/", Method: "GET"}
				l.CreatedAt = at
				return store.APIActivityLogs.Insert(tx, l)
			}, func(a *app.App) int { return count(t, a, "api_activity_logs", "1 = 1") }, 0},
		{"mail-logs", func(r *app.RetentionConfig) *int { return &r.MailLogDays },
			func(tx *store.Tx, f *storetest.Filled, at time.Time) error {
				_, err := tx.Exec(`INSERT INTO email_notification_logs (id, entity_name, entity, receiver_id, triggered_by_id, created_at, updated_at)
					VALUES (?, 'issue', 'issue', ?, ?, ?, ?)`, store.NewID(), f.User.ID, f.User.ID, at, at)
				return err
			}, func(a *app.App) int { return count(t, a, "email_notification_logs", "1 = 1") }, 2},
		{"notifications", func(r *app.RetentionConfig) *int { return &r.NotificationDays },
			func(tx *store.Tx, f *storetest.Filled, at time.Time) error {
				n := &store.Notification{ReceiverID: f.User.ID, WorkspaceID: f.Workspace.ID}
				n.CreatedAt = at
				return store.Notifications.Insert(tx, n)
			}, func(a *app.App) int { return count(t, a, "notifications", "1 = 1") }, 2},
		{"failed-jobs", func(r *app.RetentionConfig) *int { return &r.FailedJobDays },
			func(tx *store.Tx, f *storetest.Filled, at time.Time) error {
				return store.Jobs.Insert(tx, &store.Job{Kind: "gone", Payload: store.JSON("{}"), RunAt: at, DeadAt: &at})
			}, func(a *app.App) int { return count(t, a, "jobs", "1 = 1") }, 2},
		{"uploads", func(r *app.RetentionConfig) *int { return &r.UploadDays },
			func(tx *store.Tx, f *storetest.Filled, at time.Time) error {
				asset := &store.FileAsset{Asset: store.NewID()}
				asset.CreatedAt = at
				return store.FileAssets.Insert(tx, asset)
			}, func(a *app.App) int { return count(t, a, "file_assets", "1 = 1") }, 2},
		{"history", func(r *app.RetentionConfig) *int { return &r.DeletedDays },
			func(tx *store.Tx, f *storetest.Filled, at time.Time) error {
				h := &store.IssueActivity{ProjectID: f.Project.ID, WorkspaceID: f.Workspace.ID}
				h.CreatedAt = at
				return store.IssueActivities.Insert(tx, h)
			}, func(a *app.App) int { return count(t, a, "issue_activities", "issue_id IS NULL") }, 2},
	}
	apptest.Each(t, func(t *testing.T, a *app.App) {
		f := storetest.Fill(t, a.DB, 1)
		for _, l := range logs {
			t.Run(l.rule, func(t *testing.T) {
				add := func(days int) {
					write(t, a, func(tx *store.Tx) error { return l.add(tx, f, tx.Now.AddDate(0, 0, -days)) })
				}
				add(4)
				add(2)
				*l.days(&a.Config.Retention) = 0
				round(t, a)
				if n := l.left(a); n != l.off {
					t.Errorf("0 days: %d rows are left, want %d", n, l.off)
				}
				if l.off == 0 {
					add(4)
					add(2)
				}
				*l.days(&a.Config.Retention) = 3
				round(t, a)
				if n := l.left(a); n != 1 {
					t.Errorf("3 days: %d rows are left of one that is older and one that is not", n)
				}
				list, err := retention.List(t.Context(), a)
				if err != nil {
					t.Fatal(err)
				}
				for _, g := range list {
					if g.Rule == l.rule && (g.Last == nil || g.Last.Rows != 1 || g.Last.EndedAt == nil || g.Days != 3) {
						t.Errorf("the figures are %+v", g.Last)
					}
				}
			})
		}
	})
}

func TestVersionsAreBoundedByNumberAndByAge(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		f := storetest.Fill(t, a.DB, 3)
		var others []string
		write(t, a, func(tx *store.Tx) error {
			issues, err := store.Issues.List(tx, dbx.HashExp{}, "created_at")
			if err != nil {
				return err
			}
			others = nil
			for i, n := range []int{25, 20, 1} {
				others = append(others, issues[i].ID)
				for day := range n {
					v := &store.IssueDescriptionVersion{IssueID: issues[i].ID, ProjectID: f.Project.ID, WorkspaceID: f.Workspace.ID,
						OwnedByID: f.User.ID, LastSavedAt: tx.Now.AddDate(0, 0, -day-1), DescriptionHTML: fmt.Sprint(day)}
					if err := store.IssueDescriptionVersions.Insert(tx, v); err != nil {
						return err
					}
				}
			}
			return nil
		})
		left := func(want ...int) {
			t.Helper()
			round(t, a)
			for i, issue := range others {
				if n := count(t, a, "issue_description_versions", "issue_id = ?", issue); n != want[i] {
					t.Errorf("%d versions are left, want %d", n, want[i])
				}
			}
		}
		a.Config.Retention.Versions = 0
		left(25, 20, 1)
		a.Config.Retention.Versions = 20
		left(20, 20, 1)
		if n := count(t, a, "issue_description_versions", "issue_id = ? AND description_html = '24'", others[0]); n != 0 {
			t.Error("the oldest one is left")
		}
		a.Config.Retention.DescriptionVersionDays = 10
		left(9, 9, 1)
		a.DB.OwnClock().Run(365 * 24 * time.Hour)
		left(1, 1, 1)
		if n := count(t, a, "issue_description_versions", "description_html = '0'"); n != 3 {
			t.Errorf("%d of the newest ones are left, want 3", n)
		}
	})
}

// A round that is cut off has removed whole transactions, with their figures, and the next one does the rest.
func TestACutOffRoundGoesOn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		f := storetest.Fill(t, a.DB, 1)
		const rows = 3000
		old := a.DB.Now().AddDate(0, 0, -31)
		write(t, a, func(tx *store.Tx) error {
			all := make([]*store.WebhookLog, rows)
			for i := range all {
				all[i] = &store.WebhookLog{Webhook: store.NewID(), WorkspaceID: f.Workspace.ID}
				all[i].CreatedAt = old
			}
			return store.WebhookLogs.Insert(tx, all...)
		})
		rounds := 0
		for left := rows; left > 0; rounds++ {
			ctx, cut := context.WithCancel(t.Context())
			var watcher sync.WaitGroup
			watcher.Go(func() {
				for ctx.Err() == nil && count(t, a, "webhook_logs", "1 = 1") == left {
					time.Sleep(time.Millisecond)
				}
				cut()
			})
			err := retention.Round(ctx, a, struct{}{})
			cut()
			watcher.Wait()
			left = count(t, a, "webhook_logs", "1 = 1")
			if err == nil && left > 0 {
				t.Fatalf("a round ended well and left %d rows", left)
			}
			// In one statement: Postgres may still commit what was cut off at that very moment, rows and figures together.
			if n := count(t, a, "cleanings", "rule = 'webhook-logs' AND rows_total = ? - (SELECT COUNT(*) FROM webhook_logs)", rows); n != 1 {
				t.Fatal("the rows that are gone and the figures say different things")
			}
			if rounds > rows {
				t.Fatal("it comes to no end")
			}
		}
		round(t, a)
		if n := count(t, a, "cleanings", "ended_at IS NULL"); n != 0 {
			t.Errorf("%d rules have come to no end", n)
		}
	})
}

func TestARoundIsLeftOnceANight(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
		due := func(want int) {
			t.Helper()
			a.DB.OwnClock().Stop(at)
			if err := retention.Due(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			if n := count(t, a, "jobs", "kind = ?", retention.Job); n != want {
				t.Errorf("%v: %d rounds wait, want %d", at, n, want)
			}
		}
		done := func() {
			round(t, a)
			write(t, a, func(tx *store.Tx) error { _, err := tx.Exec("DELETE FROM jobs"); return err })
		}
		due(1) // a new installation
		due(1)
		done()
		due(0)
		at = time.Date(2026, 12, 1, 3, 19, 0, 0, time.UTC)
		due(0)
		at = at.Add(time.Minute)
		due(1)
		done()
		at = at.AddDate(0, 0, 9).Add(7 * time.Hour) // it was off at night
		due(1)
		done()
		due(0)
	})
}
