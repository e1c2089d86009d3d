package api

import (
	"encoding/json"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/analytic"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// The older analytics: figures along an axis.
var figures = []web.Op{
	web.Do("GET", inWorkspace+"analytics/", web.Workspace(app.Admin, app.Member), 200, "Draw a figure of a workspace's work items", readFigure),
	web.Do("GET", inWorkspace+"default-analytics/", web.Workspace(), 200, "Sum a workspace's work items up", readSummary),
	web.Do("GET", inWorkspace+"analytic-view/", figurers, 200, "List saved figures", listFigures),
	web.Do("POST", inWorkspace+"analytic-view/", figurers, 201, "Save a figure", createFigure),
	web.Do("GET", inWorkspace+"analytic-view/{pk:uuid}/", figurers, 200, "Read a saved figure", readSavedFigure),
	web.Do("PATCH", inWorkspace+"analytic-view/{pk:uuid}/", figurers, 200, "Change a saved figure", updateFigure),
	web.Do("DELETE", inWorkspace+"analytic-view/{pk:uuid}/", figurers, 204, "Delete a saved figure", deleteFigure),
	web.Do("GET", inWorkspace+"saved-analytic-view/{analytic_id:uuid}/", web.Workspace(app.Admin, app.Member), 200, "Draw a saved figure", drawFigure),
	web.Do("POST", inWorkspace+"export-analytics/", web.Workspace(app.Admin, app.Member), 200, "Send a figure to the caller as a table", sendFigure),
}

var figurers = web.Workspace(app.Admin, app.Member).Class()

// FigureQuery says which figure is drawn; the filters of lists narrow it.
type FigureQuery struct {
	X       Dimension     `query:"x_axis"`
	Y       string        `query:"y_axis" type:"issue_count|estimate"`
	Segment Dimension     `query:"segment"`
	Filters filter.Params `query:"*"`
}

// Dimension is what a figure is along.
type Dimension string

// Choices are the dimensions that there are.
func (Dimension) Choices() []string { return store.Dimensions() }

// DrawnFigure is the columns of a figure by their names.
type DrawnFigure struct {
	Total        int                             `json:"total"`
	Distribution web.As[map[string][]FigurePart] `json:"distribution"`
}

// FigurePart is a part of a column: all of it, or what belongs to one segment.
type FigurePart struct {
	Dimension string   `json:"dimension"`
	Segment   *string  `json:"segment,omitempty"`
	Count     int      `json:"count,omitempty"`
	Estimate  *float64 `json:"estimate,omitempty"`
}

// Figure is a distribution and what the ids in it stand for: lists of rows, or {} where nobody asks.
type Figure struct {
	DrawnFigure
	Extras FigureExtras `json:"extras"`
}

// FigureExtras are the rows that a figure's ids stand for.
type FigureExtras struct {
	States  figureDetails `json:"state_details"`
	People  figureDetails `json:"assignee_details"`
	Labels  figureDetails `json:"label_details"`
	Cycles  figureDetails `json:"cycle_details"`
	Modules figureDetails `json:"module_details"`
}

// figureDetails are rows by what the reference calls their columns, or {} where nobody asks.
type figureDetails = web.AnyOf[[]map[string]*string, web.Nothing]

// distribution writes the columns in their order, which clients draw them in.
func distribution(a analytic.ChartQuery, f *analytic.Chart) (DrawnFigure, error) {
	b := []byte{'{'}
	for i, column := range f.Columns {
		parts := make([]map[string]any, len(column.Parts))
		for j, p := range column.Parts {
			parts[j] = map[string]any{"dimension": column.Key}
			if a.Segment != "" {
				parts[j]["segment"] = p.Segment
			}
			if a.Y == analytic.ByEstimate {
				parts[j]["estimate"] = p.Estimate
			} else {
				parts[j]["count"] = p.Count
			}
		}
		key, err := json.Marshal(column.Key)
		if err != nil {
			return DrawnFigure{}, err
		}
		doc, err := json.Marshal(parts)
		if err != nil {
			return DrawnFigure{}, err
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, key...), ':'), doc...)
	}
	return DrawnFigure{f.Total, web.As[map[string][]FigurePart]{Value: store.JSON(append(b, '}'))}}, nil
}

