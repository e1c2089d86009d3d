package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/mux"
)

const ownInvitations = "/api/users/me/workspaces/invitations/"

var workspaceInvitations = []web.Op{
	web.Do("GET", inWorkspace+"invitations/", invite, 200, "List open invitations", listInvitations),
	web.Do("POST", inWorkspace+"invitations/", invite, 200, "Invite people by e-mail", createInvitations),
	web.Do("GET", inWorkspace+"invitations/{pk:uuid}/", invite, 200, "Read an invitation", readInvitation),
	web.Do("PATCH", inWorkspace+"invitations/{pk:uuid}/", invite, 200, "Change an invitation", updateInvitation),
	web.Do("DELETE", inWorkspace+"invitations/{pk:uuid}/", invite, 204, "Withdraw an invitation", deleteInvitation),
	web.Do("GET", inWorkspace+"invitations/{pk:uuid}/join/", web.Public(), 200, "Read an invitation by its link", readInvitationLink),
	web.Do("POST", inWorkspace+"invitations/{pk:uuid}/join/", web.Public(), 200, "Answer an invitation by its link", answerInvitation),
	web.Do("GET", ownInvitations, web.SignedIn(), 200, "List the caller's open invitations", listOwnInvitations),
	web.Do("POST", ownInvitations, web.SignedIn(), 204, "Accept invitations", acceptInvitations),
}

// Plane: app/permissions/workspace.py, WorkSpaceAdminPermission
var invite = web.Workspace(app.Admin, app.Member).Class()

// WorkspaceInvitation is an invitation as this API shows it.
type WorkspaceInvitation struct {
	ID         string        `json:"id"`
	Workspace  WorkspaceLite `json:"workspace"`
	InviteLink string        `json:"invite_link"`
	Made
	Email       string  `json:"email"`
	Accepted    bool    `json:"accepted"`
	Token       string  `json:"token"`
	Message     *string `json:"message"`
	RespondedAt *string `json:"responded_at"`
	Role        int     `json:"role"`
}

// workspaceInvitation shows an invitation, with the secret by which anybody joins only to those who may have it.
func workspaceInvitation(c *app.Call,
	secret func(workspace.Invitation) bool) func(workspace.Invitation) WorkspaceInvitation {
	return func(i workspace.Invitation) WorkspaceInvitation {
		out := WorkspaceInvitation{ID: i.ID, Workspace: workspaceLite(i.Workspace), Made: made(c, i.AuditFields),
			Email: i.Email, Accepted: i.Accepted, Message: i.Message, RespondedAt: c.TimePtr(i.RespondedAt), Role: i.Role}
		if i.Token == "" || secret(i) { // programs' invitations have none
			out.Token, out.InviteLink = i.Token, workspace.InvitationPath(&i.WorkspaceInvite, i.Workspace.Slug)
		}
		return out
	}
}

// toHosts: administrators of the workspace may hand a link on, say where there is no mail; members can't be given one
// that makes more of them than they are.
func toHosts(c *app.Call) func(workspace.Invitation) bool {
	return func(workspace.Invitation) bool { return c.Access.Workspace == app.Admin }
}

// toInvited: whoever may join without the secret may see it.
func toInvited(c *app.Call) func(workspace.Invitation) bool {
	return func(i workspace.Invitation) bool { return user.MayJoin(c.User, i.CreatedAt) }
}

func toNobody(workspace.Invitation) bool { return false }

func listInvitations(c *app.Call, _ web.Nothing) ([]WorkspaceInvitation, error) {
	is, err := workspace.ListInvitations(c)
	return web.Map(is, workspaceInvitation(c, toHosts(c))), err
}

func createInvitations(c *app.Call, in struct {
	Emails []json.RawMessage `json:"emails" check:"null"`
}) (map[string]string, error) {
	people := make([]workspace.Invitee, len(in.Emails))
	for i, raw := range in.Emails {
		p, err := invitee(raw)
		if err != nil {
			return nil, err
		}
		people[i] = p
	}
	err := workspace.Invite(c, people)
	var members *workspace.MembersError
	if errors.As(err, &members) {
		return nil, &web.Refusal{Status: 400, Cause: err,
			Body: map[string]any{"error": "Some users are already member of workspace",
				"workspace_users": web.Map(members.Members,
					func(m workspace.Member) WorkspaceMember { return workspaceMember(c, m) })}}
	}
	return map[string]string{"message": "Emails sent successfully"}, err
}

