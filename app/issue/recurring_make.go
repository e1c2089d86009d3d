package issue

import (
	"context"
	"errors"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// madeAtOnce is how many work items one run of the scheduler makes; the rest is for the next minute.
const madeAtOnce = 500

// MakeRecurring makes the work items whose time has come. Each is one transaction, which also says when the next one
// comes: cut short, or run by several nodes at once, each day has one. A server that was away makes the last one that
// was missed, and not those before. One that can't be made waits for its next day, and says why.
func MakeRecurring(ctx context.Context, a *app.App) error {
	ids, err := store.DueRecurring(a.DB.Read(ctx), a.DB.Now(), madeAtOnce)
	if err != nil || len(ids) == 0 {
		return err
	}
	base, err := a.Address(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, id := range ids {
		err := makeDue(ctx, a, base, id)
		var refusal *app.Error
		if errors.As(err, &refusal) {
			a.Log.Warn("a recurring work item is not made", "id", id, "reason", refusal)
			err = passOver(ctx, a, id, refusal)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// makeDue makes the work item that is due, unless another node has.
func makeDue(ctx context.Context, a *app.App, base, id string) error {
	r, err := store.RecurringIssues.Find(a.DB.Read(ctx), id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := makerOf(ctx, a, r)
	if err != nil {
		return err
	}
	c.Base, c.Page = base, base
	return c.Write(func(t *store.Tx) error {
		r, day, err := takeDue(t, id)
		if err != nil || r == nil || day == "" {
			return err
		}
		made, err := makeItem(c, t, r, day)
		if err != nil {
			return err
		}
		r.LastDay, r.LastIssueID, r.Made, r.Fault = &day, &made.ID, r.Made+1, ""
		return keepNext(t, r, "last_day", "last_issue_id", "made", "fault")
	})
}

// passOver waits for the next day, and keeps why none was made on this one.
func passOver(ctx context.Context, a *app.App, id string, why *app.Error) error {
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		r, day, err := takeDue(t, id)
		if err != nil || r == nil || day == "" {
			return err
		}
		r.Fault = string(day) + ": " + why.Error()
		return keepNext(t, r, "fault")
	})
}

// takeDue keeps others from one that is due, and returns it with the last day whose time has come; nil when it is due
// no more, and no day when the clocks of the project have moved: then its next time was set anew.
func takeDue(t *store.Tx, id string) (*store.RecurringIssue, store.Date, error) {
	if err := t.LockRows("recurring_issues", id); err != nil {
		return nil, "", err
	}
	r, err := store.RecurringIssues.Find(t, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	if !r.IsActive || r.NextAt == nil || r.NextAt.After(t.Now) {
		return nil, "", nil
	}
	p, err := store.Projects.Find(t, r.ProjectID)
	if errors.Is(err, store.ErrNotFound) || err == nil && p.ArchivedAt != nil {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	last := lastDue(r, p.Timezone, t.Now)
	plan(r, p.Timezone, t.Now)
	if last == "" {
		return r, "", keepNext(t, r)
	}
	return r, last, nil
}

// lastDue is the last day whose time has come, from the one that was awaited on.
func lastDue(r *store.RecurringIssue, zone string, now time.Time) (last store.Date) {
	rule, fault := readRule(r.Rule)
	if fault != "" || r.NextDay == nil {
		return ""
	}
	const step = 400
	for from := *r.NextDay; ; from = last {
		days := rule.next(r.StartDate, r.EndDate, from, step)
		for _, day := range days {
			if moment(day, r.Clock, zone).After(now) {
				return last
			}
			last = day
		}
		if len(days) < step {
			return last
		}
	}
}

// keepNext writes when the next one comes, and more. Nobody has changed it: it looks as when somebody last did.
func keepNext(t *store.Tx, r *store.RecurringIssue, more ...string) error {
	return store.RecurringIssues.Set(t, r, append(more, "next_day", "next_at")...)
}

// makerOf is a call in the name of who made the recurring work item, as long as they may write in its project, and of
// the robot of automations after that.
func makerOf(ctx context.Context, a *app.App, r *store.RecurringIssue) (*app.Call, error) {
	return inNameOf(ctx, a, r.WorkspaceID, r.ProjectID, r.CreatedByID)
}

// inNameOf is a call in a project in somebody's name, as long as they may write there, and else of the robot.
func inNameOf(ctx context.Context, a *app.App, workspace, project string, user *string) (*app.Call, error) {
	if user != nil {
		c, err := a.CallFor(ctx, workspace, *user)
		if err != nil {
			return nil, err
		}
		if c != nil && c.Access.InProject(project, app.Member, app.Admin) {
			c.ProjectID = project
			return c, nil
		}
	}
	ws, err := store.Workspaces.Find(a.DB.Read(ctx), workspace)
	if err != nil {
		return nil, err
	}
	return &app.Call{Context: ctx, App: a, User: &store.User{Base: store.Base{ID: store.AutomationID}}, Workspace: ws,
		ProjectID: project, Access: &app.Access{}}, nil
}

// makeItem makes the work item of a day. What it was to have and is there no more is left out.
func makeItem(c *app.Call, t *store.Tx, r *store.RecurringIssue, day store.Date) (*store.IssueDetail, error) {
	if t.Actor == store.AutomationID {
		if _, err := store.Automation(t); err != nil {
			return nil, err
		}
	}
	item, err := begins(r)
	if err != nil {
		return nil, err
	}
	in := Input{Name: app.Some(r.Name), DescriptionHTML: app.Some(item.DescriptionHTML), Priority: app.Some(item.Priority),
		StartDate: app.Some(day), Keys: v1Keys}
	if r.DueInDays != nil {
		in.TargetDate = app.Some(store.Date(dayTime(day).AddDate(0, 0, *r.DueInDays).Format(time.DateOnly)))
	}
	if err := in.keepThere(t, r.ProjectID, item); err != nil {
		return nil, err
	}
	refs, err := in.resolve(t, r.ProjectID)
	if err != nil {
		return nil, err
	}
	return create(c, t, &in, refs)
}

// keepThere takes of the rows that a kept item names those that are still there, and of the project.
func (in *Input) keepThere(t *store.Tx, project string, item RecurringItem) error {
	is := func(id *string, dest *app.Opt[string], of func(id string) (bool, error)) error {
		if id == nil {
			return nil
		}
		fits, err := of(*id)
		if errors.Is(err, store.ErrNotFound) || err == nil && !fits {
			return nil
		}
		*dest = app.Some(*id)
		return err
	}
	assignees, err := store.FindAssignees(t, project, item.Assignees)
	if err != nil {
		return err
	}
	labels, err := store.FindLabels(t, project, item.Labels)
	if err != nil {
		return err
	}
	in.AssigneeIDs = app.Some(fitting(item.Assignees, assignees))
	in.LabelIDs = app.Some(fitting(item.Labels, labels))
	return errors.Join(
		is(item.State, &in.StateID, func(id string) (bool, error) {
			s, err := store.FindState(t, id)
			return err == nil && s.ProjectID == project && !s.Triage(), err
		}),
		is(item.Parent, &in.ParentID, func(id string) (bool, error) {
			i, err := store.FindIssueRef(t, id)
			return err == nil && i.ProjectID == project, err
		}),
		is(item.Type, &in.TypeID, func(id string) (bool, error) {
			_, err := store.FindIssueType(t, project, id)
			return err == nil, err
		}),
		is(item.EstimatePoint, &in.EstimatePointID, func(id string) (bool, error) {
			p, err := store.FindPoint(t, id)
			return err == nil && p.ProjectID == project, err
		}))
}
