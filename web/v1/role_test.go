package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web/webtest"
)

// crowd is everybody who may hold a key: somebody of elsewhere, of the workspace but not the project, and with each
// role in the project.
type crowd struct{ elsewhere, outsider, guest, member, admin *webtest.Client }

func newCrowd(t *testing.T, s *webtest.Server, p place) crowd {
	t.Helper()
	return crowd{
		elsewhere: s.User("elsewhere").WithKey(),
		outsider:  p.join(t, s, "outsider", app.Member, app.Nobody).WithKey(),
		guest:     p.join(t, s, "guest", app.Guest, app.Guest).WithKey(),
		member:    p.join(t, s, "member", app.Member, app.Member).WithKey(),
		admin:     p.join(t, s, "admin", app.Member, app.Admin).WithKey(),
	}
}

// each calls a function with everybody, in the order in which tables name them.
func (c crowd) each(do func(i int, name string, who *webtest.Client)) {
	for i, one := range []struct {
		name string
		who  *webtest.Client
	}{{"elsewhere", c.elsewhere}, {"outsider", c.outsider}, {"guest", c.guest}, {"member", c.member},
		{"admin", c.admin}} {
		do(i, one.name, one.who)
	}
}

// Every collection and every row of a project is open to whom its rule says, with the role that the key's owner has.
// What is changed or deleted was made by the place's owner, and is made anew for everybody who tries.
func TestWhoMayWhatInAProject(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "roles")
		p.key.Must("PATCH", p.base, map[string]any{"guest_view_all_features": true, "cycle_view": true,
			"module_view": true, "intake_view": true})
		all := newCrowd(t, s, p)
		item := "work-items/" + p.item(map[string]any{"name": "item"}) + "/"
		n := 0
		for _, kind := range []struct {
			path   string // of the collection
			make   map[string]any
			change map[string]any
			// What is answered, to elsewhere, outsider, guest, member and admin.
			list, create, read, update, remove [5]int
		}{
			{"states/", map[string]any{"name": "s#", "color": "#fff"}, map[string]any{"color": "#000"},
				[5]int{403, 403, 200, 200, 200}, [5]int{403, 403, 403, 200, 200}, [5]int{403, 403, 200, 200, 200},
				[5]int{403, 403, 403, 200, 200}, [5]int{403, 403, 403, 403, 204}},
			{"labels/", map[string]any{"name": "l#"}, map[string]any{"color": "#000"},
				[5]int{403, 403, 200, 200, 200}, [5]int{403, 403, 403, 201, 201}, [5]int{403, 403, 200, 200, 200},
				[5]int{403, 403, 403, 403, 200}, [5]int{403, 403, 403, 403, 204}},
			{"work-items/", map[string]any{"name": "w#"}, map[string]any{"priority": "low"},
				[5]int{403, 403, 200, 200, 200}, [5]int{403, 403, 403, 201, 201}, [5]int{403, 403, 200, 200, 200},
				[5]int{403, 403, 403, 200, 200}, [5]int{403, 403, 403, 403, 204}},
			{item + "comments/", map[string]any{"comment_html": "c#"}, map[string]any{"comment_html": "x"},
				[5]int{403, 403, 200, 200, 200}, [5]int{403, 403, 201, 201, 201}, [5]int{403, 403, 200, 200, 200},
				[5]int{403, 403, 403, 403, 200}, [5]int{403, 403, 403, 403, 204}},
			{item + "links/", map[string]any{"url": "https://x.test/#"}, map[string]any{"title": "x"},
				[5]int{403, 403, 200, 200, 200}, [5]int{403, 403, 403, 201, 201}, [5]int{403, 403, 200, 200, 200},
				[5]int{403, 403, 403, 403, 200}, [5]int{403, 403, 403, 403, 204}},
			{"cycles/", map[string]any{"name": "y#", "project_id": p.project()}, map[string]any{"description": "x"},
				[5]int{403, 403, 200, 200, 200}, [5]int{403, 403, 403, 201, 201}, [5]int{403, 403, 200, 200, 200},
				[5]int{403, 403, 403, 200, 200}, [5]int{403, 403, 403, 403, 204}},
			{"modules/", map[string]any{"name": "m#"}, map[string]any{"description": "x"},
				[5]int{403, 403, 200, 200, 200}, [5]int{403, 403, 403, 201, 201}, [5]int{403, 403, 200, 200, 200},
				[5]int{403, 403, 403, 200, 200}, [5]int{403, 403, 403, 403, 204}},
			{"intake-issues/", map[string]any{"issue": map[string]any{"name": "i#"}}, map[string]any{"source": "x"},
				[5]int{403, 403, 200, 200, 200}, [5]int{403, 403, 201, 201, 201}, [5]int{403, 403, 200, 200, 200},
				[5]int{403, 403, 400, 400, 200}, [5]int{403, 403, 403, 403, 204}},
		} {
			fresh := func() map[string]any {
				n++
				return numbered(kind.make, n)
			}
			all.each(func(i int, name string, who *webtest.Client) {
				row := p.key.Must("POST", p.base+kind.path, fresh())
				id := row.ID()
				if strings.HasPrefix(kind.path, "intake") {
					id, _ = row.At("issue").(string)
				}
				one := p.base + kind.path + id + "/"
				for _, ask := range []struct {
					method, path string
					body         any
					want         int
				}{
					{"GET", p.base + kind.path, nil, kind.list[i]},
					{"POST", p.base + kind.path, fresh(), kind.create[i]},
					{"GET", one, nil, kind.read[i]},
					{"PATCH", one, kind.change, kind.update[i]},
					{"DELETE", one, nil, kind.remove[i]},
				} {
					if a := who.Do(ask.method, ask.path, ask.body); a.Status != ask.want {
						t.Errorf("%s: %s %s: %d %.200s, want %d", name, ask.method, kind.path, a.Status, a.Raw, ask.want)
					}
				}
				left := p.key.Do("GET", one, nil).Status == 200
				if left != (kind.remove[i] != 204) {
					t.Errorf("%s: after the deletion of one of %s that was answered with %d it is there: %v", name, kind.path,
						kind.remove[i], left)
				}
			})
		}
	})
}

