package store_test

import (
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// What noting an event adds to a transaction that changes a work item.
func BenchmarkNoteEvent(b *testing.B) {
	for _, c := range []struct {
		name string
		note bool
	}{{"without", false}, {"with", true}} {
		b.Run(c.name, func(b *testing.B) {
			db := storetest.SQLite(b)
			f := storetest.Fill(b, db, 100)
			began := storetest.ProcessorTime(b)
			for b.Loop() {
				err := db.Write(b.Context(), f.User.ID, func(t *store.Tx) error {
					if c.note {
						store.NoteEvent(t, f.Workspace.ID, store.EventIssue, store.ActionUpdated, f.First, "priority")
					}
					_, err := t.Exec("UPDATE issues SET priority = 'low', updated_at = ? WHERE id = ?", t.Now, f.First)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			storetest.ReportProcessorTime(b, began)
		})
	}
}
