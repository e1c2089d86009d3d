package workspace

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/golang-jwt/jwt/v5"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// Invitation is an invitation with the workspace it is for.
type Invitation struct {
	store.WorkspaceInvite
	Workspace *store.Workspace
}

// Invitee is somebody to be invited. Sent is the request's own entry, for the refusal that quotes it.
type Invitee struct {
	Email string
	Role  int
	Sent  []byte
}

// ListInvitations returns the workspace's open invitations, newest first.
func ListInvitations(c *app.Call) ([]Invitation, error) {
	return invitations(c.Read(), dbx.HashExp{"workspace_id": c.Workspace.ID})
}

// ListOwnInvitations returns the open invitations for the caller's address, newest first.
func ListOwnInvitations(c *app.Call) ([]Invitation, error) {
	if c.User.Email == nil {
		return nil, nil
	}
	return invitations(c.Read(), dbx.HashExp{"email": *c.User.Email})
}

// invitations leaves out those of workspaces that are gone.
func invitations(t *store.Tx, where dbx.Expression) ([]Invitation, error) {
	rows, err := store.WorkspaceInvites.List(t, where, "created_at DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.WorkspaceID
	}
	places, err := store.Workspaces.ByID(t, ids)
	if err != nil {
		return nil, err
	}
	list := make([]Invitation, 0, len(rows))
	for _, r := range rows {
		if w := places[r.WorkspaceID]; w != nil {
			list = append(list, Invitation{r, w})
		}
	}
	return list, nil
}

// CountInvitations says how many invitations to workspaces wait for the caller.
func CountInvitations(c *app.Call) (int, error) {
	return store.WorkspaceInvites.Count(c.Read(), dbx.HashExp{"email": c.User.Email})
}

// MembersError refuses an invitation of people who are members already.
type MembersError struct{ Members []Member }

func (*MembersError) Error() string { return "some users are already members of the workspace" }

// Invite writes invitations and sends their emails. Nobody may give more than they have. Who has been invited already
// only gets another email; anybody who is a member already (*MembersError) spoils the whole request.
func Invite(c *app.Call, people []Invitee) error {
	if len(people) == 0 {
		return app.Refuse(app.Invalid, "Emails are required")
	}
	if most := c.Config.Limits.InvitationsPerRequest; most > 0 && len(people) > most {
		return app.Refuse(app.Invalid, "At most "+strconv.Itoa(most)+" people can be invited at a time")
	}
	for _, p := range people {
		if p.Role > int(c.Access.Workspace) {
			return app.Refuse(app.Invalid, "You cannot invite a user with higher role")
		}
	}
	if err := refuseMembers(c, people); err != nil {
		return err
	}
	fresh := make([]*store.WorkspaceInvite, len(people))
	for i, p := range people {
		email, ok := app.CleanEmail(p.Email)
		if !ok {
			return app.Refuse(app.Invalid,
				"Invalid email - "+app.PythonText(p.Sent)+" provided a valid email address is required to send the invite")
		}
		token, err := invitationToken(c, email)
		if err != nil {
			return err
		}
		fresh[i] = &store.WorkspaceInvite{Email: email, Token: token, Role: p.Role, WorkspaceID: c.Workspace.ID}
	}
	address, err := c.Address(c)
	if err != nil {
		return err
	}
	known, err := c.Settings(c)
	if err != nil {
		return err
	}
	if address == "" && known["EMAIL_HOST"] != "" { // else no letter would be sent anyway
		c.Unaddressed(invitationEmail)
	}
	return c.Write(func(t *store.Tx) error {
		if err := roomForInvitations(c, t, len(fresh)); err != nil {
			return err
		}
		return writeInvitations(c, t, fresh, address)
	})
}

// roomForInvitations refuses when too many would wait for an answer.
func roomForInvitations(c *app.Call, t *store.Tx, more int) error {
	return app.CheckRoom(t, "invitations to "+c.Workspace.ID, c.Config.Limits.Invitations, more, func() (int, error) {
		return store.WorkspaceInvites.Count(t, dbx.HashExp{"workspace_id": c.Workspace.ID, "responded_at": nil})
	}, "At most %d invitations can wait for an answer. Withdraw some first")
}

