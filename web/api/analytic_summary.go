package api

import (
	"strconv"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/analytic"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/web"
)

// GroupTotal counts the work items of one group of states.
type GroupTotal struct {
	Group string `json:"state_group"`
	Count int    `json:"state_count"`
}

// MonthTotal counts what was completed in a month of this year.
type MonthTotal struct {
	Month int `json:"month"`
	Count int `json:"count"`
}

// Summary sums work items up.
type Summary struct {
	Total          int           `json:"total_issues"`
	Groups         []GroupTotal  `json:"total_issues_classified"`
	Open           int           `json:"open_issues"`
	OpenGroups     []GroupTotal  `json:"open_issues_classified"`
	Completed      []MonthTotal  `json:"issue_completed_month_wise"`
	Makers         []PersonCount `json:"most_issue_created_user"`
	Closers        []PersonCount `json:"most_issue_closed_user"`
	Pending        []PersonCount `json:"pending_issue_user"`
	OpenEstimates  *int          `json:"open_estimate_sum"`
	TotalEstimates *int          `json:"total_estimate_sum"`
}

func readSummary(c *app.Call, in struct {
	Filters filter.Params `query:"*"`
}) (Summary, error) {
	s, err := analytic.Summarize(c, in.Filters)
	if err != nil {
		return Summary{}, err
	}
	out := Summary{Groups: []GroupTotal{}, OpenGroups: []GroupTotal{}, Completed: []MonthTotal{},
		Makers: handsOut("created_by__", s.Makers), Closers: handsOut("assignees__", s.Closers),
		Pending: handsOut("assignees__", s.Pending)}
	for _, g := range s.Groups {
		out.Total += g.Count
		addTo(&out.TotalEstimates, g.Point)
		if g.Group == nil {
			continue
		}
		out.Groups = append(out.Groups, GroupTotal{*g.Group, g.Count})
		switch *g.Group {
		case "backlog", "unstarted", "started":
			out.Open += g.Count
			out.OpenGroups = append(out.OpenGroups, GroupTotal{*g.Group, g.Count})
			addTo(&out.OpenEstimates, g.Point)
		}
	}
	for _, m := range s.Completed {
		month, err := strconv.Atoi(string(m.Month[5:7]))
		if err != nil {
			return Summary{}, err
		}
		out.Completed = append(out.Completed, MonthTotal{month, m.Count})
	}
	return out, nil
}

func addTo(sum **int, n *int) {
	if n == nil {
		return
	}
	if *sum == nil {
		*sum = new(int)
	}
	**sum += *n
}

// PersonCount are what a person did, or has to do: who they are by what the reference calls their columns, and the
// count.
type PersonCount map[string]web.AnyOf[*string, int]

func handsOut(prefix string, hands []analytic.PersonCount) []PersonCount {
	out := make([]PersonCount, len(hands))
	for i, h := range hands {
		out[i] = PersonCount{"count": {B: &h.Count}}
		for key, value := range personColumns(prefix, h.User) {
			out[i][key] = web.AnyOf[*string, int]{A: &value}
		}
	}
	return out
}
