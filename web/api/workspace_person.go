package api

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var workspacePeople = []web.Op{
	web.Do("GET", inWorkspace+"user-stats/{user:uuid}/", web.SignedIn(), 200, "Count what a person has to do", readPersonStats),
	web.Do("GET", inWorkspace+"user-profile/{user:uuid}/", web.SignedIn(), 200, "Read who a person is", readPersonProfile),
}

// PersonStats counts what a person has to do.
type PersonStats struct {
	StateDistribution    []StateShare    `json:"state_distribution"`
	PriorityDistribution []PriorityShare `json:"priority_distribution"`
	CreatedIssues        int             `json:"created_issues"`
	AssignedIssues       int             `json:"assigned_issues"`
	CompletedIssues      int             `json:"completed_issues"`
	PendingIssues        int             `json:"pending_issues"`
	SubscribedIssues     int             `json:"subscribed_issues"`
	PresentCycles        []StatsCycle    `json:"present_cycles"`
	UpcomingCycles       []StatsCycle    `json:"upcoming_cycles"`
}

// StateShare counts the issues of a state group.
type StateShare struct {
	StateGroup string `json:"state_group"`
	StateCount int    `json:"state_count"`
}

// PriorityShare counts the issues of a priority.
type PriorityShare struct {
	Priority      string `json:"priority"`
	PriorityCount int    `json:"priority_count"`
	PriorityOrder int    `json:"priority_order"`
}

// StatsCycle names the cycle of an issue.
type StatsCycle struct {
	Name      string `json:"cycle__name"`
	ID        string `json:"cycle__id"`
	ProjectID string `json:"cycle__project_id"`
}

var priorities = []string{"urgent", "high", "medium", "low", "none"}

func readPersonStats(c *app.Call, in struct {
	User    string `path:"user"`
	Project string `query:"project" type:"ids"`
}) (PersonStats, error) {
	var only []string
	if in.Project != "" {
		only = strings.Split(in.Project, ",")
	}
	s, err := workspace.PersonStats(c, in.User, only)
	if err != nil {
		return PersonStats{}, err
	}
	cycle := func(w store.CycleWork) StatsCycle { return StatsCycle{w.Name, w.ID, w.ProjectID} }
	out := PersonStats{CreatedIssues: s.Created, SubscribedIssues: s.Followed, PresentCycles: web.Map(s.Now, cycle),
		UpcomingCycles: web.Map(s.Soon, cycle)}
	groups, ranks := map[string]int{}, map[string]int{}
	for _, w := range s.Assigned {
		groups[w.Group] += w.Count
		ranks[w.Priority] += w.Count
		out.AssignedIssues += w.Count
		switch w.Group {
		case "completed":
			out.CompletedIssues += w.Count
		case "cancelled":
		default:
			out.PendingIssues += w.Count
		}
	}
	out.StateDistribution, out.PriorityDistribution = make([]StateShare, 0, len(groups)),
		make([]PriorityShare, 0, len(ranks))
	for group, n := range groups {
		out.StateDistribution = append(out.StateDistribution, StateShare{group, n})
	}
	slices.SortFunc(out.StateDistribution, func(a, b StateShare) int { return cmp.Compare(a.StateGroup, b.StateGroup) })
	for i, p := range priorities {
		if ranks[p] > 0 {
			out.PriorityDistribution = append(out.PriorityDistribution, PriorityShare{p, ranks[p], i})
		}
	}
	return out, nil
}

// PersonProfile is who a person is, and what they have to do with the caller's projects.
type PersonProfile struct {
	ProjectData []PersonProject `json:"project_data"`
	UserData    PersonData      `json:"user_data"`
}

// PersonProject counts what a person has to do with a project.
type PersonProject struct {
	ID              string     `json:"id"`
	LogoProps       store.JSON `json:"logo_props"`
	CreatedIssues   int        `json:"created_issues"`
	AssignedIssues  int        `json:"assigned_issues"`
	CompletedIssues int        `json:"completed_issues"`
	PendingIssues   int        `json:"pending_issues"`
}

// PersonData is who a person is.
type PersonData struct {
	Email         *string `json:"email"`
	FirstName     string  `json:"first_name"`
	LastName      string  `json:"last_name"`
	AvatarURL     *string `json:"avatar_url"`
	CoverImageURL *string `json:"cover_image_url"`
	DateJoined    string  `json:"date_joined"`
	UserTimezone  string  `json:"user_timezone"`
	DisplayName   string  `json:"display_name"`
}

func readPersonProfile(c *app.Call, in struct {
	User string `path:"user"`
}) (PersonProfile, error) {
	u, work, err := workspace.Person(c, in.User)
	if err != nil {
		return PersonProfile{}, err
	}
	return PersonProfile{web.Map(work, func(w store.ProjectWork) PersonProject {
		return PersonProject{
			ID: w.ID, LogoProps: w.LogoProps, CreatedIssues: w.Created, AssignedIssues: w.Assigned,
			CompletedIssues: w.Completed, PendingIssues: w.Pending,
		}
	}),
		PersonData{
			Email: u.Email, FirstName: u.FirstName, LastName: u.LastName, AvatarURL: pictureURL(u.AvatarAssetID, &u.Avatar),
			CoverImageURL: pictureURL(u.CoverImageAssetID, u.CoverImage), DateJoined: app.Time(u.DateJoined, time.UTC),
			UserTimezone: u.UserTimezone, DisplayName: u.DisplayName,
		}}, nil
}