func refuseMembers(c *app.Call, people []Invitee) error {
	emails := make([]string, len(people))
	for i, p := range people {
		emails[i], _ = app.CleanEmail(p.Email)
	}
	t := c.Read()
	known, err := store.Users.List(t, store.In("email", emails))
	if err != nil || len(known) == 0 {
		return err
	}
	ids := make([]string, len(known))
	for i, u := range known {
		ids[i] = u.ID
	}
	rows, err := store.WorkspaceMembers.List(t, dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID, "is_active": true},
		store.In("member_id", ids)), "created_at DESC")
	if err != nil || len(rows) == 0 {
		return err
	}
	members, err := withPeople(t, rows)
	if err != nil {
		return err
	}
	return &MembersError{members}
}

// invitationToken is the secret of an invitation's link. Clients take it for opaque; it is a token as the reference's
// is.
func invitationToken(c *app.Call, email string) (string, error) {
	claims := jwt.MapClaims{"email": email, "timestamp": float64(c.DB.Now().UnixMicro()) / 1e6, "jti": store.NewID()}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(c.Secret)
	if err != nil {
		return "", fmt.Errorf("sign an invitation: %w", err)
	}
	return token, nil
}

// writeInvitations writes the invitations and leaves their emails to be sent, unless nobody knows where those should
// lead.
func writeInvitations(c *app.Call, t *store.Tx, fresh []*store.WorkspaceInvite, address string) error {
	emails := make([]string, len(fresh))
	for i, f := range fresh {
		emails[i] = f.Email
	}
	open, err := store.WorkspaceInvites.List(t,
		dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID}, store.In("email", emails)))
	if err != nil {
		return err
	}
	for _, f := range fresh {
		i := slices.IndexFunc(open, func(o store.WorkspaceInvite) bool { return o.Email == f.Email })
		switch {
		case i < 0:
			if err := store.WorkspaceInvites.Insert(t, f); err != nil {
				return err
			}
			open = append(open, *f)
		default:
			if err := inviteAgain(t, &open[i], f.Token); err != nil {
				return err
			}
			*f = open[i]
		}
		if address == "" {
			continue
		}
		if err := enqueueInvitationEmail(c, t, f, address); err != nil {
			return err
		}
	}
	return nil
}

// inviteAgain makes an invitation good for another email: one of a program has had no secret, and one that was
// answered is open again.
func inviteAgain(t *store.Tx, i *store.WorkspaceInvite, token string) error {
	if i.Token != "" && i.RespondedAt == nil {
		return nil
	}
	if i.Token == "" {
		i.Token = token
	}
	i.Accepted, i.RespondedAt = false, nil
	return store.WorkspaceInvites.Set(t, i, "token", "accepted", "responded_at")
}

const invitationEmail = "workspace-invitation"

// enqueueInvitationEmail leaves the email to be sent; its link is a secret.
func enqueueInvitationEmail(c *app.Call, t *store.Tx, i *store.WorkspaceInvite, address string) error {
	return mail.Enqueue(c.App, t, i.Email, invitationEmail, map[string]string{
		"workspace": c.Workspace.Name, "inviter": c.User.Called(), "link": address + InvitationPath(i, c.Workspace.Slug)})
}

// InvitationPath is the frontend's page on which an invitation is answered.
func InvitationPath(i *store.WorkspaceInvite, slug string) string {
	return "/workspace-invitations/?invitation_id=" + i.ID + "&slug=" + slug + "&token=" + i.Token
}

var errWrongLink = app.Refuse(app.Forbidden, "You do not have permission to join the workspace")

var (
	errUnproven = app.Refuse(app.Forbidden,
		"Open the link of the invitation to join: nothing shows yet that this address is yours. "+
			"Signing in by a code, or a new password by mail, shows it, too.")
	errNotTheirs = app.Refuse(app.Forbidden,
		"Sign in with the address that was invited, then open the link of the invitation again.")
)

// AcceptInvitations makes the caller a member by those of the invitations that are for their address; others are
// passed over.
func AcceptInvitations(c *app.Call, ids []string) error {
	if c.User.Email == nil || len(ids) == 0 {
		return nil
	}
	return c.Write(func(t *store.Tx) error {
		mine, err := invitations(t, dbx.And(dbx.HashExp{"email": *c.User.Email}, store.In("id", ids)))
		if err != nil {
			return err
		}
		for _, i := range mine {
			if !user.MayJoin(c.User, i.CreatedAt) {
				return errUnproven
			}
			if err := admit(t, i.WorkspaceID, c.User.ID, i.Role); err != nil {
				return err
			}
			if err := store.WorkspaceInvites.Delete(t, &i.WorkspaceInvite); err != nil {
				return err
			}
		}
		return nil
	})
}

