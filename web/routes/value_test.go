package routes_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// enter makes somebody a member of the workspace.
func (x *site) enter(c *webtest.Client, role int) {
	x.t.Helper()
	err := x.s.App.DB.Write(context.Background(), c.User.ID, func(t *store.Tx) error {
		w, err := store.Workspaces.Get(t, dbx.HashExp{"slug": "acme"})
		if err != nil {
			return err
		}
		return store.WorkspaceMembers.Insert(t, store.NewWorkspaceMember(w.ID, c.User.ID, role))
	})
	if err != nil {
		x.t.Fatal(err)
	}
}

// state is the id of one of the project's states.
func (x *site) state(name string) string {
	x.t.Helper()
	list, _ := x.ann.Must("GET", x.p+"states/", nil).JSON().([]any)
	for _, s := range list {
		if m, _ := s.(map[string]any); m["name"] == name {
			id, _ := m["id"].(string)
			return id
		}
	}
	x.t.Fatalf("no state %s", name)
	return ""
}

// refused says that a request is answered 400 with the field named.
func refused(t *testing.T, c *webtest.Client, method, path string, body map[string]any, field string) {
	t.Helper()
	if a := c.Do(method, path, body); a.Status != 400 || a.At(field) == nil {
		t.Errorf("%s %s %v: %d %.300s, want 400 with %s", method, path, body, a.Status, a.Raw, field)
	}
}

