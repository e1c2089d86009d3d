package api

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store/issuelist"
	"github.com/sailplane/sailplane/web"
)

// issueRows are rows outside any page.
type issueRows struct {
	rows   []issuelist.Row
	states issuelist.States
	form   rowForm
	extra  func(*issuelist.Row) []byte
}

// FoundRow is a work item of a list outside any page, with all that one or another shows besides.
type FoundRow struct {
	IssueRow
	DeletedAt *string                              `json:"deleted_at,omitempty"`
	Group     *string                              `json:"state_group,omitempty"`
	CreatedBy web.AnyOf[*string, UserLite]         `json:"created_by"`
	UpdatedBy web.AnyOf[*string, UserLite]         `json:"updated_by"`
	State     *issueState                          `json:"state,omitempty"`
	Project   *ProjectLite                         `json:"project,omitempty"`
	Parent    *web.AnyOf[issueParent, web.Nothing] `json:"parent,omitempty"`
	Assignees []UserLite                           `json:"assignees,omitempty"`
	Labels    []Label                              `json:"labels,omitempty"`
}

// Describes names the rows for the API description.
func (issueRows) Describes() reflect.Type { return reflect.TypeFor[[]FoundRow]() }

// AppendJSON writes a list.
func (l issueRows) AppendJSON(b []byte) []byte {
	list := IssueList{list: &issue.List{States: l.states}, form: l.form, extra: l.extra}
	return issueWriter{list.list, list.row}.appendRows(b, l.rows)
}

// listByID has two forms: fields or expand ask for the second, whatever they say.
func listByID(c *app.Call, in struct {
	issue.ByIDQuery
	Fields string `query:"fields" type:"words"`
	Expand string `query:"expand" type:"words"`
}) (issueRows, error) {
	rows, err := issue.ListByID(c, in.ByIDQuery)
	if err != nil {
		return issueRows{}, err
	}
	if in.Fields == "" && in.Expand == "" {
		return issueRows{rows: rows, form: rowForm{zeros: true, deleted: true, zone: c.Zone()}}, nil
	}
	more, err := expandRows(c, rows, in.Expand)
	return issueRows{rows: rows, form: rowForm{zeros: true, zone: c.Zone(), zoned: true}, extra: more}, err
}

func listForSync(c *app.Call, in struct {
	issue.SyncQuery
	Description string `query:"description" type:"boolean"`
}) (SyncPage, error) {
	description := strings.EqualFold(in.Description, "true")
	s, err := issue.ListForSync(c, in.SyncQuery, description)
	return SyncPage{sync: s, form: rowForm{group: "state__group", description: description, zone: c.Zone()}}, err
}

// SyncPage is a page of work items by their last change.
type SyncPage struct {
	PrevCursor      string        `json:"prev_cursor"`
	Cursor          string        `json:"cursor"`
	NextCursor      *string       `json:"next_cursor"`
	PrevPageResults bool          `json:"prev_page_results"`
	NextPageResults bool          `json:"next_page_results"`
	PageCount       int           `json:"page_count"`
	TotalResults    int           `json:"total_results"`
	TotalPages      int           `json:"total_pages"`
	Results         []ListedIssue `json:"results"`

	sync *issue.Sync
	form rowForm
}

// AppendJSON writes the page.
func (p SyncPage) AppendJSON(b []byte) []byte {
	s := p.sync
	cursor := func(page int) string { return strconv.Itoa(s.Size) + ":" + strconv.Itoa(page) + ":0" }
	more := (max(s.Page, 0)+1)*s.Size < s.Total
	b = appendText(append(b, `{"prev_cursor":`...), cursor(s.Page-1))
	b = appendText(append(b, `,"cursor":`...), cursor(s.Page))
	if more {
		b = appendText(append(b, `,"next_cursor":`...), cursor(s.Page+1))
	} else {
		b = append(b, `,"next_cursor":null`...)
	}
	b = strconv.AppendBool(append(b, `,"prev_page_results":`...), s.Page > 0)
	b = strconv.AppendBool(append(b, `,"next_page_results":`...), more)
	b = strconv.AppendInt(append(b, `,"page_count":`...), int64(len(s.Rows)), 10)
	b = strconv.AppendInt(append(b, `,"total_results":`...), int64(s.Total), 10)
	b = strconv.AppendInt(append(b, `,"total_pages":`...), int64((s.Total+s.Size-1)/s.Size), 10)
	b = issueRows{rows: s.Rows, states: s.States, form: p.form}.AppendJSON(append(b, `,"results":`...))
	return append(b, '}')
}

