package ydoc_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/ydoc"
)

// wire builds updates by hand: integers as lib0 writes them, strings with their length.
func wire(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			b = binary.AppendUvarint(b, uint64(p))
		case string:
			b = append(binary.AppendUvarint(b, uint64(len(p))), p...)
		case byte:
			b = append(b, p)
		case []byte:
			b = append(b, p...)
		}
	}
	return b
}

// The first byte of a struct says what it names beside its kind.
const infoOrigin, infoBoth byte = 0x80, 0xC0

// hostileUpdates are what nobody's editor writes.
var (
	malformed = map[string][]byte{
		"more deletions than there are": wire(0, 1, 1, math.MaxInt32, 0, 1),
		"more values than there are":    wire(1, 1, 1, 0, 8, 1, "default", math.MaxInt32, 126, 0),
		"a text longer than it is":      wire(1, 1, 1, 0, 4, 1, "default", math.MaxInt32, "x", 0),
		"a clock out of range":          wire(1, 2, 1, 1<<53-2, 0, 1<<52, 0, 1, 0),
		"an integer out of range":       append(bytes.Repeat([]byte{0xff}, 12), 1),
		"a text that is not UTF-8":      wire(1, 1, 1, 0, 4, 1, "default", "\xff", 0),
		"a mark that is not JSON":       wire(1, 1, 1, 0, 6, 1, "default", "bold", "{", 0),
		"an unknown kind":               wire(1, 1, 1, 0, 11, 1, "default", 0),
		"an unknown type":               wire(1, 1, 1, 0, 7, 1, "default", 9, 0),
		"a struct that needs itself":    wire(1, 1, 1, 0, infoOrigin|4, 1, 0, "x", 0),
		"a struct that needs later":     wire(1, 1, 1, 0, infoOrigin|4, 1, 7, "x", 0),
		"values nested too deeply":      wire(1, 1, 1, 0, 8, 1, "default", 1, bytes.Repeat(wire(117, 1), 1000), 126, 0),
		"JSON nested too deeply":        wire(1, 1, 1, 0, 5, 1, "default", strings.Repeat("[", 100)+strings.Repeat("]", 100), 0),
	}
	tooLarge = map[string][]byte{
		"more structs than there are":                       wire(1, math.MaxInt32, 1, 0, 0, 1),
		"more clients than there are":                       wire(math.MaxInt32, 1, 1, 0, 0, 1, 0),
		"elements nested too deeply":                        nested(1000),
		"too many structs":                                  wire(1, 700_000, 1, 0, bytes.Repeat(wire(0, 1), 700_000), 0),
		"too many deletions":                                wire(0, 1, 1, 700_000, bytes.Repeat(wire(0, 1), 700_000)),
		"a conflict of all with all":                        conflicts(60_000),
		"cuts through a text that has to be looked through": cuts(100_000, 30_000),
	}
)

func nested(depth int) []byte {
	b := wire(1, depth, 1, 0, 7, 1, "default", 3, "p")
	for i := range depth - 1 {
		b = append(b, wire(7, 0, 1, i, 3, "p")...)
	}
	return wire(b, 0)
}

// conflicts has structs at one place that each have to be compared with all before.
func conflicts(n int) []byte {
	b := wire(1, 2*n, 1, 0, 4, 1, "default", "a")
	for i := range n - 1 {
		b = append(b, wire(infoOrigin|4, 1, i, "a")...)
	}
	for i := range n {
		b = append(b, wire(0x40|4, 1, n-1-i, "b")...)
	}
	return wire(b, 0)
}

// cuts has structs whose origins are all over a text, from the end.
func cuts(length, n int) []byte {
	b := wire(1, n+1, 1, 0, 4, 1, "default", strings.Repeat("é", length))
	for i := range n {
		b = append(b, wire(infoOrigin|4, 1, length-1-i, "b")...)
	}
	return wire(b, 0)
}

