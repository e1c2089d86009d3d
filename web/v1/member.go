package v1

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var members = slices.Concat(
	[]web.Op{
		do("GET", inWorkspace+"members/", team, 200, "List the people of a workspace", listWorkspaceMembers),
		do("POST", inWorkspace+"members/remove/", web.Workspace(app.Admin).Class(), 204, "End somebody's membership",
			removeWorkspaceMember).
			Explained("Of the workspace and of all its projects: of whom member_id or email names. Not one's own.").
			Like(`{"email":"ann@example.com"}`, ""),
	},
	memberOps(inProject+"members/"),
	memberOps(inProject+"project-members/"),
)

func removeWorkspaceMember(c *app.Call, in struct {
	Member app.Opt[string] `json:"member_id" check:"uuid,null"`
	Email  app.Opt[string] `json:"email" check:"null,max=255"`
}) (web.Nothing, error) {
	return web.Nothing{}, workspace.RemovePerson(c, in.Member.V, in.Email.V)
}

// administrators are the project's own: those of the workspace have no more than their role in it.
var administrators = web.Project(app.Admin).Class()

// memberOps are the same under two names. The list is open to the project's people only; the reference opens it to
// those of any project of the workspace.
func memberOps(path string) []web.Op {
	return []web.Op{
		do("GET", path, readers, 200, "List the people of a project", listMembers),
		do("POST", path, administrators, 201, "Take somebody into a project", createMember),
		do("GET", path+"{pk:uuid}/", readers, 200, "Read whose a membership is", getMember),
		do("PATCH", path+"{pk:uuid}/", administrators, 200, "Change a membership", changeMember),
		do("DELETE", path+"{pk:uuid}/", administrators, 204, "End a membership", deleteMember),
	}
}

// WorkspaceMember is somebody in a workspace.
type WorkspaceMember struct {
	UserLite
	Role int `json:"role"`
}

func listWorkspaceMembers(c *app.Call, _ web.Nothing) ([]WorkspaceMember, error) {
	ms, err := workspace.ListMembers(c, "")
	return web.Map(ms, func(m workspace.Member) WorkspaceMember { return WorkspaceMember{userLite(m.User), m.Role} }), err
}

// Member is a membership of a project.
type Member struct {
	ID     string  `json:"id"`
	Member *string `json:"member"`
	Role   int     `json:"role"`
}

func member(_ *app.Call, m *store.ProjectMember) Member { return Member{m.ID, m.MemberID, m.Role} }

func listMembers(c *app.Call, _ web.Nothing) ([]UserLite, error) {
	us, err := project.ListMembersV1(c)
	return web.Map(us, func(u store.User) UserLite { return userLite(&u) }), err
}

type memberInput struct {
	Member app.Opt[string] `json:"member" alias:"member_id" check:"required,pk"`
	Role   app.Opt[int]    `json:"role" check:"choice=5|15|20"`
}

func createMember(c *app.Call, in memberInput) (Member, error) {
	m, err := project.AddMemberV1(c, in.Member.V, app.Role(in.Role.Or(int(app.Guest))))
	return plain(c, m, err, member)
}

func getMember(c *app.Call, in byID) (UserLite, error) {
	u, err := project.GetMemberV1(c, in.PK)
	return plain(c, u, err, func(_ *app.Call, u *store.User) UserLite { return userLite(u) })
}

func changeMember(c *app.Call, in struct {
	byID
	memberInput
}) (Member, error) {
	m, err := project.ChangeMemberV1(c, in.PK, in.Member, in.Role)
	return plain(c, m, err, member)
}

func deleteMember(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, project.RemoveMemberV1(c, in.PK)
}
