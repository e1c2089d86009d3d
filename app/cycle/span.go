package cycle

import (
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// putDates writes the dates that a request has into the row and returns their columns. Two dates become a span of whole
// days in the zone; one alone, or a null, is kept as it was sent, as in the reference.
func (in *Input) putDates(row *store.Cycle, now time.Time, zone *time.Location) (cols []string, err error) {
	start, end := moment(in.StartDate), moment(in.EndDate)
	if start != nil && end != nil {
		first, last := in.StartDate.V.Day(zone), in.EndDate.V.Day(zone)
		if first.After(last) {
			return nil, app.Field("non_field_errors", "Start date cannot exceed end date")
		}
		from, to := span(first, last, now, zone)
		// What was shown and comes back stays, to the microsecond.
		if row.StartDate == nil || !row.StartDate.Equal(*start) {
			start = &from
		}
		if row.EndDate == nil || !row.EndDate.Equal(*end) {
			end = &to
		}
	}
	faults := app.Fields{}
	for _, date := range []struct {
		column string
		set    bool
		at     *time.Time
		dest   **time.Time
	}{
		{column: "start_date", set: in.StartDate.Set, at: start, dest: &row.StartDate},
		{column: "end_date", set: in.EndDate.Set, at: end, dest: &row.EndDate},
	} {
		if date.at != nil && !store.InCalendar(*date.at) { // the zone moved it across the end
			faults.Add(date.column, "Datetime value out of range.")
		}
		if date.set {
			*date.dest, cols = date.at, append(cols, date.column)
		}
	}
	return cols, faults.Err()
}

func moment(in app.Opt[app.WrittenTime]) *time.Time {
	if w := in.Ptr(); w != nil {
		at := store.Stamped(w.Time)
		return &at
	}
	return nil
}

// span is from the first second of one day to the last minute of another, by the clocks of the project's time zone; a
// start today is now. Plane: utils/timezone_converter.py, which is an hour off where the clocks change on the last day.
func span(first, last, now time.Time, zone *time.Location) (from, to time.Time) {
	from, to = clock(first, 0, 0, 1, zone), clock(last, 23, 59, 0, zone)
	if first.Format(time.DateOnly) == now.In(zone).Format(time.DateOnly) {
		from = now
	}
	return from, to
}

// clock is the moment, in UTC, at which the zone's clocks show that time on the day: or the next that they show at all,
// where they are put forward at midnight.
func clock(day time.Time, hour, minute, second int, zone *time.Location) time.Time {
	at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, second, 0, zone)
	if at.Day() == day.Day() {
		return at.UTC()
	}
	_, before := at.Zone()
	_, after := at.Add(24 * time.Hour).Zone()
	return at.Add(time.Duration(after-before) * time.Second).UTC()
}