// Both APIs understand the names of either, and name a fault as it was sent.
func TestFieldsHaveTheNamesOfBothAPIs(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		ben, item, top, done := x.join("ben", 15), x.item("item"), x.item("top"), x.state("Done")
		label := x.ann.Must("POST", x.p+"issue-labels/", map[string]any{"name": "L"}).ID()
		other := x.ann.Must("POST", x.p+"issue-labels/", map[string]any{"name": "M"}).ID()
		cycle := x.ann.Must("POST", x.p+"cycles/", map[string]any{"name": "C"}).ID()
		module := x.ann.Must("POST", x.p+"modules/", map[string]any{"name": "M"}).ID()
		estimate, point := x.estimate()
		me := ben.User.ID
		list := func(ids ...string) any { return ids }
		for _, w := range []struct {
			by     *webtest.Client
			path   string
			fields []string // names of the same
			value  any
			read   func() any
		}{
			{x.ann, x.p + "issues/" + item + "/", []string{"state_id", "state"}, done, x.at(x.p+"issues/"+item+"/", "state_id")},
			{x.ann, x.p + "issues/" + item + "/", []string{"parent_id", "parent"}, top,
				x.at(x.p+"issues/"+item+"/", "parent_id")},
			{x.ann, x.p + "issues/" + item + "/", []string{"assignee_ids", "assignees"}, list(me),
				x.at(x.p+"issues/"+item+"/", "assignee_ids")},
			{x.ann, x.p + "issues/" + item + "/", []string{"label_ids", "labels"}, list(label),
				x.at(x.p+"issues/"+item+"/", "label_ids")},
			{x.ann, x.p + "issues/" + item + "/", []string{"estimate_point", "estimate_point_id"}, point,
				x.at(x.p+"issues/"+item+"/", "estimate_point")},
			{x.key, x.v1 + "work-items/" + item + "/", []string{"state", "state_id"}, done,
				x.at(x.p+"issues/"+item+"/", "state_id")},
			{x.key, x.v1 + "work-items/" + item + "/", []string{"parent", "parent_id"}, top,
				x.at(x.p+"issues/"+item+"/", "parent_id")},
			{x.key, x.v1 + "work-items/" + item + "/", []string{"assignees", "assignee_ids"}, list(me),
				x.at(x.p+"issues/"+item+"/", "assignee_ids")},
			{x.key, x.v1 + "issues/" + item + "/", []string{"labels", "label_ids"}, list(label),
				x.at(x.p+"issues/"+item+"/", "label_ids")},
			{x.key, x.v1 + "issues/" + item + "/", []string{"estimate_point", "estimate_point_id"}, point,
				x.at(x.p+"issues/"+item+"/", "estimate_point")},
			{x.ann, x.p, []string{"project_lead", "project_lead_id"}, me, x.at(x.p, "project_lead")},
			{x.ann, x.p, []string{"default_assignee", "default_assignee_id"}, me, x.at(x.p, "default_assignee")},
			{x.ann, x.p, []string{"default_state", "default_state_id"}, done, x.at(x.p, "default_state")},
			{x.ann, x.p, []string{"estimate", "estimate_id"}, estimate, x.at(x.p, "estimate")},
			{x.ann, x.p + "modules/" + module + "/", []string{"lead_id", "lead"}, me,
				x.at(x.p+"modules/"+module+"/", "lead_id")},
			{x.ann, x.p + "modules/" + module + "/", []string{"member_ids", "members"}, list(me),
				x.at(x.p+"modules/"+module+"/", "member_ids")},
			{x.key, x.v1 + "modules/" + module + "/", []string{"lead", "lead_id"}, me,
				x.at(x.p+"modules/"+module+"/", "lead_id")},
			{x.key, x.v1 + "modules/" + module + "/", []string{"members", "member_ids"}, list(me),
				x.at(x.p+"modules/"+module+"/", "member_ids")},
			{x.key, x.v1 + "cycles/" + cycle + "/", []string{"owned_by", "owned_by_id"}, me,
				x.at(x.p+"cycles/"+cycle+"/", "owned_by_id")},
			{x.ann, x.p + "issue-labels/" + other + "/", []string{"parent", "parent_id"}, label,
				x.at(x.p+"issue-labels/"+other+"/", "parent")},
			{x.key, x.v1 + "labels/" + other + "/", []string{"parent", "parent_id"}, label,
				x.at(x.p+"issue-labels/"+other+"/", "parent")},
		} {
			for _, name := range w.fields {
				var empty any
				if _, many := w.value.([]string); many {
					empty = []string{}
				}
				w.by.Do("PATCH", w.path, map[string]any{w.fields[0]: empty})
				w.by.Must("PATCH", w.path, map[string]any{name: w.value})
				if got := fmt.Sprint(w.read()); got != fmt.Sprint(w.value) {
					t.Errorf("PATCH %s %s: got %s, want %v", w.path, name, got, w.value)
				}
				unknown := any("00000000-0000-4000-8000-000000000000")
				if empty != nil {
					unknown = []any{unknown}
				}
				refused(t, w.by, "PATCH", w.path, map[string]any{name: unknown}, name)
				refused(t, w.by, "PATCH", w.path, map[string]any{name: map[string]any{"a": 1}}, name)
				w.by.Must("PATCH", w.path, map[string]any{w.fields[0]: w.value, w.fields[1]: unknown}) // its own name counts
			}
		}
		made := x.key.Must("POST", x.v1+"work-items/",
			map[string]any{"name": "made", "state_id": done, "assignee_ids": []string{me}, "label_ids": []string{label},
				"parent_id": top})
		if got := fmt.Sprint(made.At("state"), made.At("assignees"), made.At("labels"),
			made.At("parent")); got != fmt.Sprint(done, "[", me, "] [", label, "] ", top) && !strings.Contains(got, done) {
			t.Errorf("made: %s", got)
		}
		draft := x.ann.Must("POST", x.ws+"draft-issues/",
			map[string]any{"name": "d", "project": x.project, "cycle": cycle, "modules": []string{module}, "state": done})
		if draft.At("project_id") != x.project || draft.At("cycle_id") != cycle ||
			fmt.Sprint(draft.At("module_ids")) != "["+module+"]" || draft.At("state_id") != done {
			t.Errorf("draft: %s", draft.Raw)
		}
		in := x.ann.Must("POST", x.p+"intake-issues/",
			map[string]any{"issue": map[string]any{"name": "asked", "assignees": []string{me}}})
		if got := fmt.Sprint(in.At("issue.assignee_ids")); got != "["+me+"]" {
			t.Errorf("asked: %s", in.Raw)
		}
		one := fmt.Sprint(in.At("issue.id"))
		a := x.ann.Do("PATCH", x.p+"intake-issues/"+one+"/",
			map[string]any{"issue": map[string]any{"assignees": []string{"00000000-0000-4000-8000-000000000000"}}})
		if a.Status != 400 || a.At("assignees") == nil {
			t.Errorf("a fault inside an object: %d %s", a.Status, a.Raw)
		}
	})
}

// at reads a value again.
func (x *site) at(path, field string) func() any {
	return func() any { return x.ann.Must("GET", path, nil).At(field) }
}

