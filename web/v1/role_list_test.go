package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Roles are the same everywhere, by list and by id, and those that people have are among them.
func TestRolesThatThereAre(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "roles"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		at := p.workspace + "roles/"
		for query, want := range map[string][]any{
			"":                     {"owner", "admin", "member", "guest", "admin", "contributor", "guest"},
			"?namespace=project":   {"admin", "contributor", "guest"},
			"?namespace=workspace": {"owner", "admin", "member", "guest"},
			"?per_page=2&cursor=2:1:0&namespace=project": {"guest"},
			"?per_page=2&cursor=2:9:0":                   {},
		} {
			if d := cmp.Diff(want, column(t, p.key.Must("GET", at+query, nil), "slug")); d != "" {
				t.Errorf("%s (-want +got):\n%s", query, d)
			}
		}
		seen := map[any]bool{}
		for _, role := range results(t, p.key.Must("GET", at, nil)) {
			id := role["id"].(string)
			again := other.key.Must("GET", other.workspace+"roles/"+id+"/", nil).JSON()
			if d := cmp.Diff(any(role), again); d != "" || seen[id] {
				t.Errorf("by its id %v is another one:\n%s", role, d)
			}
			seen[id] = true
		}
		for _, path := range []string{p.workspace + "members-lite/", p.base + "project-members-lite/"} {
			for _, m := range results(t, p.key.Must("GET", path, nil)) {
				list := results(t, p.key.Must("GET", at, nil))
				known := false
				for _, role := range list {
					known = known || role["slug"] == m["role_slug"] && role["level"] == m["role"]
				}
				if !known {
					t.Errorf("%s: %v has a role that is not listed", path, m)
				}
			}
		}
		walk(t, []step{
			{p.key, "GET", at + "?namespace=galaxy", nil, 400, `{"namespace":["\"galaxy\" is not`},
			{p.key, "GET", at + store.NewID() + "/", nil, 404, ""},
			{all.guest, "GET", at, nil, 200, ""}, {all.elsewhere, "GET", at, nil, 403, ""},
		})
	})
}

// How people share the roles in projects counts each of them once, without archived projects and who has left.
func TestHowRolesAreShared(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "shares")
		all := newCrowd(t, s, p)
		boss := p.join(t, s, "boss", app.Admin, app.Nobody).WithKey()
		gone := p.join(t, s, "gone", app.Member, app.Member)
		p.key.Must("DELETE", p.base+"members/"+p.membership(gone)+"/", nil)
		p.key.Must("POST", p.workspace+"projects/", map[string]any{"name": "two", "identifier": "TWO"})
		away := p.key.Must("POST", p.workspace+"projects/", map[string]any{"name": "away", "identifier": "AWAY"})
		p.key.Must("POST", p.workspace+"projects/"+away.ID()+"/archive/", nil)
		at := p.workspace + "project-role-distribution/"
		a := boss.Must("GET", at, nil)
		got := fmt.Sprint(a.At("total_memberships"), a.At("total_distinct_members"))
		for _, one := range a.At("roles").([]any) {
			one := one.(map[string]any)
			got += fmt.Sprintf("; %v %v %v", one["slug"], one["membership_count"], one["distinct_member_count"])
		}
		if want := "5 4; admin 3 2; contributor 1 1; guest 1 1"; got != want {
			t.Errorf("the roles are shared so: %s, want %s", got, want)
		}
		walk(t, []step{{all.elsewhere, "GET", at, nil, 403, ""}, {all.guest, "GET", at, nil, 403, ""},
			{all.admin, "GET", at, nil, 403, ""}, {p.key, "GET", at, nil, 200, ""}})
	})
}

// Who is removed by id or address has no way into the workspace any more, nor into its projects.
func TestRemovedFromAWorkspace(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "removes")
		all := newCrowd(t, s, p)
		at := p.workspace + "members/remove/"
		all.admin.User.Email = new("admin@xn--bcher-kva.example") // as it is kept, however it is typed
		if err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			return store.Users.Update(tx, all.admin.User, "email")
		}); err != nil {
			t.Fatal(err)
		}
		of := func(key string, who *webtest.Client) map[string]any {
			if key == "email" {
				return map[string]any{key: strings.ToUpper(*who.User.Email)}
			}
			return map[string]any{key: who.User.ID}
		}
		walk(t, []step{
			{all.member, "POST", at, of("member_id", all.guest), 403, ""},
			{all.guest, "POST", at, of("email", all.member), 403, ""},
			{p.key, "POST", at, map[string]any{}, 400, `"member_id":["This field is required, or email."]`},
			{p.key, "POST", at, map[string]any{"member_id": "x"}, 400, `"member_id":`},
			{p.key, "POST", at, of("member_id", p.key), 400, "cannot remove yourself"},
			{p.key, "POST", at, of("email", all.elsewhere), 404, ""},
			{p.key, "POST", at, map[string]any{"email": "nobody@example.com"}, 404, ""},
			{all.member, "GET", p.base + "work-items/", nil, 200, ""}, {all.guest, "GET", p.base, nil, 200, ""},
			{p.key, "POST", at, map[string]any{"email": "Admin@Bücher.example"}, 204, ""},
			{all.admin, "GET", p.base, nil, 403, ""},
			{p.key, "POST", at, of("member_id", all.member), 204, ""}, {p.key, "POST", at, of("email", all.guest), 204, ""},
			{all.member, "GET", p.base + "work-items/", nil, 403, ""}, {all.guest, "GET", p.base, nil, 403, ""},
			{p.key, "POST", at, of("member_id", all.member), 404, ""},
		})
	})
}
