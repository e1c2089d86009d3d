package v1_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// newPlans is a place with cycles, modules and an intake.
func newPlans(s *webtest.Server, name string) place {
	p := newPlace(s, name)
	p.key.Must("PATCH", p.base, map[string]any{"cycle_view": true, "module_view": true, "intake_view": true})
	return p
}

func (p place) cycle(name string, more map[string]any) string {
	body := map[string]any{"name": name, "project_id": p.project()}
	for k, v := range more {
		body[k] = v
	}
	return p.key.Must("POST", p.base+"cycles/", body).ID()
}

func (p place) module(name string) string {
	return p.key.Must("POST", p.base+"modules/", map[string]any{"name": name}).ID()
}

// What is wrong with a cycle or a module is told by the field, and a project without them has none.
func TestBadPlans(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, theirs := newPlans(s, "bad"), newPlans(s, "theirs")
		plain := p.workspace + "projects/" + p.key.Must("POST", p.workspace+"projects/",
			map[string]any{"name": "plain", "identifier": "PLAIN"}).ID() + "/"
		foreignCycle, foreignModule := theirs.cycle("f", nil), theirs.module("f")
		foreignItem := theirs.item(map[string]any{"name": "f"})
		cycle, module := p.cycle("mine", nil), p.module("mine")
		cycles, modules, long := p.base+"cycles/", p.base+"modules/", strings.Repeat("x", 256)
		dates := func(from, to any) map[string]any {
			return map[string]any{"name": "d", "project_id": p.project(), "start_date": from, "end_date": to}
		}
		walk(t, []step{
			{p.key, "POST", cycles, map[string]any{"project_id": p.project()}, 400, `"name":["This field is required."]`},
			{p.key, "POST", cycles, map[string]any{"name": long, "project_id": p.project()}, 400, `"name":["Ensure this field`},
			{p.key, "POST", cycles, dates("2026-02-02", nil), 400, "Both start date and end date"},
			{p.key, "POST", cycles, dates(nil, "2026-02-02"), 400, "Both start date and end date"},
			{p.key, "POST", cycles, dates("2026-02-02", "2026-02-01"), 400, ""},
			{p.key, "POST", cycles, dates("soon", "later"), 400, `"start_date":`},
			{p.key, "POST", cycles, dates("2026-02-30", "2026-03-01"), 400, `"start_date":`},
			{p.key, "POST", plain + "cycles/", map[string]any{"name": "x",
				"project_id": strings.Split(plain, "/")[6]}, 400, "Cycles are not enabled"},
			{p.key, "PATCH", cycles + cycle + "/", map[string]any{"name": ""}, 400, `"name":["This field may not be blank."]`},
			{p.key, "PATCH", cycles + cycle + "/", map[string]any{"owned_by": store.NewID()}, 400, `"owned_by":`},
			{p.key, "GET", cycles + foreignCycle + "/", nil, 404, ""},
			{p.key, "PATCH", cycles + foreignCycle + "/", map[string]any{"name": "x"}, 404, ""},
			{p.key, "DELETE", cycles + foreignCycle + "/", nil, 404, ""},
			{p.key, "POST", cycles + foreignCycle + "/cycle-issues/", map[string]any{"issues": []any{}}, 400, ""},
			{p.key, "POST", cycles + foreignCycle + "/archive/", nil, 404, ""},
			{p.key, "POST", cycles + cycle + "/cycle-issues/", map[string]any{}, 400, ""},
			{p.key, "POST", cycles + cycle + "/cycle-issues/", map[string]any{"issues": []any{"x"}}, 400, ""},
			{p.key, "DELETE", cycles + cycle + "/cycle-issues/" + foreignItem + "/", nil, 404, ""},
			{p.key, "GET", cycles + cycle + "/", nil, 200, `"name":"mine"`},

			{p.key, "POST", modules, map[string]any{}, 400, `"name":["This field is required."]`},
			{p.key, "POST", modules, map[string]any{"name": long}, 400, `"name":["Ensure this field`},
			{p.key, "POST", modules, map[string]any{"name": "x", "status": "odd"}, 400, `"status":["\"odd\" is not a valid`},
			{p.key, "POST", modules, map[string]any{"name": "x", "lead": store.NewID()}, 400, `"lead":`},
			{p.key, "POST", modules, map[string]any{"name": "x", "members": []any{store.NewID()}}, 400, `"members":`},
			{p.key, "POST", modules, map[string]any{"name": "x", "start_date": "2026-02-02", "target_date": "2026-02-01"},
				400, "Start date cannot exceed target date"},
			{p.key, "POST", modules, map[string]any{"name": "mine"}, 400, ""},
			{p.key, "POST", plain + "modules/", map[string]any{"name": "x"}, 400, "Modules are not enabled"},
			{p.key, "PATCH", modules + module + "/", map[string]any{"target_date": "never"}, 400, `"target_date":`},
			{p.key, "GET", modules + foreignModule + "/", nil, 404, ""},
			{p.key, "PATCH", modules + foreignModule + "/", map[string]any{"name": "x"}, 404, ""},
			{p.key, "DELETE", modules + foreignModule + "/", nil, 404, ""},
			{p.key, "POST", modules + foreignModule + "/archive/", nil, 404, ""},
			{p.key, "POST", modules + module + "/module-issues/", map[string]any{}, 400, ""},
			{p.key, "GET", modules + module + "/", nil, 200, `"name":"mine"`},
		})
		for _, at := range []string{cycles + cycle + "/cycle-issues/", modules + module + "/module-issues/"} {
			p.key.Do("POST", at, map[string]any{"issues": []any{foreignItem, store.NewID()}})
			if a := p.key.Must("GET", at, nil); a.At("total_count") != 0.0 {
				t.Errorf("%s has work items of elsewhere: %s", at, a.Raw)
			}
		}
	})
}

