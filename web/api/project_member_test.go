package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

const unknownID = "11111111-2222-4333-8444-555555555555"

// Nobody gives a role in a project that they do not stand above, nor to somebody who stands where they do; the
// workspace's administrators do. Guests of the workspace are no more than guests of its projects.
func TestWhoGivesRolesInAProject(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		ann, bea, cid, dan := g.membership(t, g.ann), g.membership(t, g.bea), g.membership(t, g.cid), g.membership(t, g.dan)
		role := func(n any) any { return map[string]any{"role": n} }
		const (
			higher = "role equal to or higher than your own"
			guest  = "role higher than the workspace role"
		)
		play(t, g.at, []step{
			{g.bea, "PATCH " + cid, role(20), 403, "You cannot assign a " + higher},
			{g.bea, "PATCH " + ann, role(5), 403, "You cannot update the role of a member with a " + higher},
			{g.bea, "PATCH " + bea, role(15), 400, "You cannot update your own role"},
			{g.bea, "PATCH " + cid, role(5), 200, `"role":5`},
			{g.bea, "PATCH " + cid, role(15), 200, `"role":15`},
			{g.bea, "PATCH " + dan, role(15), 400, guest},
			{g.ann, "PATCH " + dan, role(15), 400, guest},
			{g.ann, "PATCH " + dan, role(20), 400, guest},
			{g.ann, "PATCH " + cid, role(10), 400, `"10\" is not a valid choice`},
			{g.cid, "PATCH " + dan, role(5), 403, "You do not have permission to update roles"},
			{g.cid, "PATCH " + bea, role(5), 403, "You do not have permission to update roles"},
			{g.cid, "PATCH " + dan, map[string]any{"sort_order": 1}, 403, ""},
			{g.dan, "PATCH " + cid, role(5), 403, "You do not have permission to update roles"},
			{g.eve, "PATCH " + cid, role(5), 403, ""},
			{g.ann, "PATCH members/" + unknownID + "/", role(5), 404, ""},
			// an administrator of the workspace stands above all
			{g.ann, "PATCH " + cid, role(20), 200, `"role":20`},
			{g.ann, "PATCH " + bea, role(5), 200, `"role":5`},
			// what was given and taken counts at once
			{g.cid, "POST states/", map[string]any{"name": "of cid", "color": "#000"}, 200, ""},
			{g.bea, "POST states/", map[string]any{"name": "of bea", "color": "#000"}, 403, ""},
			{g.bea, "PATCH " + cid, role(5), 403, "You do not have permission to update roles"},
		}...)
	})
}

// Who is taken into a project belongs to the workspace, with a role that fits the one there; all are or none is.
func TestWhoIsTakenIntoAProject(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		gus, zoe := s.User("gus"), s.User("zoe")
		with := func(people ...any) any {
			list := []any{}
			for n := 0; n < len(people); n += 2 {
				list = append(list, map[string]any{"member_id": people[n].(*webtest.Client).User.ID, "role": people[n+1]})
			}
			return map[string]any{"members": list}
		}
		play(t, g.at, []step{
			{g.ann, "POST members/", map[string]any{"members": []any{}}, 400, "At least one member is required"},
			{g.ann, "POST members/", with(zoe, 15), 404, ""},
			{g.ann, "POST members/", with(g.eve, 15, g.fay, 15), 400, "role higher than the workspace role"},
			{g.eve, "GET states/", nil, 403, ""}, // not even the one who fits
			{g.ann, "POST members/", with(g.eve, 15, gus, 5), 404, ""},
			{g.eve, "GET states/", nil, 403, ""},
			{g.cid, "POST members/", with(g.eve, 15), 403, ""},
			{g.dan, "POST members/", with(g.eve, 15), 403, ""},
			{g.eve, "POST members/", with(g.eve, 15), 403, ""},
			{g.bea, "POST members/", with(g.eve, 15, g.fay, 5), 201, `"role":15`},
			{g.eve, "GET states/", nil, 200, ""},
			{g.eve, "POST cycles/", map[string]any{"name": "C"}, 201, ""},
			{g.fay, "POST cycles/", map[string]any{"name": "C"}, 403, ""},
		}...)
	})
}

// Who is put out, or leaves, is out with the next request; the last administrator of a project stays.
func TestWhoGoesOutOfAProject(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		ann, bea, cid, dan := g.membership(t, g.ann), g.membership(t, g.bea), g.membership(t, g.cid), g.membership(t, g.dan)
		again := map[string]any{"members": []any{map[string]any{"member_id": g.cid.User.ID, "role": 5}}}
		play(t, g.at, []step{
			{g.cid, "DELETE " + dan, nil, 403, ""},
			{g.bea, "DELETE " + bea, nil, 400, "You cannot remove yourself"},
			{g.bea, "DELETE members/" + unknownID + "/", nil, 404, ""},
			{g.bea, "DELETE " + cid, nil, 204, ""},
			{g.cid, "GET issues/", nil, 403, ""},
			{g.bea, "DELETE " + cid, nil, 404, ""},
			{g.bea, "POST members/", again, 201, `"role":5`}, // comes back as what they are taken in as
			{g.cid, "GET issues/", nil, 200, ""},
			{g.cid, "POST cycles/", map[string]any{"name": "C"}, 403, ""},
			{g.dan, "POST members/leave/", nil, 204, ""},
			{g.dan, "GET issues/", nil, 403, ""},
			{g.eve, "POST members/leave/", nil, 403, ""},
			{g.ann, "POST members/leave/", nil, 204, ""},
			{g.bea, "POST members/leave/", nil, 400, "only admin of the project"},
			{g.bea, "GET issues/", nil, 200, ""},
			{g.bea, "DELETE " + ann, nil, 404, ""},
		}...)
	})
}

// Public projects are joined with the role that one has in the workspace; secret ones by nobody but its
// administrators, and of several projects all or none are.
func TestWhoJoinsProjects(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		of := func(network int, identifier string) string {
			return g.bea.Must("POST", wsProjects,
				map[string]any{"name": identifier, "identifier": identifier, "network": network}).ID()
		}
		public, secret := of(2, "PUB"), of(0, "SEC")
		join := func(ids ...string) any { return map[string]any{"project_ids": ids} }
		const projects = "POST /api/users/me/workspaces/ws/projects/invitations/"
		in := func(id string) string { return "GET " + wsProjects + id + "/states/" }
		play(t, "", []step{
			{g.cid, projects, join(public, secret), 403, "Only workspace admins can join private project"},
			{g.cid, in(public), nil, 403, ""},
			{g.cid, projects, join(public, unknownID), 400, ""},
			{g.cid, in(public), nil, 403, ""},
			{g.cid, projects, join(public), 201, ""},
			{g.cid, in(public), nil, 200, ""},
			{g.cid, "POST " + wsProjects + public + "/states/", map[string]any{"name": "S", "color": "#000"}, 403, ""},
			{g.ann, projects, join(public, secret), 201, ""},
			{g.ann, "POST " + wsProjects + secret + "/states/", map[string]any{"name": "S", "color": "#000"}, 200, ""},
			{g.cid, in(secret), nil, 403, ""},
		}...)
	})
}
