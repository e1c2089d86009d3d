package app

import (
	"time"
)

// ChartPoints is how many points a chart over time has at the most: five years of days. Longer spans have a point for
// every second day, third day, and so on, so that no chart grows with the calendar.
const ChartPoints = 5 * 366

// ChartDays returns the steps from the first moment on until the last one: one for each day or each month. When these
// are more than ChartPoints, it returns every n-th of them and the last.
func ChartDays(from, to time.Time, step Step) []time.Time {
	count := step.between(from, to) + 1
	if count <= 0 {
		return nil
	}
	every := (count + ChartPoints - 2) / (ChartPoints - 1)
	if count <= ChartPoints {
		every = 1
	}
	var steps []time.Time
	for n := 0; n < count; n += every {
		steps = append(steps, step.add(from, n))
	}
	if last := step.add(from, count-1); !steps[len(steps)-1].Equal(last) {
		steps = append(steps, last)
	}
	return steps
}

// Step is how far apart the points of a chart are.
type Step int

// The steps.
const (
	Daily Step = iota
	Monthly
)

func (s Step) add(t time.Time, n int) time.Time {
	if s == Monthly {
		return t.AddDate(0, n, 0)
	}
	return t.AddDate(0, 0, n)
}

// between counts the steps from one time to another. Durations end after 292 years: seconds do not.
func (s Step) between(from, to time.Time) int {
	if to.Before(from) {
		return -1
	}
	if s == Monthly {
		return (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	}
	return int((to.Unix() - from.Unix()) / (24 * 60 * 60))
}
