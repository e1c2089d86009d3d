package store

import (
	"time"

	"github.com/sailplane/sailplane/store/db"
)

// The ends of the calendar: what both databases keep and every client reads.
var (
	FirstTime = db.FirstTime
	LastTime  = db.LastTime
)

// InCalendar says whether a time is in the years 1 to 9999 in UTC.
func InCalendar(t time.Time) bool { return !t.Before(FirstTime) && !t.After(LastTime) }

// NearestTime is the time, or the end of the calendar that is nearest to it.
func NearestTime(t time.Time) time.Time {
	switch {
	case t.Before(FirstTime):
		return FirstTime
	case t.After(LastTime):
		return LastTime
	}
	return t
}

// ParseDate reads a day as YYYY-MM-DD, of years 1 to 9999.
func ParseDate(s string) (time.Time, bool) {
	day, err := time.Parse(time.DateOnly, s)
	return day, err == nil && InCalendar(day)
}

// ReadableTime is db.ReadableTime.
func ReadableTime(text string) time.Time { return db.ReadableTime(text) }
