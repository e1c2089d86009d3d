package user

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// ServiceAccount is an account for programs: a bot that belongs to a workspace, into which nobody signs in.
type ServiceAccount struct {
	store.ListedMember

	Seats []store.ProjectMember
}

// ServiceAccountInput is what a request may say of one. ProjectIDs are all projects that it is in, and ProjectRole what
// it is in those that it comes into; no more than its role in the workspace, if that is a guest's.
type ServiceAccountInput struct {
	Name        app.Opt[string]   `json:"name" check:"required,max=255"`
	Role        app.Opt[int]      `json:"role" check:"choice=5|15|20"`
	ProjectIDs  app.Opt[[]string] `json:"project_ids" check:"pk"`
	ProjectRole app.Opt[int]      `json:"project_role" check:"choice=5|15|20"`
}

var errLimitedMaker = &app.Error{Kind: app.Forbidden, Code: "KEY_LIMITED",
	Text: "A key that is bound to something makes no accounts and no keys. Take one without limits, or the console."}

// mayMake refuses keys with limits: by what they made they would have none.
func mayMake(c *app.Call) error {
	if c.Token != nil && c.Token.Limited() {
		return errLimitedMaker
	}
	return nil
}

// ServiceAccounts returns a part of those of the call's workspace, and how many there are, the newest first.
func ServiceAccounts(c *app.Call, s store.ListPart) ([]ServiceAccount, int, error) {
	return serviceAccounts(c.Read(), c.Workspace, s)
}

func serviceAccounts(t *store.Tx, w *store.Workspace, s store.ListPart) ([]ServiceAccount, int, error) {
	active := true
	rows, total, err := store.WorkspaceMembersPart(t, w,
		store.MemberFilter{Bot: &active, Active: &active, BotType: store.ServiceAccount}, s, "m.created_at DESC")
	if err != nil {
		return nil, 0, err
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	seats, err := store.SeatsOf(t, w.ID, ids)
	all := make([]ServiceAccount, len(rows))
	for i := range rows {
		all[i] = ServiceAccount{rows[i], seats[rows[i].ID]}
	}
	return all, total, err
}

// ServiceAccountByID returns one of the call's workspace; store.ErrNotFound if there is none.
func ServiceAccountByID(c *app.Call, id string) (*ServiceAccount, error) {
	u, m, err := botOf(c.Read(), c.Workspace.ID, id)
	if err != nil {
		return nil, err
	}
	seats, err := store.SeatsOf(c.Read(), c.Workspace.ID, []string{id})
	return &ServiceAccount{store.ListedMember{User: *u, MemberRole: m.Role, MemberActive: true}, seats[id]}, err
}

// botOf is a service account and its membership.
func botOf(t *store.Tx, workspace, id string) (*store.User, *store.WorkspaceMember, error) {
	if !store.IsID(id) {
		return nil, nil, store.ErrNotFound
	}
	u, err := store.Users.Get(t, dbx.HashExp{"id": id, "is_bot": true, "bot_type": store.ServiceAccount})
	if err != nil {
		return nil, nil, err
	}
	m, err := store.WorkspaceMembers.Get(t, dbx.HashExp{"workspace_id": workspace, "member_id": id, "is_active": true})
	return u, m, err
}

// MakeServiceAccount makes one, a member of the workspace and of the projects that are named.
func MakeServiceAccount(c *app.Call, in ServiceAccountInput) (*ServiceAccount, error) {
	if err := mayMake(c); err != nil {
		return nil, err
	}
	kind := store.ServiceAccount
	u := &store.User{Username: app.RandomHex(32), FirstName: in.Name.V, DisplayName: in.Name.V, IsBot: true,
		BotType: &kind, IsActive: true, IsPasswordAutoset: true, UserTimezone: c.Workspace.Timezone, LastLoginMedium: "email"}
	if app.HasLink(u.DisplayName) {
		return nil, app.Field("name", "Name must not contain URLs")
	}
	err := c.Write(func(t *store.Tx) error {
		count := func() (int, error) {
			_, total, err := serviceAccounts(t, c.Workspace, store.ListPart{Limit: 1})
			return total, err
		}
		err := app.CheckRoom(t, "service accounts of "+c.Workspace.ID, c.Config.Limits.ServiceAccounts, 1, count,
			"One workspace can have at most %d service accounts")
		if err != nil {
			return err
		}
		if err := Insert(t, u); err != nil {
			return err
		}
		m := &store.WorkspaceMember{WorkspaceID: c.Workspace.ID, MemberID: u.ID, Role: in.Role.Or(int(app.Member)),
			IsActive: true}
		if err := store.WorkspaceMembers.Insert(t, m); err != nil {
			return err
		}
		if err := in.seat(c, t, m); err != nil {
			return err
		}
		return noteBot(c, t, app.ServiceAccountMade, u, nil, map[string]any{"name": u.DisplayName, "role": m.Role,
			"projects": in.ProjectIDs.V})
	})
	if err != nil {
		return nil, err
	}
	return ServiceAccountByID(c, u.ID)
}

// ChangeServiceAccount writes what a request says of one.
func ChangeServiceAccount(c *app.Call, id string, in ServiceAccountInput) (*ServiceAccount, error) {
	if err := mayMake(c); err != nil {
		return nil, err
	}
	if app.HasLink(in.Name.V) {
		return nil, app.Field("name", "Name must not contain URLs")
	}
	err := c.Write(func(t *store.Tx) error {
		if err := c.HoldAccess(t); err != nil {
			return err
		}
		u, m, err := botOf(t, c.Workspace.ID, id)
		if err != nil {
			return err
		}
		before := map[string]any{"name": u.DisplayName, "role": m.Role}
		if in.Name.Set {
			u.FirstName, u.DisplayName = in.Name.V, in.Name.V
			if err := store.Users.Update(t, u, "first_name", "display_name"); err != nil {
				return err
			}
		}
		if in.Role.Set && in.Role.V != m.Role {
			m.Role = in.Role.V
			if err := store.WorkspaceMembers.Update(t, m, "role"); err != nil {
				return err
			}
			if m.Role == int(app.Guest) {
				if err := store.GuestInProjects(t, c.Workspace.ID, id, m.Role); err != nil {
					return err
				}
			}
		}
		if err := in.seat(c, t, m); err != nil {
			return err
		}
		return noteBot(c, t, app.ServiceAccountChanged, u, before, map[string]any{"name": u.DisplayName, "role": m.Role})
	})
	if err != nil {
		return nil, err
	}
	return ServiceAccountByID(c, id)
}

// seat takes a service account into the projects of a request, and out of all others, if the request names any.
func (in *ServiceAccountInput) seat(c *app.Call, t *store.Tx, m *store.WorkspaceMember) error {
	if !in.ProjectIDs.Set {
		return nil
	}
	if len(in.ProjectIDs.V) > mostOfKey {
		return app.Field("project_ids", fmt.Sprintf("At most %d at once.", mostOfKey))
	}
	t.Forget(store.AccessKey(c.Workspace.ID, m.MemberID))
	there, err := store.ProjectMembers.List(t, dbx.HashExp{"workspace_id": c.Workspace.ID, "member_id": m.MemberID})
	if err != nil {
		return err
	}
	known, err := store.Projects.List(t, dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID}, store.In("id", in.ProjectIDs.V)))
	if err != nil {
		return err
	}
	role := in.ProjectRole.Or(min(m.Role, int(app.Member)))
	if m.Role == int(app.Guest) {
		role = m.Role
	}
	wanted := []string(listed(in.ProjectIDs))
	for i := range there {
		seat := &there[i]
		at := slices.Index(wanted, seat.ProjectID)
		was := *seat
		if seat.IsActive = at >= 0; seat.IsActive {
			wanted = slices.Delete(wanted, at, at+1)
			if in.ProjectRole.Set || !was.IsActive {
				seat.Role = role
			}
		}
		if seat.IsActive != was.IsActive || seat.Role != was.Role {
			if err := store.ProjectMembers.Update(t, seat, "is_active", "role"); err != nil {
				return err
			}
		}
	}
	for _, id := range wanted {
		if !slices.ContainsFunc(known, func(p store.Project) bool { return p.ID == id }) {
			return app.Field("project_ids", app.NoObject(id))
		}
		if err := store.ProjectMembers.Insert(t, &store.ProjectMember{WorkspaceID: c.Workspace.ID, ProjectID: id,
			MemberID: &m.MemberID, Role: role, IsActive: true}); err != nil {
			return err
		}
	}
	return nil
}

