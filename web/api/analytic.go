package api

import (
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/analytic"
	"github.com/sailplane/sailplane/web"
)

var analytics = []web.Op{
	web.Do("GET", inWorkspace+"advance-analytics/", web.Workspace(app.Admin, app.Member), 200, "Count what a workspace holds", readAnalytics),
	web.Do("GET", inWorkspace+"advance-analytics-stats/", web.Workspace(app.Admin, app.Member), 200, "Count the work items of each project", readProjectGroups),
	web.Do("GET", inWorkspace+"advance-analytics-charts/", web.Workspace(app.Admin, app.Member), 200, "Draw a chart of a workspace", readChart),
	web.Do("GET", inProject+"advance-analytics/", web.Project(app.Admin, app.Member), 200, "Count the work items of a project", readProjectAnalytics),
	web.Do("GET", inProject+"advance-analytics-stats/", web.Project(app.Admin, app.Member), 200, "Count the work items of each assignee", readPeopleGroups),
	web.Do("GET", inProject+"advance-analytics-charts/", web.Project(), 200, "Draw a chart of a project", readProjectChart),
}

// AnalyticsQuery says what is counted.
type AnalyticsQuery struct {
	Period   string `query:"date_filter"`
	Projects string `query:"project_ids" type:"ids"`
	Cycle    string `query:"cycle_id" type:"uuid"`
	Module   string `query:"module_id" type:"uuid"`
}

func (q AnalyticsQuery) scope() (analytic.Scope, error) {
	s := analytic.Scope{Period: q.Period, Cycle: q.Cycle, Module: q.Module}
	if q.Projects != "" {
		s.Projects = strings.Split(q.Projects, ",")
	}
	ids := append([]string{}, s.Projects...)
	for _, id := range []string{q.Cycle, q.Module} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	return s, checkIDs(ids)
}

// Counted is a count on its own.
type Counted struct {
	Count int `json:"count"`
}

// AnalyticsOverview is how much there is of everything.
type AnalyticsOverview struct {
	Users    Counted `json:"total_users"`
	Admins   Counted `json:"total_admins"`
	Members  Counted `json:"total_members"`
	Guests   Counted `json:"total_guests"`
	Projects Counted `json:"total_projects"`
	Issues   Counted `json:"total_work_items"`
	Cycles   Counted `json:"total_cycles"`
	Intakes  Counted `json:"total_intake"`
}

// AnalyticsGroups counts work items by the group of their state.
type AnalyticsGroups struct {
	Total     Counted `json:"total_work_items"`
	Started   Counted `json:"started_work_items"`
	Backlog   Counted `json:"backlog_work_items"`
	Unstarted Counted `json:"un_started_work_items"`
	Completed Counted `json:"completed_work_items"`
}

func notOffered(what string) error {
	return web.Message("Invalid " + what)
}

func readAnalytics(c *app.Call, in struct {
	AnalyticsQuery
	Tab *string `query:"tab" type:"overview|work-items"`
}) (web.AnyOf[AnalyticsOverview, AnalyticsGroups], error) {
	var out web.AnyOf[AnalyticsOverview, AnalyticsGroups]
	s, err := in.scope()
	if err != nil {
		return out, err
	}
	switch {
	case in.Tab == nil || *in.Tab == "overview":
		o, err := analytic.ReadOverview(c, s)
		out.A = &AnalyticsOverview{Users: Counted{o.Users}, Admins: Counted{o.Admins}, Members: Counted{o.Members},
			Guests: Counted{o.Guests}, Projects: Counted{o.Projects}, Issues: Counted{o.Issues}, Cycles: Counted{o.Cycles},
			Intakes: Counted{o.Intakes}}
		return out, err
	case *in.Tab == "work-items":
		s.Cycle, s.Module = "", ""
		groups, err := groupsOut(c, s)
		out.B = &groups
		return out, err
	}
	return out, notOffered("tab")
}

func groupsOut(c *app.Call, s analytic.Scope) (AnalyticsGroups, error) {
	g, total, err := analytic.ReadGroups(c, s)
	return AnalyticsGroups{
		Total: Counted{total}, Started: Counted{g["started"]}, Backlog: Counted{g["backlog"]},
		Unstarted: Counted{g["unstarted"]}, Completed: Counted{g["completed"]},
	}, err
}

func readProjectAnalytics(c *app.Call, in AnalyticsQuery) (AnalyticsGroups, error) {
	s, err := in.scope()
	if err != nil {
		return AnalyticsGroups{}, err
	}
	return groupsOut(c, s)
}

// GroupCounts are the work items of a project, or of a person, by the group of their state.
type GroupCounts struct {
	Cancelled int `json:"cancelled_work_items"`
	Completed int `json:"completed_work_items"`
	Backlog   int `json:"backlog_work_items"`
	Unstarted int `json:"un_started_work_items"`
	Started   int `json:"started_work_items"`
}

func groupCounts(g analytic.Groups) GroupCounts {
	return GroupCounts{
		Cancelled: g["cancelled"], Completed: g["completed"], Backlog: g["backlog"], Unstarted: g["unstarted"],
		Started: g["started"],
	}
}

// ProjectGroups counts the work items of a project.
type ProjectGroups struct {
	ID   string `json:"project_id"`
	Name string `json:"project__name"`
	GroupCounts
}

func readProjectGroups(c *app.Call, in struct {
	AnalyticsQuery
	Type *string `query:"type"`
}) ([]ProjectGroups, error) {
	if in.Type != nil && *in.Type != "work-items" {
		return nil, notOffered("type")
	}
	s, err := in.scope()
	if err != nil {
		return nil, err
	}
	s.Cycle, s.Module = "", ""
	all, err := analytic.ReadProjects(c, s)
	return web.Map(all, func(p analytic.ProjectGroups) ProjectGroups {
		return ProjectGroups{p.Project.ID, p.Project.Name, groupCounts(p.Groups)}
	}), err
}

// PersonGroups counts what a person has to do; nulls are for what nobody has to do.
type PersonGroups struct {
	Name    *string `json:"display_name"`
	ID      *string `json:"assignee_id"`
	Picture *string `json:"avatar_url"`
	GroupCounts
}

func readPeopleGroups(c *app.Call, in struct {
	AnalyticsQuery
	Type *string `query:"type"`
}) ([]PersonGroups, error) {
	if in.Type != nil && *in.Type != "work-items" {
		return nil, notOffered("type")
	}
	s, err := in.scope()
	if err != nil {
		return nil, err
	}
	all, err := analytic.ReadPeople(c, s)
	return web.Map(all, func(p analytic.PersonGroups) PersonGroups {
		out := PersonGroups{GroupCounts: groupCounts(p.Groups)}
		if u := p.User; u != nil {
			out.Name, out.ID, out.Picture = &u.DisplayName, &u.ID, givenPicture(u)
		}
		return out
	}), err
}
