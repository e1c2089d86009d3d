package outline_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/outline"
	"github.com/sailplane/sailplane/store/storetest"
)

// size is how many work items the project's outline has; -1 when there is none.
func size(t testing.TB, db *store.DB, projects ...string) int {
	t.Helper()
	n := -1
	tx := db.Read(context.Background())
	_, err := outline.Of(tx).Read(tx, projects, func(found []*outline.Outline) {
		n = 0
		for _, o := range found {
			n += len(o.Items())
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func load(t testing.TB, db *store.DB, project string) {
	t.Helper()
	if err := outline.Of(db.Read(t.Context())).Load(t.Context(), project); err != nil {
		t.Fatal(err)
	}
}

func exec(t testing.TB, db *store.DB, query string, args ...any) {
	t.Helper()
	err := db.Write(context.Background(), "", func(tx *store.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// filled fills a database that may keep outlines.
func filled(t *testing.T, db *store.DB, items int) *storetest.Filled {
	db.OutlineItems = store.DefaultOutlineItems
	return storetest.Fill(t, db, items)
}

// waiting is what storetest.Fill adds to each project.
const waiting = 3

func TestOutlinesHaveRoomOrAreRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := storetest.Fill(t, db, 400, 300)
		var other string
		if err := db.Read(t.Context()).One("SELECT id FROM projects WHERE id <> ?", []any{f.Project.ID}, &other); err != nil {
			t.Fatal(err)
		}
		db.OutlineItems = 600 // for work items and ids
		if load(t, db, f.Project.ID); size(t, db, f.Project.ID) != 400+waiting {
			t.Fatalf("the outline has %d work items", size(t, db, f.Project.ID))
		}
		if load(t, db, other); size(t, db, other) != -1 {
			t.Error("there is an outline beyond the room that there is")
		}
		if size(t, db, f.Project.ID) != 400+waiting {
			t.Error("what is in use had to make room")
		}
		db.OutlineItems = 1000
		if load(t, db, other); size(t, db, other, f.Project.ID) != 700+2*waiting {
			t.Error("one of two is missing though both have room")
		}
	})
}

func TestNoOutlinesWhereNoneAreWanted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := storetest.Fill(t, db, 5)
		db.OutlineItems = 0
		outline.Of(db.Read(t.Context())).RequestLoad([]string{f.Project.ID})
		if load(t, db, f.Project.ID); size(t, db, f.Project.ID) != -1 {
			t.Error("there is one")
		}
	})
}

func TestOutlinesFollowChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := filled(t, db, 2100)
		load(t, db, f.Project.ID)
		exec(t, db, "UPDATE issues SET deleted_at = ? WHERE sequence_id > 2000", db.Now())
		if n := size(t, db, f.Project.ID); n != 2000+waiting {
			t.Errorf("%d work items, want %d", n, 2000+waiting)
		}
		exec(t, db, "DELETE FROM issues WHERE sequence_id > 2000")
		if n := size(t, db, f.Project.ID); n != 2000+waiting {
			t.Errorf("%d work items, want %d", n, 2000+waiting)
		}
		exec(t, db, "UPDATE issues SET priority = 'low'")
		if n := size(t, db, f.Project.ID); n != -1 {
			t.Error("an outline of which nearly all changed is still there")
		}
		if load(t, db, f.Project.ID); size(t, db, f.Project.ID) != 2000+waiting {
			t.Error("it is not read anew")
		}
	})
}

func TestSweepKeepsWhatIsFollowed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := filled(t, db, 20)
		exec(t, db, "UPDATE issues SET name = 'old' WHERE id = ?", f.First)
		long := db.Now().Add(-24 * time.Hour).UTC()
		if db.Postgres {
			exec(t, db, "UPDATE issue_changes SET at = ?", long)
		} else {
			exec(t, db, "UPDATE issue_changes SET at = ?", long.Format(time.DateTime))
		}
		exec(t, db, "UPDATE issues SET name = 'new' WHERE id = ?", f.First)
		// On Postgres nothing is forgotten that a transaction which is still running might not have seen, whatever
		// database of the server it is in: other tests have some.
		for tries := 0; ; tries++ {
			if err := db.Write(t.Context(), "", func(tx *store.Tx) error {
				_, err := outline.Sweep(tx, 10) // fewer than there are
				return err
			}); err != nil {
				t.Fatal(err)
			}
			var n int
			if err := db.Read(t.Context()).One("SELECT COUNT(*) FROM issue_changes", nil, &n); err != nil {
				t.Fatal(err)
			}
			if n == 2 && tries > 0 {
				break
			}
			if n < 2 || tries > 10_000 {
				t.Fatalf("%d changes are kept, want the new one and the last of the old ones", n)
			}
			time.Sleep(10 * time.Millisecond)
		}
		load(t, db, f.Project.ID)
		exec(t, db, "UPDATE issues SET archived_at = '2026-01-01' WHERE id = ?", f.First)
		if n := size(t, db, f.Project.ID); n != 19+waiting {
			t.Errorf("%d work items, want %d", n, 19+waiting)
		}
	})
}

// While some write and others read, everybody who has written finds it.
func TestWritersFindWhatTheyWrote(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := filled(t, db, 200)
		load(t, db, f.Project.ID)
		var writers sync.WaitGroup
		for w := range 4 {
			writers.Go(func() {
				for n := range 15 {
					at := 1_000_000 + 100*w + n
					exec(t, db, "UPDATE issues SET sort_order = ? WHERE sequence_id = ?", at, 1+15*w+n)
					tx, found := db.Read(context.Background()), false
					_, err := outline.Of(tx).Read(tx, []string{f.Project.ID}, func(os []*outline.Outline) {
						for _, i := range os[0].Items() {
							found = found || i.SortOrder == float64(at)
						}
					})
					if err != nil || !found {
						t.Error(fmt.Sprint("not found: ", at), err)
					}
				}
			})
		}
		writers.Wait()
	})
}

func TestWantedOutlinesCome(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := filled(t, db, 30)
		outline.Of(db.Read(t.Context())).RequestLoad([]string{f.Project.ID})
		for range 6_000 {
			if size(t, db, f.Project.ID) == 30+waiting {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Error("the outline does not come")
	})
}
