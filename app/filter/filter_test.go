package filter

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

var today = time.Date(2026, 3, 31, 22, 30, 0, 0, time.UTC)

func in(zone string) *filters {
	place, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	return &filters{now: today, zone: place}
}

// Days are read in all their forms; both ends are included, and of each kind the last one counts.
func TestSpansOfDays(t *testing.T) {
	span := func(from, to string) DaySpan { return DaySpan{store.Date(from), store.Date(to)} }
	for _, tt := range []struct {
		text string
		want DaySpan
		bad  bool
	}{
		{text: "", want: DaySpan{}},
		{text: "2026-05-01", want: span("2026-05-01", "2026-05-01")},
		{text: "2026-05-01;after", want: span("2026-05-01", "")},
		{text: "2026-05-01;before", want: span("", "2026-05-01")},
		{text: "2026-05-01;after,2026-06-01;before", want: span("2026-05-01", "2026-06-01")},
		{text: "2026-05-01;after,2026-05-02;after", want: span("2026-05-02", "")},
		{text: "2026-5-1;after", want: span("2026-05-01", "")},
		{text: "2_weeks;after;fromnow", want: span("2026-04-14", "")},
		{text: "2_weeks;before;fromnow", want: span("", "2026-04-14")},
		{text: "1_months;after;ago", want: span("2026-03-01", "")},
		{text: "0_weeks;after;fromnow", want: span("2026-03-31", "")},
		{text: "2_weeks;after", want: DaySpan{}},     // says too little
		{text: "2026-05-01;after,", want: DaySpan{}}, // an empty part takes all of it back
		{text: "2026-02-30;after", bad: true},
		{text: "2026-02-30", bad: true},
		{text: "soon;after", bad: true},
		{text: "soon", bad: true},
		{text: "2_years;after;fromnow", bad: true},
		{text: "-2_weeks;after;fromnow", bad: true},
		{text: "999999_months;after;fromnow", bad: true},
		{text: "999999_months;after;ago", bad: true},
		{text: "0000-01-01;after", bad: true},
		{text: "10000-01-01;after", bad: true},
	} {
		got, err := ReadDaySpan(tt.text, today)
		if (err != nil) != tt.bad {
			t.Errorf("%q: %v", tt.text, err)
		}
		if !tt.bad && got != tt.want {
			t.Errorf("%q is %v, want %v", tt.text, got, tt.want)
		}
	}
}

