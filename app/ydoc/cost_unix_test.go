//go:build unix

package ydoc_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"syscall"
	"testing"

	"github.com/sailplane/sailplane/app/ydoc"
)

// Measures processor time beside that of Yjs, which .ci/live-oracle/cost.mjs has measured on the same machine. Bytes
// have to be the same.
func TestCostBesideYjs(t *testing.T) {
	path := os.Getenv("SAILPLANE_YDOC_COST")
	if path == "" {
		t.Skip("SAILPLANE_YDOC_COST names no file")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var measured map[string]struct {
		Start, Full []byte
		Updates     [][]byte
		Yjs         float64 // µs of processor time an update
	}
	if err := json.Unmarshal(b, &measured); err != nil {
		t.Fatal(err)
	}
	for name, m := range measured {
		var runs []float64
		for range 11 {
			d := ydoc.New()
			if err := d.Apply(m.Start); err != nil {
				t.Fatal(err)
			}
			before := processorTime(t)
			for _, u := range m.Updates {
				if err := d.Apply(u); err != nil {
					t.Fatal(err)
				}
			}
			runs = append(runs, (processorTime(t)-before)/float64(len(m.Updates)))
			if !bytes.Equal(diff(t, d, nil), m.Full) {
				t.Fatalf("%s: other bytes than Yjs", name)
			}
		}
		slices.Sort(runs)
		took := runs[len(runs)/2]
		t.Logf("%s: %d updates, %d bytes in the end: %.2f µs an update, Yjs %.2f µs: %.1f times less", name,
			len(m.Updates), len(m.Full), took, m.Yjs, m.Yjs/took)
	}
}

// processorTime returns microseconds of this process.
func processorTime(t *testing.T) float64 {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	sum := func(v syscall.Timeval) float64 { return float64(v.Sec)*1e6 + float64(v.Usec) }
	return sum(usage.Utime) + sum(usage.Stime)
}
