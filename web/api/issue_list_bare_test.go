package api

import (
	"os"
	"strconv"
	"testing"

	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store/issuelist"
	"github.com/sailplane/sailplane/store/storetest"
)

// BenchmarkBareLists runs the statements of lists without a server around them: rows scanned, JSON encoded. It is what
// BenchmarkLists is measured against.
func BenchmarkBareLists(b *testing.B) {
	items := 10_000
	if n, err := strconv.Atoi(os.Getenv("SAILPLANE_BENCH_ITEMS")); err == nil {
		items = n
	}
	db := storetest.SQLite(b)
	f := storetest.Fill(b, db, items, 1000)
	for _, bench := range []struct {
		name, order, group, sub string
		limit                   int
		filters                 []issuelist.Filter
	}{
		{name: "newest 100", order: "-created_at", limit: 100},
		{name: "high and urgent with a label", order: "-created_at", limit: 100, filters: []issuelist.Filter{issuelist.All{
			issuelist.Has{Relation: issuelist.Labels, Values: []string{f.Labels[3].ID}},
			issuelist.In{Field: issuelist.Priority, Values: []string{"high", "urgent"}}}}},
		{name: "board by state", order: "sort_order", group: "state_id", limit: 30},
		{name: "board by label and priority", order: "-created_at", group: "labels__id", sub: "priority", limit: 30},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			before := storetest.ProcessorTime(b)
			var out []byte
			for b.Loop() {
				t := db.Read(b.Context())
				states, err := issuelist.ReadStates(t, []string{f.Project.ID})
				if err != nil {
					b.Fatal(err)
				}
				q := issuelist.Query{Scope: issuelist.Scope{Workspace: f.Workspace.ID, Projects: []string{f.Project.ID}},
					States: states, Filters: bench.filters}
				q.Order, _ = issuelist.ParseOrder(bench.order)
				l := &issue.List{GroupedBy: bench.group, SubGroupedBy: bench.sub, States: states}
				if bench.group == "" {
					var p issuelist.Page
					p, err = q.Page(t, 0, bench.limit)
					l.Rows = p.Rows
				} else {
					var by []issuelist.GroupField
					for _, name := range []string{bench.group, bench.sub} {
						if g, ok := issuelist.ParseGroup(name); ok {
							by = append(by, g)
						}
					}
					var board issuelist.Board
					board, err = q.Board(t, by, issuelist.NewWindow(0, 0, bench.limit))
					l.Groups = board.Groups
				}
				if err != nil {
					b.Fatal(err)
				}
				out = IssueList{list: l, form: rowForm{group: "state__group"}}.AppendJSON(out[:0])
				b.SetBytes(int64(len(out)))
			}
			storetest.ReportProcessorTime(b, before)
		})
	}
}
