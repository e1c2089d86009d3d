package project

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// What a membership and a person's properties of a project begin with. Plane: db/models/project.py
const (
	firstProps      = `{"filters":` + app.FirstFilters + `,"display_filters":` + app.FirstDisplayFilters + `}`
	firstPreference = `{"pages":{"block_display":true},"navigation":{"default_tab":"work_items","hide_in_more_menu":[]}}`
)

func newMember(workspace, project, user string, role app.Role) *store.ProjectMember {
	return &store.ProjectMember{Role: int(role), MemberID: &user, ProjectID: project, WorkspaceID: workspace,
		IsActive: true, SortOrder: 65535, ViewProps: store.JSON(firstProps), DefaultProps: store.JSON(firstProps),
		Preferences: store.JSON(firstPreference)}
}

func newProperties(workspace, project, user string, place float64) *store.ProjectUserProperties {
	return &store.ProjectUserProperties{ProjectID: project, UserID: user, WorkspaceID: workspace, SortOrder: place,
		Filters: store.JSON(app.FirstFilters), DisplayFilters: store.JSON(app.FirstDisplayFilters),
		DisplayProperties: store.JSON(app.FirstDisplayProperties), Preferences: store.JSON(firstPreference)}
}

// Enrol is join for who brings people in from elsewhere.
func Enrol(t *store.Tx, workspace, project, user string, role app.Role) error {
	return join(t, workspace, project, user, role)
}

// join makes somebody a member for the first time; the project is then the first one on their list.
func join(t *store.Tx, workspace, project, user string, role app.Role) error {
	if err := addProperties(t, workspace, project, user); err != nil {
		return err
	}
	return store.ProjectMembers.Insert(t, newMember(workspace, project, user, role))
}

func addProperties(t *store.Tx, workspace, project, user string) error {
	there, err := store.ProjectUserPropertiesRows.Exists(t, dbx.HashExp{"project_id": project, "user_id": user})
	if err != nil || there {
		return err
	}
	place := 65535.0
	if low, err := store.LowestSortOrder(t, workspace, user); err != nil {
		return err
	} else if low != nil {
		place = *low - 10000
	}
	return store.ProjectUserPropertiesRows.Insert(t, newProperties(workspace, project, user, place))
}

// Membership is a membership with its person and its project.
type Membership struct {
	store.ProjectMember
	Person  *store.User
	Project *store.Project
}

// ListMembers returns the active memberships of the call's project, newest first.
func ListMembers(c *app.Call) ([]store.ProjectMember, error) {
	return store.ProjectMembersOf(c.Read(), c.ProjectID)
}

// ListEverybody returns the active memberships of the call's project, those of programs too, newest first, and the
// people by their ids.
func ListEverybody(c *app.Call) ([]store.ProjectMember, map[string]*store.User, error) {
	t := c.Read()
	members, err := store.ProjectMembers.List(t, dbx.HashExp{"project_id": c.ProjectID, "is_active": true},
		"created_at DESC")
	if err != nil {
		return nil, nil, err
	}
	ids := make([]string, 0, len(members))
	for _, m := range members {
		ids = append(ids, *m.MemberID)
	}
	people, err := store.Users.ByID(t, ids)
	return members, people, err
}

// GetMember returns an active membership of the call's project, or store.ErrNotFound.
func GetMember(c *app.Call, id string) (*Membership, error) {
	return getMember(c, dbx.HashExp{"id": id})
}

// GetOwnMembership is GetMember for the caller's.
func GetOwnMembership(c *app.Call) (*Membership, error) {
	return getMember(c, dbx.HashExp{"member_id": c.UserID()})
}

func getMember(c *app.Call, where dbx.HashExp) (*Membership, error) {
	t := c.Read()
	m, err := store.ProjectMembers.Get(t,
		dbx.And(where, dbx.HashExp{"project_id": c.ProjectID, "workspace_id": c.Workspace.ID, "is_active": true}))
	if err != nil {
		return nil, err
	}
	p, err := store.Projects.Find(t, m.ProjectID)
	if err != nil {
		return nil, err
	}
	u, err := store.Users.Find(t, *m.MemberID)
	if err != nil {
		return nil, err
	}
	return &Membership{*m, u, p}, nil
}

// NewPerson is somebody to be taken into a project.
type NewPerson struct {
	ID   string
	Role app.Opt[int] // left out: a guest
}

// AddMembers takes people of the workspace into the call's project, or back into it, and returns their memberships,
// newest first. All are looked at before anything is written.
func AddMembers(c *app.Call, people []NewPerson) ([]store.ProjectMember, error) {
	if len(people) == 0 {
		return nil, app.Refuse(app.Invalid, "At least one member is required")
	}
	w, err := welcomeFor(c)
	if err != nil {
		return nil, err
	}
	var rows []store.ProjectMember
	err = c.Write(func(t *store.Tx) error {
		ids := make([]string, len(people))
		for i, p := range people {
			if ids[i] = p.ID; p.ID == "" {
				return store.ErrNotFound
			}
			if err := mayHave(t, c.Workspace.ID, p); err != nil {
				return err
			}
		}
		var came []string
		err := t.WithoutActor(func() error {
			for _, p := range people {
				isNew, err := admit(t, c.Workspace.ID, c.ProjectID, p)
				if err != nil {
					return err
				}
				if isNew {
					came = append(came, p.ID)
				}
			}
			return nil
		})
		if err == nil {
			err = w.tell(t, came)
		}
		if err != nil {
			return err
		}
		rows, err = store.ProjectMembers.List(t, dbx.And(dbx.HashExp{"project_id": c.ProjectID}, store.In("member_id", ids)),
			"created_at DESC", "id DESC")
		return err
	})
	return rows, err
}

// errAboveGuest is told who would make a guest of the workspace more than one in a project.
var errAboveGuest = app.Refuse(app.Invalid, "You cannot add a user with role higher than the workspace role")

// mayHave compares a role in a project with the person's role in the workspace.
func mayHave(t *store.Tx, workspace string, p NewPerson) error {
	m, err := store.WorkspaceMembers.Get(t, dbx.HashExp{"workspace_id": workspace, "member_id": p.ID, "is_active": true})
	if err != nil {
		return err
	}
	role := app.Role(p.Role.V)
	switch {
	case !p.Role.Set:
		return nil
	case app.Role(m.Role) == app.Admin && (role == app.Guest || role == app.Member):
		return app.Refuse(app.Invalid, "You cannot add a user with role lower than the workspace role")
	case app.Role(m.Role) == app.Guest && (role == app.Member || role == app.Admin):
		return errAboveGuest
	}
	return nil
}

// admit makes somebody an active member, and says whether they were none before.
func admit(t *store.Tx, workspace, project string, p NewPerson) (came bool, err error) {
	rows, err := store.ProjectMembers.List(t, dbx.HashExp{"project_id": project, "member_id": p.ID})
	if err != nil {
		return false, err
	}
	if len(rows) == 0 {
		return true, join(t, workspace, project, p.ID, app.Role(p.Role.Or(int(app.Guest))))
	}
	if !p.Role.Set {
		return false, app.ErrPayload // the reference, too, takes a role to bring somebody back
	}
	came = !rows[0].IsActive
	rows[0].Role, rows[0].IsActive = p.Role.V, true
	return came, store.ProjectMembers.Set(t, &rows[0], "role", "is_active")
}
