package issuelist_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
	"github.com/sailplane/sailplane/store/storetest"
)

// world is a filled project whose every row is known.
type world struct {
	t    *store.Tx
	base issuelist.Query
	f    *storetest.Filled
	rows []issuelist.Row
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := &world{f: storetest.Fill(t, db, 150, 20), t: db.Read(t.Context())}
		states, err := issuelist.ReadStates(w.t, []string{w.f.Project.ID})
		if err != nil {
			t.Fatal(err)
		}
		w.base = issuelist.Query{Scope: issuelist.Scope{Workspace: w.f.Workspace.ID, Projects: []string{w.f.Project.ID}},
			States: states}
		w.base.Order, _ = issuelist.ParseOrder("-created_at")
		if w.rows, err = w.base.All(w.t); err != nil {
			t.Fatal(err)
		}
		if len(w.rows) != 150 {
			t.Fatalf("the project has %d work items", len(w.rows))
		}
		test(t, w)
	})
}

// filter draws a tree of conditions.
func (w *world) filter(t *rapid.T, depth int) issuelist.Filter {
	kinds := 8
	if depth > 0 {
		kinds = 11
	}
	label := func() []string {
		return rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 11), func(n int) string { return w.f.Labels[n].ID }), 0, 3).Draw(t,
			"labels")
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return issuelist.In{Field: issuelist.Priority,
			Values: rapid.SliceOfN(rapid.SampledFrom([]string{"urgent", "high", "none", "huge"}), 0, 3).Draw(t, "priorities")}
	case 1:
		return issuelist.InGroup(rapid.SliceOfN(rapid.SampledFrom([]string{"backlog", "started", "completed", "triage", "x"}),
			0, 3).Draw(t, "groups"))
	case 2:
		return issuelist.Null{Field: rapid.SampledFrom([]issuelist.Field{issuelist.StartDate, issuelist.Parent,
			issuelist.State}).Draw(t, "field")}
	case 3:
		from, to := rapid.IntRange(0, 60).Draw(t, "from"), rapid.IntRange(0, 60).Draw(t, "to")
		return issuelist.Between{Field: issuelist.StartDate, From: day(from), To: day(to)}
	case 4:
		return issuelist.Has{Relation: issuelist.Labels, Values: label()}
	case 5:
		return issuelist.Has{Relation: issuelist.Assignees, Values: []string{w.f.User.ID}}
	case 6:
		return issuelist.Tied{Relation: issuelist.Labels, Values: append(label(), w.f.Labels[0].ID)}
	case 7:
		return issuelist.Numbered{Project: w.f.Project.ID,
			Numbers: rapid.SliceOfN(rapid.IntRange(1, 150), 1, 5).Draw(t, "numbers")}
	case 8:
		return issuelist.Not{Filter: w.filter(t, depth-1)}
	case 9:
		return issuelist.All{w.filter(t, depth-1), w.filter(t, depth-1)}
	}
	return issuelist.Any{w.filter(t, depth-1), w.filter(t, depth-1)}
}

func day(n int) store.Date {
	return store.Date(time.Date(2026, 1, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

// fits evaluates a tree in memory. The ties under no Not are one label, tried in turn.
func (w *world) fits(f issuelist.Filter, r *issuelist.Row) bool {
	for _, label := range append([]string{""}, r.Labels...) {
		if w.holds(f, r, label, false) {
			return true
		}
	}
	return false
}

func (w *world) holds(f issuelist.Filter, r *issuelist.Row, label string, below bool) bool {
	switch f := f.(type) {
	case issuelist.All:
		return !slices.ContainsFunc(f, func(g issuelist.Filter) bool { return !w.holds(g, r, label, below) })
	case issuelist.Any:
		return slices.ContainsFunc(f, func(g issuelist.Filter) bool { return w.holds(g, r, label, below) })
	case issuelist.Not:
		return !w.holds(f.Filter, r, label, true)
	case issuelist.In:
		return slices.Contains(f.Values, r.Priority)
	case issuelist.InGroup:
		return slices.Contains(f, w.base.States.Group(*r.StateID))
	case issuelist.Null:
		return map[issuelist.Field]*string{issuelist.StartDate: (*string)(r.StartDate), issuelist.Parent: r.ParentID,
			issuelist.State: r.StateID}[f.Field] == nil
	case issuelist.Between:
		return r.StartDate != nil && *r.StartDate >= f.From.(store.Date) && *r.StartDate < f.To.(store.Date)
	case issuelist.Tied:
		return slices.ContainsFunc(r.Labels, func(l string) bool { return slices.Contains(f.Values, l) })
	case issuelist.Numbered:
		return slices.Contains(f.Numbers, int(r.SequenceID))
	case issuelist.Has:
		if f.Relation == issuelist.Assignees {
			return slices.Contains(r.Assignees, f.Values[0])
		}
		if below {
			return slices.ContainsFunc(r.Labels, func(l string) bool { return slices.Contains(f.Values, l) })
		}
		return slices.Contains(f.Values, label)
	}
	panic("no such filter")
}

func numbers(rows []issuelist.Row) string {
	names := make([]string, len(rows))
	for n := range rows {
		names[n] = rows[n].Number()
	}
	return strings.Join(names, " ")
}

// A list is what evaluating its filter in memory finds, its pages are the whole, and the count is right.
func TestFiltersAndPages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rapid.Check(t, func(rt *rapid.T) {
			q := w.base
			f := w.filter(rt, 3)
			q.Filters = []issuelist.Filter{f}
			var want []issuelist.Row
			for n := range w.rows {
				if w.fits(f, &w.rows[n]) {
					want = append(want, w.rows[n])
				}
			}
			size := rapid.IntRange(1, 60).Draw(rt, "size")
			var got []issuelist.Row
			for offset := 0; ; offset += size {
				p, err := q.Page(w.t, offset, size)
				if err != nil {
					rt.Fatal(err)
				}
				if p.Total != len(want) {
					rt.Fatalf("%d in all, want %d", p.Total, len(want))
				}
				if len(p.Rows) == 0 {
					break
				}
				got = append(got, p.Rows...)
			}
			if diff := gocmp.Diff(numbers(want), numbers(got)); diff != "" {
				rt.Fatal(diff)
			}
		})
	})
}

