package api

import (
	"net/http"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var activityFeeds = []web.Op{
	web.Do("GET", "/api/users/me/activities/", web.SignedIn(), 200, "List what the caller did", listOwnActivity),
	web.Do("GET", inWorkspace+"user-activity/{user:uuid}/", web.Workspace().Class(), 200, "List what a person did", listActivity),
	web.Do("POST", inWorkspace+"user-activity/{user:uuid}/export/", web.Workspace(app.Admin, app.Member).Class(), 200,
		"Write what a person did on a day as a table", exportActivity).Sends("text/csv"),
	web.Do("GET", "/api/users/me/workspaces/{slug}/activity-graph/", web.SignedIn(), 200, "Count what the caller did, by day", activityGraph),
}

func feedOut(c *app.Call, f *workspace.Feed) []Activity {
	return web.Map(f.Entries, func(e store.IssueActivity) Activity {
		out := activity(c, e)
		if p := f.Projects[e.ProjectID]; p != nil {
			out.ProjectDetail = NewProjectLite(p)
		}
		if w := f.Workspaces[e.WorkspaceID]; w != nil {
			out.WorkspaceDetail = workspaceLite(w)
		}
		if e.IssueID != nil && f.Issues[*e.IssueID] != nil {
			flat := issueFlat(f.Issues[*e.IssueID])
			out.IssueDetail = &flat
		}
		if e.ActorID != nil {
			out.ActorDetail = userLitePtr(f.People[*e.ActorID])
		}
		return out
	})
}

// feedQuery is which part of a feed a request asks for.
type feedQuery struct {
	web.Pages
	OrderBy *string `query:"order_by"`
}

func (in feedQuery) page() (web.Paging, workspace.Page, error) {
	p, err := in.Paging(1000)
	order := "-created_at"
	if in.OrderBy != nil {
		order = *in.OrderBy
	}
	return p, workspace.Page{Order: order, Offset: p.Offset(), Limit: p.Size}, err
}

func listOwnActivity(c *app.Call, in feedQuery) (web.Page[Activity], error) {
	p, part, err := in.page()
	if err != nil {
		return web.Page[Activity]{}, err
	}
	f, err := workspace.OwnActivity(c, part)
	if err != nil {
		return web.Page[Activity]{}, err
	}
	return web.Paged(p, f.Total, feedOut(c, f)), nil
}

func listActivity(c *app.Call, in struct {
	feedQuery
	User     string   `path:"user"`
	Projects []string `query:"project" type:"uuid"`
}) (web.Page[Activity], error) {
	p, part, err := in.page()
	if err != nil {
		return web.Page[Activity]{}, err
	}
	if err := checkIDs(in.Projects); err != nil {
		return web.Page[Activity]{}, err
	}
	f, err := workspace.Activity(c, in.User, in.Projects, part)
	if err != nil {
		return web.Page[Activity]{}, err
	}
	return web.Paged(p, f.Total, feedOut(c, f)), nil
}

func exportActivity(c *app.Call, in struct {
	User string `path:"user"`
	Date string `json:"date" check:"null,blank,raw"`
}) (web.Reply, error) {
	if in.Date == "" {
		return web.Reply{}, app.Refuse(app.Invalid, "Date is required")
	}
	day, ok := store.ParseDate(in.Date)
	if !ok {
		return web.Reply{}, app.ErrValue
	}
	f, err := workspace.ActivityOfDay(c, in.User, day)
	if err != nil {
		return web.Reply{}, err
	}
	header := http.Header{"Content-Type": {"text/csv"},
		"Content-Disposition": {`attachment; filename="workspace-user-activity.csv"`}}
	return web.Reply{Header: header, Stream: func(w http.ResponseWriter, _ *http.Request) error {
		return workspace.WriteActivity(w, f)
	}}, nil
}

// DayCount counts what was done on one day.
type DayCount struct {
	Day   store.Date `json:"created_date"`
	Count int        `json:"activity_count"`
}

func dayCount(d store.DayCount) DayCount { return DayCount{d.Day, d.Count} }

func activityGraph(c *app.Call, _ web.Nothing) ([]DayCount, error) {
	days, err := workspace.ActivityByDay(c, 6)
	return web.Map(days, dayCount), err
}
