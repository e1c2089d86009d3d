package issue

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// recurrence says on which days something is done: a rule of RFC 5545 from one day on, until another one. The parts of
// the rule are read here, as the library takes what it does not know; it counts the days.
type recurrence struct {
	option rrule.ROption
	text   string
}

// farthest is how long is looked for a day that fits, in years from where one begins to look: a rule may have none.
const farthest = 30

var (
	frequencies = map[string]rrule.Frequency{"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY,
		"YEARLY": rrule.YEARLY}
	weekdays = map[string]rrule.Weekday{"MO": rrule.MO, "TU": rrule.TU, "WE": rrule.WE, "TH": rrule.TH, "FR": rrule.FR,
		"SA": rrule.SA, "SU": rrule.SU}
)

// numbers are the parts of rules that are lists of numbers: how large they may be, whether below zero too, and where
// they go.
var numbers = map[string]struct {
	most     int
	negative bool
	most1    bool // one number, no list
	into     func(*rrule.ROption, []int)
}{
	"INTERVAL":   {999, false, true, func(o *rrule.ROption, n []int) { o.Interval = n[0] }},
	"COUNT":      {9999, false, true, func(o *rrule.ROption, n []int) { o.Count = n[0] }},
	"BYMONTH":    {12, false, false, func(o *rrule.ROption, n []int) { o.Bymonth = n }},
	"BYMONTHDAY": {31, true, false, func(o *rrule.ROption, n []int) { o.Bymonthday = n }},
	"BYSETPOS":   {366, true, false, func(o *rrule.ROption, n []int) { o.Bysetpos = n }},
}

// readRule reads a rule, such as FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH. What is wrong with it is a text; empty: nothing.
func readRule(text string) (r recurrence, fault string) {
	r.text = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "RRULE:")
	r.option.Interval = 1
	seen := map[string]bool{}
	for part := range strings.SplitSeq(r.text, ";") {
		name, value, _ := strings.Cut(part, "=")
		if seen[name] {
			return r, name + " stands twice."
		}
		seen[name] = true
		if fault := r.part(name, value); fault != "" {
			return r, fault
		}
	}
	switch {
	case !seen["FREQ"]:
		return r, "It has no FREQ. A rule is such as FREQ=WEEKLY;BYDAY=MO,TH."
	case r.ordinal() && r.option.Freq != rrule.MONTHLY && r.option.Freq != rrule.YEARLY:
		return r, "BYDAY has numbers only with FREQ=MONTHLY and FREQ=YEARLY."
	case seen["BYMONTHDAY"] && r.option.Freq == rrule.WEEKLY:
		return r, "BYMONTHDAY does not go with FREQ=WEEKLY."
	case seen["BYSETPOS"] && !seen["BYDAY"] && !seen["BYMONTHDAY"] && !seen["BYMONTH"]:
		return r, "BYSETPOS chooses among the days of BYDAY, BYMONTHDAY or BYMONTH."
	}
	if _, err := rrule.NewRRule(r.option); err != nil {
		return r, "It can't be understood: " + err.Error() + "."
	}
	return r, ""
}

func (r *recurrence) part(name, value string) (fault string) {
	if n, ok := numbers[name]; ok {
		list, fault := ints(name, value, n.most, n.negative)
		if fault == "" && n.most1 && len(list) > 1 {
			fault = name + " is one number."
		}
		if fault == "" {
			n.into(&r.option, list)
		}
		return fault
	}
	switch name {
	case "FREQ":
		freq, ok := frequencies[value]
		if !ok {
			return "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY."
		}
		r.option.Freq = freq
	case "WKST":
		day, ok := weekdays[value]
		if !ok {
			return "WKST is a day: MO, TU, WE, TH, FR, SA or SU."
		}
		r.option.Wkst = day
	case "BYDAY":
		return r.days(value)
	case "UNTIL":
		return "The end is said by end_date."
	default:
		return `"` + name + `" is not known here. There are FREQ, INTERVAL, COUNT, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS and WKST.`
	}
	return ""
}

// days reads BYDAY: MO,TH or 1MO,-1FR.
func (r *recurrence) days(value string) (fault string) {
	const most = 53
	for word := range strings.SplitSeq(value, ",") {
		cut := max(len(word)-2, 0)
		day, ok := weekdays[word[cut:]]
		if !ok {
			return "BYDAY is a list of days: MO, TU, WE, TH, FR, SA, SU, or such as 1MO and -1FR."
		}
		if cut > 0 {
			n, fault := ints("BYDAY", word[:cut], most, true)
			if fault != "" {
				return fault
			}
			day = day.Nth(n[0])
		}
		if len(r.option.Byweekday) >= most*len(weekdays) {
			return "BYDAY has too many days."
		}
		r.option.Byweekday = append(r.option.Byweekday, day)
	}
	return ""
}

// ordinal says whether a day has a number.
func (r *recurrence) ordinal() bool {
	return slices.ContainsFunc(r.option.Byweekday, func(d rrule.Weekday) bool { return d.N() != 0 })
}

// ints reads numbers from 1 to most, or down to -most.
func ints(name, value string, most int, negative bool) (list []int, fault string) {
	for word := range strings.SplitSeq(value, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n == 0 || n > most || n < -most || n < 0 && !negative || len(list) >= 2*366 {
			return nil, name + " is made of numbers from 1 to " + strconv.Itoa(most) + "."
		}
		list = append(list, n)
	}
	return list, ""
}

// next returns up to so many days of the rule, which begins on a day and ends on another one if it does, from a day on.
func (r recurrence) next(start store.Date, end *store.Date, from store.Date, most int) []store.Date {
	r.option.Dtstart = dayTime(start)
	r.option.Until = later(r.option.Dtstart, dayTime(from)).AddDate(farthest, 0, 0)
	if end != nil {
		if last := dayTime(*end); last.Before(r.option.Until) {
			r.option.Until = last
		}
	}
	rule, err := rrule.NewRRule(r.option)
	if err != nil || r.option.Until.Before(r.option.Dtstart) {
		return nil // it was read before
	}
	var days []store.Date
	each := rule.Iterator()
	for len(days) < most {
		at, ok := each()
		if !ok {
			break
		}
		if day := store.Date(at.Format(time.DateOnly)); day >= from {
			days = append(days, day)
		}
	}
	return days
}

// dayTime is a day in UTC, where every day has 24 hours.
func dayTime(day store.Date) time.Time {
	at, _ := time.Parse(time.DateOnly, string(day)) // checked when it came in
	return at
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// moment is a day's time of the clock in a zone. A time that the zone's clocks leave out is the one an hour on.
func moment(day store.Date, clock, zone string) time.Time {
	d := dayTime(day)
	at, _ := time.Parse("15:04", clock) // checked when it came in
	return time.Date(d.Year(), d.Month(), d.Day(), at.Hour(), at.Minute(), 0, 0, app.Zone(zone)).UTC()
}
