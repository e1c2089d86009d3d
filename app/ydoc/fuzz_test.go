package ydoc_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"testing"

	"github.com/sailplane/sailplane/app/ydoc"
)

// mostPerByte is how many bytes of memory one byte of an update may make us take, at the worst: a collected struct of
// two bytes becomes a block and an item.
const mostPerByte = 400

// seeds adds updates of Yjs, whole and cut off.
func seeds(f *testing.F) {
	f.Helper()
	for _, r := range recordings(f)[:40] {
		for _, u := range r.Updates[:min(len(r.Updates), 8)] {
			f.Add(u, u[:len(u)/2])
		}
		f.Add(diff(f, played(f, r), nil), r.Updates[0])
	}
}

// Whatever comes, one after the other, is taken or refused; what is refused changes nothing, what is taken can be
// written and read again, and memory keeps to the size of what came.
func FuzzApply(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, first, second []byte) {
		d := ydoc.New()
		for _, u := range [][]byte{first, second, first} {
			before := diff(t, d, nil)
			var start, end runtime.MemStats
			runtime.ReadMemStats(&start)
			err := d.Apply(u)
			runtime.ReadMemStats(&end)
			if took := end.TotalAlloc - start.TotalAlloc; took > uint64(mostPerByte*(len(first)+len(second))+200_000) {
				t.Errorf("%d bytes of memory for an update of %d bytes", took, len(u))
			}
			if err == nil {
				continue
			}
			if !errors.Is(err, ydoc.ErrMalformed) && !errors.Is(err, ydoc.ErrTooLarge) {
				t.Error(err)
			}
			if !bytes.Equal(before, diff(t, d, nil)) {
				t.Errorf("%v, and yet something changed", err)
			}
		}
		again := ydoc.New()
		if err := again.Apply(diff(t, d, nil)); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		// The trees may differ where a struct claims to be between two that were never in that order, in Yjs too. What
		// waits for others is tried again when it is read, and more of it may be taken then.
		waits := diff(t, d, d.StateVector())[0] > 0
		got, want := states(t, again), states(t, d)
		for client, state := range want {
			if got[client] < state || got[client] > state && !waits {
				t.Errorf("of client %d there is %d in what was written instead of %d", client, got[client], state)
			}
		}
	})
}

// states reads the state vector of a document.
func states(t *testing.T, d *ydoc.Doc) map[uint64]uint64 {
	t.Helper()
	b := d.StateVector()
	next := func() uint64 {
		n, size := binary.Uvarint(b)
		b = b[max(size, 0):]
		return n
	}
	of := map[uint64]uint64{}
	for range next() {
		client := next()
		of[client] = next()
	}
	return of
}

// A state vector of anybody gets a difference or an error.
func FuzzDiff(f *testing.F) {
	seeds(f)
	for _, r := range recordings(f)[:40] {
		for _, w := range r.Ways {
			f.Add(r.Updates[0], w.SV)
		}
	}
	f.Fuzz(func(t *testing.T, update, stateVector []byte) {
		d := ydoc.New()
		if d.Apply(update) != nil {
			return
		}
		part, err := d.Diff(stateVector)
		if err != nil {
			if !errors.Is(err, ydoc.ErrMalformed) && !errors.Is(err, ydoc.ErrTooLarge) {
				t.Error(err)
			}
			return
		}
		if err := ydoc.New().Apply(part); err != nil {
			t.Errorf("a difference cannot be read: %v", err)
		}
		if err := d.Apply(part); err != nil {
			t.Errorf("a difference cannot be applied where it comes from: %v", err)
		}
	})
}

// Replacing the content of any document works, whatever is in it.
func FuzzReplace(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, first, second []byte) {
		d, other := ydoc.New(), ydoc.New()
		if d.Apply(first) != nil || other.Apply(second) != nil {
			return
		}
		content := other.Content("default")
		if _, err := d.Replace("default", content, 7_000_000_000); err != nil {
			if !errors.Is(err, ydoc.ErrTooLarge) && !errors.Is(err, ydoc.ErrMalformed) {
				t.Error(err)
			}
			return
		}
		if !sameNodes(d.Content("default"), content) {
			t.Errorf("replaced by\n%s\nit is\n%s", encoded(plainNodes(content)), encoded(plainNodes(d.Content("default"))))
		}
	})
}
