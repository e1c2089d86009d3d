package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// What is wrong with a work item is told by the field, by POST and by PATCH, under both names of the collection; the
// item stays as it was.
func TestBadWorkItems(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, theirs := newPlace(s, "bad"), newPlace(s, "theirs")
		foreignItem := theirs.item(map[string]any{"name": "f"})
		foreignLabel := theirs.key.Must("POST", theirs.base+"labels/", map[string]any{"name": "f"}).ID()
		foreignState := column(t, theirs.key.Must("GET", theirs.base+"states/", nil), "id")[0]
		item := p.item(map[string]any{"name": "good", "priority": "low", "start_date": "2026-01-02"})
		for _, tt := range []struct {
			field string
			value any
			says  string
		}{
			{"name", "", `"name":["This field may not be blank."]`},
			{"name", nil, `"name":["This field may not be null."]`},
			{"name", strings.Repeat("n", 256), `"name":["Ensure this field has no more than 255 characters."]`},
			{"name", []any{"x"}, `"name":["Not a valid string."]`},
			{"priority", "highest", `"priority":["\"highest\" is not a valid choice."]`},
			{"priority", nil, `"priority":`},
			{"start_date", "tomorrow", `"start_date":["Date has wrong format`},
			{"start_date", "2026-02-30", `"start_date":`},
			{"target_date", "2026-1", `"target_date":`},
			{"target_date", "2025-12-31", "Start date cannot exceed target date"},
			{"point", 13, `"point":`},
			{"point", -1, `"point":`},
			{"point", "many", `"point":["A valid integer is required."]`},
			{"state", "x", `"state":`},
			{"state", foreignState, ""},
			{"parent", foreignItem, ""},
			{"parent", store.NewID(), `"parent":`},
			{"assignees", []any{"x"}, `"assignees":`},
			{"assignees", "x", `"assignees":["Expected a list of items but got type \"str\"."]`},
			{"assignees", []any{theirs.person.User.ID}, `"assignees":{"0":["Invalid pk`},
			{"labels", []any{store.NewID()}, `"labels":`},
			{"labels", []any{foreignLabel}, `"labels":`},
			{"estimate_point", store.NewID(), `"estimate_point":`},
			{"is_draft", "perhaps", `"is_draft":["Must be a valid boolean."]`},
		} {
			for _, name := range []string{"work-items/", "issues/"} {
				body := map[string]any{"name": "new", "start_date": "2026-01-02", tt.field: tt.value}
				for _, ask := range [][2]string{{"POST", p.base + name}, {"PATCH", p.base + name + item + "/"}} {
					if a := p.key.Do(ask[0], ask[1], body); a.Status != 400 || !strings.Contains(string(a.Raw), tt.says) {
						t.Errorf("%s %s %s %v: %d %.300s, want 400 %s", ask[0], name, tt.field, tt.value, a.Status, a.Raw, tt.says)
					}
				}
			}
		}
		a := p.key.Must("GET", p.base+"work-items/"+item+"/?fields=name,priority,start_date,target_date,parent", nil)
		want := map[string]any{"name": "good", "priority": "low", "start_date": "2026-01-02", "target_date": nil,
			"parent": nil}
		if d := cmp.Diff(want, a.JSON()); d != "" {
			t.Errorf("after all the refusals (-want +got):\n%s", d)
		}
		if got := p.key.Must("GET", p.base+"work-items/", nil).At("total_count"); got != 1.0 {
			t.Errorf("there are %v work items, want 1", got)
		}
	})
}

// A work item is found by what another program calls it, under that program's name only.
func TestFindingByWhatOthersCallIt(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "find")
		jira := p.item(map[string]any{"name": "j", "external_id": "7", "external_source": "jira"})
		github := p.item(map[string]any{"name": "g", "external_id": "7", "external_source": "github"})
		at := p.base + "work-items/"
		for query, want := range map[string]string{"?external_id=7&external_source=jira": jira,
			"?external_source=github&external_id=7": github, "?external_id=8&external_source=jira": "",
			"?external_id=7&external_source=Jira": ""} {
			if a := p.key.Do("GET", at+query, nil); a.ID() != want || (a.Status == 404) != (want == "") {
				t.Errorf("%s: %d %.200s, want %q", query, a.Status, a.Raw, want)
			}
		}
		walk(t, []step{
			{p.key, "GET", at + "?external_id=7", nil, 200, `"total_count":2`}, // half a name is none
			{p.key, "GET", at + "?external_id=7&external_source=jira&fields=name", nil, 200, `{"name":"j"}`},
			{p.key, "DELETE", at + jira + "/", nil, 204, ""},
			{p.key, "GET", at + "?external_id=7&external_source=jira", nil, 404, ""},
			{p.key, "POST", at, map[string]any{"name": "again", "external_id": "7", "external_source": "jira"}, 201, ""},
		})
	})
}

// A work item is read by its number, in either case of the project's identifier, by those who are in the project.
func TestReadingByNumber(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "numbers")
		all := newCrowd(t, s, p)
		first, second := p.item(map[string]any{"name": "one"}), p.item(map[string]any{"name": "two"})
		for _, name := range []string{"work-items/", "issues/"} {
			walk(t, []step{
				{p.key, "GET", p.workspace + name + "ONE-1/", nil, 200, first},
				{p.key, "GET", p.workspace + name + "one-2/", nil, 200, second},
				{p.key, "GET", p.workspace + name + "ONE-2/?fields=name", nil, 200, `{"name":"two"}`},
				{p.key, "GET", p.workspace + name + "ONE-3/", nil, 404, ""},
				{p.key, "GET", p.workspace + name + "TWO-1/", nil, 404, ""},
				{p.key, "GET", p.workspace + name + "ONE-x/", nil, 404, ""},
				{p.key, "GET", p.workspace + name + "ONE-99999999999999999999/", nil, 404, ""},
				{all.elsewhere, "GET", p.workspace + name + "ONE-1/", nil, 403, ""},
				{all.member, "GET", p.workspace + name + "ONE-1/", nil, 200, first},
			})
			if a := all.outsider.Do("GET", p.workspace+name+"ONE-1/", nil); a.Status < 400 {
				t.Errorf("somebody who is in no project reads it: %s", a.Raw)
			}
		}
	})
}

