package page

import (
	"errors"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

const (
	mostFiled    = 100 // pages that are put into a collection at once
	mostOffered  = 100 // pages that are offered to be put into one
	belowAnother = "The page is below another one, and stays where that one is."
	othersPage   = "Who sees a page is its owner's to say: they alone move it, and what is below it, into or out of a private collection."
)

// Filed is a page and its place in a collection.
type Filed struct {
	store.CollectionPage
	Page InProjects
}

// FiledFilter narrows the pages of a collection.
type FiledFilter struct {
	Search string `query:"search"`
	Parent string `query:"parent_id" type:"uuid"` // those right below that page
}

// FiledPages returns a part of a collection's pages that the caller may read, without their text and without archived
// ones, in their own order, and how many there are in all.
func FiledPages(c *app.Call, id string, f FiledFilter, s store.ListPart) ([]Filed, int, error) {
	t := c.Read()
	k, err := collection(c, t, id)
	if err != nil {
		return nil, 0, err
	}
	where := []dbx.Expression{c.SeenPages(""), dbx.HashExp{"pages.archived_at": nil}}
	for _, word := range store.SearchedWords(f.Search) {
		where = append(where, store.Contains("pages.name", word))
	}
	if f.Parent != "" {
		where = append(where, dbx.HashExp{"pages.parent_id": f.Parent})
	}
	places, pages, total, err := store.PagesOfCollection(t, k.ID, dbx.And(where...), s)
	if err != nil {
		return nil, 0, err
	}
	rows := make([]store.Page, 0, len(places))
	for _, l := range places {
		if p := pages[l.PageID]; p != nil {
			rows = append(rows, *p)
		}
	}
	seen, err := withProjects(c, t, rows)
	if err != nil {
		return nil, 0, err
	}
	byID := make(map[string]InProjects, len(seen))
	for _, p := range seen {
		byID[p.ID] = p
	}
	all := make([]Filed, 0, len(places))
	for _, l := range places {
		if p, there := byID[l.PageID]; there {
			all = append(all, Filed{l, p})
		}
	}
	return all, total, nil
}

// PagesToFile returns pages of the workspace that may be put into a collection, by name: those that the caller may
// read, that are in no other page, not archived, and not in it.
func PagesToFile(c *app.Call, id, search string) ([]store.Page, error) {
	t := c.Read()
	k, err := collection(c, t, id)
	if err != nil {
		return nil, err
	}
	where := []dbx.Expression{c.SeenPages(""), store.OutsideCollection(k.ID),
		dbx.HashExp{"pages.archived_at": nil, "pages.parent_id": nil}}
	for _, word := range store.SearchedWords(search) {
		where = append(where, store.Contains("pages.name", word))
	}
	rows, _, err := store.PagesPart(t, dbx.And(where...), store.ListPart{Limit: mostOffered}, "pages.name", "pages.id")
	return rows, err
}

// FilePages puts pages into a collection, each with what is below it, behind those that are there or where orders says,
// by page; from another collection, too. It returns their places.
func FilePages(c *app.Call, id string, pages []string, orders map[string]float64) ([]store.CollectionPage, error) {
	pages = distinct(pages)
	switch {
	case len(pages) == 0:
		return nil, app.Field("page_ids", "This list may not be empty.")
	case len(pages) > mostFiled:
		return nil, app.Field("page_ids", "Ensure this field has no more than 100 elements.")
	}
	for page := range orders {
		if !slices.Contains(pages, page) {
			return nil, app.Field("sort_orders", `"`+page+`" is not among page_ids.`)
		}
	}
	var places []store.CollectionPage
	err := c.Write(func(t *store.Tx) error {
		if err := holdPages(c, t); err != nil {
			return err
		}
		k, err := editable(c, t, id)
		if err != nil {
			return err
		}
		next, err := lastOrder(t, k.ID)
		if err != nil {
			return err
		}
		for _, id := range pages {
			order, said := orders[id]
			if !said {
				order, next = next, next+store.StepInOrder
			}
			if err := file(c, t, k, id, order, said); err != nil {
				return err
			}
		}
		places, err = store.CollectionPages.List(t, store.In("page_id", pages))
		slices.SortFunc(places, func(a, b store.CollectionPage) int {
			return slices.Index(pages, a.PageID) - slices.Index(pages, b.PageID)
		})
		return err
	})
	return places, err
}

func distinct(ids []string) []string {
	kept := make([]string, 0, len(ids))
	for _, id := range ids {
		if !slices.Contains(kept, id) {
			kept = append(kept, id)
		}
	}
	return kept
}

// lastOrder is the number in its order of what comes last in a collection.
func lastOrder(t *store.Tx, id string) (float64, error) {
	last, err := store.CollectionPages.First(t, dbx.HashExp{"collection_id": id}, "sort_order DESC")
	return behind(err, func() float64 { return last.SortOrder })
}

// file puts a page, with what is below it, into a collection; at its place in that order if it is new there, or if a
// request says so.
func file(c *app.Call, t *store.Tx, k *Collection, id string, order float64, said bool) error {
	p, err := store.PageHeadIn(t, c.Workspace.ID, id)
	if err == nil {
		err = admit(c, t, p, app.Guest)
	}
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, app.Forbidden) {
		return app.Field("page_ids", app.NoObject(id))
	} else if err != nil {
		return err
	}
	if err := admit(c, t, p, app.Member); err != nil {
		return err
	}
	from, err := filedAt(c, t, p.ID)
	if err != nil {
		return err
	}
	if from.CollectionID != k.ID && p.ParentID != nil {
		return app.Field("page_ids", belowAnother)
	}
	orders := map[string]float64{}
	if said || from.CollectionID != k.ID {
		orders[id] = order
	}
	return moveTree(c, t, from, &k.Collection, p, orders)
}

