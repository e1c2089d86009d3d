package module

import (
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Modules as programs use them: with origins, people of the project only, and returns without stars.
// Plane: api/views/module.py, api/serializers/module.py

// WithCounts is a module with how far it is.
type WithCounts struct {
	store.Module
	Progress store.Progress
	Members  []string // everybody who ever was one, newest people first, once for each time
}

func here(c *app.Call) dbx.HashExp {
	return dbx.HashExp{"project_id": c.ProjectID, "workspace_id": c.Workspace.ID}
}

// ListV1 returns a part of the modules, archived or not, by name or -name (empty: newest first), and how many there
// are.
func ListV1(c *app.Call, s store.ListPart, archived bool, by string) ([]WithCounts, int, error) {
	where := dbx.Expression(dbx.HashExp{"archived_at": nil})
	if archived {
		where = dbx.Not(where)
	}
	return page(c, c.Read(), dbx.And(here(c), where), s, by)
}

func page(c *app.Call, t *store.Tx, where dbx.Expression, s store.ListPart,
	by string) ([]WithCounts, int, error) {
	order, err := app.Orders(by, orders, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	rows, total, err := store.Modules.Page(t, where, s, order...)
	if err != nil {
		return nil, 0, err
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	progress, err := store.InModule.Progress(t, dbx.And(store.In("l.module_id", ids), c.OwnOnly().Issues("i")))
	if err != nil {
		return nil, 0, err
	}
	people, err := store.ModulePeople(t, ids)
	list := make([]WithCounts, len(rows))
	for i, row := range rows {
		list[i] = WithCounts{row, progress[row.ID], append([]string{}, people[row.ID]...)}
	}
	return list, total, err
}

// GetV1 returns a module that is not archived.
func GetV1(c *app.Call, id string) (*WithCounts, error) {
	return pick(c, c.Read(), dbx.And(here(c), dbx.HashExp{"id": id, "archived_at": nil}))
}

func pick(c *app.Call, t *store.Tx, where dbx.Expression) (*WithCounts, error) {
	list, _, err := page(c, t, where, store.ListPart{Limit: 1}, "")
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

func (in *Input) origin() *app.ExternalRef {
	return &app.ExternalRef{ExternalID: in.ExternalID, ExternalSource: in.ExternalSource}
}

// checkFrom refuses what check refuses, except a name that is taken, and everything where modules are switched off. Of
// the members only those of the project stay, if there are any.
func (in *Input) checkFrom(c *app.Call, t *store.Tx) error {
	in.rename("lead", "lead_id", "members", "member_ids")
	if err := in.checkPeople(t, c); err != nil {
		return err
	}
	in.rename("lead_id", "lead", "member_ids", "members")
	if err := in.Faults.Err(); err != nil {
		return err
	}
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil {
		return err
	}
	if !p.ModuleView {
		return app.Field("non_field_errors", "Modules are not enabled for this project")
	}
	if err := in.checkDates(); err != nil {
		return err
	}
	rows, err := store.ProjectMembers.List(t,
		dbx.And(dbx.HashExp{"project_id": c.ProjectID}, store.In("member_id", in.MemberIDs.V)))
	if err != nil {
		return err
	}
	named := in.MemberIDs.V
	in.MemberIDs.V = nil
	for _, m := range rows {
		if m.MemberID != nil {
			in.MemberIDs.V = append(in.MemberIDs.V, *m.MemberID)
		}
	}
	if len(named) > 0 && len(in.MemberIDs.V) == 0 { // it is not to be emptied by those who do not fit
		return app.Field("members", app.NoObject(named[0]))
	}
	return nil
}

// rename gives faults other names, in pairs: programs call people otherwise.
func (in *Input) rename(pairs ...string) {
	for p := range slices.Chunk(pairs, 2) {
		if fault, wrong := in.Faults[p[0]]; wrong {
			in.Faults[p[1]] = fault
			delete(in.Faults, p[0])
		}
	}
}

// CreateV1 is Create for programs.
func CreateV1(c *app.Call, in Input) (*WithCounts, error) {
	var made *WithCounts
	err := c.Write(func(t *store.Tx) error {
		if err := in.checkFrom(c, t); err != nil {
			return err
		}
		if err := in.origin().CheckNew(t, "modules", "Module", c.ProjectID); err != nil {
			return err
		}
		other, err := in.namesake(c, t, "")
		if err != nil {
			return err
		}
		if other != nil {
			return &app.Error{Kind: app.Invalid, Code: "MODULE_NAME_ALREADY_EXISTS",
				Text: "Module with this name already exists", Details: []app.Detail{{Key: "id", Value: other.ID}}}
		}
		row, err := in.insert(c, t)
		if err != nil {
			return err
		}
		made, err = pick(c, t, dbx.HashExp{"id": row.ID})
		return err
	})
	return made, err
}

// ChangeV1 is Change for programs.
func ChangeV1(c *app.Call, id string, in Input) (*store.Module, error) {
	var now *store.Module
	err := c.Write(func(t *store.Tx) error {
		row, err := inProject(c, t, id)
		if err != nil {
			return err
		}
		if row.ArchivedAt != nil {
			return app.Refuse(app.Invalid, "Archived module cannot be edited")
		}
		if err := in.checkFrom(c, t); err != nil {
			return err
		}
		if err := in.origin().CheckChange(t, "modules", "Module", c.ProjectID, id, row.ExternalID,
			row.ExternalSource); err != nil {
			return err
		}
		if other, err := in.namesake(c, t, id); err != nil {
			return err
		} else if in.Name.Set && other != nil {
			return errTaken
		}
		now = row
		return in.save(t, row)
	})
	return now, err
}

// DeleteV1 is Delete for programs: its creator may, and the project's administrators. It is nobody's favourite then.
func DeleteV1(c *app.Call, id string) error {
	row, err := inProject(c, c.Read(), id)
	if err != nil {
		return err
	}
	if c.Role() != app.Admin && (row.CreatedByID == nil || *row.CreatedByID != c.UserID()) {
		return app.Refuse(app.Forbidden, "Only admin or creator can delete the module")
	}
	if err := Delete(c, id); err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error { return store.DropFavorites(t, c.Workspace.ID, "module", id) })
}

// Membership is a work item's place in a module.
type Membership struct {
	store.ModuleIssue
	SubItems int
}

// AddIssuesV1 is AddIssues for programs: work items of other projects are passed over, and nothing is written into the
// history of any. It returns all of the module, newest first.
func AddIssuesV1(c *app.Call, id string, items []string) ([]Membership, error) {
	if len(items) == 0 {
		return nil, app.Refuse(app.Invalid, "Issues are required")
	}
	for _, item := range items {
		if !store.IsID(item) {
			return nil, app.ErrValue
		}
	}
	var all []Membership
	err := c.Write(func(t *store.Tx) error {
		if _, err := inProject(c, t, id); err != nil {
			return err
		}
		if err := put(c, t, id, items); err != nil {
			return err
		}
		var err error
		all, err = memberships(c, t, id)
		return err
	})
	return all, err
}

func put(c *app.Call, t *store.Tx, id string, items []string) error {
	known, err := store.Issues.List(t, dbx.And(here(c), store.In("id", items)), "created_at", "id")
	if err != nil {
		return err
	}
	in, err := placesOf(t, items)
	if err != nil {
		return err
	}
	var links []*store.ModuleIssue
	var heard []store.IssueChanged
	for _, i := range known {
		if !slices.Contains(in[i.ID], id) {
			heard = append(heard, store.IssueChanged{Kind: "module.activity.created", IssueID: i.ID,
				WorkspaceID: c.Workspace.ID, Fields: in.put(i.ID, id)})
			me := c.UserID()
			l := &store.ModuleIssue{IssueID: i.ID, ModuleID: id, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID}
			l.UpdatedByID = &me
			links = append(links, l)
		}
	}
	if err := store.ModuleIssues.Insert(t, links...); err != nil {
		return err
	}
	return store.EnqueueIssueEvents(t, heard...)
}

func memberships(c *app.Call, t *store.Tx, id string) ([]Membership, error) {
	rows, err := store.ModuleIssues.List(t, dbx.And(here(c), dbx.HashExp{"module_id": id}), "created_at DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	items := make([]string, len(rows))
	for i := range rows {
		items[i] = rows[i].IssueID
	}
	subs, err := store.SubItemCounts(t, items)
	all := make([]Membership, len(rows))
	for i, row := range rows {
		all[i] = Membership{row, subs[row.IssueID]}
	}
	return all, err
}
