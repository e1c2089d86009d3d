package ydoc_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/sailplane/sailplane/app/ydoc"
)

// Writes documents for Yjs to read, which .ci/live-oracle checks: recorded ones, their contents replaced by those of
// others.
func TestWriteForYjs(t *testing.T) {
	path := os.Getenv("SAILPLANE_YDOC_WRITTEN")
	if path == "" {
		t.Skip("SAILPLANE_YDOC_WRITTEN names no file")
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all := recordings(t)
	for i, r := range all {
		d, updates := ydoc.New(), [][]byte{diff(t, played(t, r), nil)}
		if err := d.Apply(updates[0]); err != nil {
			t.Fatal(err)
		}
		for step, content := range contentsFor(t, all, i, d) {
			update, err := d.Replace("default", content, uint64(5_000_000_000+step%2))
			if err != nil {
				t.Fatal(err)
			}
			if !sameNodes(d.Content("default"), content) {
				t.Fatalf("seed %d: replaced content is another", r.Seed)
			}
			if update != nil {
				updates = append(updates, update)
			}
		}
		line := map[string]any{"seed": r.Seed, "updates": updates, "full": diff(t, d, nil), "tree": tree(d)}
		if err := json.NewEncoder(file).Encode(line); err != nil {
			t.Fatal(err)
		}
	}
}

// contentsFor returns what to replace a document's content by: parts of it, and those of its neighbour.
func contentsFor(t *testing.T, all []recording, i int, d *ydoc.Doc) [][]ydoc.Node {
	t.Helper()
	other := played(t, all[(i+1)%len(all)])
	mine, others := d.Content("default"), other.Content("default")
	edited := append([]ydoc.Node(nil), mine...)
	for n := range edited {
		if edited[n].Name == "" && len(edited[n].Text) > 0 && edited[n].Text[0].Embed == nil {
			edited[n].Text = append([]ydoc.Run(nil), edited[n].Text...)
			edited[n].Text[0].Text += " ünd 😀"
		}
	}
	return [][]ydoc.Node{edited, append(append([]ydoc.Node{}, others...), mine...), others, mine}
}

// played returns a recorded document.
func played(t testing.TB, r recording) *ydoc.Doc {
	t.Helper()
	d := ydoc.New()
	for _, u := range r.Ways[0].Updates {
		if err := d.Apply(r.Updates[u]); err != nil {
			t.Fatalf("seed %d: %v", r.Seed, err)
		}
	}
	return d
}
