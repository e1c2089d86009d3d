package v1_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Milestones are made, read, changed and deleted by those who write in the project; deleting is for their makers and
// administrators.
func TestMilestones(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "dates"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		at := p.base + "milestones/"
		none := p.key.Must("POST", at, map[string]any{"title": "some day"}).ID()
		late := p.key.Must("POST", at, map[string]any{"title": "late", "target_date": "2026-06-01"}).ID()
		soon := all.member.Must("POST", at, map[string]any{"title": "soon", "target_date": "2026-05-01",
			"external_id": "7", "external_source": "lab"}).ID()
		theirs := other.key.Must("POST", other.base+"milestones/", map[string]any{"title": "theirs"}).ID()
		if got := titles(t, p.key.Must("GET", at, nil)); got != "soon late some day" {
			t.Errorf("by their dates: %s", got)
		}
		if got := titles(t, p.key.Must("GET", at+"?order_by=-title&per_page=2", nil)); got != "soon some day" {
			t.Errorf("by name from behind: %s", got)
		}
		one := at + soon + "/"
		walk(t, []step{
			{p.key, "POST", at, map[string]any{}, 400, `{"title":["This field is required."]}`},
			{p.key, "POST", at, map[string]any{"title": " "}, 400, `{"title":["This field may not be blank."]}`},
			{p.key, "POST", at, map[string]any{"title": "x", "target_date": "soon"}, 400, `{"target_date":["Date has wrong format.`},
			{p.key, "POST", at, map[string]any{"title": "x", "external_id": "7", "external_source": "lab"}, 409, soon},
			{p.key, "PATCH", at + late + "/", map[string]any{"external_id": "7", "external_source": "lab"}, 409,
				"already exists"},
			{p.key, "GET", at + "?order_by=color", nil, 400, `{"order_by":`},
			{p.key, "GET", one, nil, 200, `"title":"soon","target_date":"2026-05-01","external_source":"lab","external_id":"7"`},
			{p.key, "GET", one + "?fields=title", nil, 200, `{"title":"soon"}`},
			{p.key, "PATCH", one, map[string]any{"target_date": nil}, 200, `"title":"soon","target_date":null`},
			{p.key, "PATCH", one, map[string]any{"title": "now"}, 200, `"title":"now"`},
			{p.key, "GET", at + theirs + "/", nil, 404, ""},
			{p.key, "PATCH", at + theirs + "/", map[string]any{"title": "x"}, 404, ""},
			{p.key, "DELETE", at + theirs + "/", nil, 404, ""}, {p.key, "GET", at + store.NewID() + "/", nil, 404, ""},
			{all.guest, "GET", at, nil, 200, "now"}, {all.guest, "POST", at, map[string]any{"title": "x"}, 403, ""},
			{all.guest, "PATCH", one, map[string]any{"title": "x"}, 403, ""}, {all.guest, "DELETE", one, nil, 403, ""},
			{all.outsider, "GET", at, nil, 403, ""}, {all.elsewhere, "GET", one, nil, 403, ""},
			{all.member, "DELETE", at + none + "/", nil, 403, ""}, // not their own
			{all.member, "DELETE", one, nil, 204, ""}, {all.admin, "DELETE", at + none + "/", nil, 204, ""},
			{p.key, "GET", one, nil, 404, ""}, {p.key, "DELETE", one, nil, 404, ""},
			{p.key, "POST", at, map[string]any{"title": "x", "external_id": "7", "external_source": "lab"}, 201, ""},
		})
	})
}

func titles(t *testing.T, a webtest.Answer) string {
	t.Helper()
	var all []string
	for _, row := range results(t, a) {
		all = append(all, row["title"].(string))
	}
	return strings.Join(all, " ")
}

