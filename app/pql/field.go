package pql

import (
	"maps"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// field is what can be asked for: by which operators, and how it becomes a condition. The negation of an operator comes
// with it.
type field struct {
	name    string
	ops     []operator
	compile func(k *compiler, x comparison) (issuelist.Filter, error)
}

var (
	words   = []operator{equal, in, null}
	days    = []operator{equal, less, lessEqual, greater, greaterEqual, between, null}
	flags   = []operator{equal}
	texts   = []operator{equal, contains}
	numbers = []operator{equal, in, contains}
)

// fields are all that can be asked for, by their names. What is added to work items is added here, and
// taken out of missing.
var fields = byName(
	field{"priority", words, comparePriority},
	field{"stateGroup", []operator{equal, in}, compareGroup},
	field{"isDraft", flags, compareFlag(issuelist.Flag{Field: issuelist.IsDraft, Value: true})},
	field{"isArchived", flags, compareFlag(archived)},
	field{"title", texts, compareTitle},
	field{"text", []operator{contains}, compareText},
	field{"id", numbers, compareNumber},
	field{"dueDate", days, compareDay(issuelist.TargetDate)},
	field{"startDate", days, compareDay(issuelist.StartDate)},
	field{"createdAt", days, compareTime(issuelist.CreatedAt)},
	field{"updatedAt", days, compareTime(issuelist.UpdatedAt)},
	field{"assignee", words, compareTie(issuelist.Assignees, people)},
	field{"label", words, compareTie(issuelist.Labels, nil)},
	field{"cycle", words, compareTie(issuelist.Cycles, cycles)},
	field{"module", words, compareTie(issuelist.Modules, nil)},
	field{"milestone", words, compareTie(issuelist.Milestones, nil)},
	field{"mention", words, compareTie(issuelist.Mentions, people)},
	field{"subscriber", words, compareTie(issuelist.Subscribers, people)},
	field{"state", words, compareID(issuelist.State, nil)},
	field{"type", words, compareID(issuelist.Type, nil)},
	field{"project", words, compareID(issuelist.Project, nil)},
	field{"createdBy", words, compareID(issuelist.CreatedBy, people)},
)

// missing are the fields and predicates that speak of what this server does not have, with what that is. A filter, an
// order or a group by it belongs to the store as well: store/issuelist.
var missing = map[string]string{
	"teamspaceProject": "teamspaces",
}

func byName(all ...field) map[string]field {
	named := make(map[string]field, len(all))
	for _, f := range all {
		named[f.name] = f
	}
	return named
}

// FieldNames are the names of all fields, in their order.
func FieldNames() []string {
	return slices.Sorted(maps.Keys(fields))
}

// lacks refuses what this server does not have.
func lacks(name token) error {
	if what, ok := find(missing, name); ok {
		return fault(name.at, "%v can't be asked for: this server has no %s yet.", name, what)
	}
	return nil
}

func (k *compiler) comparison(x comparison) (issuelist.Filter, error) {
	if err := lacks(x.field); err != nil {
		return nil, err
	}
	if x.field.is("cf") {
		return k.comparedProperty(x)
	}
	f, ok := find(fields, x.field)
	if !ok {
		return nil, fault(x.field.at, "There is no field %v. The fields are: %s.", x.field, strings.Join(FieldNames(), ", "))
	}
	if !slices.Contains(f.ops, x.op) {
		return nil, fault(x.opAt, "%s can't be compared by %s, but by: %s.", f.name, x.op, operatorsOf(f))
	}
	return f.compile(k, x)
}

// operatorsOf lists the operators of a field, with their negations.
func operatorsOf(f field) string {
	var all []string
	for _, op := range f.ops {
		switch all = append(all, string(op)); op {
		case equal:
			all = append(all, "!=")
		case in:
			all = append(all, "NOT IN")
		case null:
			all = append(all, "IS NOT EMPTY")
		}
	}
	return strings.Join(all, ", ")
}

// groups are what a state can belong to.
var groups = []string{"backlog", "unstarted", "started", "completed", "cancelled"}

// openGroups are those of what is still to be done.
var openGroups = groups[:3]

// groupLists are the functions that give several groups.
var groupLists = map[string][]string{"openStates": openGroups, "closedStates": groups[3:],
	"activeStates": groups[1:3]}

func compareGroup(_ *compiler, x comparison) (issuelist.Filter, error) {
	var all issuelist.InGroup
	for _, v := range x.values {
		if v.call {
			list, ok := find(groupLists, v.token)
			if !ok {
				return nil, noFunction(v, maps.Keys(groupLists))
			}
			if err := none(v); err != nil {
				return nil, err
			}
			all = append(all, list...)
			continue
		}
		word, err := oneOf(v, groups)
		if err != nil {
			return nil, err
		}
		all = append(all, word)
	}
	return all, nil
}

func comparePriority(_ *compiler, x comparison) (issuelist.Filter, error) {
	if x.op == null {
		return issuelist.In{Field: issuelist.Priority, Values: []string{"none"}}, nil
	}
	var all []string
	for _, v := range x.values {
		word, err := oneOf(v, []string{"urgent", "high", "medium", "low", "none"})
		if err != nil {
			return nil, err
		}
		all = append(all, word)
	}
	return issuelist.In{Field: issuelist.Priority, Values: all}, nil
}

// archived holds for what is archived.
var archived = issuelist.Not{Filter: issuelist.Null{Field: issuelist.ArchivedAt}}

func compareFlag(yes issuelist.Filter) func(*compiler, comparison) (issuelist.Filter, error) {
	return func(_ *compiler, x comparison) (issuelist.Filter, error) {
		switch v := x.values[0]; {
		case v.kind == word && !v.call && v.is("true"):
			return yes, nil
		case v.kind == word && !v.call && v.is("false"):
			return issuelist.Not{Filter: yes}, nil
		default:
			return nil, fault(v.at, "Expected true or false, without quotes, and not %v.", v.token)
		}
	}
}

func compareTitle(_ *compiler, x comparison) (issuelist.Filter, error) {
	text, err := textOf(x.values[0])
	if err != nil {
		return nil, err
	}
	if x.op == equal {
		return issuelist.In{Field: issuelist.Name, Values: []string{text}}, nil
	}
	return issuelist.Contains{Field: issuelist.Name, Text: text}, nil
}

func compareText(_ *compiler, x comparison) (issuelist.Filter, error) {
	text, err := textOf(x.values[0])
	return issuelist.Any{issuelist.Contains{Field: issuelist.Name, Text: text},
		issuelist.Contains{Field: issuelist.DescriptionText, Text: text}}, err
}

// compareTie asks for what is tied to a work item, by its ids; lists are the functions that give some.
func compareTie(r issuelist.Relation, lists lists) func(*compiler, comparison) (issuelist.Filter, error) {
	return func(k *compiler, x comparison) (issuelist.Filter, error) {
		if x.op == null {
			return issuelist.Not{Filter: issuelist.Tied{Relation: r}}, nil
		}
		ids, err := k.ids(x.values, lists)
		return issuelist.Tied{Relation: r, Values: ids}, err
	}
}

// compareID asks for a column that holds an id.
func compareID(column issuelist.Field, lists lists) func(*compiler, comparison) (issuelist.Filter, error) {
	return func(k *compiler, x comparison) (issuelist.Filter, error) {
		if x.op == null {
			return issuelist.Null{Field: column}, nil
		}
		ids, err := k.ids(x.values, lists)
		return issuelist.In{Field: column, Values: ids}, err
	}
}

// oneOf reads a text that is one of a few, in letters of either case.
func oneOf(v value, choices []string) (string, error) {
	if word := strings.ToLower(v.text); v.kind == quoted && slices.Contains(choices, word) {
		return word, nil
	}
	return "", fault(v.at, "Expected one of \"%s\", and not %v.", strings.Join(choices, "\", \""), v.token)
}

// textOf reads a text that is not empty.
func textOf(v value) (string, error) {
	if v.kind != quoted {
		return "", fault(v.at, "Expected a text in quotes, and not %v.", v.token)
	}
	if strings.TrimSpace(v.text) == "" {
		return "", fault(v.at, "The text is empty.")
	}
	return strings.ReplaceAll(v.text, "\x00", ""), nil
}

// idOf reads an id; false for what is none.
func idOf(v value) (string, bool) {
	id := strings.ToLower(v.text)
	return id, v.kind == quoted && store.IsID(id)
}

// ids reads ids and the functions that give some. The list may be empty, but it is never nil.
func (k *compiler) ids(values []value, lists lists) ([]string, error) {
	ids := []string{}
	for _, v := range values {
		if id, ok := idOf(v); ok {
			ids = append(ids, id)
			continue
		}
		switch {
		case v.call:
			read, ok := find(lists, v.token)
			if !ok {
				return nil, noFunction(v, maps.Keys(lists))
			}
			more, err := read(k, v)
			if err != nil {
				return nil, err
			}
			ids = append(ids, more...)
		default:
			return nil, fault(v.at, "Expected an id (a UUID) in quotes, and not %v.", v.token)
		}
	}
	return ids, nil
}