func (x *site) estimate() (estimate, point string) {
	x.t.Helper()
	e := x.ann.Must("POST", x.p+"estimates/", map[string]any{"estimate": map[string]any{"name": "E", "type": "points"},
		"estimate_points": []any{map[string]any{"key": 1, "value": "1"}, map[string]any{"key": 2, "value": "2"}}})
	points, _ := e.At("points").([]any)
	first, _ := points[0].(map[string]any)
	point, _ = first["id"].(string)
	return e.ID(), point
}

// Nothing stands below itself, at whatever depth and by whatever route.
func TestNothingIsBelowItself(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		a := x.item("a")
		b := x.item("b", "parent_id", a)
		c := x.item("c", "parent_id", b)
		for _, below := range []string{a, b, c} {
			refused(t, x.ann, "PATCH", x.p+"issues/"+a+"/", map[string]any{"parent_id": below}, "parent_id")
			refused(t, x.ann, "PATCH", x.p+"issues/"+a+"/", map[string]any{"parent": below}, "parent")
			refused(t, x.ann, "PUT", x.p+"issues/"+a+"/", map[string]any{"name": "a", "parent_id": below}, "parent_id")
			refused(t, x.key, "PATCH", x.v1+"work-items/"+a+"/", map[string]any{"parent": below}, "parent")
			refused(t, x.ann, "POST", x.p+"issues/"+below+"/sub-issues/", map[string]any{"sub_issue_ids": []string{a}},
				"sub_issue_ids")
		}
		d := x.item("d")
		x.ann.Must("POST", x.p+"issues/"+c+"/sub-issues/", map[string]any{"sub_issue_ids": []string{a, d}})
		if got := x.at(x.p+"issues/"+d+"/", "parent_id")(); got != c {
			t.Errorf("of a list what fits stays: %v", got)
		}
		label := func(name string, more map[string]any) string {
			more["name"] = name
			return x.ann.Must("POST", x.p+"issue-labels/", more).ID()
		}
		la := label("a", map[string]any{})
		lb := label("b", map[string]any{"parent": la})
		lc := label("c", map[string]any{"parent": lb})
		page := func(name string) string { return x.ann.Must("POST", x.p+"pages/", map[string]any{"name": name}).ID() }
		pa, pb, pc := page("a"), page("b"), page("c")
		x.ann.Must("PATCH", x.p+"pages/"+pb+"/", map[string]any{"parent": pa})
		x.ann.Must("PATCH", x.p+"pages/"+pc+"/", map[string]any{"parent": pb})
		said := func(more map[string]any) string {
			more["comment_html"] = "<p>x</p>"
			return x.ann.Must("POST", x.p+"issues/"+a+"/comments/", more).ID()
		}
		ca := said(map[string]any{})
		cb := said(map[string]any{"parent": ca})
		fav := func(name string) string {
			return x.ann.Must("POST", x.ws+"user-favorites/",
				map[string]any{"entity_type": "folder", "name": name, "is_folder": true}).ID()
		}
		fa, fb := fav("a"), fav("b")
		x.ann.Must("PATCH", x.ws+"user-favorites/"+fb+"/", map[string]any{"parent": fa})
		for _, w := range []struct {
			by    *webtest.Client
			at    string
			below []string
		}{
			{x.ann, x.p + "issue-labels/" + la + "/", []string{la, lb, lc}},
			{x.key, x.v1 + "labels/" + la + "/", []string{la, lb, lc}},
			{x.ann, x.p + "pages/" + pa + "/", []string{pa, pb, pc}},
			{x.ann, x.p + "issues/" + a + "/comments/" + ca + "/", []string{ca, cb}},
			{x.ann, x.ws + "user-favorites/" + fa + "/", []string{fa, fb}},
		} {
			for _, below := range w.below {
				refused(t, w.by, "PATCH", w.at, map[string]any{"parent": below}, "parent")
			}
		}
		for _, kind := range []string{"blocking", "blocked_by", "relates_to", "duplicate", "start_before", "finish_after"} {
			refused(t, x.ann, "POST", x.p+"issues/"+a+"/issue-relation/",
				map[string]any{"relation_type": kind, "issues": []string{a}}, "issues")
			refused(t, x.key, "POST", x.v1+"work-items/"+a+"/relations/",
				map[string]any{"relation_type": kind, "issues": []string{a}}, "issues")
		}
		refused(t, x.ann, "POST", x.p+"issues/"+a+"/issue-relation/",
			map[string]any{"relation_type": "nonsense", "issues": []string{b}}, "relation_type")
		x.ann.Must("POST", x.p+"issues/"+a+"/issue-relation/",
			map[string]any{"relation_type": "blocking", "issues": []string{b}})
		refused(t, x.ann, "POST", x.p+"issues/"+a+"/issue-relation/",
			map[string]any{"relation_type": "blocked_by", "issues": []string{b}}, "issues")
		refused(t, x.key, "POST", x.v1+"work-items/"+b+"/relations/",
			map[string]any{"relation_type": "blocking", "issues": []string{a}}, "issues")
		x.ann.Must("POST", x.p+"issues/"+a+"/issue-relation/",
			map[string]any{"relation_type": "relates_to", "issues": []string{c, a}})
		x.ann.Must("POST", x.p+"issues/"+c+"/issue-relation/",
			map[string]any{"relation_type": "relates_to", "issues": []string{a}})
		related := x.ann.Must("GET", x.p+"issues/"+a+"/issue-relation/", nil)
		if list, _ := related.At("relates_to").([]any); len(list) != 1 {
			t.Errorf("related both ways: %s", related.Raw)
		}
	})
}

