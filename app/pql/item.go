package pql

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// predicates are the conditions that stand alone, by their names.
var predicates = map[string]func(k *compiler) issuelist.Filter{
	"isOverdue": func(k *compiler) issuelist.Filter {
		today := store.Date(k.day(k.now).from.Format(time.DateOnly))
		return issuelist.All{issuelist.Between{Field: issuelist.TargetDate, To: today}, issuelist.InGroup(openGroups)}
	},
	"hasNoAssignee": func(*compiler) issuelist.Filter {
		return issuelist.Not{Filter: issuelist.Tied{Relation: issuelist.Assignees}}
	},
	"hasNoLabel": func(*compiler) issuelist.Filter {
		return issuelist.Not{Filter: issuelist.Tied{Relation: issuelist.Labels}}
	},
	"isTopLevel": func(*compiler) issuelist.Filter { return issuelist.Null{Field: issuelist.Parent} },
	"isSubWorkItem": func(*compiler) issuelist.Filter {
		return issuelist.Not{Filter: issuelist.Null{Field: issuelist.Parent}}
	},
	"hasChildren": func(*compiler) issuelist.Filter { return issuelist.Parents{} },
	"hasStartAndDueDates": func(*compiler) issuelist.Filter {
		return issuelist.All{issuelist.Not{Filter: issuelist.Null{Field: issuelist.StartDate}},
			issuelist.Not{Filter: issuelist.Null{Field: issuelist.TargetDate}}}
	},
	"isEpic":     func(k *compiler) issuelist.Filter { return issuelist.Epic{Workspace: k.c.Workspace.ID} },
	"isDraft":    func(*compiler) issuelist.Filter { return issuelist.Flag{Field: issuelist.IsDraft, Value: true} },
	"isArchived": func(*compiler) issuelist.Filter { return archived },
	"isIntake":   func(*compiler) issuelist.Filter { return issuelist.Tied{Relation: issuelist.Intake} },
}

// relations are the conditions on another work item, by their names. A relation is kept from what is
// blocked to what blocks it.
var relations = map[string]func(other item) issuelist.Filter{
	"childOf": func(other item) issuelist.Filter {
		return issuelist.In{Field: issuelist.Parent, Values: []string{other.id}}
	},
	"parentOf": func(other item) issuelist.Filter {
		if other.parent == nil {
			return issuelist.Never{}
		}
		return issuelist.In{Field: issuelist.ID, Values: []string{*other.parent}}
	},
	"linkedTo":    related("relates_to", issuelist.Either),
	"duplicateOf": related("duplicate", issuelist.Either),
	"blockedBy":   related("blocked_by", issuelist.From),
	"blocks":      related("blocked_by", issuelist.To),
}

func related(kind string, side issuelist.Side) func(item) issuelist.Filter {
	return func(other item) issuelist.Filter {
		return issuelist.Related{Kind: kind, Other: other.id, Side: side}
	}
}

func (k *compiler) predicate(x predicate) (issuelist.Filter, error) {
	if alone, ok := find(predicates, x.name); ok {
		return alone(k), none(value{token: x.name, args: x.args})
	}
	relation, ok := find(relations, x.name)
	if !ok {
		if err := lacks(x.name); err != nil {
			return nil, err
		}
		names := slices.Collect(maps.Keys(predicates))
		names = append(names, slices.Collect(maps.Keys(relations))...)
		slices.Sort(names)
		return nil, fault(x.name.at, "There is no condition %s(). There are: %s().", x.name.text, strings.Join(names, "(), "))
	}
	if len(x.args) != 1 || x.args[0].kind != quoted {
		return nil, fault(x.name.at, "%s() wants the number of a work item, as \"WEB-5\", or its id.", x.name.text)
	}
	other, err := k.item(x.args[0])
	if err != nil {
		return nil, err
	}
	return relation(other), nil
}

// item is a work item that a query speaks of.
type item struct {
	id     string
	parent *string
}

