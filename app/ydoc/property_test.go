package ydoc_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/sailplane/sailplane/app/ydoc"
	"pgregory.net/rapid"
)

// someValue draws a value as attributes have it.
func someValue(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		most := 7
		if depth == 0 {
			most = 5
		}
		switch rapid.IntRange(0, most).Draw(t, "type") {
		case 0:
			return nil
		case 1:
			return rapid.Bool().Draw(t, "bool")
		case 2:
			return rapid.SampledFrom([]float64{0, 1, -7, 1.5, 0.1, 1 << 40, -1e300}).Draw(t, "number")
		case 3:
			return someText().Draw(t, "text")
		case 4:
			return ydoc.Undefined
		case 5:
			return rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "bytes")
		case 6:
			return rapid.SliceOfN(someValue(depth-1), 0, 3).Draw(t, "array")
		default:
			return rapid.MapOfN(rapid.SampledFrom([]string{"a", "10", "9", "é"}), someValue(depth-1), 0, 3).Draw(t, "object")
		}
	})
}

func someText() *rapid.Generator[string] {
	return rapid.StringOfN(rapid.SampledFrom([]rune("ab é漢😀👨\n\"\\")), 1, 8, -1)
}

// someJSON draws what marks and embeds hold.
func someJSON() *rapid.Generator[any] {
	return rapid.SampledFrom([]any{true, "x", map[string]any{}, map[string]any{"href": "h<>&\u2028\x01"}, []any{nil, 1.0}})
}

func someNodes(depth int) *rapid.Generator[[]ydoc.Node] {
	return rapid.Custom(func(t *rapid.T) []ydoc.Node {
		var nodes []ydoc.Node
		for range rapid.IntRange(0, 4).Draw(t, "children") {
			if rapid.Bool().Draw(t, "is text") {
				nodes = append(nodes, ydoc.Node{Text: someRuns(t)})
				continue
			}
			n := ydoc.Node{Name: rapid.SampledFrom([]string{"p", "h1", "ul"}).Draw(t, "name")}
			for range rapid.IntRange(0, 2).Draw(t, "attributes") {
				if n.Attrs == nil {
					n.Attrs = map[string]any{}
				}
				n.Attrs[rapid.SampledFrom([]string{"level", "id", "é"}).Draw(t, "key")] = someValue(2).Draw(t, "value")
			}
			if depth > 0 {
				n.Children = someNodes(depth-1).Draw(t, "within")
			}
			nodes = append(nodes, n)
		}
		return nodes
	})
}

// someRuns draws a text in which neighbours have different marks.
func someRuns(t *rapid.T) []ydoc.Run {
	var runs []ydoc.Run
	for range rapid.IntRange(0, 4).Draw(t, "runs") {
		var r ydoc.Run
		for range rapid.IntRange(0, 2).Draw(t, "marks") {
			if r.Marks == nil {
				r.Marks = map[string]any{}
			}
			r.Marks[rapid.SampledFrom([]string{"bold", "link"}).Draw(t, "mark")] = someJSON().Draw(t, "mark's value")
		}
		if rapid.IntRange(0, 4).Draw(t, "embed") == 0 {
			r.Embed = someJSON().Draw(t, "embedded")
		} else {
			r.Text = someText().Draw(t, "text")
		}
		if last := len(runs) - 1; last >= 0 && r.Embed == nil && runs[last].Embed == nil &&
			reflect.DeepEqual(runs[last].Marks, r.Marks) {
			runs[last].Text += r.Text
			continue
		}
		runs = append(runs, r)
	}
	return runs
}

func TestReplacedContentIsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, other := ydoc.New(), ydoc.New()
		for i := range rapid.IntRange(1, 5).Draw(t, "times") {
			content := someNodes(2).Draw(t, "content")
			update, err := d.Replace("default", content, uint64(1+i%2))
			if err != nil {
				t.Fatal(err)
			}
			if got := d.Content("default"); !sameNodes(got, content) {
				t.Fatalf("content is\n%s\nafter replacing it by\n%s", encoded(plainNodes(got)), encoded(plainNodes(content)))
			}
			if again, err := d.Replace("default", content, 9); again != nil || err != nil {
				t.Fatalf("replacing by the same is a change: %x, %v", again, err)
			}
			if update == nil {
				continue
			}
			if err := other.Apply(update); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(whole(t, d), whole(t, other)) {
			t.Fatal("who gets the updates has another document")
		}
	})
}

func sameNodes(a, b []ydoc.Node) bool {
	return bytes.Equal(encoded(plainNodes(a)), encoded(plainNodes(b)))
}

