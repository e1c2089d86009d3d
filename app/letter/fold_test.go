package letter

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// For any sequence of changes of a field with one value and of one with several, a letter shows the first value and the
// last one, what came and what went, and nothing of what was taken back.
func TestFoldShowsFirstToLast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		priorities := []string{"none", "low", "high", "urgent"}
		labels := []string{"a", "b", "c"}
		priority, has := rapid.SampledFrom(priorities).Draw(t, "priority"), map[string]bool{}
		for _, l := range labels {
			if rapid.Bool().Draw(t, "has") {
				has[l] = true
			}
		}
		first, had := priority, maps.Clone(has)
		var f Fold
		at := time.Now()
		for range rapid.IntRange(0, 12).Draw(t, "changes") {
			at = at.Add(time.Second)
			actor := rapid.SampledFrom([]string{"ann", "ben"}).Draw(t, "actor")
			if rapid.Bool().Draw(t, "a label") {
				l := rapid.SampledFrom(labels).Draw(t, "label")
				if has[l] {
					f.Add(Change{Field: "labels", Verb: "updated", Old: l, OldID: "id " + l, Actor: actor, At: at})
				} else {
					f.Add(Change{Field: "labels", Verb: "updated", New: l, NewID: "id " + l, Actor: actor, At: at})
				}
				has[l] = !has[l]
				continue
			}
			next := rapid.SampledFrom(slices.DeleteFunc(slices.Clone(priorities),
				func(p string) bool { return p == priority })).Draw(t, "next")
			f.Add(Change{Field: "priority", Verb: "updated", Old: priority, New: next, Actor: actor, At: at})
			priority = next
		}
		var added, removed []string
		for _, l := range labels {
			switch {
			case has[l] && !had[l]:
				added = append(added, l)
			case had[l] && !has[l]:
				removed = append(removed, l)
			}
		}
		want := map[string]string{}
		if priority != first {
			want["priority"] = first + " → " + priority
		}
		if len(added)+len(removed) > 0 {
			want["labels"] = "+" + strings.Join(added, "+") + "-" + strings.Join(removed, "-")
		}
		got := map[string]string{}
		for _, l := range f.Lines(func(string) bool { return false }) {
			got[l.Field] = l.From + " → " + l.To
			if l.Field == "labels" {
				slices.Sort(l.Added)
				slices.Sort(l.Removed)
				got[l.Field] = "+" + strings.Join(l.Added, "+") + "-" + strings.Join(l.Removed, "-")
			}
			if len(l.Actors) == 0 || l.At.IsZero() {
				t.Errorf("%s: nobody at no time", l.Field)
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// Whatever a comment is, nothing of it is HTML, and it is no longer than a letter takes.
func FuzzSpoken(f *testing.F) {
	for _, seed := range []string{"<p>a<br>b</p>", "<script>x</script>", `<mention-component entity_name="user_mention"`, "&lt;p&gt;",
		"<ul><li>x<li>y</ul>", "\x00\xff\u202e", strings.Repeat("<p>x</p>", 100)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		text := excerpt(spoken(source, func(string) string { return "ann" }), "@ann")
		if n := len([]rune(text)); n > mostText || strings.Count(text, "\n") > mostLines+1 {
			t.Errorf("%d characters, %d lines", n, strings.Count(text, "\n"))
		}
		if strings.ContainsAny(text, "\x00\r\u202e") {
			t.Errorf("%q", text)
		}
	})
}

// Every field has its word, and one that came later is called something, too.
func TestWordsAreThere(t *testing.T) {
	for key, value := range words() {
		if strings.TrimSpace(value) == "" {
			t.Errorf("%s is empty", key)
		}
	}
	for _, field := range order {
		if _, ok := words()["field."+field]; !ok {
			t.Errorf("no word for %s", field)
		}
	}
	if got := label("due_soon"); got != "Due soon" {
		t.Errorf("an unknown field: %q", got)
	}
}
