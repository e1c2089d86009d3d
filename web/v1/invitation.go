package v1

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const oneInvitation = inWorkspace + "invitations/{pk}/"

var hosts = web.Workspace(app.Admin).Class()

// invitations have the words of the frontend's API for what is not there. They stand below a list of what else there
// is, which is for browsers, and are there under a second name, by which that list knows them. Plane:
// api/urls/invite.py
var invitations = []web.Op{
	web.Do("GET", inWorkspace, web.SignedIn(), 200, "List the collections of a workspace", collections("invitations/")).BySession(),
	web.Do("GET", inWorkspace+".json", web.SignedIn(), 200, "List the collections of a workspace as JSON", collections("invitations.json")).BySession(),
	web.Do("GET", inWorkspace+"invitations.json", hosts, 200, "List open invitations as JSON", listInvitations),
	web.Do("POST", inWorkspace+"invitations.json", hosts, 201, "Invite somebody, answered as JSON", invite),
	web.Do("GET", inWorkspace+"invitations/", hosts, 200, "List open invitations", listInvitations),
	web.Do("POST", inWorkspace+"invitations/", hosts, 201, "Invite somebody", invite),
	web.Do("GET", oneInvitation, hosts, 200, "Read an invitation", getInvitation),
	web.Do("PATCH", oneInvitation, hosts, 200, "Change an invitation", changeInvitation),
	web.Do("PUT", oneInvitation, hosts, 200, "Replace an invitation", replaceInvitation),
	web.Do("DELETE", oneInvitation, hosts, 204, "Withdraw an invitation", withdraw),
}

// Collections are the addresses of what can be listed.
type Collections struct {
	Invitations string `json:"invitations"`
}

func collections(name string) func(*app.Call, inPlace) (Collections, error) {
	return func(c *app.Call, in inPlace) (Collections, error) {
		return Collections{c.Base + root + "workspaces/" + url.PathEscape(in.Slug) + "/" + name}, nil
	}
}

// inPlace is the input of what only needs to know which workspace, there or not.
type inPlace struct {
	Slug string `path:"slug"`
}

// Invitation is an invitation as this API shows it.
type Invitation struct {
	ID          string  `json:"id"`
	Email       string  `json:"email"`
	Role        int     `json:"role"`
	CreatedAt   string  `json:"created_at"`
	UpdatedAt   string  `json:"updated_at"`
	RespondedAt *string `json:"responded_at"`
	Accepted    bool    `json:"accepted"`
}

func invitation(c *app.Call, i *workspace.Invitation) Invitation {
	return Invitation{
		ID: i.ID, Email: i.Email, Role: i.Role, CreatedAt: c.Time(i.CreatedAt), UpdatedAt: c.Time(i.UpdatedAt),
		RespondedAt: c.TimePtr(i.RespondedAt), Accepted: i.Accepted,
	}
}

func listInvitations(c *app.Call, _ web.Nothing) ([]Invitation, error) {
	all, err := workspace.ListInvitations(c)
	return web.Map(all, func(i workspace.Invitation) Invitation { return invitation(c, &i) }), err
}

type inviteInput struct {
	Email string       `json:"email" check:"required,max=255"`
	Role  app.Opt[int] `json:"role" check:"choice=20|15|5"`
}

func invite(c *app.Call, in inviteInput) (Invitation, error) {
	role := app.Guest
	if in.Role.Set {
		role = app.Role(in.Role.V)
	}
	i, err := workspace.InviteV1(c, in.Email, role)
	return plain(c, i, err, invitation)
}

func findInvitation(c *app.Call, id string) (*workspace.Invitation, error) {
	if !store.IsID(id) {
		return nil, app.ErrValue
	}
	i, err := workspace.GetInvitation(c, id)
	if errors.Is(err, store.ErrNotFound) {
		err = app.ErrMissing
	}
	return i, err
}

func getInvitation(c *app.Call, in byID) (Invitation, error) {
	i, err := findInvitation(c, in.PK)
	return plain(c, i, err, invitation)
}

func changeInvitation(c *app.Call, in struct {
	byID
	Email app.Opt[string] `json:"email" check:"blank,null"`
	Role  app.Opt[int]    `json:"role" check:"choice=20|15|5"`
}) (Invitation, error) {
	i, err := findInvitation(c, in.PK)
	if err != nil {
		return Invitation{}, err
	}
	if in.Email.V != "" {
		return Invitation{}, &web.Refusal{Status: http.StatusBadRequest, Body: map[string]string{
			"error": "Email cannot be updated after invite is created.", "code": "EMAIL_CANNOT_BE_UPDATED"}}
	}
	if in.Role.Set {
		i.Role = in.Role.V
		err = workspace.UpdateInvitation(c, i, "role")
	}
	return plain(c, i, err, invitation)
}

// replaceInvitation refuses: an invitation stays with its address, which a replacement has to name. The reference says
// so in these words. Plane: api/views/invite.py
func replaceInvitation(c *app.Call, in struct {
	byID
	inviteInput
}) (Invitation, error) {
	if _, err := findInvitation(c, in.PK); err != nil {
		return Invitation{}, err
	}
	return Invitation{}, app.ErrKey
}

func withdraw(c *app.Call, in byID) (web.Nothing, error) {
	if _, err := findInvitation(c, in.PK); err != nil {
		return web.Nothing{}, err
	}
	return web.Nothing{}, workspace.WithdrawV1(c, in.PK)
}
