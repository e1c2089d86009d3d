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

func TestLettersOfEitherCaseAreFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := shard(t, db, "P", "ΣΊΣΥΦΟΣ", "Σίσυφος", "İstanbul bug", "istanbul", "ÄRGER", "ПРИВЕТ", "Straße")
		for text, want := range map[string][]string{
			"σίσυφος": {"Σίσυφος", "ΣΊΣΥΦΟΣ"}, "ΣΊΣΥΦΟΣ": {"Σίσυφος", "ΣΊΣΥΦΟΣ"}, "φος": {"Σίσυφος", "ΣΊΣΥΦΟΣ"},
			"ος": {"Σίσυφος", "ΣΊΣΥΦΟΣ"}, "istanbul": {"istanbul", "İstanbul bug"}, "İSTANBUL": {"istanbul", "İstanbul bug"},
			"is": {"istanbul", "İstanbul bug"}, "ärger": {"ÄRGER"}, "är": {"ÄRGER"}, "привет": {"ПРИВЕТ"}, "пр": {"ПРИВЕТ"},
			"STRAßE": {"Straße"},
		} {
			slices.Sort(want)
			if got := found(t, db, store.IssueSearch{Projects: []store.SearchProject{p}, Text: text,
				NoNumbers: true}); !slices.Equal(got, want) {
				t.Errorf("%q: found %q, want %q", text, got, want)
			}
		}
	})
}

// Work items by the index, and everything else by its column, are found by what Fold says, on either database.
func TestSearchFoldsLettersAlike(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			words := rapid.StringMatching(`[a-cA-CiIİäÄéÉσςΣφΦοΟжЖёЁßŁł%_]{1,8}`)
			names := rapid.SliceOfN(words, 1, 5).Draw(rt, "names")
			p := shard(t, db, fmt.Sprint("~", n), names...)
			text := rapid.OneOf(words, rapid.Custom(func(rt *rapid.T) string {
				name := []rune(rapid.SampledFrom(names).Draw(rt, "name"))
				from := rapid.IntRange(0, len(name)-1).Draw(rt, "from")
				part := string(name[from:rapid.IntRange(from+1, len(name)).Draw(rt, "to")])
				return rapid.SampledFrom([]string{part, strings.ToUpper(part), strings.ToLower(part)}).Draw(rt, "case")
			})).Draw(rt, "text")
			want := []string{}
			for _, name := range names {
				if strings.Contains(store.Fold(name), store.Fold(text)) {
					want = append(want, name)
				}
			}
			slices.Sort(want)
			if got := found(t, db, store.IssueSearch{Projects: []store.SearchProject{p}, Text: text,
				NoNumbers: true}); !slices.Equal(got, want) {
				rt.Errorf("%q in %q: found %q, want %q", text, names, got, want)
			}
			var rows []store.Issue
			q := store.Issues.Query(db.Read(context.Background())).AndWhere(store.Contains("issues.name", text))
			if err := q.AndWhere(store.In("project_id", []string{p.ID})).All(&rows); err != nil {
				rt.Fatal(err)
			}
			if len(rows) != len(want) {
				rt.Errorf("%q in %q: %d rows contain it, want %q", text, names, len(rows), want)
			}
		})
	})
}
