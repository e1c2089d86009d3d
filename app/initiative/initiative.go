// Package initiative has the rules of initiatives: what projects, epics and work items of a workspace are done for.
// Only programs know of them. Their work items are in package issue.
package initiative

import (
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// Input is what a request may say of an initiative. Days may be written as times, of which the day counts.
type Input struct {
	Name            app.Opt[string]     `json:"name" check:"required,max=255"`
	Description     app.Opt[string]     `json:"description" check:"blank,null,max=10000"`
	DescriptionHTML app.Opt[string]     `json:"description_html" check:"blank,null"`
	StartDate       app.Opt[string]     `json:"start_date" check:"null,blank,max=40" example:"2026-05-04"`
	EndDate         app.Opt[string]     `json:"end_date" check:"null,blank,max=40" example:"2026-09-30"`
	State           app.Opt[string]     `json:"state" check:"choice=DRAFT|PLANNED|ACTIVE|COMPLETED|CLOSED"`
	LogoProps       app.Opt[store.JSON] `json:"logo_props" check:"logo"`
	Lead            app.Opt[string]     `json:"lead" check:"pk,null"`

	Faults app.Fields `body:"faults"`
}

// put writes what the request says into a row and returns its columns.
func (in *Input) put(c *app.Call, t *store.Tx, i *store.Initiative) (cols []string, err error) {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	if in.Lead.V != "" {
		known, err := store.WorkspacePeople(t, c.Workspace.ID, []string{in.Lead.V})
		if err != nil {
			return nil, err
		}
		if !known[in.Lead.V] {
			in.Faults.Add("lead", app.NoObject(in.Lead.V))
		}
	}
	start, end := in.day("start_date", in.StartDate), in.day("end_date", in.EndDate)
	app.Change(&cols, "name", in.Name, &i.Name)
	app.Change(&cols, "description", in.Description, &i.Description)
	app.ChangePtr(&cols, "start_date", start, &i.StartDate)
	app.ChangePtr(&cols, "end_date", end, &i.EndDate)
	app.Change(&cols, "state", in.State, &i.State)
	app.Change(&cols, "logo_props", in.LogoProps, &i.LogoProps)
	app.ChangePtr(&cols, "lead_id", in.Lead, &i.LeadID)
	if in.DescriptionHTML.Set {
		if i.DescriptionHTML, err = richtext.Clean(in.DescriptionHTML.V); err != nil {
			in.Faults.Add("description_html", err.Error())
		}
		i.DescriptionStripped = richtext.Text(i.DescriptionHTML)
		cols = append(cols, "description_html", "description_stripped")
	}
	if i.StartDate != nil && i.EndDate != nil && *i.StartDate > *i.EndDate {
		in.Faults.Add("end_date", "This is before the start.")
	}
	return cols, in.Faults.Err()
}

// day reads a day, or a time of one; empty is none.
func (in *Input) day(field string, text app.Opt[string]) (day app.Opt[store.Date]) {
	day.Set, day.Null = text.Set, text.V == ""
	if day.Null {
		return day
	}
	d := text.V
	if at, err := time.Parse(time.RFC3339, d); err == nil {
		d = at.Format(time.DateOnly)
	}
	if _, ok := store.ParseDate(d); !ok {
		in.Faults.Add(field, "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")
		return app.Opt[store.Date]{}
	}
	day.V = store.Date(d)
	return day
}

// orders are what lists of initiatives can be ordered by.
var orders = map[string]string{"name": "name", "state": "state", "start_date": "start_date", "end_date": "end_date",
	"created_at": "created_at", "updated_at": "updated_at", "id": "id"}

// List returns a part of the initiatives of the call's workspace, by name or -name (empty: newest first), and how many
// there are.
func List(c *app.Call, s store.ListPart, by string) ([]store.Initiative, int, error) {
	order, err := app.Orders(by, orders, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	return store.Initiatives.Page(c.Read(), dbx.HashExp{"workspace_id": c.Workspace.ID}, s, order...)
}

// Get returns one of them.
func Get(c *app.Call, id string) (*store.Initiative, error) { return find(c, c.Read(), id) }

func find(c *app.Call, t *store.Tx, id string) (*store.Initiative, error) {
	return store.Initiatives.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
}

// take finds an initiative and keeps others from deleting it meanwhile.
func take(c *app.Call, t *store.Tx, id string) (*store.Initiative, error) {
	i, err := find(c, t, id)
	if err != nil {
		return nil, err
	}
	return i, t.LockRow("initiatives", i.ID)
}

// Create makes an initiative in the call's workspace.
func Create(c *app.Call, in Input) (*store.Initiative, error) {
	var i *store.Initiative
	err := c.Write(func(t *store.Tx) error {
		i = &store.Initiative{DescriptionHTML: "<p></p>", State: "DRAFT", LogoProps: store.JSON("{}"),
			WorkspaceID: c.Workspace.ID}
		if _, err := in.put(c, t, i); err != nil {
			return err
		}
		return store.Initiatives.Insert(t, i)
	})
	return i, err
}

// Change writes what a request says of an initiative.
func Change(c *app.Call, id string, in Input) (*store.Initiative, error) {
	var i *store.Initiative
	err := c.Write(func(t *store.Tx) (err error) {
		if i, err = take(c, t, id); err != nil {
			return err
		}
		cols, err := in.put(c, t, i)
		if err != nil {
			return err
		}
		return store.Initiatives.Update(t, i, cols...)
	})
	return i, err
}

// Delete deletes an initiative. What it had stays.
func Delete(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		i, err := take(c, t, id)
		if err != nil {
			return err
		}
		return store.DeleteInitiative(t, i)
	})
}
