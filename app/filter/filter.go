// Package filter reads the single-purpose filters of work items that requests and saved views carry.
package filter

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// reader reads one parameter's value into a condition; nil is none.
type reader func(f *filters, value string) (issuelist.Filter, error)

type filters struct {
	now  time.Time
	zone *time.Location // whose days the times are compared with
}

// readers are the single-purpose filters of lists (Plane: utils/issue_filters.py).
var readers = map[string]reader{
	"state":          byID(issuelist.State),
	"project":        byID(issuelist.Project),
	"parent":         orNone(byID(issuelist.Parent), issuelist.Null{Field: issuelist.Parent}),
	"created_by":     orNone(byID(issuelist.CreatedBy), issuelist.Null{Field: issuelist.CreatedBy}),
	"labels":         orNone(byTie(issuelist.Labels, false), issuelist.Lacks{Relation: issuelist.Labels}),
	"assignees":      orNone(byTie(issuelist.Assignees, false), issuelist.Lacks{Relation: issuelist.Assignees}),
	"cycle":          orNone(byTie(issuelist.Cycles, false), issuelist.Lacks{Relation: issuelist.Cycles}),
	"module":         orNone(byTie(issuelist.Modules, false), issuelist.Lacks{Relation: issuelist.Modules}),
	"subscriber":     byTie(issuelist.Subscribers, false),
	"mentions":       byTie(issuelist.Mentions, true),
	"state_group":    byStateGroup,
	"priority":       byPriority,
	"estimate_point": byEstimatePoint,
	"intake_status":  byIntakeStatus("intake_status"),
	"inbox_status":   byIntakeStatus("inbox_status"),
	"type":           byStateType,
	"name":           byName,
	"start_date":     byDay(issuelist.StartDate),
	"target_date":    byDay(issuelist.TargetDate),
	"created_at":     byDay(issuelist.CreatedAt),
	"updated_at":     byDay(issuelist.CreatedAt), // as the reference has it
	"completed_at":   byDay(issuelist.CompletedAt),
	"sub_issue":      bySubIssue,
	"start_target_date": func(_ *filters, v string) (issuelist.Filter, error) {
		if v != "true" {
			return nil, nil
		}
		return issuelist.All{issuelist.Not{Filter: issuelist.Null{Field: issuelist.StartDate}},
			issuelist.Not{Filter: issuelist.Null{Field: issuelist.TargetDate}}}, nil
	},
	"logged_by": func(*filters, string) (issuelist.Filter, error) {
		return nil, app.Field("logged_by", "There is no such field.")
	},
}

var names = slices.Sorted(func(yield func(string) bool) {
	for n := range readers {
		if !yield(n) {
			return
		}
	}
})

// Params are the filters among a request's parameters, by their names.
type Params map[string]string

// Parameters names them all, with what each stands for.
func (Params) Parameters() map[string]string { return kinds }

// PublicParams are the filters that a published board has.
type PublicParams map[string]string

// Parameters lacks the filters by what nobody outside is to find out: who follows a work item, and whom it names.
func (PublicParams) Parameters() map[string]string {
	public := maps.Clone(kinds)
	delete(public, "subscriber")
	delete(public, "mentions")
	return public
}

// kinds says what the filters' texts stand for, in the words of the API description.
var kinds = func() map[string]string {
	all := map[string]string{"name": "text", "start_target_date": "boolean", "sub_issue": "boolean",
		"type": "all|backlog|active", "state_group": "words", "priority": "words", "intake_status": "integers",
		"inbox_status": "integers"}
	for _, n := range names {
		switch {
		case all[n] != "":
		case strings.HasSuffix(n, "_date") || strings.HasSuffix(n, "_at"):
			all[n] = "days"
		default:
			all[n] = "ids"
		}
	}
	return all
}()

