package page

import (
	"errors"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Pages as programs use them: of a project, or of the workspace itself when the call names no project; with origins,
// and with pages below others. Editors and browsers see what programs write, by the rules that hold for people.

// MoreV1 is what a program may say of a page beside its name and its text.
type MoreV1 struct {
	Access     app.Opt[int]        `json:"access" check:"choice=0|1"` // 1: its owner only
	Color      app.Opt[string]     `json:"color" check:"max=255,blank"`
	Parent     app.Opt[string]     `json:"parent_id" alias:"parent" check:"uuid,null"`
	IsLocked   app.Opt[bool]       `json:"is_locked"`
	ArchivedAt app.Opt[store.Date] `json:"archived_at" check:"date,null"` // of a new page only
	ViewProps  app.Opt[store.JSON] `json:"view_props"`
	LogoProps  app.Opt[store.JSON] `json:"logo_props" check:"logo"`
	app.ExternalRef
}

// NewV1 is what a program says of a new page.
type NewV1 struct {
	Name            app.Opt[string] `json:"name" check:"required"`
	DescriptionHTML app.Opt[string] `json:"description_html" check:"required,blank"`
	Collection      app.Opt[string] `json:"collection_id" check:"uuid,null"` // of a page of the workspace
	MoreV1
}

// ChangeV1 is what a program says of a page that is there; what it does not say stays.
type ChangeV1 struct {
	Name            app.Opt[string] `json:"name"`
	DescriptionHTML app.Opt[string] `json:"description_html"`
	MoreV1
}

func (m *MoreV1) input(name, html app.Opt[string]) Input {
	return Input{Name: name, Access: m.Access, Color: m.Color, Parent: m.Parent, IsLocked: m.IsLocked,
		ViewProps: m.ViewProps, LogoProps: m.LogoProps, DescriptionHTML: html, Faults: app.Fields{}}
}

// program is what only programs say of a page.
type program struct {
	*MoreV1
	collection *string // that a new page goes into
}

// named says whether a program gives the page an origin.
func (by *program) named() bool { return by != nil && (by.ExternalID.Set || by.ExternalSource.Set) }

// putNew writes it into a new page.
func (by *program) putNew(c *app.Call, t *store.Tx, p *store.Page) error {
	if by == nil {
		return nil
	}
	if c.ProjectID != "" && by.collection != nil {
		return app.Field("collection_id", "Collections are of pages of the workspace.")
	}
	if err := by.check(c, t, p); err != nil {
		return err
	}
	p.ArchivedAt = by.ArchivedAt.Ptr()
	by.Put(new([]string), &p.ExternalID, &p.ExternalSource)
	return nil
}

// put writes it into a page that is neither archived nor locked, but for who may unlock it and does so, and returns the
// columns.
func (by *program) put(c *app.Call, t *store.Tx, p *store.Page, in *Input) (cols []string, err error) {
	switch {
	case by == nil:
		return nil, nil
	case by.ArchivedAt.Ptr() != nil:
		return nil, app.Field("archived_at", "Pages are archived and brought back at archive/.")
	case p.ArchivedAt != nil:
		return nil, app.Refuse(app.Invalid, "Page is archived")
	case p.IsLocked && in.IsLocked.Set && !in.IsLocked.V:
		if err := admit(c, t, p, app.Admin); err != nil {
			return nil, err
		}
		p.IsLocked = false
	}
	if err := by.check(c, t, p); err != nil {
		return nil, err
	}
	by.Put(&cols, &p.ExternalID, &p.ExternalSource)
	return cols, nil
}

// settle puts a page of the workspace where it belongs once it has its place below others: a new one, or with moved one
// that came below another.
func (by *program) settle(c *app.Call, t *store.Tx, p *store.Page, moved bool) error {
	switch {
	case by == nil || c.ProjectID != "":
		return nil
	case !moved:
		return fileNew(c, t, p, by.collection)
	case by.Parent.Ptr() != nil:
		return followParent(c, t, p)
	}
	return nil
}

// check refuses a parent of elsewhere, one that the caller may not change, or of below the page, and what another page
// of the place is called.
func (by *program) check(c *app.Call, t *store.Tx, p *store.Page) error {
	if parent := by.Parent.Ptr(); parent != nil {
		_, err := Enter(c, t, *parent, app.Member)
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, app.Forbidden) {
			return app.Field("parent_id", app.NoObject(*parent))
		} else if err != nil {
			return err
		}
		line, err := store.Lineage(t, "pages", *parent)
		if err != nil {
			return err
		}
		if slices.Contains(line, p.ID) {
			return app.Field("parent_id", app.Circle)
		}
	}
	return by.checkOrigin(c, t, p)
}

// checkOrigin refuses what another page of the place is called.
func (by *program) checkOrigin(c *app.Call, t *store.Tx, p *store.Page) error {
	named := *p
	by.Put(new([]string), &named.ExternalID, &named.ExternalSource)
	if named.ExternalID == nil || named.ExternalSource == nil || *named.ExternalID == "" || *named.ExternalSource == "" {
		return nil
	}
	holder, err := store.PageCalled(t, store.PagesIn(c.Workspace.ID, c.ProjectID), *named.ExternalID,
		*named.ExternalSource)
	if err != nil || holder == "" || holder == p.ID {
		return err
	}
	return app.DuplicateOf("Page with the same external id and external source already exists", holder)
}

