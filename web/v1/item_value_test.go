package v1_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// valued is a property of every kind, with values that it takes, as they are shown, and some that it refuses.
type valued struct {
	kind, relation string
	good           map[string]any // as it is sent, in JSON: as it is shown
	bad            []string
}

// Values of every kind are given, changed, read and taken away; what fits no property is refused.
func TestItemValues(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "values"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		item, second := p.item(map[string]any{"name": "i"}), p.item(map[string]any{"name": "j"})
		foreign := other.item(map[string]any{"name": "f"})
		for _, v := range []valued{
			{"TEXT", "", map[string]any{`"some words"`: "some words", `"é!"`: "é!"}, []string{`7`, `"\u0000"`, `true`, `["a"]`, `{}`,
				`"` + strings.Repeat("a", 10_001) + `"`}},
			{"DECIMAL", "", map[string]any{`7`: 7.0, `-0.5`: -0.5, `1e3`: 1000.0, `0`: 0.0}, []string{`"7"`, `true`, `1e999`}},
			{"BOOLEAN", "", map[string]any{`true`: true, `false`: false}, []string{`"true"`, `1`}},
			{"DATETIME", "", map[string]any{`"2026-05-31"`: "2026-05-31", `"2026-05-31 16:30:00"`: "2026-05-31 16:30:00",
				`"2026-05-31T16:30:00Z"`: "2026-05-31 16:30:00"}, []string{`"31.5.2026"`, `"2026-02-30"`, `5`}},
			{"URL", "", map[string]any{`"https://example.org/a?b"`: "https://example.org/a?b"}, []string{`"javascript:alert(1)"`, `"/a"`, `"x"`}},
			{"EMAIL", "", map[string]any{`"ann@example.org"`: "ann@example.org"}, []string{`"ann"`, `"Ann <ann@example.org>"`}},
			{"RELATION", "USER", map[string]any{`"` + all.member.User.ID + `"`: all.member.User.ID},
				[]string{`"ann"`, `"` + all.outsider.User.ID + `"`, `"` + store.NewID() + `"`}},
			{"RELATION", "ISSUE", map[string]any{`"` + second + `"`: second}, []string{`"WEB-1"`, `"` + foreign + `"`}},
			{"RELATION", "RICH_TEXT", map[string]any{`{"description_html": "<p>yes<script>no</script></p>"}`: "<p>yes</p>"},
				[]string{`"<p>yes</p>"`, `{}`}},
			{"FILE", "", nil, []string{`"` + store.NewID() + `"`, `"x"`}},
		} {
			body := map[string]any{"display_name": v.kind + v.relation, "property_type": v.kind}
			if v.relation != "" {
				body["relation_type"] = v.relation
			}
			id := p.property(body)
			at := p.base + "work-items/" + item + "/work-item-properties/" + id + "/values/"
			walk(t, []step{{p.key, "GET", at, nil, 404, ""}, {p.key, "DELETE", at, nil, 404, ""}})
			for sent, shown := range v.good {
				got := p.key.Must("POST", at, `{"value":`+sent+`}`)
				again := p.key.Must("GET", at, nil)
				if got.At("value") != shown || again.At("value") != shown || got.At("property_id") != id ||
					got.At("issue_id") != item {
					t.Errorf("%s%s: %s is shown as %s, want %v", v.kind, v.relation, sent, got.Raw, shown)
				}
				listed := p.key.Must("GET", p.base+"work-items/?expand=properties&order_by=created_at", nil)
				if d := cmp.Diff(map[string]any{id: shown}[id], results(t, listed)[0]["properties"].(map[string]any)[id]); d != "" {
					t.Errorf("%s%s in a list (-want +got):\n%s", v.kind, v.relation, d)
				}
			}
			for _, sent := range v.bad {
				for _, method := range []string{"POST", "PATCH"} {
					if got := p.key.Do(method, at, `{"value":`+sent+`}`); got.Status != 400 ||
						!strings.Contains(string(got.Raw), `{"value":[`) {
						t.Errorf("%s%s takes %.40s: %d %s", v.kind, v.relation, sent, got.Status, got.Raw)
					}
				}
			}
			if v.good != nil {
				p.key.Must("DELETE", at, nil)
			}
			walk(t, []step{
				{
					p.key,
					"GET",
					at,
					nil,
					404,
					"",
				}, {p.key, "POST", at, map[string]any{}, 400, `{"value":["This field is required."]}`},
				{all.guest, "GET", at, nil, 403, ""}, {all.guest, "POST", at, map[string]any{"value": "x"}, 403, ""},
				{p.key, "GET", strings.Replace(at, item, foreign, 1), nil, 404, ""},
				{
					other.key,
					"POST",
					strings.NewReplacer("/values/projects/", "/other/projects/", p.project(), other.project(), item, foreign).
						Replace(at),
					map[string]any{"value": "x"},
					404,
					"",
				},
			})
		}
		if got := p.key.Must("GET", p.base+"work-items/"+item+"/work-item-properties/values/", nil); string(
			got.Raw,
		) != "{}" {
			t.Errorf("all was taken away, and there is %s", got.Raw)
		}
	})
}

