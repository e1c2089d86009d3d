package issuelist_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
	"github.com/sailplane/sailplane/store/outline"
	"github.com/sailplane/sailplane/store/storetest"
)

// remembered is a workspace of two projects whose outlines are loaded.
type remembered struct {
	db       *store.DB
	f        *storetest.Filled
	projects []string
	people   []string
	ids      map[string][]string // of states, labels, cycles and modules, by table
	issues   []string
	states   issuelist.States
}

func column(t testing.TB, tx *store.Tx, query string, args ...any) (list []string) {
	t.Helper()
	rows, err := tx.Rows(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

func remember(t *testing.T, db *store.DB) *remembered {
	db.OutlineItems = store.DefaultOutlineItems
	w := &remembered{db: db, f: storetest.Fill(t, db, 90, 40), ids: map[string][]string{}}
	err := db.Write(t.Context(), "", func(tx *store.Tx) error {
		for n, name := range []string{"Zoe", "Bob", "Ann", "Bob"} {
			u := &store.User{Username: fmt.Sprint("person", n), FirstName: name, DisplayName: name, IsActive: true,
				UserTimezone: "UTC"}
			if err := store.Users.Insert(tx, u); err != nil {
				return err
			}
			w.people = append(w.people, u.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.people = append(w.people, w.f.User.ID)
	tx := db.Read(t.Context())
	w.projects = column(t, tx, "SELECT id FROM projects ORDER BY created_at, id")
	for _, table := range []string{"states", "labels", "cycles", "modules"} {
		w.ids[table] = column(t, tx, "SELECT id FROM "+table+" ORDER BY id")
	}
	w.issues = column(t, tx, "SELECT id FROM issues ORDER BY id")
	if w.states, err = issuelist.ReadStates(tx, w.projects); err != nil {
		t.Fatal(err)
	}
	for _, p := range w.projects {
		if err := outline.Of(tx).Load(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// change does something to some work items.
func (w *remembered) change(t *store.Tx, r *rand.Rand) error {
	issue := w.issues[r.IntN(len(w.issues))]
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	day := func() any {
		if r.IntN(3) == 0 {
			return nil
		}
		return store.Date(time.Date(2026, 1, 1+r.IntN(40), 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	}
	at := func() any {
		if r.IntN(3) == 0 {
			return nil
		}
		return store.Stamped(time.Date(2026, 1, 1+r.IntN(40), 0, 0, 0, r.IntN(3)*500_000, time.UTC))
	}
	set := func(column string, v any) error {
		_, err := t.Exec("UPDATE issues SET "+column+" = ?, updated_at = ? WHERE id = ?", v,
			store.Stamped(time.Date(2026, 3, 1, 0, 0, r.IntN(9), 0, time.UTC)), issue)
		return err
	}
	tie := func(table, column, id string) error {
		if r.IntN(2) == 0 {
			_, err := t.Exec("UPDATE "+table+" SET deleted_at = ? WHERE issue_id = ? AND deleted_at IS NULL", t.Now, issue)
			return err
		}
		_, err := t.Exec("INSERT INTO "+table+" (id, "+column+
			", issue_id, project_id, workspace_id, created_at, updated_at) SELECT ?, ?, i.id, i.project_id, i.workspace_id, ?, ? FROM issues i"+
			" WHERE i.id = ? AND NOT EXISTS (SELECT 1 FROM "+table+" x WHERE x.issue_id = i.id AND x."+column+
			" = ? AND x.deleted_at IS NULL)", store.NewID(), id, t.Now, t.Now, issue, id)
		return err
	}
	switch r.IntN(15) {
	case 0:
		state := pick(w.ids["states"])
		_, err := t.Exec("UPDATE issues SET state_id = ? WHERE id = ? AND project_id = (SELECT project_id FROM states WHERE id = ?)", state, issue, state)
		return err
	case 1:
		return set("priority", pick([]string{"none", "low", "medium", "high", "urgent"}))
	case 2:
		return set("start_date", day())
	case 3:
		return set("target_date", day())
	case 4:
		return set("completed_at", at())
	case 5:
		return set("sort_order", float64(r.IntN(9))*1.1-3)
	case 6:
		return set("created_by_id", pick(w.people))
	case 7:
		return set("archived_at", day())
	case 8:
		return tie("issue_labels", "label_id", pick(w.ids["labels"]))
	case 9:
		return tie("issue_assignees", "assignee_id", pick(w.people))
	case 10:
		return tie("issue_subscribers", "subscriber_id", pick(w.people))
	case 11: // a work item is in one cycle at a time
		if _, err := t.Exec("UPDATE cycle_issues SET deleted_at = ? WHERE issue_id = ? AND deleted_at IS NULL", t.Now,
			issue); err != nil {
			return err
		}
		return tie("cycle_issues", "cycle_id", pick(w.ids["cycles"]))
	case 12:
		return tie("module_issues", "module_id", pick(w.ids["modules"]))
	case 13:
		_, err := t.Exec("UPDATE modules SET archived_at = ? WHERE id = ?", at(), pick(w.ids["modules"]))
		return err
	}
	_, err := t.Exec("DELETE FROM issue_labels WHERE issue_id = ?", issue)
	return err
}

// numbered draws a condition on numbers.
func (w *remembered) numbered(t *rapid.T) issuelist.Filter {
	f := issuelist.Numbered{Project: rapid.SampledFrom(append(w.projects, "")).Draw(t, "project")}
	switch rapid.IntRange(0, 2).Draw(t, "numbers") {
	case 0:
		f.Numbers = rapid.SliceOfN(rapid.IntRange(1, 50), 1, 3).Draw(t, "numbers")
	case 1:
		f.Prefix = rapid.SampledFrom([]string{"1", "2", "12", "7"}).Draw(t, "prefix")
	}
	return f
}

// filter draws a tree of conditions that outlines can answer.
func (w *remembered) filter(t *rapid.T, depth int) issuelist.Filter {
	some := func(list []string) []string { return rapid.SliceOfN(rapid.SampledFrom(list), 0, 3).Draw(t, "ids") }
	relations := []struct {
		relation issuelist.Relation
		ids      []string
	}{{issuelist.Labels, w.ids["labels"]}, {issuelist.Assignees, w.people}, {issuelist.Subscribers, w.people},
		{issuelist.Cycles, w.ids["cycles"]}, {issuelist.Modules, w.ids["modules"]}}
	kinds := 10
	if depth > 0 {
		kinds = 13
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return issuelist.In{Field: issuelist.Priority, Values: some([]string{"urgent", "high", "none", "huge"})}
	case 1:
		return issuelist.InGroup(some([]string{"backlog", "started", "completed", "triage", "x"}))
	case 2:
		return issuelist.Null{Field: rapid.SampledFrom([]issuelist.Field{issuelist.StartDate, issuelist.TargetDate,
			issuelist.CompletedAt, issuelist.Parent, issuelist.State, issuelist.CreatedBy, issuelist.Name}).Draw(t, "field")}
	case 3:
		return issuelist.Between{Field: rapid.SampledFrom([]issuelist.Field{issuelist.StartDate,
			issuelist.TargetDate}).Draw(t, "field"), From: day(rapid.IntRange(0, 60).Draw(t, "from")),
			To: day(rapid.IntRange(0, 60).Draw(t, "to"))}
	case 4:
		at := time.Date(2026, 1, 1+rapid.IntRange(0, 60).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		field := rapid.SampledFrom([]issuelist.Field{issuelist.CreatedAt, issuelist.UpdatedAt, issuelist.CompletedAt}).Draw(t,
			"field")
		if rapid.Bool().Draw(t, "after") {
			return issuelist.After{Field: field, Time: at}
		}
		return issuelist.Between{Field: field, To: at}
	case 5:
		return issuelist.In{Field: rapid.SampledFrom([]issuelist.Field{issuelist.State, issuelist.CreatedBy,
			issuelist.Project}).Draw(t, "field"), Values: some(slices.Concat(w.ids["states"], w.people, w.projects))}
	case 6:
		r := rapid.SampledFrom(relations).Draw(t, "relation")
		return issuelist.Has{Relation: r.relation, Values: some(r.ids), Removed: rapid.Bool().Draw(t, "removed")}
	case 7:
		return issuelist.Lacks{Relation: rapid.SampledFrom(relations).Draw(t, "relation").relation}
	case 8:
		r := rapid.SampledFrom(relations).Draw(t, "relation")
		if rapid.Bool().Draw(t, "whichever") {
			return issuelist.Tied{Relation: r.relation}
		}
		return issuelist.Tied{Relation: r.relation, Values: some(r.ids)}
	case 9:
		return w.numbered(t)
	case 10:
		return issuelist.Not{Filter: w.filter(t, depth-1)}
	case 11:
		return issuelist.All{w.filter(t, depth-1), w.filter(t, depth-1)}
	}
	return issuelist.Any{w.filter(t, depth-1), w.filter(t, depth-1)}
}

func (w *remembered) query(t *rapid.T) issuelist.Query {
	q := issuelist.Query{States: w.states, Each: rapid.Bool().Draw(t, "each"),
		Scope: issuelist.Scope{Workspace: w.f.Workspace.ID, User: rapid.SampledFrom(w.people).Draw(t, "user")}}
	switch rapid.IntRange(0, 3).Draw(t, "scope") {
	case 0:
		q.Scope.Projects = w.projects
	case 1:
		q.Scope.Projects, q.Scope.Own = w.projects[:1], w.projects[1:]
	case 2:
		q.Scope.Own = w.projects[:1]
	default:
		q.Scope.Projects = w.projects[:1]
	}
	switch rapid.IntRange(0, 5).Draw(t, "place") {
	case 0:
		q.Scope.Person = rapid.SampledFrom(w.people).Draw(t, "person")
	case 1:
		q.Scope.Cycle = rapid.SampledFrom(w.ids["cycles"]).Draw(t, "cycle")
	case 2:
		q.Scope.Module = rapid.SampledFrom(w.ids["modules"]).Draw(t, "module")
	}
	for range rapid.IntRange(0, 2).Draw(t, "filters") {
		q.Filters = append(q.Filters, w.filter(t, 2))
	}
	by := rapid.SampledFrom(issuelist.IndexedOrders(false)).Draw(t, "order")
	if rapid.Bool().Draw(t, "desc") {
		by = "-" + by
	}
	q.Order, _ = issuelist.ParseOrder(by)
	return q
}

// What outlines answer is what the database answers, whatever has changed since they were read.
func TestListsAreRecalled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := remember(t, db)
		rapid.Check(t, func(rt *rapid.T) {
			w.changeSome(rt)
			tx := db.Read(t.Context())
			q := w.query(rt)
			offset, limit := rapid.IntRange(0, 20).Draw(rt, "offset"), rapid.IntRange(1, 100).Draw(rt, "limit")
			got, found, err := q.RecallPage(tx, offset, limit)
			if err != nil || !found {
				rt.Fatalf("recalled: %v, %v", found, err)
			}
			want, err := q.Stored(tx, offset, limit)
			if err != nil {
				rt.Fatal(err)
			}
			if diff := gocmp.Diff(shown(want.Rows), shown(got.Rows)); diff != "" || want.Total != got.Total {
				rt.Fatalf("%d in all, want %d: %s", got.Total, want.Total, diff)
			}
		})
	})
}

// shown is what rows show that is not read again when outlines know it.
func shown(rows []issuelist.Row) (lines []string) {
	for _, r := range rows {
		cycle := ""
		if r.CycleID != nil {
			cycle = *r.CycleID
		}
		lines = append(lines, fmt.Sprint(r.Number(), r.Labels, r.Assignees, r.Modules, cycle))
	}
	return lines
}

func (w *remembered) changeSome(t *rapid.T) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	err := w.db.Write(t.Context(), "", func(tx *store.Tx) error {
		for range rapid.IntRange(0, 30).Draw(t, "changes") {
			if err := w.change(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// So do boards.
func TestBoardsAreRecalled(t *testing.T) {
	fields := issuelist.IndexedGroups()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := remember(t, db)
		rapid.Check(t, func(rt *rapid.T) {
			w.changeSome(rt)
			var by []issuelist.GroupField
			for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(fields), 1, 2, rapid.ID[string]).Draw(rt, "by") {
				g, _ := issuelist.ParseGroup(name)
				by = append(by, g)
			}
			window := issuelist.NewWindow(rapid.IntRange(0, 2).Draw(rt, "page"), float64(rapid.IntRange(1, 40).Draw(rt, "size")),
				10)
			sorted, others, err := w.query(rt).Boards(db.Read(t.Context()), by, window)
			if err != nil {
				rt.Fatal(err)
			}
			recalled, ok := others["recalled"]
			if !ok {
				rt.Fatal("not recalled")
			}
			if diff := gocmp.Diff(outlineOf(sorted), outlineOf(recalled)); diff != "" {
				rt.Fatal(diff)
			}
		})
	})
}

// So are the lists of the public API.
func TestPublicListsAreRecalled(t *testing.T) {
	keys := issuelist.IndexedOrders(true)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := remember(t, db)
		rapid.Check(t, func(rt *rapid.T) {
			w.changeSome(rt)
			tx := db.Read(t.Context())
			by := rapid.SampledFrom([]string{"", "-"}).Draw(rt, "sign") + rapid.SampledFrom(keys).Draw(rt, "key")
			project := w.projects[0]
			states, err := issuelist.ReadStates(tx, []string{project})
			if err != nil {
				rt.Fatal(err)
			}
			order, _ := issuelist.ParsePublicOrder(by)
			q := issuelist.Query{States: states, Order: order,
				Scope: issuelist.Scope{Workspace: w.f.Workspace.ID, Projects: []string{project}}}
			switch rapid.IntRange(0, 2).Draw(rt, "place") {
			case 0:
				q.Scope.Cycle = rapid.SampledFrom(w.ids["cycles"]).Draw(rt, "cycle")
			case 1:
				q.Scope.Module = rapid.SampledFrom(w.ids["modules"]).Draw(rt, "module")
			}
			offset, limit := rapid.IntRange(0, 20).Draw(rt, "offset"), rapid.IntRange(1, 100).Draw(rt, "limit")
			ids, total, found, err := q.FromIndex(tx, offset, limit)
			if err != nil || !found {
				rt.Fatalf("recalled: %v, %v", found, err)
			}
			wanted, count, err := q.FindStored(tx, offset, limit)
			if err != nil {
				rt.Fatal(err)
			}
			if diff := gocmp.Diff(wanted, append([]string{}, ids...)); diff != "" || total != count {
				rt.Fatalf("%d in all, want %d: %s", total, count, diff)
			}
		})
	})
}
