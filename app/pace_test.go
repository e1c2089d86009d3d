package app_test

import (
	"fmt"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// Deleting what a project had empties the cache where it may have any of it, and not at every step: everybody else goes
// on being served from it meanwhile.
func TestSweepsLeaveTheCacheAlone(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		f := storetest.Fill(t, a.DB, 300)
		emptied := 0
		defer a.DB.Follow(store.Forgotten, func(keys string) {
			if keys == store.Missed {
				emptied++
			}
		})()
		if err := a.SweepAll(t.Context(), store.ProjectRows(f.Project.ID)); err != nil {
			t.Fatal(err)
		}
		var left string
		for _, table := range []string{"issue_assignees", "issue_labels", "project_members"} {
			n := 0
			err := a.DB.Read(t.Context()).One("SELECT COUNT(*) FROM "+table+" WHERE deleted_at IS NULL AND project_id = ?",
				[]any{f.Project.ID}, &n)
			if err != nil {
				t.Fatal(err)
			}
			left += fmt.Sprint(n, " ")
		}
		// On Postgres a node hears its own notices, too.
		if left != "0 0 0 " || emptied < 2 || emptied > 4 {
			t.Errorf("living rows: %s; the cache was emptied %d times, want once for the members and once for the hooks", left,
				emptied)
		}
	})
}