// numbered is a body with a number in the place of each #.
func numbered(body map[string]any, n int) map[string]any {
	out := map[string]any{}
	for key, v := range body {
		switch v := v.(type) {
		case string:
			if !strings.HasPrefix(v, "#") {
				v = strings.Replace(v, "#", fmt.Sprint(n), 1)
			}
			out[key] = v
		case map[string]any:
			out[key] = numbered(v, n)
		default:
			out[key] = v
		}
	}
	return out
}

// Without a key, with one that is none, or with a person's session, every family of operations is closed.
func TestNothingOpensWithoutAKey(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "closed")
		for _, path := range []string{"/api/v1/users/me/", p.workspace + "projects/", p.workspace + "members/",
			p.workspace + "stickies/", p.workspace + "invitations/", p.base, p.base + "states/", p.base + "labels/",
			p.base + "work-items/", p.base + "issues/", p.base + "cycles/", p.base + "archived-cycles/", p.base + "modules/",
			p.base + "archived-modules/", p.base + "intake-issues/", p.base + "members/", p.base + "project-members/",
			p.base + "summary/", p.workspace + "work-items/search/?search=x", p.workspace + "work-items/ONE-1/"} {
			walk(t, []step{
				{s.Stranger(), "GET", path, nil, 401, "Authentication credentials were not provided."},
				{p.person, "GET", path, nil, 401, "Authentication credentials were not provided."},
				{s.Stranger().With("X-Api-Key", "plane_api_wrong"), "GET", path, nil, 403, "Given API token is not valid"},
			})
		}
	})
}

// The people of a workspace are for its members, not for its guests; those of a project for its people only.
func TestWhoSeesPeople(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "people")
		all := newCrowd(t, s, p)
		all.each(func(i int, name string, who *webtest.Client) {
			for path, want := range map[string][5]int{
				p.workspace + "members/":     {403, 200, 403, 200, 200},
				p.base + "members/":          {403, 403, 200, 200, 200},
				p.base + "project-members/":  {403, 403, 200, 200, 200},
				p.workspace + "invitations/": {403, 403, 403, 403, 403},
				p.workspace + "projects/":    {403, 200, 200, 200, 200},
				p.base + "summary/":          {403, 200, 403, 200, 200},
			} {
				if a := who.Do("GET", path, nil); a.Status != want[i] {
					t.Errorf("%s: %s: %d %.200s, want %d", name, path, a.Status, a.Raw, want[i])
				}
			}
		})
		names := map[any]any{}
		for _, one := range p.key.Must("GET", p.workspace+"members/", nil).JSON().([]any) {
			row := one.(map[string]any)
			names[row["display_name"]] = row["role"]
		}
		want := map[any]any{"people": 20.0, "outsider": 15.0, "guest": 5.0, "member": 15.0, "admin": 15.0}
		if fmt.Sprint(names) != fmt.Sprint(want) {
			t.Errorf("the workspace has %v, want %v", names, want)
		}
		if got := len(all.guest.Must("GET", p.base+"members/", nil).JSON().([]any)); got != 4 {
			t.Errorf("the project has %d people, want its owner, guest, member and admin", got)
		}
	})
}