// A property with several values shows them in the order in which they were given; what is required can't be emptied; a
// new work item of a type has the defaults; a body takes values too, all or nothing; and the history says so.
func TestItemValuesOfTypes(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "several")
		kind := p.key.Must("POST", p.base+"work-item-types/", map[string]any{"name": "Bug"}).ID()
		make := func(body map[string]any) webtest.Answer {
			return p.key.Must("POST", p.base+"work-item-types/"+kind+"/work-item-properties/", body)
		}
		area := make(map[string]any{"display_name": "Area", "property_type": "OPTION", "is_multi": true,
			"options": []any{
				map[string]any{"name": "Web", "is_default": true},
				map[string]any{"name": "App"},
				map[string]any{"name": "API", "is_default": true},
			}})
		var options []string
		for _, o := range area.At("options").([]any) {
			options = append(options, o.(map[string]any)["id"].(string))
		}
		effort := make(map[string]any{"display_name": "Effort", "property_type": "DECIMAL", "is_required": true}).ID()
		note := make(
			map[string]any{"display_name": "Note", "property_type": "TEXT", "default_value": []string{"none yet"}},
		).ID()
		items := p.base + "work-items/"
		shown := func(id string) any {
			t.Helper()
			return p.key.Must("GET", items+id+"/?fields=properties", nil).At("properties")
		}
		same := func(what string, want, got any) {
			t.Helper()
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s (-want +got):\n%s", what, d)
			}
		}
		bare := p.item(map[string]any{"name": "bare", "type_id": kind})
		same(
			"defaults",
			map[string]any{area.ID(): []any{options[0], options[2]}, note: "none yet"},
			shown(bare).(map[string]any),
		)
		full := p.key.Must("POST", items, map[string]any{"name": "full", "type_id": kind, "properties": map[string]any{effort: 3, note: "mine", area.ID(): []string{options[1]}}}).
			ID()
		same(
			"given",
			map[string]any{area.ID(): []any{options[1]}, note: "mine", effort: 3.0},
			shown(full).(map[string]any),
		)
		plain := p.item(map[string]any{"name": "plain"})
		same("without a type", map[string]any{}, shown(plain).(map[string]any))
		p.key.Must("PATCH", items+plain+"/", map[string]any{"type_id": kind})
		same(
			"of a type then",
			map[string]any{area.ID(): []any{options[0], options[2]}, note: "none yet"},
			shown(plain).(map[string]any),
		)
		at := func(id string) string { return items + full + "/work-item-properties/" + id + "/values/" }
		before := len(results(t, p.key.Must("GET", items, nil)))
		walk(t, []step{
			{
				p.key,
				"POST",
				items,
				map[string]any{"name": "x", "type_id": kind, "properties": map[string]any{note: "n"}},
				400,
				`{"properties":{"` + effort + `":["This property is required."]}}`,
			},
			{
				p.key,
				"POST",
				items,
				map[string]any{"name": "x", "type_id": kind, "properties": map[string]any{effort: "n"}},
				400,
				`A valid number is required.`,
			},
			{
				p.key,
				"POST",
				items,
				map[string]any{"name": "x", "properties": map[string]any{store.NewID(): 1}},
				400,
				`does not exist`,
			},
			{
				p.key,
				"POST",
				items,
				map[string]any{"name": "x", "properties": map[string]any{"effort": 1}},
				400,
				`not the id of a property`,
			},
			{p.key, "POST", items, map[string]any{"name": "x", "properties": []int{1}}, 400, `properties`},
			{
				p.key,
				"PATCH",
				items + full + "/",
				map[string]any{"name": "y", "properties": map[string]any{effort: nil}},
				400,
				`This property is required.`,
			},
			{p.key, "DELETE", at(effort), nil, 400, "This property is required."},
			{p.key, "POST", at(effort), map[string]any{"value": nil}, 400, "This property is required."},
			{
				p.key,
				"POST",
				at(area.ID()),
				map[string]any{"value": []string{options[2], options[1], options[2]}},
				200,
				`"value":"` + options[2],
			},
			{p.key, "GET", at(area.ID()), nil, 200, `[{"id":`},
			{
				p.key,
				"PATCH",
				p.base + "work-item-properties/" + area.ID() + "/",
				map[string]any{"is_multi": false},
				400,
				"more than one value",
			},
			{
				p.key,
				"PATCH",
				at(note),
				map[string]any{"value": "theirs", "external_id": "7", "external_source": "x"},
				200,
				`"external_id":"7"`,
			},
			{p.key, "PATCH", items + full + "/", map[string]any{"properties": map[string]any{effort: 5}}, 200, ""},
		})
		if after := len(results(t, p.key.Must("GET", items, nil))); after != before {
			t.Errorf("%d work items were made of what was refused", after-before)
		}
		same(
			"at last",
			map[string]any{area.ID(): []any{options[1], options[2]}, note: "theirs", effort: 5.0},
			shown(full).(map[string]any),
		)
		history := string(p.key.Must("GET", items+full+"/activities/", nil).Raw)
		for _, want := range []string{`"old_value":"App","new_value":"API, App"`, `"old_value":"mine","new_value":"theirs","comment":"set Note to"`,
			`"old_value":"3","new_value":"5"`} {
			if !strings.Contains(history, want) {
				t.Errorf("the history has no %s: %s", want, history)
			}
		}
		// What is switched off or deleted is not shown; deleting the work item takes its values along.
		p.key.Must("PATCH", p.base+"work-item-properties/"+note+"/", map[string]any{"is_active": false})
		p.key.Must("DELETE", p.base+"work-item-properties/"+effort+"/", nil)
		p.key.Must("DELETE", p.base+"work-item-properties/"+area.ID()+"/options/"+options[1]+"/", nil)
		for count(t, s, "SELECT COUNT(*) FROM issue_property_values WHERE deleted_at IS NULL AND (option_id = '"+options[1]+
			"' OR property_id = '"+effort+"')") > 0 { // the job does it
			time.Sleep(10 * time.Millisecond)
		}
		same("what is left", map[string]any{area.ID(): []any{options[2]}}, shown(full).(map[string]any))
		p.key.Must("DELETE", items+full+"/", nil)
		if left := count(t, s, "SELECT COUNT(*) FROM issue_property_values WHERE deleted_at IS NULL AND issue_id = '"+full+"'"); left != 0 {
			t.Errorf("%d values are left of a deleted work item", left)
		}
	})
}

