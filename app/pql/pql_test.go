package pql

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// at is a compiler that reads nothing, on a Thursday evening in Berlin that is still Thursday in UTC.
func at(moment string) *compiler {
	now, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		panic(err)
	}
	return &compiler{now: now, zone: app.Zone("Europe/Berlin")}
}

// Days are those of where the caller lives; a day is as long as it is there, weeks begin on Mondays, and months end
// where they end.
func TestDates(t *testing.T) {
	time := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tt := range []struct {
		now, pql string
		want     issuelist.Between
	}{
		{"2026-03-26T21:00:00Z", `dueDate = today()`, issuelist.Between{From: store.Date("2026-03-26"), To: store.Date("2026-03-27")}},
		{"2026-03-26T23:30:00Z", `dueDate < today()`, issuelist.Between{To: store.Date("2026-03-27")}},
		{"2026-03-26T21:00:00Z", `dueDate > today()`, issuelist.Between{From: store.Date("2026-03-27")}},
		{"2026-03-26T21:00:00Z", `dueDate <= endOfWeek()`, issuelist.Between{To: store.Date("2026-03-30")}},
		{"2026-03-26T21:00:00Z", `dueDate >= startOfWeek()`, issuelist.Between{From: store.Date("2026-03-23")}},
		{"2026-03-29T10:00:00Z", `dueDate >= startOfWeek()`, issuelist.Between{From: store.Date("2026-03-23")}},
		{"2026-03-31T10:00:00Z", `dueDate = monthsAgo(1)`, issuelist.Between{From: store.Date("2026-02-28"), To: store.Date("2026-03-01")}},
		{"2026-03-31T10:00:00Z", `dueDate = monthsFromNow(11)`, issuelist.Between{From: store.Date("2027-02-28"), To: store.Date("2027-03-01")}},
		{"2026-03-31T10:00:00Z", `dueDate = weeksFromNow(2)`, issuelist.Between{From: store.Date("2026-04-14"), To: store.Date("2026-04-15")}},
		{"2026-03-26T21:00:00Z", `dueDate BETWEEN startOfMonth() AND endOfMonth()`,
			issuelist.Between{From: store.Date("2026-03-01"), To: store.Date("2026-04-01")}},
		{"2026-03-26T21:00:00Z", `createdAt = "2026-03-29"`,
			issuelist.Between{From: time("2026-03-28T23:00:00Z"), To: time("2026-03-29T22:00:00Z")}},
		{"2026-03-26T21:00:00Z", `createdAt > "2026-03-29"`, issuelist.Between{From: time("2026-03-29T22:00:00Z")}},
		{"2026-03-26T21:00:00Z", `createdAt >= startOfYear()`, issuelist.Between{From: time("2025-12-31T23:00:00Z")}},
		{"2026-03-26T21:00:00Z", `createdAt <= endOfDay()`, issuelist.Between{To: time("2026-03-26T23:00:00Z")}},
		{"2026-03-26T21:00:00Z", `createdAt < daysAgo(30)`, issuelist.Between{To: time("2026-02-23T23:00:00Z")}},
		{"2026-03-26T21:00:00Z", `createdAt >= "2026-03-01T10:00:00+02:00"`, issuelist.Between{From: time("2026-03-01T08:00:00Z")}},
	} {
		x, err := parse(tt.pql)
		if err != nil {
			t.Fatal(tt.pql, err)
		}
		got, err := at(tt.now).compile(x)
		tt.want.Field = map[byte]issuelist.Field{'d': issuelist.TargetDate, 'c': issuelist.CreatedAt}[tt.pql[0]]
		if d := cmp.Diff(issuelist.Filter(tt.want), got); err != nil || d != "" {
			t.Errorf("%s at %s: %v (-want +got)\n%s", tt.pql, tt.now, err, d)
		}
	}
}

