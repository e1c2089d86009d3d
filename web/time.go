package web

import (
	"encoding/json"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// The forms in which the reference takes a time, and those of them that name no zone.
var (
	zonedLayouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04Z07:00",
		"2006-01-02T15:04:05.999999999Z0700"}
	bareLayouts = []string{"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04",
		time.DateOnly}
)

// What a time is refused with, in the words of Django REST framework.
var (
	notATime     = []string{"Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."}
	outsideTimes = []string{"Datetime value out of range."}
)

func isDate(s string) bool {
	_, ok := store.ParseDate(s)
	return ok
}

// readWritten reads a time as it is written. It may be outside the calendar.
func readWritten(s string) (app.WrittenTime, bool) {
	for _, layout := range zonedLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return app.WrittenTime{Time: t}, true
		}
	}
	for _, layout := range bareLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return app.WrittenTime{Time: t, Bare: true}, true
		}
	}
	return app.WrittenTime{}, false
}

// ParseTime reads a time in the forms that the reference takes; without a zone it is UTC. It is false for what is no
// time and for a time that is outside the years 1 to 9999 in UTC: one database can't keep it, many clients can't read
// it.
func ParseTime(s string) (time.Time, bool) {
	t, ok := readWritten(s)
	return store.Stamped(t.Time), ok && store.InCalendar(t.Time)
}

func setWrittenTime(dest *app.WrittenTime, raw json.RawMessage) any {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return notATime
	}
	t, ok := readWritten(s)
	switch {
	case !ok:
		return notATime
	case !store.InCalendar(t.Time):
		return outsideTimes
	}
	*dest = t
	return nil
}

func setTime(dest *time.Time, raw json.RawMessage) any {
	var t app.WrittenTime
	if fault := setWrittenTime(&t, raw); fault != nil {
		return fault
	}
	*dest = store.Stamped(t.Time)
	return nil
}
