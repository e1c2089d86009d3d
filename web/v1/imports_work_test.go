package v1_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	uploads "github.com/sailplane/sailplane/app/importer/upload"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// many is a file with so many work items.
func many(n int) []byte {
	var b strings.Builder
	b.WriteString("Summary,Issue key,Issue id,Status,Created,Comment\n")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "item %d,OLD-%d,%d,Done,25/Jun/20 12:44,25/Jun/20 12:45;a;x\n", i, i, 1000+i)
	}
	return []byte(b.String())
}

// still is a workspace whose jobs are done when the test wants it.
func still(t *testing.T, test func(t *testing.T, i *imported)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, a *app.App) { test(t, newImported(t, webtest.Still(t, a), "still")) })
}

// work does the job of an upload as long as the context lets it.
func (i *imported) work(ctx context.Context, one string) error {
	return uploads.Do(ctx, i.s.App, uploads.Work{ID: strings.Trim(one[len(i.at):], "/")},
		uploads.Hands{Begin: project.Lay, Join: project.Enrol})
}

// interrupted does the job again and again, each time a little longer, until it is done, and says how often it was not.
func (i *imported) interrupted(t *testing.T, one string) (kills int) {
	t.Helper()
	for steps := int32(12); ; steps += steps / 3 {
		ctx := apptest.CutShort(t.Context(), steps)
		err := i.work(ctx, one)
		if err == nil {
			return kills
		}
		if kills++; ctx.Err() == nil || kills > 60 {
			t.Fatalf("killed %d times: %v", kills, err)
		}
	}
}

// An import that is cancelled in its midst leaves whole work items; started again it goes on, and it can be taken back.
func TestAnImportIsCancelledInItsMidst(t *testing.T) {
	still(t, func(t *testing.T, i *imported) {
		before := i.rows()
		one := i.mustSend("many.csv", many(400), "kind", "jira", "project", "MNY")
		i.key.Must("POST", one+"start/", nil)
		walk(t, []step{{i.key, "DELETE", one, nil, 409, "being worked on"},
			{i.key, "PATCH", one, map[string]any{"project": "X"}, 409, "being worked on"},
			{i.key, "POST", one + "undo/", nil, 409, "being worked on"}})
		reached, answered := make(chan struct{}), make(chan struct{})
		var written atomic.Bool
		var once sync.Once
		i.s.App.DB.Observe(func(_ context.Context, query string, _ []any) {
			if strings.HasPrefix(query, "INSERT") && strings.Contains(query, "issue_sequences") {
				written.Store(true)
			}
			if written.Load() && strings.HasPrefix(query, "SELECT status FROM import_uploads") { // before the second batch
				once.Do(func() { close(reached); <-answered })
			}
		})
		done := make(chan error, 1)
		go func() { done <- i.work(t.Context(), one) }()
		<-reached
		a := i.key.Do("POST", one+"cancel/", nil)
		close(answered)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		i.s.App.DB.Observe(nil)
		if a.Status != 202 {
			t.Fatalf("cancel: %d %s", a.Status, a.Raw)
		}
		got := i.until(one, "cancelled")
		now := i.rows()
		made := now["issues"] - before["issues"]
		if made == 0 || made == 400 || now["issue_comments"]-before["issue_comments"] != made ||
			got.At("report.work_items.made") != float64(made) {
			t.Errorf("%d work items: %v\n%s", made, now, got.Raw)
		}
		i.key.Must("POST", one+"start/", nil)
		if err := i.work(t.Context(), one); err != nil {
			t.Fatal(err)
		}
		got = i.until(one, "done")
		if n := i.rows()["issues"] - before["issues"]; n != 400 || got.At("report.went_on") != true {
			t.Errorf("%d work items: %s", n, got.Raw)
		}
		i.key.Must("POST", one+"undo/", nil)
		if err := i.work(t.Context(), one); err != nil {
			t.Fatal(err)
		}
		if got = i.until(one, "undone"); got.At("progress.removed.issue") != 400.0 {
			t.Errorf("%s", got.Raw)
		}
	})
}

// A job that is killed anywhere is done again, goes on where it was, and ends as one that nobody disturbed.
func TestAKilledJobGoesOn(t *testing.T) {
	still(t, func(t *testing.T, i *imported) {
		before := i.rows()
		one := i.mustSend("many.csv", many(60), "kind", "jira", "project", "MNY")
		i.key.Must("POST", one+"start/", nil)
		kills := i.interrupted(t, one)
		got := i.until(one, "done")
		now := i.rows()
		if n := now["issues"] - before["issues"]; n != 60 || now["issue_comments"]-before["issue_comments"] != 60 {
			t.Errorf("after %d kills %d work items: %s", kills, n, got.Raw)
		}
		i.key.Must("POST", one+"undo/", nil)
		kills += i.interrupted(t, one)
		i.until(one, "undone")
		if kills < 4 {
			t.Errorf("only %d kills", kills)
		}
		n, err := store.Imports.Count(i.s.App.DB.Read(t.Context()), dbx.HashExp{"workspace_id": i.workspaceID()})
		if n != 1 || err != nil {
			t.Errorf("%d imports are noted (%v)", n, err)
		}
	})
}

// A person who may not any more does not go on importing.
func TestWhoIsDemotedImportsNoMore(t *testing.T) {
	still(t, func(t *testing.T, i *imported) {
		before := i.rows()
		one := i.mustSend("many.csv", many(20), "kind", "jira", "project", "MNY")
		i.key.Must("POST", one+"start/", nil)
		workspace := i.workspaceID()
		role := func(role app.Role) {
			err := i.s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
				m, err := store.WorkspaceMembers.Get(tx, dbx.HashExp{"member_id": i.person.User.ID, "workspace_id": workspace})
				if err != nil {
					return err
				}
				m.Role = int(role)
				return store.WorkspaceMembers.Update(tx, m, "role")
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		role(app.Member)
		if err := i.work(t.Context(), one); err != nil {
			t.Fatal(err)
		}
		role(app.Admin)
		if a := i.key.Must("GET", one, nil); a.At("status") != "failed" || !maps.Equal(i.rows(), before) {
			t.Errorf("%s", a.Raw)
		}
	})
}

// Whatever ends the job ends the import.
func TestADroppedJobEndsTheImport(t *testing.T) {
	still(t, func(t *testing.T, i *imported) {
		one := i.mustSend("many.csv", many(2), "kind", "jira", "project", "MNY")
		i.key.Must("POST", one+"preview/", nil)
		job, err := store.Jobs.First(i.s.App.DB.Read(t.Context()), dbx.HashExp{"kind": store.JobImport}, "id DESC")
		if err != nil {
			t.Fatal(err)
		}
		if jobs.Lanes()[job.Kind] != "import" {
			t.Errorf("it is done in the lane %q", jobs.Lanes()[job.Kind])
		}
		err = i.s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			_, err := store.DropJobs(tx, store.JobChoice{ID: job.ID})
			return err
		})
		if a := i.key.Must("GET", one, nil); err != nil || a.At("status") != "failed" || a.At("error") == "" {
			t.Errorf("%s (%v)", a.Raw, err)
		}
	})
}
