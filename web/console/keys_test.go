package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// A key is made by plain forms, for what is ticked; a workspace's administrator makes a service account and its keys,
// and nobody else does.
func TestKeysByForms(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, member := people(t, s)
		ws := admin.Must("POST", "/api/workspaces/", map[string]string{"name": "Harbour", "slug": "harbour"}).ID()
		project := admin.Must("POST", "/api/workspaces/harbour/projects/",
			map[string]any{"name": "Web", "identifier": "WEB"}).ID()
		b := as(t, s, admin)
		at := "/console/account/keys/"
		for _, tt := range []struct {
			sent   []string
			status int
			says   string
		}{
			{[]string{"label", "a", "may", "some"}, http.StatusBadRequest, "Tick at least one"},
			{[]string{"label", "a", "projects", "WEB"}, http.StatusBadRequest, "workspace of the projects"},
			{[]string{"label", "a", "workspace", "harbour", "projects", "NIX"}, http.StatusBadRequest, "no project NIX"},
			{[]string{"label", "a", "workspace", "nowhere"}, http.StatusBadRequest, "no workspace nowhere"},
			{[]string{"label", "reads", "may", "read"}, http.StatusOK, "plane_api_"},
			{[]string{"label", "some", "may", "some", "scopes[]", "pages:read", "scopes[]", "work_items:write", "workspace",
				"harbour", "projects", "web"}, http.StatusOK, "plane_api_"},
		} {
			if a := b.post(at, tt.sent...); a.status != tt.status || !strings.Contains(a.text, tt.says) {
				t.Errorf("%v: %d %.300s", tt.sent, a.status, a.text)
			}
		}
		k, err := store.APITokens.Get(s.App.DB.Read(t.Context()), dbx.HashExp{"label": "some"})
		if err != nil || strings.Join(k.Scopes, " ") != "pages:read work_items:write" || *k.OnlyWorkspaceID != ws ||
			len(k.OnlyProjects) != 1 || k.OnlyProjects[0] != project {
			t.Errorf("it is for %+v, %v", k, err)
		}
		programs := "/console/service-accounts/harbour/"
		if a := as(t, s, member).get(programs); a.status != http.StatusForbidden {
			t.Errorf("somebody else sees service accounts: %d", a.status)
		}
		if a := b.post(programs, "name", "Builds", "role", "member", "projects", "WEB"); a.status != http.StatusSeeOther {
			t.Fatalf("%d %.300s", a.status, a.text)
		}
		bot, err := store.Users.Get(s.App.DB.Read(t.Context()), dbx.HashExp{"display_name": "Builds"})
		if err != nil {
			t.Fatal(err)
		}
		one := programs + bot.ID + "/"
		a := b.post(one+"keys/", "label", "CI", "may", "read")
		if a.status != http.StatusOK || !strings.Contains(a.text, "plane_api_") {
			t.Errorf("%d %.300s", a.status, a.text)
		}
		look(t, programs, b.get(programs))
		look(t, one, b.get(one))
		if a := b.post(one+"change/", "name", "Releases", "role", "guest"); a.status != http.StatusSeeOther {
			t.Errorf("%d %.300s", a.status, a.text)
		}
		if a := b.post(one + "remove/"); a.status != http.StatusSeeOther {
			t.Errorf("%d %.300s", a.status, a.text)
		}
		if a := b.get(one); a.status != http.StatusNotFound {
			t.Errorf("when it is gone: %d", a.status)
		}
	})
}
