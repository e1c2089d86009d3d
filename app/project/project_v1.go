package project

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Projects as programs read and write them: everybody in the workspace knows of the public ones and their own.

// ordered are the names that lists of projects can be ordered by.
var ordered = map[string]string{"sort_order": "place", "name": "projects.name", "identifier": "projects.identifier",
	"created_at": "projects.created_at", "updated_at": "projects.updated_at", "network": "projects.network",
	"archived_at": "projects.archived_at", "id": "projects.id", "description": "projects.description",
	"timezone": "projects.timezone", "total_members": "total_members", "total_cycles": "total_cycles",
	"total_modules": "total_modules", "member_role": "member_role"}

// ListV1 returns a part of the projects that the caller knows of, by name or -name (empty: their own order), and how
// many there are.
func ListV1(c *app.Call, s store.ListPart, by string) ([]store.ProjectWithCounts, int, error) {
	if by == "" {
		by = "sort_order"
	}
	name, down := strings.CutPrefix(by, "-")
	column, ok := ordered[name]
	if !ok { // the reference fails
		return nil, 0, app.Field("order_by", `"`+name+`" is not a valid choice.`)
	}
	order := "[[" + column + "]] NULLS LAST"
	if down {
		order = "[[" + column + "]] DESC NULLS FIRST"
	}
	return store.ListProjectsWithCounts(c.Read(), c.UserID(),
		dbx.And(store.KnownProjects(c.Workspace.ID, c.UserID()), c.OfKey("projects.id")), s, order,
		"projects.created_at", "projects.id")
}

// GetV1 returns the call's project if the caller knows of it.
func GetV1(c *app.Call) (*store.ProjectWithCounts, error) { return readCounted(c, c.Read()) }

// Find returns the call's project as it is kept.
func Find(c *app.Call) (*store.Project, error) { return store.Projects.Find(c.Read(), c.ProjectID) }

func readCounted(c *app.Call, t *store.Tx) (*store.ProjectWithCounts, error) {
	where := dbx.And(store.KnownProjects(c.Workspace.ID, c.UserID()), dbx.HashExp{"projects.id": c.ProjectID})
	ps, _, err := store.ListProjectsWithCounts(t, c.UserID(), where, store.ListPart{Limit: 1})
	if err == nil && len(ps) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &ps[0], nil
}

// The logo of a project that a program makes is one of these, by chance. Plane: api/serializers/project.py
var (
	logoColors = strings.Fields("#95999f #6d7b8a #5e6ad2 #02b5ed #02b55c #f2be02 #e57a00 #f38e82")
	logoNames  = strings.Fields("home apps settings star favorite done check_circle add_task create_new_folder dataset terminal key rocket public" +
		" quiz mood gavel eco diamond forest bolt sync cached library_add view_timeline view_kanban empty_dashboard cycle")
)

func chanceLogo() store.JSON {
	return fmt.Appendf(nil, `{"icon":{"name":"%s","color":"%s"},"in_use":"icon"}`, logoNames[rand.IntN(len(logoNames))],
		logoColors[rand.IntN(len(logoColors))])
}

// errNameTaken is what is said of a taken name, and of a taken identifier.
var errNameTaken = &app.Error{Kind: app.Conflict, Fields: app.Fields{"name": "The project name is already taken"}}

func takenName(err error) error {
	if errors.Is(err, store.ErrUnique) {
		return errNameTaken
	}
	return err
}

// CreateV1 is Create for programs.
func CreateV1(c *app.Call, in Input, intake bool) (*store.ProjectWithCounts, error) {
	return CreateWith(c, in, intake, Blueprint{})
}

// CreateWith is CreateV1 of a project that begins with what a blueprint says.
func CreateWith(c *app.Call, in Input, intake bool, with Blueprint) (*store.ProjectWithCounts, error) {
	if err := with.check(); err != nil {
		return nil, err
	}
	p := &store.Project{WorkspaceID: c.Workspace.ID, Network: 2, PageView: true, IntakeView: intake, Timezone: "UTC",
		LogoProps: chanceLogo()}
	var made *store.ProjectWithCounts
	err := c.Write(func(t *store.Tx) (err error) {
		if err := in.checkFrom(t, c.Workspace.ID, p); err != nil {
			return err
		}
		in.put(p)
		if err := begin(t, p, c.UserID(), with); err != nil {
			return err
		}
		c.ProjectID = p.ID
		made, err = readCounted(c, t)
		return err
	})
	return made, takenName(err)
}

// ChangeV1 is Change for programs.
func ChangeV1(c *app.Call, in Input, intake app.Opt[bool]) (*store.ProjectWithCounts, error) {
	var changed *store.ProjectWithCounts
	err := c.Write(func(t *store.Tx) (err error) {
		if _, err := changeFrom(c, t, in, intake); err != nil {
			return err
		}
		changed, err = readCounted(c, t)
		return err
	})
	return changed, takenName(err)
}

