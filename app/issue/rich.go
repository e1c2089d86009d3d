package issue

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store/issuelist"
)

// maxRichDepth is how deep objects may stand in one another.
const maxRichDepth = 5

// maxRichConditions is how many conditions a tree may have; databases bound the depth of an expression.
const maxRichConditions = 200

// richFault is the refusal of a tree of filters.
func richFault(code, message string) error {
	return &app.Error{Kind: app.Invalid, Param: "filters", Code: code, Text: message}
}

var errRichLarge = richFault("too_many_conditions",
	"A filter can't have more than "+strconv.Itoa(maxRichConditions)+" conditions")

// richFilter reads filters=, a tree of conditions in JSON with and, or, not (Plane: utils/filters/filter_backend.py).
// nil is no filter.
func richFilter(c *app.Call, raw string) (issuelist.Filter, error) {
	o, err := richObject(raw)
	if err != nil || o == nil {
		return nil, err
	}
	for _, f := range fieldNames(o) {
		if _, ok := richFields[f]; !ok {
			return nil, richFault("invalid_filter_field", "Filtering on field '"+f+"' is not allowed")
		}
	}
	return richTree(o, c.Zone())
}

// richObject reads a tree and checks its form and its size; nil is no filter.
func richObject(raw string) (object, error) {
	if raw == "" {
		return nil, nil
	}
	if strings.Count(raw, ":") > 3*maxRichConditions*maxRichDepth { // before anything is made of it
		return nil, errRichLarge
	}
	node, err := parseOrdered(raw)
	if err != nil {
		return nil, richFault("invalid_json", "Invalid JSON for 'filter'. Expected a valid JSON object.")
	}
	if isFalsy(node) {
		return nil, nil
	}
	if err := checkNode(node, 1); err != nil {
		return nil, err
	}
	if len(fieldNames(node.(object))) > maxRichConditions {
		return nil, errRichLarge
	}
	return node.(object), nil
}

var operators = []string{"or", "and", "not"}

func operator(key string) bool { return slices.Contains(operators, strings.ToLower(key)) }

