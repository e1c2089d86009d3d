package project

import (
	"crypto/subtle"
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// Invitations to a project by e-mail come from elsewhere, in a backup say: the reference fails to write any, and here
// people are invited to the workspace. Plane: app/views/project/invite.py

// Invitation is an invitation with the project it is for.
type Invitation struct {
	store.ProjectInvite
	Project   *store.Project
	Workspace *store.Workspace
}

// Invite refuses: whom a project is open to has to be in the workspace first.
func Invite(emails int) error {
	if emails == 0 {
		return app.Refuse(app.Invalid, "Emails are required")
	}
	return app.Refuse(app.Invalid,
		"Nobody can be invited to a project by e-mail. Invite people to the workspace, then add them to the project.")
}

func invitations(c *app.Call, where dbx.HashExp) ([]Invitation, error) {
	t := c.Read()
	where["workspace_id"] = c.Workspace.ID
	rows, err := store.ProjectInvites.List(t, where, "created_at DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ProjectID
	}
	projects, err := store.Projects.ByID(t, ids)
	list := make([]Invitation, 0, len(rows))
	for _, r := range rows {
		if p := projects[r.ProjectID]; p != nil {
			list = append(list, Invitation{r, p, c.Workspace})
		}
	}
	return list, err
}

// ListInvitations returns the invitations to the call's project, newest first.
func ListInvitations(c *app.Call) ([]Invitation, error) {
	return invitations(c, dbx.HashExp{"project_id": c.ProjectID})
}

// ListOwnInvitations returns the invitations for the caller's address to projects of the call's workspace, newest
// first.
func ListOwnInvitations(c *app.Call) ([]Invitation, error) {
	if c.Workspace == nil || c.User.Email == nil {
		return nil, nil
	}
	return invitations(c, dbx.HashExp{"email": *c.User.Email})
}

// GetInvitation returns an invitation to the call's project.
func GetInvitation(c *app.Call, id string) (*Invitation, error) {
	if c.Workspace == nil {
		return nil, store.ErrNotFound
	}
	list, err := invitations(c, dbx.HashExp{"id": id, "project_id": c.ProjectID})
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// Withdraw deletes an invitation.
func Withdraw(c *app.Call, id string) error {
	i, err := GetInvitation(c, id)
	if err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error { return store.ProjectInvites.Delete(t, &i.ProjectInvite) })
}

// Answer accepts or declines an invitation for the person whose address it has, who must be the caller, and show its
// token or that the address is theirs: the reference takes anybody's word who knows the address. Whoever accepts is
// then in the workspace, too.
func Answer(c *app.Call, id, email, token string, accepted bool) error {
	i, err := GetInvitation(c, id)
	if err != nil {
		return err
	}
	email, _ = app.CleanEmail(email)
	told := token != "" && subtle.ConstantTimeCompare([]byte(token), []byte(i.Token)) == 1
	if email != i.Email || c.User == nil || c.User.Email == nil || *c.User.Email != email ||
		!told && !user.MayJoin(c.User, i.CreatedAt) {
		return app.Refuse(app.Forbidden, "You do not have permission to join the project")
	}
	if i.RespondedAt != nil {
		return app.Refuse(app.Invalid, "You have already responded to the invitation request")
	}
	return c.Write(func(t *store.Tx) error {
		i.Accepted, i.RespondedAt = accepted, &t.Now
		if err := store.ProjectInvites.Update(t, &i.ProjectInvite, "accepted", "responded_at"); err != nil || !accepted {
			return err
		}
		return addInvited(c, t, i)
	})
}

// addInvited makes the caller a member of the workspace and of the project; who was one before has their old role.
func addInvited(c *app.Call, t *store.Tx, i *Invitation) error {
	w, err := store.WorkspaceMembers.Get(t, dbx.HashExp{"workspace_id": i.WorkspaceID, "member_id": c.UserID()})
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = store.WorkspaceMembers.Insert(t,
			store.NewWorkspaceMember(i.WorkspaceID, c.UserID(), min(i.Role, int(app.Member))))
	case err == nil:
		w.IsActive = true
		err = store.WorkspaceMembers.Set(t, w, "is_active")
	}
	if err != nil {
		return err
	}
	m, err := store.ProjectMembers.Get(t, dbx.HashExp{"project_id": i.ProjectID, "member_id": c.UserID()})
	if errors.Is(err, store.ErrNotFound) {
		return join(t, i.WorkspaceID, i.ProjectID, c.UserID(), app.Role(i.Role))
	}
	if err != nil {
		return err
	}
	m.IsActive = true
	return store.ProjectMembers.Update(t, m, "is_active")
}
