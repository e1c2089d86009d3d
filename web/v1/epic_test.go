package v1_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// newEpics is a place that has epics switched on.
func newEpics(s *webtest.Server, name string) place {
	p := newPlace(s, name)
	p.key.Must("PATCH", p.base+"features/", map[string]any{"epics": true})
	return p
}

func (p place) epic(name string) string {
	return p.key.Must("POST", p.base+"epics/", map[string]any{"name": name}).ID()
}

// Epics are work items of a type that switching them on makes, once.
func TestEpics(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "grand"), newEpics(s, "other")
		all := newCrowd(t, s, p)
		at := p.base + "epics/"
		walk(t, []step{
			{p.key, "GET", at, nil, 200, `"results":[]`},
			{p.key, "POST", at, map[string]any{"name": "e"}, 400, `{"non_field_errors":["Epics are not enabled for this project"]}`},
			{p.key, "PATCH", p.base + "features/", map[string]any{"epics": true}, 200, `"epics":true`},
			{p.key, "PATCH", p.base + "features/", map[string]any{"epics": false}, 200, `"epics":false`},
			{p.key, "PATCH", p.base + "features/", map[string]any{"epics": true}, 200, `"epics":true`},
			{p.key, "POST", at, map[string]any{}, 400, `{"name":["This field is required."]}`},
			{p.key, "POST", at, map[string]any{"name": "e", "priority": "most"}, 400, `{"priority":`},
			{p.key, "POST", at, map[string]any{"name": "e", "state_id": store.NewID()}, 400, `{"state_id":`},
			{all.guest, "POST", at, map[string]any{"name": "e"}, 403, ""},
			{all.outsider, "GET", at, nil, 403, ""}, {all.elsewhere, "POST", at, map[string]any{"name": "e"}, 403, ""},
		})
		made := all.member.Must("POST", at, map[string]any{"name": "Sign in", "description_html": "<p>all of it</p>",
			"priority": "high", "target_date": "2026-05-08", "assignee_ids": []string{p.person.User.ID},
			"external_id": "7", "external_source": "lab"})
		second := p.key.Must("POST", at, map[string]any{"name": "Sign out"})
		if made.At("type") == nil || made.At("type") != second.At("type") || made.At("type_id") != made.At("type") {
			t.Errorf("the types are %v and %v", made.At("type"), second.At("type"))
		}
		item := p.item(map[string]any{"name": "no epic"})
		theirs := other.epic("theirs")
		one := at + made.ID() + "/"
		walk(t, []step{
			{p.key, "GET", at + "?order_by=name&fields=name", nil, 200, `[{"name":"Sign in"},{"name":"Sign out"}]`},
			{p.key, "GET", at + "?per_page=1&fields=name", nil, 200, `"total_count":2`},
			{p.key, "GET", at + "?external_id=7&external_source=lab&fields=name", nil, 200, `"results":[{"name":"Sign in"}]`},
			{p.key, "GET", at + "?pql=" + url.QueryEscape(`priority = "high"`) + "&fields=name", nil, 200, `"results":[{"name":"Sign in"}]`},
			{p.key, "POST", at, map[string]any{"name": "e", "external_id": "7", "external_source": "lab"}, 409, made.ID()},
			{p.key, "GET", one, nil, 200, `all of it`},
			{p.key, "GET", one + "?expand=assignees&fields=assignees", nil, 200, `"email":`},
			{p.key, "GET", at + item + "/", nil, 404, ""}, {p.key, "GET", at + theirs + "/", nil, 404, ""},
			{p.key, "PATCH", at + item + "/", map[string]any{"name": "x"}, 404, ""},
			{p.key, "DELETE", at + item + "/", nil, 404, ""}, {p.key, "DELETE", at + theirs + "/", nil, 404, ""},
			{p.key, "GET", at + item + "/issues/", nil, 404, ""},
			{p.key, "POST", at + item + "/issues/", map[string]any{"work_item_ids": []string{item}}, 404, ""},
			{p.key, "PATCH", one, map[string]any{"name": "Sign-in", "target_date": nil, "type_id": nil}, 200, `"name":"Sign-in"`},
			{p.key, "GET", one, nil, 200, `"target_date":null`}, // and it is an epic still
			{all.guest, "PATCH", one, map[string]any{"name": "x"}, 403, ""}, {all.guest, "DELETE", one, nil, 403, ""},
			{all.guest, "GET", at, nil, 200, `"results":[]`}, // who sees only their own
			{all.guest, "GET", one, nil, 404, ""},
			{p.key, "PATCH", p.base + "work-items/" + made.ID() + "/", map[string]any{"name": "Sign in"}, 200, ""},
			{all.member, "DELETE", at + second.ID() + "/", nil, 403, "Only admin or creator"},
			{all.member, "DELETE", one, nil, 204, ""}, {p.key, "GET", one, nil, 404, ""},
			{p.key, "GET", at + "?fields=name", nil, 200, `"results":[{"name":"Sign out"}]`},
		})
	})
}

// The type of a project's epics is its own: it can be given properties there, and is no type of the workspace.
func TestTheTypeOfEpicsIsTheProjects(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newEpics(s, "grand")
		types := p.key.Must("GET", p.base+"work-item-types/", nil).JSON().([]any)
		if len(types) != 1 {
			t.Fatalf("the types are %v", types)
		}
		kind := types[0].(map[string]any)
		walk(t, []step{
			{p.key, "POST", p.base + "work-item-types/" + kind["id"].(string) + "/work-item-properties/",
				map[string]any{"display_name": "Budget", "property_type": "DECIMAL"}, 201, `"display_name":"Budget"`},
			{p.key, "GET", p.workspace + "work-item-types/", nil, 200, `[]`},
		})
		if kind["project"] != p.project() || kind["is_epic"] != true {
			t.Errorf("the type is %v", kind)
		}
	})
}

