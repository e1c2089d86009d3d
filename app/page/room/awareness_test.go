package room

import (
	"bytes"
	"encoding/json"
	"errors"
	"runtime"
	"testing"
)

// Whatever message of awareness comes, it is refused, or it has entries within bounds that say the same when they are
// written again, and memory keeps to the size of what came.
func FuzzAwareness(f *testing.F) {
	for _, all := range [][]said{nil, {{1, 1, []byte(`{"user":{"name":"ann"}}`)}}, {{1, 1, []byte("null")}, {2, 7, []byte("{}")}},
		{{mostClock, mostClock, []byte(`"x"`)}}} {
		f.Add(writeAwareness(all))
	}
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Add([]byte{1, 7, 1, 0xff, 0xff, 0x7f})
	f.Add([]byte{0xff, 0x1f, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var start, end runtime.MemStats
		runtime.ReadMemStats(&start)
		all, err := readAwareness(b)
		runtime.ReadMemStats(&end)
		if took := end.TotalAlloc - start.TotalAlloc; took > uint64(200*len(b)+100_000) {
			t.Errorf("%d bytes of memory for %d bytes", took, len(b))
		}
		if err != nil {
			if !errors.Is(err, ErrBad) || all != nil {
				t.Errorf("%v with %d entries", err, len(all))
			}
			return
		}
		for _, e := range all {
			if e.client > mostClock || e.clock > mostClock || len(e.state) > mostState || !json.Valid(e.state) {
				t.Errorf("an entry out of bounds: %d %d %q", e.client, e.clock, e.state)
			}
		}
		again, err := readAwareness(writeAwareness(all))
		if err != nil || len(again) != len(all) {
			t.Fatalf("written again: %d entries of %d, %v", len(again), len(all), err)
		}
		for i, e := range again {
			if e.client != all[i].client || e.clock != all[i].clock || !bytes.Equal(e.state, all[i].state) {
				t.Errorf("written again entry %d is %v, and was %v", i, e, all[i])
			}
		}
	})
}
