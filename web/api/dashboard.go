package api

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var dashboards = []web.Op{
	web.Do("GET", "/api/users/me/workspaces/{slug}/dashboard/", web.SignedIn(), 200, "Read what the caller has to do", readDashboard),
}

// Dashboard is what the caller has to do in a workspace, and what they did.
type Dashboard struct {
	Activities        []DayCount   `json:"issue_activities"`
	Completed         []WeekCount  `json:"completed_issues"`
	AssignedCount     int          `json:"assigned_issues_count"`
	PendingCount      int          `json:"pending_issues_count"`
	CompletedCount    int          `json:"completed_issues_count"`
	DueWeekCount      int          `json:"issues_due_week_count"`
	StateDistribution []StateShare `json:"state_distribution"`
	Overdue           []Overdue    `json:"overdue_issues"`
	Upcoming          []Upcoming   `json:"upcoming_issues"`
}

// WeekCount counts what was completed in a week of a month, the first being 1.
type WeekCount struct {
	Week  int `json:"week_in_month"`
	Count int `json:"completed_count"`
}

// DashboardIssue names a work item of a dashboard.
type DashboardIssue struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Workspace string `json:"workspace__slug"`
	ProjectID string `json:"project_id"`
}

// Overdue is a work item whose day has passed.
type Overdue struct {
	DashboardIssue
	TargetDate *store.Date `json:"target_date"`
}

// Upcoming is a work item that begins today or later.
type Upcoming struct {
	DashboardIssue
	StartDate *store.Date `json:"start_date"`
}

// readDashboard tells of the weeks of a month of any year: January unless another is asked for. Plane:
// app/views/workspace/user.py
func readDashboard(c *app.Call, in struct {
	Month *string `query:"month" type:"integer 1..12"`
}) (Dashboard, error) {
	month := time.January
	if in.Month != nil {
		n, err := strconv.Atoi(*in.Month)
		if err != nil {
			return Dashboard{}, app.ErrValue
		}
		month = time.Month(n)
	}
	days, err := workspace.ActivityByDay(c, 3)
	if err != nil {
		return Dashboard{}, err
	}
	work, err := workspace.OwnWork(c)
	if err != nil {
		return Dashboard{}, err
	}
	d := Dashboard{Activities: web.Map(days, dayCount), Completed: []WeekCount{}, StateDistribution: []StateShare{},
		Overdue: []Overdue{}, Upcoming: []Upcoming{}, AssignedCount: len(work)}
	groups, weeks := map[string]int{}, map[int]int{}
	for _, w := range work {
		groups[w.Group]++
		if w.CompletedAt != nil && w.CompletedAt.UTC().Month() == month {
			weeks[(w.CompletedAt.UTC().Day()-1)/7+1]++
		}
		d.add(c, w)
	}
	for week, n := range weeks {
		d.Completed = append(d.Completed, WeekCount{week, n})
	}
	slices.SortFunc(d.Completed, func(a, b WeekCount) int { return cmp.Compare(a.Week, b.Week) })
	for group, n := range groups {
		d.StateDistribution = append(d.StateDistribution, StateShare{group, n})
	}
	slices.SortFunc(d.StateDistribution, func(a, b StateShare) int { return cmp.Compare(a.StateGroup, b.StateGroup) })
	return d, nil
}

// add counts a work item where it belongs. Days are those of UTC, as in the reference.
func (d *Dashboard) add(c *app.Call, w store.OwnWork) {
	now := c.DB.Now().UTC()
	today := store.Date(now.Format(time.DateOnly))
	if w.TargetDate != nil && sameWeek(*w.TargetDate, now) {
		d.DueWeekCount++
	}
	if w.Group == "completed" {
		d.CompletedCount++
	}
	if w.Group == "completed" || w.Group == "cancelled" {
		return
	}
	d.PendingCount++
	if w.CompletedAt != nil {
		return
	}
	named := DashboardIssue{w.ID, w.Name, c.Workspace.Slug, w.ProjectID}
	if w.TargetDate != nil && *w.TargetDate < today {
		d.Overdue = append(d.Overdue, Overdue{named, w.TargetDate})
	}
	if w.StartDate != nil && *w.StartDate >= today {
		d.Upcoming = append(d.Upcoming, Upcoming{named, w.StartDate})
	}
}

func sameWeek(day store.Date, now time.Time) bool {
	at, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return false
	}
	year, week := at.ISOWeek()
	thisYear, thisWeek := now.ISOWeek()
	return year == thisYear && week == thisWeek
}
