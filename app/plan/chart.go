package plan

import (
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Chart says how much is left at the end of each day (YYYY-MM-DD); nil for days to come.
type Chart map[string]*float64

// Days are the days of a plan, each the first moment of its day in UTC.
type Days []time.Time

// Until returns the days from the one to the other, both included; none when one is missing. Of very long plans it is
// every n-th day (see app.ChartDays).
func Until(start, end *time.Time) Days {
	if start == nil || end == nil {
		return nil
	}
	return app.ChartDays(start.UTC().Truncate(24*time.Hour), end.UTC(), app.Daily)
}

// shown is the first of the days that tells what had happened by then; the same moment when there is none.
func (d Days) shown(day time.Time) time.Time {
	if at, _ := slices.BinarySearchFunc(d, day, time.Time.Compare); at < len(d) {
		return d[at]
	}
	return day
}

func (s *Shares) countChart(days Days) Chart {
	return s.chart(days, func(store.Planned) float64 { return 1 })
}

func (s *Shares) sumChart(days Days) Chart {
	return s.chart(days, func(p store.Planned) float64 { return p.Points })
}

func (s *Shares) chart(days Days, weight func(store.Planned) float64) Chart {
	left, done := 0.0, map[time.Time]float64{}
	for _, p := range s.items {
		left += weight(p)
		if p.CompletedAt == nil {
			continue
		}
		done[days.shown(p.CompletedAt.UTC().Truncate(24*time.Hour))] += weight(p)
	}
	chart := Chart{}
	for _, day := range days {
		left -= done[day]
		value := left
		chart[day.Format(time.DateOnly)] = &value
		if day.After(s.now) {
			chart[day.Format(time.DateOnly)] = nil
		}
	}
	return chart
}