// Orders are kept over the pages, ascending and descending; without an order the newest come first.
func TestOrdersOfWorkItems(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "orders")
		for i, one := range []struct{ name, priority, target string }{
			{"b", "low", "2026-03-01"}, {"d", "urgent", "2026-01-01"}, {"a", "none", "2026-02-01"}, {"c", "high", ""},
		} {
			body := map[string]any{"name": one.name, "priority": one.priority, "sort_order": 100 - i}
			if one.target != "" {
				body["target_date"] = one.target
			}
			p.item(body)
		}
		for _, tt := range []struct{ order, want string }{
			{"", "c a d b"}, {"created_at", "b d a c"}, {"-created_at", "c a d b"}, {"name", "a b c d"}, {"-name", "d c b a"},
			{"priority", "d c b a"}, {"-priority", "a b c d"}, {"sequence_id", "b d a c"}, {"-sequence_id", "c a d b"},
		} {
			for _, size := range []string{"4", "3", "1"} {
				names := []string{}
				for cursor := size + ":0:0"; len(names) < 4; {
					a := p.key.Must("GET", p.base+"work-items/?order_by="+tt.order+"&per_page="+size+"&cursor="+cursor, nil)
					rows := column(t, a, "name")
					if len(rows) == 0 {
						break
					}
					for _, name := range rows {
						names = append(names, name.(string))
					}
					cursor = a.At("next_cursor").(string)
				}
				if got := strings.Join(names, " "); got != tt.want {
					t.Errorf("order %q by %s: %s, want %s", tt.order, size, got, tt.want)
				}
			}
		}
		for _, bad := range []string{"nonsense", "name;drop", "password", "workspace__owner__password"} {
			if a := p.key.Do("GET", p.base+"work-items/?order_by="+bad, nil); a.Status != 400 && a.Status != 200 {
				t.Errorf("order %q: %d %s", bad, a.Status, a.Raw)
			}
		}
	})
}

// Guests who do not see everything see what they brought in themselves, wherever they look.
func TestGuestsSeeTheirOwn(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "guests")
		p.key.Must("PATCH", p.base, map[string]any{"guest_view_all_features": false, "intake_view": true})
		guest := p.join(t, s, "guest", app.Guest, app.Guest).WithKey()
		secret := p.item(map[string]any{"name": "secret"})
		brought := guest.Must("POST", p.base+"intake-issues/", map[string]any{"issue": map[string]any{"name": "own"}})
		mine, _ := brought.At("issue").(string)
		for _, a := range []webtest.Answer{
			guest.Do("GET", p.base+"work-items/", nil), guest.Do("GET", p.base+"work-items/"+secret+"/", nil),
			guest.Do("GET", p.workspace+"work-items/ONE-1/", nil),
			guest.Do("GET", p.workspace+"work-items/search/?search=secret", nil),
			guest.Do("GET", p.base+"work-items/"+secret+"/comments/", nil),
		} {
			if strings.Contains(string(a.Raw), "secret") {
				t.Errorf("a guest reads %d %s", a.Status, a.Raw)
			}
		}
		if a := guest.Do("GET", p.base+"intake-issues/"+mine+"/", nil); a.Status != 200 {
			t.Errorf("a guest does not see their own: %d %s", a.Status, a.Raw)
		}
	})
}

// A search finds names and numbers, in the place where it may look, as many as were asked for.
func TestSearching(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "search")
		other := p.key.Must("POST", p.workspace+"projects/", map[string]any{"name": "two", "identifier": "TWO"}).ID()
		for i := range 12 {
			p.item(map[string]any{"name": fmt.Sprintf("Fish %d", i)})
		}
		p.key.Must("POST", p.workspace+"projects/"+other+"/work-items/", map[string]any{"name": "fish of two"})
		at := p.workspace + "work-items/search/"
		for query, want := range map[string]int{
			"?search=fish": 10, "?search=fish&limit=20": 13, "?search=FISH&limit=3": 3, "?search=fish&limit=0": 0,
			"?search=": 0, "": 0, "?search=bird": 0, "?search=%25": 0, "?search=_ish": 0,
			"?search=fish&limit=20&project_id=" + other:                        1,
			"?search=fish&limit=20&workspace_search=true&project_id=" + other:  13,
			"?search=fish&limit=20&workspace_search=false&project_id=" + other: 1,
			"?search=fish&project_id=" + store.NewID():                         0,
		} {
			found, _ := p.key.Must("GET", at+query, nil).At("issues").([]any)
			if len(found) != want {
				t.Errorf("%s finds %d, want %d", query, len(found), want)
			}
		}
		walk(t, []step{
			{p.key, "GET", at + "?search=x&limit=-1", nil, 400, `"limit":["A valid integer is required."]`},
			{p.key, "GET", at + "?search=x&limit=ten", nil, 400, `"limit":["A valid integer is required."]`},
			{p.key, "GET", at + "?search=x&project_id=two", nil, 400, ""},
		})
	})
}
