package api

import (
	"reflect"
	"strconv"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store/issuelist"
	"github.com/sailplane/sailplane/web"
)

var issueLists = []web.Op{
	web.Do("GET", inProject+"issues/", web.Project(), 200, "List work items", listOf(issue.ListInProject)),
	web.Do("GET", inProject+"issues-detail/", web.Project(), 200, "List work items with their relations", listDetailed),
	web.Do("GET", inProject+"archived-issues/", web.Project(app.Member, app.Admin), 200, "List archived work items", listOf(issue.ListArchived)),
	web.Do("GET", inProject+"issues/list/", web.Project(), 200, "List certain work items", listByID),
	web.Do("GET", inProject+"v2/issues/", web.Project(), 200, "List work items by their last change", listForSync),
	web.Do("GET", inProject+"deleted-issues/", web.Project(), 200, "List what was deleted or archived", listRemoved),
	web.Do("GET", inProject+"cycles/{cycle_id:uuid}/cycle-issues/", web.Project(app.Member, app.Admin), 200, "List a cycle's work items", listInCycle),
	web.Do("GET", inProject+"modules/{module_id:uuid}/issues/", web.Project(app.Member, app.Admin), 200, "List a module's work items", listInModule),
	web.Do("GET", inProject+"issues/{issue_id:uuid}/sub-issues/", web.Project().Class(), 200, "List sub-items", listSubIssues),
	web.Do("GET", inWorkspace+"issues/", web.Workspace(), 200, "List all work items", listInWorkspace),
	web.Do("GET", inWorkspace+"user-issues/{user_id:uuid}/", web.Workspace().Class(), 200, "List a person's work items", listOfPerson),
	web.Do("GET", "/api/users/me/workspaces/{slug}/issues-completed-graph/", web.SignedIn(), 200, "Count what one finished, by week", completedGraph),
}

// IssuePage is what every page of a list of work items says of itself.
type IssuePage struct {
	GroupedBy       *string `json:"grouped_by"`
	SubGroupedBy    *string `json:"sub_grouped_by"`
	TotalCount      int     `json:"total_count"`
	NextCursor      string  `json:"next_cursor"`
	PrevCursor      string  `json:"prev_cursor"`
	NextPageResults bool    `json:"next_page_results"`
	PrevPageResults bool    `json:"prev_page_results"`
	Count           int     `json:"count"`
	TotalPages      int     `json:"total_pages"`
	TotalResults    int     `json:"total_results"`
	ExtraStats      *string `json:"extra_stats"`
}

// IssueList is a page of a list of work items. Results is a list of them or, by group_by, an object of groups.
type IssueList struct {
	IssuePage
	Results Grouped[ListedIssue] `json:"results"`

	list  *issue.List
	form  rowForm
	extra func(*issuelist.Row) []byte // more keys of a row, each after a comma
}

// Grouped are the rows of a list for the API description: a list of them or, by group_by, an object of groups.
type Grouped[T any] struct{}

// DescribesAny names both.
func (Grouped[T]) DescribesAny() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[[]T](), reflect.TypeFor[map[string]RowGroup[T]]()}
}

// RowGroup is a group of the rows of a list: with sub_group_by, of groups.
type RowGroup[T any] struct {
	Results      Grouped[T] `json:"results"`
	TotalResults int        `json:"total_results"`
}

// GroupIDs are the ids of the groups that a row is in where it can be in several: only lists by those show them.
type GroupIDs struct {
	Label    *string `json:"labels__id,omitempty"`
	Assignee *string `json:"assignees__id,omitempty"`
	Module   *string `json:"issue_module__module_id,omitempty"`
}

// ListedIssue is a work item with all that one or another list shows besides.
type ListedIssue struct {
	IssueRow
	GroupIDs
	Group           *string   `json:"state__group,omitempty"`
	DescriptionHTML string    `json:"description_html,omitempty"`
	Relations       []related `json:"issue_relation,omitempty"`
	Related         []related `json:"issue_related,omitempty"`
}

// listOf is the handler of a list that needs no more than its place.
func listOf[In any](find func(*app.Call, In) (*issue.List, error)) func(*app.Call, In) (IssueList, error) {
	return func(c *app.Call, in In) (IssueList, error) {
		l, err := find(c, in)
		return IssueList{list: l, form: rowForm{group: "state__group"}}, err
	}
}

func listInCycle(c *app.Call, in struct {
	CycleID string `path:"cycle_id"`
	issue.GroupedQuery
}) (IssueList, error) {
	l, err := issue.ListInCycle(c, in.CycleID, in.GroupedQuery)
	return IssueList{list: l, form: rowForm{group: "state__group", zeros: true}}, err
}

func listInModule(c *app.Call, in struct {
	ModuleID string `path:"module_id"`
	issue.GroupedQuery
}) (IssueList, error) {
	l, err := issue.ListInModule(c, in.ModuleID, in.GroupedQuery)
	return IssueList{list: l, form: rowForm{group: "state__group", zeros: true}}, err
}

