package api_test

import (
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Databases of the reference have rings of parents. Nothing runs in circles for that, and sub-items are put into no
// ring.
func TestRingsOfParentsEnd(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, items := tracker(t, s)
		var ring []string
		for range 3 {
			ring = append(ring, ann.Must("POST", items, map[string]any{"name": "item"}).ID())
		}
		own := ann.Must("POST", items, map[string]any{"name": "its own"}).ID()
		err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			for n, id := range ring {
				if err := store.Issues.SetWhere(tx, dbx.Params{"parent_id": ring[(n+1)%3]}, dbx.HashExp{"id": id}); err != nil {
					return err
				}
			}
			return store.Issues.SetWhere(tx, dbx.Params{"parent_id": own}, dbx.HashExp{"id": own})
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range append(ring, own) {
			ann.Must("GET", items+id+"/?expand=parent", nil)
			ann.Must("GET", items+id+"/sub-issues/", nil)
		}
		if n := len(ann.Must("GET", items, nil).At("results").([]any)); n != 4 {
			t.Errorf("%d are listed", n)
		}
		a := ann.Must("POST", items+ring[0]+"/sub-issues/", map[string]any{"sub_issue_ids": append(ring, own)})
		if got := a.At("sub_issues").([]any); len(got) != 1 || got[0].(map[string]any)["id"] != own {
			t.Errorf("put below one of the ring: %s", a.Raw)
		}
		ann.Must("DELETE", items+ring[0]+"/", nil)
		if left := ann.Must("GET", items, nil).At("results").([]any); len(left) != 0 {
			t.Errorf("left when the ring and what is below it are gone: %v", left)
		}
	})
}
