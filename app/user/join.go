package user

import (
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// MayJoin says whether a person may accept what was sent to their address without its token. Whoever signs up with an
// address that was invited has proved nothing, and may not, unlike the reference; whoever had an account already is
// the one who was meant.
func MayJoin(u *store.User, invited time.Time) bool {
	return u.EmailProven || u.CreatedAt.Before(invited)
}

// AcceptPendingInvitations lets a person into the workspaces and projects whose invitations were accepted before there
// was anybody with the address: it is called with everybody who comes in. held are the invitations that the person's
// browser has accepted by their links. Whoever was a member before stays what they were.
// Plane: authentication/utils/workspace_project_join.py
func AcceptPendingInvitations(t *store.Tx, u *store.User, held []string) error {
	if u.Email == nil {
		return nil
	}
	accepted := dbx.HashExp{"email": *u.Email, "accepted": true}
	invites, err := store.WorkspaceInvites.List(t, accepted)
	if err != nil {
		return err
	}
	for _, i := range invites {
		if !MayJoin(u, i.CreatedAt) && !slices.Contains(held, i.ID) {
			continue
		}
		if err := joinWorkspace(t, i.WorkspaceID, u.ID, i.Role); err != nil {
			return err
		}
		if err := store.WorkspaceInvites.Delete(t, &i); err != nil {
			return err
		}
	}
	projects, err := store.ProjectInvites.List(t, accepted)
	if err != nil {
		return err
	}
	for _, i := range projects {
		if !MayJoin(u, i.CreatedAt) {
			continue
		}
		role := app.Member // an invitation to a project makes nobody an administrator
		if i.Role == int(app.Guest) {
			role = app.Guest
		}
		if err := joinWorkspace(t, i.WorkspaceID, u.ID, int(role)); err != nil {
			return err
		}
		if err := joinProject(t, &i, u.ID, int(role)); err != nil {
			return err
		}
		if err := store.ProjectInvites.Delete(t, &i); err != nil {
			return err
		}
	}
	return nil
}

func joinWorkspace(t *store.Tx, workspace, user string, role int) error {
	there, err := store.WorkspaceMembers.Exists(t, dbx.HashExp{"workspace_id": workspace, "member_id": user})
	if err != nil || there {
		return err
	}
	_, err = store.Workspaces.Find(t, workspace)
	if errors.Is(err, store.ErrNotFound) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	return store.WorkspaceMembers.Insert(t, store.NewWorkspaceMember(workspace, user, role))
}

func joinProject(t *store.Tx, i *store.ProjectInvite, user string, role int) error {
	there, err := store.ProjectMembers.Exists(t, dbx.HashExp{"project_id": i.ProjectID, "member_id": user})
	if err != nil || there {
		return err
	}
	return store.ProjectMembers.Insert(t,
		&store.ProjectMember{ProjectID: i.ProjectID, WorkspaceID: i.WorkspaceID, MemberID: &user, Role: role, IsActive: true,
			SortOrder: 65535})
}
