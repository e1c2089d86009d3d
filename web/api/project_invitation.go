package api

import (
	"encoding/json"
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allProjectInvitations = inProject + "invitations/"
	oneProjectInvitation  = allProjectInvitations + "{pk:uuid}/"
	joinProject           = inProject + "join/{pk:uuid}/"
	ownProjectInvitations = "/api/users/me/workspaces/{slug}/projects/invitations/"
)

var projectInvitations = []web.Op{
	web.Do("GET", allProjectInvitations, seesInvited, 200, "List invitations to a project", listProjectInvitations),
	web.Do("POST", allProjectInvitations, web.Project(app.Admin), 200, "Invite people to a project, which nobody can", inviteToProject),
	web.Do("GET", oneProjectInvitation, seesInvited, 200, "Read an invitation to a project", getProjectInvitation),
	web.Do("DELETE", oneProjectInvitation, seesInvited, 204, "Withdraw an invitation to a project", withdrawProjectInvitation),
	web.Do("GET", joinProject, web.Public(), 200, "Read an invitation to a project by its link", readProjectInvitationLink),
	web.Do("POST", joinProject, web.Public(), 200, "Answer an invitation to a project", answerProjectInvitation),
	web.Do("GET", ownProjectInvitations, web.SignedIn(), 200, "List the caller's invitations to projects", listOwnProjectInvitations),
	web.Do("POST", ownProjectInvitations, web.Workspace(app.Admin, app.Member), 201, "Join projects", joinProjects),
}

// seesInvited: the reference shows them to everybody who is signed in, and lets them withdraw them.
var seesInvited = web.Project(app.Admin, app.Member)

// ProjectInvitation is an invitation to a project as this API shows it.
type ProjectInvitation struct {
	ID        string        `json:"id"`
	Project   ProjectLite   `json:"project"`
	Workspace WorkspaceLite `json:"workspace"`
	Made
	Email       string  `json:"email"`
	Accepted    bool    `json:"accepted"`
	Token       string  `json:"token"` // always empty
	Message     *string `json:"message"`
	RespondedAt *string `json:"responded_at"`
	Role        int     `json:"role"`
}

// projectInvitation shows an invitation without its token: it is nobody's business but that of whoever got the email.
func projectInvitation(c *app.Call) func(project.Invitation) ProjectInvitation {
	return func(i project.Invitation) ProjectInvitation {
		return ProjectInvitation{ID: i.ID, Project: NewProjectLite(i.Project), Workspace: workspaceLite(i.Workspace),
			Made: made(c, i.AuditFields), Email: i.Email, Accepted: i.Accepted, Message: i.Message,
			RespondedAt: c.TimePtr(i.RespondedAt), Role: i.Role}
	}
}

func listProjectInvitations(c *app.Call, _ web.Nothing) ([]ProjectInvitation, error) {
	is, err := project.ListInvitations(c)
	return web.Map(is, projectInvitation(c)), err
}

func listOwnProjectInvitations(c *app.Call, _ web.Nothing) ([]ProjectInvitation, error) {
	is, err := project.ListOwnInvitations(c)
	return web.Map(is, projectInvitation(c)), err
}

func inviteToProject(_ *app.Call, in struct {
	Emails []json.RawMessage `json:"emails" check:"null"`
}) (Message, error) {
	return Message{}, project.Invite(len(in.Emails))
}

func noProjectInvitation(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		err = app.NoMatch("ProjectMemberInvite")
	}
	return err
}

func getProjectInvitation(c *app.Call, in byID) (ProjectInvitation, error) {
	i, err := project.GetInvitation(c, in.ID)
	if err != nil {
		return ProjectInvitation{}, noProjectInvitation(err)
	}
	return projectInvitation(c)(*i), nil
}

func withdrawProjectInvitation(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, noProjectInvitation(project.Withdraw(c, in.ID))
}

func readProjectInvitationLink(c *app.Call, in byID) (ProjectInvitation, error) {
	i, err := project.GetInvitation(c, in.ID)
	if err != nil {
		return ProjectInvitation{}, err
	}
	return projectInvitation(c)(*i), nil
}

func answerProjectInvitation(c *app.Call, in struct {
	byID
	Email    string `json:"email" check:"blank,null"`
	Token    string `json:"token" check:"blank,null"`
	Accepted bool   `json:"accepted" check:"null"`
}) (Message, error) {
	if err := project.Answer(c, in.ID, in.Email, in.Token, in.Accepted); err != nil {
		return Message{}, err
	}
	if !in.Accepted {
		return Message{"Project Invitation was not accepted"}, nil
	}
	return Message{"Project Invitation Accepted"}, nil
}

func joinProjects(c *app.Call, in struct {
	ProjectIDs []string `json:"project_ids"`
}) (Message, error) {
	if err := checkIDs(in.ProjectIDs); err != nil {
		return Message{}, err
	}
	return Message{"Projects joined successfully"}, project.Join(c, in.ProjectIDs)
}