// What is below an epic is found there and among other work items, and stays when the epic goes.
func TestWorkItemsOfEpics(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newEpics(s, "grand"), newEpics(s, "other")
		all := newCrowd(t, s, p)
		top, epic, next := p.epic("top"), p.epic("e"), p.epic("next")
		a, b := p.item(map[string]any{"name": "a"}), p.item(map[string]any{"name": "b"})
		foreign := other.item(map[string]any{"name": "f"})
		at := p.base + "epics/" + epic + "/issues/"
		add := func(ids ...string) map[string]any { return map[string]any{"work_item_ids": ids} }
		p.key.Must("PATCH", p.base+"work-items/"+epic+"/", map[string]any{"parent": a})
		walk(t, []step{
			{p.key, "POST", at, map[string]any{}, 400, `{"work_item_ids":["This field is required."]}`},
			{p.key, "POST", at, add([]string{}...), 400, `{"work_item_ids":["Ensure this field has at least 1 elements."]}`},
			{p.key, "POST", at, add(b, foreign), 400, `{"work_item_ids":["Invalid pk \"` + foreign},
			{p.key, "POST", at, add(next), 400, `is an epic itself.`},
			{p.key, "POST", at, add(a), 400, `{"work_item_ids":`}, // it is above
			{p.key, "GET", at, nil, 200, `"results":[]`},          // all or none
			{p.key, "PATCH", p.base + "work-items/" + epic + "/", map[string]any{"parent": top}, 200, ""},
			{all.guest, "POST", at, add(a), 403, ""}, {all.outsider, "GET", at, nil, 403, ""},
			{all.member, "POST", at, add(b, a), 200, `"parent":"` + epic},
			{p.key, "GET", at + "?order_by=created_at&fields=name", nil, 200, `[{"name":"a"},{"name":"b"}]`},
			{p.key, "GET", at + "?fields=name&pql=" + url.QueryEscape(`title = "a"`), nil, 200, `"results":[{"name":"a"}]`},
			{all.guest, "GET", at, nil, 404, ""},
			{p.key, "GET", p.base + "work-items/?order_by=created_at&fields=name&pql=" + url.QueryEscape(`isEpic() AND hasChildren()`),
				nil, 200, `"results":[{"name":"top"},{"name":"e"}]`},
			{p.key, "GET", p.base + "work-items/?order_by=created_at&fields=name&pql=" + url.QueryEscape(`NOT isEpic()`),
				nil, 200, `"results":[{"name":"a"},{"name":"b"}]`},
			{p.key, "POST", p.base + "work-items/" + b + "/dependencies/", map[string]any{"relation_type": "blocking",
				"work_item_ids": []string{next, a}}, 201, `"is_epic":true`},
		})
		order := p.key.Must("POST", at, add(b, a)).JSON().([]any)
		if len(order) != 2 || order[0].(map[string]any)["name"] != "b" || order[1].(map[string]any)["name"] != "a" {
			t.Errorf("the answer is %v", order)
		}
		p.key.Must("DELETE", p.base+"epics/"+epic+"/", nil)
		walk(t, []step{
			{p.key, "GET", p.base + "work-items/" + a + "/", nil, 200, `"parent":null`},
			{p.key, "GET", p.base + "work-items/" + a + "/activities/", nil, 200, `"field":"parent","old_value":"ONE-2","new_value":""`},
			{p.key, "GET", at, nil, 404, ""},
		})
		below := p.item(map[string]any{"name": "c", "parent": a})
		p.key.Must("DELETE", p.base+"work-items/"+a+"/", nil) // which is no epic
		walk(t, []step{{p.key, "GET", p.base + "work-items/" + below + "/", nil, 404, ""}})
	})
}

// Of the frontend's lists that of the archive leaves out epics, as the reference's does; the others have them.
func TestEpicsInLists(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newEpics(s, "grand")
		app := appPath(p.base)
		names := func(path string) (got string) {
			t.Helper()
			answer := string(p.person.Must("GET", app+path, nil).Raw)
			for _, name := range []string{"grand", "plain"} {
				if strings.Contains(answer, `"`+name+`"`) {
					got += name + " "
				}
			}
			return got
		}
		p.epic("grand")
		p.item(map[string]any{"name": "plain"})
		done := ""
		for _, state := range results(t, p.key.Must("GET", p.base+"states/", nil)) {
			if state["group"] == "completed" {
				done = state["id"].(string)
			}
		}
		if got := names("issues/"); got != "grand plain " {
			t.Errorf("in the list: %s", got)
		}
		for _, row := range results(t, p.key.Must("GET", p.base+"work-items/", nil)) {
			id := row["id"].(string)
			p.key.Must("PATCH", p.base+"work-items/"+id+"/", map[string]any{"state": done})
			p.key.Must("POST", p.base+"work-items/"+id+"/archive/", nil)
		}
		if got := names("archived-issues/"); got != "plain " {
			t.Errorf("in the archive: %s", got)
		}
		walk(t, []step{
			{p.key, "GET", p.base + "archived-work-items/?order_by=name&fields=name", nil, 200, `[{"name":"grand"},{"name":"plain"}]`},
			{p.key, "GET", p.base + "epics/", nil, 200, `"results":[]`},
		})
	})
}