// What only the server gives is passed over, and hiding follows the archive's rules.
func TestWhatTheServerGives(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		open, done := x.item("open"), x.item("done", "state_id", x.state("Done"))
		junk := map[string]any{"sequence_id": 1, "is_draft": true, "id": store.NewID(), "workspace": store.NewID(),
			"project": store.NewID(), "deleted_at": "2026-01-01T00:00:00Z"}
		for n, value := range []any{1, -5, 99999999999, "x"} {
			junk["sequence_id"] = value
			x.key.Must("PATCH", x.v1+"work-items/"+done+"/", junk)
			x.ann.Must("PATCH", x.p+"issues/"+done+"/", junk)
			if a := x.ann.Must("GET", x.p+"issues/"+done+"/", nil); a.At("sequence_id") != 2.0 || a.At("is_draft") != false ||
				a.At("project_id") != x.project {
				t.Errorf("%d: %s", n, a.Raw)
			}
		}
		if a := x.key.Must("POST", x.v1+"work-items/",
			map[string]any{"name": "new", "is_draft": true, "sequence_id": 1}); a.At("is_draft") != false ||
			a.At("sequence_id") != 3.0 {
			t.Errorf("new: %s", a.Raw)
		}
		refused(t, x.key, "PATCH", x.v1+"work-items/"+open+"/", map[string]any{"archived_at": "2026-01-01"}, "archived_at")
		x.key.Must("PATCH", x.v1+"work-items/"+done+"/", map[string]any{"archived_at": "2026-01-01"})
		x.key.Must("PATCH", x.v1+"work-items/"+open+"/",
			map[string]any{"archived_at": "2026-01-01", "state": x.state("Cancelled")})
		token := x.ann.Must("POST", "/api/users/api-tokens/", map[string]any{"label": "k"}).ID()
		x.ann.Must("PATCH", "/api/users/api-tokens/"+token+"/",
			map[string]any{"is_service": true, "allowed_rate_limit": "9999/min"})
		if a := x.ann.Must("GET", "/api/users/api-tokens/"+token+"/", nil); a.At("is_service") != false {
			t.Errorf("a key: %s", a.Raw)
		}
	})
}

