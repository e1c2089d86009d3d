package app

import "time"

// WrittenTime is a time as a request wrote it: with the offset that was written beside it.
type WrittenTime struct {
	time.Time
	Bare bool // no offset was written: the time, or the day, of whatever zone is meant
}

// Day is the first moment, in UTC, of the calendar day that is meant where the zone's clocks hold. A bare time and a
// midnight name their own day. Any other time is a moment, and its day is the one that the zone's calendar shows: so a
// time that was shown in one zone means the same day when it is sent back in another.
func (w WrittenTime) Day(zone *time.Location) time.Time {
	at := w.Time
	if hour, minute, second := at.Clock(); !w.Bare && (hour != 0 || minute != 0 || second != 0 || at.Nanosecond() != 0) {
		at = at.In(zone)
	}
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
}
