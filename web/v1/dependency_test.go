package v1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// related are the names of the work items under each key of an answer; keys without any are left out.
func related(a webtest.Answer) map[string]string {
	by := map[string]string{}
	for key, list := range a.JSON().(map[string]any) {
		var names []string
		for _, one := range list.([]any) {
			one := one.(map[string]any)
			names = append(names, one["name"].(string))
			if one["relation_type"] != key {
				by["wrong "+key] = fmt.Sprint(one)
			}
		}
		slices.Sort(names)
		if len(names) > 0 {
			by[key] = strings.Join(names, " ")
		}
	}
	return by
}

// A dependency of either kind shows on both sides, once, and is gone from both when it is ended from either.
func TestDependencies(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "depends"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		label := p.key.Must("POST", p.base+"labels/", map[string]any{"name": "l"}).ID()
		a := p.item(map[string]any{"name": "a"})
		b := p.item(map[string]any{"name": "b", "labels": []string{label}, "assignees": []string{p.person.User.ID}})
		foreign := other.item(map[string]any{"name": "f"})
		at := func(id string) string { return p.base + "work-items/" + id + "/dependencies/" }
		body := func(kind string, ids ...string) map[string]any {
			return map[string]any{"relation_type": kind, "work_item_ids": append([]string{}, ids...)}
		}
		empty := p.key.Must("GET", at(a), nil)
		if len(empty.JSON().(map[string]any)) != 6 || len(related(empty)) != 0 {
			t.Errorf("a new work item depends on %s", empty.Raw)
		}
		for kind, back := range map[string]string{"blocking": "blocked_by", "blocked_by": "blocking",
			"start_before": "start_after", "start_after": "start_before", "finish_before": "finish_after",
			"finish_after": "finish_before"} {
			for _, from := range []string{a, b} {
				made := rows(p.key.Must("POST", at(a), body(kind, b)))
				if len(made) != 1 || made[0]["id"] != b || made[0]["relation_type"] != kind ||
					fmt.Sprint(made[0]["label_ids"], made[0]["assignee_ids"]) != fmt.Sprint([]any{label}, []any{p.person.User.ID}) {
					t.Errorf("%s: made %v", kind, made)
				}
				if d := cmp.Diff(map[string]string{kind: "b"}, related(p.key.Must("GET", at(a), nil))); d != "" {
					t.Errorf("%s (-want +got):\n%s", kind, d)
				}
				if d := cmp.Diff(map[string]string{back: "a"}, related(p.key.Must("GET", at(b), nil))); d != "" {
					t.Errorf("%s from behind (-want +got):\n%s", kind, d)
				}
				p.key.Must("DELETE", at(from)+map[string]string{a: b, b: a}[from]+"/", nil)
				for _, id := range []string{a, b} {
					if left := related(p.key.Must("GET", at(id), nil)); len(left) != 0 {
						t.Errorf("%s: after its end there is %v", kind, left)
					}
				}
			}
		}
		p.key.Must("POST", p.base+"work-items/"+a+"/relations/",
			map[string]any{"relation_type": "relates_to", "issues": []string{b}})
		walk(t, []step{
			{p.key, "GET", at(a), nil, 200, `"blocking":[]`}, // what only relates is no dependency
			{p.key, "POST", at(a), body("blocking", b), 400, `{"work_item_ids":["` + b + " has another relation"},
			{p.key, "DELETE", at(a) + b + "/", nil, 404, ""},
			{p.key, "POST", p.base + "work-items/" + a + "/relations/remove/", map[string]any{"related_issue": b}, 204, ""},
			{p.key, "POST", p.base + "work-items/" + a + "/relations/remove/", map[string]any{"related_issue": b}, 404, ""},
			{p.key, "POST", p.base + "work-items/" + a + "/relations/remove/", map[string]any{}, 400, `{"related_issue":`},
			{p.key, "POST", at(a), map[string]any{}, 400, `{"relation_type":["This field is required."],"work_item_ids":["This`},
			{p.key, "POST", at(a), body("relates_to", b), 400, `{"relation_type":["\"relates_to\" is not a valid choice."]}`},
			{p.key, "POST", at(a), body("blocking"), 400, `{"work_item_ids":["Ensure this field has at least 1`},
			{p.key, "POST", at(a), body("blocking", "x"), 400, `{"work_item_ids":`},
			{p.key, "POST", at(a), body("blocking", a), 400, `{"work_item_ids":["A work item can't be related to itself."]}`},
			{p.key, "POST", at(a), body("blocking", foreign), 400, ""},
			{p.key, "POST", at(foreign), body("blocking", b), 404, ""}, {p.key, "GET", at(foreign), nil, 404, ""},
			{p.key, "GET", at(store.NewID()), nil, 404, ""},
			{all.guest, "POST", at(a), body("blocking", b), 403, ""}, {all.guest, "DELETE", at(a) + b + "/", nil, 403, ""},
			{all.guest, "GET", at(a), nil, 403, ""}, {all.outsider, "GET", at(a), nil, 403, ""},
			{all.member, "POST", at(a), body("start_before", b), 201, ""},
			{all.member, "POST", at(a), body("start_before", b), 201, b}, // once more is no fault
		})
		history := string(p.key.Must("GET", p.base+"work-items/"+b+"/activities/", nil).Raw)
		if !strings.Contains(history, `"field":"start_after"`) || !strings.Contains(history, "deleted blocked_by relation") {
			t.Errorf("the other side's history is %s", history)
		}
	})
}

