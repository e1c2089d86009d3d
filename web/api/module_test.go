package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/web/webtest"
)

// A module's name is one of its project, its dates are the right way round and its people are of the workspace; all
// that is wrong is told at once, and nothing is written then.
func TestBadModules(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		zoe := s.User("zoe")
		other := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/modules/"
		body := func(pairs ...any) map[string]any {
			m := map[string]any{}
			for n := 0; n < len(pairs); n += 2 {
				m[pairs[n].(string)] = pairs[n+1]
			}
			return m
		}
		one := "modules/" + g.cid.Must("POST", g.at+"modules/", body("name", "Taken")).ID() + "/"
		const taken = "Module with this name already exists"
		play(t, g.at, []step{
			{g.ann, "POST modules/", body("name", "Taken"), 400, taken},
			{g.ann, "POST " + other, body("name", "Taken"), 201, ""},
			{g.ann, "POST modules/", body(), 400, `"name":["This field is required."]`},
			{g.ann, "POST modules/", body("name", ""), 400, "This field may not be blank."},
			{g.ann, "POST modules/", body("name", "M", "start_date", "2127-02-02", "target_date", "2127-02-01"), 400,
				"Start date cannot exceed target date"},
			{g.ann, "POST modules/", body("name", "M", "start_date", "2127-02-30"), 400, `"start_date":[`},
			{g.ann, "POST modules/", body("name", "M", "status", "done"), 400, "is not a valid choice"},
			{g.ann, "POST modules/", body("name", "M", "lead_id", zoe.User.ID, "member_ids", []string{zoe.User.ID}), 400,
				`"lead_id":["Invalid pk`},
			{g.ann, "POST modules/", body("name", "M", "member_ids", []string{g.cid.User.ID, zoe.User.ID}), 400,
				`"member_ids":{"1":[`},
			{g.dan, "POST modules/", body("name", "M"), 403, ""},
			{g.eve, "POST modules/", body("name", "M"), 403, ""},
			{g.ann, "PATCH " + one, body("start_date", "2127-02-02", "target_date", "2127-02-01"), 400,
				"Start date cannot exceed target date"},
			{g.ann, "PATCH " + other + one[len("modules/"):], body("name", "Elsewhere"), 404, "Module not found"},
			{g.ann, "GET " + other + one[len("modules/"):], nil, 404, ""},
			{g.ann, "DELETE " + other + one[len("modules/"):], nil, 404, ""},
			{g.dan, "PATCH " + one, body("name", "by a guest"), 403, ""},
			{g.cid, "PATCH " + one, body("name", "Taken", "start_date", "2127-02-01", "target_date", "2127-02-01"), 200,
				`"start_date":"2127-02-01"`},
			{g.cid, "PATCH " + one, body("start_date", nil), 200, `"start_date":null`},
		}...)
		read(t, g.at, list{g.ann, "modules/", "name", "Taken"})
	})
}

// The members of a module are those who were named last; a change that names nobody leaves them.
func TestPeopleOfAModule(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		ann, bea, cid := g.ann.User.ID, g.bea.User.ID, g.cid.User.ID
		one := g.at + "modules/" + g.ann.Must("POST", g.at+"modules/",
			map[string]any{"name": "M", "lead_id": bea, "member_ids": []string{ann, cid, ann}}).ID() + "/"
		for _, tt := range []struct {
			change map[string]any
			lead   any
			people []any
		}{
			{map[string]any{"name": "N"}, bea, []any{ann, cid}},
			{map[string]any{"member_ids": []string{bea}}, bea, []any{bea}},
			{map[string]any{"lead_id": nil}, nil, []any{bea}},
			{map[string]any{"member_ids": []string{}}, nil, []any{}},
		} {
			g.cid.Must("PATCH", one, tt.change)
			a := g.ann.Must("GET", one, nil)
			if a.At("lead_id") != tt.lead || !cmp.Equal(a.At("member_ids"), any(tt.people), unordered) {
				t.Errorf("after %v: led by %v, with %v", tt.change, a.At("lead_id"), a.At("member_ids"))
			}
		}
	})
}

// unordered compares lists of texts as sets.
var unordered = cmp.Transformer("set", func(list []any) map[any]int {
	set := map[any]int{}
	for _, one := range list {
		set[one]++
	}
	return set
})

