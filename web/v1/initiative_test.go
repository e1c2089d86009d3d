package v1_test

import (
	"fmt"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Initiatives are the workspace's: its guests know nothing of them.
func TestInitiatives(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "aims"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		at := p.workspace + "initiatives/"
		made := all.member.Must("POST", at, map[string]any{"name": "first", "description": "plain & short",
			"description_html": "<p>long <script>x</script></p>", "start_date": "2026-05-04T10:00:00Z", "end_date": "2026-09-30",
			"state": "ACTIVE", "lead": p.person.User.ID, "logo_props": map[string]any{"in_use": "icon"}})
		for key, want := range map[string]any{"description": "plain & short", "start_date": "2026-05-04",
			"end_date": "2026-09-30", "state": "ACTIVE", "lead": p.person.User.ID, "description_binary": nil} {
			if got := made.At(key); got != want {
				t.Errorf("%s: %v, want %v", key, got, want)
			}
		}
		if made.At("description_html") != "<p>long </p>" {
			t.Errorf("the text is not cleaned: %s", made.Raw)
		}
		second := p.key.Must("POST", at, map[string]any{"name": "second"})
		theirs := other.key.Must("POST", other.workspace+"initiatives/", map[string]any{"name": "theirs"}).ID()
		one := at + made.ID() + "/"
		walk(t, []step{
			{p.key, "GET", at + "?fields=name", nil, 200, `[{"name":"second"},{"name":"first"}]`},
			{p.key, "GET", at + "?fields=name&order_by=name&per_page=1", nil, 200, `[{"name":"first"}]`},
			{p.key, "GET", at + "?order_by=color", nil, 400, `{"order_by":`},
			{p.key, "GET", at + second.ID() + "/", nil, 200, `"state":"DRAFT","logo_props":{},"lead":null`},
			{p.key, "POST", at, map[string]any{}, 400, `{"name":["This field is required."]}`},
			{p.key, "POST", at, map[string]any{"name": "x", "state": "OPEN", "start_date": "soon"}, 400, `"state":["\"OPEN\" is not a valid choice."]`},
			{p.key, "POST", at, map[string]any{"name": "x", "start_date": "soon"}, 400, `{"start_date":["Date has wrong format.`},
			{p.key, "POST", at, map[string]any{"name": "x", "start_date": "2026-02-01", "end_date": "2026-01-01"}, 400, `{"end_date":`},
			{p.key, "PATCH", one, map[string]any{"end_date": "2026-01-01"}, 400, `{"end_date":["This is before the start."]}`},
			{p.key, "POST", at, map[string]any{"name": "x", "lead": all.elsewhere.User.ID}, 400, `{"lead":["Invalid pk`},
			{p.key, "PATCH", one, map[string]any{"description": "other"}, 200, `"name":"first","description":"other"`},
			{p.key, "PATCH", one, map[string]any{"start_date": nil, "lead": nil, "state": "CLOSED"}, 200, `"start_date":null,"end_date":"2026-09-30","state":"CLOSED"`},
			{p.key, "GET", at + theirs + "/", nil, 404, ""},
			{p.key, "PATCH", at + theirs + "/", map[string]any{"name": "x"}, 404, ""},
			{p.key, "DELETE", at + theirs + "/", nil, 404, ""}, {p.key, "GET", at + theirs + "/labels/", nil, 404, ""},
			{all.guest, "GET", at, nil, 403, ""}, {all.guest, "POST", at, map[string]any{"name": "x"}, 403, ""},
			{all.elsewhere, "GET", one, nil, 403, ""}, {all.outsider, "GET", one, nil, 200, ""},
			{all.member, "DELETE", at + second.ID() + "/", nil, 403, ""}, // not their own
			{all.member, "DELETE", one, nil, 204, ""}, {p.key, "DELETE", at + second.ID() + "/", nil, 204, ""},
			{p.key, "GET", one, nil, 404, ""}, {p.key, "GET", at, nil, 200, `"results":[]`},
		})
	})
}

// Labels of initiatives are the workspace's own, each with a name of its own.
func TestLabelsOfInitiatives(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "aims"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		at := p.workspace + "initiatives/labels/"
		red := p.key.Must("POST", at, map[string]any{"name": "red", "color": "#f00", "sort_order": 2}).ID()
		blue := all.member.Must("POST", at, map[string]any{"name": "blue", "sort_order": 1}).ID()
		theirs := other.key.Must("POST", other.workspace+"initiatives/labels/", map[string]any{"name": "red"}).ID()
		aim := p.key.Must("POST", p.workspace+"initiatives/", map[string]any{"name": "aim"}).ID()
		of := p.workspace + "initiatives/" + aim + "/labels/"
		put := func(ids ...string) map[string]any { return map[string]any{"label_ids": ids} }
		walk(t, []step{
			{p.key, "GET", at + "?fields=name", nil, 200, `[{"name":"blue"},{"name":"red"}]`},
			{p.key, "POST", at, map[string]any{"name": "red"}, 409, red},
			{p.key, "PATCH", at + blue + "/", map[string]any{"name": "red"}, 409, red},
			{p.key, "PATCH", at + blue + "/", map[string]any{"name": "blue", "color": "#00f"}, 200, `"color":"#00f"`},
			{p.key, "GET", at + theirs + "/", nil, 404, ""}, {p.key, "DELETE", at + theirs + "/", nil, 404, ""},
			{all.guest, "GET", at, nil, 403, ""},
			{p.key, "POST", of, map[string]any{}, 400, `{"label_ids":["This field is required."]}`},
			{p.key, "POST", of, put(red, theirs), 400, `{"label_ids":["Invalid pk \"` + theirs},
			{p.key, "GET", of, nil, 200, `"results":[]`}, // all or none
			{all.member, "POST", of, put(red, blue, red), 200, `"name":"blue"`},
			{p.key, "POST", of, put(red), 200, `"name":"red"`}, // it has it already
			{p.key, "GET", of + "?fields=name", nil, 200, `"results":[{"name":"blue"},{"name":"red"}]`},
			{p.key, "DELETE", of, put(blue, theirs), 204, ""},
			{p.key, "GET", of + "?fields=name", nil, 200, `"results":[{"name":"red"}]`},
			{all.member, "DELETE", at + red + "/", nil, 403, ""}, {p.key, "DELETE", at + red + "/", nil, 204, ""},
			{p.key, "GET", of, nil, 200, `"results":[]`}, {p.key, "GET", at + red + "/", nil, 404, ""},
			{p.key, "POST", at, map[string]any{"name": "red"}, 201, ""}, // the name is free
		})
		for n := 2; n < 200; n++ {
			p.key.Must("POST", at, map[string]any{"name": fmt.Sprint("label ", n)})
		}
		walk(t, []step{{p.key, "POST", at, map[string]any{"name": "one more"}, 400, "no more than 200"}})
	})
}

