package importer_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/importer"
	"github.com/sailplane/sailplane/app/importer/reader"
	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// world is a workspace into which things are imported.
type world struct {
	*storetest.Filled
	t *testing.T
	a *app.App
}

func begin(t *testing.T, a *app.App) *world {
	return &world{storetest.Fill(t, a.DB, 3), t, a}
}

var noon = time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)

const allKnown = record.KnowsText | record.KnowsState | record.KnowsPriority | record.KnowsStart | record.KnowsTarget |
	record.KnowsAssignees | record.KnowsLabels | record.KnowsCycle | record.KnowsModules | record.KnowsArchived

// item is a work item of a source, with everything.
func item(n int) *record.Item {
	return &record.Item{At: record.At{File: "f", Row: n + 1}, Project: record.Project{Key: "OLD", Name: "The old one"},
		Key: fmt.Sprintf("OLD-%d", n), Number: n, Title: fmt.Sprint("item ", n), Known: allKnown,
		Text:  record.Text{Body: fmt.Sprint("text ", n)},
		State: record.State{Name: []string{"Doing", "Done", "Weird"}[n%3]}, Priority: "High",
		Labels: []record.Label{{Name: "bug"}, {Name: fmt.Sprint("l", n%2)}},
		Author: record.Person{Name: "Ann Other", Email: "ann@other.test"}, Assignees: []record.Person{{Name: "Bob"}},
		Created: noon, Updated: noon.Add(time.Hour), Target: "2024-04-01",
		Comments: []record.Comment{
			{Key: "1", Author: record.Person{Name: "Bob"}, At: noon, Text: record.Text{Body: "first"}},
			{Key: "2", Author: record.Person{Email: "ann@other.test"}, At: noon, Text: record.Text{Body: "second"}}},
		Links: []record.Link{{URL: "https://x.test/1"}}, Cycle: record.Cycle{Name: "S1", Start: "2024-03-01", End: "2024-03-14"},
		Modules: []string{"core"}, Work: []record.Work{{Minutes: 5, At: noon}}}
}

// source is some work items, the second below the first, the third related to it.
func source(n int) []*record.Item {
	var items []*record.Item
	for i := 1; i <= n; i++ {
		items = append(items, item(i))
	}
	if n > 2 {
		items[0].Parent = "OLD-2"
		items[2].Relations = []record.Relation{{Kind: "blocking", Key: "OLD-1"}}
		items[0].Relations = []record.Relation{{Kind: "blocked_by", Key: "OLD-3"}} // the same from the other side
	}
	return items
}

func (w *world) order(items []*record.Item) importer.Order {
	read := func(_ context.Context, _ record.Source, _ *record.Map, to record.Sink) error {
		for _, i := range items {
			own := *i
			if err := to.Item(&own); err != nil {
				return err
			}
		}
		return nil
	}
	return importer.Order{Kind: "test", Read: read, From: reader.FromFile("/nowhere/f", ""), Map: &record.Map{},
		Workspace: w.Workspace, By: w.User, Say: func(string) {}, Begin: project.Lay, Join: project.Enrol}
}