// Work items come and go in cycles and modules: a work item is in one cycle at a time and in any number of modules, and
// one that is deleted is in none.
func TestWhatIsInPlans(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlans(s, "plans")
		a, b := p.item(map[string]any{"name": "a"}), p.item(map[string]any{"name": "b"})
		c1, c2 := p.base+"cycles/"+p.cycle("1", nil)+"/cycle-issues/", p.base+"cycles/"+p.cycle("2", nil)+"/cycle-issues/"
		m1, m2 := p.base+"modules/"+p.module("1")+"/module-issues/", p.base+"modules/"+p.module("2")+"/module-issues/"
		expect := func(when string, want map[string]string) {
			t.Helper()
			for at, names := range want {
				got := []string{}
				for _, name := range column(t, p.key.Must("GET", at+"?order_by=name", nil), "name") {
					got = append(got, name.(string))
				}
				if d := cmp.Diff(strings.Fields(names), got); d != "" && (names != "" || len(got) > 0) {
					t.Errorf("%s: %s (-want +got):\n%s", when, at, d)
				}
			}
		}
		for _, at := range []string{c1, m1, m2} {
			p.key.Must("POST", at, map[string]any{"issues": []string{a, b}})
			p.key.Must("POST", at, map[string]any{"issues": []string{a}}) // once more
		}
		expect("put in", map[string]string{c1: "a b", c2: "", m1: "a b", m2: "a b"})
		p.key.Must("POST", c2, map[string]any{"issues": []string{b}})
		expect("moved", map[string]string{c1: "a", c2: "b"})
		p.key.Must("DELETE", m1+a+"/", nil)
		p.key.Must("DELETE", c1+a+"/", nil)
		expect("taken out", map[string]string{c1: "", m1: "b", m2: "a b"})
		walk(t, []step{
			{p.key, "DELETE", c1 + a + "/", nil, 404, ""},
			{p.key, "GET", c1 + a + "/", nil, 404, ""},
			{p.key, "GET", c2 + b + "/", nil, 200, `"issue":"` + b + `"`},
			{p.key, "GET", c2 + b + "/?fields=issue&expand=issue", nil, 200, `"name":"b"`},
			{p.key, "DELETE", p.base + "work-items/" + b + "/", nil, 204, ""},
		})
		expect("deleted", map[string]string{c2: "", m1: "", m2: "a"})
	})
}

// What is archived is in the list of archived ones only, and comes back; a cycle is archived when it is over.
func TestPlansThatArePutAway(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlans(s, "away")
		over := p.cycle("over", map[string]any{"start_date": "2020-01-01", "end_date": "2020-01-10"})
		runs := p.cycle("draft", nil)
		module := p.key.Must("POST", p.base+"modules/", map[string]any{"name": "done", "status": "completed"}).ID()
		open := p.module("open")
		lists := func(when, cycles, archivedCycles, modules, archivedModules string) {
			t.Helper()
			for path, want := range map[string]string{"cycles/": cycles, "archived-cycles/": archivedCycles,
				"modules/": modules, "archived-modules/": archivedModules} {
				names := map[string]bool{}
				for _, name := range column(t, p.key.Must("GET", p.base+path, nil), "name") {
					names[name.(string)] = true
				}
				wanted := map[string]bool{}
				for _, name := range strings.Fields(want) {
					wanted[name] = true
				}
				if d := cmp.Diff(wanted, names); d != "" {
					t.Errorf("%s: %s (-want +got):\n%s", when, path, d)
				}
			}
		}
		lists("new", "over draft", "", "done open", "")
		walk(t, []step{
			{p.key, "POST", p.base + "cycles/" + runs + "/archive/", nil, 400, "Only completed cycles can be archived"},
			{p.key, "POST", p.base + "cycles/" + over + "/archive/", nil, 204, ""},
			{p.key, "POST", p.base + "modules/" + open + "/archive/", nil, 400, ""},
			{p.key, "POST", p.base + "modules/" + module + "/archive/", nil, 204, ""},
		})
		lists("put away", "draft", "over", "open", "done")
		walk(t, []step{
			{p.key, "PATCH", p.base + "cycles/" + over + "/", map[string]any{"name": "x"}, 400, "Archived cycle cannot be edited"},
			{p.key, "PATCH", p.base + "modules/" + module + "/", map[string]any{"name": "x"}, 400,
				"Archived module cannot be edited"},
			{p.key, "DELETE", p.base + "archived-cycles/" + over + "/unarchive/", nil, 204, ""},
			{p.key, "DELETE", p.base + "archived-modules/" + module + "/unarchive/", nil, 204, ""},
		})
		lists("back", "over draft", "", "done open", "")
		walk(t, []step{
			{p.key, "PATCH", p.base + "modules/" + module + "/", map[string]any{"description": "x"}, 200, `"description":"x"`},
			{p.key, "PATCH", p.base + "cycles/" + over + "/", map[string]any{"name": "x"}, 400, "already been completed"},
			{p.key, "PATCH", p.base + "cycles/" + over + "/", map[string]any{"sort_order": 1}, 200, ""},
		})
	})
}

