package api

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/mux"
)

const oneProjectMember = inProject + "members/{pk:uuid}/"

// ownPreferences: the reference lets everybody in the project read and change everybody's.
var ownPreferences = web.Project().AndThen(web.Oneself("member_id").Hidden())

var projectMembers = slices.Concat(projectInvitations, []web.Op{
	web.Do("GET", inProject+"members/", web.Project(), 200, "List the members of a project", listProjectMembers),
	web.Do("POST", inProject+"members/", web.Project(app.Admin), 201, "Take people into a project", addProjectMembers),
	web.Do("POST", inProject+"members/leave/", web.Project(), 204, "Leave a project", leaveProject),
	web.Do("GET", oneProjectMember, web.Project(), 200, "Read a membership", getProjectMember),
	web.Do("PATCH", oneProjectMember, web.Project(), 200, "Change a membership", patchProjectMember),
	web.Do("DELETE", oneProjectMember, web.Project(app.Admin), 204, "Put somebody out of a project", removeProjectMember),
	web.Do("GET", inProject+"user-properties/", web.Project(), 200, "Read how the caller looks at a project", projectProperties),
	web.Do("PATCH", inProject+"user-properties/", web.Project(), 200, "Change how the caller looks at a project", patchProjectProperties),
	web.Do("GET", inProject+"preferences/member/{member_id:uuid}/", ownPreferences, 200, "Read a member's preferences", getPreferences),
	web.Do("PATCH", inProject+"preferences/member/{member_id:uuid}/", ownPreferences, 200, "Change a member's preferences", patchPreferences),
	web.Do("GET", inProject+"project-members/me/", web.SignedIn(), 200, "Read one's own membership", myProjectMember),
	web.Do("POST", inProject+"project-views/", web.SignedIn(), 204, "Keep how one's own membership looks", saveMemberPreferences),
})

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
		return ProjectMemberRole{
			ID: m.ID, Role: m.Role, Member: m.MemberID, Project: m.ProjectID, OriginalRole: m.Role,
			CreatedAt: c.Time(m.CreatedAt),
		}
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
	return ProjectMember[P]{ID: m.ID, Workspace: workspaceLite(c.Workspace), Project: NewProjectLite(m.Project),
		Member: person(m.Person), Comment: m.Comment, Role: m.Role, ViewProps: m.ViewProps, DefaultProps: m.DefaultProps,
		Preferences: m.Preferences, SortOrder: m.SortOrder, IsActive: m.IsActive, Made: made(c, m.AuditFields)}
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

// myProjectMember returns 404 to whoever is no member, whatever the project.
func myProjectMember(c *app.Call, _ web.Nothing) (ProjectMember[UserLite], error) {
	if c.Workspace == nil {
		return ProjectMember[UserLite]{}, store.ErrNotFound
	}
	m, err := project.GetOwnMembership(c)
	if err != nil {
		return ProjectMember[UserLite]{}, err
	}
	return projectMember(c, m, NewUserLite), nil
}

// saveMemberPreferences tells who is no member of a project apart from who asks for one that is not there.
func saveMemberPreferences(c *app.Call, in project.MemberPreferences) (web.Nothing, error) {
	return web.Nothing{}, project.ChangeMemberPreferences(c, in)
}

type memberPath struct {
	PK string `path:"pk"`
}

// getProjectMember shows guests only the short form.
func getProjectMember(c *app.Call, in memberPath) (web.AnyOf[ProjectMember[UserAdminLite], ProjectMemberRole], error) {
	var out web.AnyOf[ProjectMember[UserAdminLite], ProjectMemberRole]
	m, err := project.GetMember(c, in.PK)
	if errors.Is(err, store.ErrNotFound) || err == nil && m.Person.IsBot {
		return out, app.Refuse(app.NotFound, "Project member not found")
	}
	switch {
	case err != nil:
	case c.Access.Projects[c.ProjectID] == app.Guest:
		out.B = new(projectMemberRole(c)(m.ProjectMember))
	default:
		out.A = new(projectMember(c, m, userAdminLite))
	}
	return out, err
}

func patchProjectMember(c *app.Call, in struct {
	memberPath
	project.MemberInput
}) (ProjectMember[UserLite], error) {
	m, err := project.ChangeMember(c, in.PK, in.MemberInput)
	if err != nil {
		return ProjectMember[UserLite]{}, err
	}
	return projectMember(c, m, NewUserLite), nil
}

func removeProjectMember(c *app.Call, in memberPath) (web.Nothing, error) {
	return web.Nothing{}, project.RemoveMember(c, in.PK)
}

func leaveProject(c *app.Call, _ web.Nothing) (web.Nothing, error) {
	return web.Nothing{}, project.Leave(c)
}

// ProjectProperties is how a person looks at a project.
type ProjectProperties struct {
	ID                string     `json:"id"`
	Filters           store.JSON `json:"filters"`
	DisplayFilters    store.JSON `json:"display_filters"`
	DisplayProperties store.JSON `json:"display_properties"`
	RichFilters       store.JSON `json:"rich_filters"`
	Preferences       store.JSON `json:"preferences"`
	SortOrder         float64    `json:"sort_order"`
	Project           string     `json:"project"`
	Workspace         string     `json:"workspace"`
	User              string     `json:"user"`
	Made
}

func propertiesOf(c *app.Call, p *store.ProjectUserProperties, err error) (ProjectProperties, error) {
	if err != nil {
		return ProjectProperties{}, err
	}
	return ProjectProperties{
		ID: p.ID, Filters: p.Filters, DisplayFilters: p.DisplayFilters, DisplayProperties: p.DisplayProperties,
		RichFilters: p.RichFilters, Preferences: p.Preferences, SortOrder: p.SortOrder, Project: p.ProjectID,
		Workspace: p.WorkspaceID, User: p.UserID, Made: made(c, p.AuditFields),
	}, nil
}

func projectProperties(c *app.Call, _ web.Nothing) (ProjectProperties, error) {
	p, err := project.Properties(c)
	return propertiesOf(c, p, err)
}

func patchProjectProperties(c *app.Call, in project.PropertiesInput) (ProjectProperties, error) {
	p, err := project.ChangeProperties(c, in)
	return propertiesOf(c, p, err)
}

// Preferences are a member's preferences and whose they are.
type Preferences struct {
	Preferences store.JSON `json:"preferences"`
	ProjectID   string     `json:"project_id"`
	MemberID    *string    `json:"member_id"`
	WorkspaceID string     `json:"workspace_id"`
}

func getPreferences(c *app.Call, in struct {
	MemberID string `path:"member_id"`
}) (Preferences, error) {
	m, err := project.Preferences(c, in.MemberID)
	if err != nil {
		return Preferences{}, err
	}
	return Preferences{m.Preferences, m.ProjectID, m.MemberID, m.WorkspaceID}, nil
}

// patchPreferences takes the keys to merge as the whole body.
func patchPreferences(c *app.Call, in struct {
	MemberID string `path:"member_id"`
	Body     []byte `body:"raw"`
}) (map[string]store.JSON, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(in.Body, &keys); err != nil {
		return nil, app.ErrValue
	}
	merged, err := project.ChangePreferences(c, in.MemberID, keys)
	return map[string]store.JSON{"preferences": merged}, err
}
