package jobs

import (
	"context"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

func TestNewWorkspacesBeginWithAProjectOnlyWhenToldTo(t *testing.T) {
	for _, wanted := range []bool{true, false} {
		apptest.Each(t, func(t *testing.T, a *app.App) {
			ctx := context.Background()
			a.Config.Workspace.DemoProject = wanted
			email := "ann@demo.test"
			u := &store.User{Email: &email, Username: "ann", DisplayName: "ann", IsActive: true, UserTimezone: "UTC"}
			if err := a.DB.Write(ctx, "", func(tx *store.Tx) error { return store.Users.Insert(tx, u) }); err != nil {
				t.Fatal(err)
			}
			c := &app.Call{Context: ctx, App: a, User: u, Access: &app.Access{}}
			w := &store.Workspace{Name: "Demo", Slug: "demo", Timezone: "UTC"}
			if err := workspace.Found(c, w, ""); err != nil {
				t.Fatal(err)
			}
			runner := NewRunner(a, Handlers())
			for range 5 {
				if _, err := runner.Drain(ctx); err != nil {
					t.Fatal(err)
				}
			}
			if wanted { // once more is no second project
				if err := demoProject(ctx, a, workspace.Demo{WorkspaceID: w.ID, OwnerID: u.ID}); err != nil {
					t.Fatal(err)
				}
			}
			want := map[string]int{"projects": 1, "issues": len(demoItems), "cycles": 1, "modules": 1, "labels": 2,
				"cycle_issues": 3, "module_issues": len(demoItems)}
			for table, n := range want {
				if !wanted {
					n = 0
				}
				var got int
				if err := a.DB.Read(ctx).Select("COUNT(*)").From(table).Where(dbx.HashExp{"workspace_id": w.ID}).Row(&got); err != nil {
					t.Fatal(err)
				}
				if got != n {
					t.Errorf("demo %v: %d %s, want %d", wanted, got, table, n)
				}
			}
		})
	}
}
