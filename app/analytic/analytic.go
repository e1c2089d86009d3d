// Package analytic counts what projects hold, for charts and overviews.
package analytic

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Scope is what a request asks analytics of.
type Scope struct {
	Period   string   // a name of spans; others are all time
	Projects []string // only these of the caller's; nil: all of them
	Cycle    string
	Module   string

	portion store.AnalyticsScope
	rows    map[string]store.Project // those of the portion
}

// The spans that may be named: so many days, the last of them so many days ago.
var spans = map[string]struct{ days, ago int }{
	"yesterday": {1, 1}, "last_7_days": {8, 0}, "last_30_days": {31, 0}, "last_3_months": {91, 0},
}

func span(name string, now time.Time) store.Span {
	s, ok := spans[name]
	if !ok {
		return store.Span{}
	}
	end := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-s.ago)
	return store.Span{From: end.AddDate(0, 0, -s.days), Before: end}
}

// open finds the projects: the caller's that are not archived. Of a call in a project it is that one, if it is among
// them.
func (s *Scope) open(c *app.Call, t *store.Tx) error {
	ids := slices.Collect(maps.Keys(c.Access.Projects))
	ids = slices.DeleteFunc(ids, func(id string) bool {
		return c.ProjectID != "" && id != c.ProjectID || s.Projects != nil && !slices.Contains(s.Projects, id)
	})
	where := dbx.And(store.In("id", ids), dbx.HashExp{"workspace_id": c.Workspace.ID, "archived_at": nil})
	rows, err := store.Projects.List(t, where, "id")
	if err != nil {
		return err
	}
	s.rows = map[string]store.Project{}
	s.portion = store.AnalyticsScope{Span: span(s.Period, t.Now), Cycle: s.Cycle, Module: s.Module, OwnOnly: c.OwnOnly()}
	for _, p := range rows {
		s.rows[p.ID] = p
		s.portion.Projects = append(s.portion.Projects, p.ID)
	}
	return nil
}

// Overview is how much there is of everything.
type Overview struct {
	Users, Admins, Members, Guests    int
	Projects, Issues, Cycles, Intakes int
}

// ReadOverview counts it. Plane: app/views/analytic/advance.py
func ReadOverview(c *app.Call, s Scope) (Overview, error) {
	t := c.Read()
	if err := s.open(c, t); err != nil {
		return Overview{}, err
	}
	among, err := s.knownProjects(c, t)
	if err != nil {
		return Overview{}, err
	}
	roles, err := store.MembersByRole(t, c.Workspace.ID, among, false, s.portion.Span)
	if err != nil {
		return Overview{}, err
	}
	var o Overview
	for _, r := range roles {
		o.Users += r.Count
		switch app.Role(r.Role) {
		case app.Admin:
			o.Admins += r.Count
		case app.Member:
			o.Members += r.Count
		case app.Guest:
			o.Guests += r.Count
		}
	}
	in := s.portion.Span
	for _, p := range s.rows {
		if in.From.IsZero() || !p.CreatedAt.Before(in.From) && p.CreatedAt.Before(in.Before) {
			o.Projects++
		}
	}
	if o.Issues, err = s.portion.CountWork(t); err != nil {
		return o, err
	}
	if o.Cycles, err = s.portion.Count(t, store.TheCycles); err != nil {
		return o, err
	}
	o.Intakes, err = s.portion.Count(t, store.TheIntake)
	return o, err
}

// knownProjects are those that were asked for and that the caller may know of: their people are counted, as in the
// reference, also where the caller has no role. nil: none was asked for.
func (s *Scope) knownProjects(c *app.Call, t *store.Tx) ([]string, error) {
	if s.Projects == nil {
		return nil, nil
	}
	rows, err := store.Projects.List(t, dbx.And(store.In("id", s.Projects), dbx.HashExp{"workspace_id": c.Workspace.ID},
		store.ProjectsVisibleTo(c.UserID(), int(c.Access.Workspace))), "id")
	ids := make([]string, len(rows))
	for i, p := range rows {
		ids[i] = p.ID
	}
	return ids, err
}

// Groups counts work items by the group of their state.
type Groups map[string]int

// ReadGroups counts the work items of all the projects together; Total counts also those without a state.
func ReadGroups(c *app.Call, s Scope) (groups Groups, total int, err error) {
	t := c.Read()
	if err = s.open(c, t); err != nil {
		return nil, 0, err
	}
	counts, err := s.portion.ByGroup(t)
	if err != nil {
		return nil, 0, err
	}
	groups = Groups{}
	for _, n := range counts {
		groups[n.Group] += n.Count
	}
	total, err = s.portion.CountWork(t)
	return groups, total, err
}

// ProjectGroups counts the work items of one project.
type ProjectGroups struct {
	Project store.Project
	Groups  Groups
}

// ReadProjects counts the work items of each project that has any, of all time, in the order of their ids.
func ReadProjects(c *app.Call, s Scope) ([]ProjectGroups, error) {
	t := c.Read()
	s.Period = ""
	if err := s.open(c, t); err != nil {
		return nil, err
	}
	counts, err := s.portion.ByGroup(t)
	if err != nil {
		return nil, err
	}
	var all []ProjectGroups
	for _, n := range counts {
		if len(all) == 0 || all[len(all)-1].Project.ID != n.ProjectID {
			all = append(all, ProjectGroups{s.rows[n.ProjectID], Groups{}})
		}
		all[len(all)-1].Groups[n.Group] = n.Count
	}
	return all, nil
}

// PersonGroups counts the work items that one person has to do; User nil: that nobody has.
type PersonGroups struct {
	User   *store.User
	Groups Groups
}

// ReadPeople counts the work items of the call's project by who has them to do, by name; nobody comes last.
func ReadPeople(c *app.Call, s Scope) ([]PersonGroups, error) {
	t := c.Read()
	s.Period = ""
	if err := s.open(c, t); err != nil {
		return nil, err
	}
	counts, err := s.portion.ByAssignee(t)
	if err != nil {
		return nil, err
	}
	byID := map[string]Groups{}
	for _, n := range counts {
		id := ""
		if n.UserID != nil {
			id = *n.UserID
		}
		if byID[id] == nil {
			byID[id] = Groups{}
		}
		byID[id][n.Group] = n.Count
	}
	ids := slices.DeleteFunc(slices.Collect(maps.Keys(byID)), func(id string) bool { return id == "" })
	users, err := store.Users.ByID(t, ids)
	if err != nil {
		return nil, err
	}
	var all []PersonGroups
	for _, id := range ids {
		all = append(all, PersonGroups{users[id], byID[id]})
	}
	slices.SortFunc(all, func(a, b PersonGroups) int { return strings.Compare(a.User.DisplayName, b.User.DisplayName) })
	if nobody := byID[""]; nobody != nil {
		all = append(all, PersonGroups{Groups: nobody})
	}
	return all, nil
}

// ProjectTotals counts the named things (see store.ProjectTotals) in the projects of the workspace, or in those with
// the ids. It does not matter which the caller is in, but that secret ones are for those who are, and for the
// workspace's administrators (the reference counts them to everybody). Plane: app/views/analytic/base.py
func ProjectTotals(c *app.Call, ids, names []string) ([]store.CountedTotals, error) {
	all, err := store.ProjectsCounted(c.Read(), c.Workspace.ID, ids, names, c.OwnOnly())
	return slices.DeleteFunc(all, func(p store.CountedTotals) bool {
		_, mine := c.Access.Projects[p.ID]
		return p.Secret && !mine && c.Access.Workspace != app.Admin
	}), err
}
