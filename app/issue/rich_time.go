package issue

import (
	"strings"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

func parseDay(value string) (time.Time, bool) {
	for _, layout := range []string{"2006-1-2", "1/2/2006", "1/2/06"} {
		if day, err := time.Parse(layout, strings.TrimSpace(value)); err == nil {
			return day, store.InCalendar(day)
		}
	}
	return time.Time{}, false
}

func dateOf(day time.Time) store.Date { return store.Date(day.Format(time.DateOnly)) }

func readDay(f richField, value string, _ *time.Location) (issuelist.Filter, string) {
	if value == "" {
		return issuelist.Null{Field: f.column}, ""
	}
	day, ok := parseDay(value)
	if !ok {
		return nil, "Enter a valid date."
	}
	return issuelist.Between{Field: f.column, From: dateOf(day), To: dateOf(day.AddDate(0, 0, 1))}, ""
}

// readRange reads two values with a comma; a range with an open end fits nothing.
func readRange(value, fault string, parse func(string) (time.Time, bool)) (ends []time.Time, wrong string) {
	parts := strings.Split(value, ",")
	for _, p := range parts {
		if p == "" {
			continue
		}
		at, ok := parse(p)
		if !ok {
			return nil, fault
		}
		ends = append(ends, at)
	}
	if value == "" || len(parts) != 2 {
		return nil, "Range query expects two values."
	}
	return ends, ""
}

func readDays(f richField, value string, _ *time.Location) (issuelist.Filter, string) {
	ends, fault := readRange(value, "Enter a valid date.", parseDay)
	if fault != "" || len(ends) < 2 {
		return issuelist.Never{}, fault
	}
	return issuelist.Between{Field: f.column, From: dateOf(ends[0]), To: dateOf(ends[1].AddDate(0, 0, 1))}, ""
}

// parseMoment reads a time; without an offset it is one where the caller lives.
func parseMoment(value string, zone *time.Location) (time.Time, bool) {
	value = strings.TrimSpace(value)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00",
		"2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, value); err == nil {
			return at.UTC(), store.InCalendar(at)
		}
	}
	for _, layout := range []string{"2006-1-2", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04",
		"2006-01-02 15:04", "1/2/2006 15:04:05", "1/2/2006 15:04", "1/2/2006"} {
		if at, err := time.ParseInLocation(layout, value, zone); err == nil {
			return at.UTC(), store.InCalendar(at)
		}
	}
	return time.Time{}, false
}

func readMoment(f richField, value string, zone *time.Location) (issuelist.Filter, string) {
	if value == "" {
		return issuelist.Never{}, ""
	}
	at, ok := parseMoment(value, zone)
	if !ok {
		return nil, "Enter a valid date/time."
	}
	return issuelist.Between{Field: f.column, From: at, To: at.Add(time.Microsecond)}, ""
}

func readMoments(f richField, value string, zone *time.Location) (issuelist.Filter, string) {
	ends, fault := readRange(value, "Enter a valid date/time.",
		func(s string) (time.Time, bool) { return parseMoment(s, zone) })
	if fault != "" || len(ends) < 2 {
		return issuelist.Never{}, fault
	}
	return issuelist.Between{Field: f.column, From: ends[0], To: ends[1].Add(time.Microsecond)}, ""
}
