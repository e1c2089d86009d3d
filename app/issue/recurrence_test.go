package issue

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/store"
)

func TestRulesSayDays(t *testing.T) {
	for _, tt := range []struct{ rule, start, end, from, want string }{
		{"FREQ=DAILY", "2026-01-30", "", "2026-01-01", "2026-01-30 2026-01-31 2026-02-01"},
		{"freq=weekly;interval=2;byday=mo,th", "2026-05-04", "", "2026-05-04", "2026-05-04 2026-05-07 2026-05-18"},
		{"RRULE:FREQ=MONTHLY;BYDAY=-1FR", "2026-01-01", "", "2026-03-01", "2026-03-27 2026-04-24 2026-05-29"},
		{"FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-01", "", "2026-02-01", "2026-03-31 2026-05-31 2026-07-31"},
		{"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", "2026-01-01", "", "2026-08-01", "2026-08-03 2026-09-01 2026-10-01"},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2096-02-29", "", "2096-03-01", "2104-02-29 2108-02-29 2112-02-29"},
		{"FREQ=DAILY;COUNT=2", "2026-01-30", "", "2026-01-31", "2026-01-31"},
		{"FREQ=DAILY", "2026-01-30", "2026-01-31", "2026-01-31", "2026-01-31"},
		{"FREQ=DAILY", "2026-01-30", "2026-01-01", "2026-01-31", ""},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-30", "", "2026-01-31", ""},
		{"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "1970-01-01", "", "2199-01-31", ""},
	} {
		rule, fault := readRule(tt.rule)
		if fault != "" {
			t.Errorf("%s: %s", tt.rule, fault)
			continue
		}
		var end *store.Date
		if tt.end != "" {
			end = new(store.Date(tt.end))
		}
		var got []string
		for _, day := range rule.next(store.Date(tt.start), end, store.Date(tt.from), 3) {
			got = append(got, string(day))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s from %s: %v, want %s", tt.rule, tt.from, got, tt.want)
		}
	}
}

func TestRulesThatMakeNoSense(t *testing.T) {
	for rule, says := range map[string]string{
		"": "not known", "FREQ=HOURLY": "FREQ is", "INTERVAL=2": "no FREQ", "FREQ=DAILY;FREQ=DAILY": "stands twice",
		"FREQ=DAILY;INTERVAL=0":    "from 1 to 999",
		"FREQ=DAILY;INTERVAL=1000": "from 1 to 999", "FREQ=DAILY;INTERVAL=1,2": "one number",
		"FREQ=DAILY;UNTIL=20260101": "end_date", "FREQ=DAILY;BYHOUR=1": "not known", "FREQ=WEEKLY;BYDAY=1MO": "only with",
		"FREQ=WEEKLY;BYDAY=XX": "a list of days", "FREQ=WEEKLY;BYDAY=": "a list of days",
		"FREQ=MONTHLY;BYDAY=99MO":    "from 1 to 53",
		"FREQ=MONTHLY;BYMONTHDAY=32": "from 1 to 31", "FREQ=YEARLY;BYMONTH=-1": "from 1 to 12", "FREQ=WEEKLY;BYMONTHDAY=1": "does not go",
		"FREQ=DAILY;": "not known", "FREQ=DAILY;BYSETPOS=1": "chooses", "FREQ=WEEKLY;WKST=1": "is a day",
	} {
		if _, fault := readRule(rule); !strings.Contains(fault, says) {
			t.Errorf("%q: %q, want %q", rule, fault, says)
		}
	}
}

// Whatever rule is taken, its days come in order, within its bounds, and the same wherever one begins to look.
func TestDaysOfRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Custom(func(t *rapid.T) store.Date {
			at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 4000).Draw(t, "day"))
			return store.Date(at.Format(time.DateOnly))
		})
		parts := []string{"FREQ=" + rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(t, "freq")}
		for _, more := range []string{"INTERVAL=3", "COUNT=40", "BYDAY=MO,WE", "BYDAY=2TU", "BYMONTH=2,5", "BYMONTHDAY=-1,15",
			"BYSETPOS=-1", "WKST=SU"} {
			if rapid.IntRange(0, 3).Draw(t, more) == 0 {
				parts = append(parts, more)
			}
		}
		rule, fault := readRule(strings.Join(parts, ";"))
		if fault != "" {
			t.Skip(fault)
		}
		start, from := day.Draw(t, "start"), day.Draw(t, "from")
		var end *store.Date
		if rapid.Bool().Draw(t, "ends") {
			end = new(day.Draw(t, "end"))
		}
		all := rule.next(start, end, from, 6)
		for i, d := range all {
			if d < start || d < from || end != nil && d > *end || i > 0 && d <= all[i-1] {
				t.Fatalf("%s from %s: %v", rule.text, from, all)
			}
		}
		if len(all) > 2 {
			if again := rule.next(start, end, all[1], 2); len(again) != 2 || again[0] != all[1] || again[1] != all[2] {
				t.Fatalf("%s: from %s on %v, and before %v", rule.text, all[1], again, all)
			}
		}
	})
}

func FuzzRule(f *testing.F) {
	for _, seed := range []string{"FREQ=WEEKLY;BYDAY=MO,TH", "RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
		"FREQ=DAILY;BYSETPOS=366;BYMONTHDAY=31;BYMONTH=2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rule, fault := readRule(text)
		if fault != "" {
			return
		}
		for _, day := range rule.next("2026-01-01", nil, "2026-02-01", 3) {
			if day < "2026-02-01" {
				t.Errorf("%q: %s", text, day)
			}
		}
		if again, fault := readRule(rule.text); fault != "" || again.text != rule.text {
			t.Errorf("%q: what is kept is %q, which is read as %q: %s", text, rule.text, again.text, fault)
		}
	})
}

// The clock is the project's, also on the days on which its clocks are changed.
func TestMoments(t *testing.T) {
	for _, tt := range []struct{ day, clock, zone, want string }{
		{"2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:30:00Z"}, // left out
		{"2026-03-30", "02:30", "Europe/Berlin", "2026-03-30T00:30:00Z"},
		{"2026-01-01", "00:00", "Pacific/Kiritimati", "2025-12-31T10:00:00Z"},
	} {
		if got := moment(store.Date(tt.day), tt.clock, tt.zone).Format(time.RFC3339); got != tt.want {
			t.Errorf("%s %s in %s: %s, want %s", tt.day, tt.clock, tt.zone, got, tt.want)
		}
	}
}
