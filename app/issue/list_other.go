package issue

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/app/visit"
	"github.com/sailplane/sailplane/store/issuelist"
)

// ByIDQuery is what a request asks of the list of certain work items.
type ByIDQuery struct {
	Issues string `query:"issues" type:"ids"`
	FilterQuery
	OrderQuery
}

// ListByID returns those of the named that the call's project has, in order and filtered but not in pages.
func ListByID(c *app.Call, in ByIDQuery) ([]issuelist.Row, error) {
	if in.Issues == "" {
		return nil, app.Refuse(app.Invalid, "Issues are required")
	}
	named := slices.DeleteFunc(strings.Split(in.Issues, ","), func(s string) bool { return s == "" })
	ids := filter.IDs(strings.Join(named, ","))
	if len(ids) < len(named) {
		return nil, app.ErrValue
	}
	scope, err := inProject(c)
	if err != nil {
		return nil, err
	}
	a := asked{ListQuery: ListQuery{FilterQuery: in.FilterQuery, OrderQuery: in.OrderQuery}}
	q, err := a.query(c, scope, shape{order: "-created_at"})
	if err != nil {
		return nil, err
	}
	q.Order = unpaged(q.Order, in.OrderBy)
	q.Filters = append(q.Filters, issuelist.In{Field: issuelist.ID, Values: ids})
	visit.Note(c, "project", c.ProjectID, c.ProjectID)
	return q.All(c.Read())
}

// unpaged is what an order means in lists without pages: there the reference puts urgent first either way, turns the
// groups of states round and takes a missing value for the largest.
func unpaged(o issuelist.Order, by *OrderKey) issuelist.Order {
	if by != nil && (*by == "priority" || *by == "-state__group") {
		return o.Reverse()
	}
	return o.NullsLargest()
}

// ListBelow returns the work items directly below one of the call's project, and the states to tell their groups by.
func ListBelow(c *app.Call, parent string, in OrderQuery) ([]issuelist.Row, issuelist.States, error) {
	scope, err := inWorkspace(c)
	if err != nil {
		return nil, nil, err
	}
	scope.Parent = parent
	q := issuelist.Query{Scope: scope}
	if in.OrderBy != nil && *in.OrderBy == "" {
		in.OrderBy = nil
	}
	if q.Order, err = in.order("-created_at"); err != nil {
		return nil, nil, err
	}
	q.Order = unpaged(q.Order, in.OrderBy)
	if q.States, err = issuelist.ReadStates(c.Read(), slices.Concat(scope.Projects, scope.Own)); err != nil {
		return nil, nil, err
	}
	rows, err := q.All(c.Read())
	return rows, q.States, err
}

// Sync is a page of a project's work items by their last change, for those who keep a copy.
type Sync struct {
	Size, Page, Total int
	Rows              []issuelist.Row
	States            issuelist.States
}

// SyncQuery is what a request asks of that list.
type SyncQuery struct {
	Cursor *string `query:"cursor" type:"cursor"`
	After  string  `query:"updated_at__gt" type:"date-time"`
}

// ListForSync reads a page; the cursor is size:page:0 (Plane: utils/global_paginator.py).
func ListForSync(c *app.Call, in SyncQuery, description bool) (*Sync, error) {
	scope, err := inProject(c)
	if err != nil {
		return nil, err
	}
	s := &Sync{Size: maxPerPage}
	if in.Cursor != nil {
		var ok bool
		if s.Size, s.Page, ok = syncCursor(*in.Cursor); !ok {
			return nil, app.BadParam("cursor", "Invalid cursor parameter.")
		}
	}
	q := issuelist.Query{Scope: scope, Description: description}
	q.Order, _ = issuelist.ParseOrder("updated_at")
	if in.After != "" {
		at, ok := parseMoment(in.After, c.Zone())
		if !ok {
			return nil, app.ErrValue
		}
		q.Filters = append(q.Filters, issuelist.After{Field: issuelist.UpdatedAt, Time: at})
	}
	if q.States, err = issuelist.ReadStates(c.Read(), []string{c.ProjectID}); err != nil {
		return nil, err
	}
	s.States = q.States
	page, err := q.Page(c.Read(), max(s.Page, 0)*s.Size, s.Size)
	s.Rows, s.Total = page.Rows, page.Total
	return s, err
}

func syncCursor(cursor string) (size, page int, ok bool) {
	parts := strings.Split(cursor, ":")
	if len(parts) != 3 {
		return 0, 0, false
	}
	var numbers [3]int
	for n, p := range parts {
		var err error
		if numbers[n], err = strconv.Atoi(p); err != nil {
			return 0, 0, false
		}
	}
	size, page = min(numbers[0], maxPerPage), numbers[1]
	return size, page, size > 0 && page < maxOffset/maxPerPage && page > -maxOffset
}

// ListRemoved returns the ids of what was deleted or archived in the call's project.
func ListRemoved(c *app.Call, after *string) ([]string, error) {
	q := issuelist.Query{Scope: hereOf(c)}
	q.Scope.Removed = true
	q.Order, _ = issuelist.ParseOrder("-created_at")
	if after != nil {
		at, ok := parseMoment(*after, c.Zone())
		if !ok {
			return nil, app.ErrValue
		}
		q.Filters = append(q.Filters, issuelist.After{Field: issuelist.UpdatedAt, Time: at})
	}
	return q.IDs(c.Read(), 0, maxOffset)
}

// CompletedByWeek counts what is assigned to the caller and was completed in that month of any year, by week of the
// year modulo 4.
func CompletedByWeek(c *app.Call, month time.Month) (weeks [4]int, err error) {
	if c.Workspace == nil {
		return weeks, nil
	}
	scope, err := inWorkspace(c)
	if err != nil {
		return weeks, err
	}
	q := issuelist.Query{Scope: scope,
		Filters: []issuelist.Filter{issuelist.Has{Relation: issuelist.Assignees, Values: []string{c.UserID()}}}}
	if q.States, err = issuelist.ReadStates(c.Read(), slices.Concat(scope.Projects, scope.Own)); err != nil {
		return weeks, err
	}
	times, err := q.Completed(c.Read())
	for _, at := range times {
		if at = at.In(c.Zone()); at.Month() == month {
			_, week := at.ISOWeek()
			weeks[week%4]++
		}
	}
	return weeks, err
}