func checkNode(node any, depth int) error {
	if depth > maxRichDepth {
		return richFault("max_depth_exceeded", "Filter nesting is too deep (max 5); found depth "+strconv.Itoa(depth))
	}
	o, ok := node.(object)
	if !ok {
		return richFault("invalid_filter_node", "Each filter node must be a JSON object")
	}
	if len(o) == 0 {
		return richFault("empty_filter_object", "Filter objects must not be empty")
	}
	at := slices.IndexFunc(o, func(m member) bool { return operator(m.key) })
	switch {
	case at < 0:
		return checkLeaf(o)
	case slices.ContainsFunc(o[at+1:], func(m member) bool { return operator(m.key) }):
		return richFault("multiple_logical_operators",
			"A filter object cannot contain multiple logical operators at the same level")
	case len(o) != 1:
		return richFault("mixed_operator_and_fields",
			"Cannot mix logical operator '"+o[at].key+"' with field keys at the same level")
	}
	op := strings.ToLower(o[0].key)
	if op == "not" {
		if _, ok := o[0].value.(object); !ok {
			return richFault("invalid_not_child", "'not' must be a single JSON object")
		}
		return checkNode(o[0].value, depth+1)
	}
	children, ok := o[0].value.([]any)
	if !ok || len(children) == 0 {
		return richFault("invalid_operator_children", "'"+op+"' must be a non-empty list of filter objects")
	}
	for _, child := range children {
		if _, ok := child.(object); !ok {
			return richFault("invalid_operator_child_type", "All children of '"+op+"' must be JSON objects")
		}
		if err := checkNode(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func checkLeaf(o object) error {
	for _, m := range o {
		switch v := m.value.(type) {
		case object:
			return richFault("invalid_value_type", "Value for '"+m.key+"' must be a scalar, null, or list/tuple of scalars")
		case []any:
			if len(v) == 0 {
				return richFault("empty_list_value", "List value for '"+m.key+"' must not be empty")
			}
			for _, item := range v {
				switch item.(type) {
				case object, []any:
					return richFault("non_scalar_list_item", "List value for '"+m.key+"' must contain only scalar items")
				}
			}
		}
	}
	return nil
}

// fieldNames lists the fields of a checked tree in the order they stand.
func fieldNames(o object) []string {
	var names []string
	for _, m := range o {
		switch v := m.value.(type) {
		case object:
			names = append(names, fieldNames(v)...)
		case []any:
			if !operator(m.key) {
				names = append(names, m.key)
				continue
			}
			for _, child := range v {
				names = append(names, fieldNames(child.(object))...)
			}
		default:
			names = append(names, m.key)
		}
	}
	return names
}

// richTree compiles a checked tree. Operators in capitals are let in and do nothing, as in the reference.
func richTree(o object, zone *time.Location) (issuelist.Filter, error) {
	switch o[0].key {
	case "not":
		child, err := richTree(o[0].value.(object), zone)
		return issuelist.Not{Filter: child}, err
	case "and", "or":
		children := make([]issuelist.Filter, 0, len(o[0].value.([]any)))
		for _, v := range o[0].value.([]any) {
			child, err := richTree(v.(object), zone)
			if err != nil {
				return nil, err
			}
			children = append(children, child)
		}
		if o[0].key == "or" {
			return issuelist.Any(children), nil
		}
		return issuelist.All(children), nil
	}
	var all issuelist.All
	faults := app.Fields{}
	for _, m := range o {
		field, ok := richFields[m.key]
		if !ok {
			continue
		}
		f, fault := field.read(field, pythonString(m.value), zone)
		if fault != "" {
			faults.Add(m.key, fault)
		} else if f != nil {
			all = append(all, f)
		}
	}
	if len(faults) > 0 {
		return nil, &app.Error{Kind: app.Invalid, Param: "filters", Code: "invalid_filterset",
			Text: "Invalid filter parameters", Fields: faults}
	}
	return all, nil
}

// richField is a filter that a tree may name. read returns the condition (nil: none) or what is wrong with the value.
type richField struct {
	column   issuelist.Field
	relation issuelist.Relation
	list     bool
	read     func(f richField, value string, zone *time.Location) (issuelist.Filter, string)
}

// richFields are all of them (Plane: utils/filters/filterset.py).
var richFields = func() map[string]richField {
	all := map[string]richField{}
	exact := func(name string, f richField) { all[name], all[name+"__exact"] = f, f }
	both := func(name string, f richField) {
		exact(name, f)
		f.list = true
		all[name+"__in"] = f
	}
	for name, r := range map[string]issuelist.Relation{"assignee_id": issuelist.Assignees, "cycle_id": issuelist.Cycles,
		"module_id": issuelist.Modules, "mention_id": issuelist.Mentions, "label_id": issuelist.Labels,
		"subscriber_id": issuelist.Subscribers} {
		both(name, richField{relation: r, read: readLink})
	}
	for name, column := range map[string]issuelist.Field{"created_by_id": issuelist.CreatedBy, "state_id": issuelist.State,
		"project_id": issuelist.Project} {
		both(name, richField{column: column, read: readID})
	}
	both("state_group", richField{read: readStateGroup})
	both("priority", richField{read: readPriority})
	exact("is_archived", richField{read: readArchived})
	exact("is_draft", richField{read: readDraft})
	for name, column := range map[string]issuelist.Field{"start_date": issuelist.StartDate,
		"target_date": issuelist.TargetDate} {
		exact(name, richField{column: column, read: readDay})
		all[name+"__range"] = richField{column: column, read: readDays}
	}
	for name, column := range map[string]issuelist.Field{"created_at": issuelist.CreatedAt,
		"updated_at": issuelist.UpdatedAt} {
		exact(name, richField{column: column, read: readMoment})
		all[name+"__range"] = richField{column: column, read: readMoments}
	}
	return all
}()

func (f richField) ids(value string) ([]string, string) {
	parts := []string{value}
	if f.list {
		parts = strings.Split(value, ",")
	}
	var found []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		id, err := uuid.Parse(p)
		if err != nil {
			return nil, "Enter a valid UUID."
		}
		found = append(found, id.String())
	}
	return found, ""
}

// readLink: a tie to nothing is no condition.
func readLink(f richField, value string, _ *time.Location) (issuelist.Filter, string) {
	ids, fault := f.ids(value)
	if fault != "" || len(ids) == 0 {
		return nil, fault
	}
	return issuelist.Has{Relation: f.relation, Values: ids}, ""
}

// readID: an empty value asks for an empty field.
func readID(f richField, value string, _ *time.Location) (issuelist.Filter, string) {
	ids, fault := f.ids(value)
	if fault == "" && value == "" && !f.list {
		return issuelist.Null{Field: f.column}, ""
	}
	return issuelist.In{Field: f.column, Values: ids}, fault
}

func readStateGroup(f richField, value string, _ *time.Location) (issuelist.Filter, string) {
	if f.list {
		return issuelist.InGroup(strings.Split(value, ",")), ""
	}
	return issuelist.InGroup{value}, ""
}

func readPriority(f richField, value string, _ *time.Location) (issuelist.Filter, string) {
	switch {
	case f.list:
		return issuelist.In{Field: issuelist.Priority, Values: strings.Split(value, ",")}, ""
	case value == "":
		return issuelist.Never{}, ""
	case !slices.Contains([]string{"urgent", "high", "medium", "low", "none"}, value):
		return nil, "Select a valid choice. " + value + " is not one of the available choices."
	}
	return issuelist.In{Field: issuelist.Priority, Values: []string{value}}, ""
}

// flag reads a boolean; ok is false for what is none.
func flag(value string) (on, ok bool) {
	switch strings.ToLower(value) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

func readArchived(_ richField, value string, _ *time.Location) (issuelist.Filter, string) {
	archived, ok := flag(value)
	switch {
	case !ok:
		return nil, ""
	case archived:
		return issuelist.Not{Filter: issuelist.Null{Field: issuelist.ArchivedAt}}, ""
	}
	return issuelist.Null{Field: issuelist.ArchivedAt}, ""
}

func readDraft(_ richField, value string, _ *time.Location) (issuelist.Filter, string) {
	draft, ok := flag(value)
	if !ok {
		return issuelist.Never{}, ""
	}
	return issuelist.Flag{Field: issuelist.IsDraft, Value: draft}, ""
}
