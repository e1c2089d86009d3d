// Package milestone has the rules of milestones: dates that work items of a project are due for together. Only programs
// know of them.
package milestone

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Input is what a request may say of a milestone.
type Input struct {
	Title      app.Opt[string]     `json:"title" check:"required,max=255"`
	TargetDate app.Opt[store.Date] `json:"target_date" check:"date,null"`
	app.ExternalRef
}

func (in *Input) put(m *store.Milestone) []string {
	var cols []string
	app.Change(&cols, "title", in.Title, &m.Title)
	app.ChangePtr(&cols, "target_date", in.TargetDate, &m.TargetDate)
	in.Put(&cols, &m.ExternalID, &m.ExternalSource)
	return cols
}

// orders are what lists of milestones can be ordered by.
var orders = map[string]string{"title": "title", "target_date": "target_date", "created_at": "created_at",
	"updated_at": "updated_at", "id": "id"}

// List returns a part of the milestones of the call's project, by name or -name (empty: by their dates, those without
// one last), and how many there are.
func List(c *app.Call, s store.ListPart, by string) ([]store.Milestone, int, error) {
	order, err := app.Orders(by, orders, store.EmptyLast("target_date", false), "created_at", "id")
	if err != nil {
		return nil, 0, err
	}
	return store.Milestones.Page(c.Read(), here(c), s, order...)
}

// here are the milestones of the call's project.
func here(c *app.Call) dbx.HashExp {
	return dbx.HashExp{"project_id": c.ProjectID, "workspace_id": c.Workspace.ID}
}

// Get returns one of them.
func Get(c *app.Call, id string) (*store.Milestone, error) { return find(c, c.Read(), id) }

func find(c *app.Call, t *store.Tx, id string) (*store.Milestone, error) {
	return store.Milestones.Get(t, dbx.And(here(c), dbx.HashExp{"id": id}))
}

// write keeps others from writing milestones of the project meanwhile: of two with one origin one is refused, and
// nothing comes into a milestone that is being deleted.
func write(c *app.Call, do func(t *store.Tx) error) error {
	return c.Write(func(t *store.Tx) error {
		if err := t.Lock("milestones of " + c.ProjectID); err != nil {
			return err
		}
		return do(t)
	})
}

// Create makes a milestone in the call's project.
func Create(c *app.Call, in Input) (*store.Milestone, error) {
	var m *store.Milestone
	err := write(c, func(t *store.Tx) error {
		m = &store.Milestone{ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID}
		in.put(m)
		if err := in.CheckNew(t, "milestones", "Milestone", c.ProjectID); err != nil {
			return err
		}
		return store.Milestones.Insert(t, m)
	})
	return m, err
}

// Change writes what a request says of a milestone.
func Change(c *app.Call, id string, in Input) (*store.Milestone, error) {
	var m *store.Milestone
	err := write(c, func(t *store.Tx) (err error) {
		if m, err = find(c, t, id); err != nil {
			return err
		}
		if err := in.CheckChange(t, "milestones", "Milestone", c.ProjectID, id, m.ExternalID, m.ExternalSource); err != nil {
			return err
		}
		return store.Milestones.Update(t, m, in.put(m)...)
	})
	return m, err
}

// Delete deletes a milestone. Its work items stay, and their histories say that they left it.
func Delete(c *app.Call, id string) error {
	return write(c, func(t *store.Tx) error {
		m, err := find(c, t, id)
		if err != nil {
			return err
		}
		links, err := store.MilestoneIssues.List(t, dbx.HashExp{"milestone_id": id}, "id")
		if err != nil {
			return err
		}
		if err := leave(c, t, links, map[string]*store.Milestone{id: m}); err != nil {
			return err
		}
		return store.Milestones.Delete(t, m)
	})
}
