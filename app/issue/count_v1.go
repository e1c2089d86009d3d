package issue

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/property"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// CountQuery is what a request asks to be counted.
type CountQuery struct {
	PQL string `query:"pql" example:"project = \"0192f7a4-5c1e-7b1a-9d55-3c1f1a2b3c4d\" AND isOverdue()"`
	FilterQuery
	GroupBy    CountKey `query:"group_by" example:"state__group"`
	SubGroupBy CountKey `query:"sub_group_by" example:"priority"`
}

// CountKey is a field by which work items are counted.
type CountKey string

// countKeys are the fields; what clients name besides speaks of what this server does not have yet.
var (
	countKeys = []string{"state_id", "state__group", "priority", "project_id", "labels__id", "assignees__id",
		"issue_module__module_id", "cycle_id", "milestone_id", "created_by", "target_date", "start_date", "type_id"}
	countLater = []string{"release_work_items__release_id"}
)

// Choices are the fields that there are.
func (CountKey) Choices() []string { return countKeys }

// Pattern is what a property is named like.
func (CountKey) Pattern() string { return "^cf_[0-9a-f-]{36}$" }

func (k CountKey) field(c *app.Call, param string) (issuelist.GroupField, error) {
	if g, ok, err := property.Group(c, param, string(k)); ok || err != nil {
		return g, err
	}
	switch {
	case k == CountKey(issuelist.ByType.Name):
		return issuelist.ByType, nil
	case slices.Contains(countKeys, string(k)):
		g, _ := issuelist.ParseGroup(string(k))
		return g, nil
	case slices.Contains(countLater, string(k)):
		return issuelist.GroupField{}, app.Field(param, `"`+string(k)+`" can't be counted by: this server does not have it yet.`)
	}
	return issuelist.GroupField{}, app.Field(param,
		`"`+string(k)+`" is not a valid choice. There are: `+strings.Join(countKeys, ", ")+".")
}

// Count counts the work items of all the projects that the caller is in, by the groups that are asked for.
func Count(c *app.Call, in CountQuery) (issuelist.Tally, error) {
	var by []issuelist.GroupField
	switch {
	case in.SubGroupBy != "" && in.GroupBy == "":
		return issuelist.Tally{}, app.Field("sub_group_by", "This needs group_by.")
	case in.GroupBy != "" && in.GroupBy == in.SubGroupBy:
		return issuelist.Tally{}, app.Field("sub_group_by", "Group by and sub group by cannot have same parameters")
	}
	for n, key := range []CountKey{in.GroupBy, in.SubGroupBy} {
		if key == "" {
			continue
		}
		g, err := key.field(c, []string{"group_by", "sub_group_by"}[n])
		if err != nil {
			return issuelist.Tally{}, err
		}
		by = append(by, g)
	}
	scope, err := inWorkspace(c)
	if err != nil {
		return issuelist.Tally{}, err
	}
	q, err := PublicQuery{PQL: in.PQL, FilterQuery: in.FilterQuery}.query(c, scope, "-created_at")
	if err != nil {
		return issuelist.Tally{}, err
	}
	n, err := q.Tally(c.Read(), by)
	if errors.Is(err, issuelist.ErrTally) {
		err = app.Field("group_by", "There are more than 10000 groups: ask for fewer work items, or for other groups.")
	}
	return n, err
}

// SearchQuery asks for work items by a text, a tree of conditions and a query; all have to hold, and each may be empty.
type SearchQuery struct {
	Text    string // part of a name, or a number as WEB-12
	Filters string // JSON
	PQL     string
	Project string // the only one to look in; empty: all the caller's
	Limit   int
}

// FoundIssue is a work item that was found, with the identifier of its project.
type FoundIssue struct {
	store.PublicIssue
	Identifier string
}

// Search finds work items of the projects that the caller is in, newest first.
func Search(c *app.Call, in SearchQuery) ([]FoundIssue, error) {
	scope, err := inWorkspace(c)
	if err != nil {
		return nil, err
	}
	if in.Project != "" {
		other := func(id string) bool { return id != in.Project }
		scope.Projects, scope.Own = slices.DeleteFunc(scope.Projects, other), slices.DeleteFunc(scope.Own, other)
	}
	projects, err := store.Projects.List(c.Read(), dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID},
		store.In("id", slices.Concat(scope.Projects, scope.Own))))
	if err != nil {
		return nil, err
	}
	identifiers := map[string]string{}
	for _, p := range projects {
		identifiers[p.ID] = p.Identifier
	}
	var named []issuelist.Filter
	if text := strings.TrimSpace(in.Text); text != "" {
		named = append(named, searched(text, identifiers))
	}
	q, err := PublicQuery{PQL: in.PQL, FilterQuery: FilterQuery{Rich: in.Filters}}.query(c, scope, "-created_at", named...)
	if err != nil || len(identifiers) == 0 {
		return nil, err
	}
	ids, err := q.IDs(c.Read(), 0, in.Limit)
	if err != nil {
		return nil, err
	}
	rows, err := store.PublicIssues(c.Read(), ids)
	found := make([]FoundIssue, len(rows))
	for i := range rows {
		found[i] = FoundIssue{rows[i], identifiers[rows[i].ProjectID]}
	}
	return found, err
}

// searched holds for work items with the text in their name, or whose number it is, with or without the identifier.
func searched(text string, identifiers map[string]string) issuelist.Filter {
	any := issuelist.Any{issuelist.Contains{Field: issuelist.Name, Text: strings.ReplaceAll(text, "\x00", "")}}
	identifier, digits := "", text
	if n := strings.LastIndexByte(text, '-'); n >= 0 {
		identifier, digits = text[:n], text[n+1:]
	}
	number := wholeNumber(digits)
	if number == 0 {
		return any
	}
	if identifier == "" {
		return append(any, issuelist.Numbered{Numbers: []int{number}})
	}
	for _, id := range slices.Sorted(maps.Keys(identifiers)) {
		if strings.EqualFold(identifier, identifiers[id]) {
			any = append(any, issuelist.Numbered{Project: id, Numbers: []int{number}})
		}
	}
	return any
}

// wholeNumber reads the number of a work item; 0 is none.
func wholeNumber(digits string) int {
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 1 {
		return 0
	}
	return int(n)
}