func whole(t *rapid.T, d *ydoc.Doc) []byte {
	b, err := d.Diff(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// written draws what several clients write who see some of what the others do.
func written(t *rapid.T) (updates [][]byte) {
	docs := make([]*ydoc.Doc, rapid.IntRange(2, 4).Draw(t, "clients"))
	seen := make([]int, len(docs))
	for i := range docs {
		docs[i] = ydoc.New()
	}
	for range rapid.IntRange(1, 12).Draw(t, "edits") {
		i := rapid.IntRange(0, len(docs)-1).Draw(t, "who")
		for upTo := rapid.IntRange(seen[i], len(updates)).Draw(t, "sees"); seen[i] < upTo; seen[i]++ {
			if err := docs[i].Apply(updates[seen[i]]); err != nil {
				t.Fatal(err)
			}
		}
		u, err := docs[i].Replace("default", mutated(t, docs[i].Content("default")), uint64(i+1))
		if err != nil {
			t.Fatal(err)
		}
		if u != nil {
			updates = append(updates, u)
		}
	}
	return updates
}

// mutated changes a part of a content.
func mutated(t *rapid.T, nodes []ydoc.Node) []ydoc.Node {
	if len(nodes) == 0 || rapid.IntRange(0, 3).Draw(t, "change") == 0 {
		return append(someNodes(1).Draw(t, "before"), nodes...)
	}
	nodes = append([]ydoc.Node(nil), nodes...)
	at := rapid.IntRange(0, len(nodes)-1).Draw(t, "at")
	switch n := &nodes[at]; {
	case rapid.IntRange(0, 4).Draw(t, "delete") == 0:
		nodes = append(nodes[:at], nodes[at+1:]...)
	case n.Name != "":
		n.Children = mutated(t, n.Children)
	default:
		cut := rapid.IntRange(0, len(n.Text)).Draw(t, "cut")
		n.Text = append(append(append([]ydoc.Run(nil), n.Text[:cut]...), someRuns(t)...), n.Text[cut:]...)
	}
	return nodes
}

// Every order and repetition of updates gives the same document: equal bytes when a new one gets it whole.
func TestOrderAndRepetitionDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		updates := written(t)
		inOrder := ydoc.New()
		for _, u := range updates {
			if err := inOrder.Apply(u); err != nil {
				t.Fatal(err)
			}
		}
		shuffled := rapid.Permutation(append(updates, updates[:len(updates)/2]...)).Draw(t, "order")
		other := ydoc.New()
		for _, u := range shuffled {
			if err := other.Apply(u); err != nil {
				t.Fatal(err)
			}
		}
		a, b := copyOf(t, inOrder), copyOf(t, other)
		if !bytes.Equal(whole(t, a), whole(t, b)) || !bytes.Equal(a.StateVector(), other.StateVector()) {
			t.Fatalf("another order gives another document:\n%s\n%s",
				encoded(plainNodes(a.Content("default"))), encoded(plainNodes(b.Content("default"))))
		}
	})
}

func copyOf(t *rapid.T, d *ydoc.Doc) *ydoc.Doc {
	c := ydoc.New()
	if err := c.Apply(whole(t, d)); err != nil {
		t.Fatal(err)
	}
	return c
}

// Two who exchange what the other lacks have the same document, whatever they had.
func TestDifferencesConverge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := ydoc.New(), ydoc.New()
		for _, u := range written(t) {
			for _, d := range []*ydoc.Doc{a, b} {
				if rapid.Bool().Draw(t, "has it") {
					if err := d.Apply(u); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		toA, err := b.Diff(a.StateVector())
		if err != nil {
			t.Fatal(err)
		}
		toB, err := a.Diff(b.StateVector())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(a.Apply(toA), b.Apply(toB)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(whole(t, copyOf(t, a)), whole(t, copyOf(t, b))) {
			t.Fatal("they differ")
		}
	})
}

// An update that is refused leaves everything as it was.
func TestRefusedUpdatesChangeNothing(t *testing.T) {
	refused := 0
	rapid.Check(t, func(t *rapid.T) {
		d := ydoc.WithLimits(ydoc.Limits{
			Depth: rapid.IntRange(1, 3).Draw(t, "depth"), Steps: rapid.IntRange(1, 20).Draw(t, "steps"),
			Pending: rapid.IntRange(200, 3000).Draw(t, "pending"),
		})
		for _, u := range rapid.Permutation(written(t)).Draw(t, "order") {
			before, content, size := whole(t, d), encoded(plainNodes(d.Content("default"))), d.Size()
			err := d.Apply(u)
			if err == nil {
				continue
			}
			refused++
			if !errors.Is(err, ydoc.ErrTooLarge) {
				t.Fatal(err)
			}
			if !bytes.Equal(whole(t, d), before) || d.Size() != size ||
				!bytes.Equal(encoded(plainNodes(d.Content("default"))), content) {
				t.Fatalf("%v, and yet something changed", err)
			}
		}
	})
	if refused == 0 {
		t.Error("nothing was refused")
	}
	fmt.Println(refused, "updates refused")
}
