// Package itemtype holds the types of work items and the properties that they have, of a project and of a workspace.
//
// A project has types of its own, and those of the workspace's catalogue that it has taken over; only its own does it
// change. What a call without a project does is done to the catalogue.
package itemtype

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// mostTypes is how many types a project, or a workspace, may have of its own.
const mostTypes = 100

// ErrManaged refuses what the workspace does for its projects. Clients ask for the code.
var ErrManaged = &app.Error{Kind: app.Invalid, Code: "workspace_managed",
	Text: "Types and properties are the workspace's here: change them there."}

// Type is a type with the projects that have it, as far as the caller is in them.
type Type struct {
	store.IssueType
	ProjectIDs []string
}

// Input is what a request may say of a type.
type Input struct {
	Name        app.Opt[string]     `json:"name" check:"required,max=255"`
	Description app.Opt[string]     `json:"description" check:"blank,max=10000"`
	LogoProps   app.Opt[store.JSON] `json:"logo_props" check:"logo" type:"object"`
	IsEpic      app.Opt[bool]       `json:"is_epic"`
	IsActive    app.Opt[bool]       `json:"is_active"`
	IsDefault   app.Opt[bool]       `json:"is_default"`
	Level       app.Opt[float64]    `json:"level" check:"from=0,to=1000"`
	ProjectIDs  app.Opt[[]string]   `json:"project_ids" check:"pk"`
	app.ExternalRef
}

func (in *Input) put(y *store.IssueType) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &y.Name)
	app.Change(&cols, "description", in.Description, &y.Description)
	app.Change(&cols, "logo_props", in.LogoProps, &y.LogoProps)
	app.Change(&cols, "is_epic", in.IsEpic, &y.IsEpic)
	app.Change(&cols, "is_active", in.IsActive, &y.IsActive)
	app.Change(&cols, "level", in.Level, &y.Level)
	in.Put(&cols, &y.ExternalID, &y.ExternalSource)
	return cols
}

// owner is whose new rows are: the call's project, or nobody's but the workspace's.
func owner(c *app.Call) *string {
	if c.ProjectID == "" {
		return nil
	}
	return &c.ProjectID
}

// own holds for what the call may change: rows of its project, or of the workspace's catalogue.
func own(c *app.Call, table string) dbx.Expression {
	who := dbx.HashExp{table + ".workspace_id": c.Workspace.ID, table + ".project_id": nil}
	if c.ProjectID != "" {
		who[table+".project_id"] = c.ProjectID
	}
	return who
}

// here holds for types that the call sees.
func here(c *app.Call) dbx.Expression {
	if c.ProjectID == "" {
		return own(c, "issue_types")
	}
	return dbx.And(dbx.HashExp{"issue_types.workspace_id": c.Workspace.ID}, store.TypesIn(c.ProjectID))
}

// List returns the types of the call's project, or of the catalogue, by level and age.
func List(c *app.Call) ([]Type, error) {
	t := c.Read()
	rows, err := store.IssueTypes.List(t, here(c), "level", "created_at", "id")
	if err != nil {
		return nil, err
	}
	return withProjects(c, t, rows)
}

// withProjects adds the projects that have the types, and whether they are the default there.
func withProjects(c *app.Call, t *store.Tx, rows []store.IssueType) ([]Type, error) {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	ties, err := store.TypeTies(t, ids)
	all := make([]Type, len(rows))
	for i, r := range rows {
		all[i] = Type{r, []string{}}
		for _, tie := range ties[r.ID] {
			if c.Access.Projects[tie.ProjectID] != app.Nobody {
				all[i].ProjectIDs = append(all[i].ProjectIDs, tie.ProjectID)
			}
			if tie.ProjectID == c.ProjectID {
				all[i].IsDefault = tie.IsDefault
			}
		}
	}
	return all, err
}

