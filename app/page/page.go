// Package page holds pages: documents of a project.
package page

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/app/visit"
	"github.com/sailplane/sailplane/store"
)

// The access of a page.
const (
	Public  = app.PublicPage
	Private = 1 // its owner only
)

// Input is what a request may say of a page. Labels replace all.
type Input struct {
	Name            app.Opt[string]     `json:"name" check:"blank"`
	Access          app.Opt[int]        `json:"access" check:"choice=0|1"`
	Color           app.Opt[string]     `json:"color" check:"max=255,blank"`
	Labels          app.Opt[[]string]   `json:"labels" alias:"label_ids" check:"pk,nested"`
	Parent          app.Opt[string]     `json:"parent" alias:"parent_id" check:"pk,null"`
	IsLocked        app.Opt[bool]       `json:"is_locked"`
	ViewProps       app.Opt[store.JSON] `json:"view_props"`
	LogoProps       app.Opt[store.JSON] `json:"logo_props" check:"logo"`
	DescriptionHTML app.Opt[string]     `json:"description_html" check:"blank"` // blank in a new page only
	DescriptionJSON app.Opt[store.JSON] `json:"description_json"`

	Faults app.Fields `body:"faults"` // what is wrong already; it is refused together with what the database knows
}

func (in *Input) put(p *store.Page) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &p.Name)
	app.Change(&cols, "access", in.Access, &p.Access)
	app.Change(&cols, "color", in.Color, &p.Color)
	app.ChangePtr(&cols, "parent_id", in.Parent, &p.ParentID)
	app.Change(&cols, "is_locked", in.IsLocked, &p.IsLocked)
	app.Change(&cols, "view_props", in.ViewProps, &p.ViewProps)
	app.Change(&cols, "logo_props", in.LogoProps, &p.LogoProps)
	return cols
}

// clean makes the text harmless, before anything is locked.
func (in *Input) clean() (err error) {
	if in.DescriptionHTML.V, err = richtext.Clean(in.DescriptionHTML.V); err != nil {
		return app.Field("description_html", err.Error())
	}
	return nil
}

// check refuses what is wrong already, and labels and a parent that are not of the project; of labels that are those
// stay which are. The id is the page's own, empty for a new one.
func (in *Input) check(c *app.Call, t *store.Tx, id string) error {
	named := slices.DeleteFunc(slices.Clone(in.Labels.V), func(id string) bool { return !store.IsID(id) })
	labels, err := store.Labels.List(t, dbx.And(dbx.HashExp{"workspace_id": c.Workspace.ID}, store.In("id", named)))
	if err != nil {
		return err
	}
	nested, _ := in.Faults["labels"].(app.Fields)
	if nested == nil {
		nested = app.Fields{}
	}
	known := map[string]bool{} // by id: whether it is of the project
	for _, l := range labels {
		known[l.ID] = l.ProjectID == nil || *l.ProjectID == c.ProjectID
	}
	fits := func(id string) bool { return known[id] }
	some := slices.ContainsFunc(in.Labels.V, fits)
	for i, id := range in.Labels.V {
		if _, there := known[id]; store.IsID(id) && (!there || !some) {
			nested.Add(strconv.Itoa(i), app.NoObject(id))
		}
	}
	in.Labels.V = slices.DeleteFunc(slices.Clone(in.Labels.V), func(id string) bool { return !fits(id) })
	if len(nested) > 0 {
		in.Faults["labels"] = nested
	}
	if parent := in.Parent.Ptr(); parent != nil && *parent != "" {
		if _, err := at(c, t, *parent); errors.Is(err, store.ErrNotFound) {
			in.Faults.Add("parent", app.NoObject(*parent))
		} else if err != nil {
			return err
		}
		line, err := store.Lineage(t, "pages", *parent)
		if err != nil {
			return err
		}
		if slices.Contains(line, id) {
			in.Faults.Add("parent", app.Circle)
		}
	}
	return in.Faults.Err()
}

// ForMember is a page as one person sees it.
type ForMember struct {
	store.Page
	IsFavorite bool
	Labels     []string
	Projects   []string
	Issues     []string // that it mentions; in Get only
}

// role is what the caller is where the call is: in the project or, when none is named, in the workspace.
func role(c *app.Call) app.Role {
	if c.ProjectID == "" {
		return c.Access.Workspace
	}
	return c.Access.Projects[c.ProjectID]
}