// A work item is in one milestone at most, which its history tells of; lists can be asked for it.
func TestWorkItemsOfMilestones(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "dates"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		a, b := p.item(map[string]any{"name": "a"}), p.item(map[string]any{"name": "b"})
		foreign := other.item(map[string]any{"name": "f"})
		first := p.key.Must("POST", p.base+"milestones/", map[string]any{"title": "first"}).ID()
		second := p.key.Must("POST", p.base+"milestones/", map[string]any{"title": "second"}).ID()
		of := func(m string) string { return p.base + "milestones/" + m + "/work-items/" }
		in := func(m string, who *webtest.Client) string {
			t.Helper()
			got := ""
			for _, row := range results(t, who.Must("GET", of(m), nil)) {
				if row["milestone"] != m {
					t.Errorf("a row of another milestone: %v", row)
				}
				got += map[any]string{a: "a", b: "b"}[row["issue"]]
			}
			return got
		}
		put := func(ids ...string) map[string]any { return map[string]any{"issues": ids} }
		walk(t, []step{
			{p.key, "POST", of(first), map[string]any{}, 400, `{"issues":["This field is required."]}`},
			{p.key, "POST", of(first), map[string]any{"issues": []string{"x"}}, 400, `{"issues":`},
			{p.key, "POST", of(first), put(a, foreign), 400, `{"issues":["Invalid pk \"` + foreign},
			{p.key, "GET", of(first), nil, 200, `"results":[]`}, // all or none
			{all.guest, "POST", of(first), put(a), 403, ""}, {all.outsider, "GET", of(first), nil, 403, ""},
			{other.key, "POST", strings.Replace(of(first), p.base, other.base, 1), put(foreign), 404, ""},
			{other.key, "DELETE", strings.Replace(of(first), p.base, other.base, 1), put(a), 404, ""},
			{p.key, "POST", of(first), put(a, b, a), 201, `"milestone":"` + first},
			{p.key, "POST", of(first), map[string]any{"work_item_ids": []string{a}}, 201, `[]`}, // it is there
			{p.key, "GET", of(first) + "?expand=issue&fields=issue", nil, 200, `"name":"a"`},
		})
		if got := in(first, p.key); got != "ba" && got != "ab" {
			t.Errorf("in the first: %s", got)
		}
		if got := in(first, all.guest); got != "" { // who sees only their own
			t.Errorf("a guest sees %s", got)
		}
		p.key.Must("POST", of(second), put(a))
		if got := in(first, p.key) + " " + in(second, p.key); got != "b a" {
			t.Errorf("in the first and the second: %s", got)
		}
		asked := func(query string) string {
			t.Helper()
			got := ""
			for _, row := range results(t, p.key.Must("GET", p.base+"work-items/?order_by=created_at&"+query, nil)) {
				got += row["name"].(string)
			}
			return got
		}
		p.item(map[string]any{"name": "c"})
		for query, want := range map[string]string{
			"pql=" + url.QueryEscape(`milestone = "`+first+`"`): "b", "pql=" + url.QueryEscape(`milestone IS EMPTY`): "c",
			"pql=" + url.QueryEscape(`milestone != "`+first+`"`):           "ac",
			"filters=" + url.QueryEscape(`{"milestone_id":"`+second+`"}`):  "a",
			"filters=" + url.QueryEscape(`{"milestone_id__isnull":false}`): "ab",
		} {
			if got := asked(query); got != want {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		count := string(p.key.Must("GET", p.workspace+"work-items/count/?group_by=milestone_id", nil).Raw)
		for _, want := range []string{`"` + first + `":{"count":1}`, `"` + second + `":{"count":1}`, `"None":{"count":1}`} {
			if !strings.Contains(count, want) {
				t.Errorf("the counts have no %s: %s", want, count)
			}
		}
		history := string(p.key.Must("GET", p.base+"work-items/"+a+"/activities/", nil).Raw)
		for _, want := range []string{`"field":"milestone","old_value":"","new_value":"first"`,
			`"field":"milestone","old_value":"first","new_value":""`, `"field":"milestone","old_value":"","new_value":"second"`} {
			if !strings.Contains(history, want) {
				t.Errorf("the history has no %s: %s", want, history)
			}
		}
		walk(t, []step{
			{p.key, "DELETE", of(second), put(a, b), 204, ""}, // b is not in it
			{p.key, "DELETE", of(second), put(a), 204, ""},
		})
		if got := in(first, p.key) + " " + in(second, p.key); got != "b " {
			t.Errorf("in the first and the second: %s", got)
		}
		p.key.Must("DELETE", p.base+"milestones/"+first+"/", nil)
		if got := asked("filters=" + url.QueryEscape(`{"milestone_id__isnull":true}`)); got != "abc" {
			t.Errorf("in none: %s", got)
		}
		p.key.Must("POST", of(second), put(b))
		p.key.Must("DELETE", p.base+"work-items/"+b+"/", nil)
		if got := in(second, p.key); got != "" {
			t.Errorf("a deleted work item is in a milestone: %s", got)
		}
	})
}

// Work items are put into a milestone without their texts being read.
func TestMilestonesReadNoTexts(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "dates")
		items := []string{p.item(map[string]any{"name": "a"}), p.item(map[string]any{"name": "b"})}
		m := p.base + "milestones/" + p.key.Must("POST", p.base+"milestones/", map[string]any{"title": "m"}).ID()
		plain := strings.NewReplacer(`"`, "", "`", "")
		for _, st := range s.Statements(func() { p.key.Must("POST", m+"/work-items/", map[string]any{"issues": items}) }) {
			if strings.Contains(plain.Replace(st.SQL), "SELECT issues.*") || strings.Contains(st.SQL, "description") {
				t.Errorf("it reads %s", st.SQL)
			}
		}
	})
}
