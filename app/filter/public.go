package filter

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// In the public API a program acts on what it finds, and nobody looks at it first. So what Read passes over is refused
// here, a tie counts as long as it is there, and updated_at is when a work item was changed.

// public are the readers that differ from those of Read.
var public = map[string]reader{
	"labels":     publicTie("labels", issuelist.Labels, true),
	"assignees":  publicTie("assignees", issuelist.Assignees, true),
	"cycle":      publicTie("cycle", issuelist.Cycles, true),
	"module":     publicTie("module", issuelist.Modules, true),
	"subscriber": publicTie("subscriber", issuelist.Subscribers, false),
	"mentions":   publicTie("mentions", issuelist.Mentions, false),
	"state":      publicID("state", issuelist.State, false),
	"project":    publicID("project", issuelist.Project, false),
	"parent":     publicID("parent", issuelist.Parent, true),
	"created_by": publicID("created_by", issuelist.CreatedBy, true),
	"estimate_point": publicID("estimate_point",
		issuelist.EstimatePoint, false),
	"updated_at":  byDay(issuelist.UpdatedAt),
	"state_group": publicWords("state_group", groups, byStateGroup),
	"priority":    publicWords("priority", priorities, byPriority),
}

var (
	groups     = []string{"backlog", "unstarted", "started", "completed", "cancelled"}
	priorities = []string{"urgent", "high", "medium", "low", "none"}
)

// ReadPublic reads the filters among the parameters of a list of the public API; all have to hold. A value that Read
// would pass over is an app.Error that names the parameter.
func ReadPublic(c *app.Call, q Params) (issuelist.All, error) {
	f := &filters{now: c.DB.Now(), zone: c.Zone()}
	var all issuelist.All
	for _, name := range slices.Sorted(maps.Keys(q)) {
		value := strings.TrimSpace(q[name])
		if value == "" {
			return nil, app.Field(name, "This filter may not be empty.")
		}
		if err := f.check(name, value); err != nil {
			return nil, err
		}
		read := readers[name]
		if other := public[name]; other != nil {
			read = other
		}
		condition, err := read(f, value)
		if err != nil {
			return nil, named(name, err)
		}
		if condition != nil {
			all = append(all, condition)
		}
	}
	return all, nil
}

// named has a refusal name its parameter.
func named(name string, err error) error {
	if err == app.ErrValue { //nolint:errorlint // the very value, which names nothing
		return app.Field(name, "This is no value of the filter.")
	}
	return err
}

// check refuses what stands for nothing, by the kind of the filter.
func (f *filters) check(name, value string) error {
	kind := kinds[name]
	switch {
	case kind == "boolean" && value != "true" && value != "false":
		return app.Field(name, "This is true or false.")
	case kind == "integers":
		for part := range strings.SplitSeq(value, ",") {
			if _, err := strconv.ParseInt(part, 10, 16); err != nil {
				return app.Field(name, "A valid integer is required.")
			}
		}
	case strings.Contains(kind, "|") && !slices.Contains(strings.Split(kind, "|"), value):
		return app.Field(name, "This is one of: "+strings.ReplaceAll(kind, "|", ", ")+".")
	case kind == "days":
		return f.checkDays(name, value)
	}
	return nil
}

func (f *filters) checkDays(name, value string) error {
	for part := range strings.SplitSeq(value, ",") {
		words := strings.Split(part, ";")
		ok := false
		if len(words) == 1 {
			_, ok = store.ParseDate(part)
		} else if slices.Contains(words, "after") || slices.Contains(words, "before") {
			_, understood, err := f.day(words)
			ok = err == nil && understood
		}
		if !ok {
			return app.Field(name, `"`+part+`" is no day, as 2026-05-31, 2026-05-31;after or 2_weeks;before;fromnow.`)
		}
	}
	return nil
}

// allIDs are the ids of a list with commas, each of them well formed; none when the list is None alone.
func allIDs(name, value string, mayBeNone bool) (ids []string, none bool, err error) {
	if value == issuelist.None && mayBeNone {
		return nil, true, nil
	}
	for part := range strings.SplitSeq(value, ",") {
		id, err := uuid.Parse(part)
		if err != nil {
			return nil, false, app.Field(name, `"`+part+`" is not a valid UUID.`)
		}
		ids = append(ids, id.String())
	}
	return ids, false, nil
}

func publicID(name string, column issuelist.Field, mayBeNone bool) reader {
	return func(_ *filters, value string) (issuelist.Filter, error) {
		ids, none, err := allIDs(name, value, mayBeNone)
		if none {
			return issuelist.Null{Field: column}, nil
		}
		return issuelist.In{Field: column, Values: ids}, err
	}
}

func publicTie(name string, r issuelist.Relation, mayBeNone bool) reader {
	return func(_ *filters, value string) (issuelist.Filter, error) {
		ids, none, err := allIDs(name, value, mayBeNone)
		if none {
			return issuelist.Not{Filter: issuelist.Tied{Relation: r}}, nil
		}
		return issuelist.Tied{Relation: r, Values: ids}, err
	}
}

func publicWords(name string, choices []string, read reader) reader {
	return func(f *filters, value string) (issuelist.Filter, error) {
		for part := range strings.SplitSeq(value, ",") {
			if !slices.Contains(choices, part) {
				return nil, app.Field(name, `"`+part+`" is not a valid choice. There are: `+strings.Join(choices, ", ")+".")
			}
		}
		return read(f, value)
	}
}
