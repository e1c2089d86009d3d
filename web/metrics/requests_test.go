package metrics

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Every request is in one step of the histogram and in one class, whatever it took and whatever came of it.
func TestEveryRequestIsCountedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q Requests
		r := q.NewRow("GET", `/a"b\c/`)
		n := rapid.IntRange(0, 20).Draw(t, "requests")
		for range n {
			q.Begin()
			q.End(r, rapid.IntRange(-1, 700).Draw(t, "status"), time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "took")))
		}
		steps, classes := int64(0), int64(0)
		for i := range r.steps {
			steps += r.steps[i].Load()
		}
		for i := range r.classes {
			classes += r.classes[i].Load()
		}
		if steps != int64(n) || classes != int64(n) || q.inFlight.Load() != 0 {
			t.Errorf("%d requests: %d in steps, %d in classes, %d in flight", n, steps, classes, q.inFlight.Load())
		}
		var text Text
		q.Write(&text)
		if got := strings.Contains(text.b.String(), `route="/a\"b\\c/"`); got != (n > 0) {
			t.Errorf("%d requests:\n%s", n, text.b.String())
		}
	})
}

func BenchmarkRequest(b *testing.B) {
	var q Requests
	r := q.NewRow("GET", "/")
	for b.Loop() {
		q.Begin()
		q.End(r, 200, 3*time.Millisecond)
	}
}
