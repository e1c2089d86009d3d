package issue

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/visit"
	"github.com/sailplane/sailplane/store/issuelist"
)

// List is an answered list of work items: a page of it, or a board of groups when GroupedBy says so.
type List struct {
	GroupedBy, SubGroupedBy string // empty: none
	Paging                  Paging
	Rows                    []issuelist.Row
	Groups                  []issuelist.Group
	Total                   int // of the whole list, as the reference counts it
	Count                   int // of this page
	Pages                   int
	More                    bool
	States                  issuelist.States
}

// shape is how one of the lists differs from the others.
type shape struct {
	order string // when none is asked for
	each  bool   // a work item is listed once for every tie that fits the filters
}

// ListInProject returns the work items of the call's project.
func ListInProject(c *app.Call, in ProjectQuery) (*List, error) {
	scope, err := inProject(c)
	if err != nil {
		return nil, err
	}
	l, err := list(c, scope, asked{ListQuery: in.ListQuery, GroupQuery: in.GroupQuery, after: in.After},
		shape{order: "-created_at"})
	if err == nil {
		visit.Note(c, "project", c.ProjectID, c.ProjectID)
	}
	return l, err
}

// ListDetailed is the project's list without groups.
func ListDetailed(c *app.Call, in ListQuery) (*List, error) {
	scope, err := inProject(c)
	if err != nil {
		return nil, err
	}
	return list(c, scope, asked{ListQuery: in}, shape{order: "-created_at", each: true})
}

// ListInWorkspace returns the work items of all projects that the caller is in.
func ListInWorkspace(c *app.Call, in ListQuery) (*List, error) {
	scope, err := inWorkspace(c)
	if err != nil {
		return nil, err
	}
	return list(c, scope, asked{ListQuery: in}, shape{order: "-created_at", each: true})
}

// ListOfPerson returns what is assigned to somebody, was made by them or is followed by them, in the projects that the
// caller is in.
func ListOfPerson(c *app.Call, user string, in GroupedQuery) (*List, error) {
	scope, err := inWorkspace(c)
	if err != nil {
		return nil, err
	}
	scope.Person = user
	return list(c, scope, in.asked(), shape{order: "-created_at", each: true})
}

// ListArchived returns the archived work items of the call's project, even of an archived one. It alone of the app's
// lists leaves out epics (Plane: app/views/issue/archive.py).
func ListArchived(c *app.Call, in ArchiveQuery) (*List, error) {
	scope := hereOf(c)
	scope.Archived = true
	a := asked{ListQuery: in.ListQuery, GroupQuery: in.GroupQuery, subItems: in.SubItems, noEpics: true}
	return list(c, scope, a, shape{order: "-created_at", each: true})
}

// ListInCycle returns the work items of a cycle of the call's project.
func ListInCycle(c *app.Call, cycle string, in GroupedQuery) (*List, error) {
	scope, err := inProject(c)
	if err != nil {
		return nil, err
	}
	scope.Cycle = cycle
	return list(c, scope, in.asked(), shape{order: "-created_at", each: true})
}

// ListInModule returns the work items of a module of the call's project.
func ListInModule(c *app.Call, module string, in GroupedQuery) (*List, error) {
	scope, err := inProject(c)
	if err != nil {
		return nil, err
	}
	scope.Module = module
	return list(c, scope, in.asked(), shape{order: "created_at"})
}

// inProject is the call's project, as far as the caller may see it; nothing of it when it is archived.
func inProject(c *app.Call) (issuelist.Scope, error) {
	return places(c, []string{c.ProjectID})
}

// inWorkspace is every project that the caller is in.
func inWorkspace(c *app.Call) (issuelist.Scope, error) {
	ids := make([]string, 0, len(c.Access.Projects))
	for id := range c.Access.Projects {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return places(c, ids)
}

// hereOf is the call's project as far as the caller may see it, archived or not.
func hereOf(c *app.Call) issuelist.Scope {
	scope := issuelist.Scope{Workspace: c.Workspace.ID, User: c.UserID()}
	if c.SeesOwnOnly(c.ProjectID) {
		scope.Own = []string{c.ProjectID}
	} else {
		scope.Projects = []string{c.ProjectID}
	}
	return scope
}

// places: guests see their own work items only, unless the project shows them all.
func places(c *app.Call, ids []string) (issuelist.Scope, error) {
	scope := issuelist.Scope{Workspace: c.Workspace.ID, User: c.UserID()}
	found, err := issuelist.ReadPlaces(c.Read(), ids)
	for _, p := range found {
		switch {
		case p.Archived:
		case c.SeesOwnOnly(p.ID):
			scope.Own = append(scope.Own, p.ID)
		default:
			scope.Projects = append(scope.Projects, p.ID)
		}
	}
	return scope, err
}

// list returns what is asked for.
func list(c *app.Call, scope issuelist.Scope, a asked, sh shape) (*List, error) {
	q, err := a.query(c, scope, sh)
	if err != nil {
		return nil, err
	}
	by, err := a.groups()
	if err != nil {
		return nil, err
	}
	p, err := a.paging(len(by) > 0)
	if err != nil {
		return nil, err
	}
	l := &List{Paging: p, States: q.States}
	if len(by) == 0 {
		return l, l.page(c, q)
	}
	return l, l.board(c, q, by)
}

func (l *List) page(c *app.Call, q issuelist.Query) error {
	p, err := q.Page(c.Read(), l.Paging.Page*l.Paging.Limit, l.Paging.Limit)
	l.Rows, l.Total, l.Count = p.Rows, p.Total, len(p.Rows)
	l.Pages = (p.Total + l.Paging.Limit - 1) / l.Paging.Limit
	l.More = p.Total > (l.Paging.Page+1)*l.Paging.Limit
	return err
}

func (l *List) board(c *app.Call, q issuelist.Query, by []issuelist.GroupField) error {
	w := issuelist.NewWindow(l.Paging.Page, l.Paging.Size, l.Paging.Limit)
	b, err := q.Board(c.Read(), by, w)
	l.Groups, l.Total, l.Count, l.More = b.Groups, b.Total, b.Count, b.More
	l.GroupedBy = by[0].Name
	if len(by) > 1 {
		l.SubGroupedBy = by[1].Name
	}
	if b.Count > 0 {
		if l.Paging.Limit == 0 {
			return app.BadParam("per_page", "Invalid per_page parameter.")
		}
		l.Pages = (b.Largest + l.Paging.Limit - 1) / l.Paging.Limit
	}
	if q.Scope.Archived {
		l.Pages = 0
		miscount(l.Groups, 1)
	}
	return err
}

// miscount gives the groups of archived work items the sizes that the reference gives them: it counts those that are
// not archived, and shows 1 for 0 at the top.
func miscount(groups []issuelist.Group, n int) {
	for i := range groups {
		if groups[i].Total > 0 {
			groups[i].Total = n
		}
		miscount(groups[i].Sub, 0)
	}
}
