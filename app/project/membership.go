package project

import (
	"encoding/json"
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// MemberPreferences is what a request may say of how a membership looks at the project.
type MemberPreferences struct {
	ViewProps    app.Opt[store.JSON] `json:"view_props"`
	DefaultProps app.Opt[store.JSON] `json:"default_props"`
	Preferences  app.Opt[store.JSON] `json:"preferences"`
	SortOrder    app.Opt[float64]    `json:"sort_order"`
}

func (in *MemberPreferences) put(m *store.ProjectMember) []string {
	var cols []string
	app.Change(&cols, "view_props", in.ViewProps, &m.ViewProps)
	app.Change(&cols, "default_props", in.DefaultProps, &m.DefaultProps)
	app.Change(&cols, "preferences", in.Preferences, &m.Preferences)
	app.Change(&cols, "sort_order", in.SortOrder, &m.SortOrder)
	return cols
}

// MemberInput is what a request may say of a membership.
type MemberInput struct {
	Role    app.Opt[int]    `json:"role" check:"choice=5|15|20"`
	Comment app.Opt[string] `json:"comment" check:"blank,null"`
	MemberPreferences
}

func (in *MemberInput) put(m *store.ProjectMember) []string {
	cols := in.MemberPreferences.put(m)
	app.Change(&cols, "role", in.Role, &m.Role)
	app.ChangePtr(&cols, "comment", in.Comment, &m.Comment)
	return cols
}

// ChangeMemberPreferences writes how the caller's membership looks at the call's project.
func ChangeMemberPreferences(c *app.Call, in MemberPreferences) error {
	if c.Workspace == nil {
		return store.ErrNotFound
	}
	return c.Write(func(t *store.Tx) error {
		if _, err := store.Projects.Get(t, dbx.HashExp{"id": c.ProjectID, "workspace_id": c.Workspace.ID}); err != nil {
			return err
		}
		m, err := store.ProjectMembers.Get(t,
			dbx.HashExp{"project_id": c.ProjectID, "member_id": c.UserID(), "is_active": true})
		if errors.Is(err, store.ErrNotFound) {
			return app.Refuse(app.Forbidden, "Forbidden")
		}
		if err != nil {
			return err
		}
		return store.ProjectMembers.Update(t, m, in.put(m)...)
	})
}

// ChangeMember writes what a request says of somebody's membership; see mayChange for who may.
func ChangeMember(c *app.Call, id string, in MemberInput) (*Membership, error) {
	err := c.Write(func(t *store.Tx) error {
		if err := c.HoldAccess(t); err != nil {
			return err
		}
		m, err := store.ProjectMembers.Get(t,
			dbx.HashExp{"id": id, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID, "is_active": true})
		if err != nil {
			return err
		}
		if err := mayChange(c, t, m, in.Role); err != nil {
			return err
		}
		return store.ProjectMembers.Update(t, m, in.put(m)...)
	})
	if err != nil {
		return nil, err
	}
	return GetMember(c, id)
}

// mayChange: nobody changes their own membership, and roles are changed by administrators only, of people below them,
// to roles below theirs. The workspace's administrators may all that. A guest of the workspace stays one.
func mayChange(c *app.Call, t *store.Tx, m *store.ProjectMember, role app.Opt[int]) error {
	free := c.Access.Workspace == app.Admin
	if *m.MemberID == c.UserID() && !free {
		return app.Refuse(app.Invalid, "You cannot update your own role")
	}
	mine := int(c.Access.Projects[c.ProjectID])
	if !role.Set && mine < int(app.Admin) && !free { // the reference lets everybody change how others see their projects
		return app.ErrForbidden
	}
	if !role.Set {
		return nil
	}
	switch {
	case mine < int(app.Admin) && !free:
		return app.Refuse(app.Forbidden, "You do not have permission to update roles")
	case m.Role >= mine && !free:
		return app.Refuse(app.Forbidden,
			"You cannot update the role of a member with a role equal to or higher than your own")
	case role.V >= mine && !free:
		return app.Refuse(app.Forbidden, "You cannot assign a role equal to or higher than your own")
	}
	w, err := store.WorkspaceMembers.Get(t,
		dbx.HashExp{"workspace_id": c.Workspace.ID, "member_id": *m.MemberID, "is_active": true})
	if err != nil {
		return err
	}
	if app.Role(w.Role) == app.Guest && role.V > int(app.Guest) {
		return errAboveGuest
	}
	return nil
}

// RemoveMember puts somebody out of the call's project; what they are assigned to stays theirs.
func RemoveMember(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		if err := c.HoldAccess(t); err != nil {
			return err
		}
		m, err := store.ProjectMembers.Get(t,
			dbx.HashExp{"id": id, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID, "is_active": true})
		if err != nil {
			return err
		}
		return putOut(c, t, m)
	})
}

// putOut ends a membership of somebody else who does not stand above the caller.
func putOut(c *app.Call, t *store.Tx, m *store.ProjectMember) error {
	if *m.MemberID == c.UserID() {
		return app.Refuse(app.Invalid, "You cannot remove yourself from the workspace. Please use leave workspace")
	}
	if int(c.Access.Projects[c.ProjectID]) < m.Role {
		return app.Refuse(app.Invalid, "You cannot remove a user having role higher than you")
	}
	m.IsActive = false
	return store.ProjectMembers.Update(t, m, "is_active")
}

