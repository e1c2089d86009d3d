package v1

import (
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/page"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	projectPages   = inProject + "pages/"
	workspacePages = inWorkspace + "pages/"
	onePage        = "{page_id:uuid}/"
)

// Of one page the rule lets everybody in the project in, and all but guests in the workspace: page.Enter decides by the
// page's owner and access.
var pages = append(pagesAt(projectPages, "a project", readers, writers), pagesAt(workspacePages, "a workspace", team,
	team)...)

const (
	listedPageExample = `{"id":"` + exampleID + `",` + exampleMade + `,"name":"Handbook","owned_by":"` + exampleID +
		`","access":0,"color":"","is_locked":false,"archived_at":null,"workspace":"` + exampleID + `","projects":["` +
		otherID + `"],"parent_id":null,"is_global":false,"view_props":{"full_width":false},"logo_props":{},` +
		`"external_id":null,"external_source":null,"sort_order":65535,"collection_id":null,"page_collection_id":null}`
	newPageExample = `{"name":"Handbook","description_html":"<p>How we work</p>"}`
)

var pageExample = strings.TrimSuffix(listedPageExample, "}") + `,"description_html":"<p>How we work</p>",` +
	`"description_stripped":"How we work"}`

// pagesAt are the operations of pages in one place.
func pagesAt(at, of string, reads, makes web.Rule) []web.Op {
	return []web.Op{
		do("GET", at, reads, 200, "List the pages of "+of, listPages).
			Explained("Those that the caller may read, without their text, pages below others too; the newest first."+
				" public and private leave out what is archived; shared is empty, as private pages are their owner's only."+
				" search looks for words in the name.").Like("", examplePage(listedPageExample)),
		do("POST", at, makes, 201, "Make a page of "+of, createPage).
			Explained("It is the caller's. parent_id puts it below another page of the same place, and into the collection in"+
				" which that is; collection_id puts a page of the workspace into a collection.").
			Like(newPageExample, pageExample),
		do("GET", at+onePage, reads, 200, "Read a page of "+of, getPage).
			Explained("What people write on it at this moment is in the text some seconds later.").Like("", pageExample),
		do("PUT", at+onePage, reads, 200, "Change a page of "+of, changePage).
			Explained("Only the keys that are sent change. description_html replaces the whole text, also for those who"+
				" have the page open. A page that is locked or archived is not changed; who may unlock it does so with"+
				" is_locked=false, together with other changes or alone.").
			Like(`{"name":"Our handbook"}`, strings.Replace(pageExample, "Handbook", "Our handbook", 1)),
		do("DELETE", at+onePage, reads, 204, "Delete a page of "+of, deletePage).
			Explained("It has to be archived. The pages below it come to the top."),
		do("POST", at+onePage+"archive/", reads, 204, "Archive a page of "+of, archivePage).
			Explained("With all pages below it."),
		do("DELETE", at+onePage+"archive/", reads, 204, "Bring back a page of "+of, unarchivePage).
			Explained("With all pages below it."),
	}
}

// ListedPage is a page of a project or a workspace, without its text.
type ListedPage struct {
	ID string `json:"id"`
	Made
	Name       string      `json:"name"`
	OwnedBy    Ref         `json:"owned_by"`
	Access     int         `json:"access"`
	Color      string      `json:"color"`
	IsLocked   bool        `json:"is_locked"`
	ArchivedAt *store.Date `json:"archived_at"`
	Workspace  Ref         `json:"workspace"`
	Projects   []string    `json:"projects"`
	ParentID   *string     `json:"parent_id"`
	IsGlobal   bool        `json:"is_global"` // it is the workspace's own
	ViewProps  store.JSON  `json:"view_props"`
	LogoProps  store.JSON  `json:"logo_props"`
	ExternalID *string     `json:"external_id"`
	External   *string     `json:"external_source"`
	SortOrder  float64     `json:"sort_order"`
	Collection *string     `json:"collection_id"`      // that it is in; of the workspace's pages
	Place      *string     `json:"page_collection_id"` // its place there
}

// FullPage is a page with its text.
type FullPage struct {
	ListedPage
	DescriptionHTML     string  `json:"description_html"`
	DescriptionStripped *string `json:"description_stripped"`
}

func listedPage(c *app.Call, p *page.InProjects) ListedPage {
	return ListedPage{ID: p.ID, Made: made(c, &p.AuditFields), Name: p.Name, OwnedBy: ref(p.OwnedByID), Access: p.Access,
		Color: p.Color, IsLocked: p.IsLocked, ArchivedAt: p.ArchivedAt, Workspace: ref(p.WorkspaceID),
		Projects: p.Projects, ParentID: p.ParentID, IsGlobal: p.IsGlobal, ViewProps: p.ViewProps, LogoProps: p.LogoProps,
		ExternalID: p.ExternalID, External: p.ExternalSource, SortOrder: p.SortOrder,
		Collection: p.Collection, Place: p.Place}
}

func fullPage(c *app.Call, p *page.InProjects) FullPage {
	return FullPage{listedPage(c, p), p.DescriptionHTML, p.DescriptionStripped}
}

func listPages(c *app.Call, in struct {
	listing
	page.FilterV1
	OrderBy string `query:"order_by"`
}) (Page[ListedPage], error) {
	return list(c, in.listing, func(s store.ListPart) ([]page.InProjects, int, error) {
		return page.ListV1(c, s, in.FilterV1, in.OrderBy)
	}, listedPage)
}

func createPage(c *app.Call, in page.NewV1) (FullPage, error) {
	p, err := page.CreateV1(c, in)
	return plain(c, p, err, fullPage)
}

type pagePath struct {
	PageID string `path:"page_id"`
}

func getPage(c *app.Call, in struct {
	pagePath
	View
}) (Shown[FullPage], error) {
	p, err := page.GetV1(c, in.PageID)
	return one(c, in.View, p, err, fullPage)
}

func changePage(c *app.Call, in struct {
	pagePath
	page.ChangeV1
}) (FullPage, error) {
	p, err := page.SetV1(c, in.PageID, in.ChangeV1)
	return plain(c, p, err, fullPage)
}

func deletePage(c *app.Call, in pagePath) (web.Nothing, error) {
	return web.Nothing{}, page.Delete(c, in.PageID)
}

func archivePage(c *app.Call, in pagePath) (web.Nothing, error) {
	_, err := page.Archive(c, in.PageID)
	return web.Nothing{}, err
}

func unarchivePage(c *app.Call, in pagePath) (web.Nothing, error) {
	return web.Nothing{}, page.Unarchive(c, in.PageID)
}
