package v1_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// nth is an element of a list under a key, or a key of that element; nil when there is none.
func nth(a webtest.Answer, list string, n int, key string) any {
	all, _ := a.At(list).([]any)
	if n >= len(all) {
		return nil
	}
	if object, ok := all[n].(map[string]any); ok {
		return object[key]
	}
	return all[n]
}

func TestCustomerProperties(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "knows")
		all := newCrowd(t, s, p)
		at := p.workspace + "customer-properties/"
		option := func(name string, more map[string]any) map[string]any {
			body := map[string]any{"name": name}
			for key, value := range more {
				body[key] = value
			}
			return body
		}
		made := p.key.Must(
			"POST",
			at,
			map[string]any{"name": "ignored", "display_name": "Größe (Été)_", "property_type": "OPTION",
				"options": []any{option("Small", map[string]any{"is_default": true}), option("Large", nil)}},
		)
		if made.At("name") != "groe-ete" || made.At("display_name") != "Größe (Été)_" {
			t.Errorf("%s", made.Raw)
		}
		small, large := nth(made, "options", 0, "id").(string), nth(made, "options", 1, "id").(string)
		if nth(made, "default_value", 0, "") != small || nth(made, "options", 0, "is_default") != true {
			t.Errorf("%s", made.Raw)
		}
		one := at + made.ID() + "/"
		for _, tt := range []struct {
			body map[string]any
			says string
		}{
			{map[string]any{"property_type": "TEXT"}, `{"display_name":["This field is required."]}`},
			{map[string]any{"display_name": "x", "property_type": "COLOUR"}, `{"property_type":["\"COLOUR\" is not`},
			{map[string]any{"display_name": "x", "property_type": "RELATION"}, `{"relation_type":["This field is required."]}`},
			{map[string]any{"display_name": "x", "property_type": "URL", "relation_type": "USER"}, `{"relation_type":["Only a RELATION`},
			{map[string]any{"display_name": "x", "property_type": "TEXT", "settings": map[string]any{"display_format": "wide"}},
				`{"settings":["display_format has to be one of`},
			{map[string]any{"display_name": "x", "property_type": "TEXT", "settings": []any{1}}, `{"settings":["Expected an object."]}`},
			{map[string]any{"display_name": "x", "property_type": "DECIMAL", "default_value": []string{"many"}},
				`{"default_value":["\"many\" is not a valid DECIMAL."]}`},
			{map[string]any{"display_name": "x", "property_type": "DECIMAL", "default_value": []string{"1", "2"}}, `{"default_value":["This property has only one`},
			{map[string]any{"display_name": "x", "property_type": "TEXT", "options": []any{option("a", nil)}}, `{"options":["Only a property`},
			{map[string]any{"display_name": "x", "property_type": "OPTION", "options": []any{option("a", nil), option("a", nil)}}, `already`},
			{map[string]any{"display_name": "x", "property_type": "OPTION", "options": []any{option("", nil)}}, `"name":["This field may not be blank."]`},
			{map[string]any{"display_name": "x", "property_type": "OPTION", "options": []any{map[string]any{}}}, `"name":["This field is required."]`},
			{map[string]any{"display_name": "x", "property_type": "OPTION", "options": []any{
				option("a", map[string]any{"is_default": true}),
				option("b", map[string]any{"is_default": true})}}, `{"options":["This property has only one value."]}`},
		} {
			walk(t, []step{{p.key, "POST", at, tt.body, 400, tt.says}})
		}
		walk(t, []step{
			{p.key, "POST", at, map[string]any{"display_name": "Größe (Été)_", "property_type": "TEXT"}, 409, made.ID()},
			{all.member, "POST", at, map[string]any{"display_name": "x", "property_type": "TEXT"}, 403, ""},
			{
				all.member,
				"PATCH",
				one,
				map[string]any{"display_name": "x"},
				403,
				"",
			}, {all.member, "DELETE", one, nil, 403, ""},
			{all.member, "GET", one, nil, 200, small}, {all.guest, "GET", at, nil, 403, ""},
			{
				p.key,
				"PATCH",
				one,
				map[string]any{"property_type": "TEXT"},
				400,
				`{"property_type":["It can't be changed."]}`,
			},
			{p.key, "PATCH", one, map[string]any{"is_multi": true, "relation_type": "USER"}, 400, `"is_multi"`},
			{p.key, "PATCH", one, map[string]any{"settings": map[string]any{"a": 1}}, 400, `{"settings"`},
			{
				p.key,
				"PATCH",
				one,
				map[string]any{"property_type": "OPTION", "is_multi": false, "settings": map[string]any{}},
				200,
				"",
			},
			{p.key, "PATCH", one, map[string]any{"name": "Size"}, 200, `"name":"size","display_name":"Size"`},
			{p.key, "PATCH", one, map[string]any{"options": []any{option("Huge", nil)}}, 200, `"name":"Huge"`},
			{
				p.key,
				"PATCH",
				one,
				map[string]any{"options": []any{map[string]any{"id": large, "name": "Big"}}},
				200,
				`"name":"Big"`,
			},
			{
				p.key,
				"PATCH",
				one,
				map[string]any{"options": []any{map[string]any{"id": store.NewID(), "name": "Big"}}},
				400,
				`{"options":["Invalid pk`,
			},
			{
				p.key,
				"PATCH",
				one,
				map[string]any{"default_value": []string{large}},
				200,
				`"default_value":["` + large + `"]`,
			},
			{p.key, "PATCH", one, map[string]any{"default_value": []string{large, small}}, 400, `{"default_value"`},
			{p.key, "PATCH", one, map[string]any{"default_value": []string{}}, 200, `"default_value":[]`},
			{p.key, "PATCH", at + store.NewID() + "/", map[string]any{}, 404, ""},
		})
		if got := nth(p.key.Must("GET", one, nil), "options", 0, "name"); got != "Small" {
			t.Errorf("the first option is %v", got)
		}
		walk(t, []step{{p.key, "DELETE", one, nil, 204, ""}, {p.key, "GET", one, nil, 404, ""},
			{
				p.key,
				"POST",
				at,
				map[string]any{"display_name": "Size", "property_type": "TEXT"},
				201,
				`"display_format":"single-line"`,
			},
			{p.key, "GET", at, nil, 200, `"total_count":1`}})
	})
}