// GetInvitation returns an open invitation of the workspace with that slug.
func GetInvitation(c *app.Call, id string) (*Invitation, error) {
	if c.Workspace == nil {
		return nil, store.ErrNotFound
	}
	i, err := store.WorkspaceInvites.Get(c.Read(), dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
	if err != nil {
		return nil, err
	}
	return &Invitation{*i, c.Workspace}, nil
}

// InvitationByLink returns an invitation to whoever has the secret of its link, and says whether somebody has an
// account with the invited address.
func InvitationByLink(c *app.Call, id, token string) (i *Invitation, account bool, err error) {
	if i, err = GetInvitation(c, id); err != nil {
		return nil, false, err
	}
	if !i.opens(token) {
		return nil, false, errWrongLink
	}
	account, err = store.Users.Exists(c.Read(), dbx.HashExp{"email": i.Email})
	return i, account, err
}

// opens says whether a secret is that of the invitation's link.
func (i *Invitation) opens(token string) bool {
	return token != "" && subtle.ConstantTimeCompare([]byte(token), []byte(i.Token)) == 1
}

// UpdateInvitation writes the named columns of an invitation. Nobody may give more than they have.
func UpdateInvitation(c *app.Call, i *Invitation, cols ...string) error {
	if slices.Contains(cols, "role") && i.Role > int(c.Access.Workspace) {
		return app.Refuse(app.Invalid, "You cannot invite a user with higher role")
	}
	return c.Write(func(t *store.Tx) error { return store.WorkspaceInvites.Update(t, &i.WorkspaceInvite, cols...) })
}

// Withdraw deletes an invitation.
func Withdraw(c *app.Call, id string) error {
	i, err := GetInvitation(c, id)
	if err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error { return store.WorkspaceInvites.Delete(t, &i.WorkspaceInvite) })
}

// Answer accepts or declines an invitation for the person whose address it has, whoever calls: the secret of the link
// is enough. When nobody has the address yet, the invitation waits until the one who calls signs up with it; waits says
// so. An account that was made meanwhile, by whomever, is let in only when it is the caller's.
func Answer(c *app.Call, id, token string, accepted bool) (waits bool, err error) {
	i, err := GetInvitation(c, id)
	if err != nil {
		return false, err
	}
	if !i.opens(token) {
		return false, errWrongLink
	}
	if i.RespondedAt != nil {
		return false, app.Refuse(app.Invalid, "You have already responded to the invitation request")
	}
	err = c.Write(func(t *store.Tx) error {
		i.Accepted, i.RespondedAt = accepted, &t.Now
		if err := store.WorkspaceInvites.Update(t, &i.WorkspaceInvite, "accepted", "responded_at"); err != nil || !accepted {
			return err
		}
		u, err := store.Users.Get(t, dbx.HashExp{"email": i.Email})
		if waits = errors.Is(err, store.ErrNotFound); waits {
			return nil
		}
		if err != nil {
			return err
		}
		if u.ID != c.UserID() && !user.MayJoin(u, i.CreatedAt) {
			return errNotTheirs
		}
		if err := admit(t, i.WorkspaceID, u.ID, i.Role); err != nil {
			return err
		}
		return store.WorkspaceInvites.Delete(t, &i.WorkspaceInvite)
	})
	return waits, err
}

// admit makes a person an active member. Who comes back has their old membership with the new role; the memberships of
// projects stay as they are.
func admit(t *store.Tx, workspace, user string, role int) error {
	m, err := store.WorkspaceMembers.Get(t, dbx.HashExp{"workspace_id": workspace, "member_id": user})
	if errors.Is(err, store.ErrNotFound) {
		return store.WorkspaceMembers.Insert(t, store.NewWorkspaceMember(workspace, user, role))
	}
	if err != nil {
		return err
	}
	m.IsActive, m.Role = true, role
	return store.WorkspaceMembers.Set(t, m, "is_active", "role")
}