// A list keeps those of its ids that fit, and one of which none fits is refused.
func TestOneUnfitIDEmptiesNothing(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		ben, gus, out := x.join("ben", 15), x.join("gus", 5), s.User("out")
		x.enter(out, 15)
		item := x.item("item")
		other := x.ann.Must("POST", x.ws+"projects/", map[string]any{"name": "Q", "identifier": "Q"}).ID()
		far := x.ann.Must("POST", x.ws+"projects/"+other+"/issue-labels/", map[string]any{"name": "far"}).ID()
		near := x.ann.Must("POST", x.p+"issue-labels/", map[string]any{"name": "near"}).ID()
		module := x.ann.Must("POST", x.p+"modules/", map[string]any{"name": "M"}).ID()
		page := x.ann.Must("POST", x.p+"pages/", map[string]any{"name": "p"}).ID()
		pages := x.p + "pages/" + page + "/"
		for _, w := range []struct {
			by          *webtest.Client
			path, field string
			fit, unfit  string
			read        func() any
		}{
			{x.ann, x.p + "issues/" + item + "/", "assignee_ids", ben.User.ID, gus.User.ID,
				x.at(x.p+"issues/"+item+"/", "assignee_ids")},
			{x.ann, x.p + "issues/" + item + "/", "label_ids", near, far, x.at(x.p+"issues/"+item+"/", "label_ids")},
			{x.key, x.v1 + "work-items/" + item + "/", "assignees", ben.User.ID, out.User.ID,
				x.at(x.p+"issues/"+item+"/", "assignee_ids")},
			{x.key, x.v1 + "work-items/" + item + "/", "labels", near, far, x.at(x.p+"issues/"+item+"/", "label_ids")},
			{x.key, x.v1 + "modules/" + module + "/", "members", ben.User.ID, out.User.ID,
				x.at(x.p+"modules/"+module+"/", "member_ids")},
			{x.ann, pages, "labels", near, far, x.at(x.p+"pages/"+page+"/", "label_ids")},
		} {
			x := fmt.Sprintf("PATCH %s %s", w.path, w.field)
			w.by.Must("PATCH", w.path, map[string]any{w.field: []string{w.unfit, w.fit}})
			if got := fmt.Sprint(w.read()); got != "["+w.fit+"]" {
				t.Errorf("%s: %s", x, got)
			}
			refused(t, w.by, "PATCH", w.path, map[string]any{w.field: []string{w.unfit}}, w.field)
			if got := fmt.Sprint(w.read()); got != "["+w.fit+"]" {
				t.Errorf("%s after a refusal: %s", x, got)
			}
			if w.path == pages { // which show what they lost, as in the reference
				continue
			}
			w.by.Must("PATCH", w.path, map[string]any{w.field: []string{}})
			if got := fmt.Sprint(w.read()); got != "[]" {
				t.Errorf("%s emptied: %s", x, got)
			}
		}
		refused(t, x.ann, "POST", x.p+"issues/", map[string]any{"name": "n", "assignee_ids": []string{gus.User.ID}},
			"assignee_ids")
		refused(t, x.key, "POST", x.v1+"work-items/", map[string]any{"name": "n", "labels": []string{far}}, "labels")
		refused(t, x.ann, "PATCH", x.p+"issues/"+item+"/", map[string]any{"type": store.NewID()}, "type")
	})
}

