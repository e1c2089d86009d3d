package routes_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// privateMarker stands in everything that is one person's alone.
const privateMarker = "PRIVATE-9E27"

// privateTables are where such things are kept.
var privateTables = []string{"pages", "issue_views", "user_favorites", "draft_issues", "stickies", "notifications",
	"api_tokens", "workspace_user_links", "workspace_home_preferences", "analytic_views", "collections"}

// hoard makes one of everything that is a person's alone, in a project of others, and notes the ids by segment of a
// path.
func hoard(t *testing.T, s *webtest.Server, p *place, owner *webtest.Client) {
	t.Helper()
	inWorkspace := wsPathOf(p)
	here := inWorkspace + "projects/" + p.project.ID + "/"
	made := func(segments, path string, body map[string]any) string {
		id := owner.Must("POST", path, body).ID()
		for _, seg := range strings.Fields(segments) {
			p.ids[seg] = id
		}
		return id
	}
	page := made("pages favorite-pages", here+"pages/",
		map[string]any{"name": privateMarker, "access": 1, "description_html": "<p>" + privateMarker + "</p>"})
	made("stickies", inWorkspace+"stickies/", map[string]any{"name": privateMarker,
		"description_html": "<p>" + privateMarker + "</p>"})
	made("quick-links", inWorkspace+"quick-links/", map[string]any{"title": privateMarker,
		"url": "https://example.org/" + privateMarker})
	made("draft-issues draft-to-issue", inWorkspace+"draft-issues/",
		map[string]any{"name": privateMarker, "project_id": p.project.ID})
	made("user-favorites", inWorkspace+"user-favorites/",
		map[string]any{"entity_type": "page", "entity_identifier": page, "name": privateMarker, "project_id": p.project.ID})
	made("api-tokens", "/api/users/api-tokens/", map[string]any{"label": privateMarker, "description": privateMarker})
	made("analytic-view saved-analytic-view", inWorkspace+"analytic-view/",
		map[string]any{"name": privateMarker, "query_dict": map[string]any{"x_axis": "priority", "y_axis": "issue_count"}})
	owner.Must("PATCH", here+"preferences/member/"+owner.User.ID+"/", map[string]any{"note": privateMarker})
	if err := s.App.DB.Write(t.Context(), owner.User.ID, func(tx *store.Tx) error {
		view := &store.View{Name: privateMarker, ProjectID: &p.project.ID, WorkspaceID: p.workspace.ID,
			OwnedByID: owner.User.ID, Access: 0}
		wide := &store.View{Name: privateMarker, WorkspaceID: p.workspace.ID, OwnedByID: owner.User.ID, Access: 0}
		wiki := &store.Page{Name: privateMarker, WorkspaceID: p.workspace.ID, OwnedByID: owner.User.ID, Access: 1,
			DescriptionHTML: "<p>" + privateMarker + "</p>", IsGlobal: true}
		shelf := &store.Collection{Name: privateMarker, Access: store.PrivateCollection, OwnedByID: owner.User.ID,
			WorkspaceID: p.workspace.ID}
		note := &store.Notification{Title: privateMarker, Sender: "in_app:issue_activities:mentioned",
			ReceiverID: owner.User.ID, WorkspaceID: p.workspace.ID, ProjectID: &p.project.ID, EntityName: "issue"}
		home := &store.HomePreference{Key: "quick_links", IsEnabled: true,
			Config: store.JSON(`{"note":"` + privateMarker + `"}`), UserID: owner.User.ID, WorkspaceID: p.workspace.ID}
		return errorOf(keep(p, tx, store.Views, "views", view, &view.ID),
			keep(p, tx, store.Views, "wide-views", wide, &wide.ID),
			keep(p, tx, store.Pages, "wide-pages", wiki, &wiki.ID),
			keep(p, tx, store.Collections, "collections", shelf, &shelf.ID),
			keep(p, tx, store.Notifications, "notifications", note, &note.ID),
			func() error { return store.HomePreferences.Insert(tx, home) })
	}); err != nil {
		t.Fatal(err)
	}
	p.project.CreatedByID = &owner.User.ID // whom paths name as a person
}

// Nobody reads what is another's alone, not even by its id, and nobody changes it: neither who administers the project
// nor the workspace.
func TestPrivateThingsStayPrivate(t *testing.T) {
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		p := furnish(t, s, s.User("founder"))
		owner := s.User("owner")
		p.admit(t, s, owner, app.Member)
		hoard(t, s, p, owner)
		before := privateRows(t, s)
		if len(before) < len(privateTables) {
			t.Fatalf("there are only %d private things", len(before))
		}
		for name, role := range map[string]app.Role{"admin": app.Admin, "member": app.Member, "guest": app.Guest} {
			c := s.User(name)
			p.admit(t, s, c, role)
			key := c.WithKey()
			for _, op := range routes.All("test") {
				if op.Method != http.MethodGet && endsPlace.MatchString(op.Path) || endsCaller.MatchString(op.Method+" "+op.Path) {
					continue
				}
				who := c
				if strings.HasPrefix(op.Path, "/api/v1/") {
					who = key
				}
				for _, q := range privateQueries(p, op) {
					a := pry(who, p, op, q)
					if at := strings.Index(string(a.Raw), privateMarker); at >= 0 {
						t.Errorf("%s reads at %s %s?%s: …%s", name, op.Method, op.Path, q, a.Raw[max(0, at-100):min(len(a.Raw), at+40)])
					}
					if a.Status >= 500 {
						t.Errorf("%s %s?%s: %d %.200s", op.Method, op.Path, q, a.Status, a.Raw)
					}
				}
				if op.Method == http.MethodGet {
					continue
				}
				if after := privateRows(t, s); !slices.Equal(before, after) {
					t.Errorf("%s changes at %s %s what is not theirs:\n%s", name, op.Method, op.Path, cmp.Diff(before, after))
					before = after
				}
			}
		}
	})
}

func pry(who *webtest.Client, p *place, op web.Op, q string) webtest.Answer {
	if op.Method == http.MethodGet {
		return who.Do("GET", p.path(op.Path)+"?"+encoded(q), nil)
	}
	return who.Do(op.Method, p.path(op.Path),
		map[string]any{"name": "taken", "description_html": "<p>taken</p>", "title": "taken", "url": "https://taken.example",
			"label": "taken", "entity_type": "page", "entity_identifier": p.ids["pages"], "parent": p.ids["pages"],
			"access": 0, "project_id": p.project.ID, "page_ids": []string{p.ids["pages"]}, "filters": map[string]any{},
			"view": p.ids["views"], "note": "taken", "preferences": map[string]any{"note": "taken"},
			"query_dict": map[string]any{}, "snoozed_till": nil, "is_service": true, "allowed_rate_limit": "1000/min"})
}

func privateQueries(p *place, op web.Op) []string {
	if op.Method == http.MethodGet && strings.Contains(op.Path, "search") {
		return []string{"search=" + privateMarker, "query=" + privateMarker + "&query_type=page,issue,project&project_id=" +
			p.project.ID, "search=" + privateMarker + "&project_id=" + p.project.ID}
	}
	return []string{""}
}

// privateRows are the rows that bear the marker, as text, without when and where they were last looked at.
func privateRows(t *testing.T, s *webtest.Server) (all []string) {
	t.Helper()
	read := s.App.DB.Read(t.Context())
	for _, table := range privateTables {
		eachRow(t, read, "SELECT * FROM "+table, nil, func(_ []string, row []any) {
			if text := fmt.Sprint(table, row); strings.Contains(text, privateMarker) {
				all = append(all, text)
			}
		})
	}
	slices.Sort(all)
	return all
}
