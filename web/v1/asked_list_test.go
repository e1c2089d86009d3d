package v1_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Every list of work items honours conditions of every kind, all of them together.
func TestAskedLists(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		items, archived := a.base+"work-items/?", a.base+"archived-work-items/?"
		inCycle := a.base + "cycles/" + a.cycle + "/cycle-issues/?"
		inModule := a.base + "modules/" + a.module + "/module-issues/?"
		everywhere := a.workspace + "work-items/?"
		filters := func(tree string) string { return "filters=" + url.QueryEscape(tree) }
		pql := func(text string) string { return "pql=" + url.QueryEscape(text) }
		red, blue := a.labels["red"], a.labels["blue"]
		for _, tt := range []struct{ path, want string }{
			{items + "priority=high,urgent", "two one"},
			{items + "state=" + a.states["Done"], "three"},
			{items + "state_group=started&assignees=" + a.person.User.ID, "one"},
			{items + "assignees=None", "four three two"},
			{items + "labels=" + red + "," + blue + "&order_by=created_at", "one two"},
			{items + "parent=" + a.ids["one"], "three"},
			{items + "name=thre", "three"},
			{items + "type=active", "one"},
			{items + "sub_issue=false&order_by=name", "four one two"},
			{items + "external_id=7", "one"},
			{items + "external_source=lab", "one"},
			{items + "updated_at=2020-01-01;before", ""},
			{items + filters(`{"priority":"urgent"}`), "one"},
			{items + filters(`{"priority__in":["low","high"]}`), "three two"},
			{items + filters(`{"priority__in":"low,high"}`), "three two"},
			{items + filters(`{"state_group__in":["started","completed"]}`), "three one"},
			{items + filters(`{"and":[{"label_id":"`+red+`"},{"label_id":"`+blue+`"}]}`), "one"},
			{items + filters(`{"AND":[{"label_id":"`+red+`"},{"not":{"label_id":"`+blue+`"}}]}`), "two"},
			{items + filters(`{"or":[{"priority":"low"},{"and":[{"priority":"high"},{"module_id":"`+a.module+`"}]}]}`), "three two"},
			{items + filters(`{"assignee_id__isnull":true,"label_id__isnull":false}`), "two"},
			{items + filters(`{"parent_id":null,"name__icontains":"O"}`), "four two one"},
			{items + filters(`{"target_date__gte":"2020-01-01","target_date__isnull":false}`), "three two one"},
			{items + filters(`{"target_date__range":["2020-01-01","2020-01-02"]}`), ""},
			{items + filters(`{"created_at__gt":"2020-01-01","created_by_id":"`+a.person.User.ID+`"}`), "four three two one"},
			{items + filters(`{"is_archived":true}`), "five"},
			{items + "priority=urgent&" + filters(`{"label_id":"`+red+`"}`) + "&" + pql(`isOverdue()`), "one"},
			{items + "priority=urgent&" + pql(`NOT isOverdue()`), ""},
			{archived, "five"},
			{archived + "priority=high", ""},
			{archived + pql(`stateGroup IN closedStates()`), "five"},
			{archived + pql(`isArchived = false`), ""},
			{inCycle, "one two"},
			{inCycle + pql(`priority = "high"`), "two"},
			{inCycle + "order_by=-created_at&" + filters(`{"priority__in":["high","urgent"]}`), "two one"},
			{inModule + pql(`priority = "urgent"`), ""},
			{inModule + filters(`{"state_group":"backlog"}`), "two"},
			{everywhere, "far four three two one"},
			{everywhere + "project=" + a.project() + "&per_page=2", "four three"},
			{everywhere + filters(`{"priority":"urgent"}`), "far one"},
			{everywhere + pql(`id ~ "OTHER"`) + "&expand=project,state&fields=name,project,state", "far"},
		} {
			if got := found(a.key.Do("GET", tt.path, nil)); got != tt.want {
				t.Errorf("%s finds %q, want %q", tt.path, got, tt.want)
			}
		}
		for _, tt := range []struct{ path, says string }{
			{items + "priority=huge", `{"priority":["\"huge\" is not a valid choice.`},
			{items + "priority=", `{"priority":["This filter may not be empty."]}`},
			{items + "state=todo", `{"state":["\"todo\" is not a valid UUID."]}`},
			{items + "state_group=open", `{"state_group":`},
			{items + "assignees=None," + a.person.User.ID, `{"assignees":`},
			{items + "sub_issue=no", `{"sub_issue":`},
			{items + "type=some", `{"type":`},
			{items + "target_date=soon", `{"target_date":`},
			{items + "target_date=2_weeks;after", `{"target_date":`},
			{items + "estimate_point=x", `{"estimate_point":`},
			{items + "order_by=colour", `{"order_by":`},
			{items + "per_page=many", `Invalid per_page`},
			{items + filters(`{"colour":"red"}`), `Filtering on field 'colour' is not allowed`},
			{items + filters(`{"priority__gt":"low"}`), `Filtering on field 'priority__gt' is not allowed`},
			{items + filters(`{"priority":["low","high"]}`), `Expected one value`},
			{items + filters(`{"priority":"huge"}`), `Select a valid choice`},
			{items + filters(`{"assignee_id":""}`), `The value may not be empty.`},
			{items + filters(`{"is_draft":"maybe"}`), `This is true or false.`},
			{items + filters(`{"created_at":"soon"}`), `Enter a valid date/time.`},
			{items + filters(`{"target_date__range":"2020-01-01"}`), `Range query expects two values.`},
			{items + filters(`{`), `Invalid JSON`},
			{a.base + "cycles/?status=late", `{"status":["\"late\" is not a valid choice.`},
			{a.base + "cycles/?cycle_view=late", `{"cycle_view":`},
			{a.workspace + "work-items/search/?search=x&workspace_search=perhaps", `{"workspace_search":`},
		} {
			if answer := a.key.Do("GET", tt.path, nil); answer.Status != 400 || !strings.Contains(string(answer.Raw), tt.says) {
				t.Errorf("%s: %d %s, want %s", tt.path, answer.Status, answer.Raw, tt.says)
			}
		}
	})
}