func count(t *testing.T, s *webtest.Server, query string) (n int) {
	t.Helper()
	if err := s.App.DB.Read(t.Context()).One(query, nil, &n); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", query, err))
	}
	return n
}

// Options are said by their ids or their names, in whatever letters.
func TestOptionsByName(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "named")
		made := p.key.Must("POST", p.base+"work-item-properties/", obj{"display_name": "Severity", "property_type": "OPTION",
			"options": []obj{{"name": "Minor"}, {"name": "Major"}}})
		several := p.key.Must("POST", p.base+"work-item-properties/", obj{"display_name": "On", "property_type": "OPTION",
			"is_multi": true, "options": []obj{{"name": "web"}, {"name": "iOS"}}})
		major := made.At("options").([]any)[1].(map[string]any)["id"].(string)
		item := p.item(obj{"name": "i", "properties": obj{made.ID(): "major", several.ID(): []string{"IOS", "web"}}})
		at := p.base + "work-items/" + item + "/work-item-properties/"
		walk(t, []step{
			{p.key, "GET", at + made.ID() + "/values/", nil, 200, `"value":"` + major + `"`},
			{p.key, "POST", at + made.ID() + "/values/", obj{"value": "Minor"}, 200, `"value":`},
			{p.key, "POST", at + made.ID() + "/values/", obj{"value": major}, 200, major},
			{p.key, "POST", at + made.ID() + "/values/", obj{"value": "worse"}, 400, `"worse\" is not a valid UUID`},
			{p.key, "POST", at + several.ID() + "/values/", obj{"value": []string{"web", "tv"}}, 400, `"tv\" is not`},
			{p.key, "POST", at + made.ID() + "/values/", obj{"value": 7}, 400, `{"value":[`},
		})
		if got := p.key.Must("GET", at+several.ID()+"/values/", nil).JSON().([]any); len(got) != 2 {
			t.Errorf("of several: %v", got)
		}
	})
}
