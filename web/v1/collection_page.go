package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/page"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// PageToFile is a page that may be put into a collection.
type PageToFile struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	LogoProps store.JSON `json:"logo_props"`
}

func searchCollectionPages(c *app.Call, in struct {
	ofCollection
	Search string `query:"search"`
}) ([]PageToFile, error) {
	rows, err := page.PagesToFile(c, in.CollectionID, in.Search)
	return web.Map(rows, func(p store.Page) PageToFile { return PageToFile{p.ID, p.Name, p.LogoProps} }), err
}

// FiledPage is a page of a collection, and its place there.
type FiledPage struct {
	PageCollectionID string     `json:"page_collection_id"`
	CollectionID     string     `json:"collection_id"`
	ParentID         *string    `json:"parent_id"` // the page's
	SortOrder        float64    `json:"sort_order"`
	Page             ListedPage `json:"page"`
}

func filedPage(c *app.Call, f *page.Filed) FiledPage {
	return FiledPage{PageCollectionID: f.ID, CollectionID: f.CollectionID, ParentID: f.Page.ParentID,
		SortOrder: f.SortOrder, Page: listedPage(c, &f.Page)}
}

func listCollectionPages(c *app.Call, in struct {
	ofCollection
	listing
	page.FiledFilter
}) (Page[FiledPage], error) {
	return list(c, in.listing, func(s store.ListPart) ([]page.Filed, int, error) {
		return page.FiledPages(c, in.CollectionID, in.FiledFilter, s)
	}, filedPage)
}

// PlaceInCollection is a page's place in a collection.
type PlaceInCollection struct {
	ID         string  `json:"id"`
	Collection string  `json:"collection"`
	Page       string  `json:"page"`
	Workspace  string  `json:"workspace"`
	SortOrder  float64 `json:"sort_order"`
	Changed
}

func placeInCollection(c *app.Call, l *store.CollectionPage) PlaceInCollection {
	return PlaceInCollection{ID: l.ID, Collection: l.CollectionID, Page: l.PageID, Workspace: l.WorkspaceID,
		SortOrder: l.SortOrder, Changed: changed(c, &l.AuditFields)}
}

func addCollectionPages(c *app.Call, in struct {
	ofCollection
	Pages  []string           `json:"page_ids" check:"required,uuid"`
	Orders map[string]float64 `json:"sort_orders"`
}) ([]PlaceInCollection, error) {
	places, err := page.FilePages(c, in.CollectionID, in.Pages, in.Orders)
	return web.Map(places, func(l store.CollectionPage) PlaceInCollection { return placeInCollection(c, &l) }), err
}

type oneOfPagesPath struct {
	ofCollection
	ID string `path:"page_collection_id"`
}

func moveCollectionPage(c *app.Call, in struct {
	oneOfPagesPath
	page.FiledInput
}) (PlaceInCollection, error) {
	l, err := page.MoveFiled(c, in.CollectionID, in.ID, in.FiledInput)
	return plain(c, l, err, placeInCollection)
}

func removeCollectionPage(c *app.Call, in oneOfPagesPath) (web.Nothing, error) {
	return web.Nothing{}, page.TakeOut(c, in.CollectionID, in.ID)
}