// Read reads the filters among parameters; all have to hold.
func Read(c *app.Call, q Params) (issuelist.All, error) {
	f := &filters{now: c.DB.Now(), zone: c.Zone()}
	var all issuelist.All
	for _, n := range names {
		value, ok := q[n]
		if !ok {
			continue
		}
		filter, err := readers[n](f, value)
		if err != nil {
			return nil, err
		}
		if filter != nil {
			all = append(all, filter)
		}
	}
	return all, nil
}

// values splits at commas; "null" stands for nothing. An empty value makes the whole filter void.
func values(v string) []string {
	vs := slices.DeleteFunc(strings.Split(v, ","), func(s string) bool { return s == "null" })
	if slices.Contains(vs, "") {
		return nil
	}
	return vs
}

// IDs are the well formed ids of a list with commas; what is none is passed over.
func IDs(v string) []string {
	var ids []string
	for s := range strings.SplitSeq(v, ",") {
		if id, err := uuid.Parse(s); err == nil {
			ids = append(ids, id.String())
		}
	}
	return ids
}

func byID(field issuelist.Field) reader {
	return func(_ *filters, v string) (issuelist.Filter, error) {
		if ids := IDs(v); len(ids) > 0 {
			return issuelist.In{Field: field, Values: ids}, nil
		}
		return nil, nil
	}
}

func byTie(r issuelist.Relation, removed bool) reader {
	return func(_ *filters, v string) (issuelist.Filter, error) {
		if ids := IDs(v); len(ids) > 0 {
			return issuelist.Has{Relation: r, Values: ids, Removed: removed}, nil
		}
		return nil, nil
	}
}

// orNone understands "None" as well; together with ids nothing fits.
func orNone(read reader, none issuelist.Filter) reader {
	return func(f *filters, v string) (issuelist.Filter, error) {
		ids, err := read(f, v)
		if !slices.Contains(strings.Split(v, ","), issuelist.None) {
			return ids, err
		}
		if ids == nil {
			return none, err
		}
		return issuelist.All{ids, none}, err
	}
}

func byStateGroup(_ *filters, v string) (issuelist.Filter, error) {
	if vs := values(v); len(vs) > 0 {
		return issuelist.InGroup(vs), nil
	}
	return nil, nil
}

func byPriority(_ *filters, v string) (issuelist.Filter, error) {
	if vs := values(v); len(vs) > 0 {
		return issuelist.In{Field: issuelist.Priority, Values: vs}, nil
	}
	return nil, nil
}

func byEstimatePoint(_ *filters, v string) (issuelist.Filter, error) {
	vs := values(v)
	if len(vs) == 0 {
		return nil, nil
	}
	ids := IDs(strings.Join(vs, ","))
	if len(ids) < len(vs) {
		return nil, app.ErrValue
	}
	return issuelist.In{Field: issuelist.EstimatePoint, Values: ids}, nil
}

func byIntakeStatus(param string) reader {
	return func(_ *filters, v string) (issuelist.Filter, error) {
		vs := values(v)
		for n, s := range vs {
			status, err := strconv.ParseInt(s, 10, 16)
			if err != nil {
				return nil, app.Field(param, "A valid integer is required.")
			}
			vs[n] = strconv.FormatInt(status, 10)
		}
		if len(vs) == 0 {
			return nil, nil
		}
		return issuelist.Has{Relation: issuelist.Intake, Values: vs, Removed: true}, nil
	}
}

func byStateType(_ *filters, v string) (issuelist.Filter, error) {
	switch v {
	case "backlog":
		return issuelist.InGroup{"backlog"}, nil
	case "active":
		return issuelist.InGroup{"unstarted", "started"}, nil
	}
	return issuelist.InGroup{"backlog", "unstarted", "started", "completed", "cancelled"}, nil
}

func byName(_ *filters, v string) (issuelist.Filter, error) {
	if v == "" {
		return nil, nil
	}
	return issuelist.Contains{Field: issuelist.Name, Text: strings.ReplaceAll(v, "\x00", "")}, nil
}

func bySubIssue(_ *filters, v string) (issuelist.Filter, error) {
	if v != "false" {
		return nil, nil
	}
	return issuelist.Null{Field: issuelist.Parent}, nil
}

