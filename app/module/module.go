// Package module holds modules: parts of a project with the work items that belong to them.
package module

import (
	"errors"
	"slices"
	"strconv"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// Input is what a request may say of a module. MemberIDs replace all.
type Input struct {
	Name            app.Opt[string]         `json:"name" check:"required,max=255"`
	Description     app.Opt[string]         `json:"description" check:"blank"`
	DescriptionText app.Opt[store.NullJSON] `json:"description_text"`
	DescriptionHTML app.Opt[store.NullJSON] `json:"description_html"`
	StartDate       app.Opt[string]         `json:"start_date" check:"date,null"`
	TargetDate      app.Opt[string]         `json:"target_date" check:"date,null"`
	Status          app.Opt[string]         `json:"status" check:"choice=backlog|planned|in-progress|paused|completed|cancelled"`
	LeadID          app.Opt[string]         `json:"lead_id" alias:"lead" check:"pk,null"`
	MemberIDs       app.Opt[[]string]       `json:"member_ids" alias:"members" check:"pk,nested"`
	ViewProps       app.Opt[store.JSON]     `json:"view_props"`
	LogoProps       app.Opt[store.JSON]     `json:"logo_props" check:"logo"`
	SortOrder       app.Opt[float64]        `json:"sort_order"`
	ExternalSource  app.Opt[string]         `json:"external_source" check:"max=255,blank,null"`
	ExternalID      app.Opt[string]         `json:"external_id" check:"max=255,blank,null"`

	Faults app.Fields `body:"faults"` // what is wrong already; it is refused together with what the database knows
}

func (in *Input) put(row *store.Module) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &row.Name)
	app.Change(&cols, "description", in.Description, &row.Description)
	app.Change(&cols, "description_text", in.DescriptionText, &row.DescriptionText)
	app.Change(&cols, "description_html", in.DescriptionHTML, &row.DescriptionHTML)
	app.ChangePtr(&cols, "start_date", date(in.StartDate), &row.StartDate)
	app.ChangePtr(&cols, "target_date", date(in.TargetDate), &row.TargetDate)
	app.Change(&cols, "status", in.Status, &row.Status)
	app.ChangePtr(&cols, "lead_id", in.LeadID, &row.LeadID)
	app.Change(&cols, "view_props", in.ViewProps, &row.ViewProps)
	app.Change(&cols, "logo_props", in.LogoProps, &row.LogoProps)
	app.Change(&cols, "sort_order", in.SortOrder, &row.SortOrder)
	app.ChangePtr(&cols, "external_source", in.ExternalSource, &row.ExternalSource)
	app.ChangePtr(&cols, "external_id", in.ExternalID, &row.ExternalID)
	return cols
}

func date(in app.Opt[string]) app.Opt[store.Date] {
	return app.Opt[store.Date]{Set: in.Set, Null: in.Null || in.V == "", V: store.Date(in.V)}
}

// check refuses people who are not of the workspace, dates the wrong way round, and a name that another module has.
func (in *Input) check(t *store.Tx, c *app.Call, id string) error {
	if err := in.checkPeople(t, c); err != nil {
		return err
	}
	if err := in.Faults.Err(); err != nil {
		return err
	}
	if err := in.clean(); err != nil {
		return err
	}
	if err := in.checkDates(); err != nil || !in.Name.Set {
		return err
	}
	other, err := in.namesake(c, t, id)
	if err == nil && other != nil {
		err = errTaken
	}
	return err
}

// clean makes the document of the description harmless.
func (in *Input) clean() error {
	doc, err := richtext.CleanDocument(in.DescriptionHTML.V)
	if err != nil {
		return app.Field("description_html", err.Error())
	}
	in.DescriptionHTML.V = doc
	return nil
}

var errTaken = app.Refuse(app.Invalid, "Module with this name already exists")

func (in *Input) checkDates() error {
	if start, target := date(in.StartDate).Ptr(), date(in.TargetDate).Ptr(); start != nil && target != nil &&
		*start > *target {
		return app.Field("non_field_errors", "Start date cannot exceed target date")
	}
	return nil
}

// namesake finds another module of the project with the name; nil when there is none.
func (in *Input) namesake(c *app.Call, t *store.Tx, id string) (*store.Module, error) {
	other, err := store.Modules.Get(t, dbx.HashExp{"name": in.Name.V, "project_id": c.ProjectID})
	if errors.Is(err, store.ErrNotFound) || err == nil && other.ID == id {
		return nil, nil
	}
	return other, err
}

