package importer

import (
	"context"
	"time"
)

// Writers wait for each other on SQLite. A work item with its comments takes about a millisecond, and every transaction
// waits for the disk: so some dozens go at a time, as many as keep others waiting for no longer than a person notices.
// Then others have as long. (app.Pace is for rows that take far less, of which nobody waits for the last.)
const (
	firstStep   = 16
	largestStep = 250
	shortStep   = 20 * time.Millisecond
	longStep    = 60 * time.Millisecond
	longestRest = 60 * time.Millisecond
)

// pace is how many work items a step takes, by the time that steps have taken.
type pace struct{ size int }

func (p *pace) Size() int {
	if p.size == 0 {
		p.size = firstStep
	}
	return p.size
}

// Rest sets the size of the next step by how long one held the database, and lets others have as much time.
func (p *pace) Rest(ctx context.Context, held time.Duration) error {
	switch size := p.Size(); {
	case held > longStep:
		p.size = max(1, size/2)
	case held < shortStep:
		p.size = min(2*size, largestStep)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(min(held, longestRest)):
		return nil
	}
}