// Only what is completed or cancelled is archived; the archive shows it and the list does not, nobody has it as a
// favourite, it is not changed, and it comes back as it went.
func TestTheArchiveOfModules(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		id := g.cid.Must("POST", g.at+"modules/", map[string]any{"name": "M"}).ID()
		one := "modules/" + id + "/"
		star := map[string]any{"module": id}
		item := g.item(map[string]any{})
		g.ann.Must("POST", g.at+one+"issues/", map[string]any{"issues": []string{item}})
		play(t, g.at, []step{
			{g.bea, "POST user-favorite-modules/", star, 204, ""},
			{g.cid, "POST " + one + "archive/", nil, 400, "Only completed or cancelled modules can be archived"},
			{g.cid, "PATCH " + one, map[string]any{"status": "paused"}, 200, ""},
			{g.cid, "POST " + one + "archive/", nil, 400, "Only completed or cancelled modules can be archived"},
			{g.cid, "PATCH " + one, map[string]any{"status": "cancelled"}, 200, ""},
			{g.dan, "POST " + one + "archive/", nil, 403, ""},
			{g.cid, "POST " + one + "archive/", nil, 200, "archived_at"},
			{g.cid, "GET " + one, nil, 404, "Module not found"},
			{g.cid, "PATCH " + one, map[string]any{"name": "changed"}, 400, "Archived module cannot be updated"},
			{g.dan, "GET archived-" + one, nil, 200, `"name":"M"`},
			{g.eve, "GET archived-modules/", nil, 403, ""},
			{g.ann, "GET archived-modules/" + unknownID + "/", nil, 200, `{"member_ids":[]`}, // blank, as in the reference
			{g.bea, "DELETE user-favorite-modules/" + id + "/", nil, 404, ""},
		}...)
		read(t, g.at, []list{
			{g.cid, "modules/", "name", ""},
			{g.cid, "archived-modules/", "name", "M"},
			{g.cid, "archived-modules/", "total_issues", "1"},
			{g.cid, "/api/workspaces/ws/modules/", "name", ""},
		}...)
		play(t, g.at, []step{
			{g.dan, "DELETE " + one + "archive/", nil, 403, ""},
			{g.cid, "DELETE " + one + "archive/", nil, 204, ""},
			{g.cid, "GET archived-" + one, nil, 200, `{"member_ids":[]`},
			{g.cid, "PATCH " + one, map[string]any{"name": "back"}, 200, `"status":"cancelled"`},
		}...)
		read(t, g.at, list{g.cid, "modules/", "name", "back"}, list{g.cid, "archived-modules/", "name", ""},
			list{g.cid, "/api/workspaces/ws/modules/", "name", "back"})
	})
}

// A work item comes into modules and goes out of them one at a time or many at once; what is not of the project changes
// nothing at all. Its history says so, and a module that is deleted leaves it as it is.
func TestWorkItemsOfModules(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		other := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/"
		foreign := g.ann.Must("POST", other+"issues/", map[string]any{"name": "foreign"}).ID()
		abroad := g.ann.Must("POST", other+"modules/", map[string]any{"name": "abroad"}).ID()
		module := func(name string) string {
			return g.ann.Must("POST", g.at+"modules/", map[string]any{"name": name}).ID()
		}
		a, b, item := module("A"), module("B"), g.item(map[string]any{})
		issues := func(ids ...string) any { return map[string]any{"issues": append([]string{}, ids...)} }
		sort := func(into, out []string) any { return map[string]any{"modules": into, "removed_modules": out} }
		in := "POST modules/" + a + "/issues/"
		play(t, g.at, []step{
			{g.ann, in, issues(), 400, "Issues are required"},
			{g.ann, in, issues(item, foreign), 400, ""},
			{g.ann, in, issues("x"), 400, ""},
			{g.dan, in, issues(item), 403, ""},
			{g.ann, "POST modules/" + abroad + "/issues/", issues(item), 400, ""},
			{g.ann, "POST issues/" + item + "/modules/", sort([]string{a, abroad}, nil), 400, ""},
			{g.ann, "GET issues/" + item + "/", nil, 200, `"module_ids":[]`},
			{g.cid, in, issues(item), 201, ""},
			{g.cid, in, issues(item), 201, ""}, // stays as it is
			{g.cid, "POST issues/" + item + "/modules/", sort([]string{b}, []string{a, abroad}), 201, ""},
			{g.ann, "GET issues/" + item + "/", nil, 200, `"module_ids":["` + b + `"]`},
			{g.cid, "DELETE modules/" + a + "/issues/" + item + "/", nil, 404, ""},
			{g.dan, "DELETE modules/" + b + "/issues/" + item + "/", nil, 403, ""},
			{g.cid, "DELETE modules/" + b + "/issues/" + item + "/", nil, 204, ""},
			{g.cid, "DELETE modules/" + b + "/issues/" + item + "/", nil, 404, ""},
			{g.cid, in, issues(item), 201, ""},
			{g.cid, "DELETE modules/" + a + "/", nil, 403, ""}, // neither an administrator nor who made it
			{g.bea, "DELETE modules/" + a + "/", nil, 204, ""},
			{g.ann, "GET issues/" + item + "/", nil, 200, `"module_ids":[]`},
		}...)
		var told []string
		for _, e := range rowsIn(g.ann.Must("GET", g.at+"issues/"+item+"/history/?activity_type=issue-property", nil)) {
			if e["field"] == "modules" {
				told = append(told, e["old_value"].(string)+">"+e["new_value"].(string))
			}
		}
		// the second time that it came into A is told too, as in the reference
		if diff := cmp.Diff([]string{">A", ">A", ">B", "A>", "B>", ">A", "A>"}, told); diff != "" {
			t.Errorf("the history (-want +got):\n%s", diff)
		}
	})
}