// checkPeople adds to the faults who is not of the workspace.
func (in *Input) checkPeople(t *store.Tx, c *app.Call) error {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	lead := in.LeadID.Ptr()
	people := slices.Clone(in.MemberIDs.V)
	if lead != nil {
		people = append(people, *lead)
	}
	known, err := store.WorkspacePeople(t, c.Workspace.ID,
		slices.DeleteFunc(people, func(id string) bool { return id == "" }))
	if err != nil {
		return err
	}
	if lead != nil && in.Faults["lead_id"] == nil && !known[*lead] {
		in.Faults.Add("lead_id", app.NoObject(*lead))
	}
	members, _ := in.Faults["member_ids"].(app.Fields)
	if members == nil {
		members = app.Fields{}
	}
	for i, m := range in.MemberIDs.V {
		if at := strconv.Itoa(i); members[at] == nil && !known[m] {
			members.Add(at, app.NoObject(m))
		}
	}
	if len(members) > 0 {
		in.Faults["member_ids"] = members
	}
	return nil
}

// ForMember is a module as one person sees it.
type ForMember struct {
	store.Module
	IsFavorite bool
	Progress   store.Progress
	Members    []string
}

// see adds to modules what the caller sees beside them.
func see(c *app.Call, t *store.Tx, rows []store.Module) ([]ForMember, error) {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	progress, err := store.InModule.Progress(t, dbx.And(store.In("l.module_id", ids), c.OwnOnly().Issues("i")))
	if err != nil {
		return nil, err
	}
	members, err := store.ModuleMembers.List(t, store.In("module_id", ids), "member_id")
	if err != nil {
		return nil, err
	}
	favorites, err := store.FavoritesOf(t, c.Workspace.ID, c.UserID(), "module")
	if err != nil {
		return nil, err
	}
	of := map[string][]string{}
	for _, m := range members {
		of[m.ModuleID] = append(of[m.ModuleID], m.MemberID)
	}
	seen := make([]ForMember, len(rows))
	for i, row := range rows {
		seen[i] = ForMember{row, favorites[row.ID], progress[row.ID], append([]string{}, of[row.ID]...)}
	}
	slices.SortStableFunc(seen, favoritesFirst)
	return seen, nil
}

func favoritesFirst(a, b ForMember) int {
	switch {
	case a.IsFavorite == b.IsFavorite:
		return 0
	case a.IsFavorite:
		return -1
	}
	return 1
}

func seeOne(c *app.Call, t *store.Tx, row *store.Module) (*ForMember, error) {
	seen, err := see(c, t, []store.Module{*row})
	if err != nil {
		return nil, err
	}
	return &seen[0], nil
}

// inProject finds a module of the call's project.
func inProject(c *app.Call, t *store.Tx, id string) (*store.Module, error) {
	return store.Modules.Get(t, dbx.HashExp{"id": id, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID})
}

// Create writes a new module before all others.
func Create(c *app.Call, in Input) (*ForMember, error) {
	var seen *ForMember
	err := c.Write(func(t *store.Tx) error {
		if err := in.check(t, c, ""); err != nil {
			return err
		}
		row, err := in.insert(c, t)
		if err != nil {
			return err
		}
		seen, err = seeOne(c, t, row)
		return err
	})
	return seen, err
}

// insert writes a new module that has been checked.
func (in *Input) insert(c *app.Call, t *store.Tx) (*store.Module, error) {
	row := &store.Module{Status: "planned", ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID, SortOrder: 65535}
	in.put(row)
	if err := t.Lock("modules in " + c.ProjectID); err != nil {
		return nil, err
	}
	first, err := store.Modules.First(t, dbx.HashExp{"project_id": c.ProjectID}, "sort_order")
	if err == nil {
		row.SortOrder = first.SortOrder - 10000
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if err := store.Modules.Insert(t, row); err != nil {
		return nil, err
	}
	if err := setMembers(t, row, in.MemberIDs.V); err != nil {
		return nil, err
	}
	return row, store.EnqueueEvent(t, "module", row.WorkspaceID, row.ID, nil, row)
}

// setMembers makes those people the module's members and nobody else.
func setMembers(t *store.Tx, m *store.Module, people []string) error {
	if _, err := store.ModuleMembers.DeleteWhere(t, dbx.HashExp{"module_id": m.ID}); err != nil {
		return err
	}
	var rows []*store.ModuleMember
	for _, p := range slices.Compact(slices.Sorted(slices.Values(people))) {
		rows = append(rows, &store.ModuleMember{MemberID: p, ModuleID: m.ID, ProjectID: m.ProjectID,
			WorkspaceID: m.WorkspaceID})
	}
	return store.ModuleMembers.Insert(t, rows...)
}