func TestHostileUpdatesAreRefused(t *testing.T) {
	for want, updates := range map[error]map[string][]byte{ydoc.ErrMalformed: malformed, ydoc.ErrTooLarge: tooLarge} {
		for name, u := range updates {
			t.Run(name, func(t *testing.T) {
				d := ydoc.New()
				if _, err := d.Replace("default", paragraphs(300), 99); err != nil {
					t.Fatal(err)
				}
				before, size := diff(t, d, nil), d.Size()
				err := d.Apply(u)
				if !errors.Is(err, want) {
					t.Fatalf("%v, it should be: %v", err, want)
				}
				if !bytes.Equal(diff(t, d, nil), before) || d.Size() != size {
					t.Errorf("%v, and yet something changed: %d bytes were %d", err, d.Size(), size)
				}
			})
		}
	}
}

// What is known already costs time too.
func TestKnownStructsThatCutAreRefused(t *testing.T) {
	const letters, n = 100_000, 30_000
	d := ydoc.New()
	if err := d.Apply(wire(2, 1, 2, 0, 0, n, 1, 1, 0, 4, 1, "default", strings.Repeat("é", letters), 0)); err != nil {
		t.Fatal(err)
	}
	before := diff(t, d, nil)
	again := wire(1, n, 2, 0)
	for i := range n {
		again = append(again, wire(infoOrigin|4, 1, letters-1-i, "b")...)
	}
	if err := d.Apply(wire(again, 0)); !errors.Is(err, ydoc.ErrTooLarge) {
		t.Error(err)
	}
	if !bytes.Equal(diff(t, d, nil), before) {
		t.Error("something changed")
	}
}

// The costliest updates that are taken: memory keeps to a multiple of their bytes.
func TestMemoryKeepsToTheUpdate(t *testing.T) {
	const n = 100_000
	many := func(head []byte, each ...any) []byte { return wire(head, bytes.Repeat(wire(each...), n), 0) }
	clients := wire(n)
	for i := range n {
		clients = append(clients, wire(1, n-i, 0, 0, 1)...)
	}
	attributes := wire(1, n+2, 1, 0, 7, 1, "default", 3, "p", 0x20|8, 0, 1, 0, "k", 1, 126)
	for i := range n {
		attributes = append(attributes, wire(infoOrigin|8, 1, i+1, 1, 126)...)
	}
	for name, u := range map[string][]byte{
		"collected":     many(wire(1, n, 1, 0), 0, 1),
		"deleted":       many(wire(1, n+1, 1, 0, 4, 1, "default", "a"), infoOrigin|1, 1, 0, 1),
		"waiting":       many(wire(1, n/10, 1, 7), 0, 1),
		"attributes":    wire(attributes, 0),
		"clients":       wire(clients, 0),
		"deletions":     wire(0, 1, 1, n, bytes.Repeat(wire(5, 1), n)),
		"empty objects": many(wire(1, 1, 1, 0, 8, 1, "default", n), 118, 0),
	} {
		t.Run(name, func(t *testing.T) {
			var start, end runtime.MemStats
			runtime.ReadMemStats(&start)
			err := ydoc.New().Apply(u)
			runtime.ReadMemStats(&end)
			if err != nil {
				t.Fatal(err)
			}
			if per := float64(end.TotalAlloc-start.TotalAlloc) / float64(len(u)); per > mostPerByte {
				t.Errorf("%.0f bytes of memory for each of %d bytes", per, len(u))
			} else {
				t.Logf("%.0f bytes of memory for each of %d bytes", per, len(u))
			}
		})
	}
}

// What is refused puts a character together again that it tore apart.
func TestRefusedUpdateLeavesCharactersWhole(t *testing.T) {
	d := ydoc.New()
	if err := d.Apply(wire(1, 1, 1, 0, 4, 1, "default", "é😀x😀", 0)); err != nil {
		t.Fatal(err)
	}
	before := diff(t, d, nil)
	torn := wire(2, 2, 9, 0, infoOrigin|4, 1, 1, "in", infoBoth|4, 1, 4, 1, 5, "in", 1000, 7, 0, 7, 1, "default", 3, "p")
	for i := range 999 {
		torn = append(torn, wire(7, 0, 7, i, 3, "p")...)
	}
	if err := d.Apply(wire(torn, 0)); !errors.Is(err, ydoc.ErrTooLarge) {
		t.Fatal(err)
	}
	if !bytes.Equal(diff(t, d, nil), before) {
		t.Errorf("%q became %q", before, diff(t, d, nil))
	}
}
