package api_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// tracker makes a person with a workspace and a project, and returns the address of the project's work items.
func tracker(tb testing.TB, s *webtest.Server) (*webtest.Client, string) {
	tb.Helper()
	ann := s.User("ann")
	ann.Must("POST", "/api/workspaces/", map[string]any{"name": "Work", "slug": "work", "organization_size": "2-10"})
	p := ann.Must("POST", "/api/workspaces/work/projects/",
		map[string]any{"name": "Project", "identifier": "PROJ", "network": 2})
	return ann, "/api/workspaces/work/projects/" + p.ID() + "/issues/"
}

func TestNumbersOfWorkItemsHaveNoGaps(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, items := tracker(t, s)
		const writers = 50
		numbers := make([]int, writers)
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() {
				body := map[string]any{"name": fmt.Sprint("item ", i)}
				if i%5 == 0 {
					body["name"] = "" // refused: uses no number
				}
				if a := ann.Do("POST", items, body); a.Status == 201 {
					numbers[i] = int(a.At("sequence_id").(float64))
				}
			})
		}
		wg.Wait()
		numbers = slices.DeleteFunc(numbers, func(n int) bool { return n == 0 })
		slices.Sort(numbers)
		for i, n := range numbers {
			if n != i+1 {
				t.Fatalf("number %d is %d: %v", i+1, n, numbers)
			}
		}
		if len(numbers) != 40 {
			t.Errorf("%d work items, want 40", len(numbers))
		}
	})
}

func TestRefusedChangesLeaveNothing(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, items := tracker(t, s)
		item := ann.Must("POST", items, map[string]any{"name": "item"}).ID()
		if a := ann.Do("PATCH", items+item+"/", map[string]any{"name": "new",
			"parent_id": "00000000-0000-0000-0000-000000000000"}); a.Status != 400 {
			t.Fatalf("unknown parent: %d %s", a.Status, a.Raw)
		}
		if name := ann.Must("GET", items+item+"/", nil).At("name"); name != "item" {
			t.Errorf("the name is %v", name)
		}
		trail := ann.Must("GET", items+item+"/history/?activity_type=issue-property", nil).JSON().([]any)
		if len(trail) != 1 {
			t.Errorf("%d entries in the history, want 1", len(trail))
		}
	})
}

func benchmarkItems(b *testing.B) (*webtest.Client, string) {
	s := webtest.New(b, apptest.New(b, storetest.SQLite(b)))
	ann, items := tracker(b, s)
	for range 20 {
		ann.Must("POST", items, map[string]any{"name": "item"})
	}
	b.ResetTimer()
	return ann, items
}

func BenchmarkCreateIssue(b *testing.B) {
	ann, items := benchmarkItems(b)
	for b.Loop() {
		ann.Must("POST", items, map[string]any{"name": "item", "description_html": "<p>Some <b>text</b></p>",
			"priority": "high", "assignee_ids": []string{ann.User.ID}})
	}
}

func BenchmarkChangeIssue(b *testing.B) {
	ann, items := benchmarkItems(b)
	item := ann.Must("POST", items, map[string]any{"name": "item"}).ID()
	for i := 0; b.Loop(); i++ {
		ann.Must("PATCH", items+item+"/", map[string]any{"name": fmt.Sprint("item ", i),
			"priority": []string{"low", "high"}[i%2]})
	}
}

func BenchmarkReadIssue(b *testing.B) {
	ann, items := benchmarkItems(b)
	item := ann.Must("POST", items, map[string]any{"name": "item"}).ID()
	for b.Loop() {
		ann.Must("GET", items+item+"/", nil)
	}
}

// join makes somebody a member of ann's workspace and project.
func join(t testing.TB, s *webtest.Server, who *webtest.Client) {
	t.Helper()
	err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		p, err := store.Projects.Get(tx, dbx.HashExp{"identifier": "PROJ"})
		if err != nil {
			return err
		}
		if err := store.WorkspaceMembers.Insert(tx,
			&store.WorkspaceMember{WorkspaceID: p.WorkspaceID, MemberID: who.User.ID, Role: 15, IsActive: true}); err != nil {
			return err
		}
		return store.ProjectMembers.Insert(tx,
			&store.ProjectMember{WorkspaceID: p.WorkspaceID, ProjectID: p.ID, MemberID: &who.User.ID, Role: 15, IsActive: true})
	})
	if err != nil {
		t.Fatal(err)
	}
}