// The other lists come in the order that is asked for as well, page by page, and in no other than there is.
func TestAskedOrders(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		one := a.base + "work-items/" + a.ids["one"] + "/"
		for _, name := range []string{"b", "a"} {
			a.key.Must("POST", a.base+"labels/", map[string]any{"name": name})
			a.place.cycle(name, map[string]any{})
			a.place.module(name)
			a.key.Must("POST", one+"comments/", map[string]any{"comment_html": "<p>" + name + "</p>"})
			a.key.Must("POST", one+"links/", map[string]any{"url": "https://x.test/" + name, "title": name})
		}
		for _, tt := range []struct{ path, usual, by, key, want string }{
			{a.base + "states/", "Backlog Todo In Progress Done Cancelled", "-name", "name", "Todo In Progress Done Cancelled Backlog"},
			{a.base + "states/", "backlog unstarted started completed cancelled", "group", "group",
				"backlog cancelled completed started unstarted"},
			{a.base + "labels/", "a b blue red", "-name", "name", "red blue b a"},
			{a.base + "labels/", "a b blue red", "created_at", "name", "red blue b a"},
			{a.base + "cycles/", "a b now", "start_date", "name", "now b a"},
			{a.base + "modules/", "a b core", "-name", "name", "core b a"},
			{one + "comments/", "<p>a</p> <p>b</p>", "created_at", "comment_html", "<p>b</p> <p>a</p>"},
			{one + "links/", "a b", "-title", "title", "b a"},
		} {
			got := func(query string) string { return spaced(column(t, a.key.Must("GET", tt.path+"?"+query, nil), tt.key)) }
			if got := got("order_by="); got != tt.usual {
				t.Errorf("%s comes as %q, want %q", tt.path, got, tt.usual)
			}
			parts := strings.TrimSpace(got("per_page=2&order_by="+tt.by) + " " + got("per_page=2&cursor=2:1:0&order_by="+tt.by) +
				" " + got("per_page=2&cursor=2:2:0&order_by="+tt.by))
			if whole := got("order_by=" + tt.by); whole != tt.want || strings.Join(strings.Fields(parts), " ") != tt.want {
				t.Errorf("%s by %s comes as %q, in pages as %q, want %q", tt.path, tt.by, whole, parts, tt.want)
			}
			if answer := a.key.Do("GET", tt.path+"?order_by=workspace_id", nil); answer.Status != 400 ||
				string(answer.Raw) != `{"order_by":["\"workspace_id\" is not a valid choice."]}` {
				t.Errorf("%s by workspace_id: %d %s", tt.path, answer.Status, answer.Raw)
			}
		}
		walk(t, []step{
			{a.key, "GET", a.base + "archived-cycles/?order_by=-end_date", nil, 200, `"total_count":0`},
			{a.key, "GET", a.base + "archived-cycles/?order_by=x", nil, 400, `{"order_by":`},
			{a.key, "GET", a.base + "archived-modules/?order_by=status", nil, 200, `"total_count":0`},
			{a.key, "GET", a.base + "archived-modules/?order_by=x", nil, 400, `{"order_by":`},
			{a.key, "GET", a.base + "intake-issues/?order_by=-status", nil, 200, `"total_count":0`},
			{a.key, "GET", a.base + "intake-issues/?order_by=x", nil, 400, `{"order_by":`},
			{a.key, "GET", a.base + "cycles/?status=current&order_by=x", nil, 400, `{"order_by":`},
		})
	})
}