// NOT binds closest, then AND, then OR; what is written in brackets is read as it was meant.
func TestPrecedence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := 0
		var draw func(depth int) (expr, string)
		draw = func(depth int) (expr, string) {
			kind := 0
			if depth > 0 {
				kind = rapid.IntRange(0, 3).Draw(t, "kind")
			}
			if kind == 0 || n > 40 {
				n++
				return leaf(n), fmt.Sprintf("project = \"%d\"", n)
			}
			x, text := draw(depth - 1)
			y, other := draw(depth - 1)
			switch kind {
			case 1:
				return not{x}, "NOT " + bracket(x, text, 3)
			case 2:
				return and{x, y}, bracket(x, text, 2) + rapid.SampledFrom([]string{" AND ", " and\n"}).Draw(t, "and") +
					bracket(y, other, 2)
			}
			return or{x, y}, bracket(x, text, 1) + " OR " + bracket(y, other, 1)
		}
		want, text := draw(3)
		got, err := parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if shape(got) != shape(want) {
			t.Fatalf("%s is read as %s, want %s", text, shape(got), shape(want))
		}
	})
}

func leaf(n int) comparison {
	return comparison{values: []value{{token: token{text: fmt.Sprint(n)}}}}
}

// bracket puts what binds no closer than the operator around it into brackets: OR is 1, AND 2, NOT 3.
func bracket(x expr, text string, around int) string {
	binds := 4
	switch x.(type) {
	case or:
		binds = 1
	case and:
		binds = 2
	case not:
		binds = 3
	}
	if binds > around || binds == 3 && around == 3 {
		return text
	}
	return "(" + text + ")"
}

func shape(x expr) string {
	several := func(name string, list []expr) string {
		var all []string
		for _, x := range list {
			all = append(all, shape(x))
		}
		return name + "(" + strings.Join(all, " ") + ")"
	}
	switch x := x.(type) {
	case and:
		return several("and", x)
	case or:
		return several("or", x)
	case not:
		return "not(" + shape(x.expr) + ")"
	case comparison:
		return x.values[0].text
	}
	return fmt.Sprint(x)
}

// Whatever a query is, it is read or refused as the field pql, with a place within it.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{
		`priority = "urgent" AND assignee = currentUser()`, `stateGroup IN openStates() AND NOT isOverdue()`,
		`dueDate BETWEEN (daysAgo(7), today()) OR dueDate IS NOT NULL`, `dueDate BETWEEN daysAgo(7) AND today()`,
		`title ~ 'it\'s' AND text ~ "é"`, `cf["x"] = -1.5`, `((isDraft = true))`, `updatedAt < "2026-01-01T00:00:00Z"`,
		`label NOT IN ("00000000-0000-0000-0000-000000000000")`, `a(b(c(d(1,"2",true))))`, `NOT NOT x`, "\x00", `"`, `!`,
	} {
		f.Add(s)
	}
	k := at("2026-03-26T21:00:00Z")
	f.Fuzz(func(t *testing.T, text string) {
		x, err := parse(text)
		if err == nil && !reads(x) {
			var f issuelist.Filter
			if f, err = k.compile(x); err == nil && f == nil {
				t.Errorf("%q is no condition", text)
			}
		}
		var refused *app.Error
		switch {
		case err == nil:
			return
		case !errors.As(err, &refused) || refused.Fields[Param] == nil:
			t.Fatalf("%q is refused with %v", text, err)
		}
		place, said := 0, refused.Fields[Param].([]string)[0]
		if _, err := fmt.Sscanf(said, "At character %d: ", &place); err != nil || place < 1 || place > len([]rune(text))+1 {
			t.Errorf("%q is refused at %d: %s", text, place, said)
		}
	})
}

// reads says whether a query asks the database, which this compiler has none of.
func reads(x expr) bool {
	switch x := x.(type) {
	case and:
		for _, y := range x {
			if reads(y) {
				return true
			}
		}
	case or:
		return reads(and(x))
	case not:
		return reads(x.expr)
	case predicate:
		_, other := find(relations, x.name)
		return other
	case comparison:
		calls := slices.ContainsFunc(x.values, func(v value) bool { return v.call })
		return calls && !readsNothing(x) || x.field.is("id")
	}
	return false
}

// readsNothing says whether the functions of a comparison read nothing: those of dates and groups.
func readsNothing(x comparison) bool {
	return slices.ContainsFunc([]string{"dueDate", "startDate", "createdAt", "updatedAt", "stateGroup"}, x.field.is)
}
