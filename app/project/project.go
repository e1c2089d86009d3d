package project

import (
	"errors"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Input is what a request may say of a project.
type Input struct {
	Name                  app.Opt[string]         `json:"name" check:"required,max=255"`
	Identifier            app.Opt[string]         `json:"identifier" check:"required,max=12"`
	Description           app.Opt[string]         `json:"description" check:"blank"`
	DescriptionText       app.Opt[store.NullJSON] `json:"description_text"`
	DescriptionHTML       app.Opt[store.NullJSON] `json:"description_html"`
	Network               app.Opt[int]            `json:"network" check:"choice=0|2"`
	DefaultAssignee       app.Opt[string]         `json:"default_assignee" alias:"default_assignee_id" check:"pk,null"`
	ProjectLead           app.Opt[string]         `json:"project_lead" alias:"project_lead_id" check:"pk,null"`
	DefaultState          app.Opt[string]         `json:"default_state" alias:"default_state_id" check:"pk,null"`
	Estimate              app.Opt[string]         `json:"estimate" alias:"estimate_id" check:"pk,null"`
	Emoji                 app.Opt[string]         `json:"emoji" check:"max=255,blank,null"`
	IconProp              app.Opt[store.NullJSON] `json:"icon_prop" check:"logo"`
	LogoProps             app.Opt[store.JSON]     `json:"logo_props" check:"logo"`
	CoverImage            app.Opt[string]         `json:"cover_image" check:"blank,null,address"`
	CoverImageAsset       app.Opt[string]         `json:"cover_image_asset" check:"pk,null"`
	ModuleView            app.Opt[bool]           `json:"module_view"`
	CycleView             app.Opt[bool]           `json:"cycle_view"`
	IssueViewsView        app.Opt[bool]           `json:"issue_views_view"`
	PageView              app.Opt[bool]           `json:"page_view"`
	IsTimeTrackingEnabled app.Opt[bool]           `json:"is_time_tracking_enabled"`
	IsIssueTypeEnabled    app.Opt[bool]           `json:"is_issue_type_enabled"`
	GuestViewAllFeatures  app.Opt[bool]           `json:"guest_view_all_features"`
	ArchiveIn             app.Opt[int]            `json:"archive_in" check:"from=0,to=12"`
	CloseIn               app.Opt[int]            `json:"close_in" check:"from=0,to=12"`
	ArchivedAt            app.Opt[time.Time]      `json:"archived_at" check:"null"`
	Timezone              app.Opt[string]         `json:"timezone" check:"zone"`
	ExternalID            app.Opt[string]         `json:"external_id" check:"max=255,blank,null"`
	ExternalSource        app.Opt[string]         `json:"external_source" check:"max=255,blank,null"`

	Faults app.Fields `body:"faults"` // what is wrong already; it is refused together with what the database knows
}

// put writes what the request has into the row and returns the columns.
func (in *Input) put(p *store.Project) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &p.Name)
	app.Change(&cols, "identifier", in.Identifier, &p.Identifier)
	app.Change(&cols, "description", in.Description, &p.Description)
	app.Change(&cols, "description_text", in.DescriptionText, &p.DescriptionText)
	app.Change(&cols, "description_html", in.DescriptionHTML, &p.DescriptionHTML)
	app.Change(&cols, "network", in.Network, &p.Network)
	app.ChangePtr(&cols, "default_assignee_id", in.DefaultAssignee, &p.DefaultAssigneeID)
	app.ChangePtr(&cols, "project_lead_id", in.ProjectLead, &p.ProjectLeadID)
	app.ChangePtr(&cols, "default_state_id", in.DefaultState, &p.DefaultStateID)
	app.ChangePtr(&cols, "estimate_id", in.Estimate, &p.EstimateID)
	app.ChangePtr(&cols, "emoji", in.Emoji, &p.Emoji)
	app.Change(&cols, "icon_prop", in.IconProp, &p.IconProp)
	app.Change(&cols, "logo_props", in.LogoProps, &p.LogoProps)
	app.ChangePtr(&cols, "cover_image", in.CoverImage, &p.CoverImage)
	app.ChangePtr(&cols, "cover_image_asset_id", in.CoverImageAsset, &p.CoverImageAssetID)
	app.Change(&cols, "module_view", in.ModuleView, &p.ModuleView)
	app.Change(&cols, "cycle_view", in.CycleView, &p.CycleView)
	app.Change(&cols, "issue_views_view", in.IssueViewsView, &p.IssueViewsView)
	app.Change(&cols, "page_view", in.PageView, &p.PageView)
	app.Change(&cols, "is_time_tracking_enabled", in.IsTimeTrackingEnabled, &p.IsTimeTrackingEnabled)
	app.Change(&cols, "is_issue_type_enabled", in.IsIssueTypeEnabled, &p.IsIssueTypeEnabled)
	app.Change(&cols, "guest_view_all_features", in.GuestViewAllFeatures, &p.GuestViewAllFeatures)
	app.Change(&cols, "archive_in", in.ArchiveIn, &p.ArchiveIn)
	app.Change(&cols, "close_in", in.CloseIn, &p.CloseIn)
	app.ChangePtr(&cols, "archived_at", in.ArchivedAt, &p.ArchivedAt)
	app.Change(&cols, "timezone", in.Timezone, &p.Timezone)
	app.ChangePtr(&cols, "external_id", in.ExternalID, &p.ExternalID)
	app.ChangePtr(&cols, "external_source", in.ExternalSource, &p.ExternalSource)
	return cols
}