// invitee reads {"email": …, "role": …}; the role may be a text, and is a guest's when it is missing.
func invitee(raw json.RawMessage) (workspace.Invitee, error) {
	var sent struct {
		Email any
		Role  json.RawMessage
	}
	if json.Unmarshal(raw, &sent) != nil {
		return workspace.Invitee{}, app.Field("emails", "Expected a list of objects with email and role.")
	}
	p := workspace.Invitee{Role: int(app.Guest), Sent: raw}
	if email, ok := sent.Email.(string); ok {
		p.Email = strings.TrimSpace(email)
	}
	if sent.Role != nil {
		role, err := strconv.ParseInt(strings.Trim(string(sent.Role), `"`), 10, 16)
		if err != nil {
			return p, app.Field("role", "A valid integer is required.")
		}
		p.Role = int(role)
	}
	return p, nil
}

func listOwnInvitations(c *app.Call, _ web.Nothing) ([]WorkspaceInvitation, error) {
	is, err := workspace.ListOwnInvitations(c)
	return web.Map(is, workspaceInvitation(c, toInvited(c))), err
}

func acceptInvitations(c *app.Call, in struct {
	Invitations []string `json:"invitations"`
}) (web.Nothing, error) {
	for _, id := range in.Invitations {
		if !mux.IsUUID(id) {
			return web.Nothing{}, app.ErrValue
		}
	}
	return web.Nothing{}, workspace.AcceptInvitations(c, in.Invitations)
}

type byID struct {
	ID string `path:"pk"`
}

func readInvitation(c *app.Call, in byID) (WorkspaceInvitation, error) {
	i, err := workspace.GetInvitation(c, in.ID)
	if errors.Is(err, store.ErrNotFound) {
		err = app.NoMatch("WorkspaceMemberInvite")
	}
	if err != nil {
		return WorkspaceInvitation{}, err
	}
	return workspaceInvitation(c, toHosts(c))(*i), nil
}

// readInvitationLink is readInvitation for the page that the link leads to, which has the secret from there.
func readInvitationLink(c *app.Call, in byID) (WorkspaceInvitation, error) {
	i, err := workspace.GetInvitation(c, in.ID)
	if err != nil {
		return WorkspaceInvitation{}, err
	}
	return workspaceInvitation(c, toNobody)(*i), nil
}

func updateInvitation(c *app.Call, in struct {
	ID       string        `path:"pk"`
	Role     app.Opt[int]  `json:"role" check:"choice=20|15|5"`
	Accepted app.Opt[bool] `json:"accepted"`
}) (WorkspaceInvitation, error) {
	i, err := workspace.GetInvitation(c, in.ID)
	if errors.Is(err, store.ErrNotFound) {
		err = app.NoMatch("WorkspaceMemberInvite")
	}
	if err != nil {
		return WorkspaceInvitation{}, err
	}
	var cols []string
	app.Change(&cols, "role", in.Role, &i.Role)
	app.Change(&cols, "accepted", in.Accepted, &i.Accepted)
	err = workspace.UpdateInvitation(c, i, cols...)
	return workspaceInvitation(c, toHosts(c))(*i), err
}

func deleteInvitation(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, workspace.Withdraw(c, in.ID)
}

func answerInvitation(c *app.Call, in struct {
	ID       string `path:"pk"`
	Token    string `json:"token" check:"blank,null"`
	Accepted bool   `json:"accepted" check:"null"`
}) (out web.With[Message], err error) {
	waits, err := workspace.Answer(c, in.ID, in.Token, in.Accepted)
	if err != nil {
		return out, err
	}
	if !in.Accepted {
		out.Body = Message{"Workspace Invitation was not accepted"}
		return out, nil
	}
	out.Body = Message{"Workspace Invitation Accepted"}
	if !waits || c.User != nil {
		return out, nil
	}
	key, err := user.Hold(c, in.ID)
	if key != "" {
		out.Cookies = []*http.Cookie{web.SessionCookieFor(c, web.SessionCookie, key, c.Config.Sessions.Life())}
	}
	return out, err
}
