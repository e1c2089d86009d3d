package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/web/webtest"
)

// Templates of work items and pages are a project's or the workspace's, those of projects the workspace's. Everybody
// who works there makes them; who made one changes it, and administrators.
func TestTemplates(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "mine"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		for _, at := range []string{p.workspace + "workitems/templates/", p.workspace + "pages/templates/",
			p.workspace + "projects/templates/", p.base + "workitems/templates/", p.base + "pages/templates/"} {
			project := any(nil)
			if strings.HasPrefix(at, p.base) {
				project = p.project()
			}
			made := all.member.Must("POST", at, map[string]any{"name": "Bug", "short_description": "What we ask of a bug",
				"template_data": map[string]any{"name": "Bug: ", "description_html": `<p onclick="x()">How?</p>`}})
			for key, want := range map[string]any{"name": "Bug", "description": "What we ask of a bug", "project": project,
				"short_description": "What we ask of a bug", "logo_props": map[string]any{}, "description_html": ""} {
				if got := made.At(key); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s: %s: %v, want %v", at, key, got, want)
				}
			}
			one := at + made.ID() + "/"
			theirs := strings.NewReplacer(p.base, other.base, p.workspace, other.workspace).Replace(at)
			foreign := other.key.Must("POST", theirs, map[string]any{"name": "x"}).ID()
			walk(t, []step{
				{p.key, "POST", at, map[string]any{"description": "x"}, 400, `{"name":["This field is required."]}`},
				{p.key, "POST", at, map[string]any{"name": "x", "template_data": []int{}}, 400, `{"template_data":["This is no`},
				{p.key, "POST", at, map[string]any{"name": "x", "template_data": map[string]any{"a": strings.Repeat("x", 100_000)}},
					400, "longer than 100,000 bytes"},
				{p.key, "POST", at, map[string]any{"name": "x", "logo_props": "x"}, 400, `{"logo_props":["This is no`},
				{p.key, "PATCH", at + foreign + "/", map[string]any{"name": "x"}, 404, ""},
				{p.key, "DELETE", at + foreign + "/", nil, 404, ""},
				{all.guest, "POST", at, map[string]any{"name": "x"}, 403, ""},
				{all.guest, "PATCH", one, map[string]any{"name": "x"}, 403, ""},
				{all.elsewhere, "GET", at, nil, 403, ""}, {all.outsider, "PATCH", one, map[string]any{"name": "x"}, 403, ""},
				{all.member, "PATCH", one, map[string]any{"description": "Updated"}, 200, `"description":"Updated"`},
				{p.key, "PATCH", one, map[string]any{"template_data": nil}, 200, `"name":"Bug: "`}, // merged with nothing
				{p.key, "GET", at, nil, 200, made.ID()},
			})
			now := p.key.Must("PATCH", one, map[string]any{"template_data": map[string]any{"priority": "high", "name": "B"}})
			want := map[string]any{"description_html": "<p>How?</p>", "name": "B", "priority": "high"}
			if got := now.At("template_data"); !cmp.Equal(got, want) {
				t.Errorf("%s: the data is %v, want %v", at, got, want)
			}
			if project != nil { // a workspace's list has its projects' own, for who is in them
				walk(t, []step{{p.key, "GET", strings.Replace(at, p.base, p.workspace, 1), nil, 200, made.ID()},
					{p.key, "PATCH", strings.Replace(one, p.base, p.workspace, 1), map[string]any{"name": "x"}, 404, ""}})
				wide := all.outsider.Must("GET", strings.Replace(at, p.base, p.workspace, 1), nil)
				if strings.Contains(string(wide.Raw), made.ID()) {
					t.Errorf("%s: shown to who is not in the project", at)
				}
			}
			walk(t, []step{{all.member, "DELETE", one, nil, 204, ""}, {p.key, "PATCH", one, map[string]any{}, 404, ""}})
		}
	})
}