// Create makes a project with its states, its maker and its lead as administrators, and its entry in the register of
// identifiers.
func Create(c *app.Call, in Input, intake bool) (*store.ProjectForMember, error) {
	p := &store.Project{WorkspaceID: c.Workspace.ID, Network: 2, PageView: true, IntakeView: intake,
		Timezone: c.Workspace.Timezone}
	var seen *store.ProjectForMember
	err := c.Write(func(t *store.Tx) (err error) {
		if err := in.check(t, c.Workspace.ID, p); err != nil {
			return err
		}
		in.put(p)
		p.ArchivedAt = nil
		if err := Begin(t, p, c.UserID()); err != nil {
			return err
		}
		if err := store.OwnCover(t, p); err != nil {
			return err
		}
		seen, err = store.ProjectForMemberByID(t,
			store.ListProjectsForMember(t, c.Workspace.ID, c.UserID()).AndWhere(dbx.HashExp{"projects.id": p.ID}))
		return err
	})
	return seen, err
}

// Begin writes a new project and what it begins with: the register's entry, the maker's and the lead's memberships, the
// states.
func Begin(t *store.Tx, p *store.Project, maker string) error { return begin(t, p, maker, Blueprint{}) }

// Lay is Begin of which nobody is told: a project of an import.
func Lay(t *store.Tx, p *store.Project, maker string) error { return lay(t, p, maker, Blueprint{}) }

// begin is Begin with what a blueprint says.
func begin(t *store.Tx, p *store.Project, maker string, with Blueprint) error {
	if err := lay(t, p, maker, with); err != nil {
		return err
	}
	return store.EnqueueEvent(t, "project", p.WorkspaceID, p.ID, nil, p)
}

func lay(t *store.Tx, p *store.Project, maker string, with Blueprint) error {
	if err := store.Projects.Insert(t, p); err != nil {
		return err
	}
	entry := &store.ProjectIdentifier{Name: p.Identifier, ProjectID: p.ID, WorkspaceID: &p.WorkspaceID}
	if err := store.ProjectIdentifiers.Insert(t, entry); err != nil {
		return err
	}
	admins := []string{maker}
	if p.ProjectLeadID != nil && *p.ProjectLeadID != maker {
		admins = append(admins, *p.ProjectLeadID)
	}
	for _, person := range admins {
		if err := join(t, p.WorkspaceID, p.ID, person, app.Admin); err != nil {
			return err
		}
	}
	states, err := with.states(p)
	if err != nil {
		return err
	}
	if err := store.States.Insert(t, states...); err != nil {
		return err
	}
	return with.labels(t, p)
}

func firstStates(p *store.Project) []*store.State {
	state := func(name, color, group string, sequence float64) *store.State {
		return &store.State{Name: name, Color: color, Group: group, Sequence: sequence, ProjectID: p.ID,
			WorkspaceID: p.WorkspaceID}
	}
	backlog := state("Backlog", "#60646C", "backlog", 15000)
	backlog.Default = true
	return []*store.State{
		backlog,
		state("Todo", "#60646C", "unstarted", 25000),
		state("In Progress", "#F59E0B", "started", 35000),
		state("Done", "#46A758", "completed", 45000),
		state("Cancelled", "#9AA4BC", "cancelled", 55000),
		state("Triage", "#4E5355", triage, 65000), // of intake; hidden elsewhere
	}
}

const triage = "triage"

// List returns the projects of the workspace that the caller may know of, as they see them, newest first.
func List(c *app.Call) ([]store.ProjectForMember, error) {
	return list(c, "created_at DESC", "id DESC")
}

// ListInOwnOrder is List in the caller's own order; what they gave no place comes last.
func ListInOwnOrder(c *app.Call) ([]store.ProjectForMember, error) {
	return list(c, store.EmptyLast("place", false), "name")
}

func list(c *app.Call, order ...string) ([]store.ProjectForMember, error) {
	t := c.Read()
	q := store.ListProjectsForMember(t, c.Workspace.ID,
		c.UserID()).AndWhere(store.ProjectsVisibleTo(c.UserID(), int(c.Access.Workspace))).
		AndWhere(c.OfKey("projects.id"))
	return store.ListProjectsForMemberPart(t, q.OrderBy(order...))
}

// orders are the columns that pages of projects may be ordered by.
var orders = map[string]string{"name": "name", "identifier": "identifier", "created_at": "projects.created_at",
	"updated_at": "projects.updated_at", "sort_order": store.OwnPlace, "network": "network"}

