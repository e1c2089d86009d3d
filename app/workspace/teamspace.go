package workspace

import (
	"bytes"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// TeamspaceInput is what a request may say of a teamspace.
type TeamspaceInput struct {
	Name            app.Opt[string]     `json:"name" check:"required,max=255"`
	DescriptionHTML app.Opt[string]     `json:"description_html" check:"blank"`
	DescriptionJSON app.Opt[store.JSON] `json:"description_json"`
	LogoProps       app.Opt[store.JSON] `json:"logo_props" check:"logo"`
	Lead            app.Opt[string]     `json:"lead" alias:"lead_id" check:"pk,null"`

	Faults app.Fields `body:"faults"` // what is wrong already; it is refused together with what the database knows
}

func (in *TeamspaceInput) put(s *store.Teamspace) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &s.Name)
	app.Change(&cols, "description_json", in.DescriptionJSON, &s.DescriptionJSON)
	app.Change(&cols, "logo_props", in.LogoProps, &s.LogoProps)
	app.ChangePtr(&cols, "lead_id", in.Lead, &s.LeadID)
	if in.DescriptionHTML.Set {
		s.DescriptionHTML, s.DescriptionStripped = in.DescriptionHTML.V, nil
		if text := richtext.Text(s.DescriptionHTML); text != "" {
			s.DescriptionStripped = &text
		}
		cols = append(cols, "description_html", "description_stripped")
	}
	return cols
}

// check cleans the text, and refuses what is wrong: documents that are none, and a lead from outside of the workspace.
func (in *TeamspaceInput) check(c *app.Call) error {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	for key, doc := range map[string]app.Opt[store.JSON]{"description_json": in.DescriptionJSON,
		"logo_props": in.LogoProps} {
		if doc.Set && !bytes.HasPrefix(bytes.TrimSpace(doc.V), []byte("{")) {
			in.Faults.Add(key, "This is no JSON object.")
		}
	}
	if in.DescriptionHTML.V != "" {
		clean, err := richtext.Clean(in.DescriptionHTML.V)
		if err != nil {
			in.Faults.Add("description_html", err.Error())
		}
		in.DescriptionHTML.V = clean
	}
	if lead := in.Lead.Ptr(); lead != nil && in.Faults["lead"] == nil {
		known, err := store.WorkspacePeople(c.Read(), c.Workspace.ID, []string{*lead})
		if err != nil {
			return err
		}
		if !known[*lead] {
			in.Faults.Add("lead", app.NoObject(*lead))
		}
	}
	return in.Faults.Err()
}

// Teamspaces returns a part of the teamspaces of the call's workspace, the newest first unless an order is asked for,
// and how many there are in all.
func Teamspaces(c *app.Call, s store.ListPart, by string) ([]store.Teamspace, int, error) {
	order, err := app.Orders(by, map[string]string{"name": "name", "created_at": "created_at", "updated_at": "updated_at",
		"id": "id"}, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	return store.Teamspaces.Page(c.Read(), dbx.HashExp{"workspace_id": c.Workspace.ID}, s, order...)
}

// GetTeamspace returns a teamspace of the call's workspace.
func GetTeamspace(c *app.Call, id string) (*store.Teamspace, error) {
	return store.Teamspaces.Get(c.Read(), dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
}

// CreateTeamspace makes a teamspace, without people or projects.
func CreateTeamspace(c *app.Call, in TeamspaceInput) (*store.Teamspace, error) {
	if err := in.check(c); err != nil {
		return nil, err
	}
	s := &store.Teamspace{DescriptionHTML: "<p></p>", WorkspaceID: c.Workspace.ID}
	in.put(s)
	return s, c.Write(func(t *store.Tx) error { return store.Teamspaces.Insert(t, s) })
}

// ledTeamspace is a teamspace that the caller may change: an administrator of the workspace, its lead, or its maker.
// Nobody else changes it until the transaction ends.
func ledTeamspace(c *app.Call, t *store.Tx, id string) (*store.Teamspace, error) {
	if err := t.LockRows("teamspaces", id); err != nil {
		return nil, err
	}
	s, err := store.Teamspaces.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
	if err != nil {
		return nil, err
	}
	me := c.UserID()
	if c.Access.Workspace != app.Admin && (s.LeadID == nil || *s.LeadID != me) &&
		(s.CreatedByID == nil || *s.CreatedByID != me) {
		return nil, app.ErrDenied
	}
	return s, nil
}

// ChangeTeamspace writes what a request says of a teamspace that the caller leads.
func ChangeTeamspace(c *app.Call, id string, in TeamspaceInput) (*store.Teamspace, error) {
	if err := in.check(c); err != nil {
		return nil, err
	}
	var s *store.Teamspace
	err := c.Write(func(t *store.Tx) (err error) {
		if s, err = ledTeamspace(c, t, id); err != nil {
			return err
		}
		return store.Teamspaces.Update(t, s, in.put(s)...)
	})
	return s, err
}

// DeleteTeamspace deletes a teamspace that the caller leads; its people and projects are none of it any more.
func DeleteTeamspace(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		s, err := ledTeamspace(c, t, id)
		if err != nil {
			return err
		}
		of := dbx.HashExp{"teamspace_id": id}
		if _, err := store.TeamspaceMembers.DeleteWhere(t, of); err != nil {
			return err
		}
		if _, err := store.TeamspaceProjects.DeleteWhere(t, of); err != nil {
			return err
		}
		return store.Teamspaces.Delete(t, s)
	})
}

