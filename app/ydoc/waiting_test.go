package ydoc_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/ydoc"
)

// What waits is written as Yjs 13.6.33 writes it: of structs that overlap, the part that is cut off no longer says of
// which attribute it is.
func TestWaitingIsWrittenAsYjsDoes(t *testing.T) {
	d := ydoc.New()
	for _, u := range [][]byte{
		wire(1, 1, 1, 0, 7, 1, "default", 3, "p", 0),
		wire(1, 1, 2, 10, 0x20|1, 0, 1, 0, "k", 3, 0),     // clocks 10 to 12 of client 2, who has not sent 0 to 9
		wire(1, 1, 2, 11, infoOrigin|0x20|1, 2, 10, 4, 0), // clocks 11 to 14
	} {
		if err := d.Apply(u); err != nil {
			t.Fatal(err)
		}
	}
	for want, stateVector := range map[string][]byte{
		"0202020a21000100016b0381020c0201010007010764656661756c7403017000": nil,
		"0202020b81020a0281020c0201010007010764656661756c7403017000":       wire(1, 2, 11),
	} {
		if got := hex.EncodeToString(diff(t, d, stateVector)); got != want {
			t.Errorf("what %x lacks is\n%s, Yjs has\n%s", stateVector, got, want)
		}
	}
}

// Whoever sends again what is here, as something that needs what nobody has, hides nothing from those who come later.
func TestWaitingDoesNotHideWhatIsHere(t *testing.T) {
	d := ydoc.New()
	for _, u := range [][]byte{
		wire(1, 2, 1, 0, 7, 1, "default", 3, "p", 7, 1, "default", 3, "p", 0),
		// Client 2 writes into the first paragraph, which is deleted and collected, and into the second.
		wire(1, 3, 2, 0, 7, 0, 1, 0, 6, 7, 0, 1, 1, 6, 4, 0, 2, 1, "stays", 1, 1, 1, 0, 1),
		wire(1, 1, 2, 0, 0x40|4, 99, 0, "forged", 0),
	} {
		if err := d.Apply(u); err != nil {
			t.Fatal(err)
		}
	}
	want := string(encoded(plainNodes(d.Content("default"))))
	if !strings.Contains(want, "stays") {
		t.Fatal(want)
	}
	for name, known := range map[string][]byte{
		"nothing": {0, 0}, "some of what is collected": wire(1, 1, 2, 0, 0, 1, 0),
	} {
		reader := ydoc.New()
		if err := reader.Apply(known); err != nil {
			t.Fatal(err)
		}
		if err := reader.Apply(diff(t, d, reader.StateVector())); err != nil {
			t.Fatal(err)
		}
		if got := string(encoded(plainNodes(reader.Content("default")))); got != want {
			t.Errorf("who has %s reads %s instead of %s", name, got, want)
		}
	}
}

// What waits is bounded, and what others need later is not refused for it.
func TestWaitingIsBounded(t *testing.T) {
	d := ydoc.WithLimits(ydoc.Limits{Pending: 10_000})
	refused := false
	for i := range 1000 {
		err := d.Apply(wire(1, 1, 5, 2+2*i, 4, 1, "default", "x", 0))
		refused = refused || errors.Is(err, ydoc.ErrTooLarge)
	}
	if !refused || d.Size() > 12_000 {
		t.Errorf("%d bytes wait, at most 10000 should", d.Size())
	}
	if err := d.Apply(wire(1, 1, 6, 0, 4, 1, "default", "y", 0)); err != nil {
		t.Error(err)
	}
}

// A trap that was laid by somebody does not shut out who steps on it: what waited and goes too deep is dropped.
func TestWaitingForTooDeepIsDropped(t *testing.T) {
	d := ydoc.WithLimits(ydoc.Limits{Depth: 5})
	deep := wire(1, 20, 2, 0, 7, 0, 1, 0, 3, "p")
	for i := range 19 {
		deep = append(deep, wire(7, 0, 2, i, 3, "p")...)
	}
	for _, u := range [][]byte{
		wire(deep, 0), wire(1, 1, 3, 0, 7, 0, 1, 0, 3, "b", 0), wire(1, 1, 4, 9, 7, 0, 1, 0, 3, "c", 0),
	} {
		if err := d.Apply(u); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Apply(wire(1, 1, 1, 0, 7, 1, "default", 3, "div", 0)); err != nil {
		t.Fatal(err)
	}
	if text := string(encoded(plainNodes(d.Content("default")))); !strings.Contains(text, `"n":"b"`) {
		t.Errorf("what waited too is not in %s", text)
	}
	if err := d.Apply(wire(1, 1, 4, 0, 0, 9, 0)); err != nil {
		t.Fatal(err)
	}
	if text := string(encoded(plainNodes(d.Content("default")))); !strings.Contains(text, `"n":"c"`) {
		t.Errorf("what waited for something else is not in %s", text)
	}
}