// A module's links are addresses, each once; another module's path does not reach them.
func TestLinksOfAModule(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		module := func(name string) string {
			return "modules/" + g.ann.Must("POST", g.at+"modules/", map[string]any{"name": name}).ID() + "/module-links/"
		}
		one, other := module("A"), module("B")
		url := func(url string) map[string]any { return map[string]any{"url": url, "title": "T"} }
		first := g.cid.Must("POST", g.at+one, url("https://a.example/"))
		second := g.cid.Must("POST", g.at+one, url("b.example")).ID()
		id := first.ID() + "/"
		play(t, g.at, []step{
			{g.cid, "POST " + other, url("https://a.example/"), 201, ""},
			{g.cid, "PATCH " + one + second + "/", url("https://a.example/"), 400, "URL already exists"},
			{g.cid, "PATCH " + one + id, url("https://a.example/"), 200, ""}, // its own
			{g.cid, "PATCH " + one + id, url("not an address"), 400, "Enter a valid URL."},
			{g.cid, "PATCH " + one + id, map[string]any{"url": "https://c.example/", "title": nil}, 200, `"title":null`},
			{g.dan, "GET " + one + id, nil, 200, "https://c.example/"},
			{g.dan, "POST " + one, url("https://d.example/"), 403, ""},
			{g.dan, "DELETE " + one + id, nil, 403, ""},
			{g.ann, "GET " + other + id, nil, 404, "No ModuleLink matches"},
			{g.ann, "PATCH " + other + id, url("https://e.example/"), 404, ""},
			{g.ann, "DELETE " + other + id, nil, 404, ""},
			{g.eve, "GET " + one, nil, 403, ""},
		}...)
		read(t, g.at, list{g.dan, one, "url", "http://b.example https://c.example/"})
		play(t, g.at, []step{
			{g.cid, "DELETE " + one + id, nil, 204, ""},
			{g.cid, "DELETE " + one + id, nil, 404, ""},
			{g.cid, "GET " + one + id, nil, 404, ""},
		}...)
		read(t, g.at, list{g.ann, one, "url", "http://b.example"})
	})
}

// How one looks at a module or a cycle is one's own, and begins with the first look.
func TestHowOneLooksAtPlans(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		for _, kind := range []string{"modules/", "cycles/"} {
			one := kind + g.ann.Must("POST", g.at+kind, map[string]any{"name": "A"}).ID() + "/user-properties/"
			filters := map[string]any{"filters": map[string]any{"priority": []string{"high"}}}
			play(t, g.at, []step{
				{g.cid, "PATCH " + one, filters, 404, ""}, // has not looked at it
				{g.cid, "GET " + one, nil, 200, `"display_filters":{`},
				{g.cid, "PATCH " + one, filters, 201, `"high"`},
				{g.cid, "GET " + one, nil, 200, `"high"`},
				{g.dan, "GET " + one, nil, 200, `"priority":null`},
				{g.eve, "GET " + one, nil, 403, ""},
				{g.ann, "GET " + kind + unknownID + "/user-properties/", nil, 400, ""},
			}...)
		}
	})
}
