package outline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
	"github.com/sailplane/sailplane/store/outline"
	"github.com/sailplane/sailplane/store/storetest"
)

// What an outline's statements have in them, and no others.
const (
	ofChanges = "FROM issue_changes"
	ofItems   = "string_agg('L' ||"
)

// hold stops the next statement with a text in it, and an argument if one is given, until it is let go.
func hold(db *store.DB, text, arg string) (held <-chan struct{}, letGo func()) {
	reached, free := make(chan struct{}), make(chan struct{})
	var once atomic.Bool
	db.Observe(func(_ context.Context, statement string, args []any) {
		if strings.Contains(statement, text) && strings.Contains(fmt.Sprint(args...), arg) &&
			once.CompareAndSwap(false, true) {
			close(reached)
			<-free
		}
	})
	return reached, func() { close(free) }
}

// twoProjects fills two projects and loads their outlines.
func twoProjects(t *testing.T, db *store.DB) (first, second string) {
	db.OutlineItems = store.DefaultOutlineItems
	f := storetest.Fill(t, db, 40, 30)
	if err := db.Read(t.Context()).One("SELECT id FROM projects WHERE id <> ?", []any{f.Project.ID}, &second); err != nil {
		t.Fatal(err)
	}
	load(t, db, f.Project.ID)
	load(t, db, second)
	return f.Project.ID, second
}

func read(ctx context.Context, db *store.DB, projects ...string) (bool, error) {
	tx := db.Read(ctx)
	return outline.Of(tx).Read(tx, projects, func([]*outline.Outline) {})
}

// While the database takes its time for one project, others are listed, and who has no patience need not wait.
func TestNobodyWaitsForAnothersProject(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first, second := twoProjects(t, db)
		exec(t, db, "UPDATE issues SET priority = 'low'")
		held, letGo := hold(db, ofItems, first)
		done := make(chan error, 1)
		go func() { _, err := read(t.Context(), db, first); done <- err }()
		<-held
		if ok, err := read(t.Context(), db, second); !ok || err != nil {
			t.Errorf("another project: %v, %v", ok, err)
		}
		hurried, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() { _, err := read(hurried, db, first); gone <- err }()
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up is told %v", err)
		}
		letGo()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// Whoever reads what changed for all may give up: somebody else does it.
func TestTheNextOneReadsWhatChanged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first, second := twoProjects(t, db)
		exec(t, db, "UPDATE issues SET priority = 'low'")
		held, letGo := hold(db, "SELECT", "")
		leader, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() { _, err := read(leader, db, first); gone <- err }()
		<-held
		done := make(chan error, 1)
		go func() {
			ok, err := read(t.Context(), db, second)
			if err == nil && !ok {
				err = errors.New("the outline is gone")
			}
			done <- err
		}()
		cancel()
		letGo()
		if err := <-gone; err == nil {
			t.Error("who gave up has an answer")
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// An order by name reads the names before anything is locked: the others go on.
func TestNamesAreReadWithoutALock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first, _ := twoProjects(t, db)
		tx := db.Read(t.Context())
		states, err := issuelist.ReadStates(tx, []string{first})
		if err != nil {
			t.Fatal(err)
		}
		order, _ := issuelist.ParseOrder("labels__name")
		q := issuelist.Query{Scope: issuelist.Scope{Projects: []string{first}}, States: states, Order: order}
		held, letGo := hold(db, "FROM labels WHERE", "")
		done := make(chan error, 1)
		go func() {
			_, _, found, err := q.FromIndex(db.Read(t.Context()), 0, 10)
			if err == nil && !found {
				err = errors.New("not found in the outline")
			}
			done <- err
		}()
		<-held
		exec(t, db, "UPDATE issues SET priority = 'low' WHERE project_id = ?", first)
		if ok, err := read(t.Context(), db, first); !ok || err != nil { // it writes into the outline
			t.Errorf("meanwhile: %v, %v", ok, err)
		}
		letGo()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// Who slept while others swept sees that something is missing, whatever the clock says.
func TestWhoWasSuspendedMissesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first, _ := twoProjects(t, db)
		for range 3 {
			exec(t, db, "UPDATE issues SET archived_at = '2026-01-01' WHERE id IN (SELECT id FROM issues WHERE archived_at IS NULL"+
				" AND project_id = ? ORDER BY id LIMIT 2)", first)
		}
		var old any = db.Now().Add(-24 * time.Hour).UTC()
		if !db.Postgres {
			old = old.(time.Time).Format(time.DateTime)
		}
		exec(t, db, "UPDATE issue_changes SET at = ?", old)
		if err := db.Write(t.Context(), "", func(tx *store.Tx) error {
			_, err := outline.Sweep(tx, 10_000_000)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n := size(t, db, first); n != -1 && n != 34+waiting {
			t.Errorf("%d work items, want %d or to read them anew", n, 34+waiting)
		}
		if load(t, db, first); size(t, db, first) != 34+waiting {
			t.Errorf("read anew: %d work items, want %d", size(t, db, first), 34+waiting)
		}
	})
}

