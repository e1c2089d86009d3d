package issue

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// The intake of a published board: who is signed in may report something, and sees what others have. The reference
// takes the id of any intake; here it has to be the board's.

// Report is a work item that came in through the intake, with what shows beside it.
type Report struct {
	*store.IssueDetail
	State     *store.State
	Project   *store.Project
	Labels    []*store.Label
	Assignees []*store.User
	In        []store.IntakeIssue // its places in the intake: none once it was taken out
}

// ReportInput is what a request may say of a report.
type ReportInput struct {
	Name            app.Opt[string]     `json:"name" check:"required,max=255"`
	DescriptionHTML app.Opt[string]     `json:"description_html" check:"blank"`
	DescriptionJSON app.Opt[store.JSON] `json:"description_json"`
	Priority        app.Opt[string]     `json:"priority" check:"choice=urgent|high|medium|low|none"` // of a new one
	Faults          app.Fields          `body:"faults"`
}

// firstPriority is that of reports that do not say. Plane: space/views/intake.py
const firstPriority = "low"

// boardIntake finds the intake of the call's board; store.ErrNotFound when that is another one.
func boardIntake(c *app.Call, t *store.Tx, id string) (*store.Intake, error) {
	if c.Board.IntakeID == nil || *c.Board.IntakeID != id {
		return nil, store.ErrNotFound
	}
	return store.Intakes.Get(t, dbx.HashExp{"id": id, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID})
}

