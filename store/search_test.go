package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// shard is a project with work items to search.
func shard(t testing.TB, db *store.DB, identifier string, names ...string) store.SearchProject {
	t.Helper()
	p := store.SearchProject{Identifier: identifier, Name: identifier}
	err := db.Write(context.Background(), "", func(tx *store.Tx) error {
		u := &store.User{Username: identifier}
		if err := store.Users.Insert(tx, u); err != nil {
			return err
		}
		w := &store.Workspace{Name: identifier, Slug: identifier, OwnerID: u.ID}
		if err := store.Workspaces.Insert(tx, w); err != nil {
			return err
		}
		row := &store.Project{Name: identifier, Identifier: identifier, WorkspaceID: w.ID}
		if err := store.Projects.Insert(tx, row); err != nil {
			return err
		}
		p.ID = row.ID
		for i, name := range names {
			if err := store.Issues.Insert(tx,
				&store.Issue{Name: name, SequenceID: i + 1, ProjectID: row.ID, WorkspaceID: w.ID,
					IssueValues: store.IssueValues{Priority: "none"}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func found(t testing.TB, db *store.DB, q store.IssueSearch) []string {
	t.Helper()
	q.Limit = 100
	list, err := store.SearchIssues(db.Read(context.Background()), q)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, f := range list {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
}

func TestSearchIssues(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		red := shard(t, db, "RED", "Window is broken", "a second WINDOW", "100% done", `say "hello"`, "Größe ändern")
		blue := shard(t, db, "BLUE", "Door", "window of the blue house")
		both := []store.SearchProject{red, blue}
		for _, tt := range []struct {
			in   []store.SearchProject
			text string
			want []string
		}{
			{both[:1], "window", []string{"Window is broken", "a second WINDOW"}},
			{both, "WINDOW", []string{"Window is broken", "a second WINDOW", "window of the blue house"}},
			{both[:1], "broken window", []string{"Window is broken"}},
			{both[:1], "indo", []string{"Window is broken", "a second WINDOW"}},
			{both[:1], "is", []string{"Window is broken"}},
			{both[:1], "%", []string{"100% done"}},
			{both[:1], "_", []string{}},
			{both[:1], `"hello"`, []string{`say "hello"`}},
			{both[:1], "größe", []string{"Größe ändern"}},
			{both, "BLUE-1", []string{"Door", "Window is broken"}},
			{both, "blu", []string{"Door", "window of the blue house"}},
			{both[:1], "2.5", []string{"Größe ändern", "a second WINDOW"}},
			{both[:1], "no such thing", []string{}},
			{both[:1], "99999999999999999999", []string{}},
		} {
			if got := found(t, db, store.IssueSearch{Projects: tt.in, Text: tt.text}); !slices.Equal(got, tt.want) {
				t.Errorf("%q: found %q, want %q", tt.text, got, tt.want)
			}
		}
	})
}

func TestSearchFollowsChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := shard(t, db, "RED", "before", "stays")
		err := db.Write(context.Background(), "", func(tx *store.Tx) error {
			_, err := tx.Exec("UPDATE issues SET name = 'afterwards' WHERE name = 'before'")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		in := []store.SearchProject{p}
		if got := found(t, db, store.IssueSearch{Projects: in, Text: "before"}); len(got) > 0 {
			t.Errorf("the old name is found: %q", got)
		}
		if got := found(t, db, store.IssueSearch{Projects: in, Text: "afterwards"}); len(got) != 1 {
			t.Errorf("the new name is not found: %q", got)
		}
		err = db.Write(context.Background(), "", func(tx *store.Tx) error {
			_, err := tx.Exec("DELETE FROM issues WHERE name = 'afterwards'")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := found(t, db, store.IssueSearch{Projects: in}); len(got) != 1 {
			t.Errorf("left: %q, want what stays", got)
		}
	})
}

// Whatever the reference finds (the text is part of the name), we find.
func TestSearchFindsEveryPartOfAName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			names := rapid.SliceOfN(rapid.StringMatching(`[a-zA-Z0-9 "%_\\é-]{1,20}`), 1, 5).Draw(rt, "names")
			p := shard(t, db, fmt.Sprint("~", n), names...)
			name := []rune(rapid.SampledFrom(names).Draw(rt, "name"))
			from := rapid.IntRange(0, len(name)-1).Draw(rt, "from")
			to := rapid.IntRange(from+1, len(name)).Draw(rt, "to")
			text := string(name[from:to])
			got := found(t, db, store.IssueSearch{Projects: []store.SearchProject{p}, Text: text})
			for _, want := range names {
				if strings.Contains(want, text) && !slices.Contains(got, want) {
					rt.Errorf("%q does not find %q", text, want)
				}
			}
		})
	})
}