// Kinds of relations are the workspace's, made by its administrators; what relates two work items by them shows under
// their words on either side.
func TestRelationsOfTheWorkspacesKinds(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "kinds"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		at := p.workspace + "work-item-relation-definitions/"
		cause := map[string]any{"name": "Cause", "outward": "causes", "inward": "is caused by"}
		kind := p.key.Must("POST", at, cause).ID()
		even := p.key.Must("POST", at, map[string]any{"name": "twin of", "is_default": true, "sort_order": 1}).ID()
		foreign := other.key.Must("POST", other.workspace+"work-item-relation-definitions/", cause).ID()
		walk(t, []step{
			{p.key, "POST", at, cause, 409, `"id":"` + kind + `"`}, {p.key, "POST", at, map[string]any{}, 400, `{"name":["This`},
			{p.key, "POST", at, map[string]any{"name": "x", "outward": ""}, 400, `{"outward":["This field may not be blank."]}`},
			{p.key, "PATCH", at + even + "/", map[string]any{"name": "Cause"}, 409, kind},
			{p.key, "PATCH", at + even + "/", map[string]any{"color": "#fff"}, 200, `"outward":"twin of","inward":"twin of","color":"#fff"`},
			{p.key, "PATCH", at + foreign + "/", map[string]any{"name": "mine"}, 404, ""},
			{p.key, "DELETE", at + foreign + "/", nil, 404, ""},
			{p.key, "GET", at, nil, 200, `"total_count":2`}, {p.key, "GET", at + "?is_default=true&is_active=True", nil, 200, even},
			{p.key, "GET", at + "?is_default=false&is_active=false", nil, 200, `"results":[]`},
			{p.key, "GET", at + "?is_default=often", nil, 400, `{"is_default":`},
			{all.guest, "GET", at, nil, 200, ""}, {all.elsewhere, "GET", at, nil, 403, ""},
			{all.admin, "POST", at, cause, 403, ""}, {all.admin, "PATCH", at + kind + "/", cause, 403, ""},
			{all.admin, "DELETE", at + kind + "/", nil, 403, ""},
		})
		if d := cmp.Diff([]any{"twin of", "Cause"}, column(t, p.key.Must("GET", at, nil), "name")); d != "" {
			t.Errorf("the kinds (-want +got):\n%s", d)
		}
		a, b, c := p.item(map[string]any{"name": "a"}), p.item(map[string]any{"name": "b"}), p.item(map[string]any{"name": "c"})
		on := func(id string) string { return p.base + "work-items/" + id + "/work-item-relations/" }
		body := func(kind, word string, ids ...string) map[string]any {
			return map[string]any{"relation_definition_id": kind, "relation_definition_type": word, "work_item_ids": ids}
		}
		if got := len(p.key.Must("GET", on(a), nil).JSON().(map[string]any)); got != 3 {
			t.Errorf("a new work item shows %d words, want those of both kinds", got)
		}
		walk(t, []step{
			{all.member, "POST", on(a), body(kind, "causes", b, c), 201, `"relation_type":"causes"`},
			{p.key, "POST", on(a), body(kind, "causes", b), 201, b}, // once more
			{p.key, "POST", on(b), body(kind, "is caused by", a), 201, a},
			{p.key, "POST", on(b), body(kind, "causes", a), 400, `{"work_item_ids":["The relation is there the other way round."]}`},
			{p.key, "POST", on(b), body(even, "twin of", a), 201, a}, {p.key, "POST", on(a), body(even, "twin of", b), 201, b},
			{p.key, "POST", on(a), body(store.NewID(), "causes", b), 400, `{"relation_definition_id":["Invalid pk`},
			{p.key, "POST", on(a), body(foreign, "causes", b), 400, `{"relation_definition_id":["Invalid pk`},
			{p.key, "POST", on(a), body(kind, "blocks", b), 400, `{"relation_definition_type":["\"blocks\" is not a valid choice."]}`},
			{p.key, "POST", on(a), body(kind, "causes"), 400, `{"work_item_ids":`},
			{p.key, "POST", on(a), body(kind, "causes", a), 400, "can't be related to itself"},
			{p.key, "POST", on(a), body(kind, "causes", store.NewID()), 400, `{"work_item_ids":["Invalid pk`},
			{all.guest, "POST", on(a), body(kind, "causes", b), 403, ""}, {all.guest, "GET", on(a), nil, 403, ""},
			{p.key, "GET", on(store.NewID()), nil, 404, ""},
		})
		for id, want := range map[string]map[string]string{a: {"causes": "b c", "twin of": "b"},
			b: {"is caused by": "a", "twin of": "a"}, c: {"is caused by": "a"}} {
			if d := cmp.Diff(want, related(p.key.Must("GET", on(id), nil))); d != "" {
				t.Errorf("relations (-want +got):\n%s", d)
			}
		}
		walk(t, []step{
			{p.key, "DELETE", on(b) + a + "/", nil, 204, ""}, {p.key, "DELETE", on(b) + a + "/", nil, 404, ""},
			{p.key, "GET", on(a), nil, 200, `"twin of":[]`},
			{p.key, "PATCH", at + kind + "/", map[string]any{"is_active": false}, 200, ""},
			{p.key, "GET", on(c), nil, 200, `{"twin of":[]}`},
			{p.key, "POST", on(a), body(kind, "causes", b), 400, "switched off"},
			{p.key, "PATCH", at + kind + "/", map[string]any{"is_active": true}, 200, ""},
			{p.key, "GET", on(c), nil, 200, `"is caused by":[{"id":"` + a},
			{p.key, "DELETE", p.base + "work-items/" + a + "/", nil, 204, ""},
			{p.key, "GET", on(c), nil, 200, `"is caused by":[]`}, // with its work item
			{p.key, "POST", on(b), body(kind, "causes", c), 201, ""}, {p.key, "DELETE", at + kind + "/", nil, 204, ""},
			{p.key, "GET", on(c), nil, 200, `{"twin of":[]}`}, {p.key, "POST", at, cause, 201, ""},
			{p.key, "GET", on(c), nil, 200, `"is caused by":[]`}, // the new kind has none of the old one's
		})
	})
}
