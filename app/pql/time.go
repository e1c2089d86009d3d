package pql

import (
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// stretch is a day, or a moment, where the caller lives: from its first moment to before its end.
type stretch struct{ from, to time.Time }

// tick is the shortest time that rows keep.
const tick = time.Microsecond

func (k *compiler) day(at time.Time) stretch {
	at = at.In(k.zone)
	start := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, k.zone)
	return stretch{start, start.AddDate(0, 0, 1)}
}

func moment(at time.Time) stretch { return stretch{at, at.Add(tick)} }

// starts give the beginning of the day, week, month or year that a time is in. Weeks begin on Mondays.
var starts = map[string]func(day time.Time) (start, next time.Time){
	"day": func(d time.Time) (time.Time, time.Time) { return d, d.AddDate(0, 0, 1) },
	"week": func(d time.Time) (time.Time, time.Time) {
		monday := d.AddDate(0, 0, -(int(d.Weekday())+6)%7)
		return monday, monday.AddDate(0, 0, 7)
	},
	"month": func(d time.Time) (time.Time, time.Time) {
		first := time.Date(d.Year(), d.Month(), 1, 0, 0, 0, 0, d.Location())
		return first, first.AddDate(0, 1, 0)
	},
	"year": func(d time.Time) (time.Time, time.Time) {
		first := time.Date(d.Year(), 1, 1, 0, 0, 0, 0, d.Location())
		return first, first.AddDate(1, 0, 0)
	},
}

// steps are the functions that go days, weeks or months away from today.
var steps = map[string]func(day time.Time, n int) time.Time{
	"daysago":       func(d time.Time, n int) time.Time { return d.AddDate(0, 0, -n) },
	"daysfromnow":   func(d time.Time, n int) time.Time { return d.AddDate(0, 0, n) },
	"weeksago":      func(d time.Time, n int) time.Time { return d.AddDate(0, 0, -7*n) },
	"weeksfromnow":  func(d time.Time, n int) time.Time { return d.AddDate(0, 0, 7*n) },
	"monthsago":     func(d time.Time, n int) time.Time { return months(d, -n) },
	"monthsfromnow": func(d time.Time, n int) time.Time { return months(d, n) },
}

// months goes so many months on; where there is no such day in the month, it is the month's last.
func months(d time.Time, n int) time.Time {
	first := time.Date(d.Year(), d.Month()+time.Month(n), 1, 0, 0, 0, 0, d.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(d.Day(), last)-1)
}

// mostSteps keeps what is counted within the calendar.
const mostSteps = 10_000

// stretch reads a day, a time or a function of them. What a function counts in days is a day; the beginnings and ends
// are moments.
func (k *compiler) stretch(v value) (stretch, error) {
	switch {
	case v.call:
		return k.when(v)
	case v.kind == quoted:
		if day, err := time.ParseInLocation(time.DateOnly, v.text, k.zone); err == nil && store.InCalendar(day) {
			return k.day(day), nil
		}
		if at, err := time.Parse(time.RFC3339, v.text); err == nil && store.InCalendar(at) {
			return moment(at), nil
		}
	}
	return stretch{}, fault(v.at, "Expected a date as \"2026-05-31\" or a function as today(), and not %v.", v.token)
}

func (k *compiler) when(v value) (stretch, error) {
	name, today := strings.ToLower(v.text), k.day(k.now)
	if step, ok := steps[name]; ok {
		n, err := count(v)
		return k.day(step(today.from, n)), err
	}
	if err := none(v); err != nil {
		return stretch{}, err
	}
	switch name {
	case "today":
		return today, nil
	case "now":
		return moment(k.now), nil
	}
	if unit, ok := strings.CutPrefix(name, "startof"); ok && starts[unit] != nil {
		start, _ := starts[unit](today.from)
		return moment(start), nil
	}
	if unit, ok := strings.CutPrefix(name, "endof"); ok && starts[unit] != nil {
		_, next := starts[unit](today.from)
		return stretch{next.Add(-tick), next}, nil
	}
	return stretch{}, fault(v.at, "There is no function %s() of dates.", v.text)
}

// count reads the one number of a function.
func count(v value) (int, error) {
	if len(v.args) == 1 && v.args[0].kind == number {
		if n, err := strconv.Atoi(v.args[0].text); err == nil && n >= 0 && n <= mostSteps {
			return n, nil
		}
	}
	return 0, fault(v.at, "%s() wants one whole number from 0 to %d.", v.text, mostSteps)
}

// ends are the first and the last value of a comparison.
func (k *compiler) ends(x comparison) (first, last stretch, err error) {
	if first, err = k.stretch(x.values[0]); err != nil {
		return first, last, err
	}
	last, err = k.stretch(x.values[len(x.values)-1])
	return first, last, err
}

// compareTime asks for a time.
func compareTime(column issuelist.Field) func(*compiler, comparison) (issuelist.Filter, error) {
	return compareBy(column, func(at time.Time, _ *time.Location) any { return at.UTC() })
}

// compareDay asks for a day.
func compareDay(column issuelist.Field) func(*compiler, comparison) (issuelist.Filter, error) {
	return compareBy(column, func(at time.Time, zone *time.Location) any {
		return store.Date(at.In(zone).Format(time.DateOnly))
	})
}

func compareBy(column issuelist.Field, as func(at time.Time, zone *time.Location) any) func(*compiler,
	comparison) (issuelist.Filter, error) {
	return func(k *compiler, x comparison) (issuelist.Filter, error) {
		if x.op == null {
			return issuelist.Null{Field: column}, nil
		}
		first, last, err := k.ends(x)
		if err != nil {
			return nil, err
		}
		if _, day := as(k.now, k.zone).(store.Date); day {
			first, last = k.day(first.from), k.day(last.from)
		}
		span := issuelist.Between{Field: column}
		if x.op == equal || x.op == between || x.op == greaterEqual {
			span.From = as(first.from, k.zone)
		}
		if x.op == equal || x.op == between || x.op == lessEqual {
			span.To = as(last.to, k.zone)
		}
		switch x.op {
		case greater:
			span.From = as(first.to, k.zone)
		case less:
			span.To = as(first.from, k.zone)
		}
		return span, nil
	}
}