// at finds a page of the call's project or, when none is named, of the workspace itself.
func at(c *app.Call, t *store.Tx, id string) (*store.Page, error) {
	return store.PageIn(t, c.Workspace.ID, c.ProjectID, id)
}

// Enter finds the page of the call's project, or of the workspace, and lets in who may: the owner always, others into
// public pages from that role on: guests read, members write, administrators delete. Plane: app/permissions/page.py
func Enter(c *app.Call, t *store.Tx, id string, need app.Role) (*store.Page, error) {
	if role(c) == app.Nobody {
		return nil, app.ErrDenied
	}
	p, err := at(c, t, id)
	if err != nil {
		return nil, err
	}
	if err := admit(c, t, p, need); err != nil {
		return nil, err
	}
	return p, nil
}

// visiblePages selects the pages that the caller sees in lists: not below others, public or their own, and only their
// own for guests.
func visiblePages(c *app.Call, t *store.Tx) (*dbx.SelectQuery, error) {
	project, err := store.Projects.Get(t, dbx.HashExp{"id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if err != nil {
		return nil, err
	}
	q := store.PagesOf(t, c.ProjectID).AndWhere(dbx.HashExp{"pages.parent_id": nil})
	mine := dbx.HashExp{"pages.owned_by_id": c.UserID()}
	switch {
	case project.ArchivedAt != nil:
		q.AndWhere(store.Nothing())
	case hidesFromGuests(c, project):
		q.AndWhere(mine)
	default:
		q.AndWhere(dbx.Or(mine, dbx.HashExp{"pages.access": Public}))
	}
	return q, nil
}

func hidesFromGuests(c *app.Call, p *store.Project) bool {
	return c.SeesOwnOnly(p.ID)
}

func see(c *app.Call, t *store.Tx, rows []store.Page) ([]ForMember, error) {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	stars, err := store.FavoritesOf(t, c.Workspace.ID, c.UserID(), "page")
	if err != nil {
		return nil, err
	}
	labels, err := store.LabelsOfPages(t, ids)
	if err != nil {
		return nil, err
	}
	links, err := store.ProjectPages.List(t, store.In("page_id", ids), "project_id")
	if err != nil {
		return nil, err
	}
	projectsOf := map[string][]string{}
	for _, l := range links {
		projectsOf[l.PageID] = append(projectsOf[l.PageID], l.ProjectID)
	}
	seen := make([]ForMember, len(rows))
	for i, p := range rows {
		seen[i] = ForMember{Page: p, IsFavorite: stars[p.ID], Labels: append([]string{}, labels[p.ID]...),
			Projects: append([]string{}, projectsOf[p.ID]...)}
	}
	slices.SortStableFunc(seen, favoritesFirst)
	return seen, nil
}

func favoritesFirst(a, b ForMember) int {
	switch {
	case a.IsFavorite == b.IsFavorite:
		return 0
	case a.IsFavorite:
		return -1
	}
	return 1
}

// List returns the pages at the top of the call's project, favourites first, then newest; search looks into their
// names.
func List(c *app.Call, search string) ([]ForMember, error) {
	t := c.Read()
	q, err := visiblePages(c, t)
	if err != nil {
		return nil, err
	}
	for _, word := range store.SearchedWords(search) {
		q.AndWhere(store.Contains("pages.name", word))
	}
	rows, err := store.PageList(q.OrderBy("pages.created_at DESC", "pages.id DESC"))
	if err != nil {
		return nil, err
	}
	return see(c, t, rows)
}

// Summary counts the pages that List would show.
type Summary struct {
	PublicPages   int `json:"public_pages"`
	PrivatePages  int `json:"private_pages"`
	ArchivedPages int `json:"archived_pages"`
}

// Summarize counts the pages at the top of the call's project by kind.
func Summarize(c *app.Call) (Summary, error) {
	var s Summary
	q, err := visiblePages(c, c.Read())
	if err != nil {
		return s, err
	}
	rows, err := store.PageList(q)
	for _, p := range rows {
		switch {
		case p.ArchivedAt != nil:
			s.ArchivedPages++
		case p.Access == Public:
			s.PublicPages++
		default:
			s.PrivatePages++
		}
	}
	return s, err
}

// Get returns a page at the top of the call's project with the work items that it mentions.
func Get(c *app.Call, id string, looks bool) (*ForMember, error) {
	t := c.Read()
	p, err := Enter(c, t, id, app.Guest)
	if err != nil {
		return nil, err
	}
	project, err := store.Projects.Find(t, c.ProjectID)
	if err != nil {
		return nil, err
	}
	if hidesFromGuests(c, project) && p.OwnedByID != c.UserID() {
		return nil, app.Refuse(app.Invalid, "You are not allowed to view this page")
	}
	if p.ParentID != nil || project.ArchivedAt != nil {
		return nil, app.Refuse(app.NotFound, "Page not found")
	}
	seen, err := see(c, t, []store.Page{*p})
	if err != nil {
		return nil, err
	}
	logs, err := store.PageLogs.List(t, dbx.HashExp{"page_id": id, "entity_name": "issue"}, "created_at")
	if err != nil {
		return nil, err
	}
	seen[0].Issues = []string{}
	for _, l := range logs {
		if l.EntityIdentifier != nil {
			seen[0].Issues = append(seen[0].Issues, *l.EntityIdentifier)
		}
	}
	if looks {
		visit.Note(c, "page", id, c.ProjectID)
	}
	return &seen[0], nil
}

// Create writes a new page of the call's project. One below another page is written, too, but can't be answered: the
// reference's 404 stays, because clients only ever make pages at the top.
func Create(c *app.Call, in Input) (*ForMember, error) {
	seen, err := create(c, in, nil)
	if err != nil {
		return nil, err
	}
	if seen.ParentID != nil {
		return nil, store.ErrNotFound
	}
	return seen, nil
}

// create writes a new page where the call is; by is what a program says of it besides, nil: it is none.
func create(c *app.Call, in Input, by *program) (*ForMember, error) {
	p := &store.Page{OwnedByID: c.UserID(), WorkspaceID: c.Workspace.ID, ViewProps: store.JSON(`{"full_width":false}`),
		DescriptionJSON: in.DescriptionJSON.V, SortOrder: 65535, IsGlobal: c.ProjectID == ""}
	setHTML(p, "<p></p>")
	if err := in.clean(); err != nil {
		return nil, err
	}
	var seen []ForMember
	err := c.Write(func(t *store.Tx) error {
		if err := holdPages(c, t); err != nil {
			return err
		}
		if err := by.putNew(c, t, p); err != nil {
			return err
		}
		if err := in.check(c, t, ""); err != nil {
			return err
		}
		in.put(p)
		if in.DescriptionHTML.Set {
			setHTML(p, in.DescriptionHTML.V)
		}
		if err := insert(c, t, p); err != nil {
			return err
		}
		if err := by.settle(c, t, p, false); err != nil {
			return err
		}
		if err := setLabels(t, p, in.Labels.V); err != nil {
			return err
		}
		if err := logMentions(t, p); err != nil {
			return err
		}
		var err error
		seen, err = see(c, t, []store.Page{*p})
		return err
	})
	if err != nil {
		return nil, err
	}
	return &seen[0], nil
}

// insert writes the row of a new page, and says which project it is of.
func insert(c *app.Call, t *store.Tx, p *store.Page) error {
	if err := store.Pages.Insert(t, p); err != nil {
		return err
	}
	store.NoteEvent(t, p.WorkspaceID, store.EventPage, store.ActionCreated, p.ID)
	if p.IsGlobal {
		return nil
	}
	return store.ProjectPages.Insert(t,
		&store.ProjectPage{PageID: p.ID, ProjectID: c.ProjectID, WorkspaceID: p.WorkspaceID})
}

func setLabels(t *store.Tx, p *store.Page, labels []string) error {
	if _, err := store.PageLabels.DeleteWhere(t, dbx.HashExp{"page_id": p.ID}); err != nil {
		return err
	}
	var rows []*store.PageLabel
	for _, l := range slices.Compact(slices.Sorted(slices.Values(labels))) {
		rows = append(rows, &store.PageLabel{LabelID: l, PageID: p.ID, WorkspaceID: p.WorkspaceID})
	}
	return store.PageLabels.Insert(t, rows...)
}

// today is the day on which something is archived.
func today(t *store.Tx) *store.Date {
	d := store.Date(t.Now.Format(time.DateOnly))
	return &d
}
