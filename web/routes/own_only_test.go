package routes_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// A guest whom the project shows only their own work items reads nothing of others', by whatever operation and whatever
// it is asked for: neither what they are called nor what hangs on them. With guest_view_all_features they do.
func TestGuestsReadOnlyTheirOwn(t *testing.T) {
	webtest.Long(t)
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		p := furnish(t, s, s.User("owner"))
		guest := s.User("guest")
		p.admit(t, s, guest, app.Guest)
		mine := guest.Must("POST", wsPathOf(p)+"projects/"+p.project.ID+"/intake-issues/",
			map[string]any{"issue": map[string]any{"name": "of the guest"}})
		if mine.Status != http.StatusOK {
			t.Fatalf("a guest brings nothing in: %s", mine.Raw)
		}
		key := guest.WithKey()
		sweep := func() (found []string) {
			for _, op := range routes.All("test") {
				if op.Method != http.MethodGet {
					continue
				}
				who := guest
				if strings.HasPrefix(op.Path, "/api/v1/") {
					who = key
				}
				for _, q := range ownQueries(p, op) {
					a := who.Do("GET", p.path(op.Path)+"?"+encoded(q), nil)
					if a.Status >= 500 && op.Path != "/readyz" { // which asks whether the machine keeps up
						t.Errorf("GET %s?%s: %d %.200s", op.Path, q, a.Status, a.Raw)
					}
					if at := strings.Index(string(a.Raw), itemWord); at >= 0 {
						found = append(found, op.Path+"?"+q+": …"+string(a.Raw[max(0, at-100):min(len(a.Raw), at+40)]))
					}
				}
			}
			return found
		}
		for _, leak := range sweep() {
			t.Errorf("a guest reads others' work items at %s", leak)
		}
		s.User("nobody") // the cache is emptied by the write below
		if err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			tx.ForgetAll()
			return run(tx, "UPDATE projects SET guest_view_all_features = TRUE WHERE id = ?", p.project.ID)
		}); err != nil {
			t.Fatal(err)
		}
		if n := len(sweep()); n < 25 {
			t.Errorf("where guests see everything, only %d operations show it: the sweep looks at the wrong things", n)
		}
	})
}

func wsPathOf(p *place) string { return "/api/workspaces/" + p.workspace.Slug + "/" }

// ownQueries ask for everything that could bring others' work items in.
func ownQueries(p *place, op web.Op) []string {
	qs := []string{""}
	switch {
	case strings.Contains(op.Path, "search"):
		qs = append(qs, "search="+itemWord, "query="+itemWord+"&query_type=issue,cycle,module,page,project", "search=1",
			"search="+p.project.Identifier, "search="+itemWord+"&workspace_search=true",
			"search="+itemWord+"&project_id="+p.project.ID, "query="+itemWord+"&query_type=issue&project_id="+p.project.ID)
	case strings.Contains(op.Path, "/issues/list/"):
		qs = append(qs, "issues="+p.ids["issues"])
	case strings.HasPrefix(op.Path, "/api/v1/"):
		qs = append(qs, expandInV1)
	case strings.Contains(op.Path, "issue") || strings.Contains(op.Path, "work-item"):
		qs = append(qs, expandInOne, "group_by=state_id", "expand=issue_relation,issue_related",
			"activity_type=issue-property", "activity_type=issue-comment")
	}
	return qs
}
