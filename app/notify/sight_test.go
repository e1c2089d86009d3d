package notify_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app/apptest"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Everybody follows a work item and is named beside it, whatever became of them. Whoever can open it is told, and gets
// letters; whoever cannot is told nothing.
func TestOnlyWhoMaySeeIsTold(t *testing.T) {
	for name, state := range map[string]struct {
		role int    // in the project; 0: none
		sql  string // what became of them, the person's id is the parameter
		sees bool
	}{
		"an administrator":              {role: 20, sees: true},
		"a member":                      {role: 15, sees: true},
		"a guest of others' work items": {role: 5},
		"a guest of their own":          {role: 5, sql: "UPDATE issues SET created_by_id = ? WHERE name = 'watched'", sees: true},
		"a guest who sees all": {role: 5, sees: true,
			sql: "UPDATE projects SET guest_view_all_features = TRUE WHERE EXISTS (SELECT 1 FROM users WHERE id = ?)"},
		"who was never in the project":     {},
		"who left the project":             {role: 15, sql: "UPDATE project_members SET is_active = FALSE WHERE member_id = ?"},
		"whose membership was deleted":     {role: 15, sql: "UPDATE project_members SET deleted_at = created_at WHERE member_id = ?"},
		"who was put out of the workspace": {role: 15, sql: "UPDATE workspace_members SET is_active = FALSE WHERE member_id = ?"},
		"whose account is closed":          {role: 15, sql: "UPDATE users SET is_active = FALSE WHERE id = ?"},
		"who became a guest":               {role: 15, sql: "UPDATE project_members SET role = 5 WHERE member_id = ?"},
	} {
		t.Run(name, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, a *app.App) {
				g := newStage(t, a)
				who := g.s.User("fay")
				g.people["fay"], g.ids["fay"] = who, who.User.ID
				g.play(do("dora", "POST "+issuesAt, `{"name": "watched", "description_html": "<p>x</p>"}`))
				g.write(func(t *store.Tx) error { return g.become(t, who.User.ID, state.role, state.sql) })
				for _, what := range []step{
					do("dora", "PATCH "+issuesAt+"{item}/", `{"priority": "low"}`),
					do("dora", "POST "+issuesAt+"{item}/comments/", `{"comment_html": "<p>said</p>"}`),
					do("dora", "POST "+issuesAt+"{item}/comments/", `{"comment_html": "`+namingFay+`"}`),
					do("dora", "PATCH "+issuesAt+"{item}/", `{"description_html": "`+namingFay+`"}`),
					do("key", "POST "+v1At+"issues/{item}/links/", `{"url": "https://example.test/"}`),
				} {
					g.forget()
					g.play(what)
					want := 0
					if state.sees {
						want = 2 // a notification and what a letter tells of
					}
					if rows := g.rows(); strings.Count(fmt.Sprint(rows), " to fay ") != want {
						t.Errorf("%s: %d rows are wanted\n%s", what.Do, want, strings.Join(rows, "\n"))
					}
				}
				if seen := who.Do("GET", g.named(issuesAt+"{item}/"), nil).Status == 200; seen != state.sees {
					t.Errorf("they see it: %v", seen)
				}
			})
		})
	}
}

const namingFay = `<p><mention-component entity_name=\"user_mention\" entity_identifier=\"{fay}\"></mention-component></p>`

// become makes somebody follow the story's work item with a role in the project, and then what the statement says.
func (g *stage) become(t *store.Tx, who string, role int, statement string) error {
	t.ForgetAll()
	err := store.WorkspaceMembers.Insert(t,
		&store.WorkspaceMember{WorkspaceID: g.ids["workspace"], MemberID: who, Role: max(role, 5), IsActive: true})
	if err == nil && role > 0 {
		err = store.ProjectMembers.Insert(t, &store.ProjectMember{WorkspaceID: g.ids["workspace"],
			ProjectID: g.ids["project"], MemberID: &who, Role: role, IsActive: true})
	}
	if err == nil {
		err = store.Subscribe(t, store.IssueKey{IssueID: g.ids["item"], ProjectID: g.ids["project"],
			WorkspaceID: g.ids["workspace"]}, who)
	}
	if err == nil && statement != "" {
		_, err = t.Exec(statement, who)
	}
	return err
}

// However many follow, telling them takes the same number of statements.
func TestTellingManyTakesAsManyQueries(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		g := newStage(t, a)
		count := func(what step) int {
			var mu sync.Mutex
			n, counting := 0, false
			a.DB.Observe(func(_ context.Context, statement string, _ []any) {
				mu.Lock()
				defer mu.Unlock()
				counting = counting || strings.Contains(statement, "SELECT f.subscriber_id")
				if counting {
					n++
				}
			})
			defer a.DB.Observe(nil)
			g.play(what)
			return n
		}
		changes := []step{
			do("dora", "PATCH "+issuesAt+"{item}/", `{"state_id": "{state:Done}", "priority": "low", "description_html": "`+naming+`"}`),
			do("dora", "POST "+issuesAt+"{item}/comments/", `{"comment_html": "`+naming+`"}`),
		}
		begin := func() { g.play(do("dora", "POST "+issuesAt, `{"name": "followed", "assignee_ids": ["{anna}"]}`)) }
		begin()
		few := []int{count(changes[0]), count(changes[1])}
		begin()
		for n := range 40 {
			who := g.s.User(fmt.Sprint("follower", n))
			g.write(func(t *store.Tx) error { return g.become(t, who.User.ID, 15, "") })
		}
		g.forget()
		many := []int{count(changes[0]), count(changes[1])}
		if few[0] != many[0] || few[1] != many[1] || few[0] == 0 {
			t.Errorf("statements for few %v, for many %v", few, many)
		}
		told, err := store.Notifications.Count(a.DB.Read(t.Context()), dbx.HashExp{"entity_identifier": g.ids["item"]})
		if err != nil || told < 120 {
			t.Errorf("%d notifications, %v", told, err)
		}
	})
}
