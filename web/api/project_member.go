package api

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/mux"
)

var projectMembers = []web.Op{
	web.Do("GET", inProject+"members/", web.Project(), 200, "List the members of a project", listProjectMembers),
	web.Do("POST", inProject+"members/", web.Project(app.Admin), 201, "Take people into a project", addProjectMembers),
	web.Do("GET", inProject+"project-members/me/", web.SignedIn(), 200, "Read one's own membership", myProjectMember),
}

// ProjectMemberRole is a membership in short.
type ProjectMemberRole struct {
	ID           string  `json:"id"`
	Role         int     `json:"role"`
	Member       *string `json:"member"`
	Project      string  `json:"project"`
	OriginalRole int     `json:"original_role"`
	CreatedAt    string  `json:"created_at"`
}

func projectMemberRole(c *app.Call) func(store.ProjectMember) ProjectMemberRole {
	return func(m store.ProjectMember) ProjectMemberRole {
		return ProjectMemberRole{m.ID, m.Role, m.MemberID, m.ProjectID, m.Role, c.Time(m.CreatedAt)}
	}
}

// ProjectMember is a membership in full; P is how much it shows of the person.
type ProjectMember[P any] struct {
	ID           string        `json:"id"`
	Workspace    WorkspaceLite `json:"workspace"`
	Project      ProjectLite   `json:"project"`
	Member       P             `json:"member"`
	Comment      *string       `json:"comment"`
	Role         int           `json:"role"`
	ViewProps    store.JSON    `json:"view_props"`
	DefaultProps store.JSON    `json:"default_props"`
	Preferences  store.JSON    `json:"preferences"`
	SortOrder    float64       `json:"sort_order"`
	IsActive     bool          `json:"is_active"`
	Made
}

func projectMember[P any](c *app.Call, m *project.Membership, person func(*store.User) P) ProjectMember[P] {
	return ProjectMember[P]{ID: m.ID, Workspace: workspaceLite(c.Workspace), Project: projectLite(m.Project), Member: person(m.Person),
		Comment: m.Comment, Role: m.Role, ViewProps: m.ViewProps, DefaultProps: m.DefaultProps, Preferences: m.Preferences,
		SortOrder: m.SortOrder, IsActive: m.IsActive, Made: made(c, m.Meta)}
}

func listProjectMembers(c *app.Call, _ web.Nothing) ([]ProjectMemberRole, error) {
	ms, err := project.ListMembers(c)
	return web.Map(ms, projectMemberRole(c)), err
}

func addProjectMembers(c *app.Call, in struct {
	Members []struct {
		MemberID *string      `json:"member_id"`
		Role     app.Opt[int] `json:"role"`
	} `json:"members"`
}) ([]ProjectMemberRole, error) {
	people := make([]project.NewPerson, len(in.Members))
	for i, m := range in.Members {
		people[i].Role = m.Role
		if m.MemberID == nil {
			continue
		}
		if !mux.IsUUID(*m.MemberID) {
			return nil, app.ErrValue
		}
		people[i].ID = *m.MemberID
	}
	ms, err := project.AddMembers(c, people)
	return web.Map(ms, projectMemberRole(c)), err
}

// myProjectMember answers 404 to whoever is no member, whatever the project.
func myProjectMember(c *app.Call, _ web.Nothing) (ProjectMember[UserLite], error) {
	if c.Workspace == nil {
		return ProjectMember[UserLite]{}, store.ErrNotFound
	}
	m, err := project.GetMember(c, dbx.HashExp{"member_id": c.UserID()})
	if err != nil {
		return ProjectMember[UserLite]{}, err
	}
	return projectMember(c, m, userLite), nil
}