// The list of cycles is cut to those that run, come, are over or have no dates.
func TestViewsOfCycles(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlans(s, "views")
		day := func(n int) string { return s.App.DB.Now().AddDate(0, 0, n).Format("2006-01-02") }
		p.cycle("over", map[string]any{"start_date": day(-20), "end_date": day(-10)})
		p.cycle("now", map[string]any{"start_date": day(-5), "end_date": day(5)})
		p.cycle("later", map[string]any{"start_date": day(10), "end_date": day(20)})
		p.cycle("draft", nil)
		for view, want := range map[string]string{"current": "now", "upcoming": "later", "completed": "over",
			"draft": "draft", "incomplete": "draft later now", "all": "draft later now over", "": "draft later now over"} {
			a := p.key.Must("GET", p.base+"cycles/?cycle_view="+view, nil)
			rows, ok := a.JSON().([]any) // those that run have no envelope
			if ok != (view == "current") {
				t.Errorf("%q is a bare list: %v", view, ok)
			}
			if !ok {
				rows, _ = a.At("results").([]any)
			}
			names := map[string]bool{}
			for _, row := range rows {
				names[row.(map[string]any)["name"].(string)] = true
			}
			for _, name := range strings.Fields(want) {
				if !names[name] {
					t.Errorf("%q lacks %s: %v", view, name, names)
				}
			}
			if len(names) != len(strings.Fields(want)) {
				t.Errorf("%q has %v, want %s", view, names, want)
			}
		}
	})
}

// What is not finished moves to the next cycle; what is finished stays, and a cycle that is over takes nothing.
func TestTransfersBetweenCycles(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, theirs := newPlans(s, "transfer"), newPlans(s, "theirs")
		state := map[string]string{}
		for _, row := range results(t, p.key.Must("GET", p.base+"states/", nil)) {
			state[row["group"].(string)] = row["id"].(string)
		}
		from, to := p.cycle("from", nil), p.cycle("to", nil)
		over := p.cycle("over", map[string]any{"start_date": "2020-01-01", "end_date": "2020-01-10"})
		issues := []string{}
		for _, group := range []string{"backlog", "unstarted", "started", "completed", "cancelled"} {
			issues = append(issues, p.item(map[string]any{"name": group, "state": state[group]}))
		}
		at := p.base + "cycles/" + from + "/"
		p.key.Must("POST", at+"cycle-issues/", map[string]any{"issues": issues})
		count := p.key.Must("GET", at, nil)
		for key, want := range map[string]float64{"total_issues": 5, "completed_issues": 1, "cancelled_issues": 1,
			"started_issues": 1, "unstarted_issues": 1, "backlog_issues": 1} {
			if count.At(key) != want {
				t.Errorf("%s: %v, want %v", key, count.At(key), want)
			}
		}
		walk(t, []step{
			{p.key, "POST", at + "transfer-issues/", map[string]any{}, 400, "New Cycle Id is required"},
			{p.key, "POST", at + "transfer-issues/", map[string]any{"new_cycle_id": over}, 400, "already completed"},
			{p.key, "POST", at + "transfer-issues/", map[string]any{"new_cycle_id": "x"}, 400, ""},
			{p.key, "POST", at + "transfer-issues/", map[string]any{"new_cycle_id": theirs.cycle("t", nil)}, 404, ""},
			{p.key, "POST", at + "transfer-issues/", map[string]any{"new_cycle_id": to}, 200, `"message":"Success"`},
		})
		names := func(cycle string) string {
			out := []string{}
			for _, n := range column(t, p.key.Must("GET", p.base+"cycles/"+cycle+"/cycle-issues/?order_by=name", nil), "name") {
				out = append(out, n.(string))
			}
			return strings.Join(out, " ")
		}
		if got := names(from); got != "cancelled completed" {
			t.Errorf("left behind: %s", got)
		}
		if got := names(to); got != "backlog started unstarted" {
			t.Errorf("moved: %s", got)
		}
	})
}