// One tenant's import leaves the others their outlines.
func TestAnImportIsItsProjectsOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first, second := twoProjects(t, db)
		exec(t, db, `WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 25000)
			INSERT INTO issue_changes (issue_id, project_id) SELECT i.id, i.project_id FROM n CROSS JOIN
			(SELECT id, project_id FROM issues WHERE project_id = ? LIMIT 1) i`, second)
		if n := size(t, db, first); n != 40+waiting {
			t.Errorf("the project beside has %d work items, want %d", n, 40+waiting)
		}
		if n := size(t, db, second); n != 30+waiting {
			t.Errorf("the project has %d work items, want %d", n, 30+waiting)
		}
	})
}

// A work item has as many ties as it has.
func TestManyTies(t *testing.T) {
	const many = 1<<16 + 10
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := filled(t, db, 3)
		exec(t, db, `WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 65546)
			INSERT INTO issue_subscribers (id, created_at, updated_at, deleted_at, issue_id, subscriber_id, project_id, workspace_id)
			SELECT CAST('00000000-0000-4000-8000-0000000' || CAST(10000 + n AS TEXT) AS `+map[bool]string{true: "uuid", false: "TEXT"}[db.Postgres]+`),
			u.created_at, u.created_at, u.created_at, i.id, u.id, i.project_id, i.workspace_id FROM n CROSS JOIN
			(SELECT id, project_id, workspace_id FROM issues WHERE id = ?) i CROSS JOIN (SELECT id, created_at FROM users LIMIT 1) u`, f.First)
		load(t, db, f.Project.ID)
		most := 0
		tx := db.Read(t.Context())
		_, err := outline.Of(tx).Read(tx, []string{f.Project.ID}, func(found []*outline.Outline) {
			items := found[0].Items()
			for n := range items {
				most = max(most, len(found[0].Links(&items[n])))
			}
		})
		if err != nil || most < many {
			t.Errorf("the work item has %d ties, want %d at least: %v", most, many, err)
		}
	})
}

// Ids take room, too; when most of it is theirs, all begins anew.
func TestIDsTakeRoom(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := filled(t, db, 40)
		load(t, db, f.Project.ID)
		tx := db.Read(t.Context())
		ids := 0
		if _, err := outline.Of(tx).Read(tx, []string{f.Project.ID},
			func(found []*outline.Outline) { ids = found[0].Names().Len() }); err != nil {
			t.Fatal(err)
		}
		db.OutlineItems = 40 + waiting + ids - 1
		if load(t, db, f.Project.ID); size(t, db, f.Project.ID) != -1 {
			t.Error("there is room for the work items but not for the ids, and yet the outline is there")
		}
	})
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first, second := twoProjects(t, db)
		exec(t, db, `INSERT INTO labels (id, created_at, updated_at, name, description, color, sort_order, project_id, workspace_id)
			SELECT i.id, i.created_at, i.created_at, 'another ' || CAST(i.sequence_id AS TEXT), '', '', 0, i.project_id, i.workspace_id
			FROM issues i WHERE i.project_id = ?`, first)
		exec(t, db, "UPDATE issue_labels SET label_id = issue_id, deleted_at = created_at WHERE project_id = ?", first)
		size(t, db, first)
		names := func() (n int) {
			tx := db.Read(t.Context())
			outline.Of(tx).Peek([]string{second}, func(found []*outline.Outline) { n = found[0].Names().Len() })
			return n
		}
		before := names()
		exec(t, db, "UPDATE issue_labels SET label_id = (SELECT id FROM labels WHERE project_id = issue_labels.project_id ORDER BY id LIMIT 1) WHERE project_id = ?", first)
		db.OutlineItems = before + 10
		load(t, db, second)
		if size(t, db, first) != -1 || size(t, db, second) != -1 {
			t.Fatal("nothing had to make room")
		}
		if load(t, db, second); size(t, db, second) != 30+waiting || names() >= before {
			t.Errorf("%d work items, %d ids of %d", size(t, db, second), names(), before)
		}
	})
}

// Close waits for what reads outlines in the background.
func TestCloseWaitsForOutlines(t *testing.T) {
	db := storetest.SQLite(t)
	f := filled(t, db, 30)
	var ended atomic.Bool
	reached := make(chan struct{})
	db.Observe(func(_ context.Context, statement string, _ []any) {
		if !strings.Contains(statement, ofItems) {
			return
		}
		close(reached)
		for !db.Closed() {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond)
		ended.Store(true)
	})
	outline.Of(db.Read(t.Context())).RequestLoad([]string{f.Project.ID})
	<-reached
	if err := db.Close(); err != nil || !ended.Load() {
		t.Errorf("closed before the outline was read: %v", err)
	}
}
