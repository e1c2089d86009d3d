package store

import (
	"database/sql/driver"
	"regexp"
	"time"
)

// The ends of the calendar: what both databases keep and every client reads.
var (
	FirstTime = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	LastTime  = time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
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

var laterTime = regexp.MustCompile(`^\+?\d{5,}-\d\d-\d\d[ T]\d\d:\d\d`)

// readableTime is what stands for a text that SQLite's driver could not read as a time. In a column of times every text
// is one; elsewhere only what looks like a time after the year 9999.
func readableTime(text string, column bool) driver.Value {
	if column || len(text) > len("9999-") && laterTime.MatchString(text) {
		return ReadableTime(text)
	}
	return text
}

// ReadableTime is the nearest time to a text that is none: the last for what looks like a later one, else the first.
func ReadableTime(text string) time.Time {
	if laterTime.MatchString(text) {
		return LastTime
	}
	return FirstTime
}