// FilterV1 narrows a list of pages.
type FilterV1 struct {
	Type           string `query:"type" type:"all|public|private|shared|archived"`
	Search         string `query:"search"`
	ExternalID     string `query:"external_id"`
	ExternalSource string `query:"external_source"`
}

func (f FilterV1) where(c *app.Call) dbx.Expression {
	living := dbx.HashExp{"pages.archived_at": nil}
	all := []dbx.Expression{c.SeenPages(c.ProjectID)}
	switch f.Type {
	case "public":
		all = append(all, living, dbx.HashExp{"pages.access": Public})
	case "private":
		all = append(all, living, dbx.HashExp{"pages.access": Private})
	case "archived":
		all = append(all, dbx.Not(living))
	case "shared": // nobody can share a private page
		all = append(all, store.Nothing())
	}
	for _, word := range store.SearchedWords(f.Search) {
		all = append(all, store.Contains("pages.name", word))
	}
	if f.ExternalID != "" {
		all = append(all, dbx.HashExp{"pages.external_id": f.ExternalID})
	}
	if f.ExternalSource != "" {
		all = append(all, dbx.HashExp{"pages.external_source": f.ExternalSource})
	}
	return dbx.And(all...)
}

var orderedV1 = map[string]string{"name": "pages.name", "created_at": "pages.created_at",
	"updated_at": "pages.updated_at", "archived_at": "pages.archived_at", "access": "pages.access",
	"sort_order": "pages.sort_order", "id": "pages.id"}

// InProjects is a page with the projects that it is of, and the collection that it is in.
type InProjects struct {
	store.Page
	Projects   []string
	Collection *string // nil: in none that the caller sees
	Place      *string // its place there
}

// ListV1 returns a part of the pages of the call's project, or of the workspace itself, that the caller may read, those
// below others too, without their text, by name or -name (empty: the newest first), and how many there are in all. An
// archived project shows none.
func ListV1(c *app.Call, s store.ListPart, f FilterV1, by string) ([]InProjects, int, error) {
	order, err := app.OrderBy(by, "-created_at", orderedV1)
	if err != nil {
		return nil, 0, err
	}
	t := c.Read()
	if err := open(c, t); errors.Is(err, store.ErrNotFound) {
		return nil, 0, nil
	} else if err != nil {
		return nil, 0, err
	}
	rows, total, err := store.PagesPart(t, f.where(c), s, order, "pages.id DESC")
	if err != nil {
		return nil, 0, err
	}
	seen, err := withProjects(c, t, rows)
	return seen, total, err
}

// GetV1 returns a page that the caller may read, with its text.
func GetV1(c *app.Call, id string) (*InProjects, error) {
	t := c.Read()
	p, err := Enter(c, t, id, app.Guest)
	if err != nil {
		return nil, err
	}
	if c.ProjectID != "" && c.SeesOwnOnly(c.ProjectID) && p.OwnedByID != c.UserID() {
		return nil, app.ErrDenied
	}
	if err := open(c, t); err != nil {
		return nil, err
	}
	return oneWithProjects(c, t, p)
}

// CreateV1 writes a new page, at the top or below another one.
func CreateV1(c *app.Call, in NewV1) (*InProjects, error) {
	seen, err := create(c, in.input(in.Name, in.DescriptionHTML), &program{&in.MoreV1, in.Collection.Ptr()})
	if err != nil {
		return nil, err
	}
	return oneWithProjects(c, c.Read(), &seen.Page)
}

// SetV1 writes what a program says of a page that is neither archived nor locked. The text is written into the document
// that editors keep, and a version of it is kept.
func SetV1(c *app.Call, id string, in ChangeV1) (*InProjects, error) {
	p, err := change(c, id, in.input(in.Name, in.DescriptionHTML), &program{&in.MoreV1, nil})
	if err != nil {
		return nil, err
	}
	return oneWithProjects(c, c.Read(), p)
}

// open refuses the pages of an archived project.
func open(c *app.Call, t *store.Tx) error {
	if c.ProjectID == "" {
		return nil
	}
	p, err := store.Projects.Find(t, c.ProjectID)
	if err == nil && p.ArchivedAt != nil {
		err = store.ErrNotFound
	}
	return err
}

func withProjects(c *app.Call, t *store.Tx, rows []store.Page) ([]InProjects, error) {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	links, err := store.ProjectPages.List(t, store.In("page_id", ids), "project_id")
	if err != nil {
		return nil, err
	}
	of := map[string][]string{}
	for _, l := range links {
		of[l.PageID] = append(of[l.PageID], l.ProjectID)
	}
	filed := map[string]store.FiledPage{}
	if c.ProjectID == "" {
		if filed, err = store.FiledPages(t, c.UserID(), ids); err != nil {
			return nil, err
		}
	}
	all := make([]InProjects, len(rows))
	for i, p := range rows {
		all[i] = InProjects{Page: p, Projects: append([]string{}, of[p.ID]...)}
		if f := filed[p.ID]; f.ID != "" && enterFiled(c, f, app.Guest) == nil {
			all[i].Collection, all[i].Place = &f.CollectionID, &f.ID
		}
	}
	return all, nil
}

func oneWithProjects(c *app.Call, t *store.Tx, p *store.Page) (*InProjects, error) {
	all, err := withProjects(c, t, []store.Page{*p})
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}
