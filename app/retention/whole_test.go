package retention_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/retention"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// belongings counts the rows that go with a row of a table, by the tables and columns that refer to it.
func belongings(t *testing.T, a *app.App, table, id string) map[string]int {
	t.Helper()
	all, err := a.DB.Cascades(t.Context(), table)
	if err != nil || len(all) < 20 {
		t.Fatalf("%d columns refer to %s (%v)", len(all), table, err)
	}
	rows := map[string]int{}
	for _, c := range all {
		if n := count(t, a, `"`+c.Table+`"`, `"`+c.Column+`" = ?`, id); n > 0 {
			rows[c.Table+"."+c.Column] = n
		}
	}
	return rows
}

// A project, and a workspace, goes for good when nothing belongs to it any more: what did has gone before, in steps.
func TestWhatIsLargeGoesInSteps(t *testing.T) {
	const items = 700
	type thing struct{ table, id string }
	for name, mark := range map[string]func(a *app.App, tx *store.Tx, f *storetest.Filled) (thing, error){
		"project": func(_ *app.App, tx *store.Tx, f *storetest.Filled) (thing, error) {
			p, err := store.Projects.Find(tx, f.Project.ID)
			if err == nil {
				err = store.DeleteProject(tx, p)
			}
			return thing{store.Projects.Name, p.ID}, err
		},
		"workspace": func(_ *app.App, tx *store.Tx, f *storetest.Filled) (thing, error) {
			w, err := store.Workspaces.Find(tx, f.Workspace.ID)
			if err == nil {
				err = store.Workspaces.Delete(tx, w)
			}
			return thing{store.Workspaces.Name, w.ID}, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, a *app.App) {
				f := storetest.Fill(t, a.DB, items)
				var gone thing
				write(t, a, func(tx *store.Tx) (err error) {
					for range items {
						h := &store.IssueActivity{ProjectID: f.Project.ID, WorkspaceID: f.Workspace.ID}
						if err := store.IssueActivities.Insert(tx, h); err != nil {
							return err
						}
					}
					gone, err = mark(a, tx, f)
					return err
				})
				if n := len(belongings(t, a, gone.table, gone.id)); n < 5 {
					t.Fatalf("it has only %d kinds of things", n)
				}
				a.DB.OwnClock().Run(61 * 24 * 3600e9)
				ctx, cut := context.WithCancel(t.Context())
				a.DB.Observe(func(_ context.Context, text string, args []any) {
					if len(args) > 600 {
						t.Errorf("a step of %d values: %.60s", len(args), text)
					}
					if strings.HasPrefix(text, `DELETE FROM "`+gone.table+`"`) {
						cut() // before it goes
					}
				})
				if err := retention.Round(ctx, a, struct{}{}); !errors.Is(err, context.Canceled) {
					t.Errorf("it was not removed by a statement of its own: %v", err)
				}
				a.DB.Observe(nil)
				if rows := belongings(t, a, gone.table, gone.id); len(rows) > 0 {
					t.Errorf("with it go %v", rows)
				}
				round(t, a)
				if n := count(t, a, gone.table, "id = ?", gone.id); n != 0 {
					t.Error("it is still there")
				}
			})
		})
	}
}

// What a deleted project or workspace had is marked as deleted step by step; cut off, that goes on with the rest.
func TestWhatIsDeletedIsMarkedInSteps(t *testing.T) {
	const items = 700
	for name, do := range map[string]func(ctx context.Context, a *app.App, f *storetest.Filled) error{
		"project": func(ctx context.Context, a *app.App, f *storetest.Filled) error {
			return project.Cascade(ctx, a, store.ProjectDeleted{ID: f.Project.ID})
		},
		"workspace": func(ctx context.Context, a *app.App, f *storetest.Filled) error {
			return workspace.DeleteContent(ctx, a, f.Workspace.ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, a *app.App) {
				f := storetest.Fill(t, a.DB, items)
				living := func() int {
					return count(t, a, "states", "deleted_at IS NULL") + count(t, a, "labels", "deleted_at IS NULL") +
						count(t, a, "issue_comments", "deleted_at IS NULL")
				}
				write(t, a, func(tx *store.Tx) error {
					for range items {
						l := &store.Label{Name: store.NewID(), ProjectID: &f.Project.ID, WorkspaceID: f.Workspace.ID}
						if err := store.Labels.Insert(tx, l); err != nil {
							return err
						}
					}
					return nil
				})
				rounds := 0
				for before := living(); before > 0; rounds++ {
					ctx, cut := context.WithCancel(t.Context())
					steps := 0
					a.DB.Observe(func(_ context.Context, text string, args []any) {
						if len(args) > 600 {
							t.Errorf("a step of %d values: %.60s", len(args), text)
						}
						if strings.HasPrefix(text, "UPDATE") {
							if steps++; steps > 3 {
								cut()
							}
						}
					})
					_ = do(ctx, a, f)
					a.DB.Observe(nil)
					cut()
					after := living()
					if rounds > items {
						t.Fatal("it comes to no end")
					}
					before = after
				}
				if rounds < 2 {
					t.Errorf("it was not cut off")
				}
				if err := do(t.Context(), a, f); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