var span = regexp.MustCompile(`^([0-9]{1,6})_(weeks|months)$`)

// byDay reads "2026-05-01;after", "2_weeks;before;fromnow" or a bare day, several with commas; of each kind the last
// counts.
func byDay(field issuelist.Field) reader {
	return func(f *filters, v string) (issuelist.Filter, error) {
		d, err := f.days(v)
		if err != nil {
			return nil, err
		}
		var all issuelist.All
		if d.after != nil {
			all = append(all, issuelist.Between{Field: field, From: f.start(field, *d.after)})
		}
		if d.before != nil {
			all = append(all, issuelist.Between{Field: field, To: f.start(field, d.before.AddDate(0, 0, 1))})
		}
		if d.on != nil {
			all = append(all, f.onDay(field, *d.on))
		}
		if len(all) == 0 {
			return nil, nil
		}
		return all, nil
	}
}

// days are the ends that a filter by days names, both included; nil where it names none.
type days struct {
	after, before *time.Time
	on            *string
}

func (f *filters) days(v string) (d days, err error) {
	parts := strings.Split(v, ",")
	if slices.Contains(parts, "") {
		return d, nil
	}
	for _, part := range parts {
		words := strings.Split(part, ";")
		if len(words) == 1 {
			d.on = &part
			continue
		}
		day, ok, err := f.day(words)
		switch {
		case err != nil:
			return d, err
		case !ok:
		case slices.Contains(words, "after"):
			d.after = &day
		default:
			d.before = &day
		}
	}
	return d, nil
}

// DaySpan is the days from one to another, both included; empty where an end is open.
type DaySpan struct{ From, To store.Date }

// ReadDaySpan reads a filter by days, as lists of work items have it, for rows that have days only; a bare day is both
// ends.
func ReadDaySpan(v string, now time.Time) (span DaySpan, err error) {
	d, err := (&filters{now: now, zone: time.UTC}).days(v)
	if err != nil {
		return span, err
	}
	if d.on != nil {
		day, ok := store.ParseDate(*d.on)
		if !ok {
			return span, app.ErrValue
		}
		d.after, d.before = &day, &day
	}
	if d.after != nil {
		span.From = store.Date(d.after.Format(time.DateOnly))
	}
	if d.before != nil {
		span.To = store.Date(d.before.Format(time.DateOnly))
	}
	return span, nil
}

// day is the day that the words speak of; false when they say too little.
func (f *filters) day(words []string) (time.Time, bool, error) {
	m := span.FindStringSubmatch(words[0])
	if m == nil {
		day, err := time.Parse("2006-1-2", words[0])
		if err != nil || !store.InCalendar(day) {
			return day, false, app.ErrValue
		}
		return day, true, nil
	}
	if len(words) != 3 {
		return time.Time{}, false, nil
	}
	n, _ := strconv.Atoi(m[1]) // digits
	days := 7 * n
	if m[2] == "months" {
		days = 30 * n
	}
	if words[2] != "fromnow" {
		days = -days
	}
	day := f.now.UTC().AddDate(0, 0, days)
	if day.Year() < 1 || day.Year() > 9999 {
		return day, false, app.ErrValue
	}
	return day, true, nil
}

// start is when a day begins: for days the day itself, for times its first moment where the caller lives.
func (f *filters) start(field issuelist.Field, day time.Time) any {
	if field == issuelist.StartDate || field == issuelist.TargetDate {
		return store.Date(day.Format(time.DateOnly))
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, f.zone).UTC()
}

func (f *filters) onDay(field issuelist.Field, text string) issuelist.Filter {
	if field == issuelist.StartDate || field == issuelist.TargetDate {
		return issuelist.Contains{Field: field, Text: text}
	}
	day, ok := store.ParseDate(text)
	if !ok {
		return issuelist.Never{}
	}
	return issuelist.Between{Field: field, From: f.start(field, day), To: f.start(field, day.AddDate(0, 0, 1))}
}
