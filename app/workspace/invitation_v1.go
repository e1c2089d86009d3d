package workspace

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// InviteV1 writes an invitation for a program. Nobody is written to, and it has no secret, so that no link answers it:
// who has the address finds it when signed in. Plane: api/views/invite.py, api/serializers/invite.py
func InviteV1(c *app.Call, email string, role app.Role) (*Invitation, error) {
	email, ok := app.CleanEmail(email)
	if !ok {
		return nil, app.Field("email", "Invalid email address")
	}
	i := &store.WorkspaceInvite{Email: email, Role: int(role), WorkspaceID: c.Workspace.ID}
	err := c.Write(func(t *store.Tx) error {
		open, err := store.WorkspaceInvites.Exists(t, dbx.HashExp{"workspace_id": c.Workspace.ID, "email": i.Email})
		if err != nil {
			return err
		}
		if open {
			return app.Field("non_field_errors", "Email already invited")
		}
		if err := roomForInvitations(c, t, 1); err != nil {
			return err
		}
		return store.WorkspaceInvites.Insert(t, i)
	})
	return &Invitation{*i, c.Workspace}, err
}

// WithdrawV1 is Withdraw for programs, which can't take back what has been answered.
func WithdrawV1(c *app.Call, id string) error {
	i, err := GetInvitation(c, id)
	switch {
	case err != nil:
		return err
	case i.Accepted:
		return answered("accepted", "INVITE_ALREADY_ACCEPTED")
	case i.RespondedAt != nil:
		return answered("responded", "INVITE_ALREADY_RESPONDED")
	}
	return Withdraw(c, id)
}

func answered(how, code string) error {
	return &app.Error{Kind: app.Invalid, Text: "Invite already " + how, Code: code}
}
