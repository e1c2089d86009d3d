package ydoc_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/ydoc"
)

// A document that has become as large as it may be, by whatever updates, can be written and read again: a page would
// lose its document otherwise.
func TestFullDocumentsAreReadAgain(t *testing.T) {
	limits := ydoc.Limits{Document: 200_000, Pending: 50_000}
	for name, next := range map[string]func(i int) []byte{
		"long texts": func(i int) []byte { return wire(1, 1, i, 0, 4, 1, "default", strings.Repeat("x", 9000), 0) },
		"structs": func(i int) []byte {
			return wire(1, 50, i, 0, bytes.Repeat(wire(5, 1, "default", "1"), 50), 0)
		},
		"clients": func(i int) []byte {
			b := wire(50)
			for n := range 50 {
				b = append(b, wire(1, 50*i-n, 0, 0, 1)...)
			}
			return wire(b, 0)
		},
		"cuts": func(i int) []byte {
			if i == 1 {
				return wire(1, 1, 1, 0, 4, 1, "default", strings.Repeat("x", 20_000), 0)
			}
			b := wire(0, 1, 1, 90)
			for n := range 90 {
				b = append(b, wire(2*(90*(i-2)+n), 1)...)
			}
			return b
		},
		"many cuts at once": func(i int) []byte {
			if i == 1 {
				return wire(1, 1, 1, 0, 4, 1, "default", strings.Repeat("x", 20_000), 0)
			}
			b := wire(0, 1, 1, 1000)
			for n := range 1000 {
				b = append(b, wire(2*n, 1)...)
			}
			return b
		},
		"waiting":   func(i int) []byte { return wire(1, 20, i, 7, bytes.Repeat(wire(5, 1, "default", "1"), 20), 0) },
		"deletions": func(i int) []byte { return wire(0, 1, i, 2, 5, 1, 8, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			d := ydoc.WithLimits(limits)
			var err error
			for i := 1; err == nil && i < 1000; i++ {
				if err = d.Apply(next(i)); err == nil {
					if err := d.Apply(next(i)); err != nil {
						t.Fatalf("update %d is taken, and then refused: %v", i, err)
					}
				}
				if err := ydoc.WithLimits(limits).Apply(diff(t, d, nil)); err != nil {
					t.Fatalf("update %d: %v", i, err)
				}
				if _, err := d.Diff(d.StateVector()); err != nil {
					t.Fatalf("update %d: %v", i, err)
				}
			}
			if !errors.Is(err, ydoc.ErrTooLarge) {
				t.Errorf("%v after a thousand updates; there are %d bytes", err, d.Size())
			}
			t.Logf("%d bytes in memory, %d on the wire", d.Size(), len(diff(t, d, nil)))
		})
	}
}

// The deepest values that may be written can be read.
func TestDeepestValuesAreReadAgain(t *testing.T) {
	for name, inner := range map[string]any{"an empty array": []any{}, "a number": 1} {
		refused := 0
		for value, depth := inner, 1; depth < 60; value, depth = []any{value}, depth+1 {
			for _, n := range []ydoc.Node{
				{Name: "p", Attrs: map[string]any{"x": value}}, paragraph(ydoc.Run{Embed: value}),
				paragraph(ydoc.Run{Text: "x", Marks: map[string]any{"x": value}}),
			} {
				update, err := ydoc.New().Replace("default", []ydoc.Node{n}, 1)
				if err != nil {
					refused++
					continue
				}
				if err := ydoc.New().Apply(update); err != nil {
					t.Errorf("%s in %d arrays: %v", name, depth-1, err)
				}
			}
		}
		if refused == 0 {
			t.Errorf("%s may be as deep as one likes", name)
		}
	}
}
