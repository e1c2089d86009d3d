package issue

import (
	"errors"
	"math"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// IntakeQuery is what a request asks of the intake.
type IntakeQuery struct {
	Single  filter.Params `query:"*"`
	OrderBy string        `query:"order_by"`
}

// ListIntake returns a page of the intake, in the order that is asked for (newest first by default), and how much there
// is; no status means all of them. The filters of work items hold for it too.
func ListIntake(c *app.Call, statuses []int, in IntakeQuery, offset, limit int) ([]store.IncomingRow, int, error) {
	t := c.Read()
	intake, err := FindIntake(c)
	if errors.Is(err, store.ErrNotFound) {
		return nil, 0, app.Refuse(app.NotFound, "Intake not found")
	}
	if err != nil {
		return nil, 0, err
	}
	q := store.IncomingQuery{Intake: intake.ID, Statuses: statuses, Order: "-issue__created_at"}
	if in.OrderBy != "" {
		q.Order = in.OrderBy
	}
	if !store.IsIncomingOrder(q.Order) {
		return nil, 0, app.Field("order_by", "There is no such field.")
	}
	if c.SeesOwnOnly(c.ProjectID) {
		q.Maker = c.UserID()
	}
	if q.Issues, q.Filtered, err = filterIncoming(c, t, in.Single); err != nil {
		return nil, 0, err
	}
	return store.IncomingRows(t, q, offset, limit)
}

// filterIncoming returns which work items of the project fit the filters, if there are any.
func filterIncoming(c *app.Call, t *store.Tx, in filter.Params) (ids []string, filtered bool, err error) {
	asked, err := filter.Read(c, in)
	if err != nil || len(asked) == 0 {
		return nil, false, err
	}
	q, err := untriaged(c, t, asked)
	if err != nil {
		return nil, false, err
	}
	ids, err = q.IDs(t, 0, math.MaxInt32)
	return ids, true, err
}

// untriaged asks for work items of the project in whatever state.
func untriaged(c *app.Call, t *store.Tx, filters issuelist.All) (issuelist.Query, error) {
	states, err := issuelist.ReadStates(t, []string{c.ProjectID})
	// lists leave out what is in states that they know as hidden: here it is what is looked for
	states = slices.DeleteFunc(states, func(s issuelist.StateInfo) bool { return s.Group == "triage" })
	order, _ := issuelist.ParseOrder("-created_at")
	return issuelist.Query{Order: order,
		Scope: issuelist.Scope{Workspace: c.Workspace.ID, Projects: []string{c.ProjectID}}, States: states,
		Filters: []issuelist.Filter{filters}}, err
}