// Values are of the kind that their property says.
func TestCustomerValues(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "values"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		property := func(name string, body map[string]any) string {
			body["display_name"] = name
			return p.key.Must("POST", p.workspace+"customer-properties/", body).ID()
		}
		item, foreign := p.item(map[string]any{"name": "i"}), other.item(map[string]any{"name": "f"})
		options := p.key.Must(
			"POST",
			p.workspace+"customer-properties/",
			map[string]any{"display_name": "o", "property_type": "OPTION",
				"options": []any{map[string]any{"name": "x", "is_default": true}}},
		)
		tag := property(
			"tags",
			map[string]any{"property_type": "TEXT", "is_multi": true, "default_value": []string{"b", "a", "b"}},
		)
		id := all.member.Must("POST", p.workspace+"customers/", map[string]any{"name": "Acme"}).ID()
		at := p.workspace + "customers/" + id + "/property-values/"
		people := property("people", map[string]any{"property_type": "RELATION", "relation_type": "USER", "is_multi": true})
		ann := all.member.User.ID
		walk(t, []step{ // one in two spellings is one, and too many are not looked at
			{p.key, "PATCH", at + people + "/", map[string]any{"values": []string{strings.ToUpper(ann), ann}}, 204, ""},
			{p.key, "GET", at + people + "/", nil, 200, `{"` + people + `":["` + ann + `"]}`},
			{p.key, "PATCH", at + people + "/", map[string]any{"values": slices.Repeat([]string{ann}, 101)}, 400,
				`{"values":["A property has no more than 100 values."]}`},
		})
		option := nth(options, "options", 0, "id").(string)
		if got := p.key.Must("GET", at, nil); nth(got, options.ID(), 0, "") != option || nth(got, tag, 0, "") != "b" ||
			nth(got, tag, 1, "") != "a" {
			t.Errorf("a new customer has %s", got.Raw)
		}
		for _, tt := range []struct{ name, kind, relation, good, kept, bad string }{
			{"text", "TEXT", "", "hello", "hello", " "},
			{"day", "DATETIME", "", "2026-02-28", "2026-02-28", "2026-02-30"},
			{"number", "DECIMAL", "", "-1.50", "-1.50", "1e5"},
			{"is", "BOOLEAN", "", "true", "True", "yes"},
			{"url", "URL", "", "https://a.example/x", "https://a.example/x", "javascript:x"},
			{"email", "EMAIL", "", "a@b.example", "a@b.example", "none"},
			{"person", "RELATION", "USER", all.guest.User.ID, all.guest.User.ID, all.elsewhere.User.ID},
			{"item", "RELATION", "ISSUE", item, item, foreign},
			{"file", "FILE", "", "", "", store.NewID()},
			{"option", "OPTION", "", "", "", option}, // of another property
		} {
			body := map[string]any{"property_type": tt.kind}
			if tt.relation != "" {
				body["relation_type"] = tt.relation
			}
			one := property(tt.name, body)
			if tt.good != "" {
				walk(t, []step{
					{all.member, "PATCH", at + one + "/", map[string]any{"values": []string{tt.good}}, 204, ""},
					{all.member, "GET", at + one + "/", nil, 200, `{"` + one + `":["` + tt.kept + `"]}`},
				})
			}
			walk(t, []step{
				{all.member, "PATCH", at + one + "/", map[string]any{"values": []string{tt.bad}}, 400, `{"values":["`},
				{
					all.member,
					"PATCH",
					at + one + "/",
					map[string]any{"values": []string{"a", "b"}},
					400,
					`{"values":["This property has only one value."]}`,
				},
				{
					all.member,
					"POST",
					at,
					map[string]any{"customer_property_values": map[string]any{tag: []string{"new"}, one: []string{tt.bad}}},
					400,
					`{"` + one + `":["`,
				},
				{p.key, "GET", at + tag + "/", nil, 200, `["b","a"]`},
			})
		}
		must := property("must", map[string]any{"property_type": "TEXT", "is_required": true})
		walk(t, []step{
			{p.key, "GET", at + must + "/", nil, 200, `{"` + must + `":[]}`},
			{p.key, "GET", at + store.NewID() + "/", nil, 404, ""},
			{p.key, "PATCH", at + must + "/", map[string]any{"values": []string{}}, 400, `has to have a value`},
			{p.key, "PATCH", at + must + "/", map[string]any{}, 400, `{"values":["This field is required."]}`},
			{
				p.key,
				"POST",
				at,
				map[string]any{"customer_property_values": map[string]any{store.NewID(): []string{"x"}}},
				400,
				"does not exist",
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{"customer_property_values": map[string]any{"x": []string{"x"}}},
				400,
				`{"x":["Invalid pk`,
			},
			{
				p.key,
				"POST",
				at,
				map[string]any{"customer_property_values": map[string]any{tag: []string{}, must: []string{"is"}}},
				201,
				`["is"]`,
			},
			{p.key, "GET", at + tag + "/", nil, 200, `{"` + tag + `":[]}`},
			{all.guest, "GET", at, nil, 403, ""}, {all.guest, "POST", at, map[string]any{}, 403, ""},
			{
				p.key,
				"PATCH",
				p.workspace + "customer-properties/" + must + "/",
				map[string]any{"is_active": false},
				200,
				"",
			},
			{p.key, "GET", at + must + "/", nil, 200, `{"` + must + `":[]}`},
			{p.key, "PATCH", at + must + "/", map[string]any{"values": []string{"x"}}, 400, "switched off"},
			{p.key, "PATCH", p.workspace + "customer-properties/" + must + "/", map[string]any{"is_active": true}, 200, ""},
			{p.key, "GET", at + must + "/", nil, 200, `{"` + must + `":["is"]}`},
		})
		p.key.Must("DELETE", p.base+"work-items/"+item+"/", nil)
		for _, list := range p.key.Must("GET", at, nil).JSON().(map[string]any) {
			if list.([]any)[0] == item {
				t.Error("a deleted work item is a value still")
			}
		}
	})
}