// RemoveServiceAccount ends one with its keys; what it did stays, by its name.
func RemoveServiceAccount(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		if err := c.HoldAccess(t); err != nil {
			return err
		}
		u, m, err := botOf(t, c.Workspace.ID, id)
		if err != nil {
			return err
		}
		if err := store.EndMembership(t, m); err != nil {
			return err
		}
		if err := store.EndTokens(t, id); err != nil {
			return err
		}
		u.IsActive = false
		if err := store.Users.Update(t, u, "is_active"); err != nil {
			return err
		}
		return noteBot(c, t, app.ServiceAccountRemoved, u, map[string]any{"name": u.DisplayName, "role": m.Role}, nil)
	})
}

// IdentifiersOf names the projects of memberships, with commas.
func IdentifiersOf(c *app.Call, seats []store.ProjectMember) (string, error) {
	ids := make([]string, len(seats))
	for i := range seats {
		ids[i] = seats[i].ProjectID
	}
	projects, err := store.Projects.List(c.Read(), store.In("id", ids), "identifier")
	names := make([]string, len(projects))
	for i := range projects {
		names[i] = projects[i].Identifier
	}
	return strings.Join(names, ", "), err
}

func noteBot(c *app.Call, t *store.Tx, event string, u *store.User, before, after map[string]any) error {
	return app.Note(t, app.Deed{Event: event, Workspace: c.Workspace.ID, Target: app.Person(u.ID), Old: before,
		New: after})
}

// ServiceAccountKeys returns the keys of one, newest first.
func ServiceAccountKeys(c *app.Call, id string) ([]store.APIToken, error) {
	if _, _, err := botOf(c.Read(), c.Workspace.ID, id); err != nil {
		return nil, err
	}
	return TokensOf(c, c.App, id)
}

// MakeServiceAccountKey makes a key of one; the secret is answered only here.
func MakeServiceAccountKey(c *app.Call, id string, d TokenDraft) (secret string, k *store.APIToken, err error) {
	if err := mayMake(c); err != nil {
		return "", nil, err
	}
	u, _, err := botOf(c.Read(), c.Workspace.ID, id)
	if err != nil {
		return "", nil, err
	}
	d.By, d.Workspace = c.UserID(), &c.Workspace.ID
	return CreateToken(c, c.App, u, d)
}

// EndServiceAccountKey ends a key of one.
func EndServiceAccountKey(c *app.Call, id, key string) error {
	u, _, err := botOf(c.Read(), c.Workspace.ID, id)
	if err != nil {
		return err
	}
	return EndTokenOf(c, c.App, u, key)
}