func TestNamesAndIdentifiers(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		v1 := "/api/v1/workspaces/acme/projects/"
		for n, name := range []string{"Foo & Bar", "Foo (v2.0)", "O'Brien", "hyphen-ated", "C#", "a/b", "50% off!", "Größe",
			"プロジェクト", "проект", "مشروع", "🚀 ship", `"quoted" <x> {y} [z] | ~ ^ $ = + ; : ?`} {
			one := x.ann.Must("POST", x.ws+"projects/", map[string]any{"name": name, "identifier": fmt.Sprintf("A%d", n)})
			if one.At("name") != name {
				t.Errorf("%s: %s", name, one.Raw)
			}
			x.ann.Must("PATCH", x.ws+"projects/"+one.ID()+"/", map[string]any{"name": name + "!", "description": "x"})
			x.key.Must("POST", v1, map[string]any{"name": name, "identifier": fmt.Sprintf("B%d", n)})
			for path, body := range map[string]map[string]any{"states/": {"name": name, "color": "#fff", "group": "started"},
				"issue-labels/": {"name": name}, "cycles/": {"name": name}, "modules/": {"name": name}, "views/": {"name": name}} {
				x.ann.Must("POST", x.p+path, body)
			}
		}
		for _, bad := range []string{"A/B", "A%B", "A?B", "A#B", "A B", "A.B", "A-B", "A&B", `A\B`, "A:B", "A+B", "🚀",
			"A\u200bB", "A;B"} {
			refused(t, x.ann, "POST", x.ws+"projects/", map[string]any{"name": "bad", "identifier": bad}, "identifier")
			refused(t, x.ann, "PATCH", x.p, map[string]any{"identifier": bad}, "identifier")
			if a := x.key.Do("POST", v1, map[string]any{"name": "bad", "identifier": bad}); a.Status != 400 ||
				!strings.Contains(string(a.Raw), "identifier") {
				t.Errorf("v1 %q: %d %s", bad, a.Status, a.Raw)
			}
		}
		x.ann.Must("POST", x.ws+"projects/", map[string]any{"name": "race", "identifier": " race "})
		for _, twin := range []string{"RACE", "race", " Race "} {
			for _, a := range []webtest.Answer{x.ann.Do("POST", x.ws+"projects/",
				map[string]any{"name": "other", "identifier": twin}), x.ann.Do("PATCH", x.p, map[string]any{"identifier": twin})} {
				if a.Status != 400 || !strings.Contains(fmt.Sprint(a.At("identifier")), "PROJECT_IDENTIFIER_ALREADY_EXIST") {
					t.Errorf("%q: %d %s", twin, a.Status, a.Raw)
				}
			}
		}
		letters := x.ann.Must("POST", x.ws+"projects/", map[string]any{"name": "letters", "identifier": "größe_9"}).ID()
		id := x.ann.Must("POST", x.ws+"projects/"+letters+"/issues/", map[string]any{"name": "n"}).ID()
		for _, a := range []webtest.Answer{x.ann.Do("GET", x.ws+"work-items/gr%C3%B6%C3%9Fe_9-1/", nil),
			x.key.Do("GET", "/api/v1/workspaces/acme/work-items/gr%C3%B6%C3%9Fe_9-1/", nil)} {
			if a.ID() != id {
				t.Errorf("by number: %d %s", a.Status, a.Raw)
			}
		}
		err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error { // as it came from elsewhere
			return store.Projects.SetWhere(tx, dbx.Params{"identifier": "O/L D"}, dbx.HashExp{"id": letters})
		})
		if err != nil {
			t.Fatal(err)
		}
		x.ann.Must("PATCH", x.ws+"projects/"+letters+"/", map[string]any{"identifier": "O/L D", "description": "old"})
		first := x.item("first")
		for path, want := range map[string]int{"p-1": 200, "P-1": 200, "NOPE-1": 404, "p-99": 404} {
			if a := x.key.Do("GET", "/api/v1/workspaces/acme/work-items/"+path+"/", nil); a.Status != want || want == 200 &&
				a.ID() != first {
				t.Errorf("%s: %d %s", path, a.Status, a.Raw)
			}
		}
	})
}

func TestReservedSlugs(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		for _, slug := range []string{"api", "API", "God-Mode", "spaces", "login", "register", "assets", "auth", "uploads",
			"healthz", "my-instances", "instances2", "sign-in"} {
			if a := ann.Must("GET", "/api/workspace-slug-check/?slug="+slug, nil); a.At("status") != false {
				t.Errorf("check %s: %s", slug, a.Raw)
			}
			refused(t, ann, "POST", "/api/workspaces/", map[string]any{"name": "W", "slug": slug}, "slug")
		}
		ann.Must("POST", "/api/workspaces/", map[string]any{"name": "W", "slug": "fine"})
		refused(t, ann, "PATCH", "/api/workspaces/fine/", map[string]any{"slug": "api"}, "slug")
		err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error { // as it came from elsewhere
			return store.Workspaces.SetWhere(tx, dbx.Params{"slug": "my-instances"}, dbx.HashExp{"slug": "fine"})
		})
		if err != nil {
			t.Fatal(err)
		}
		ann.Must("GET", "/api/workspaces/my-instances/", nil)
		ann.Must("PATCH", "/api/workspaces/my-instances/", map[string]any{"name": "V", "slug": "my-instances"})
	})
}

// Whichever way a state becomes the default, it is the only one.
func TestOneDefaultState(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		defaults := func() (names []string) {
			list, _ := x.ann.Must("GET", x.p+"states/", nil).JSON().([]any)
			for _, s := range list {
				if m, _ := s.(map[string]any); m["default"] == true {
					names = append(names, fmt.Sprint(m["name"]))
				}
			}
			return names
		}
		for want, mark := range map[string]func(){
			"Todo":        func() { x.key.Must("PATCH", x.v1+"states/"+x.state("Todo")+"/", map[string]any{"default": true}) },
			"Done":        func() { x.ann.Must("PATCH", x.p+"states/"+x.state("Done")+"/", map[string]any{"default": true}) },
			"In Progress": func() { x.ann.Must("POST", x.p+"states/"+x.state("In Progress")+"/mark-default/", nil) },
			"New": func() {
				x.ann.Must("POST", x.p+"states/", map[string]any{"name": "New", "color": "#fff", "default": true})
			},
			"Newer": func() {
				x.key.Must("POST", x.v1+"states/", map[string]any{"name": "Newer", "color": "#fff", "default": true})
			},
		} {
			if mark(); fmt.Sprint(defaults()) != "["+want+"]" {
				t.Errorf("after %s: %v", want, defaults())
			}
		}
		x.ann.Must("PATCH", x.p+"states/"+x.state("Done")+"/", map[string]any{"name": "Finished", "default": false})
		if len(defaults()) != 1 {
			t.Errorf("one that was none: %v", defaults())
		}
	})
}