func (w *world) run(items []*record.Item) *importer.Report {
	w.t.Helper()
	r, err := importer.Run(w.t.Context(), w.a, w.order(items))
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// count counts living rows of what was imported.
func count[T any](w *world, table store.Table[T]) int {
	w.t.Helper()
	n, err := table.Count(w.a.DB.Read(w.t.Context()), dbx.HashExp{"workspace_id": w.Workspace.ID})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) counts() map[string]int {
	return map[string]int{"issues": count(w, store.Issues), "comments": count(w, store.IssueComments),
		"labels": count(w, store.Labels), "states": count(w, store.States), "assignees": count(w, store.IssueAssignees),
		"issue labels": count(w, store.IssueLabels), "links": count(w, store.IssueLinks),
		"relations": count(w, store.IssueRelations), "cycles": count(w, store.CycleIssues),
		"modules": count(w, store.ModuleIssues), "worklogs": count(w, store.Worklogs), "projects": count(w, store.Projects),
		"numbers": count(w, store.IssueSequences), "members": count(w, store.WorkspaceMembers),
		"activities": count(w, store.IssueActivities), "keys": count(w, store.ImportRows)}
}

func (w *world) find(key string) *store.Issue {
	w.t.Helper()
	i, err := store.Issues.Get(w.a.DB.Read(w.t.Context()), dbx.HashExp{"external_id": key, "external_source": "test"})
	if err != nil {
		w.t.Fatalf("%s: %v", key, err)
	}
	return i
}

func (w *world) write(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.a.DB.Write(w.t.Context(), w.User.ID, fn); err != nil {
		w.t.Fatal(err)
	}
}

func TestWhatIsImportedIsThere(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := begin(t, a)
		jobs, err := store.Jobs.Count(a.DB.Read(t.Context()), dbx.NewExp("1 = 1"))
		if err != nil {
			t.Fatal(err)
		}
		r := w.run(source(7))
		if r.Items.Made != 7 || r.Made["comments"] != 14 || r.Made["relations"] != 1 || r.Made["parents"] != 1 {
			t.Errorf("%+v", r)
		}
		i := w.find("OLD-1")
		if i.SequenceID != 1 || !i.CreatedAt.Equal(noon) || !i.UpdatedAt.Equal(noon.Add(time.Hour)) || i.Priority != "high" ||
			i.ParentID == nil || *i.ParentID != w.find("OLD-2").ID || i.DescriptionHTML != "<p>text 1</p>" {
			t.Errorf("%+v", i)
		}
		if after, _ := store.Jobs.Count(a.DB.Read(t.Context()), dbx.NewExp("1 = 1")); after != jobs {
			t.Errorf("%d jobs were left: somebody is told", after-jobs)
		}
		for _, p := range r.People {
			u, err := store.Users.Find(a.DB.Read(t.Context()), p.ID)
			if err != nil || u.IsActive || p.Is != importer.IsPlaceholder {
				t.Errorf("%+v may come in: %v", p, err)
			}
		}
		rel, err := store.IssueRelations.List(a.DB.Read(t.Context()), dbx.HashExp{"relation_type": "blocked_by"})
		if err != nil ||
			len(rel) != 1 || rel[0].IssueID != i.ID || rel[0].RelatedIssueID != w.find("OLD-3").ID {
			t.Errorf("relations %+v %v", rel, err)
		}
	})
}

func TestASecondRunDoublesNothing(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := begin(t, a)
		a.DB.Rehearse(true) // every transaction twice
		w.run(source(12))
		before := w.counts()
		r := w.run(source(12))
		if r.Items.Made+r.Items.Changed+r.Items.Kept != 0 || r.Items.Same != 12 || len(r.Made) != 0 && sum(r.Made) != 0 {
			t.Errorf("%+v", r)
		}
		if after := w.counts(); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%v became %v", before, after)
		}
	})
}

func sum(of map[string]int) (n int) {
	for _, v := range of {
		n += v
	}
	return n
}

// What changed in the source is taken; what people changed here stays theirs.
func TestChangesOnBothSides(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := begin(t, a)
		w.run(source(6))
		w.write(func(t *store.Tx) error {
			mine, err := store.Issues.Get(t, dbx.HashExp{"external_id": "OLD-2"})
			if err != nil {
				return err
			}
			mine.Name, mine.Priority = "my own name", "low"
			if err := store.Issues.Update(t, mine, "name", "priority"); err != nil {
				return err
			}
			c, err := store.IssueComments.Get(t, dbx.HashExp{"issue_id": mine.ID, "external_id": "1"})
			if err != nil {
				return err
			}
			c.CommentHTML = "<p>mine</p>"
			if err := store.IssueComments.Update(t, c, "comment_html"); err != nil {
				return err
			}
			gone, err := store.Issues.Get(t, dbx.HashExp{"external_id": "OLD-5"})
			if err != nil {
				return err
			}
			_, err = store.DeleteIssue(t, gone.ID)
			return err
		})
		items := source(6)
		items[1].Title, items[1].Text.Body = "their new name", "their new text"
		items[1].Comments[0].Text.Body, items[1].Comments[1].Text.Body = "theirs", "theirs too"
		items[2].State.Name, items[2].Labels, items[2].Assignees = "Done", []record.Label{{Name: "fresh"}}, nil
		items[2].Comments = append(items[2].Comments, record.Comment{Key: "3", Text: record.Text{Body: "third"}})
		r := w.run(items)
		if i := r.Items; i.Made != 0 || i.Changed != 2 || i.Kept != 1 || i.Gone != 1 || i.Same != 3 {
			t.Errorf("%+v\n%v", i, r.Notes)
		}
		two, three := w.find("OLD-2"), w.find("OLD-3")
		if two.Name != "my own name" || two.Priority != "low" || two.DescriptionHTML != "<p>their new text</p>" {
			t.Errorf("%+v", two)
		}
		s, err := store.States.Find(a.DB.Read(t.Context()), *three.StateID)
		if err != nil || s.Name != "Done" || three.CompletedAt == nil {
			t.Errorf("%+v %v %v", s, three.CompletedAt, err)
		}
		said, err := store.IssueComments.List(a.DB.Read(t.Context()),
			dbx.HashExp{"issue_id": []any{two.ID, three.ID}})
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, c := range said {
			words = append(words, c.CommentHTML)
		}
		slices.Sort(words)
		want := []string{"<p>first</p>", "<p>mine</p>", "<p>second</p>", "<p>theirs too</p>", "<p>third</p>"}
		if !slices.Equal(words, want) {
			t.Errorf("comments %v, want %v", words, want)
		}
		if again := w.run(items); again.Items.Changed != 0 || again.Items.Kept != 1 {
			t.Errorf("the third time: %+v", again.Items)
		}
	})
}

