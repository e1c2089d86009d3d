package routes_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

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
