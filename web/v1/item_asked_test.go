package v1_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Lists are narrowed, sorted and counted by properties and types: by a query, by a tree of conditions, by order_by.
func TestListsAskForProperties(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "asked"), newPlace(s, "other")
		kind := p.key.Must("POST", p.base+"work-item-types/", map[string]any{"name": "Bug"}).ID()
		size := p.property(map[string]any{"display_name": "Size", "property_type": "DECIMAL"})
		code := p.property(map[string]any{"display_name": "Code", "property_type": "TEXT"})
		due := p.property(map[string]any{"display_name": "Due", "property_type": "DATETIME"})
		done := p.property(map[string]any{"display_name": "Done", "property_type": "BOOLEAN"})
		who := p.property(
			map[string]any{
				"display_name":  "Who",
				"property_type": "RELATION",
				"relation_type": "USER",
				"is_multi":      true,
			},
		)
		grade := p.key.Must(
			"POST",
			p.base+"work-item-properties/",
			map[string]any{"display_name": "Grade", "property_type": "OPTION",
				"options": []any{map[string]any{"name": "z first"}, map[string]any{"name": "a second"}}},
		)
		first, second := grade.At("options").([]any)[0].(map[string]any)["id"].(string), grade.At("options").([]any)[1].(map[string]any)["id"].(string)
		me := p.person.User.ID
		p.item(
			map[string]any{
				"name":       "one",
				"type_id":    kind,
				"properties": map[string]any{size: 2, code: "beta", due: "2020-05-01", done: true, grade.ID(): first},
			},
		)
		p.item(
			map[string]any{
				"name": "two",
				"properties": map[string]any{
					size:       10,
					code:       "Alpha",
					due:        "2020-05-01 12:00:00",
					done:       false,
					grade.ID(): second,
					who:        []string{me},
				},
			},
		)
		p.item(map[string]any{"name": "three", "properties": map[string]any{size: -1.5, code: "beta 2"}})
		p.item(map[string]any{"name": "four"})
		foreign := other.property(map[string]any{"display_name": "x", "property_type": "DECIMAL"})
		cf := func(id, rest string) string { return "pql=" + url.QueryEscape(`cf["`+id+`"] `+rest) }
		tree := func(key, value string) string { return "filters=" + url.QueryEscape(`{"`+key+`":`+value+`}`) }
		for asked, want := range map[string]string{
			cf(size, "= 2"): "one", cf(size, "> 2"): "two", cf(size, ">= 2"): "one two", cf(size, "< 2"): "three",
			cf(size, "!= 2"):             "two three four",
			cf(size, "BETWEEN -2 AND 2"): "one three", cf(size, "IS EMPTY"): "four",
			cf(size, "IS NOT NULL"): "one two three",
			cf(code, `= "beta"`):    "one", cf(code, `~ "ALPH"`): "two", cf(code, `~ "beta"`): "one three",
			cf(code, `IN ("beta", "Alpha")`): "one two",
			cf(due, `= "2020-05-01"`):        "one two", cf(due, `> "2020-05-01"`): "",
			cf(due, `<= "2020-05-01"`): "one two", cf(due, `< today()`): "one two",
			cf(done, "= true"): "one", cf(done, "= false"): "two", cf(done, "IS NULL"): "three four",
			cf(grade.ID(), `= "`+first+`"`): "one", cf(grade.ID(), `NOT IN ("`+first+`")`): "two three four",
			cf(who, "= currentUser()"):                    "two",
			"pql=" + url.QueryEscape(`type = "`+kind+`"`): "one",
			"pql=" + url.QueryEscape("type IS EMPTY"):     "two three four",
			tree("cf_"+size+"__gte", "2"):                 "one two", tree("cf_"+size+"__range", `"-2,2"`): "one three",
			tree("cf_"+code, `"beta"`):                                  "one",
			tree("cf_"+due+"__gt", `"2020-05-01 11:00:00"`):             "two",
			tree("cf_"+grade.ID()+"__in", `["`+first+`","`+second+`"]`): "one two",
			tree("cf_"+who+"__isnull", "true"):                          "one three four", tree("type_id", `"`+kind+`"`): "one",
			tree("cf_"+done, "true"): "one",
			"order_by=cf_" + size:    "three one two four", "order_by=-cf_" + size: "two one three four",
			"order_by=cf_" + code:  "two one three four",
			"order_by=-cf_" + code: "three one two four", "order_by=-cf_" + grade.ID(): "two one three four",
			"order_by=cf_" + due: "one two three four", "order_by=-cf_" + done: "one two three four",
		} {
			if !strings.Contains(asked, "order_by") {
				asked += "&order_by=sequence_id"
			}
			for _, list := range []string{p.base + "work-items/?", p.workspace + "work-items/?"} {
				var names []string
				for _, row := range results(t, p.key.Must("GET", list+asked, nil)) {
					names = append(names, row["name"].(string))
				}
				if got := strings.Join(names, " "); got != want {
					t.Errorf("%s finds %q, want %q", asked, got, want)
				}
			}
		}
		items := p.base + "work-items/?"
		for asked, says := range map[string]string{
			cf(foreign, "= 1"): `You have no property`, cf("x", "= 1"): `Expected the id`,
			cf(size, `= "2"`): `without quotes`, cf(size, `~ "2"`): `can't be compared by ~`,
			cf(done, `= "true"`): `true or false`, cf(grade.ID(), `= "z first"`): `Expected an id`,
			cf(due, `= "soon"`): `Expected a date`, cf(code, "> 2"): "can't be compared",
			tree("cf_"+foreign, "1"): `is not allowed`, tree("cf_"+size, `"many"`): `Enter a number.`,
			tree("cf_"+size+"__icontains", `"1"`): `can be compared by`,
			tree("cf_"+store.NewID(), "1"):        "is not allowed", "order_by=cf_" + foreign: "There is no property",
			"order_by=cf_" + who: "can't be sorted by",
			"order_by=cf_x":      `is not a valid choice.`,
		} {
			if got := p.key.Do("GET", items+asked, nil); got.Status != 400 || !strings.Contains(string(got.Raw), says) {
				t.Errorf("%s: %d %s, want %s", asked, got.Status, got.Raw, says)
			}
		}
		counted := func(by string) map[string]float64 {
			t.Helper()
			sizes := map[string]float64{}
			for key, g := range p.key.Must("GET", p.workspace+"work-items/count/?group_by="+by, nil).At("grouped_counts").(map[string]any) {
				sizes[key] = g.(map[string]any)["count"].(float64)
			}
			return sizes
		}
		for by, want := range map[string]map[string]float64{"type_id": {kind: 1, "None": 3}, "cf_" + grade.ID(): {first: 1, second: 1, "None": 2},
			"cf_" + done: {"true": 1, "false": 1, "None": 2}, "cf_" + who: {me: 1, "None": 3}} {
			if d := cmp.Diff(want, counted(by)); d != "" {
				t.Errorf("by %s (-want +got):\n%s", by, d)
			}
		}
		walk(t, []step{
			{
				p.key,
				"GET",
				p.workspace + "work-items/count/?group_by=cf_" + size,
				nil,
				400,
				"can't be counted by this property",
			},
			{p.key, "GET", p.workspace + "work-items/count/?group_by=cf_" + foreign, nil, 400, "There is no property"},
		})
	})
}
