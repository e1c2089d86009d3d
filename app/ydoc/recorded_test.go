package ydoc_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/ydoc"
)

// A recording is a document that clients of Yjs wrote, and what Yjs says of it. .ci/live-oracle makes them.
type recording struct {
	Seed    int
	Updates [][]byte
	Tree    json.RawMessage
	Ways    []way
}

// A way is an order in which a document got updates: alone, repeated, merged and cut.
type way struct {
	Updates []int
	States  []string // the hash of encodeStateAsUpdate after each; "": not recorded
	SV      []byte
	Diffs   []struct {
		SV   []byte
		Hash string
	}
	Tree string // where it is another than the recording's, as something is missing
}

// recordings reads those of the package, or those of SAILPLANE_YDOC_RECORDED.
func recordings(t testing.TB) []recording {
	path := "testdata/recorded.jsonl.gz"
	if other := os.Getenv("SAILPLANE_YDOC_RECORDED"); other != "" {
		path = other
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var from io.Reader = bufio.NewReader(file)
	if strings.HasSuffix(path, ".gz") {
		if from, err = gzip.NewReader(from); err != nil {
			t.Fatal(err)
		}
	}
	var all []recording
	for decoder := json.NewDecoder(from); ; {
		var r recording
		if err := decoder.Decode(&r); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
}

// Whatever way updates come, the document has the bytes of Yjs's after each, and the same tree at the end.
func TestRecordedDocuments(t *testing.T) {
	for _, r := range recordings(t) {
		for n, w := range r.Ways {
			d := ydoc.New()
			for i, u := range w.Updates {
				if err := d.Apply(r.Updates[u]); err != nil {
					t.Fatalf("seed %d, way %d, update %d: %v", r.Seed, n, i, err)
				}
				if want := w.States[i]; want != "" && hash(diff(t, d, nil)) != want {
					t.Fatalf("seed %d, way %d: other bytes than Yjs after update %d of %d",
						r.Seed, n, i, len(w.Updates))
				}
			}
			if !bytes.Equal(d.StateVector(), w.SV) {
				t.Errorf("seed %d, way %d: state vector %x, Yjs has %x", r.Seed, n, d.StateVector(), w.SV)
			}
			for _, x := range w.Diffs {
				if hash(diff(t, d, x.SV)) != x.Hash {
					t.Errorf("seed %d, way %d: other difference to %x", r.Seed, n, x.SV)
				}
			}
			want := []byte(w.Tree)
			if w.Tree == "" {
				if err := json.Unmarshal(r.Tree, (*text)(&want)); err != nil {
					t.Fatal(err)
				}
			}
			if got := tree(d); !reflect.DeepEqual(got, parsed(t, want)) {
				t.Errorf("seed %d, way %d: tree\n%s\nYjs has\n%s", r.Seed, n, encoded(got), want)
			}
		}
	}
}

// text is a JSON string kept as bytes.
type text []byte

func (b *text) UnmarshalJSON(quoted []byte) error {
	var s string
	err := json.Unmarshal(quoted, &s)
	*b = text(s)
	return err
}

func diff(t testing.TB, d *ydoc.Doc, stateVector []byte) []byte {
	t.Helper()
	b, err := d.Diff(stateVector)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:4])
}

func parsed(t testing.TB, b []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func encoded(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// tree is a document as plain JSON, as the oracle writes it.
func tree(d *ydoc.Doc) any {
	return map[string]any{"default": plainNodes(d.Content("default")), "title": plainNodes(d.Content("title"))}
}

func plainNodes(nodes []ydoc.Node) any {
	out := []any{}
	for _, n := range nodes {
		out = append(out, plainNode(n))
	}
	return out
}

func plainNode(n ydoc.Node) any {
	if n.Name != "" {
		return map[string]any{"n": n.Name, "a": plainObject(n.Attrs), "c": plainNodes(n.Children)}
	}
	runs := []any{}
	for _, r := range n.Text {
		run := map[string]any{}
		switch embed := r.Embed.(type) {
		case ydoc.Node:
			run["e"] = map[string]any{"$node": plainNode(embed)}
		case nil:
			run["i"] = r.Text
		default:
			run["e"] = plain(embed)
		}
		if len(r.Marks) > 0 {
			run["m"] = plainObject(r.Marks)
		}
		runs = append(runs, run)
	}
	return map[string]any{"t": runs}
}

func plainObject(m map[string]any) any {
	out := map[string]any{}
	for k, v := range m {
		out[k] = plain(v)
	}
	return out
}

// plain tells apart what JSON cannot.
func plain(v any) any {
	switch v := v.(type) {
	case []byte:
		return map[string]any{"$bytes": base64.StdEncoding.EncodeToString(v)}
	case int64:
		return map[string]any{"$big": encodedInt(v)}
	case []any:
		out := []any{}
		for _, e := range v {
			out = append(out, plain(e))
		}
		return out
	case map[string]any:
		return plainObject(v)
	}
	if v == ydoc.Undefined {
		return map[string]any{"$undefined": 1.0}
	}
	return v
}

func encodedInt(n int64) string { return string(encoded(n)) }
