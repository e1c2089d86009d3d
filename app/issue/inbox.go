package issue

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// FindIntake returns the intake of the call's project.
func FindIntake(c *app.Call) (*store.Intake, error) {
	return store.Intakes.First(c.Read(), dbx.HashExp{"project_id": c.ProjectID, "workspace_id": c.Workspace.ID},
		"created_at")
}

// Inbox is an intake with its project.
type Inbox struct {
	store.Intake
	Project *store.Project
	Pending int
}

// InboxInput is what a request may say of an intake. The reference would also let its maker and its deletion be
// written.
type InboxInput struct {
	Name        app.Opt[string]     `json:"name" check:"required,max=255"`
	Description app.Opt[string]     `json:"description" check:"blank"`
	IsDefault   app.Opt[bool]       `json:"is_default"`
	ViewProps   app.Opt[store.JSON] `json:"view_props"`
	LogoProps   app.Opt[store.JSON] `json:"logo_props" check:"logo"`
}

func inbox(t *store.Tx, intake *store.Intake) (*Inbox, error) {
	p, err := store.Projects.Find(t, intake.ProjectID)
	if err != nil {
		return nil, err
	}
	n, err := store.PendingCount(t, intake.ID, Pending)
	return &Inbox{*intake, p, n}, err
}

// CurrentInbox returns the intake of the call's project; nil when it never had one.
func CurrentInbox(c *app.Call) (*Inbox, error) {
	intake, err := FindIntake(c)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return inbox(c.Read(), intake)
}

func findInbox(c *app.Call, t *store.Tx, id string) (*store.Intake, error) {
	row, err := store.Intakes.Get(t, dbx.HashExp{"id": id, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if errors.Is(err, store.ErrNotFound) {
		err = app.NoMatch("Intake")
	}
	return row, err
}

// GetInbox returns an intake of the call's project by its id.
func GetInbox(c *app.Call, id string) (*Inbox, error) {
	t := c.Read()
	row, err := findInbox(c, t, id)
	if err != nil {
		return nil, err
	}
	return inbox(t, row)
}

// ChangeInbox writes what a request says of an intake.
func ChangeInbox(c *app.Call, id string, in InboxInput) (*Inbox, error) {
	var now *Inbox
	err := c.Write(func(t *store.Tx) error {
		row, err := findInbox(c, t, id)
		if err != nil {
			return err
		}
		var cols []string
		app.Change(&cols, "name", in.Name, &row.Name)
		app.Change(&cols, "description", in.Description, &row.Description)
		app.Change(&cols, "is_default", in.IsDefault, &row.IsDefault)
		app.Change(&cols, "view_props", in.ViewProps, &row.ViewProps)
		app.Change(&cols, "logo_props", in.LogoProps, &row.LogoProps)
		if err := store.Intakes.Update(t, row, cols...); err != nil {
			return err
		}
		now, err = inbox(t, row)
		return err
	})
	return now, err
}

// DeleteInbox deletes an intake that is not the default one, and what came in by it; the work items stay.
func DeleteInbox(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		row, err := findInbox(c, t, id)
		if err != nil {
			return err
		}
		if row.IsDefault {
			return app.Refuse(app.Invalid, "You cannot delete the default intake")
		}
		if _, err := store.IntakeIssues.DeleteWhere(t, dbx.HashExp{"intake_id": id}); err != nil {
			return err
		}
		return store.Intakes.Delete(t, row)
	})
}