// filedAt is where a page is; the zero value for in no collection.
func filedAt(c *app.Call, t *store.Tx, page string) (store.FiledPage, error) {
	places, err := store.FiledPages(t, c.UserID(), []string{page})
	return places[page], err
}

// moveTree brings a page and what is below it from where it is into a collection, or out of any with nil. Into and out
// of a private one, which changes who sees it, only what is the caller's own.
func moveTree(c *app.Call, t *store.Tx, from store.FiledPage, to *store.Collection, p *store.Page,
	orders map[string]float64) error {
	if to != nil && from.CollectionID == to.ID {
		return store.FilePages(t, to, []string{p.ID}, orders)
	}
	tree, err := store.PageTree(t, p.ID)
	if err != nil {
		return err
	}
	ids := make([]string, len(tree))
	for i, below := range tree {
		ids[i] = below.ID
		if (from.Private || to != nil && to.Access == store.PrivateCollection) && below.OwnedByID != c.UserID() {
			return app.Refuse(app.Forbidden, othersPage)
		}
	}
	if to != nil {
		return store.FilePages(t, to, ids, orders)
	}
	_, err = store.CollectionPages.DeleteWhere(t, store.In("page_id", ids))
	return err
}

// placed finds the place of a page that the caller may read and arrange, in a collection that they may arrange.
func placed(c *app.Call, t *store.Tx, id, place string) (*Collection, *store.CollectionPage, *store.Page, error) {
	k, err := collection(c, t, id)
	if err != nil {
		return nil, nil, nil, err
	}
	l, err := store.CollectionPages.Get(t, dbx.HashExp{"id": place, "collection_id": k.ID})
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := store.PageHeadIn(t, c.Workspace.ID, l.PageID)
	if err != nil {
		return nil, nil, nil, err
	}
	if admit(c, t, p, app.Guest) != nil {
		return nil, nil, nil, store.ErrNotFound
	}
	return k, l, p, admit(c, t, p, app.Member)
}

// FiledInput is what a request may say of a page's place: in which collection, and where in its order.
type FiledInput struct {
	Collection app.Opt[string]  `json:"collection" check:"uuid"`
	SortOrder  app.Opt[float64] `json:"sort_order"`
}

