package v1_test

import (
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// A project has types of its own, which its administrators make, change and delete; and those of the workspace that it
// took over, which it only gives back.
func TestItemTypes(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "types"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		at, catalogue := p.base+"work-item-types/", p.workspace+"work-item-types/"
		bug := p.key.Must(
			"POST",
			at,
			map[string]any{"name": "Bug", "description": "d", "external_id": "1", "external_source": "x"},
		)
		one := at + bug.ID() + "/"
		shared := p.key.Must("POST", catalogue, map[string]any{"name": "Story", "level": 2}).ID()
		foreign := other.key.Must("POST", other.base+"work-item-types/", map[string]any{"name": "Theirs"}).ID()
		for key, want := range map[string]any{"name": "Bug", "is_epic": false, "is_active": true, "is_default": false,
			"level": 0.0, "project": p.project(), "external_id": "1"} {
			if got := bug.At(key); got != want {
				t.Errorf("%s is %v, want %v", key, got, want)
			}
		}
		walk(t, []step{
			{
				p.key,
				"GET",
				at,
				nil,
				200,
				`"name":"Bug"`,
			}, {all.guest, "GET", at, nil, 200, `"project_ids":["` + p.project() + `"]`},
			{all.outsider, "GET", at, nil, 403, ""}, {all.outsider, "GET", catalogue, nil, 200, `"name":"Story"`},
			{all.elsewhere, "GET", catalogue, nil, 403, ""},
			{all.member, "POST", at, map[string]any{"name": "n"}, 403, ""},
			{all.admin, "POST", catalogue, map[string]any{"name": "n"}, 403, ""},
			{p.key, "POST", at, map[string]any{"name": "Bug"}, 409, bug.ID()},
			{p.key, "POST", at, map[string]any{"name": "b", "external_id": "1", "external_source": "x"}, 409, bug.ID()},
			{p.key, "POST", at, map[string]any{}, 400, `{"name":["This field is required."]}`},
			{p.key, "POST", at, map[string]any{"name": ""}, 400, `"name"`},
			{p.key, "POST", at, map[string]any{"name": "n", "is_active": "perhaps"}, 400, `"is_active"`},
			{p.key, "GET", at + foreign + "/", nil, 404, ""}, {p.key, "GET", at + shared + "/", nil, 404, ""},
			{p.key, "PATCH", catalogue + bug.ID() + "/", map[string]any{"name": "x"}, 404, ""},
			{
				all.admin,
				"PATCH",
				one,
				map[string]any{"description": "new", "is_default": true},
				200,
				`"is_default":true`,
			},
			{p.key, "GET", one, nil, 200, `"description":"new"`},
			{
				p.key,
				"POST",
				p.base + "import-work-item-types/",
				map[string]any{"work_item_types": []string{store.NewID()}},
				400,
				"does not exist",
			},
			{
				p.key,
				"POST",
				p.base + "import-work-item-types/",
				map[string]any{"work_item_types": []string{foreign}},
				400,
				"does not exist",
			},
			{
				p.key,
				"POST",
				p.base + "import-work-item-types/",
				map[string]any{"work_item_types": []string{shared}},
				200,
				shared,
			},
			{
				p.key,
				"POST",
				at + "import-work-item-types/",
				map[string]any{"work_item_type_ids": []string{shared}},
				200,
				shared,
			},
			{p.key, "GET", at, nil, 200, shared},
			{p.key, "PATCH", at + shared + "/", map[string]any{"name": "x"}, 400, `"code":"workspace_managed"`},
			{
				p.key,
				"PATCH",
				catalogue + shared + "/",
				map[string]any{"name": "Tale", "project_ids": []string{other.project()}},
				400,
				"project_ids",
			},
			{
				p.key,
				"PATCH",
				catalogue + shared + "/",
				map[string]any{"project_ids": []string{}},
				200,
				`"project_ids":[]`,
			},
			{p.key, "GET", at + shared + "/", nil, 404, ""},
			{
				p.key,
				"PATCH",
				catalogue + shared + "/",
				map[string]any{"project_ids": []string{p.project()}},
				200,
				p.project(),
			},
			{
				p.key,
				"PATCH",
				p.workspace + "features/",
				map[string]any{"work_item_types": true},
				200,
				`"work_item_types":true`,
			},
			{p.key, "POST", at, map[string]any{"name": "n"}, 400, `"code":"workspace_managed"`},
			{
				p.key,
				"POST",
				p.base + "work-item-properties/",
				map[string]any{"display_name": "n", "property_type": "URL"},
				400,
				`"code":"workspace_managed"`,
			},
			{p.key, "PATCH", p.workspace + "features/", map[string]any{"work_item_types": false}, 200, ""},
			{p.key, "POST", p.base + "work-items/", map[string]any{"name": "i", "type_id": bug.ID()}, 201, bug.ID()},
			{p.key, "DELETE", one, nil, 400, "Work items have this type"},
			{p.key, "DELETE", at + shared + "/", nil, 204, ""}, {p.key, "GET", at + shared + "/", nil, 404, ""},
			{
				p.key,
				"GET",
				catalogue + shared + "/",
				nil,
				200,
				"",
			}, {p.key, "DELETE", catalogue + shared + "/", nil, 204, ""},
		})
		usual := p.base + "work-items/"
		if got := p.key.Must("POST", usual, map[string]any{"name": "without"}).At("type_id"); got != nil {
			t.Errorf("types are switched off, and a new work item has %v", got)
		}
		p.key.Must("PATCH", p.base+"features/", map[string]any{"work_item_types": true})
		with := p.key.Must("POST", usual, map[string]any{"name": "with"})
		if got := with.At("type_id"); got != bug.ID() {
			t.Errorf("types are switched on, and a new work item has %v, want the default %s", got, bug.ID())
		}
		walk(t, []step{
			{p.key, "PATCH", usual + with.ID() + "/", map[string]any{"type_id": nil}, 200, `"type_id":null`},
			{p.key, "GET", usual + with.ID() + "/activities/", nil, 200, `"old_value":"Bug","new_value":""`},
			{p.key, "PATCH", usual + with.ID() + "/", map[string]any{"type_id": foreign}, 400, "type_id"},
		})
	})
}