// details writes rows by what the reference calls their columns.
func details[T any](rows []*T, row func(*T) map[string]*string) figureDetails {
	if rows == nil {
		return figureDetails{B: &web.Nothing{}}
	}
	out := make([]map[string]*string, len(rows))
	for i, r := range rows {
		out[i] = row(r)
	}
	return figureDetails{A: &out}
}

func figureExtras(f *analytic.Chart) FigureExtras {
	return FigureExtras{
		States: details(f.States, func(s *store.State) map[string]*string {
			return map[string]*string{"state_id": &s.ID, "state__name": &s.Name, "state__color": &s.Color}
		}),
		People: details(f.People, func(u *store.User) map[string]*string { return personColumns("assignees__", u) }),
		Labels: details(f.Labels, func(l *store.Label) map[string]*string {
			return map[string]*string{"labels__id": &l.ID, "labels__name": &l.Name, "labels__color": &l.Color}
		}),
		Cycles: details(f.Cycles, func(c *store.Cycle) map[string]*string {
			return map[string]*string{"issue_cycle__cycle_id": &c.ID, "issue_cycle__cycle__name": &c.Name}
		}),
		Modules: details(f.Modules, func(m *store.Module) map[string]*string {
			return map[string]*string{"issue_module__module_id": &m.ID, "issue_module__module__name": &m.Name}
		}),
	}
}

// personColumns is a person as rows of counts have it; nobody is nulls.
func personColumns(prefix string, u *store.User) map[string]*string {
	out := map[string]*string{}
	for _, column := range []string{"id", "first_name", "last_name", "display_name", "avatar_url"} {
		out[prefix+column] = nil
	}
	if u != nil {
		out[prefix+"id"], out[prefix+"first_name"], out[prefix+"last_name"] = &u.ID, &u.FirstName, &u.LastName
		out[prefix+"display_name"], out[prefix+"avatar_url"] = &u.DisplayName, givenPicture(u)
	}
	return out
}

// givenPicture is the address of a person's picture; empty when there is none.
func givenPicture(u *store.User) *string {
	if u.AvatarAssetID != nil {
		return pictureURL(u.AvatarAssetID, nil)
	}
	return &u.Avatar
}

func readFigure(c *app.Call, in FigureQuery) (Figure, error) {
	a := analytic.ChartQuery{X: string(in.X), Y: in.Y, Segment: string(in.Segment), Filters: in.Filters}
	if err := a.Check(); err != nil {
		return Figure{}, err
	}
	f, err := analytic.DrawChart(c, a, true)
	if err != nil {
		return Figure{}, err
	}
	d, err := distribution(a, f)
	return Figure{d, figureExtras(f)}, err
}

func drawFigure(c *app.Call, in struct {
	ID      string    `path:"analytic_id"`
	Segment Dimension `query:"segment"`
}) (DrawnFigure, error) {
	f, a, err := analytic.DrawSaved(c, in.ID, string(in.Segment))
	if err != nil {
		return DrawnFigure{}, err
	}
	return distribution(a, f)
}

func sendFigure(c *app.Call, in struct {
	X       store.JSON `json:"x_axis" check:"null"`
	Y       store.JSON `json:"y_axis" check:"null"`
	Segment store.JSON `json:"segment" check:"null"`
	Raw     []byte     `body:"raw"`
}) (Message, error) {
	a := analytic.ChartQuery{X: word(in.X), Y: word(in.Y), Segment: word(in.Segment), Filters: filter.Parameters(in.Raw)}
	to, err := analytic.Order(c, a)
	return Message{"Once the export is ready it will be emailed to you at " + to}, err
}

// word is a text of a body; what is empty or false is none, and what is no text is none that means anything.
func word(doc store.JSON) string {
	var text string
	switch {
	case json.Unmarshal(doc, &text) == nil:
		return text
	case len(doc) == 0, string(doc) == "false", string(doc) == "0":
		return ""
	}
	return string(doc)
}