func withProject(c *app.Call, t *store.Tx, y *store.IssueType) (*Type, error) {
	all, err := withProjects(c, t, []store.IssueType{*y})
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// Get returns one of the types.
func Get(c *app.Call, id string) (*Type, error) {
	t := c.Read()
	y, err := find(c, t, id)
	if err != nil {
		return nil, err
	}
	return withProject(c, t, y)
}

func find(c *app.Call, t *store.Tx, id string) (*store.IssueType, error) {
	return store.IssueTypes.Get(t, dbx.And(dbx.HashExp{"issue_types.id": id}, here(c)))
}

// findOwn returns a type that the call may change; of one that the project has from the workspace, ErrManaged.
func findOwn(c *app.Call, t *store.Tx, id string) (*store.IssueType, error) {
	y, err := find(c, t, id)
	if err == nil && c.ProjectID != "" && (y.ProjectID == nil || *y.ProjectID != c.ProjectID) {
		return nil, ErrManaged
	}
	return y, err
}

// mayMake refuses new types and properties of a project whose workspace makes them.
func mayMake(c *app.Call, t *store.Tx) error {
	if c.ProjectID == "" {
		return nil
	}
	f, err := store.FeaturesOfWorkspace(t, c.Workspace.ID)
	if err == nil && f.WorkItemTypes {
		return ErrManaged
	}
	return err
}

// hold keeps others from making or changing the types and properties of the workspace until the transaction ends: they
// are counted, and their names are told apart.
func hold(c *app.Call, t *store.Tx) error { return t.Lock("types of " + c.Workspace.ID) }

// Create makes a type of the call's project, which has it from then on, or of the catalogue, with the projects that are
// named.
func Create(c *app.Call, in Input) (*Type, error) {
	var made *Type
	err := c.Write(func(t *store.Tx) error {
		if err := errors.Join(hold(c, t), mayMake(c, t)); err != nil {
			return err
		}
		n, err := store.IssueTypes.Count(t, own(c, "issue_types"))
		if err != nil {
			return err
		}
		if n >= mostTypes {
			return app.Field("non_field_errors", "There are 100 types already: that is as many as there can be.")
		}
		y := &store.IssueType{AuditFields: store.AuditFields{ID: store.NewID()}, WorkspaceID: c.Workspace.ID,
			ProjectID: owner(c), IsActive: true}
		in.put(y)
		if err := in.check(c, t, y); err != nil {
			return err
		}
		if err := store.IssueTypes.Insert(t, y); err != nil {
			return err
		}
		if c.ProjectID != "" {
			in.ProjectIDs = app.Some([]string{c.ProjectID})
		}
		if err := in.tie(c, t, y); err != nil {
			return err
		}
		made, err = withProject(c, t, y)
		return err
	})
	return made, err
}

// check refuses a name, and an origin, that another type has. A project that takes over a type called as one of its own
// has both: a request that says no name may change either.
func (in *Input) check(c *app.Call, t *store.Tx, y *store.IssueType) error {
	if in.Name.Set {
		if err := checkName(c, t, y); err != nil {
			return err
		}
	}
	return origin(t, store.IssueTypes, own(c, "issue_types"), "Work item type", y.ID, y.ExternalID, y.ExternalSource,
		func(o *store.IssueType) string { return o.ID })
}

func checkName(c *app.Call, t *store.Tx, y *store.IssueType) error {
	twin, err := store.IssueTypes.Get(t, dbx.And(here(c), dbx.HashExp{"issue_types.name": y.Name},
		dbx.Not(dbx.HashExp{"issue_types.id": y.ID})))
	if err == nil {
		return app.DuplicateOf("A work item type with this name already exists", twin.ID)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// origin refuses what another program calls so already.
func origin[T any](t *store.Tx, table store.Table[T], among dbx.Expression, name, own string, id, source *string,
	of func(*T) string) error {
	if !hasOrigin(id, source) {
		return nil
	}
	twin, err := table.Get(t, dbx.And(among, dbx.HashExp{"external_id": *id, "external_source": *source}))
	if errors.Is(err, store.ErrNotFound) || err == nil && of(twin) == own {
		return nil
	}
	if err != nil {
		return err
	}
	return originTaken(name, of(twin))
}

// hasOrigin says whether an origin is whole: it is with both halves.
func hasOrigin(id, source *string) bool {
	return id != nil && source != nil && *id != "" && *source != ""
}

func originTaken(name, id string) error {
	return app.DuplicateOf(name+" with the same external id and external source already exists", id)
}

// Change writes what a request says of a type.
func Change(c *app.Call, id string, in Input) (*Type, error) {
	var now *Type
	err := c.Write(func(t *store.Tx) error {
		if err := hold(c, t); err != nil {
			return err
		}
		y, err := findOwn(c, t, id)
		if err != nil {
			return err
		}
		cols := in.put(y)
		if err := in.check(c, t, y); err != nil {
			return err
		}
		if err := store.IssueTypes.Update(t, y, cols...); err != nil {
			return err
		}
		if c.ProjectID != "" {
			in.ProjectIDs = app.Opt[[]string]{}
		}
		if err := in.tie(c, t, y); err != nil {
			return err
		}
		now, err = withProject(c, t, y)
		return err
	})
	return now, err
}

// Delete deletes a type that no work item has. Of a project, one that is the workspace's is only taken.
func Delete(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		if err := hold(c, t); err != nil {
			return err
		}
		y, err := find(c, t, id)
		if err != nil {
			return err
		}
		if c.ProjectID != "" && (y.ProjectID == nil || *y.ProjectID != c.ProjectID) {
			tie, err := store.ProjectIssueTypes.Get(t, dbx.HashExp{"issue_type_id": id, "project_id": c.ProjectID})
			if err != nil {
				return err
			}
			return take(t, y, tie)
		}
		used, err := store.TypeUsed(t, id, "")
		if err != nil {
			return err
		}
		if used {
			return errUsed
		}
		of := dbx.HashExp{"issue_type_id": id}
		if _, err := store.ProjectIssueTypes.DeleteWhere(t, of); err != nil {
			return err
		}
		if _, err := store.TypeProperties.DeleteWhere(t, of); err != nil {
			return err
		}
		return store.IssueTypes.Delete(t, y)
	})
}