// Leave ends the caller's membership, unless nobody else administers the project.
func Leave(c *app.Call) error {
	return c.Write(func(t *store.Tx) error {
		if err := c.HoldAccess(t); err != nil {
			return err
		}
		m, err := store.ProjectMembers.Get(t,
			dbx.HashExp{"member_id": c.UserID(), "project_id": c.ProjectID, "is_active": true})
		if err != nil {
			return err
		}
		admins, err := store.ProjectMembers.Count(t,
			dbx.HashExp{"project_id": c.ProjectID, "role": int(app.Admin), "is_active": true})
		if err != nil {
			return err
		}
		if m.Role == int(app.Admin) && admins == 1 {
			return app.Refuse(app.Invalid,
				"You cannot leave the project as your the only admin of the project you will have to either delete the project or create an another admin")
		}
		m.IsActive = false
		return store.ProjectMembers.Update(t, m, "is_active")
	})
}

// Join takes the caller into projects of the call's workspace: public ones, and secret ones if they administer the
// workspace. Who was a member before comes back with their old role.
func Join(c *app.Call, ids []string) error {
	return c.Write(func(t *store.Tx) error {
		projects, err := store.Projects.List(t, dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID}, store.In("id", ids)))
		if err != nil {
			return err
		}
		known := map[string]bool{}
		for _, p := range projects {
			known[p.ID] = true
			if p.Network == 0 && c.Access.Workspace != app.Admin {
				return app.Refuse(app.Forbidden, "Only workspace admins can join private project")
			}
		}
		for _, id := range ids {
			if !known[id] {
				return app.ErrPayload
			}
			if err := enter(c, t, id); err != nil {
				return err
			}
		}
		return nil
	})
}

func enter(c *app.Call, t *store.Tx, project string) error {
	m, err := store.ProjectMembers.Get(t, dbx.HashExp{"project_id": project, "member_id": c.UserID()})
	if err == nil {
		m.IsActive = true
		return store.ProjectMembers.Update(t, m, "is_active")
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if _, err := properties(t, c.Workspace.ID, project, c.UserID()); err != nil {
		return err
	}
	return store.ProjectMembers.Insert(t, newMember(c.Workspace.ID, project, c.UserID(), c.Access.Workspace))
}

// PropertiesInput is what a request may say of how the caller looks at a project.
type PropertiesInput struct {
	Filters           app.Opt[store.JSON] `json:"filters"`
	DisplayFilters    app.Opt[store.JSON] `json:"display_filters"`
	DisplayProperties app.Opt[store.JSON] `json:"display_properties"`
	RichFilters       app.Opt[store.JSON] `json:"rich_filters"`
	Preferences       app.Opt[store.JSON] `json:"preferences"`
	SortOrder         app.Opt[float64]    `json:"sort_order"`
}

// properties finds how somebody looks at a project, or makes it.
func properties(t *store.Tx, workspace, project, user string) (*store.ProjectUserProperties, error) {
	p, err := store.ProjectUserPropertiesRows.Get(t, dbx.HashExp{"project_id": project, "user_id": user})
	if !errors.Is(err, store.ErrNotFound) {
		return p, err
	}
	p = newProperties(workspace, project, user, 65535)
	return p, store.ProjectUserPropertiesRows.Insert(t, p)
}

// Properties returns how the caller looks at the call's project.
func Properties(c *app.Call) (*store.ProjectUserProperties, error) {
	p, err := store.ProjectUserPropertiesRows.Get(c.Read(), dbx.HashExp{"project_id": c.ProjectID, "user_id": c.UserID()})
	if errors.Is(err, store.ErrNotFound) {
		return ChangeProperties(c, PropertiesInput{})
	}
	return p, err
}

// ChangeProperties writes how the caller looks at the call's project.
func ChangeProperties(c *app.Call, in PropertiesInput) (*store.ProjectUserProperties, error) {
	var p *store.ProjectUserProperties
	err := c.Write(func(t *store.Tx) (err error) {
		if p, err = properties(t, c.Workspace.ID, c.ProjectID, c.UserID()); err != nil {
			return err
		}
		var cols []string
		app.Change(&cols, "filters", in.Filters, &p.Filters)
		app.Change(&cols, "display_filters", in.DisplayFilters, &p.DisplayFilters)
		app.Change(&cols, "display_properties", in.DisplayProperties, &p.DisplayProperties)
		app.Change(&cols, "rich_filters", in.RichFilters, &p.RichFilters)
		app.Change(&cols, "preferences", in.Preferences, &p.Preferences)
		app.Change(&cols, "sort_order", in.SortOrder, &p.SortOrder)
		return store.ProjectUserPropertiesRows.Update(t, p, cols...)
	})
	return p, err
}

// Preferences returns the membership, active or not, whose preferences are asked for.
func Preferences(c *app.Call, user string) (*store.ProjectMember, error) {
	return store.ProjectMembers.Get(c.Read(),
		dbx.HashExp{"project_id": c.ProjectID, "member_id": user, "workspace_id": c.Workspace.ID})
}

// ChangePreferences merges keys into somebody's preferences.
func ChangePreferences(c *app.Call, user string, keys map[string]json.RawMessage) (store.JSON, error) {
	var merged store.JSON
	err := c.Write(func(t *store.Tx) error {
		m, err := store.ProjectMembers.Get(t,
			dbx.HashExp{"project_id": c.ProjectID, "member_id": user, "workspace_id": c.Workspace.ID})
		if err != nil {
			return err
		}
		all := map[string]json.RawMessage{}
		if err := json.Unmarshal(m.Preferences, &all); err != nil {
			all = map[string]json.RawMessage{} // was never an object
		}
		for k, v := range keys {
			all[k] = v
		}
		if merged, err = json.Marshal(all); err != nil {
			return err
		}
		m.Preferences = merged
		return store.ProjectMembers.Update(t, m, "preferences")
	})
	return merged, err
}
