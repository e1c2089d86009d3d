// Package search finds things of a workspace by their names, for the search of everything, for mentions and for
// pickers.
package search

import (
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// most is how many of a kind are found at the most.
const most = 100

// Place is where is searched: the caller's projects, those that are archived too or not.
type Place struct {
	Projects []store.SearchProject
	byID     map[string]store.SearchProject
}

// Identifier is the identifier of one of the place's projects.
func (p Place) Identifier(project string) string { return p.byID[project].Identifier }

// Name is the name of one of the place's projects.
func (p Place) Name(project string) string { return p.byID[project].Name }

// IDs are the ids of the projects.
func (p Place) IDs() []string {
	ids := make([]string, len(p.Projects))
	for i, project := range p.Projects {
		ids[i] = project.ID
	}
	return ids
}

// Only narrows the place to one project; it is empty when the caller is not in it.
func (p Place) Only(project string) Place {
	p.Projects = slices.DeleteFunc(slices.Clone(p.Projects), func(x store.SearchProject) bool { return x.ID != project })
	return p
}

// PlaceOf returns the projects of the workspace of which the caller is an active member.
func PlaceOf(c *app.Call, archived bool) (Place, error) {
	place := Place{byID: map[string]store.SearchProject{}}
	if c.Workspace == nil || len(c.Access.Projects) == 0 {
		return place, nil
	}
	where := dbx.Expression(dbx.HashExp{"workspace_id": c.Workspace.ID})
	if !archived {
		where = dbx.And(where, dbx.HashExp{"archived_at": nil})
	}
	rows, err := store.Projects.List(c.Read(), where)
	if err != nil {
		return place, err
	}
	for _, p := range rows {
		if _, mine := c.Access.Projects[p.ID]; mine {
			place.byID[p.ID] = store.SearchProject{ID: p.ID, Identifier: p.Identifier, Name: p.Name}
			place.Projects = append(place.Projects, place.byID[p.ID])
		}
	}
	return place, nil
}

// Issues finds work items of the place.
func (p Place) Issues(c *app.Call, text string, limit int) ([]store.FoundIssue, error) {
	return store.SearchIssues(c.Read(),
		store.IssueSearch{Projects: p.Projects, Text: text, Limit: limit, OwnOnly: c.OwnOnly()})
}

// Intake finds what waits in the place's intakes.
func (p Place) Intake(c *app.Call, text string) ([]store.FoundIssue, error) {
	return store.SearchIssues(c.Read(),
		store.IssueSearch{Projects: p.Projects, Text: text, Limit: most, Intake: true, OwnOnly: c.OwnOnly()})
}

// Named finds cycles, modules or views of the place.
func (p Place) Named(c *app.Call, in store.NamedTable, text string, limit int) ([]store.Named, error) {
	return store.FindNamed(c.Read(), in, p.IDs(), text, c.OwnOnly(), limit)
}

// Pages finds pages of the place, once for each project they are in; private ones only for their owner, and for nobody
// to mention. global narrows to those of the whole workspace.
func (p Place) Pages(c *app.Call, text string, mention, global bool, limit int) ([]store.Named, error) {
	return store.FindPages(c.Read(), p.IDs(), text, c.OwnOnly(), mention, global, limit)
}

// Workspaces finds the caller's own workspaces, newest first.
func Workspaces(c *app.Call, text string) ([]store.Workspace, error) {
	mine, err := store.WorkspaceMembers.List(c.Read(), dbx.HashExp{"member_id": c.User.ID, "is_active": true})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(mine))
	for i, m := range mine {
		ids[i] = m.WorkspaceID
	}
	return store.Workspaces.List(c.Read(), dbx.And(store.In("id", ids), store.Contains("name", text)), "created_at DESC")
}