// A day of a time begins at midnight where the caller lives, and is as long as it is there: 23 or 25 hours when clocks
// change.
func TestDaysWhereClocksChange(t *testing.T) {
	for _, tt := range []struct{ zone, day, from, to string }{
		{"UTC", "2026-03-29", "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z"},
		{"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
		{"Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"},
		{"America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"},
		{"America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},
		{"Asia/Kolkata", "2026-03-29", "2026-03-28T18:30:00Z", "2026-03-29T18:30:00Z"},
		{"Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00Z", "2026-01-01T10:00:00Z"},
		{"Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"},
	} {
		f := in(tt.zone)
		on, err := byDay(issuelist.CreatedAt)(f, tt.day)
		if err != nil {
			t.Fatal(err)
		}
		at := func(text string) time.Time {
			when, err := time.Parse(time.RFC3339, text)
			if err != nil {
				t.Fatal(err)
			}
			return when
		}
		want := issuelist.All{issuelist.Between{Field: issuelist.CreatedAt, From: at(tt.from), To: at(tt.to)}}
		if d := cmp.Diff(issuelist.Filter(want), on); d != "" {
			t.Errorf("%s in %s (-want +got):\n%s", tt.day, tt.zone, d)
		}
		after, err := byDay(issuelist.CompletedAt)(f, tt.day+";after,"+tt.day+";before")
		if err != nil {
			t.Fatal(err)
		}
		want = issuelist.All{issuelist.Between{Field: issuelist.CompletedAt, From: at(tt.from)},
			issuelist.Between{Field: issuelist.CompletedAt, To: at(tt.to)}}
		if d := cmp.Diff(issuelist.Filter(want), after); d != "" {
			t.Errorf("from and to %s in %s (-want +got):\n%s", tt.day, tt.zone, d)
		}
		// A day that is a day is the same everywhere.
		start, err := byDay(issuelist.StartDate)(f, tt.day+";after")
		want = issuelist.All{issuelist.Between{Field: issuelist.StartDate, From: store.Date(tt.day)}}
		if d := cmp.Diff(issuelist.Filter(want), start); err != nil || d != "" {
			t.Errorf("days from %s in %s: %v (-want +got):\n%s", tt.day, tt.zone, err, d)
		}
	}
}

// What a filter says is read into its condition; what is none of its values is passed over or refused, by its rule.
func TestWhatFiltersSay(t *testing.T) {
	const id, other = "11111111-2222-4333-8444-555555555555", "22222222-2222-4333-8444-555555555555"
	for _, tt := range []struct {
		name, value string
		want        issuelist.Filter
		bad         bool
	}{
		{name: "state", value: id + "," + other, want: issuelist.In{Field: issuelist.State, Values: []string{id, other}}},
		{name: "state", value: "", want: nil},
		{name: "parent", value: "None", want: issuelist.Null{Field: issuelist.Parent}},
		{name: "priority", value: "high,low", want: issuelist.In{Field: issuelist.Priority, Values: []string{"high", "low"}}},
		{name: "name", value: "a\x00b", want: issuelist.Contains{Field: issuelist.Name, Text: "ab"}},
		{name: "name", value: "", want: nil},
		{name: "type", value: "backlog", want: issuelist.InGroup{"backlog"}},
		{name: "type", value: "active", want: issuelist.InGroup{"unstarted", "started"}},
		{name: "type", value: "all", want: issuelist.InGroup{"backlog", "unstarted", "started", "completed", "cancelled"}},
		{name: "sub_issue", value: "false", want: issuelist.Null{Field: issuelist.Parent}},
		{name: "sub_issue", value: "true", want: nil},
		{name: "estimate_point", value: id, want: issuelist.In{Field: issuelist.EstimatePoint, Values: []string{id}}},
		{name: "estimate_point", value: "three", bad: true},
		{name: "intake_status", value: "-2,01", want: issuelist.Has{Relation: issuelist.Intake,
			Values: []string{"-2", "1"}, Removed: true}},
		{name: "intake_status", value: "open", bad: true},
		{name: "intake_status", value: "99999", bad: true},
		{name: "logged_by", value: id, bad: true},
		{name: "start_target_date", value: "false", want: nil},
	} {
		got, err := readers[tt.name](in("UTC"), tt.value)
		if (err != nil) != tt.bad {
			t.Errorf("%s=%q: %v", tt.name, tt.value, err)
		}
		if d := cmp.Diff(tt.want, got, cmpopts.EquateComparable(issuelist.Relation{})); !tt.bad && d != "" {
			t.Errorf("%s=%q (-want +got):\n%s", tt.name, tt.value, d)
		}
	}
	for name := range (PublicParams{}).Parameters() {
		if name == "subscriber" || name == "mentions" {
			t.Errorf("strangers filter by %s", name)
		}
	}
}

// Whatever is sent for a filter, it is read or refused as bad input; nothing else happens.
func TestAnyTextForAFilter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "name")
		value := rapid.OneOf(rapid.String(), rapid.StringMatching(
			`([0-9]{1,6}_(weeks|months)|[0-9]{1,5}-[0-9]{1,2}-[0-9]{1,2}|None|null|-?[0-9]{1,6})(;(after|before|fromnow|ago)){0,2}(,.{0,9})?`)).
			Draw(t, "value")
		_, err := readers[name](in("Europe/Berlin"), value)
		var refusal *app.Error
		if err != nil && !errors.As(err, &refusal) {
			t.Fatalf("%s=%q: %T %v", name, value, err, err)
		}
	})
}

// The filters of a saved view are those of a request again, whatever form they were kept in.
func TestFiltersOfViews(t *testing.T) {
	for _, tt := range []struct {
		kept, stored string
		params       Params
	}{
		{`{}`, `{}`, Params{}},
		{`[]`, "", nil},
		{`7`, "", nil},
		{`{"priority":["high","low"]}`, `{"priority__in":["high","low"]}`, Params{"priority": "high,low"}},
		{`{"labels":["a"],"state":null}`, `{"label_issue__deleted_at__isnull":true,"labels__in":["a"]}`, Params{"labels": "a"}},
		{`{"assignees":[]}`, `{"issue_assignee__deleted_at__isnull":true}`, Params{}},
		{`{"name":"x","odd":"y"}`, `{"name__icontains":"x"}`, Params{"name": "x", "odd": "y"}},
		{`{"start_date":["2026-01-01;after","2026-02-01;before"]}`,
			`{"start_date":["2026-01-01;after","2026-02-01;before"]}`,
			Params{"start_date": "2026-01-01;after,2026-02-01;before"}},
		{`{"inbox_status":[-2,1]}`, `{"issue_intake__status__in":[-2,1]}`, Params{"inbox_status": "-2,1"}},
		{`{"sub_issue":false,"type":""}`, `{}`, Params{}},
	} {
		stored, err := Stored(store.JSON(tt.kept))
		if err != nil || string(stored) != tt.stored {
			t.Errorf("%s is stored as %s, %v; want %s", tt.kept, stored, err, tt.stored)
		}
		if d := cmp.Diff(tt.params, Parameters(store.JSON(tt.kept))); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.kept, d)
		}
	}
}
