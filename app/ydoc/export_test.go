package ydoc

// Limits are those that tests lower; zero fields stay as they are.
type Limits struct{ Document, Pending, Depth, Steps int }

// WithLimits returns an empty document.
func WithLimits(l Limits) *Doc {
	d := New()
	for to, n := range map[*int]int{
		&d.limits.document: l.Document, &d.limits.pending: l.Pending, &d.limits.depth: l.Depth, &d.limits.steps: l.Steps,
	} {
		if n > 0 {
			*to = n
		}
	}
	return d
}
