package v1_test

import (
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// A teamspace is led by its maker, its lead and the workspace's administrators, and shows nobody a project that they do
// not know of.
func TestTeamspaces(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "mine"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		at := p.workspace + "teamspaces/"
		made := all.outsider.Must("POST", at, map[string]any{"name": "Payments", "description_html": "<p>We <b>pay</b></p>",
			"logo_props": map[string]any{"in_use": "icon"}})
		for key, want := range map[string]any{"description_stripped": "We pay", "lead": nil, "description_binary": nil,
			"created_by": all.outsider.User.ID} {
			if got := made.At(key); got != want {
				t.Errorf("%s: %v, want %v", key, got, want)
			}
		}
		one := at + made.ID() + "/"
		theirs := other.key.Must("POST", other.workspace+"teamspaces/", map[string]any{"name": "x"}).ID()
		people := func(ids ...string) map[string]any { return map[string]any{"member_ids": ids} }
		projects := func(ids ...string) map[string]any { return map[string]any{"project_ids": ids} }
		guest, member, owner := all.guest.User.ID, all.member.User.ID, p.person.User.ID
		secret := p.key.Must("POST", p.workspace+"projects/", map[string]any{"name": "secret", "identifier": "SEC"}).ID()
		p.person.Must("PATCH", "/api/workspaces/mine/projects/"+secret+"/", map[string]any{"network": 0})
		walk(t, []step{
			{p.key, "POST", at, map[string]any{}, 400, `{"name":["This field is required."]}`},
			{p.key, "POST", at, map[string]any{"name": "x", "logo_props": 5, "lead": other.person.User.ID}, 400, `"lead":["Invalid pk`},
			{p.key, "POST", at, map[string]any{"name": "x", "description_json": []int{}}, 400, `{"description_json":[`},
			{all.guest, "GET", at, nil, 403, ""}, {all.guest, "POST", at, map[string]any{"name": "x"}, 403, ""},
			{all.elsewhere, "GET", one, nil, 403, ""}, {p.key, "GET", at + theirs + "/", nil, 404, ""},
			{p.key, "POST", at + theirs + "/members/", people(owner), 404, ""},
			{p.key, "GET", at + theirs + "/projects/", nil, 404, ""},

			{all.member, "GET", one, nil, 200, `"name":"Payments"`}, {all.member, "PATCH", one, map[string]any{"name": "P"}, 403, ""},
			{all.member, "POST", one + "members/", people(member), 403, ""}, {all.member, "DELETE", one, nil, 403, ""},
			{p.key, "PATCH", one, map[string]any{"lead": member}, 200, `"lead":"` + member}, // as the workspace's administrator
			{all.member, "PATCH", one, map[string]any{"name": "P"}, 200, `"name":"P"`},      // as the lead

			{all.outsider, "POST", one + "members/", people(guest, owner, guest), 200, guest},
			{all.outsider, "POST", one + "members/", people(guest, member), 200, member},
			{p.key, "POST", one + "members/", people(other.person.User.ID), 400, `{"member_ids":["Invalid pk`},
			{p.key, "POST", one + "members/", map[string]any{}, 400, `{"member_ids":["This field is required."]}`},
			{p.key, "POST", one + "members/", map[string]any{"member_ids": []string{"x"}}, 400, `Must be a valid UUID`},
			{all.outsider, "GET", one + "members/", nil, 200, `"total_count":3`},
			{p.key, "DELETE", one + "members/", people(owner, store.NewID()), 204, ""},
			{all.outsider, "GET", one + "members/", nil, 200, `"total_count":2`},
			{p.key, "POST", one + "members/", people(owner), 200, owner}, // again
			{p.key, "DELETE", one + "members/", people(owner), 204, ""},

			{all.outsider, "POST", one + "projects/", projects(secret), 400, `{"project_ids":["Invalid pk`},
			{p.key, "POST", one + "projects/", projects(other.project()), 400, `{"project_ids":["Invalid pk`},
			{p.key, "POST", one + "projects/", projects(secret, p.project()), 200, secret},
			{p.key, "POST", one + "projects/", projects(p.project()), 200, p.project()},
			{p.key, "GET", one + "projects/", nil, 200, `"total_count":2`},
			{all.outsider, "GET", one + "projects/", nil, 200, `"total_count":1`},
			{p.key, "DELETE", one + "projects/", projects(p.project()), 204, ""},
			{all.outsider, "GET", one + "projects/", nil, 200, `"total_count":0`},
			{p.key, "GET", at + "?order_by=name", nil, 200, `"total_count":1`},
			{p.key, "GET", at + "?order_by=lead", nil, 400, `{"order_by":[`},
		})
		for _, m := range rows(p.person.Must("GET", "/api/workspaces/mine/members/", nil)) {
			if who, _ := m["member"].(map[string]any); who["id"] == guest {
				p.person.Must("DELETE", "/api/workspaces/mine/members/"+m["id"].(string)+"/", nil)
			}
		}
		walk(t, []step{{p.key, "GET", one + "members/", nil, 200, `"total_count":1`},
			{p.key, "DELETE", p.workspace + "projects/" + secret + "/", nil, 204, ""},
			{p.key, "GET", one + "projects/", nil, 200, `"total_count":0`},
			{all.member, "DELETE", one, nil, 204, ""}, {p.key, "GET", one + "members/", nil, 404, ""}})
	})
}