// Who is in a project, and with which role, is changed by its administrators: of people below them, or, by those of the
// workspace, of everybody. Those of elsewhere are not taken in, and guests of the workspace stay guests.
func TestMembershipsOfAProject(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "joining")
		all := newCrowd(t, s, p)
		visitor := p.join(t, s, "visitor", app.Guest, app.Nobody)
		at := p.base + "members/"
		body := func(who *webtest.Client, role any) map[string]any {
			return map[string]any{"member": who.User.ID, "role": role}
		}
		const above = "You cannot add a user with role higher than the workspace role"
		walk(t, []step{
			{all.guest, "POST", at, body(all.outsider, 5), 403, ""},
			{all.member, "POST", at, body(all.outsider, 5), 403, ""},
			{all.outsider, "POST", at, body(all.outsider, 15), 403, ""},
			{p.key, "POST", at, map[string]any{"role": 15}, 400, `"member":["This field is required."]`},
			{p.key, "POST", at, map[string]any{"member": "x"}, 400, `"member":`},
			{p.key, "POST", at, body(all.outsider, 7), 400, `"role":["\"7\" is not a valid choice."]`},
			{p.key, "POST", at, body(all.outsider, "many"), 400, `"role":`},
			{p.key, "POST", at, body(all.elsewhere, 15), 400, `{"member":["Member not found in workspace"]}`},
			{p.key, "POST", at, body(visitor, 20), 400, above},
			{p.key, "POST", at, body(visitor, 15), 400, above},
			{p.key, "POST", at, map[string]any{"member": visitor.User.ID}, 201, `"role":5`},
		})
		made := p.key.Must("POST", at, body(all.outsider, 15))
		if made.At("role") != 15.0 || made.At("member") != all.outsider.User.ID {
			t.Errorf("taken in: %s", made.Raw)
		}
		one, owner := at+made.ID()+"/", at+p.membership(p.person)+"/"
		guest, admin := at+p.membership(all.guest)+"/", at+p.membership(all.admin)+"/"
		walk(t, []step{
			{all.outsider, "POST", p.base + "labels/", map[string]any{"name": "by a new member"}, 201, ""},
			{p.key, "GET", one, nil, 200, `"display_name":"outsider"`},
			{all.member, "PATCH", one, map[string]any{"role": 20}, 403, ""},
			{all.outsider, "PATCH", one, map[string]any{"role": 20}, 403, ""},
			{p.key, "PATCH", one, map[string]any{"role": 6}, 400, `"role":`},
			{all.admin, "PATCH", one, map[string]any{"role": 20}, 403, ""},
			{all.admin, "PATCH", one, map[string]any{"role": 5}, 200, `"role":5`},
			{all.outsider, "POST", p.base + "labels/", map[string]any{"name": "by a guest"}, 403, ""},
			{p.key, "PATCH", guest, map[string]any{"role": 20}, 400, above},
			{all.admin, "PATCH", owner, map[string]any{"role": 5}, 403, ""},
			{all.admin, "PATCH", owner, map[string]any{"member": visitor.User.ID}, 403, ""},
			{all.admin, "PATCH", admin, map[string]any{"role": 5}, 400, "You cannot update your own role"},
			{all.admin, "DELETE", admin, nil, 400, "You cannot remove yourself"},
			{p.key, "DELETE", owner, nil, 400, "You cannot remove yourself"},
			{all.member, "DELETE", one, nil, 403, ""},
			{all.admin, "DELETE", one, nil, 204, ""},
			{all.outsider, "GET", p.base + "labels/", nil, 403, ""},
			{p.key, "GET", one, nil, 200, `"display_name":"outsider"`}, // who was there stays on record
			{p.key, "POST", at, body(all.outsider, 15), 201, made.ID()},
			{p.key, "POST", at, body(all.outsider, 5), 400, "The payload is not valid"},
			{all.outsider, "POST", p.base + "labels/", map[string]any{"name": "once more"}, 201, ""},
			{p.key, "PATCH", admin, map[string]any{"role": 15}, 200, `"role":15`}, // the workspace's may all that
			{all.admin, "DELETE", one, nil, 403, ""},
			{p.key, "GET", at + p.project() + "/", nil, 404, ""},
			{p.key, "DELETE", at + p.project() + "/", nil, 404, ""},
		})
	})
}

// membership is the id of somebody's place in the project.
func (p place) membership(who *webtest.Client) string {
	for _, m := range p.person.Must("GET", strings.Replace(p.base, "/v1/", "/", 1)+"members/", nil).JSON().([]any) {
		if m := m.(map[string]any); m["member"] == who.User.ID {
			return m["id"].(string)
		}
	}
	return ""
}
