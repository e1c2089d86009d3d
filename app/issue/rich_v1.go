package issue

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/app/property"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// Trees of conditions as programs send them. They have the form and the names of the frontend's, but all that they say
// counts: every value of a list, operators in capitals, and what is tied to a work item now. What can't be read is
// refused, instead of being no condition.

// lookup is what stands behind a field's name: priority__in.
type lookup string

// publicRich is a field that a tree may name: its lookups, and how values become a condition. An error is what is wrong
// with the values.
type publicRich struct {
	lookups []lookup
	read    func(c *app.Call, how lookup, values []string) (issuelist.Filter, string)
}

var (
	oneOrMore = []lookup{"exact", "in"}
	orNothing = []lookup{"exact", "in", "isnull"}
	stretches = []lookup{"exact", "range", "gt", "gte", "lt", "lte", "isnull"}
)

var publicRichFields = map[string]publicRich{
	"priority":      {oneOrMore, richWords([]string{"urgent", "high", "medium", "low", "none"}, richPriority)},
	"state_group":   {oneOrMore, richWords([]string{"backlog", "unstarted", "started", "completed", "cancelled"}, richGroup)},
	"state_id":      {orNothing, richID(issuelist.State)},
	"type_id":       {orNothing, richID(issuelist.Type)},
	"project_id":    {oneOrMore, richID(issuelist.Project)},
	"parent_id":     {orNothing, richID(issuelist.Parent)},
	"created_by_id": {orNothing, richID(issuelist.CreatedBy)},
	"assignee_id":   {orNothing, richTie(issuelist.Assignees)},
	"label_id":      {orNothing, richTie(issuelist.Labels)},
	"cycle_id":      {orNothing, richTie(issuelist.Cycles)},
	"module_id":     {orNothing, richTie(issuelist.Modules)},
	"milestone_id":  {orNothing, richTie(issuelist.Milestones)},
	"mention_id":    {orNothing, richTie(issuelist.Mentions)},
	"subscriber_id": {orNothing, richTie(issuelist.Subscribers)},
	"is_archived":   {[]lookup{"exact"}, richFlag(issuelist.Not{Filter: issuelist.Null{Field: issuelist.ArchivedAt}})},
	"is_draft":      {[]lookup{"exact"}, richFlag(issuelist.Flag{Field: issuelist.IsDraft, Value: true})},
	"start_date":    {stretches, richDays(issuelist.StartDate)},
	"target_date":   {stretches, richDays(issuelist.TargetDate)},
	"created_at":    {stretches[:6], richMoments(issuelist.CreatedAt)},
	"updated_at":    {stretches[:6], richMoments(issuelist.UpdatedAt)},
	"name":          {[]lookup{"exact", "icontains"}, richName},
}

// richFilterV1 reads filters= of the public API; nil is no filter.
func richFilterV1(c *app.Call, raw string) (issuelist.Filter, error) {
	if text := strings.TrimSpace(raw); text != "" && text != "null" && text[0] != '{' { // [] is no tree that holds for all
		return nil, richFault("invalid_filter_node", "Each filter node must be a JSON object")
	}
	o, err := richObject(raw)
	if err != nil || o == nil {
		return nil, err
	}
	properties, err := richProperties(c, fieldNames(o))
	if err != nil {
		return nil, err
	}
	for _, name := range fieldNames(o) {
		if _, _, ok := properties.field(name); !ok {
			return nil, richFault("invalid_filter_field", "Filtering on field '"+name+"' is not allowed. The fields are: "+
				strings.Join(slices.Sorted(maps.Keys(publicRichFields)), ", ")+", and cf_ with the id of a property.")
		}
	}
	return properties.tree(c, o)
}

// richNames are what a tree names beside the fields: properties, by their ids.
type richNames map[string]*store.ItemProperty

func richProperties(c *app.Call, names []string) (richNames, error) {
	var ids []string
	for _, name := range names {
		base, _, _ := strings.Cut(name, "__")
		if id, ok := property.Named(base); ok {
			ids = append(ids, id)
		}
	}
	return property.ReadMany(c, c.Read(), ids)
}

