package metrics

import (
	"math"
	"strconv"
	"sync/atomic"
	"time"
)

// bounds are the upper ends of the histogram's steps in seconds.
var bounds = [...]float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10}

// Row counts the requests of one row of the route tables: an addition each costs nothing that a request would notice.
type Row struct {
	method, route string
	classes       [6]atomic.Int64 // by the first digit of the status; 0: nothing was answered
	steps         [len(bounds) + 1]atomic.Int64
	nanos         atomic.Int64
}

// Requests counts requests by rows. Rows are made before anybody is served, so that no request makes a label.
type Requests struct {
	inFlight atomic.Int64
	rows     []*Row
}

// NewRow makes the row of a method and a pattern.
func (q *Requests) NewRow(method, route string) *Row {
	r := &Row{method: method, route: route}
	q.rows = append(q.rows, r)
	return r
}

// Begin notes that a request has come.
func (q *Requests) Begin() { q.inFlight.Add(1) }

// End notes how a request was answered, and that it is no more.
func (q *Requests) End(r *Row, status int, took time.Duration) {
	q.inFlight.Add(-1)
	class := status / 100
	if class < 1 || class > 5 {
		class = 0
	}
	r.classes[class].Add(1)
	step, seconds := 0, took.Seconds()
	for step < len(bounds) && seconds > bounds[step] {
		step++
	}
	r.steps[step].Add(1)
	r.nanos.Add(int64(took))
}

// Write adds the figures. Rows that nobody has asked for are left out.
func (q *Requests) Write(t *Text) {
	t.One("sailplane_http_requests_in_flight", Gauge, "Requests that are being answered.", float64(q.inFlight.Load()))
	t.Family("sailplane_http_requests_total", Counter, "Requests by the pattern of their route, their method and the class of their status.")
	for _, r := range q.rows {
		for class := range r.classes {
			if n := r.classes[class].Load(); n > 0 {
				status := strconv.Itoa(class) + "xx"
				if class == 0 {
					status = "none"
				}
				t.Add(float64(n), "method", r.method, "route", r.route, "status", status)
			}
		}
	}
	t.Family("sailplane_http_request_duration_seconds", histogram, "How long requests took, from their head to the end of their answer.")
	for _, r := range q.rows {
		r.writeSteps(t)
	}
}

func (r *Row) writeSteps(t *Text) {
	var counts [len(bounds) + 1]int64
	all := int64(0)
	for i := range r.steps {
		counts[i] = r.steps[i].Load()
		all += counts[i]
	}
	if all == 0 {
		return
	}
	upTo := int64(0)
	for i, n := range counts {
		upTo += n
		bound := math.Inf(1)
		if i < len(bounds) {
			bound = bounds[i]
		}
		t.add("_bucket", float64(upTo), "method", r.method, "route", r.route, "le", number(bound))
	}
	t.add("_sum", time.Duration(r.nanos.Load()).Seconds(), "method", r.method, "route", r.route)
	t.add("_count", float64(all), "method", r.method, "route", r.route)
}
