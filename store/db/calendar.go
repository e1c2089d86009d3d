package db

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