// changeFrom writes what a program says of the call's project, and returns it.
func changeFrom(c *app.Call, t *store.Tx, in Input, intake app.Opt[bool]) (*store.Project, error) {
	p, err := store.Projects.Get(t, dbx.HashExp{"id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if err != nil {
		return nil, err
	}
	if p.ArchivedAt != nil {
		return nil, app.Refuse(app.Invalid, "Archived project cannot be updated")
	}
	if err := in.checkFrom(t, c.Workspace.ID, p); err != nil {
		return nil, err
	}
	before := *p
	cols := in.put(p)
	app.Change(&cols, "intake_view", intake, &p.IntakeView)
	if err := store.Projects.Update(t, p, cols...); err != nil {
		return nil, err
	}
	if in.GuestViewAllFeatures.Set {
		t.ForgetAll() // what its guests see is kept with their roles
	}
	if err := store.EnqueueEvent(t, "project", p.WorkspaceID, p.ID, &before, p); err != nil {
		return nil, err
	}
	if p.IntakeView {
		return p, needIntake(t, p)
	}
	return p, nil
}

// checkFrom is check in the words for programs.
func (in *Input) checkFrom(t *store.Tx, workspace string, was *store.Project) error {
	faults := in.faults()
	in.Identifier.V = normal(in.Identifier.V)
	if err := in.checkRows(t, faults, workspace); err != nil {
		return err
	}
	if err := faults.Err(); err != nil {
		return err
	}
	whole := func(text string) error { return app.Field("non_field_errors", text) }
	switch {
	case in.Name.V != was.Name && !printable(in.Name.V):
		return whole("Project name cannot contain special characters.")
	case in.Identifier.V != was.Identifier && !plain(in.Identifier.V):
		return whole("Project identifier cannot contain special characters.")
	case in.DefaultState.Ptr() != nil: // as the reference: any state is refused here
		return app.ErrValue
	}
	if user := in.DefaultAssignee.Ptr(); user != nil {
		there, err := inWorkspace(t, workspace, *user)
		if err != nil {
			return err
		}
		if !there {
			return whole("Default assignee should be a user in the workspace")
		}
	}
	if estimate := in.Estimate.Ptr(); estimate != nil {
		there, err := store.Estimates.Exists(t, dbx.HashExp{"id": *estimate, "project_id": was.ID})
		if err != nil {
			return err
		}
		if !there {
			return app.Field("non_field_errors", "Estimate should be a estimate in the project")
		}
	}
	return nil
}

func inWorkspace(t *store.Tx, workspace, user string) (bool, error) {
	return store.WorkspaceMembers.Exists(t, dbx.HashExp{"workspace_id": workspace, "member_id": user})
}

// checkRows refuses references to what is nowhere, and a lead from outside.
func (in *Input) checkRows(t *store.Tx, faults app.Fields, workspace string) error {
	for _, f := range []struct {
		key    string
		value  app.Opt[string]
		exists func(*store.Tx, dbx.Expression) (bool, error)
	}{
		{"project_lead", in.ProjectLead, store.Users.Exists},
		{"default_assignee", in.DefaultAssignee, store.Users.Exists},
		{"default_state", in.DefaultState, store.States.Exists},
		{"estimate", in.Estimate, store.Estimates.Exists},
	} {
		id := f.value.Ptr()
		if id == nil || faults[f.key] != nil {
			continue
		}
		there, err := f.exists(t, dbx.HashExp{"id": *id})
		if err != nil {
			return err
		}
		if !there {
			faults.Add(f.key, app.NoObject(*id))
		}
	}
	lead := in.ProjectLead.Ptr()
	if lead == nil || faults["project_lead"] != nil {
		return nil
	}
	there, err := inWorkspace(t, workspace, *lead)
	if err == nil && !there {
		faults.Add("project_lead", "The provided user is not a member of this workspace.")
	}
	return err
}

// Summary is how much there is of what in a project.
type Summary struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Identifier string         `json:"identifier"`
	Counts     map[string]int `json:"counts"`
}

// Summarise counts what is in the call's project; see store.CountInProject for the names.
func Summarise(c *app.Call, names []string) (Summary, error) {
	t := c.Read()
	known, err := c.KnowsProject()
	if err == nil && !known {
		err = store.ErrNotFound
	}
	if err != nil {
		return Summary{}, err
	}
	p, err := store.Projects.Get(t, dbx.HashExp{"id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if err != nil {
		return Summary{}, err
	}
	counts, err := store.CountInProject(t, p.ID, names, c.OwnOnly())
	return Summary{p.ID, p.Name, p.Identifier, counts}, err
}
