package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var recentVisits = []web.Op{
	web.Do("GET", inWorkspace+"recent-visits/", web.Workspace(), 200, "List what the caller looked at", listRecentVisits),
}

// RecentVisit is something that a person looked at.
type RecentVisit struct {
	ID               string  `json:"id"`
	EntityName       string  `json:"entity_name"`
	EntityIdentifier *string `json:"entity_identifier"`
	EntityData       any     `json:"entity_data"` // VisitedIssue, VisitedProject or VisitedPage
	VisitedAt        string  `json:"visited_at"`
}

// VisitedIssue is what a visit shows of an issue.
type VisitedIssue struct {
	ID                string   `json:"id"`
	Name              string   `json:"name"`
	State             *string  `json:"state"`
	Priority          string   `json:"priority"`
	Assignees         []string `json:"assignees"`
	Type              *string  `json:"type"`
	SequenceID        int      `json:"sequence_id"`
	ProjectID         *string  `json:"project_id"`
	ProjectIdentifier string   `json:"project_identifier"`
}

// VisitedProject is what a visit shows of a project.
type VisitedProject struct {
	ID             string     `json:"id"`
	Name           string     `json:"name"`
	LogoProps      store.JSON `json:"logo_props"`
	ProjectMembers []string   `json:"project_members"`
	Identifier     string     `json:"identifier"`
}

// VisitedPage is what a visit shows of a page.
type VisitedPage struct {
	ID                string     `json:"id"`
	Name              string     `json:"name"`
	LogoProps         store.JSON `json:"logo_props"`
	ProjectID         *string    `json:"project_id"`
	OwnedBy           *string    `json:"owned_by"`
	ProjectIdentifier *string    `json:"project_identifier"`
}

func visited(kind string, e *store.Entity) any {
	people := append([]string{}, e.People...)
	switch kind {
	case "issue":
		return VisitedIssue{
			ID: e.ID, Name: e.Name, State: e.StateID, Priority: e.Priority, Assignees: people, Type: e.TypeID,
			SequenceID: e.SequenceID, ProjectID: e.ProjectID, ProjectIdentifier: e.Identifier,
		}
	case "project":
		return VisitedProject{
			ID: e.ID, Name: e.Name, LogoProps: e.LogoProps, ProjectMembers: people, Identifier: e.Identifier,
		}
	}
	page := VisitedPage{
		ID: e.ID, Name: e.Name, LogoProps: e.LogoProps, ProjectID: e.ProjectID, OwnedBy: e.OwnedByID,
		ProjectIdentifier: nil,
	}
	if e.ProjectID != nil {
		page.ProjectIdentifier = &e.Identifier
	}
	return page
}

func listRecentVisits(c *app.Call, in struct {
	Kind string `query:"entity_name" type:"words"`
}) ([]RecentVisit, error) {
	rows, err := workspace.ListVisits(c, in.Kind)
	return web.Map(rows, func(v workspace.Visit) RecentVisit {
		return RecentVisit{
			ID: v.ID, EntityName: v.EntityName, EntityIdentifier: v.EntityIdentifier,
			EntityData: visited(v.EntityName, v.Entity), VisitedAt: c.Time(v.VisitedAt),
		}
	}), err
}