// Projects finds projects by name or identifier, newest first: the caller's own, and with public those that anybody in
// the workspace may join. Archived ones are left out unless archived.
func Projects(c *app.Call, text string, public, archived bool, limit int) ([]store.Project, error) {
	if c.Access.Workspace == 0 {
		return nil, nil
	}
	mine := make([]string, 0, len(c.Access.Projects))
	for id := range c.Access.Projects {
		mine = append(mine, id)
	}
	slices.Sort(mine)
	open := store.In("id", mine)
	if public {
		open = dbx.Or(open, dbx.HashExp{"network": 2})
	}
	where := dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID}, open,
		dbx.Or(store.Contains("name", text), store.Contains("identifier", text)))
	if !archived {
		where = dbx.And(where, dbx.HashExp{"archived_at": nil})
	}
	var found []store.Project
	err := store.Projects.Query(c.Read()).AndWhere(where).OrderBy("created_at DESC").Limit(int64(limit)).All(&found)
	return found, err
}

// People finds members of the workspace, or of one project, by their names, newest membership first. Nobody from
// outside the workspace finds anybody (the reference lets strangers).
func People(c *app.Call, text, project string, limit int) ([]store.User, error) {
	if c.Access.Workspace == 0 {
		return nil, nil
	}
	return store.FindMembers(c.Read(), c.Workspace.ID, project, text, limit)
}

// Pick is what a picker of work items asks for: see the fields of store.IssueSearch.
type Pick struct {
	Text      string
	Workspace bool // look in all of the caller's projects
	IssueID   string
	Parent    bool // leave out the work item, its parent and its children
	Relation  bool // leave out the work item and what it is related to
	SubIssue  bool // only those without a parent, not the work item nor its parent
	Cycle     bool // only those in no cycle
	Module    string
	NoTarget  bool
}

// longest is how long a text may be whose numbers count.
const longest = 20

// PickIssues returns work items that could be tied to another, newest first, at most 100.
func PickIssues(c *app.Call, in Pick) ([]store.FoundIssue, Place, error) {
	place, err := PlaceOf(c, false)
	if err != nil {
		return nil, place, err
	}
	if !in.Workspace {
		place = place.Only(c.ProjectID)
	}
	q := store.IssueSearch{Projects: place.Projects, Text: in.Text, Limit: most, NoCycle: in.Cycle, NotInModule: in.Module,
		NoTargetDate: in.NoTarget, OwnOnly: c.OwnOnly()}
	if len(place.Projects) == 0 {
		return nil, place, nil
	}
	if c.Access.Projects[c.ProjectID] == app.Guest {
		q.MadeBy = c.UserID()
	}
	q.NoNumbers = len(in.Text) > longest
	if err := around(c, in, &q); err != nil {
		return nil, place, err
	}
	found, err := store.SearchIssues(c.Read(), q)
	return found, place, err
}

// around leaves out what the work item is tied to already. An unknown work item leaves nothing out.
func around(c *app.Call, in Pick, q *store.IssueSearch) error {
	if in.IssueID == "" || !in.Parent && !in.Relation && !in.SubIssue {
		return nil
	}
	it, err := store.Issues.List(c.Read(), dbx.HashExp{"id": in.IssueID, "workspace_id": c.Workspace.ID})
	if err != nil || len(it) == 0 {
		return err
	}
	q.Not = append(q.Not, in.IssueID)
	if it[0].ParentID != nil && (in.Parent || in.SubIssue) {
		q.Not = append(q.Not, *it[0].ParentID)
	}
	if in.Parent {
		q.NotChildOf = in.IssueID
	}
	q.Roots = in.SubIssue
	if !in.Relation {
		return nil
	}
	ties, err := store.IssueRelations.List(c.Read(),
		dbx.Or(dbx.HashExp{"issue_id": in.IssueID}, dbx.HashExp{"related_issue_id": in.IssueID}))
	for _, r := range ties {
		q.Not = append(q.Not, r.IssueID, r.RelatedIssueID)
	}
	return err
}
