package issuelist_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
	"github.com/sailplane/sailplane/store/storetest"
)

// The sizes of groups are the same by either way, and every work item counts in at least one of them.
func TestTalliesAreRecalled(t *testing.T) {
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
			stored, recalled, found, err := w.query(rt).Tallies(db.Read(t.Context()), by)
			if err != nil || !found {
				rt.Fatalf("counted: %v, %v", found, err)
			}
			if diff := gocmp.Diff(stored, recalled); diff != "" {
				rt.Fatalf("counted by the database (-) and over outlines (+):\n%s", diff)
			}
			inGroups := 0
			for _, g := range stored.Groups {
				inGroups += g.Total
			}
			if inGroups < stored.Total || stored.Total == 0 != (inGroups == 0) {
				rt.Fatalf("%d work items, %d in groups", stored.Total, inGroups)
			}
		})
	})
}
