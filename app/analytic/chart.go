package analytic

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Bar is a column of the chart of what a workspace holds.
type Bar struct {
	Key   string
	Count int
}

// ReadBars counts each kind of thing.
func ReadBars(c *app.Call, s Scope) ([]Bar, error) {
	t := c.Read()
	if err := s.open(c, t); err != nil {
		return nil, err
	}
	work, err := s.portion.CountWork(t)
	if err != nil {
		return nil, err
	}
	bars := []Bar{{"work_items", work}}
	count := func(key, what string) error {
		n, err := s.portion.Count(t, what)
		bars = append(bars, Bar{key, n})
		return err
	}
	for _, b := range [][2]string{{"cycles", store.TheCycles}, {"modules", store.TheModules},
		{"intake", store.TheIntake}} {
		if err := count(b[0], b[1]); err != nil {
			return nil, err
		}
	}
	roles, err := store.MembersByRole(t, c.Workspace.ID, nil, true, s.portion.Span)
	if err != nil {
		return nil, err
	}
	people := Bar{Key: "members"}
	for _, r := range roles {
		people.Count += r.Count
	}
	bars = append(bars, people)
	for _, b := range [][2]string{{"pages", store.ThePages}, {"views", store.TheViews}} {
		if err := count(b[0], b[1]); err != nil {
			return nil, err
		}
	}
	return bars, nil
}

// ReadColumns counts work items by an axis and, unless it is empty, by another one within.
func ReadColumns(c *app.Call, s Scope, x, segment string) ([]store.SeriesCount, error) {
	t := c.Read()
	if err := s.open(c, t); err != nil {
		return nil, err
	}
	return s.portion.BySeries(t, x, segment)
}

// Timeline is how much was made, and how much of it is completed, month by month; of a cycle or a module, day by day.
type Timeline struct {
	Points []store.TimeCount
	Daily  bool
}

// ReadTimeline counts it: since the project (of the call), else the workspace, began, or for the days of the cycle or
// module. Without such days there is nothing.
func ReadTimeline(c *app.Call, s Scope) (Timeline, error) {
	t := c.Read()
	if err := s.open(c, t); err != nil {
		return Timeline{}, err
	}
	if s.Cycle != "" || s.Module != "" {
		return s.daily(c, t)
	}
	first := c.Workspace.CreatedAt
	if p, ok := s.rows[c.ProjectID]; ok {
		first = p.CreatedAt
	}
	if !s.portion.Span.From.IsZero() {
		first = s.portion.Span.From
	}
	counts, err := s.portion.ByMonth(t)
	if err != nil {
		return Timeline{}, err
	}
	first = first.UTC()
	from := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC)
	return Timeline{Points: filled(counts, app.ChartDays(from, t.Now, app.Monthly))}, nil
}

func (s Scope) daily(c *app.Call, t *store.Tx) (Timeline, error) {
	var from, to *time.Time
	if s.Cycle != "" {
		row, err := store.Cycles.Get(t, dbx.HashExp{"id": s.Cycle, "project_id": c.ProjectID})
		if err != nil {
			return Timeline{}, ifThere(err)
		}
		from, to = row.StartDate, row.EndDate
	} else {
		row, err := store.Modules.Get(t, dbx.HashExp{"id": s.Module, "project_id": c.ProjectID})
		if err != nil {
			return Timeline{}, ifThere(err)
		}
		from, to = day(row.StartDate), day(row.TargetDate)
	}
	if from == nil || to == nil {
		return Timeline{}, nil
	}
	counts, err := s.portion.ByDay(t)
	return Timeline{Points: filled(counts, app.ChartDays(from.UTC().Truncate(24*time.Hour), *to, app.Daily)), Daily: true},
		err
}

func ifThere(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

func day(d *store.Date) *time.Time {
	if d == nil {
		return nil
	}
	at, err := time.Parse(time.DateOnly, string(*d))
	if err != nil {
		return nil
	}
	return &at
}

// filled has a point for each step, zeros too; what lies between two steps counts at the first of them.
func filled(counts []store.TimeCount, steps []time.Time) []store.TimeCount {
	points := make([]store.TimeCount, len(steps))
	for i, at := range steps {
		points[i].At = store.Date(at.Format(time.DateOnly))
	}
	for _, n := range counts {
		i, there := slices.BinarySearchFunc(points, n.At, func(p store.TimeCount, at store.Date) int {
			return strings.Compare(string(p.At), string(at))
		})
		if !there {
			i--
		}
		if i >= 0 && (there || i < len(points)-1) {
			points[i].Made += n.Made
			points[i].Completed += n.Completed
		}
	}
	return points
}
