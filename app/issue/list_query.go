package issue

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/store/issuelist"
)

// ListQuery is what a request asks of every list of work items: which of them, in which order, and which page.
type ListQuery struct {
	FilterQuery
	OrderQuery
	PageQuery
}

// FilterQuery are which work items are listed; both kinds have to hold.
type FilterQuery struct {
	Rich   string        `query:"filters" type:"json"` // a tree of conditions with and, or, not
	Single filter.Params `query:"*"`
}

// OrderQuery is the order of a list.
type OrderQuery struct {
	OrderBy *OrderKey `query:"order_by"`
}

// PageQuery is the page of a list.
type PageQuery struct {
	PerPage *string `query:"per_page" type:"integer 1..1000"`
	Cursor  *string `query:"cursor" type:"cursor"`
}

// GroupQuery are the groups that a list is divided into, and those within them.
type GroupQuery struct {
	GroupBy    GroupKey `query:"group_by"`
	SubGroupBy GroupKey `query:"sub_group_by"`
}

// GroupedQuery is what a request asks of a list that can be divided into groups.
type GroupedQuery struct {
	ListQuery
	GroupQuery
}

// ProjectQuery is what a request asks of a project's list.
type ProjectQuery struct {
	GroupedQuery
	After *string `query:"updated_at__gt" type:"date-time"`
}

// ArchiveQuery is what a request asks of the list of archived work items.
type ArchiveQuery struct {
	GroupedQuery
	SubItems *string `query:"show_sub_issues" type:"boolean"`
}

// BoardQuery is what a request asks of a published board's list, which has no trees of conditions.
type BoardQuery struct {
	Single filter.PublicParams `query:"*"`
	OrderQuery
	PageQuery
	GroupQuery
}

// OrderKey is a field that lists of work items are sorted by; with - in front the other way round.
type OrderKey string

// Choices are the keys that there are.
func (OrderKey) Choices() []string { return issuelist.OrderNames() }

// GroupKey is a field that lists of work items are divided by.
type GroupKey string

// Choices are the keys that there are.
func (GroupKey) Choices() []string { return issuelist.GroupNames() }

func (in GroupedQuery) asked() asked {
	return asked{ListQuery: in.ListQuery, GroupQuery: in.GroupQuery}
}

// asked is all that can be asked of a list.
type asked struct {
	ListQuery
	GroupQuery
	after    *string // changed since
	subItems *string // "true", or only what has no parent
	noEpics  bool
}

// query turns what is asked for into a query.
func (a *asked) query(c *app.Call, scope issuelist.Scope, sh shape) (issuelist.Query, error) {
	q := issuelist.Query{Scope: scope, Each: sh.each}
	rich, err := richFilter(c, a.Rich)
	if err != nil {
		return q, err
	}
	if rich != nil {
		q.Filters = append(q.Filters, rich)
	}
	single, err := filter.Read(c, a.Single)
	if err != nil {
		return q, err
	}
	if a.after != nil {
		at, ok := parseMoment(*a.after, c.Zone())
		if !ok {
			return q, app.ErrValue
		}
		single = append(single, issuelist.After{Field: issuelist.UpdatedAt, Time: at})
	}
	if a.subItems != nil && *a.subItems != "true" {
		single = append(single, issuelist.Null{Field: issuelist.Parent})
	}
	if a.noEpics {
		single = append(single, issuelist.Not{Filter: issuelist.Epic{Workspace: c.Workspace.ID}})
	}
	if len(single) > 0 {
		q.Filters = append(q.Filters, single)
	}
	if q.Order, err = a.order(sh.order); err != nil {
		return q, err
	}
	q.States, err = issuelist.ReadStates(c.Read(), slices.Concat(scope.Projects, scope.Own))
	return q, err
}

// order is the order that is asked for, or the usual one.
func (a OrderQuery) order(usual string) (issuelist.Order, error) {
	by := usual
	if a.OrderBy != nil {
		by = string(*a.OrderBy)
	}
	o, ok := issuelist.ParseOrder(by)
	if !ok {
		return o, app.Field("order_by", "Work items can't be sorted by \""+by+"\".")
	}
	return o, nil
}

func (a GroupQuery) groups() ([]issuelist.GroupField, error) {
	if a.GroupBy == "" {
		return nil, nil
	}
	if a.GroupBy == a.SubGroupBy {
		return nil, app.Refuse(app.Invalid, "Group by and sub group by cannot have same parameters")
	}
	var fields []issuelist.GroupField
	for n, name := range []GroupKey{a.GroupBy, a.SubGroupBy} {
		if name == "" {
			continue
		}
		f, ok := issuelist.ParseGroup(string(name))
		if !ok {
			return nil, app.Field([]string{"group_by", "sub_group_by"}[n],
				"Work items can't be grouped by \""+string(name)+"\".")
		}
		fields = append(fields, f)
	}
	return fields, nil
}