// ListReports returns the work items that came in through the board's intake, those too that were taken out of it
// since, as far as the filters let them; of archived ones none.
func ListReports(c *app.Call, intake string, in filter.PublicParams) ([]Report, error) {
	t := c.Read()
	if _, err := boardIntake(c, t, intake); errors.Is(err, store.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	ever, err := store.EverIn(t, intake)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, r := range ever {
		all = append(all, r.IssueID)
	}
	asked, err := filter.Read(c, filter.Params(in))
	if err != nil {
		return nil, err
	}
	q, err := untriaged(c, t, append(asked, issuelist.In{Field: issuelist.ID, Values: all}))
	if err != nil {
		return nil, err
	}
	rows, err := q.All(t)
	if err != nil {
		return nil, err
	}
	below := map[string]int64{}
	for _, r := range rows {
		below[r.ID] = r.SubIssues
	}
	var shown []string
	for _, id := range distinct(all) {
		if _, ok := below[id]; ok {
			shown = append(shown, id)
		}
	}
	reports, err := reportsOf(c, t, shown)
	for i := range reports {
		reports[i].SubIssues = int(below[reports[i].ID])
	}
	return reports, err
}

// reportsOf adds to work items what shows beside them, in a fixed number of queries.
func reportsOf(c *app.Call, t *store.Tx, ids []string) ([]Report, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	items, err := store.DetailIssues(t, ids)
	if err != nil {
		return nil, err
	}
	in, err := store.IntakeIssues.List(t, store.In("issue_id", ids), "created_at DESC")
	if err != nil {
		return nil, err
	}
	beside, err := besideReports(t, items)
	if err != nil {
		return nil, err
	}
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil {
		return nil, err
	}
	var list []Report
	for _, id := range ids {
		d := items[id]
		if d == nil { // deleted meanwhile
			continue
		}
		r := Report{IssueDetail: d, Project: p}
		if d.StateID != nil {
			r.State = beside.states[*d.StateID]
		}
		r.Labels, r.Assignees = pick(beside.labels, d.LabelIDs), pick(beside.people, d.AssigneeIDs)
		for _, row := range in {
			if row.IssueID == id {
				r.In = append(r.In, row)
			}
		}
		list = append(list, r)
	}
	return list, nil
}

type reportContext struct {
	states map[string]*store.State
	labels map[string]*store.Label
	people map[string]*store.User
}

func besideReports(t *store.Tx, items map[string]*store.IssueDetail) (b reportContext, err error) {
	var labels, people []string
	for _, d := range items {
		labels, people = append(labels, d.LabelIDs...), append(people, d.AssigneeIDs...)
	}
	if b.states, err = statesOf(t, items); err != nil {
		return b, err
	}
	if b.labels, err = store.Labels.ByID(t, distinct(labels)); err != nil {
		return b, err
	}
	b.people, err = store.Users.ByID(t, distinct(people))
	return b, err
}

// pick are the rows with those ids that there are.
func pick[T any](rows map[string]*T, ids []string) []*T {
	var picked []*T
	for _, id := range ids {
		if r := rows[id]; r != nil {
			picked = append(picked, r)
		}
	}
	return picked
}

// GetReport returns a report by its place in the intake, or store.ErrNotFound.
func GetReport(c *app.Call, intake, id string) (*Report, error) {
	t := c.Read()
	row, err := findReport(c, t, intake, id)
	if err != nil {
		return nil, err
	}
	return oneReport(c, t, row.IssueID)
}

func oneReport(c *app.Call, t *store.Tx, issue string) (*Report, error) {
	list, err := reportsOf(c, t, []string{issue})
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

func findReport(c *app.Call, t *store.Tx, intake, id string) (*store.IntakeIssue, error) {
	if _, err := boardIntake(c, t, intake); err != nil {
		return nil, err
	}
	return store.IntakeIssues.Get(t,
		dbx.HashExp{"id": id, "intake_id": intake, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID})
}

// CreateReport puts a new work item into the board's intake: pending, and nobody's.
func CreateReport(c *app.Call, intake string, in ReportInput) (*Report, error) {
	if err := in.Faults.Err(); err != nil {
		return nil, err
	}
	if _, err := boardIntake(c, c.Read(), intake); err != nil {
		return nil, app.Unknown(err)
	}
	state, err := triage(c)
	if err != nil {
		return nil, err
	}
	item := Input{Name: in.Name, DescriptionHTML: in.DescriptionHTML, DescriptionJSON: in.DescriptionJSON,
		Priority: app.Some(in.Priority.Or(firstPriority)), StateID: app.Some(state), Triage: true, NoNotifications: true,
		NoDefaultAssignee: true}
	refs, err := item.resolve(c.Read(), c.ProjectID)
	if err != nil {
		return nil, err
	}
	var id string
	err = c.Write(func(t *store.Tx) error {
		d, err := create(c, t, &item, refs)
		if err != nil {
			return err
		}
		id = d.ID
		store.NoteEvent(t, c.Workspace.ID, store.EventIntake, store.ActionCreated, id)
		return store.IntakeIssues.Insert(t,
			&store.IntakeIssue{Status: Pending, Source: new("IN_APP"), IntakeID: intake, IssueID: d.ID, ProjectID: c.ProjectID,
				WorkspaceID: c.Workspace.ID})
	})
	if err != nil {
		return nil, err
	}
	return oneReport(c, c.Read(), id)
}

// ownReport finds a report that the caller made; others are refused in those words.
func ownReport(c *app.Call, t *store.Tx, intake, id, refusal string) (*store.IntakeIssue, error) {
	row, err := findReport(c, t, intake, id)
	if err == nil && value(row.CreatedByID) != c.UserID() {
		err = app.Refuse(app.Invalid, refusal)
	}
	return row, err
}

// ChangeReport writes a new name or text into a report of the caller's, and returns its work item's id.
func ChangeReport(c *app.Call, intake, id string, in ReportInput) (string, error) {
	row, err := ownReport(c, c.Read(), intake, id, "You cannot edit intake issues")
	if err != nil {
		return "", err
	}
	delete(in.Faults, "priority") // only new ones say it
	item := Input{Name: in.Name, DescriptionHTML: in.DescriptionHTML, DescriptionJSON: in.DescriptionJSON,
		Faults: in.Faults, Triage: true, NoNotifications: true}
	refs, err := item.resolve(c.Read(), c.ProjectID)
	if err != nil {
		return "", err
	}
	err = c.Write(func(t *store.Tx) error {
		h, err := store.LockIssue(t, c.Workspace.ID, c.ProjectID, row.IssueID)
		if err != nil {
			return err
		}
		return change(c, t, h, &item, refs)
	})
	return row.IssueID, err
}

// DropReport takes a report of the caller's out of the intake. Its work item stays where it is, as in the reference: of
// what was accepted it is the project's.
func DropReport(c *app.Call, intake, id string) error {
	return c.Write(func(t *store.Tx) error {
		row, err := ownReport(c, t, intake, id, "You cannot delete intake issue")
		if err != nil {
			return err
		}
		store.NoteEvent(t, c.Workspace.ID, store.EventIntake, store.ActionDeleted, row.IssueID)
		return store.IntakeIssues.Delete(t, row)
	})
}