func spaced(values []any) string { return strings.TrimSpace(strings.Trim(fmt.Sprint(values), "[]")) }

// What an operation does not know is said in a header, whatever it is.
func TestPassedOver(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		long := strings.Repeat("x", 100)
		for _, tt := range []struct {
			path string
			want []string
		}{
			{"work-items/?priority=high&fields=id,name&expand=state&per_page=2&cursor=2:0:0&order_by=name&pql=", nil},
			{"work-items/?colour=red&prioriti=high", []string{`299 - "Not known here, and passed over: colour, prioriti."`}},
			{"work-items/?fields=id,colour&expand=state,name", []string{`299 - "Of fields these are not there: colour."`,
				`299 - "Of expand these can't be expanded: name."`}},
			{"work-items/?priority=low&priority=high", []string{
				`299 - "Given more than once, the last one counts: priority."`}},
			{"states/?order_by=name&order=name", []string{`299 - "Not known here, and passed over: order."`}},
			{"members/?role_slug=admin", []string{`299 - "Not known here, and passed over: role_slug."`}},
			{"cycles/?fields=name,what", []string{`299 - "Of fields these are not there: what."`}},
			{"work-items/?a%22%5C%0D%0AX-Evil:1=x&" + long + "=1", []string{
				`299 - "Not known here, and passed over: a\"\\%0D%0AX-Evil:1, ` + long[:40] + `...."`}},
			{"work-items/?" + strings.Join(strings.Split("abcdefghijklmnop", ""), "=&"), []string{
				`299 - "Not known here, and passed over: a, b, c, d, e, f, g, h, i, j and 6 more."`}},
		} {
			answer := a.key.Must("GET", a.base+tt.path, nil)
			if d := cmp.Diff(tt.want, answer.Header.Values("Warning")); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.path, d)
			}
		}
	})
}

// What a body has that an operation does not know is said in a header too, whether or not it is refused.
func TestBodyPassedOver(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		item := a.base + "work-items/" + a.ids["one"] + "/"
		for _, tt := range []struct {
			method, path string
			body         any
			status       int
			want         []string
		}{
			{"POST", a.base + "work-items/", map[string]any{"name": "six", "priority": "low"}, 201, nil},
			{"POST", a.base + "work-items/", map[string]any{"name": "seven", "label": nil, "due_date": "2026-05-31"}, 201,
				[]string{`299 - "Not known in the body, and passed over: due_date, label."`}},
			{"POST", a.base + "work-items/", map[string]any{"title": "eight"}, 400,
				[]string{`299 - "Not known in the body, and passed over: title."`}},
			{"PATCH", item + "?colour=red", map[string]any{"prioriti\"": "low"}, 200, []string{
				`299 - "Not known here, and passed over: colour."`,
				`299 - "Not known in the body, and passed over: prioriti\"."`}},
			{"PATCH", a.base + "features/", map[string]any{"milestones": true, "cycles": true}, 200,
				[]string{`299 - "Not known in the body, and passed over: milestones."`}},
			{"PATCH", a.base + "cycles/" + a.cycle + "/", map[string]any{"nam": "soon"}, 200,
				[]string{`299 - "Not known in the body, and passed over: nam."`}},
			{"POST", item + "links/", map[string]any{"url": "https://example.org", "Url": "x"}, 201,
				[]string{`299 - "Not known in the body, and passed over: Url."`}},
		} {
			answer := a.key.Do(tt.method, tt.path, tt.body)
			if answer.Status != tt.status {
				t.Errorf("%s %s: %d %s", tt.method, tt.path, answer.Status, answer.Raw)
			}
			if d := cmp.Diff(tt.want, answer.Header.Values("Warning")); d != "" {
				t.Errorf("%s %s (-want +got):\n%s", tt.method, tt.path, d)
			}
		}
	})
}