// What the request says counts before what the template has.
func TestWorkItemsAndPagesByTemplates(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "mine"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		label := p.key.Must("POST", p.base+"labels/", map[string]any{"name": "bug"}).ID()
		foreign := other.key.Must("POST", other.base+"labels/", map[string]any{"name": "theirs"}).ID()
		item := func(at string, data map[string]any) string {
			return p.key.Must("POST", at+"workitems/templates/", map[string]any{"name": "Bug", "template_data": data}).ID()
		}
		wide := item(p.workspace, map[string]any{"name": "Bug: ", "priority": "high",
			"assignees": []string{all.member.User.ID},
			"unknown":   5})
		rich := item(p.base, map[string]any{"labels": []map[string]any{{"id": label, "name": "bug"}}, "priority": "low"})
		bad, lost := item(p.base, map[string]any{"priority": "soon"}), item(p.workspace, map[string]any{"labels": []string{foreign}})
		theirs := other.key.Must("POST", other.workspace+"workitems/templates/", map[string]any{"name": "x"}).ID()
		use := func(id string) string { return p.base + "workitems/templates/" + id + "/use/" }
		page := p.key.Must("POST", p.base+"pages/templates/", map[string]any{"name": "Meeting",
			"template_data": map[string]any{"description_html": "<p>Who was there</p>"}}).ID()
		global := p.key.Must("POST", p.workspace+"pages/templates/", map[string]any{"name": "Handbook"}).ID()
		walk(t, []step{
			{all.member, "POST", use(wide), nil, 201, `"name":"Bug:"`}, {all.member, "POST", use(rich), nil, 201, label},
			{p.key, "POST", use(rich), map[string]any{}, 201, `"name":"Bug"`}, // as the template is called
			{p.key, "POST", use(wide), map[string]any{"name": "It hangs", "assignee_ids": []string{}, "priority": "low"}, 201,
				`"priority":"low"`},
			{p.key, "POST", use(wide), map[string]any{"name": "It hangs"}, 201, all.member.User.ID},
			{p.key, "POST", use(bad), map[string]any{}, 400, `{"template_data":{"priority":["\"soon\" is not a valid choice."]}}`},
			{p.key, "POST", use(bad), map[string]any{"priority": "none"}, 201, `"priority":"none"`},
			{p.key, "POST", use(wide), map[string]any{"priority": "soon"}, 400, `{"priority":[`},
			{p.key, "POST", use(lost), map[string]any{}, 400, `{"labels":`},
			{p.key, "POST", use(theirs), map[string]any{}, 404, ""}, {p.key, "POST", use(page), map[string]any{}, 404, ""},
			{all.guest, "POST", use(wide), map[string]any{}, 403, ""}, {all.elsewhere, "POST", use(wide), map[string]any{}, 403, ""},

			{all.member, "POST", p.base + "pages/templates/" + page + "/use/", nil, 201, `"name":"Meeting"`},
			{p.key, "POST", p.base + "pages/templates/" + page + "/use/", map[string]any{"name": "Monday"}, 201,
				"<p>Who was there</p>"},
			{p.key, "POST", p.base + "pages/templates/" + global + "/use/", map[string]any{}, 201, p.project()},
			{all.outsider, "POST", p.workspace + "pages/templates/" + global + "/use/", map[string]any{}, 201, `"is_global":true`},
			{p.key, "POST", p.workspace + "pages/templates/" + page + "/use/", map[string]any{}, 404, ""},
		})
	})
}

// A project begins with the states and labels of its template.
func TestProjectsByTemplates(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "mine"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		at := p.workspace + "projects/templates/"
		tpl := func(data map[string]any) string {
			return p.key.Must("POST", at, map[string]any{"name": "Season", "template_data": data}).ID()
		}
		season := tpl(map[string]any{"description": "A season", "cycle_view": true, "network": 0,
			"states": []map[string]any{{"name": "Idea"}, {"name": "Doing", "group": "started", "default": true}},
			"labels": []map[string]any{{"name": "red", "color": "#f00"}}})
		plain := tpl(map[string]any{"identifier": "PLA", "name": "Plain"})
		twice := tpl(map[string]any{"states": []map[string]any{{"name": "Idea"}, {"name": "Idea"}}})
		nameless := tpl(map[string]any{"labels": []map[string]any{{"color": "#fff"}}})
		theirs := other.key.Must("POST", other.workspace+"projects/templates/", map[string]any{"name": "x"}).ID()
		with := func(id string, name, identifier string) map[string]any {
			return map[string]any{"template_id": id, "name": name, "identifier": identifier}
		}
		made := all.outsider.Must("POST", at+"use/", with(season, "Autumn", "AUT"))
		base := p.workspace + "projects/" + made.ID() + "/"
		walk(t, []step{
			{p.key, "POST", at + "use/", map[string]any{}, 400, `{"template_id":["This field is required."]}`},
			{p.key, "POST", at + "use/", map[string]any{"template_id": season}, 400, `"identifier":["This field is required."]`},
			{p.key, "POST", at + "use/", with(theirs, "Spring", "SPR"), 400, `{"template_id":["Invalid pk`},
			{p.key, "POST", at + "use/", with(twice, "Spring", "SPR"), 400, `{"states":["Two states have the same name: Idea."]}`},
			{p.key, "POST", at + "use/", with(nameless, "Spring", "SPR"), 400, `"name":["This field is required."]`},
			{p.key, "POST", at + "use/", with(season, "Autumn", "AU2"), 409, ""},
			{p.key, "POST", at + "use/", map[string]any{"template_id": plain}, 201, `"identifier":"PLA"`},
			{all.guest, "POST", at + "use/", with(season, "Spring", "SPR"), 403, ""},
			{all.outsider, "GET", base, nil, 200, `"description":"A season"`}, {all.outsider, "GET", base, nil, 200, `"network":0`},
			{all.outsider, "GET", base + "labels/", nil, 200, `"name":"red"`},
			{all.outsider, "POST", base + "work-items/", map[string]any{"name": "a"}, 201, ""},
			{all.outsider, "POST", base + "cycles/", map[string]any{"name": "c", "project_id": made.ID()}, 201, ""},
		})
		states := results(t, all.outsider.Must("GET", base+"states/?order_by=sequence", nil))
		said := ""
		for _, state := range states {
			said += fmt.Sprint(state["name"], " ", state["group"], " ", state["default"], ";")
		}
		if said != "Idea backlog false;Doing started true;" {
			t.Errorf("the project has the states %s", said)
		}
	})
}
