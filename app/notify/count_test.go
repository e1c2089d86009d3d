package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

const inboxAt = "/api/workspaces/{slug}/users/notifications/"

// doings are what may happen to work items and to notifications of them; {item} and {note} are any.
var doings = []step{
	do("dora", "POST "+issuesAt, `{"name": "n", "assignee_ids": ["{anna}"], "state_id": "{state:Done}"}`),
	do("dora", "POST "+issuesAt, `{"name": "n", "description_html": "`+namingAnna+`", "state_id": "{state:Done}"}`),
	do("anna", "POST "+issuesAt, `{"name": "n", "state_id": "{state:Done}"}`),
	do("dora", "POST "+issuesAt+"{item}/comments/", `{"comment_html": "`+namingAnna+`"}`),
	do("dora", "POST "+issuesAt+"{item}/comments/", `{"comment_html": "<p>x</p>"}`),
	do("dora", "PATCH "+issuesAt+"{item}/", `{"name": "m"}`),
	do("key", "PATCH "+v1At+"issues/{item}/", `{"name": "by key"}`),
	do("key", "POST "+v1At+"issues/{item}/comments/", `{"comment_html": "`+namingAnna+`"}`),
	do("dora", "POST "+issuesAt+"{item}/archive/", ""),
	do("dora", "POST "+issuesAt+"{item}/archive/", ""),
	do("dora", "DELETE "+issuesAt+"{item}/archive/", ""),
	do("dora", "DELETE "+issuesAt+"{item}/", ""),
	do("anna", "POST "+inboxAt+"{note}/read/", ""),
	do("anna", "DELETE "+inboxAt+"{note}/read/", ""),
	do("anna", "POST "+inboxAt+"{note}/archive/", ""),
	do("anna", "DELETE "+inboxAt+"{note}/archive/", ""),
	do("anna", "PATCH "+inboxAt+"{note}/", `{"snoozed_till": "{later}"}`),
	do("anna", "PATCH "+inboxAt+"{note}/", `{"snoozed_till": "{earlier}"}`),
	do("anna", "PATCH "+inboxAt+"{note}/", `{}`),
	do("anna", "DELETE "+inboxAt+"{note}/", ""),
	do("anna", "POST "+inboxAt+"mark-all-read/", `{"type": "assigned"}`),
	do("anna", "POST /api/workspaces/{slug}/projects/{project}/members/leave/", ""),
	do("dora", "POST /api/workspaces/{slug}/projects/{project}/members/", `{"members": [{"member_id": "{anna}", "role": 15}]}`),
	do("dora", "POST /api/workspaces/{slug}/projects/{project}/members/", `{"members": [{"member_id": "{anna}", "role": 5}]}`),
}

const namingAnna = `<p><mention-component entity_name=\"user_mention\" entity_identifier=\"{anna}\"></mention-component></p>`

// Whatever happens, the counts of what is new are how many the lists of it have.
func TestCountsAreWhatListsShow(t *testing.T) {
	webtest.Long(t)
	apptest.Each(t, func(t *testing.T, a *app.App) {
		g := newStage(t, a)
		g.ids["later"] = time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		g.ids["earlier"] = time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
		anna := g.people["anna"]
		most, items, notes := 0, []string(nil), []string(nil)
		rapid.Check(t, func(r *rapid.T) {
			for range rapid.IntRange(3, 8).Draw(r, "steps") {
				st := rapid.SampledFrom(doings).Draw(r, "what")
				g.ids["item"], g.ids["note"] = lately(r, items), lately(r, notes)
				method, path, _ := strings.Cut(g.named(st.Do), " ")
				var body any
				if len(st.Send) > 0 {
					body = g.named(string(st.Send))
				}
				if a := g.people[st.As].Do(method, path, body); a.Status == 201 && strings.HasSuffix(path, "/issues/") {
					items = append(items, a.ID())
				}
				if _, err := g.runner.Drain(t.Context()); err != nil {
					t.Fatal(err)
				}
				count := anna.Must("GET", g.named(inboxAt)+"unread/", nil)
				got := []any{count.At("total_unread_notifications_count"), count.At("mention_unread_notifications_count")}
				list, named := g.list("anna", inboxAt+"?read=false"), g.list("anna", inboxAt+"?read=false&mentioned=true")
				most = max(most, len(list)+len(named))
				for _, id := range slices.Concat(list, named) {
					if !slices.Contains(notes, id) {
						notes = append(notes, id)
					}
				}
				if want := []any{float64(len(list)), float64(len(named))}; !slices.Equal(got, want) {
					r.Fatalf("after %s %s the counts are %v, the lists have %v", st.As, st.Do, got, want)
				}
			}
		})
		if most < 5 {
			t.Errorf("never more than %d were new", most)
		}
	})
}

// list are the ids of what a list shows somebody.
func (g *stage) list(who, path string) (ids []string) {
	g.t.Helper()
	rows, _ := g.people[who].Must("GET", g.named(path), nil).JSON().([]any)
	for _, row := range rows {
		m, _ := row.(map[string]any)
		ids = append(ids, fmt.Sprint(m["id"]))
	}
	return ids
}

// lately is one of the last few, or one that is not there.
func lately(r *rapid.T, ids []string) string {
	ids = append([]string{store.NewID()}, ids[max(0, len(ids)-8):]...)
	return ids[rapid.IntRange(0, len(ids)-1).Draw(r, "which")]
}