// item finds a work item that the caller may see by its id or its number.
func (k *compiler) item(v value) (item, error) {
	gone := fault(v.at, "You see no work item %q.", v.text)
	if id, ok := idOf(v); ok {
		rows, err := store.IssuesByID(k.t, []string{id},
			slices.Collect(maps.Keys(k.c.Access.Projects)), true)
		if err != nil {
			return item{}, err
		}
		if len(rows) == 0 || !k.c.Sees(rows[0].ProjectID, rows[0].CreatedByID) {
			return item{}, gone
		}
		return item{rows[0].ID, rows[0].ParentID}, nil
	}
	identifier, number, err := numbered(v)
	if err != nil {
		return item{}, err
	}
	projects, err := k.projectsThat(func(known string) bool { return known == identifier })
	if err != nil {
		return item{}, err
	}
	for _, project := range projects {
		found, err := store.PublicScope{Workspace: k.c.Workspace.ID, Project: project, Own: k.c.OwnOnly(),
			All: true}.ByNumber(k.t, number)
		if err == nil {
			return item{found.ID, found.ParentID}, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return item{}, err
		}
	}
	return item{}, gone
}

// numbered reads "WEB-5".
func numbered(v value) (identifier string, number int, err error) {
	identifier, digits, ok := cutNumber(v.text)
	number64, err := strconv.ParseInt(digits, 10, 32)
	if v.kind != quoted || !ok || err != nil || number64 < 1 {
		return "", 0, fault(v.at, "Expected the number of a work item, as \"WEB-5\", or its id, and not %v.", v.token)
	}
	return identifier, int(number64), nil
}

// cutNumber cuts at the last dash: identifiers may have some.
func cutNumber(text string) (identifier, digits string, ok bool) {
	n := strings.LastIndexByte(text, '-')
	if n < 0 {
		return "", "", false
	}
	return strings.ToUpper(text[:n]), text[n+1:], true
}

// projectsThat are the ids of the caller's projects whose identifier fits, in order.
func (k *compiler) projectsThat(fits func(identifier string) bool) ([]string, error) {
	if k.identifiers == nil {
		rows, err := store.Projects.List(k.t, dbx.And(dbx.HashExp{"workspace_id": k.c.Workspace.ID},
			store.In("id", slices.Collect(maps.Keys(k.c.Access.Projects)))))
		if err != nil {
			return nil, err
		}
		k.identifiers = map[string]string{}
		for _, p := range rows {
			k.identifiers[strings.ToUpper(p.Identifier)] = p.ID
		}
	}
	var ids []string
	for identifier, id := range k.identifiers {
		if fits(identifier) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// compareNumber asks for a work item's own number or id, or for what its number begins with.
func compareNumber(k *compiler, x comparison) (issuelist.Filter, error) {
	all := issuelist.Any{issuelist.Never{}}
	for _, v := range x.values {
		if v.kind != quoted {
			return nil, fault(v.at, "Expected the number of a work item, as \"WEB-5\", or its id, and not %v.", v.token)
		}
		f, err := k.number(v, x.op == contains)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	if len(all) == 2 {
		return all[1], nil
	}
	return all, nil
}

func (k *compiler) number(v value, begins bool) (issuelist.Filter, error) {
	if begins {
		return k.numberBegins(v)
	}
	if id, ok := idOf(v); ok {
		return issuelist.In{Field: issuelist.ID, Values: []string{id}}, nil
	}
	identifier, number, err := numbered(v)
	if err != nil {
		return nil, err
	}
	projects, err := k.projectsThat(func(known string) bool { return known == identifier })
	if err != nil || len(projects) == 0 {
		return issuelist.Never{}, err
	}
	return issuelist.Numbered{Project: projects[0], Numbers: []int{number}}, nil
}

// numberBegins: the text is the beginning of an identifier, or all of it with the beginning of a number.
func (k *compiler) numberBegins(v value) (issuelist.Filter, error) {
	text, err := textOf(v)
	if err != nil {
		return nil, err
	}
	beginning := strings.ToUpper(text)
	whole, err := k.projectsThat(func(known string) bool { return strings.HasPrefix(known, beginning) })
	if err != nil {
		return nil, err
	}
	all := issuelist.Any{issuelist.Never{}, issuelist.In{Field: issuelist.Project, Values: append([]string{}, whole...)}}
	identifier, digits, ok := cutNumber(text)
	if !ok || strings.Trim(digits, "0123456789") != "" || len(digits) > len("2147483647") {
		return all, nil
	}
	exact, err := k.projectsThat(func(known string) bool { return known == identifier })
	for _, project := range exact {
		all = append(all, issuelist.Numbered{Project: project, Prefix: digits})
	}
	return all, err
}
