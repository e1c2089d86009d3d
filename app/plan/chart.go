package plan

import (
	"time"

	"github.com/sailplane/sailplane/store"
)

// Chart says how much is left at the end of each day (YYYY-MM-DD); nil for days to come.
type Chart map[string]*float64

// Days are the days of a plan, each the first moment of its day in UTC.
type Days []time.Time

// Until answers the days from the one to the other, both included; none when one is missing.
func Until(start, end *time.Time) Days {
	if start == nil || end == nil {
		return nil
	}
	var days Days
	for day := start.UTC().Truncate(24 * time.Hour); !day.After(end.UTC()); day = day.AddDate(0, 0, 1) {
		days = append(days, day)
	}
	return days
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
		day := p.CompletedAt.UTC().Truncate(24 * time.Hour)
		if len(days) > 0 && day.Before(days[0]) {
			day = days[0]
		}
		done[day] += weight(p)
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