// everyLookup is what stands behind the name of a property; which of them it can be compared by, it says itself.
var everyLookup = []lookup{"exact", "in", "icontains", "range", "gt", "gte", "lt", "lte", "isnull"}

func (n richNames) field(name string) (f publicRich, how lookup, ok bool) {
	base, last, found := strings.Cut(name, "__")
	if how = lookup(last); !found {
		how = "exact"
	}
	if id, is := property.Named(base); is && n[id] != nil {
		read := func(_ *app.Call, how lookup, values []string) (issuelist.Filter, string) {
			return property.Condition(n[id], string(how), values)
		}
		return publicRich{everyLookup, read}, how, slices.Contains(everyLookup, how)
	}
	f, ok = publicRichFields[base]
	return f, how, ok && slices.Contains(f.lookups, how)
}

func (n richNames) tree(c *app.Call, o object) (issuelist.Filter, error) {
	switch strings.ToLower(o[0].key) {
	case "not":
		child, err := n.tree(c, o[0].value.(object))
		return issuelist.Not{Filter: child}, err
	case "and", "or":
		var children []issuelist.Filter
		for _, v := range o[0].value.([]any) {
			child, err := n.tree(c, v.(object))
			if err != nil {
				return nil, err
			}
			children = append(children, child)
		}
		if strings.ToLower(o[0].key) == "or" {
			return issuelist.Any(children), nil
		}
		return issuelist.All(children), nil
	}
	var all issuelist.All
	faults := app.Fields{}
	for _, m := range o {
		f, how, _ := n.field(m.key)
		condition, fault := readRich(c, f, how, m.value)
		if fault != "" {
			faults.Add(m.key, fault)
		}
		all = append(all, condition)
	}
	if len(faults) > 0 {
		return nil, &app.Error{Kind: app.Invalid, Param: "filters", Code: "invalid_filterset",
			Text: "Invalid filter parameters", Fields: faults}
	}
	return all, nil
}

// readRich takes a value apart: of lists every item, and of texts with commas every part where a lookup wants several.
func readRich(c *app.Call, f publicRich, how lookup, v any) (issuelist.Filter, string) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	if list[0] == nil && len(list) == 1 && how == "exact" && slices.Contains(f.lookups, "isnull") {
		return f.read(c, "isnull", []string{"true"})
	}
	var values []string
	for _, item := range list {
		text := ""
		switch item := item.(type) {
		case string:
			text = item
		case bool:
			text = map[bool]string{true: "true", false: "false"}[item]
		case json.Number:
			text = item.String()
		}
		if !ok && (how == "in" || how == "range") {
			values = strings.Split(text, ",")
			break
		}
		values = append(values, text)
	}
	for n := range values {
		if values[n] = strings.TrimSpace(strings.ReplaceAll(values[n], "\x00", "")); values[n] == "" {
			return nil, "The value may not be empty."
		}
	}
	switch {
	case how == "range" && len(values) != 2:
		return nil, "Range query expects two values."
	case how != "range" && how != "in" && len(values) != 1:
		return nil, "Expected one value; several are for __in."
	case how == "isnull":
		if _, ok := flag(values[0]); !ok {
			return nil, "This is true or false."
		}
	}
	return f.read(c, how, values)
}

// nothing holds where something is missing, or with isnull false where it is there.
func nothing(missing issuelist.Filter, values []string) (issuelist.Filter, string) {
	if on, _ := flag(values[0]); !on {
		return issuelist.Not{Filter: missing}, ""
	}
	return missing, ""
}

func richIDs(values []string) ([]string, string) {
	ids := make([]string, 0, len(values))
	for _, v := range values {
		id, err := uuid.Parse(v)
		if err != nil {
			return nil, "Enter a valid UUID."
		}
		ids = append(ids, id.String())
	}
	return ids, ""
}

func richID(column issuelist.Field) func(*app.Call, lookup, []string) (issuelist.Filter, string) {
	return func(_ *app.Call, how lookup, values []string) (issuelist.Filter, string) {
		if how == "isnull" {
			return nothing(issuelist.Null{Field: column}, values)
		}
		ids, fault := richIDs(values)
		return issuelist.In{Field: column, Values: ids}, fault
	}
}

