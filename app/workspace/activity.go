package workspace

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/sheet"
	"github.com/sailplane/sailplane/store"
)

// Feed is a page of what a person did, and what shows beside each entry, by id. Deleted work items are still shown.
type Feed struct {
	Total      int
	Entries    []store.IssueActivity
	Issues     map[string]*store.Issue
	Projects   map[string]*store.Project
	Workspaces map[string]*store.Workspace
	People     map[string]*store.User
}

// The orders of a feed, by their names on the wire.
var feedOrders = []string{"created_at", "updated_at", "verb", "field", "epoch"}

// Page is the part of a feed that is asked for. Order is a name of the wire, with - for backwards.
type Page struct {
	Order         string
	Offset, Limit int
}

// OwnActivity returns what the caller did wherever they still are, comments too. Plane: app/views/user/base.py
func OwnActivity(c *app.Call, p Page) (*Feed, error) {
	return feed(c, store.ActivityFilter{Actor: c.UserID()}, p)
}

// Activity returns what a person did in those of the caller's projects that are not archived; of names of projects, if
// any, only those count. Plane: app/views/workspace/user.py
func Activity(c *app.Call, user string, only []string, p Page) (*Feed, error) {
	return feed(c, store.ActivityFilter{Actor: user, Workspace: c.Workspace.ID, Projects: ownProjects(c, only),
		NoTalk: true, OwnOnly: c.OwnOnly()}, p)
}

// ActivityOfDay returns what a person did in the caller's projects on a UTC day, 10,000 entries at most, newest first.
func ActivityOfDay(c *app.Call, user string, day time.Time) (*Feed, error) {
	d := store.ActivityFilter{Actor: user, Workspace: c.Workspace.ID, Projects: ownProjects(c, nil), NoTalk: true,
		Archived: true, OwnOnly: c.OwnOnly(), Since: day, Before: day.AddDate(0, 0, 1)}
	return feed(c, d, Page{Order: "-created_at", Limit: 10000})
}

// ownProjects are the caller's projects in the workspace of the call, or those of them that are named.
func ownProjects(c *app.Call, only []string) []string {
	ids := slices.Sorted(maps.Keys(c.Access.Projects))
	if len(only) == 0 {
		return ids
	}
	return slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(only, id) })
}

func feed(c *app.Call, d store.ActivityFilter, p Page) (*Feed, error) {
	column, back := p.Order, ""
	if len(column) > 0 && column[0] == '-' {
		column, back = column[1:], " DESC"
	}
	if !slices.Contains(feedOrders, column) {
		return nil, app.ErrValue
	}
	t := c.Read()
	var f Feed
	var err error
	if f.Total, err = d.Count(t); err != nil {
		return nil, err
	}
	if f.Entries, err = d.List(t, column+back, p.Offset, p.Limit); err != nil {
		return nil, err
	}
	return &f, f.fill(t)
}

// fill reads what shows beside the entries.
func (f *Feed) fill(t *store.Tx) error {
	issues, projects, workspaces, people := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, e := range f.Entries {
		projects[e.ProjectID], workspaces[e.WorkspaceID] = true, true
		if e.IssueID != nil {
			issues[*e.IssueID] = true
		}
		if e.ActorID != nil {
			people[*e.ActorID] = true
		}
	}
	var rows []store.Issue
	if err := store.Issues.QueryAll(t).AndWhere(store.In("id", keys(issues))).All(&rows); err != nil {
		return fmt.Errorf("work items of a history: %w", err)
	}
	f.Issues = make(map[string]*store.Issue, len(rows))
	for i := range rows {
		f.Issues[rows[i].ID] = &rows[i]
	}
	var err error
	if f.Projects, err = store.Projects.ByID(t, keys(projects)); err != nil {
		return err
	}
	if f.Workspaces, err = store.Workspaces.ByID(t, keys(workspaces)); err != nil {
		return err
	}
	f.People, err = store.Users.ByID(t, keys(people))
	return err
}

func keys(set map[string]bool) []string { return slices.Collect(maps.Keys(set)) }

// ActivityByDay counts what the caller did in the workspace of the call, by UTC day, since so many months ago. Plane:
// app/views/workspace/user.py
func ActivityByDay(c *app.Call, months int) ([]store.DayCount, error) {
	if c.Workspace == nil || c.Access.Workspace == app.Nobody {
		return nil, nil
	}
	t := c.Read()
	since := t.Now.Truncate(24*time.Hour).AddDate(0, -months, 0)
	return store.ByDay(t, c.UserID(), c.Workspace.ID, since)
}

// WriteActivity writes a feed as a table, times in UTC as the reference writes them.
func WriteActivity(w io.Writer, f *Feed) error {
	const layout = "2006-01-02 15:04:05.000000-07:00"
	rows := [][]string{{"Actor name", "Issue ID", "Project", "Created at", "Updated at", "Action", "Field", "Old value",
		"New value"}}
	for _, e := range f.Entries {
		var actor, project, number, name string
		if e.ActorID != nil && f.People[*e.ActorID] != nil {
			actor = f.People[*e.ActorID].DisplayName
		}
		if p := f.Projects[e.ProjectID]; p != nil {
			project, name = p.Identifier, p.Name
		}
		if e.IssueID != nil && f.Issues[*e.IssueID] != nil {
			number = strconv.Itoa(f.Issues[*e.IssueID].SequenceID)
		}
		rows = append(rows, []string{actor, project + " - " + number, name, e.CreatedAt.UTC().Format(layout),
			e.UpdatedAt.UTC().Format(layout), e.Verb, given(e.Field), given(e.OldValue), given(e.NewValue)})
	}
	return sheet.QuotedCSV(w, rows)
}

func given(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
