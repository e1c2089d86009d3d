package main

import (
	"strconv"
	"strings"
	"time"
)

// moment reads a time, a day in UTC, or how long ago it was, of a flag; nil for none.
func moment(flag, text string, now time.Time) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	if at, ok := ago(text, now); ok {
		return &at, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			at = at.UTC()
			return &at, nil
		}
	}
	return nil, misused("--%s %s is no time: say 2026-11-30T08:00:00Z, 2026-11-30, 24h or 7d (ago)", flag, text)
}

// ago is so long before now: 90m, 24h or 7d.
func ago(text string, now time.Time) (time.Time, bool) {
	if count, ok := strings.CutSuffix(text, "d"); ok {
		days, err := strconv.ParseUint(count, 10, 16)
		return now.AddDate(0, 0, -int(days)), err == nil
	}
	span, err := time.ParseDuration(text)
	return now.Add(-span), err == nil && span >= 0
}