func richTie(r issuelist.Relation) func(*app.Call, lookup, []string) (issuelist.Filter, string) {
	return func(_ *app.Call, how lookup, values []string) (issuelist.Filter, string) {
		if how == "isnull" {
			return nothing(issuelist.Not{Filter: issuelist.Tied{Relation: r}}, values)
		}
		ids, fault := richIDs(values)
		return issuelist.Tied{Relation: r, Values: ids}, fault
	}
}

func richWords(choices []string, of func([]string) issuelist.Filter) func(*app.Call, lookup,
	[]string) (issuelist.Filter, string) {
	return func(_ *app.Call, _ lookup, values []string) (issuelist.Filter, string) {
		for _, v := range values {
			if !slices.Contains(choices, v) {
				return nil, "Select a valid choice. " + v + " is not one of the available choices."
			}
		}
		return of(values), ""
	}
}

func richPriority(values []string) issuelist.Filter {
	return issuelist.In{Field: issuelist.Priority, Values: values}
}

func richGroup(values []string) issuelist.Filter { return issuelist.InGroup(values) }

func richFlag(yes issuelist.Filter) func(*app.Call, lookup, []string) (issuelist.Filter, string) {
	return func(_ *app.Call, _ lookup, values []string) (issuelist.Filter, string) {
		on, ok := flag(values[0])
		switch {
		case !ok:
			return nil, "This is true or false."
		case on:
			return yes, ""
		}
		return issuelist.Not{Filter: yes}, ""
	}
}

func richName(_ *app.Call, how lookup, values []string) (issuelist.Filter, string) {
	if how == "exact" {
		return issuelist.In{Field: issuelist.Name, Values: values}, ""
	}
	return issuelist.Contains{Field: issuelist.Name, Text: values[0]}, ""
}

// richDays asks for days. Both ends of a range are within it.
func richDays(column issuelist.Field) func(*app.Call, lookup, []string) (issuelist.Filter, string) {
	return func(_ *app.Call, how lookup, values []string) (issuelist.Filter, string) {
		if how == "isnull" {
			return nothing(issuelist.Null{Field: column}, values)
		}
		var ends [][2]any
		for _, v := range values {
			day, ok := parseDay(v)
			if !ok {
				return nil, "Enter a valid date."
			}
			ends = append(ends, [2]any{dateOf(day), dateOf(day.AddDate(0, 0, 1))})
		}
		return within(column, how, ends), ""
	}
}

// richMoments asks for times; a bare day is all of it.
func richMoments(column issuelist.Field) func(*app.Call, lookup, []string) (issuelist.Filter, string) {
	return func(c *app.Call, how lookup, values []string) (issuelist.Filter, string) {
		var ends [][2]any
		for _, v := range values {
			at, ok := parseMoment(v, c.Zone())
			if !ok {
				return nil, "Enter a valid date/time."
			}
			next := at.Add(1000)
			if _, bare := store.ParseDate(v); bare {
				next = at.In(c.Zone()).AddDate(0, 0, 1).UTC()
			}
			ends = append(ends, [2]any{at, next})
		}
		return within(column, how, ends), ""
	}
}

// within is the condition on a column, by the beginnings and ends of its values.
func within(column issuelist.Field, how lookup, ends [][2]any) issuelist.Filter {
	first, last := ends[0], ends[len(ends)-1]
	switch how {
	case "gt":
		return issuelist.Between{Field: column, From: first[1]}
	case "gte":
		return issuelist.Between{Field: column, From: first[0]}
	case "lt":
		return issuelist.Between{Field: column, To: first[0]}
	case "lte":
		return issuelist.Between{Field: column, To: first[1]}
	}
	return issuelist.Between{Field: column, From: first[0], To: last[1]}
}

// readPublic reads both kinds of filters as the public API does; nil is no condition.
func (in FilterQuery) readPublic(c *app.Call) (issuelist.All, error) {
	var all issuelist.All
	rich, err := richFilterV1(c, in.Rich)
	if err != nil {
		return nil, err
	}
	if rich != nil {
		all = append(all, rich)
	}
	single, err := filter.ReadPublic(c, in.Single)
	return append(all, single...), err
}
