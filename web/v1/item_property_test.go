package v1_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// made makes a property of the place and returns its id.
func (p place) property(body map[string]any) string {
	return p.key.Must("POST", p.base+"work-item-properties/", body).ID()
}

// Properties are made in a project, alone or as a type's, and in a workspace; with options where they have some.
func TestItemProperties(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "props"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		at, catalogue := p.base+"work-item-properties/", p.workspace+"work-item-properties/"
		kind := p.key.Must("POST", p.base+"work-item-types/", map[string]any{"name": "Bug"}).ID()
		ofKind := p.base + "work-item-types/" + kind + "/work-item-properties/"
		severity := p.key.Must("POST", ofKind, map[string]any{"display_name": "How bad?", "property_type": "OPTION",
			"options": []any{map[string]any{"name": "Low"}, map[string]any{"name": "High", "is_default": true}}})
		options := severity.At("options").([]any)
		low, high := options[0].(map[string]any)["id"].(string), options[1].(map[string]any)["id"].(string)
		for key, want := range map[string]any{"name": "how-bad", "issue_type": kind, "property_type": "OPTION",
			"relation_type": nil, "is_multi": false, "project": p.project()} {
			if got := severity.At(key); got != want {
				t.Errorf("%s is %v, want %v", key, got, want)
			}
		}
		if d := cmp.Diff(any([]any{high}), severity.At("default_value")); d != "" {
			t.Errorf("default_value (-want +got):\n%s", d)
		}
		alone := p.property(map[string]any{"display_name": "Due", "property_type": "DATETIME"})
		wide := p.key.Must("POST", catalogue, map[string]any{"display_name": "Wide", "property_type": "TEXT", "settings": map[string]any{"display_format": "multi-line"}}).
			ID()
		foreign := other.property(map[string]any{"display_name": "x", "property_type": "URL"})
		its := at + severity.ID() + "/options/"
		walk(t, []step{
			{all.guest, "GET", at, nil, 200, `"display_name":"Due"`}, {all.outsider, "GET", at, nil, 403, ""},
			{all.member, "POST", at, map[string]any{"display_name": "x", "property_type": "URL"}, 403, ""},
			{all.admin, "POST", catalogue, map[string]any{"display_name": "x", "property_type": "URL"}, 403, ""},
			{p.key, "POST", at, map[string]any{}, 400, `"property_type":["This field is required."]`},
			{p.key, "POST", at, map[string]any{"display_name": "is_regression?", "property_type": "BOOLEAN"}, 201,
				`"name":"is_regression"`}, // by which plane-compose finds it again
			{
				p.key,
				"POST",
				at,
				map[string]any{"display_name": "x", "property_type": "FORMULA"},
				400,
				`is not a valid choice`,
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{"display_name": "x", "property_type": "RELATION"},
				400,
				`{"relation_type":["This field is required."]}`,
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{"display_name": "x", "property_type": "RELATION", "relation_type": "RELEASE"},
				400,
				`relation_type`,
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{"display_name": "x", "property_type": "BOOLEAN", "is_multi": true},
				400,
				`is_multi`,
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{
					"display_name":  "x",
					"property_type": "TEXT",
					"settings":      map[string]any{"display_format": "loud"},
				},
				400,
				`settings`,
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{"display_name": "x", "property_type": "URL", "settings": []int{1}},
				400,
				`settings`,
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{"display_name": "x", "property_type": "DECIMAL", "default_value": []string{"many"}},
				400,
				`{"default_value":["A valid number is required."]}`,
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{"display_name": "x", "property_type": "DECIMAL", "default_value": []string{"1", "2"}},
				400,
				`default_value`,
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{
					"display_name":  "x",
					"property_type": "RELATION",
					"relation_type": "USER",
					"default_value": []string{store.NewID()},
				},
				400,
				`does not exist`,
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{
					"display_name":  "x",
					"property_type": "URL",
					"options":       []any{map[string]any{"name": "a"}},
				},
				400,
				`options`,
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{
					"display_name":  "x",
					"property_type": "OPTION",
					"options":       []any{map[string]any{"name": ""}},
				},
				400,
				`options`,
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{"display_name": "x", "property_type": "OPTION", "options": []any{"a"}},
				400,
				`options`,
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{
					"display_name":  "x",
					"property_type": "OPTION",
					"options":       []any{map[string]any{"name": "a"}, map[string]any{"name": "a"}},
				},
				409,
				`already exists`,
			},
			{p.key, "GET", at + foreign + "/", nil, 404, ""}, {p.key, "GET", at + wide + "/", nil, 404, ""},
			{
				p.key,
				"GET",
				ofKind + alone + "/",
				nil,
				404,
				"",
			}, {p.key, "GET", ofKind + severity.ID() + "/", nil, 200, `"options":[{`},
			{p.key, "GET", strings.Replace(ofKind, kind, store.NewID(), 1), nil, 404, ""},
			{p.key, "PATCH", at + alone + "/", map[string]any{"property_type": "TEXT"}, 400, "stays what it is"},
			{
				p.key,
				"PATCH",
				at + alone + "/",
				map[string]any{
					"property_type": "DATETIME",
					"display_name":  "Due date",
					"is_required":   true,
					"name":          "n",
				},
				200,
				`"name":"due-date"`,
			},
			{p.key, "GET", at + alone + "/", nil, 200, `MMM dd, yyyy`},
			{
				p.key,
				"PATCH",
				at + alone + "/",
				map[string]any{"default_value": []string{"2026-02-30"}},
				400,
				"Expected a day",
			},
			{p.key, "POST", its, map[string]any{"name": "Middle", "is_default": true}, 201, `"sort_order":30000`},
			{
				p.key,
				"POST",
				its,
				map[string]any{"name": "Low"},
				409,
				low,
			}, {all.guest, "GET", its, nil, 200, `"name":"Middle"`},
			{p.key, "GET", its + high + "/", nil, 200, `"is_default":false`}, // another one is it now
			{p.key, "PATCH", its + low + "/", map[string]any{"name": "Least", "parent": high}, 200, `"name":"Least"`},
			{p.key, "PATCH", its + high + "/", map[string]any{"parent": low}, 400, "below itself"},
			{p.key, "PATCH", its + low + "/", map[string]any{"name": "High"}, 409, high},
			{p.key, "GET", at + alone + "/options/" + low + "/", nil, 404, ""},
			{
				p.key,
				"POST",
				at + alone + "/options/",
				map[string]any{"name": "x"},
				400,
				"Only a property of the type OPTION",
			},
			{
				p.key,
				"POST",
				p.base + "work-item-types/" + kind + "/properties/",
				map[string]any{"properties": []string{alone}},
				200,
				`{"properties":["` + alone + `"]}`,
			},
			{
				p.key,
				"POST",
				p.base + "work-item-types/" + kind + "/properties/",
				map[string]any{"properties": []string{foreign}},
				400,
				"does not exist",
			},
			{p.key, "GET", ofKind, nil, 200, alone},
			{
				p.key,
				"GET",
				p.base + "work-item-types/schema/?type_id=" + kind + "&include=members,labels",
				nil,
				200,
				`"custom_field_how-bad":{"id":"` + severity.ID(),
			},
			{p.key, "DELETE", p.base + "work-item-types/" + kind + "/properties/" + alone + "/", nil, 204, ""},
			{p.key, "DELETE", p.base + "work-item-types/" + kind + "/properties/" + alone + "/", nil, 404, ""},
			{p.key, "DELETE", its + low + "/", nil, 204, ""}, {p.key, "GET", its + low + "/", nil, 404, ""},
			{
				p.key,
				"DELETE",
				ofKind + severity.ID() + "/",
				nil,
				204,
				"",
			}, {p.key, "GET", at + severity.ID() + "/", nil, 404, ""},
		})
		// A workspace's type brings its properties along, which the project does not change.
		story := p.key.Must("POST", p.workspace+"work-item-types/", map[string]any{"name": "Story"}).ID()
		ties := p.workspace + "work-item-types/" + story + "/properties/"
		walk(t, []step{
			{p.key, "POST", ties, map[string]any{"property_id": wide}, 200, `["` + wide + `"]`},
			{p.key, "POST", ties, map[string]any{"properties": []string{alone}}, 400, "does not exist"}, // a project's
			{
				p.key,
				"POST",
				ties,
				map[string]any{},
				400,
				"properties",
			}, {p.key, "GET", ties, nil, 200, `["` + wide + `"]`},
			{
				p.key,
				"POST",
				p.base + "import-work-item-types/",
				map[string]any{"work_item_types": []string{story}},
				200,
				"",
			},
			{
				p.key,
				"GET",
				at + wide + "/",
				nil,
				200,
				`"project":null`,
			}, {other.key, "GET", strings.Replace(at, p.project(), other.project(), 1), nil, 403, ""},
			{p.key, "PATCH", at + wide + "/", map[string]any{"is_required": true}, 400, "workspace_managed"},
			{p.key, "DELETE", at + wide + "/", nil, 400, "workspace_managed"},
			{p.key, "DELETE", ties + wide + "/", nil, 204, ""}, {p.key, "GET", at + wide + "/", nil, 404, ""},
			{p.key, "DELETE", catalogue + wide + "/", nil, 204, ""},
		})
	})
}