func listRemoved(c *app.Call, in struct {
	After *string `query:"updated_at__gt" type:"date-time"`
}) ([]string, error) {
	return issue.ListRemoved(c, in.After)
}

// SubIssues are the work items below another, and their ids by the group of their states. group_by makes an object of
// them.
type SubIssues struct {
	SubIssues         web.AnyOf[[]FoundRow, map[string][]FoundRow] `json:"sub_issues"`
	StateDistribution map[string][]string                          `json:"state_distribution"`

	found issueRows
	by    func(*issuelist.Row) []string
}

func listSubIssues(c *app.Call, in struct {
	IssueID string `path:"issue_id"`
	issue.OrderQuery
	GroupBy string `query:"group_by" type:"assignees__ids|priority|state_id|state_group|project_id|cycle_id|created_by|start_date|target_date"`
}) (SubIssues, error) {
	s := SubIssues{StateDistribution: map[string][]string{}}
	rows, states, err := issue.ListBelow(c, in.IssueID, in.OrderQuery)
	if err != nil {
		return s, err
	}
	if s.by, err = subIssueGroups(in.GroupBy, states); err != nil {
		return s, err
	}
	s.found = issueRows{rows: rows, states: states, form: rowForm{zeros: true, group: "state_group", zone: c.Zone()}}
	for n := range rows {
		group := issuelist.None
		if rows[n].StateID != nil {
			group = states.Group(*rows[n].StateID)
		}
		s.StateDistribution[group] = append(s.StateDistribution[group], rows[n].ID)
	}
	return s, nil
}

// subIssueGroups says which groups a sub-item is in; nil for no groups. (Plane: app/views/issue/sub_issue.py)
func subIssueGroups(by string, states issuelist.States) (func(*issuelist.Row) []string, error) {
	one := func(value func(*issuelist.Row) *string) func(*issuelist.Row) []string {
		return func(r *issuelist.Row) []string {
			if v := value(r); v != nil {
				return []string{*v}
			}
			return []string{issuelist.None}
		}
	}
	switch by {
	case "":
		return nil, nil
	case "assignees__ids":
		return func(r *issuelist.Row) []string {
			if len(r.Assignees) == 0 {
				return []string{issuelist.None}
			}
			return r.Assignees
		}, nil
	case "priority":
		return one(func(r *issuelist.Row) *string { return &r.Priority }), nil
	case "state_id":
		return one(func(r *issuelist.Row) *string { return r.StateID }), nil
	case "state_group":
		return one(func(r *issuelist.Row) *string {
			if r.StateID == nil {
				return nil
			}
			g := states.Group(*r.StateID)
			return &g
		}), nil
	case "project_id":
		return one(func(r *issuelist.Row) *string { return &r.ProjectID }), nil
	case "cycle_id":
		return one(func(r *issuelist.Row) *string { return r.CycleID }), nil
	case "created_by":
		return one(func(r *issuelist.Row) *string { return r.CreatedBy }), nil
	case "start_date":
		return one(func(r *issuelist.Row) *string { return (*string)(r.StartDate) }), nil
	case "target_date":
		return one(func(r *issuelist.Row) *string { return (*string)(r.TargetDate) }), nil
	}
	return nil, app.ErrKey
}

// AppendJSON writes the sub-items.
func (s SubIssues) AppendJSON(b []byte) []byte {
	b = append(b, `{"sub_issues":`...)
	if s.by == nil {
		b = s.found.AppendJSON(b)
	} else {
		b = s.appendGroups(b)
	}
	b = appendAny(append(b, `,"state_distribution":`...), s.StateDistribution)
	return append(b, '}')
}

func (s SubIssues) appendGroups(b []byte) []byte {
	var keys []string
	groups := map[string][]issuelist.Row{}
	for n := range s.found.rows {
		row := &s.found.rows[n]
		for _, key := range s.by(row) {
			if groups[key] == nil {
				keys = append(keys, key)
			}
			groups[key] = append(groups[key], *row)
		}
	}
	b = append(b, '{')
	for n, key := range keys {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, key), ':')
		b = issueRows{rows: groups[key], states: s.found.states, form: s.found.form}.AppendJSON(b)
	}
	return append(b, '}')
}
