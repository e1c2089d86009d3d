package issue

import (
	"errors"
	"math"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/pql"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// The intake as programs use it: what sleeps until a moment in the past is gone for them, and everybody in the project
// sees all of the rest. Plane: api/views/intake.py

// IntakeWorkItem is something in the intake with its work item and that one's state.
type IntakeWorkItem struct {
	IntakeItem
	State *store.State
}

var errNoIntake = app.Refuse(app.Invalid, "Intake is not enabled for this project enable it through the project's api")

// awake is what programs see of the call's intake; nil when the project has none or has switched it off.
func awake(c *app.Call, t *store.Tx) (dbx.Expression, error) {
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil || !p.IntakeView {
		return nil, err
	}
	intake, err := FindIntake(c)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	now := dbx.Or(dbx.HashExp{"snoozed_till": nil}, store.NotBefore("snoozed_till", t.Now))
	return dbx.And(c.OwnOnly().Around("project_id", "issue_id"),
		dbx.HashExp{"intake_id": intake.ID, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID}, now), nil
}

// intakeOrders are what lists of the intake can be ordered by.
var intakeOrders = map[string]string{"status": "status", "snoozed_till": "snoozed_till", "created_at": "created_at",
	"updated_at": "updated_at", "id": "id"}

// IntakeFilter is what a program asks of the work items in the intake.
type IntakeFilter struct {
	PQL string `query:"pql" example:"priority = \"urgent\""`
	FilterQuery
}

// narrow adds to a condition on rows of the intake that their work items are asked for.
func (in IntakeFilter) narrow(c *app.Call, t *store.Tx, where dbx.Expression) (dbx.Expression, error) {
	asked, err := in.readPublic(c)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(in.PQL) != "" {
		f, err := pql.Compile(c, in.PQL, []string{c.ProjectID})
		if err != nil {
			return nil, err
		}
		asked = append(asked, f)
	}
	if len(asked) == 0 {
		return where, nil
	}
	rows, err := store.IntakeIssues.List(t, where)
	if err != nil {
		return nil, err
	}
	came := make([]string, len(rows))
	for i := range rows {
		came[i] = rows[i].IssueID
	}
	q, err := untriaged(c, t, append(asked, issuelist.In{Field: issuelist.ID, Values: came}))
	if err != nil {
		return nil, err
	}
	ids, err := q.IDs(t, 0, math.MaxInt32)
	return dbx.And(where, store.In("issue_id", ids)), err
}

// ListIntakeV1 returns a part of the intake, as far as its work items are asked for, by name or -name (empty: newest
// first), and how much there is.
func ListIntakeV1(c *app.Call, s store.ListPart, by string, in IntakeFilter) ([]IntakeWorkItem, int, error) {
	order, err := app.Orders(by, intakeOrders, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	t := c.Read()
	where, err := awake(c, t)
	if err != nil || where == nil {
		return nil, 0, err
	}
	if where, err = in.narrow(c, t, where); err != nil {
		return nil, 0, err
	}
	rows, total, err := store.IntakeIssues.Page(t, where, s, order...)
	if err != nil {
		return nil, 0, err
	}
	list, err := intakeWorkItem(t, rows)
	return list, total, err
}

// GetIntakeV1 returns something in the intake by the id of its work item.
func GetIntakeV1(c *app.Call, id string) (*IntakeWorkItem, error) {
	t := c.Read()
	where, err := awake(c, t)
	if err != nil {
		return nil, err
	}
	if where == nil {
		return nil, store.ErrNotFound
	}
	row, err := store.IntakeIssues.Get(t, dbx.And(where, dbx.HashExp{"issue_id": id}))
	if err != nil {
		return nil, err
	}
	list, err := intakeWorkItem(t, []store.IntakeIssue{*row})
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// intakeWorkItem adds their work items to rows of an intake.
func intakeWorkItem(t *store.Tx, rows []store.IntakeIssue) ([]IntakeWorkItem, error) {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].IssueID
	}
	items, err := store.DetailIssues(t, ids)
	if err != nil {
		return nil, err
	}
	states, err := statesOf(t, items)
	if err != nil {
		return nil, err
	}
	list := make([]IntakeWorkItem, len(rows))
	for i, row := range rows {
		list[i].IntakeIssue = row
		if d := items[row.IssueID]; d != nil {
			list[i].Issue = d
			if d.StateID != nil {
				list[i].State = states[*d.StateID]
			}
		}
	}
	return list, nil
}

func statesOf(t *store.Tx, items map[string]*store.IssueDetail) (map[string]*store.State, error) {
	var ids []string
	for _, d := range items {
		if d.StateID != nil {
			ids = append(ids, *d.StateID)
		}
	}
	return store.States.ByID(t, ids)
}

// askedAgain reads something in the intake as it is now, asleep or not.
func askedAgain(c *app.Call, got *IntakeItem, err error) (*IntakeWorkItem, error) {
	if err != nil {
		return nil, err
	}
	list, err := intakeWorkItem(c.Read(), []store.IntakeIssue{got.IntakeIssue})
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// CreateIntakeV1 is CreateIntake for programs.
func CreateIntakeV1(c *app.Call, in Input) (*IntakeWorkItem, error) {
	if _, err := in.fromV1(c); err != nil {
		return nil, err
	}
	got, err := CreateIntake(c, in)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNoIntake
	}
	return askedAgain(c, got, err)
}

// DecideIntakeV1 is Decide for programs.
func DecideIntakeV1(c *app.Call, id string, in *Input, what Decision) (*IntakeWorkItem, error) {
	if err := open(c, id); err != nil {
		return nil, err
	}
	if in != nil {
		if _, err := in.fromV1(c); err != nil {
			return nil, err
		}
	}
	got, err := Decide(c, id, in, what)
	return askedAgain(c, got, err)
}

// SettleIntakeV1 is DecideIntakeV1 of a decision that is whole: it has a status, the date until when something sleeps,
// the work item that it is a duplicate of.
func SettleIntakeV1(c *app.Call, id string, in *Input, what Decision) (*IntakeWorkItem, error) {
	if what.Faults == nil {
		what.Faults = app.Fields{}
	}
	need := func(field string, there bool) {
		if !there && what.Faults[field] == nil {
			what.Faults.Add(field, "This field is required.")
		}
	}
	need("status", what.Status.Set)
	if what.Faults["status"] == nil {
		need("snoozed_till", what.Status.V != Snoozed || what.SnoozedTill.Ptr() != nil)
		need("duplicate_to", what.Status.V != Duplicate || what.DuplicateTo.Ptr() != nil)
	}
	if err := what.Faults.Err(); err != nil {
		return nil, err
	}
	return DecideIntakeV1(c, id, in, what)
}

// DeleteIntakeV1 is DeleteIntake for programs.
func DeleteIntakeV1(c *app.Call, id string) error {
	if err := open(c, id); err != nil {
		return err
	}
	return DeleteIntake(c, id)
}

// open makes sure that something is in the intake, which must be there but may be switched off.
func open(c *app.Call, id string) error {
	if _, err := FindIntake(c); errors.Is(err, store.ErrNotFound) {
		return errNoIntake
	} else if err != nil {
		return err
	}
	_, err := incoming(c, c.Read(), id)
	return err
}