// Every order shows every work item once, both ways.
func TestOrders(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, by := range issuelist.Orders() {
			q := w.base
			q.Order, _ = issuelist.ParseOrder(by)
			var got []string
			for offset := 0; offset < 150; offset += 40 {
				p, err := q.Page(w.t, offset, 40)
				if err != nil {
					t.Fatalf("%s: %v", by, err)
				}
				for _, r := range p.Rows {
					got = append(got, r.ID)
				}
			}
			if slices.Sort(got); len(slices.Compact(got)) != 150 {
				t.Errorf("by %s the pages have %d work items", by, len(got))
			}
		}
	})
}

// A board is the same however it is read, and its groups add up.
func TestBoards(t *testing.T) {
	fields := []string{"state_id", "state__group", "priority", "labels__id", "assignees__id", "issue_module__module_id",
		"cycle_id", "project_id", "target_date", "start_date", "created_by"}
	each(t, func(t *testing.T, w *world) {
		rapid.Check(t, func(rt *rapid.T) {
			q := w.base
			q.Filters = []issuelist.Filter{w.filter(rt, 1)}
			q.Order, _ = issuelist.ParseOrder(rapid.SampledFrom([]string{"-created_at", "sort_order", "-priority", "target_date",
				"name"}).Draw(rt, "order"))
			names := rapid.SliceOfNDistinct(rapid.SampledFrom(fields), 1, 2, rapid.ID[string]).Draw(rt, "by")
			var by []issuelist.GroupField
			for _, name := range names {
				g, _ := issuelist.ParseGroup(name)
				by = append(by, g)
			}
			w2 := issuelist.NewWindow(rapid.IntRange(0, 2).Draw(rt, "page"), float64(rapid.IntRange(1, 40).Draw(rt, "size")), 10)
			sorted, others, err := q.Boards(w.t, by, w2)
			if err != nil {
				rt.Fatal(err)
			}
			for way, other := range others {
				if diff := gocmp.Diff(outlineOf(sorted), outlineOf(other)); diff != "" {
					rt.Fatalf("%s: %s", way, diff)
				}
			}
			count, err := q.Count(w.t)
			if err != nil {
				rt.Fatal(err)
			}
			if !slices.ContainsFunc(by, issuelist.GroupField.Many) && sorted.Total != count {
				rt.Fatalf("groups add up to %d of %d", sorted.Total, count)
			}
		})
	})
}

// outlineOf is a board without its rows' contents.
func outlineOf(b issuelist.Board) []any {
	var lines []any
	var walk func(gs []issuelist.Group, above string)
	walk = func(gs []issuelist.Group, above string) {
		slices.SortFunc(gs, func(x, y issuelist.Group) int { return cmp.Compare(x.Key, y.Key) })
		for _, g := range gs {
			line := above + "/" + g.Key
			for _, r := range g.Rows {
				line += " " + r.Number()
			}
			lines = append(lines, line, g.Total)
			walk(g.Sub, above+"/"+g.Key)
		}
	}
	walk(b.Groups, "")
	return append(lines, b.Total, b.Count, b.Largest, b.More)
}

// No list reads the whole table, and the orders that people work in need no sorting.
func TestPlans(t *testing.T) {
	sorted := []string{"-created_at", "created_at", "sort_order", "-priority", "target_date", "start_date", "updated_at",
		"name"}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := storetest.Fill(t, db, 500, 10_000)
		tx := db.Read(t.Context())
		if _, err := db.Read(t.Context()).Exec("ANALYZE"); db.Postgres && err != nil {
			t.Fatal(err)
		}
		states, err := issuelist.ReadStates(tx, []string{f.Project.ID})
		if err != nil {
			t.Fatal(err)
		}
		for _, by := range issuelist.Orders() {
			q := issuelist.Query{Scope: issuelist.Scope{Workspace: f.Workspace.ID, Projects: []string{f.Project.ID}},
				States: states}
			q.Order, _ = issuelist.ParseOrder(by)
			plan, err := q.Plan(tx)
			if err != nil {
				t.Fatal(by, err)
			}
			for _, line := range plan {
				if strings.HasPrefix(line, "SCAN i") && !strings.Contains(line, "INDEX") ||
					strings.Contains(line, "Seq Scan on issues") {
					t.Errorf("by %s: %s", by, line)
				}
				if !db.Postgres && slices.Contains(sorted, by) && strings.Contains(line, "TEMP B-TREE") {
					t.Errorf("by %s: %s", by, line)
				}
			}
		}
	})
}