// MoveFiled moves a page within its collection, or with what is below it into another one, behind what is there unless
// the request says where. Its place keeps its id.
func MoveFiled(c *app.Call, id, place string, in FiledInput) (*store.CollectionPage, error) {
	var l *store.CollectionPage
	err := c.Write(func(t *store.Tx) error {
		if err := holdPages(c, t); err != nil {
			return err
		}
		k, was, p, err := placed(c, t, id, place)
		if err != nil {
			return err
		}
		if k.Allows < Edits {
			return app.ErrDenied
		}
		if in.Collection.Set && in.Collection.V != k.ID {
			if p.ParentID != nil {
				return app.Field("collection", belowAnother)
			}
			k, err = editable(c, t, in.Collection.V)
			if errors.Is(err, store.ErrNotFound) {
				return app.Field("collection", app.NoObject(in.Collection.V))
			} else if err != nil {
				return err
			}
		}
		orders := map[string]float64{}
		if in.SortOrder.Set {
			orders[p.ID] = in.SortOrder.V
		} else if k.ID != was.CollectionID {
			if orders[p.ID], err = lastOrder(t, k.ID); err != nil {
				return err
			}
		}
		from, err := filedAt(c, t, p.ID)
		if err != nil {
			return err
		}
		if err := moveTree(c, t, from, &k.Collection, p, orders); err != nil {
			return err
		}
		l, err = store.CollectionPages.Find(t, was.ID)
		return err
	})
	return l, err
}

// TakeOut takes a page, and what is below it, out of a collection; the pages stay. What was in a private one and is not
// the caller's own is its owner's only from then on.
func TakeOut(c *app.Call, id, place string) error {
	return c.Write(func(t *store.Tx) error {
		if err := holdPages(c, t); err != nil {
			return err
		}
		k, _, p, err := placed(c, t, id, place)
		if err != nil {
			return err
		}
		if k.Allows < Edits {
			return app.ErrDenied
		}
		if p.ParentID != nil {
			return app.Refuse(app.Invalid, belowAnother)
		}
		tree, err := store.PageTree(t, p.ID)
		if err != nil {
			return err
		}
		var ids, others []string
		for _, below := range tree {
			if ids = append(ids, below.ID); below.OwnedByID != c.UserID() {
				others = append(others, below.ID)
			}
		}
		if k.Access == store.PrivateCollection {
			if err := store.KeepToOwners(t, others); err != nil {
				return err
			}
		}
		_, err = store.CollectionPages.DeleteWhere(t, store.In("page_id", ids))
		return err
	})
}

// fileNew puts a new page of the workspace into the collection that is named, or into that of the page above it.
func fileNew(c *app.Call, t *store.Tx, p *store.Page, named *string) error {
	above, err := filedAbove(c, t, p)
	if err != nil {
		return err
	}
	id := above.CollectionID
	if named != nil {
		if p.ParentID != nil && *named != id {
			return app.Field("collection_id", belowAnother)
		}
		id = *named
	}
	if id == "" {
		return nil
	}
	k, err := editable(c, t, id)
	if errors.Is(err, store.ErrNotFound) {
		return app.Field("collection_id", app.NoObject(id))
	} else if err != nil {
		return err
	}
	order, err := lastOrder(t, k.ID)
	if err != nil {
		return err
	}
	return store.FilePages(t, &k.Collection, []string{p.ID}, map[string]float64{p.ID: order})
}

// filedAbove is where the page above a page is.
func filedAbove(c *app.Call, t *store.Tx, p *store.Page) (store.FiledPage, error) {
	if p.ParentID == nil {
		return store.FiledPage{}, nil
	}
	return filedAt(c, t, *p.ParentID)
}

// followParent brings a page that has come below another one to where that is.
func followParent(c *app.Call, t *store.Tx, p *store.Page) error {
	above, err := filedAbove(c, t, p)
	if err != nil {
		return err
	}
	from, err := filedAt(c, t, p.ID)
	if err != nil || p.ParentID == nil || above.CollectionID == from.CollectionID {
		return err
	}
	if above.CollectionID == "" {
		return moveTree(c, t, from, nil, p, nil)
	}
	k, err := editable(c, t, above.CollectionID)
	if err != nil {
		return err
	}
	return moveTree(c, t, from, &k.Collection, p, nil)
}
