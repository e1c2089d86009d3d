package analytic

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/app/sheet"
	"github.com/sailplane/sailplane/store"
)

// JobSend is the kind of the jobs that send a figure to whoever ordered it.
const JobSend = "analytic.send"

// Ordered is a figure that was ordered.
type Ordered struct {
	Workspace string     `json:"workspace"`
	User      string     `json:"user"`
	Asked     ChartQuery `json:"asked"`
}

// Order leaves a figure to be drawn and sent to the caller; it returns where to. Plane: bgtasks/analytic_plot_export.py
func Order(c *app.Call, a ChartQuery) (string, error) {
	if err := a.Check(); err != nil {
		return "", err
	}
	if _, err := filter.Read(c, a.Filters); err != nil {
		return "", err
	}
	if c.User.Email == nil || *c.User.Email == "" {
		return "", app.Refuse(app.Invalid, "There is no e-mail address to send it to.")
	}
	return *c.User.Email, c.Write(func(t *store.Tx) error {
		return store.Enqueue(t, JobSend,
			Ordered{c.Workspace.ID, c.User.ID, a})
	})
}

// Send draws an ordered figure and posts it, if the person may still see it.
func Send(ctx context.Context, a *app.App, o Ordered) error {
	c, err := a.CallFor(ctx, o.Workspace, o.User)
	if err != nil || c == nil || c.Access.Workspace < app.Member || c.User.Email == nil {
		return err
	}
	f, err := DrawChart(c, o.Asked, true)
	if err != nil {
		return fmt.Errorf("draw a figure to be sent: %w", err)
	}
	var text strings.Builder
	if err := sheet.QuotedCSV(&text, f.table(o.Asked)); err != nil {
		return err
	}
	data := map[string]string{"workspace": c.Workspace.Name, mail.FileText: text.String()}
	return c.Write(func(t *store.Tx) error {
		if err := store.FinishJob(t); err != nil { // so that no second email is sent
			return err
		}
		return mail.EnqueueWithFile(a, t, *c.User.Email, "figure-ready", data, c.Workspace.Slug+"-analytics.csv")
	})
}

// titles are what tables call dimensions and measures.
var titles = map[string]string{
	"state__group": "State Group", "labels__id": "Label", "assignees__id": "Assignee Name", "start_date": "Start Date",
	"target_date": "Due Date", "completed_at": "Completed At", "created_at": "Created At", "issue_count": "Issue Count",
	"priority": "Priority", "estimate": "Estimate", "issue_cycle__cycle_id": "Cycle", "issue_module__module_id": "Module",
}

// table is the figure as rows: a line a column, a cell a segment.
func (f *Chart) table(a ChartQuery) [][]string {
	names := f.names()
	title := titles[a.X]
	if title == "" {
		title = "X-Axis"
	}
	head, at := []string{title, titles[a.Y]}, map[string]int{}
	for _, column := range f.Columns {
		for _, p := range column.Parts {
			if key := keyOf(p.Segment); a.Segment != "" {
				if _, ok := at[key]; !ok {
					at[key] = len(head)
					head = append(head, nameOf(names, key))
				}
			}
		}
	}
	rows := [][]string{head}
	for _, column := range f.Columns {
		row := make([]string, len(head))
		for i := range row {
			row[i] = "0"
		}
		sum := Part{}
		for _, p := range column.Parts {
			sum.Count += p.Count
			if p.Estimate != nil {
				if sum.Estimate == nil {
					sum.Estimate = new(float64)
				}
				*sum.Estimate += *p.Estimate
			}
			if a.Segment != "" {
				row[at[keyOf(p.Segment)]] = p.cell(a.Y)
			}
		}
		row[0], row[1] = nameOf(names, column.Key), sum.cell(a.Y)
		rows = append(rows, row)
	}
	return rows
}

func keyOf(segment *string) string {
	if segment == nil {
		return ""
	}
	return *segment
}

func nameOf(names map[string]string, key string) string {
	if name, ok := names[key]; ok {
		return name
	}
	return key
}

// names are those of the rows that the figure's ids stand for.
func (f *Chart) names() map[string]string {
	names := map[string]string{}
	for _, s := range f.States {
		names[s.ID] = s.Name
	}
	for _, l := range f.Labels {
		names[l.ID] = l.Name
	}
	for _, u := range f.People {
		names[u.ID] = u.FirstName + " " + u.LastName
	}
	for _, c := range f.Cycles {
		names[c.ID] = c.Name
	}
	for _, m := range f.Modules {
		names[m.ID] = m.Name
	}
	return names
}

// cell is the measure as a cell has it; whole estimates have a decimal too.
func (p Part) cell(measure string) string {
	switch {
	case measure != ByEstimate:
		return strconv.Itoa(p.Count)
	case p.Estimate == nil:
		return ""
	}
	text := strconv.FormatFloat(*p.Estimate, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