func (x *site) until(what string, holds func() bool) {
	x.t.Helper()
	for range 600 {
		if holds() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	x.t.Errorf("%s: it never came", what)
}

// Who is named in the text of something new hears of it, once; and nothing is heard of what can't be opened.
func TestNotificationsOfNewAndGoneItems(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		ben := x.join("ben", 15)
		mention := `<p>x <mention-component entity_name="user_mention" entity_identifier="` + ben.User.ID +
			`"></mention-component></p>`
		unread := func(key string) float64 {
			n, _ := ben.Must("GET", x.ws+"users/notifications/unread/", nil).At(key).(float64)
			return n
		}
		mentions := func() float64 { return unread("mention_unread_notifications_count") }
		var made []string
		for n, create := range []func() string{
			func() string { return x.item("app", "description_html", mention) },
			func() string {
				a := x.ann.Must("POST", x.p+
					"intake-issues/", map[string]any{"issue": map[string]any{"name": "asked", "description_html": mention}})
				return fmt.Sprint(a.At("issue.id"))
			},
			func() string {
				d := x.ann.Must("POST", x.ws+"draft-issues/", map[string]any{"name": "d", "project_id": x.project}).ID()
				return x.ann.Must("POST", x.ws+"draft-to-issue/"+d+"/",
					map[string]any{"name": "d", "description_html": mention}).ID()
			},
			func() string { return x.item("assigned", "description_html", mention, "state_id", x.state("Done")) },
		} {
			made = append(made, create())
			x.until("a mention in a new item", func() bool { return mentions() == float64(n+1) })
		}
		list, _ := ben.Must("GET", x.ws+"users/notifications/?type=mentioned&mentioned=true", nil).JSON().([]any)
		if len(list) != len(made) {
			t.Errorf("listed: %d", len(list))
		}
		ids := map[string]string{} // of notifications, by work item
		for _, row := range list {
			m, _ := row.(map[string]any)
			ids[fmt.Sprint(m["entity_identifier"])] = fmt.Sprint(m["id"])
		}
		x.ann.Must("DELETE", x.p+"issues/"+made[0]+"/", nil)
		x.ann.Must("POST", x.p+"issues/"+made[3]+"/archive/", nil)
		if got := mentions(); got != 2 {
			t.Errorf("after one was deleted and one archived: %v", got)
		}
		for _, gone := range []string{made[0], made[3]} {
			if a := ben.Do("GET", x.ws+"users/notifications/"+ids[gone]+"/", nil); a.Status != 404 {
				t.Errorf("a notification of what is gone: %d %s", a.Status, a.Raw)
			}
		}
		x.ann.Must("DELETE", x.p+"issues/"+made[3]+"/archive/", nil)
		if got := mentions(); got != 3 {
			t.Errorf("after it came back: %v", got)
		}
		x.ann.Must("POST", x.p+"archive/", nil)
		if list, _ := ben.Must("GET", x.ws+"users/notifications/", nil).JSON().([]any); mentions() != 0 || len(list) != 0 {
			t.Errorf("of an archived project: %v, %v", mentions(), list)
		}
	})
}

// The history of a deletion says how many went along.
func TestADeletionSaysHowManyWentAlong(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		top := x.item("top")
		mid := x.item("mid", "parent_id", top)
		x.item("low", "parent_id", mid)
		alone := x.item("alone")
		for id, want := range map[string]string{top: "deleted the issue and the 2 below it", alone: "deleted the issue"} {
			x.ann.Must("DELETE", x.p+"issues/"+id+"/", nil)
			row, err := store.IssueActivities.Get(s.App.DB.Read(t.Context()), dbx.HashExp{"issue_id": id, "verb": "deleted"})
			if err != nil || row.Comment != want {
				t.Errorf("%v, %v, want %s", row, err, want)
			}
		}
	})
}