// Cut off anywhere, an import leaves whole work items only, and the next run ends with what an undisturbed one makes.
func TestCutOffAnywhereItGoesOn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := begin(t, a)
		were := w.counts()["issues"]
		runs := 0
		for steps := int32(30); ; steps += steps / 2 {
			if runs++; runs > 40 {
				t.Fatal("it comes to no end")
			}
			ctx := apptest.CutShort(t.Context(), steps)
			_, err := importer.Run(ctx, a, w.order(source(40)))
			if c := w.counts(); c["comments"] < 2*(c["issues"]-were) {
				t.Errorf("half a work item: %v", c)
			}
			if err == nil {
				break
			}
			if ctx.Err() == nil { // Postgres may say that the connection is bad
				t.Fatal(err)
			}
		}
		if runs < 3 {
			t.Errorf("it was cut off %d times only", runs-1)
		}
		got := w.counts()
		i := w.find("OLD-1")
		if i.ParentID == nil {
			t.Error("the parent is missing")
		}
		other := begin(t, apptest.New(t, storetest.SQLite(t)))
		other.run(source(40))
		if want := other.counts(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%v, undisturbed %v", got, want)
		}
		rows, err := importer.List(t.Context(), a, w.Workspace)
		if err != nil || len(rows) != 1 || rows[0].Status != store.ImportDone {
			t.Errorf("%d imports are listed: %v", len(rows), err)
		}
	})
}

func TestUndoRemovesAllOfIt(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := begin(t, a)
		a.DB.Rehearse(true)
		before := w.counts()
		r := w.run(source(9))
		d, err := importer.Find(t.Context(), a, r.ID)
		if err != nil || d.Rows["issue"] != 9 {
			t.Fatalf("%+v %v", d, err)
		}
		// A second import adds to the first one's work items, and is taken back alone.
		items := source(9)
		items[4].Comments = append(items[4].Comments, record.Comment{Key: "9", Text: record.Text{Body: "more"}})
		items[4].Relations = []record.Relation{{Kind: "duplicate", Key: "OLD-6"}}
		whole := w.counts()
		again := w.run(items)
		second, err := importer.Find(t.Context(), a, again.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := importer.Undo(t.Context(), a, second, w.User, func(*importer.Undone) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if after := w.counts(); fmt.Sprint(after) != fmt.Sprint(whole) {
			t.Errorf("undo of the second: %v, was %v", after, whole)
		}
		if _, err := importer.Undo(t.Context(), a, d, w.User, func(*importer.Undone) error { return nil }); err != nil {
			t.Fatal(err)
		}
		after := w.counts()
		for _, kind := range []string{"activities", "numbers", "states"} { // history stays, the rest goes later
			delete(before, kind)
			delete(after, kind)
		}
		if fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("undo of all: %v, was %v", after, before)
		}
		if r := w.run(source(9)); r.Items.Made != 9 {
			t.Errorf("imported anew: %+v", r.Items)
		}
	})
}

// A dry run says what a run then does, and writes nothing.
func TestADryRunTellsAndWritesNothing(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := begin(t, a)
		before := w.counts()
		o := w.order(source(8))
		o.Rehearse = true
		r, err := importer.Run(t.Context(), a, o)
		if err != nil {
			t.Fatal(err)
		}
		if after := w.counts(); fmt.Sprint(after) != fmt.Sprint(before) || r.ID != "" {
			t.Errorf("%v became %v", before, after)
		}
		real := w.run(source(8))
		delete(r.Made, "relations") // both sides count in a dry run
		delete(real.Made, "relations")
		if fmt.Sprint(r.Items, r.Made) != fmt.Sprint(real.Items, real.Made) {
			t.Errorf("said %v %v, did %v %v", r.Items, r.Made, real.Items, real.Made)
		}
	})
}
