package issue

import (
	"encoding/json"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Recurring work items: what work items begin with, and a rule that says on which days the scheduler makes one.

// mostRecurring is how many recurring work items a project may have.
const mostRecurring = 200

// nextDays is how many of the days to come are told.
const nextDays = 5

// RecurringInput is what a request may say of a recurring work item. The first fields are those of the work items.
type RecurringInput struct {
	Name            app.Opt[string]   `json:"name" check:"required,max=255"`
	DescriptionHTML app.Opt[string]   `json:"description_html" check:"blank"`
	Priority        app.Opt[string]   `json:"priority" check:"choice=urgent|high|medium|low|none"`
	StateID         app.Opt[string]   `json:"state" alias:"state_id" check:"pk,null"`
	ParentID        app.Opt[string]   `json:"parent" alias:"parent_id" check:"pk,null"`
	TypeID          app.Opt[string]   `json:"type_id" alias:"type" check:"pk,null"`
	EstimatePointID app.Opt[string]   `json:"estimate_point" alias:"estimate_point_id" check:"pk,null"`
	AssigneeIDs     app.Opt[[]string] `json:"assignees" alias:"assignee_ids" check:"pk,nested"`
	LabelIDs        app.Opt[[]string] `json:"labels" alias:"label_ids" check:"pk,nested"`

	Rule      app.Opt[string]     `json:"rule" check:"required,max=500"`
	StartDate app.Opt[store.Date] `json:"start_date" check:"required,date"`
	EndDate   app.Opt[store.Date] `json:"end_date" check:"date,null"`
	Clock     app.Opt[string]     `json:"time" check:"max=5"` // HH:MM in the project's zone
	DueInDays app.Opt[int]        `json:"due_in_days" check:"from=0,to=3650,null"`
	IsActive  app.Opt[bool]       `json:"is_active"`

	Faults app.Fields `body:"faults"` // what is wrong already; it is refused together with what the database knows
}

// RecurringItem is what the work items begin with beside their name, as it is kept.
type RecurringItem struct {
	DescriptionHTML string   `json:"description_html"`
	Priority        string   `json:"priority"`
	State           *string  `json:"state"`
	Parent          *string  `json:"parent"`
	Type            *string  `json:"type"`
	EstimatePoint   *string  `json:"estimate_point"`
	Assignees       []string `json:"assignees"`
	Labels          []string `json:"labels"`
}

// Recurring is a recurring work item with the days to come, those first that come first; none when it is over or
// switched off.
type Recurring struct {
	store.RecurringIssue
	Begins RecurringItem
	Days   []store.Date
}

// resolve refuses what is wrong with what the work items begin with, as when one is made at once, and cleans the text.
func (in *RecurringInput) resolve(c *app.Call) error {
	item := Input{Name: in.Name, DescriptionHTML: in.DescriptionHTML, Priority: in.Priority, StateID: in.StateID,
		ParentID: in.ParentID, TypeID: in.TypeID, EstimatePointID: in.EstimatePointID, AssigneeIDs: in.AssigneeIDs,
		LabelIDs: in.LabelIDs, Faults: in.Faults, Keys: v1Keys}
	if item.Faults == nil {
		item.Faults = app.Fields{}
	}
	in.checkSchedule(item.Faults)
	refs, err := item.resolve(c.Read(), c.ProjectID)
	if err != nil {
		return err
	}
	in.DescriptionHTML.V = item.DescriptionHTML.V
	in.AssigneeIDs.V, in.LabelIDs.V = fitting(in.AssigneeIDs.V, refs.assignees), fitting(in.LabelIDs.V, refs.labels)
	return nil
}

// checkSchedule adds what is wrong with the rule, the days and the time.
func (in *RecurringInput) checkSchedule(faults app.Fields) {
	if in.Rule.Set && faults["rule"] == nil {
		rule, fault := readRule(in.Rule.V)
		if fault != "" {
			faults.Add("rule", fault)
		}
		in.Rule.V = rule.text
	}
	for key, day := range map[string]*store.Date{"start_date": in.StartDate.Ptr(), "end_date": in.EndDate.Ptr()} {
		if day != nil && faults[key] == nil && (*day < "1970-01-01" || *day > "2199-12-31") {
			faults.Add(key, "Days are from 1970 to 2199.")
		}
	}
	if in.Clock.Set && faults["time"] == nil {
		if at, err := time.Parse("15:04", in.Clock.V); err != nil || at.Format("15:04") != in.Clock.V {
			faults.Add("time", "A time is such as 09:30.")
		}
	}
}

// put writes what the request has into the row and returns the columns.
func (in *RecurringInput) put(r *store.RecurringIssue) ([]string, error) {
	var cols []string
	app.Change(&cols, "name", in.Name, &r.Name)
	app.Change(&cols, "rule", in.Rule, &r.Rule)
	app.Change(&cols, "start_date", in.StartDate, &r.StartDate)
	app.ChangePtr(&cols, "end_date", in.EndDate, &r.EndDate)
	app.Change(&cols, "clock", in.Clock, &r.Clock)
	app.ChangePtr(&cols, "due_in_days", in.DueInDays, &r.DueInDays)
	app.Change(&cols, "is_active", in.IsActive, &r.IsActive)
	item, err := begins(r)
	if err != nil {
		return nil, err
	}
	var within []string
	app.Change(&within, "description_html", in.DescriptionHTML, &item.DescriptionHTML)
	app.Change(&within, "priority", in.Priority, &item.Priority)
	app.ChangePtr(&within, "state", in.StateID, &item.State)
	app.ChangePtr(&within, "parent", in.ParentID, &item.Parent)
	app.ChangePtr(&within, "type", in.TypeID, &item.Type)
	app.ChangePtr(&within, "estimate_point", in.EstimatePointID, &item.EstimatePoint)
	app.Change(&within, "assignees", in.AssigneeIDs, &item.Assignees)
	app.Change(&within, "labels", in.LabelIDs, &item.Labels)
	if len(within) == 0 && len(r.Item) > 0 {
		return cols, nil
	}
	r.Item, err = json.Marshal(item)
	return append(cols, "item"), err
}

// begins reads what the work items begin with.
func begins(r *store.RecurringIssue) (RecurringItem, error) {
	item := RecurringItem{DescriptionHTML: "<p></p>", Priority: "none"}
	if len(r.Item) == 0 {
		return item, nil
	}
	return item, json.Unmarshal(r.Item, &item)
}

// plan sets the next day whose time comes after now; none when there is none, or when it is switched off.
func plan(r *store.RecurringIssue, zone string, now time.Time) {
	r.NextDay, r.NextAt = nil, nil
	rule, fault := readRule(r.Rule)
	if fault != "" || !r.IsActive {
		return
	}
	from := max(r.StartDate, store.Date(now.AddDate(0, 0, -2).Format(time.DateOnly))) // whatever the zone
	for _, day := range rule.next(r.StartDate, r.EndDate, from, nextDays) {
		if at := moment(day, r.Clock, zone); at.After(now) && (r.LastDay == nil || day > *r.LastDay) {
			r.NextDay, r.NextAt = &day, &at
			return
		}
	}
}

// see adds the days to come.
func see(r *store.RecurringIssue) (*Recurring, error) {
	item, err := begins(r)
	if err != nil {
		return nil, err
	}
	seen := &Recurring{RecurringIssue: *r, Begins: item, Days: []store.Date{}}
	if rule, fault := readRule(r.Rule); fault == "" && r.NextDay != nil && r.IsActive {
		seen.Days = rule.next(r.StartDate, r.EndDate, *r.NextDay, nextDays)
	}
	return seen, nil
}

// ListRecurring returns a part of the recurring work items of the call's project, the oldest first, and how many there
// are in all.
func ListRecurring(c *app.Call, s store.ListPart) ([]Recurring, int, error) {
	rows, total, err := store.RecurringIssues.Page(c.Read(), dbx.HashExp{"project_id": c.ProjectID}, s, "created_at", "id")
	if err != nil {
		return nil, 0, err
	}
	all := make([]Recurring, len(rows))
	for i := range rows {
		seen, err := see(&rows[i])
		if err != nil {
			return nil, 0, err
		}
		all[i] = *seen
	}
	return all, total, nil
}

func recurringAt(c *app.Call, t *store.Tx, id string) (*store.RecurringIssue, error) {
	return store.RecurringIssues.Get(t, dbx.HashExp{"id": id, "project_id": c.ProjectID})
}

// GetRecurring returns a recurring work item of the call's project.
func GetRecurring(c *app.Call, id string) (*Recurring, error) {
	r, err := recurringAt(c, c.Read(), id)
	if err != nil {
		return nil, err
	}
	return see(r)
}

// CreateRecurring makes a recurring work item of the call's project. Days that are over are not made up for.
func CreateRecurring(c *app.Call, in RecurringInput) (*Recurring, error) {
	if err := in.resolve(c); err != nil {
		return nil, err
	}
	r := &store.RecurringIssue{Clock: "00:00", IsActive: true, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID}
	err := c.Write(func(t *store.Tx) error {
		if err := t.LockRows("projects", c.ProjectID); err != nil { // they are counted
			return err
		}
		n, err := store.RecurringIssues.Count(t, dbx.HashExp{"project_id": c.ProjectID})
		if err != nil {
			return err
		}
		if n >= mostRecurring {
			return app.Field("non_field_errors", "A project has no more than 200 recurring work items.")
		}
		if _, err := in.put(r); err != nil {
			return err
		}
		if err := replan(c, t, r); err != nil {
			return err
		}
		return store.RecurringIssues.Insert(t, r)
	})
	if err != nil {
		return nil, err
	}
	return see(r)
}

// replan sets the next day, and refuses a schedule that says of no day that something is made.
func replan(c *app.Call, t *store.Tx, r *store.RecurringIssue) error {
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil {
		return err
	}
	if r.EndDate != nil && *r.EndDate < r.StartDate {
		return app.Field("end_date", "It is before start_date.")
	}
	plan(r, p.Timezone, t.Now)
	if r.IsActive && r.NextDay == nil {
		return app.Field("rule", "There is no day to come that it fits.")
	}
	return nil
}

// ChangeRecurring writes what a request says of a recurring work item. What was made stays as it is.
func ChangeRecurring(c *app.Call, id string, in RecurringInput) (*Recurring, error) {
	if err := in.resolve(c); err != nil {
		return nil, err
	}
	var r *store.RecurringIssue
	err := c.Write(func(t *store.Tx) (err error) {
		if err := t.LockRows("recurring_issues", id); err != nil { // the scheduler writes, too
			return err
		}
		if r, err = recurringAt(c, t, id); err != nil {
			return err
		}
		cols, err := in.put(r)
		if err != nil {
			return err
		}
		if in.Rule.Set || in.StartDate.Set || in.EndDate.Set || in.Clock.Set || in.IsActive.Set {
			if err := replan(c, t, r); err != nil {
				return err
			}
			r.Fault = ""
			cols = append(cols, "next_day", "next_at", "fault")
		}
		return store.RecurringIssues.Update(t, r, cols...)
	})
	if err != nil {
		return nil, err
	}
	return see(r)
}

// DeleteRecurring deletes a recurring work item; the work items that it made stay.
func DeleteRecurring(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		if err := t.LockRows("recurring_issues", id); err != nil {
			return err
		}
		r, err := recurringAt(c, t, id)
		if err != nil {
			return err
		}
		return store.RecurringIssues.Delete(t, r)
	})
}
