package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/automation"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// What a project may order is what the reference takes.
func TestOrderingAutomations(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann, bob)
		made := ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"})
		at := wsProjects + made.ID() + "/"
		for _, key := range []string{"archive_in", "close_in"} {
			if made.At(key) != 0.0 {
				t.Errorf("a fresh project has %s %v", key, made.At(key))
			}
			const high, low = "Ensure this value is less than or equal to 12.",
				"Ensure this value is greater than or equal to 0."
			const none, odd = "This field may not be null.", "A valid integer is required."
			for _, tt := range []struct {
				value any
				want  any // the number, or the message
			}{{0, 0.0}, {1, 1.0}, {12, 12.0}, {"3", 3.0}, {13, high}, {-1, low}, {nil, none}, {"x", odd}, {1.5, odd}} {
				a := ann.Do("PATCH", at, map[string]any{key: tt.value})
				if n, ok := tt.want.(float64); ok {
					if a.Status != 200 || a.At(key) != n || ann.Must("GET", at, nil).At(key) != n {
						t.Errorf("%s %v: %d %s", key, tt.value, a.Status, a.Raw)
					}
				} else if diff := cmp.Diff(map[string]any{key: []any{tt.want}}, a.JSON()); a.Status != 400 || diff != "" {
					t.Errorf("%s %v: %d %s", key, tt.value, a.Status, diff)
				}
			}
		}
		bobs := map[string]any{"member_id": bob.User.ID, "role": 15}
		ann.Must("POST", at+"members/", map[string]any{"members": []any{bobs}})
		if a := bob.Do("PATCH", at, map[string]any{"archive_in": 2}); a.Status != 403 {
			t.Errorf("by a member: %d %s", a.Status, a.Raw)
		}
	})
}

// listening keeps what webhooks are told.
func listening(t *testing.T) (url string, heard func() string) {
	t.Helper()
	var mu sync.Mutex
	var all strings.Builder
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_ = r.Write(&all)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, func() string { mu.Lock(); defer mu.Unlock(); return all.String() }
}

// What an automation does stands in the history in its name, everybody who follows the work item is told, the maker of
// the project too, and webhooks hear of it.
func TestAutomationsAreTold(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		s := webtest.Still(t, a)
		ann := s.User("ann")
		workspace(t, s, ann)
		made := ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"})
		at := wsProjects + made.ID() + "/"
		states := map[string]string{}
		for _, state := range ann.Must("GET", at+"states/", nil).JSON().([]any) {
			states[state.(map[string]any)["name"].(string)] = state.(map[string]any)["id"].(string)
		}
		ids := map[string]string{}
		for name, state := range map[string]string{"open": "Todo", "done": "Done"} {
			ids[name] = ann.Must("POST", at+"issues/", map[string]any{"name": name, "state_id": states[state]}).ID()
		}
		url, heard := listening(t)
		hook(t, a, made.At("workspace").(string), url)
		ann.Must("PATCH", at, map[string]any{"archive_in": 1, "close_in": 1, "default_state": states["Done"]})
		drain := func() {
			t.Helper()
			if _, err := jobs.NewRunner(a, jobs.Handlers()).Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		drain()
		a.DB.OwnClock().Run(31 * 24 * time.Hour)
		if err := automation.Due(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		drain()
		a.DB.OwnClock().Run(0) // or ann's session would be over

		if i := ann.Must("GET", at+"issues/"+ids["done"]+"/archive/", nil); i.At("archived_at") == nil {
			t.Errorf("done: %s", i.Raw)
		}
		if i := ann.Must("GET", at+"issues/"+ids["open"]+"/", nil); i.At("state_id") != states["Done"] ||
			i.At("completed_at") == nil {
			t.Errorf("open: %s", i.Raw)
		}
		rows := ann.Must("GET", at+"issues/"+ids["open"]+"/history/?activity_type=issue-property", nil).JSON().([]any)
		last := rows[len(rows)-1].(map[string]any)
		if who := last["actor_detail"].(map[string]any); last["field"] != "state" || last["new_value"] != "Done" ||
			who["display_name"] != "Automation" || who["is_bot"] != true {
			t.Errorf("history: %v", last)
		}
		var told []string
		for _, n := range ann.Must("GET", inbox, nil).JSON().([]any) {
			n := n.(map[string]any)
			told = append(told, n["triggered_by_details"].(map[string]any)["display_name"].(string)+": "+
				n["data"].(map[string]any)["issue_activity"].(map[string]any)["field"].(string))
		}
		if !slices.Contains(told, "Automation: state") {
			t.Errorf("told: %v", told)
		}
		for name, id := range ids {
			if !strings.Contains(heard(), id) {
				t.Errorf("no webhook of %s: %s", name, heard())
			}
		}
	})
}

func hook(t *testing.T, a *app.App, workspace, url string) {
	t.Helper()
	a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
	err := a.DB.Write(context.Background(), "", func(tx *store.Tx) error {
		return store.Webhooks.Insert(tx, &store.Webhook{URL: url, IsActive: true, SecretKey: a.Seal("secret"), Version: "v1",
			WorkspaceID: workspace, Issue: true})
	})
	if err != nil {
		t.Fatal(err)
	}

}
