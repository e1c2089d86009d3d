package cycle

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/plan"
	"github.com/sailplane/sailplane/store"
)

// Numbers say how many work items of a cycle are in states of each group.
type Numbers struct {
	Total     int `json:"total_issues"`
	Completed int `json:"completed_issues"`
	Cancelled int `json:"cancelled_issues"`
	Started   int `json:"started_issues"`
	Unstarted int `json:"unstarted_issues"`
	Backlog   int `json:"backlog_issues"`
}

// NumbersOf reads them off a cycle's progress.
func NumbersOf(p store.Progress) Numbers {
	n := p.Issues
	return Numbers{
		Total: p.Total, Completed: n["completed"], Cancelled: n["cancelled"], Started: n["started"],
		Unstarted: n["unstarted"], Backlog: n["backlog"],
	}
}

// snapshot is what a cycle keeps of itself when its work items are moved on: it tells its progress from then on.
type snapshot struct {
	Numbers
	Counts plan.Distribution[plan.PersonCounts, plan.LabelCounts] `json:"distribution"`
	// {} where the project doesn't count in points
	Sums any `json:"estimate_distribution"`
}

func isKept(c *store.Cycle) bool {
	return len(c.ProgressSnapshot) > 0 && string(c.ProgressSnapshot) != "{}"
}

// kept reads a snapshot. It may be somebody's own: what it lacks is empty.
func kept(c *store.Cycle) (s snapshot, err error) {
	if err = json.Unmarshal(c.ProgressSnapshot, &s); err != nil {
		err = fmt.Errorf("read the progress of cycle %s: %w", c.ID, err)
	}
	if s.Counts.Assignees == nil {
		s.Counts.Assignees = []plan.PersonCounts{}
	}
	if s.Counts.Labels == nil {
		s.Counts.Labels = []plan.LabelCounts{}
	}
	return s, err
}

// checkSnapshot refuses a snapshot that the cycle's progress could not be told from.
func (in *Input) checkSnapshot() error {
	if !in.Snapshot.Set {
		return nil
	}
	if _, err := kept(&store.Cycle{ProgressSnapshot: in.Snapshot.V}); err != nil {
		return app.Field("progress_snapshot", "Expected what a cycle keeps of its progress.")
	}
	return nil
}

// Progress is how far a cycle is: the numbers from its snapshot if it has one, the points always of what is in it now.
func Progress(c *app.Call, id string) (Numbers, store.Progress, error) {
	t := c.Read()
	row, err := inProject(c, t, id)
	if errors.Is(err, store.ErrNotFound) {
		return Numbers{}, store.Progress{}, app.Refuse(app.NotFound, "Cycle not found")
	}
	if err != nil {
		return Numbers{}, store.Progress{}, err
	}
	all, err := store.InCycle.Progress(t, dbx.And(store.In("l.cycle_id", []string{id}), c.OwnOnly().Issues("i")))
	if err != nil || !isKept(row) {
		return NumbersOf(all[id]), all[id], err
	}
	s, err := kept(row)
	return s.Numbers, all[id], err
}

// CountDistribution is how a cycle's work items are distributed among people and labels.
type CountDistribution = plan.Distribution[plan.PersonCounts, plan.LabelCounts]

// SumDistribution is how its points are.
type SumDistribution = plan.Distribution[plan.PersonSums, plan.LabelSums]

// Analytics distributes a cycle's work items (kind issues) or points (kind points, where the project counts in points);
// other kinds have none. A cycle with a snapshot tells its work items from that, whatever the kind.
func Analytics(c *app.Call, id, kind string) (*CountDistribution, *SumDistribution, error) {
	t := c.Read()
	row, err := inProject(c, t, id)
	if err != nil {
		return nil, nil, err
	}
	if row.StartDate == nil || row.EndDate == nil {
		return nil, nil, app.Refuse(app.Invalid, "Cycle has no start or end date")
	}
	if isKept(row) {
		s, err := kept(row)
		return &s.Counts, nil, err
	}
	points, err := plan.CountsPoints(c, t)
	if err != nil {
		return nil, nil, err
	}
	days := plan.Until(row.StartDate, row.EndDate)
	if kind != "issues" && (kind != "points" || !points) {
		return new(new(plan.Shares).Counts(nil)), nil, nil
	}
	shares, err := plan.Read(t, store.InCycle, id, c.OwnOnly())
	if err != nil {
		return nil, nil, err
	}
	if kind == "points" {
		return nil, new(shares.Sums(days)), nil
	}
	counts := shares.Counts(days)
	forgetNobody(&counts)
	return &counts, nil, nil
}

// forgetNobody makes the rows of nobody and of no label count nothing: the reference counts people and labels there,
// not work items. Plane: app/views/cycle/base.py
func forgetNobody(d *plan.Distribution[plan.PersonCounts, plan.LabelCounts]) {
	for i := range d.Assignees {
		if d.Assignees[i].AssigneeID == nil {
			d.Assignees[i].Counts = plan.Counts{}
		}
	}
	for i := range d.Labels {
		if d.Labels[i].ID == nil {
			d.Labels[i].Counts = plan.Counts{}
		}
	}
}