// TeamspacePeople returns a part of a teamspace's people, and how many there are in all.
func TeamspacePeople(c *app.Call, id string, s store.ListPart) ([]store.User, int, error) {
	if _, err := GetTeamspace(c, id); err != nil {
		return nil, 0, err
	}
	return store.PeopleOfTeamspace(c.Read(), id, s)
}

// AddTeamspacePeople takes people of the workspace into a teamspace that the caller leads, those who are not in it yet,
// and returns all that were named. It gives nobody a role in a project.
func AddTeamspacePeople(c *app.Call, id string, people []string) ([]store.User, error) {
	people = slices.Compact(slices.Sorted(slices.Values(people)))
	err := c.Write(func(t *store.Tx) error {
		s, err := ledTeamspace(c, t, id)
		if err != nil {
			return err
		}
		known, err := store.WorkspacePeople(t, c.Workspace.ID, people)
		if err != nil {
			return err
		}
		for _, person := range people {
			if !known[person] {
				return app.Field("member_ids", app.NoObject(person))
			}
		}
		old, err := store.TeamspaceMembers.List(t, dbx.And(dbx.HashExp{"teamspace_id": id}, store.In("member_id", people)))
		if err != nil {
			return err
		}
		for i := range old {
			delete(known, old[i].MemberID)
		}
		var fresh []*store.TeamspaceMember
		for _, person := range people {
			if known[person] {
				fresh = append(fresh, &store.TeamspaceMember{TeamspaceID: id, MemberID: person, WorkspaceID: s.WorkspaceID})
			}
		}
		return store.TeamspaceMembers.Insert(t, fresh...)
	})
	if err != nil {
		return nil, err
	}
	return store.Users.List(c.Read(), store.In("id", people), "display_name", "id")
}

// RemoveTeamspacePeople takes people out of a teamspace that the caller leads.
func RemoveTeamspacePeople(c *app.Call, id string, people []string) error {
	return c.Write(func(t *store.Tx) error {
		if _, err := ledTeamspace(c, t, id); err != nil {
			return err
		}
		_, err := store.TeamspaceMembers.DeleteWhere(t,
			dbx.And(dbx.HashExp{"teamspace_id": id}, store.In("member_id", people)))
		return err
	})
}

// TeamspaceProjects returns a part of a teamspace's projects that the caller knows of, by name, and how many of them
// there are in all.
func TeamspaceProjects(c *app.Call, id string, s store.ListPart) ([]store.ProjectWithCounts, int, error) {
	if _, err := GetTeamspace(c, id); err != nil {
		return nil, 0, err
	}
	return store.ListProjectsWithCounts(c.Read(), c.UserID(), dbx.And(store.KnownProjects(c.Workspace.ID, c.UserID()),
		store.ProjectsOfTeamspace(id)), s, "projects.name", "projects.id")
}

// AddTeamspaceProjects makes projects that the caller knows of a part of a teamspace that they lead, those that are not
// yet, and returns all that were named.
func AddTeamspaceProjects(c *app.Call, id string, projects []string) ([]store.ProjectWithCounts, error) {
	projects = slices.Compact(slices.Sorted(slices.Values(projects)))
	var named []store.ProjectWithCounts
	err := c.Write(func(t *store.Tx) error {
		s, err := ledTeamspace(c, t, id)
		if err != nil {
			return err
		}
		named, _, err = store.ListProjectsWithCounts(t, c.UserID(), dbx.And(
			store.KnownProjects(c.Workspace.ID, c.UserID()), store.In("projects.id", projects)),
			store.ListPart{Limit: len(projects)}, "projects.name", "projects.id")
		if err != nil {
			return err
		}
		for _, project := range projects {
			if !slices.ContainsFunc(named, func(p store.ProjectWithCounts) bool { return p.ID == project }) {
				return app.Field("project_ids", app.NoObject(project))
			}
		}
		old, err := store.TeamspaceProjects.List(t, dbx.And(dbx.HashExp{"teamspace_id": id},
			store.In("project_id", projects)))
		if err != nil {
			return err
		}
		var fresh []*store.TeamspaceProject
		for _, project := range projects {
			if !slices.ContainsFunc(old, func(p store.TeamspaceProject) bool { return p.ProjectID == project }) {
				fresh = append(fresh, &store.TeamspaceProject{TeamspaceID: id, ProjectID: project, WorkspaceID: s.WorkspaceID})
			}
		}
		return store.TeamspaceProjects.Insert(t, fresh...)
	})
	return named, err
}

// RemoveTeamspaceProjects takes projects out of a teamspace that the caller leads.
func RemoveTeamspaceProjects(c *app.Call, id string, projects []string) error {
	return c.Write(func(t *store.Tx) error {
		if _, err := ledTeamspace(c, t, id); err != nil {
			return err
		}
		_, err := store.TeamspaceProjects.DeleteWhere(t,
			dbx.And(dbx.HashExp{"teamspace_id": id}, store.In("project_id", projects)))
		return err
	})
}