// Who reads by key counts and finds in the projects that they are in, and nowhere else.
func TestCountAndSearch(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		count := a.workspace + "work-items/count/?"
		for _, tt := range []struct{ query, want string }{
			{"", `{"grouped_by":null,"sub_grouped_by":null,"total_count":5,"grouped_counts":{}}`},
			{"group_by=priority", `{"grouped_by":"priority","sub_grouped_by":null,"total_count":5,"grouped_counts":` +
				`{"high":{"count":1},"low":{"count":1},"none":{"count":1},"urgent":{"count":2}}}`},
			{"group_by=assignees__id&priority=urgent", `"total_count":2,"grouped_counts":{"` + a.person.User.ID +
				`":{"count":1},"None":{"count":1}}`},
			{"group_by=labels__id&sub_group_by=priority&project=" + a.project(), `"` + a.labels["red"] +
				`":{"count":2,"sub_grouped_counts":{"high":{"count":1},"urgent":{"count":1}}}`},
			{"group_by=target_date&pql=" + url.QueryEscape(`title = "four"`), `"grouped_counts":{"None":{"count":1}}`},
			{"group_by=project_id&pql=" + url.QueryEscape(`project = "`+a.project()+`"`), `"total_count":4,"grouped_counts":{"` +
				a.project() + `":{"count":4}}`},
			{"group_by=cycle_id&sub_group_by=issue_module__module_id", `"` + a.cycle +
				`":{"count":2,"sub_grouped_counts":{"` + a.module + `":{"count":1},"None":{"count":1}}}`},
			{"pql=" + url.QueryEscape(`isArchived()`), `"total_count":1`},
			{"sub_group_by=priority", `{"sub_group_by":["This needs group_by."]}`},
			{"group_by=priority&sub_group_by=priority", `{"sub_group_by":`},
			{"group_by=release_work_items__release_id",
				`{"group_by":["\"release_work_items__release_id\" can't be counted by`},
			{"group_by=colour", `{"group_by":["\"colour\" is not a valid choice.`},
			{"pql=x", `{"pql":`},
		} {
			if answer := a.key.Do("GET", count+tt.query, nil); !strings.Contains(string(answer.Raw), tt.want) {
				t.Errorf("count %s: %s, want %s", tt.query, answer.Raw, tt.want)
			}
		}
		search := a.workspace + "work-items/advanced-search/"
		for _, tt := range []struct {
			body map[string]any
			want string
		}{
			{map[string]any{"query": "T"}, "three two"},
			{map[string]any{"query": "one-2"}, "two"},
			{map[string]any{"query": "1"}, "far one"},
			{map[string]any{"query": "1", "project_id": a.project()}, "one"},
			{map[string]any{"query": "1", "project_id": a.project(), "workspace_search": true}, "far one"},
			{map[string]any{"query": "1", "limit": 1}, "far"},
			{map[string]any{"filters": map[string]any{"and": []any{map[string]any{"priority": "urgent"},
				map[string]any{"state_group": "started"}}}}, "one"},
			{map[string]any{"pql": `priority = "urgent"`}, "far one"},
			{map[string]any{"pql": `priority = "urgent"`, "project_id": a.project(), "query": "o"}, "one"},
			{map[string]any{"pql": nil}, "far four three two one"},
			{map[string]any{}, "far four three two one"},
			{map[string]any{"project_id": store.NewID()}, ""},
		} {
			answer := a.key.Must("POST", search, tt.body)
			var names []string
			for _, row := range answer.JSON().([]any) {
				names = append(names, row.(map[string]any)["name"].(string))
			}
			if got := strings.Join(names, " "); got != tt.want {
				t.Errorf("search %v finds %q, want %q", tt.body, got, tt.want)
			}
		}
		stranger, mate := newPlace(s, "stranger"), a.join(t, s, "mate", app.Member, app.Nobody).WithKey()
		walk(t, []step{
			{a.key, "POST", search, map[string]any{"limit": 0}, 400, `"limit"`},
			{a.key, "POST", search, map[string]any{"filters": "x"}, 400, `filter`},
			{a.key, "POST", search, map[string]any{"filters": map[string]any{"colour": "red"}}, 400, `colour`},
			{a.key, "POST", search, map[string]any{"project_id": "x"}, 400, `"project_id"`},
			{a.key, "POST", search, map[string]any{"pql": "x"}, 400, `{"pql":["At character 2`},
			{a.key, "POST", search, map[string]any{"pql": 7}, 400, `"pql"`},
			{stranger.key, "POST", search, map[string]any{}, 403, ""},
			{stranger.key, "GET", a.workspace + "work-items/", nil, 403, ""},
			{stranger.key, "GET", count, nil, 403, ""},
			{mate, "POST", search, map[string]any{"query": "1"}, 200, "[]"},
			{mate, "GET", a.workspace + "work-items/", nil, 200, `"total_count":0`},
			{mate, "GET", count, nil, 200, `"total_count":0`},
		})
	})
}