// What an initiative has is shown to everybody as far as they may see it without.
func TestPartsOfInitiatives(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newEpics(s, "aims"), newEpics(s, "other")
		all := newCrowd(t, s, p)
		epic, item := p.epic("epic"), p.item(map[string]any{"name": "item"})
		theirs := other.item(map[string]any{"name": "theirs"})
		secret := place{person: p.person, key: p.key, workspace: p.workspace}
		secret.base = p.workspace + "projects/" + p.person.Must("POST", appPath(p.workspace)+"projects/",
			map[string]any{"name": "secret", "identifier": "SEC", "network": 0}).ID() + "/"
		hidden := secret.item(map[string]any{"name": "hidden"})
		aim := p.key.Must("POST", p.workspace+"initiatives/", map[string]any{"name": "aim"}).ID()
		at := p.workspace + "initiatives/" + aim + "/"
		body := func(key string, ids ...string) map[string]any { return map[string]any{key: ids} }
		walk(t, []step{
			{p.key, "POST", at + "projects/", body("project_ids", p.project(), other.project()), 400, other.project()},
			{all.member, "POST", at + "projects/", body("project_ids", secret.project()), 400, secret.project()},
			{p.key, "POST", at + "projects/", body("project_ids", p.project(), secret.project()), 200, `"name":"secret"`},
			{p.key, "GET", at + "projects/?fields=name", nil, 200, `"results":[{"name":"aims"},{"name":"secret"}]`},
			{all.member, "GET", at + "projects/?fields=name", nil, 200, `"total_count":1`},
			{all.guest, "GET", at + "projects/", nil, 403, ""},

			{p.key, "POST", at + "epics/", body("epic_ids", epic, item), 400, item + " is no epic."},
			{p.key, "POST", at + "epics/", body("epic_ids", store.NewID()), 400, `{"epic_ids":["Invalid pk`},
			{p.key, "GET", at + "epics/", nil, 200, `"results":[]`},
			{p.key, "POST", at + "epics/", body("epic_ids", epic), 200, `"name":"epic"`},
			{p.key, "POST", at + "epics/", body("epic_ids", epic, epic), 200, `"name":"epic"`},
			{p.key, "POST", at + "work-items/", body("work_item_ids", item, theirs), 400, `{"work_item_ids":["Invalid pk \"` + theirs},
			{all.member, "POST", at + "work-items/", body("work_item_ids", hidden), 400, `{"work_item_ids":["Invalid pk \"` + hidden},
			{p.key, "POST", at + "work-items/", body("work_item_ids", item, hidden), 200, `"name":"hidden"`},
			{p.key, "GET", at + "epics/?fields=name", nil, 200, `"results":[{"name":"epic"}]`},
			{p.key, "GET", at + "work-items/?fields=name&order_by=name", nil, 200, `"results":[{"name":"epic"},{"name":"hidden"},{"name":"item"}]`},
			{p.key, "GET", at + "work-items/?fields=name&project=" + p.project() + "&order_by=name", nil, 200, `"results":[{"name":"epic"},{"name":"item"}]`},
			{all.member, "GET", at + "work-items/?fields=name&order_by=name", nil, 200, `"results":[{"name":"epic"},{"name":"item"}]`},
			{all.outsider, "GET", at + "work-items/", nil, 200, `"results":[]`},
			{all.member, "DELETE", at + "work-items/", body("work_item_ids", hidden, item), 204, ""}, // they see one
			{p.key, "GET", at + "work-items/?fields=name&order_by=name", nil, 200, `"results":[{"name":"epic"},{"name":"hidden"}]`},
			{p.key, "DELETE", at + "epics/", body("epic_ids", epic), 204, ""}, {p.key, "GET", at + "epics/", nil, 200, `"results":[]`},
			{p.key, "DELETE", at + "projects/", body("project_ids", p.project()), 204, ""},
			{all.member, "DELETE", at + "projects/", body("project_ids", secret.project()), 204, ""}, // unknown to them
			{p.key, "GET", at + "projects/?fields=name", nil, 200, `"results":[{"name":"secret"}]`},
			{p.key, "DELETE", secret.base, nil, 204, ""},
			{p.key, "GET", at + "projects/", nil, 200, `"results":[]`}, {p.key, "GET", at + "work-items/", nil, 200, `"results":[]`},
			{p.key, "DELETE", at, nil, 204, ""}, {p.key, "GET", at + "work-items/", nil, 404, ""},
			{p.key, "GET", p.base + "epics/" + epic + "/", nil, 200, ""}, // it stays
		})
	})
}