func listInWorkspace(c *app.Call, in issue.ListQuery) (IssueList, error) {
	l, err := issue.ListInWorkspace(c, in)
	return IssueList{list: l, form: rowForm{group: "state__group", zeros: true}}, err
}

func listOfPerson(c *app.Call, in struct {
	UserID string `path:"user_id"`
	issue.GroupedQuery
}) (IssueList, error) {
	l, err := issue.ListOfPerson(c, in.UserID, in.GroupedQuery)
	return IssueList{list: l, form: rowForm{group: "state__group", zeros: true}}, err
}

// AppendJSON writes the list.
func (l IssueList) AppendJSON(b []byte) []byte { return AppendIssues(b, l.list, l.row) }

// row writes a row without its closing brace.
func (l IssueList) row(b []byte, r *issuelist.Row) []byte {
	b = l.form.appendRow(b, r, l.list.States)
	if l.extra != nil {
		b = append(b, l.extra(r)...)
	}
	return b
}

// issueWriter writes a list whose rows row writes, without their closing braces.
type issueWriter struct {
	list *issue.List
	row  func(b []byte, r *issuelist.Row) []byte
}

// AppendIssues writes a list of work items in the envelope that all of them have; row writes a row without its closing
// brace.
func AppendIssues(b []byte, list *issue.List, row func(b []byte, r *issuelist.Row) []byte) []byte {
	l, p := issueWriter{list, row}, list
	b = appendName(append(b, `{"grouped_by":`...), p.GroupedBy)
	b = appendName(append(b, `,"sub_grouped_by":`...), p.SubGroupedBy)
	b = strconv.AppendInt(append(b, `,"total_count":`...), int64(p.Total), 10)
	b = appendText(append(b, `,"next_cursor":`...), p.Paging.Cursor(1))
	b = appendText(append(b, `,"prev_cursor":`...), p.Paging.Cursor(-1))
	b = strconv.AppendBool(append(b, `,"next_page_results":`...), p.More)
	b = strconv.AppendBool(append(b, `,"prev_page_results":`...), p.Paging.Page > 0)
	b = strconv.AppendInt(append(b, `,"count":`...), int64(p.Count), 10)
	b = strconv.AppendInt(append(b, `,"total_pages":`...), int64(p.Pages), 10)
	b = strconv.AppendInt(append(b, `,"total_results":`...), int64(p.Total), 10)
	b = append(b, `,"extra_stats":null,"results":`...)
	if p.GroupedBy != "" {
		b = l.appendGroups(b, p.Groups, nil)
	} else {
		b = l.appendRows(b, p.Rows)
	}
	return append(b, '}')
}

func appendName(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return appendText(b, s)
}

func (l issueWriter) appendRows(b []byte, rows []issuelist.Row) []byte {
	b = append(b, '[')
	for n := range rows {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(l.row(b, &rows[n]), '}')
	}
	return append(b, ']')
}

// appendGroups writes groups by their keys. above are the keys of the groups that they are in.
func (l issueWriter) appendGroups(b []byte, groups []issuelist.Group, above []string) []byte {
	b = append(b, '{')
	for n, g := range groups {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, g.Key), `:{"results":`...)
		here := append(above[:len(above):len(above)], g.Key)
		if l.list.SubGroupedBy != "" && len(here) == 1 {
			b = l.appendGroups(b, g.Sub, here)
		} else {
			b = l.appendGroup(b, g.Rows, here)
		}
		b = strconv.AppendInt(append(b, `,"total_results":`...), int64(g.Total), 10)
		b = append(b, '}')
	}
	return append(b, '}')
}

func (l issueWriter) appendGroup(b []byte, rows []*issuelist.Row, keys []string) []byte {
	b = append(b, '[')
	for n, r := range rows {
		if n > 0 {
			b = append(b, ',')
		}
		b = l.row(b, r)
		for m, name := range []string{l.list.GroupedBy, l.list.SubGroupedBy} {
			if f, ok := issuelist.ParseGroup(name); ok && f.Many() {
				b = append(append(append(b, `,"`...), name...), `":`...)
				if keys[m] == issuelist.None {
					b = append(b, "null"...)
				} else {
					b = appendText(b, keys[m])
				}
			}
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// Completed is how many work items somebody finished in a week: that of the year, modulo 4.
type Completed struct {
	Week           int `json:"week"`
	CompletedCount int `json:"completed_count"`
}

func completedGraph(c *app.Call, in struct {
	Month *string `query:"month" type:"integer 1..12"`
}) ([]Completed, error) {
	month := time.January
	if in.Month != nil {
		n, err := strconv.Atoi(*in.Month)
		if err != nil {
			return nil, app.Field("month", "A valid integer is required.")
		}
		month = time.Month(n)
	}
	weeks, err := issue.CompletedByWeek(c, month)
	list := []Completed{}
	for week, n := range weeks {
		if n > 0 {
			list = append(list, Completed{week, n})
		}
	}
	return list, err
}