// Only what is done is archived; the archive has it until it is taken back.
func TestArchiveByKey(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		item := func(name string) string { return a.base + "work-items/" + a.ids[name] + "/" }
		guest := a.join(t, s, "guest", app.Guest, app.Guest).WithKey()
		mate := a.join(t, s, "mate", app.Member, app.Member).WithKey()
		walk(t, []step{
			{a.key, "POST", item("one") + "archive/", map[string]any{}, 400, "Can only archive completed or cancelled"},
			{guest, "POST", item("three") + "archive/", map[string]any{}, 403, ""},
			{a.key, "POST", a.base + "work-items/" + store.NewID() + "/archive/", map[string]any{}, 404, ""},
			{mate, "POST", item("three") + "archive/", map[string]any{}, 204, ""},
			{a.key, "GET", item("three"), nil, 404, ""},
			{a.key, "GET", a.base + "archived-work-items/", nil, 200, `"total_count":2`},
			{guest, "GET", a.base + "archived-work-items/", nil, 200, `"total_count":0`},
			{guest, "DELETE", item("three") + "unarchive/", nil, 403, ""},
			{mate, "DELETE", item("three") + "unarchive/", nil, 204, ""},
			{mate, "DELETE", item("three") + "unarchive/", nil, 404, ""},
			{a.key, "GET", item("three"), nil, 200, `"archived_at":null`},
		})
	})
}

// The cycles that run come without an envelope under either name of the parameter; the newer name wins. A change of a
// module returns it whole, and relations are ids for who asks for them.
func TestShapes(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		module := a.base + "modules/" + a.module + "/"
		changed := a.key.Must("PATCH", module, map[string]any{"status": "paused"})
		read := a.key.Must("GET", module, nil)
		if d := cmp.Diff(read.JSON(), changed.JSON()); d != "" || changed.At("status") != "paused" {
			t.Errorf("a change of a module (-read +changed):\n%s", d)
		}
		relations := a.base + "work-items/" + a.ids["one"] + "/relations/"
		walk(t, []step{
			{a.key, "GET", a.base + "cycles/?status=current&fields=name", nil, 200, `[{"name":"now"}]`},
			{a.key, "GET", a.base + "cycles/?status=current&cycle_view=upcoming&fields=name", nil, 200, `[{"name":"now"}]`},
			{a.key, "GET", a.base + "cycles/?status=upcoming&cycle_view=current", nil, 200, `"total_count":0`},
			{a.key, "GET", relations, nil, 200, `"blocking":[{"project_id":"` + a.project() + `","issue_id":"` + a.ids["two"] + `"}]`},
			{a.key, "GET", relations + "?shape=ids", nil, 200, `"blocking":["` + a.ids["two"] + `"]`},
			{a.key, "GET", relations + "?shape=round", nil, 400, `"shape":`},
		})
	})
}

// A guest who sees only their own work items finds no others by any condition.
func TestGuestsAsk(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newAsked(t, s)
		guest := a.join(t, s, "guest", app.Guest, app.Guest).WithKey()
		for _, path := range []string{a.base + "work-items/?", a.workspace + "work-items/?"} {
			for _, pql := range []string{`isArchived() OR NOT isArchived()`, `id = "ONE-1"`, `text ~ "needle"`,
				`cycle IN activeCycle()`, `hasChildren()`} {
				if got := found(guest.Do("GET", path+"pql="+url.QueryEscape(pql), nil)); got != "" {
					t.Errorf("%s %s finds %q", path, pql, got)
				}
			}
			answer := guest.Do("GET", path+"pql="+url.QueryEscape(`childOf("ONE-1")`), nil)
			if string(answer.Raw) != `{"pql":["At character 9: You see no work item \"ONE-1\"."]}` {
				t.Errorf("%s childOf: %d %s", path, answer.Status, answer.Raw)
			}
		}
	})
}