// ListPart returns a part of List in the order of a field, with - in front the other way round, and how long the whole
// is.
func ListPart(c *app.Call, by string, offset, limit int) ([]store.ProjectForMember, int, error) {
	name, down := strings.CutPrefix(by, "-")
	column, ok := orders[name]
	if !ok {
		return nil, 0, app.Field("order_by", "There is no such field.")
	}
	way := " ASC"
	if down {
		way = " DESC"
	}
	rows, err := list(c, column+way, "id"+way)
	if err != nil {
		return nil, 0, err
	}
	return rows[min(offset, len(rows)):min(offset+limit, len(rows))], len(rows), nil
}

// Get returns the call's project to its members; others are told whether they could join.
func Get(c *app.Call) (*store.ProjectForMember, error) {
	t := c.Read()
	q := store.ListProjectsForMember(t, c.Workspace.ID,
		c.UserID()).AndWhere(dbx.HashExp{"projects.id": c.ProjectID, "projects.archived_at": nil})
	p, err := store.ProjectForMemberByID(t, q)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, app.Refuse(app.NotFound, "Project does not exist")
	case err != nil:
		return nil, err
	case p.MemberRole != nil:
		return p, nil
	case p.Network == 0:
		return nil, app.Refuse(app.Forbidden, "You do not have permission")
	}
	return nil, app.Refuse(app.Conflict, "You are not a member of this project")
}

// Change writes what a request says of the call's project. Intake is its switch of the intake; while it is on there is
// a default intake. Project and workspace administrators may.
func Change(c *app.Call, in Input, intake app.Opt[bool]) (*store.ProjectForMember, error) {
	var seen *store.ProjectForMember
	err := c.Write(func(t *store.Tx) (err error) {
		p, err := store.Projects.Get(t, dbx.HashExp{"id": c.ProjectID, "workspace_id": c.Workspace.ID})
		if err != nil {
			return err
		}
		if p.ArchivedAt != nil {
			return app.Refuse(app.Invalid, "Archived projects cannot be updated")
		}
		if err := in.check(t, c.Workspace.ID, p); err != nil {
			return err
		}
		before := *p
		cols := in.put(p)
		if p.ArchivedAt != nil {
			if err := putAway(t, p); err != nil {
				return err
			}
		}
		app.Change(&cols, "intake_view", intake, &p.IntakeView)
		if err := store.Projects.Update(t, p, cols...); err != nil {
			return err
		}
		if in.CoverImageAsset.Set {
			if err := store.OwnCover(t, p); err != nil {
				return err
			}
		}
		if in.GuestViewAllFeatures.Set {
			t.ForgetAll() // what its guests see is kept with their roles
		}
		if err := store.EnqueueEvent(t, "project", p.WorkspaceID, p.ID, &before, p); err != nil {
			return err
		}
		if p.IntakeView {
			if err := needIntake(t, p); err != nil {
				return err
			}
		}
		seen, err = store.ProjectForMemberByID(t,
			store.ListProjectsForMember(t, c.Workspace.ID, c.UserID()).AndWhere(dbx.HashExp{"projects.id": p.ID}))
		return err
	})
	return seen, err
}

// needIntake makes the default intake unless there is one, or another of that name.
func needIntake(t *store.Tx, p *store.Project) error {
	name := p.Name + " Intake"
	there, err := store.Intakes.Exists(t,
		dbx.And(dbx.HashExp{"project_id": p.ID}, dbx.Or(dbx.HashExp{"is_default": true}, dbx.HashExp{"name": name})))
	if err != nil || there {
		return err
	}
	return store.Intakes.Insert(t, &store.Intake{Name: name, IsDefault: true, ProjectID: p.ID, WorkspaceID: p.WorkspaceID})
}

// Archive puts the call's project away, or brings it back; nobody's favourite it is then. It returns when it was put
// away.
func Archive(c *app.Call, away bool) (*time.Time, error) {
	var at *time.Time
	err := c.Write(func(t *store.Tx) error {
		p, err := store.Projects.Get(t, dbx.HashExp{"id": c.ProjectID, "workspace_id": c.Workspace.ID})
		if err != nil {
			return err
		}
		before := *p
		p.ArchivedAt = nil
		if away {
			if err := putAway(t, p); err != nil {
				return err
			}
		}
		at = p.ArchivedAt
		if err := store.Projects.Update(t, p, "archived_at"); err != nil {
			return err
		}
		return store.EnqueueEvent(t, store.EventProject, p.WorkspaceID, p.ID, &before, p)
	})
	return at, err
}

// putAway notes that a project is archived from now on, and takes it from everybody's favourites.
func putAway(t *store.Tx, p *store.Project) error {
	now := t.Now
	p.ArchivedAt = &now
	_, err := store.Favorites.DeleteWhere(t, dbx.HashExp{"project_id": p.ID})
	return err
}
