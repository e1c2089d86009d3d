package api

import (
	"net/http"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/page"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	onePage      = inProject + "pages/{page_id:uuid}/"
	favoritePage = inProject + "favorite-pages/{page_id:uuid}/"
)

// Of one page the rule lets everybody in the project in: page.Enter decides by the page's owner and access.
var entersPage = web.Project().Class()

var pages = []web.Op{
	web.Do("GET", inProject+"pages-summary/", web.Project().Class(), 200, "Count pages", summarizePages),
	web.Do("GET", inProject+"pages/", web.Project().Class(), 200, "List pages", listPages),
	web.Do("POST", inProject+"pages/", web.Project(app.Admin, app.Member).Class(), 201, "Create a page", createPage),
	web.Do("GET", onePage, entersPage, 200, "Read a page", getPage),
	web.Do("PATCH", onePage, entersPage, 200, "Change a page", patchPage),
	web.Do("DELETE", onePage, entersPage, 204, "Delete a page", deletePage),
	web.Do("POST", favoritePage, web.Project(app.Admin, app.Member), 204, "Make a page a favourite", addFavoritePage),
	web.Do("DELETE", favoritePage, web.Project(app.Admin, app.Member), 204, "Make a page no favourite", removeFavoritePage),
	web.Do("POST", onePage+"archive/", entersPage, 200, "Archive a page", archivePage),
	web.Do("DELETE", onePage+"archive/", entersPage, 204, "Bring a page back", unarchivePage),
	web.Do("POST", onePage+"lock/", entersPage, 204, "Lock a page", lockPage),
	web.Do("DELETE", onePage+"lock/", entersPage, 204, "Unlock a page", unlockPage),
	web.Do("POST", onePage+"access/", entersPage, 204, "Make a page public or private", setPageAccess),
	web.Do("GET", onePage+"description/", entersPage, 200, "Read a page's document", pageDescription).Sends("application/octet-stream"),
	web.Do("PATCH", onePage+"description/", entersPage, 200, "Write a page's document", patchPageDescription),
	web.Do("GET", onePage+"versions/", entersPage, 200, "List the versions of a page", listPageVersions),
	web.Do("GET", onePage+"versions/{pk:uuid}/", entersPage, 200, "Read a version of a page", getPageVersion),
	web.Do("POST", onePage+"duplicate/", entersPage, 201, "Duplicate a page", duplicatePage),
}

// PageBase is what every form of a page has.
type PageBase struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	OwnedBy    string      `json:"owned_by"`
	Access     int         `json:"access"`
	Color      string      `json:"color"`
	Parent     *string     `json:"parent"`
	IsLocked   bool        `json:"is_locked"`
	ArchivedAt *store.Date `json:"archived_at"`
	Workspace  string      `json:"workspace"`
	CreatedAt  string      `json:"created_at"`
	UpdatedAt  string      `json:"updated_at"`
	CreatedBy  *string     `json:"created_by"`
	UpdatedBy  *string     `json:"updated_by"`
	ViewProps  store.JSON  `json:"view_props"`
	LogoProps  store.JSON  `json:"logo_props"`
}

// Page is a page in lists.
type Page struct {
	PageBase
	IsFavorite bool     `json:"is_favorite"`
	LabelIDs   []string `json:"label_ids"`
	ProjectIDs []string `json:"project_ids"`
}

// CreatedPage is a page with its text.
type CreatedPage struct {
	Page
	DescriptionHTML string `json:"description_html"`
}

// PageDetail is a page with its text and the work items that it mentions.
type PageDetail struct {
	CreatedPage
	IssueIDs []string `json:"issue_ids"`
}

// ChangedPage is what a change of a page returns.
type ChangedPage struct {
	PageBase
	DescriptionHTML string `json:"description_html"`
}

// PageCopy is what a duplication returns.
type PageCopy struct {
	ChangedPage
	ProjectIDs []string `json:"project_ids"`
}

func pageBase(c *app.Call, p *store.Page) PageBase {
	return PageBase{
		ID: p.ID, Name: p.Name, OwnedBy: p.OwnedByID, Access: p.Access, Color: p.Color, Parent: p.ParentID,
		IsLocked: p.IsLocked, ArchivedAt: p.ArchivedAt, Workspace: p.WorkspaceID, CreatedAt: c.Time(p.CreatedAt),
		UpdatedAt: c.Time(p.UpdatedAt), CreatedBy: p.CreatedByID, UpdatedBy: p.UpdatedByID, ViewProps: p.ViewProps,
		LogoProps: p.LogoProps,
	}
}

func pageOf(c *app.Call) func(page.ForMember) Page {
	return func(s page.ForMember) Page { return Page{pageBase(c, &s.Page), s.IsFavorite, s.Labels, s.Projects} }
}

func summarizePages(c *app.Call, _ web.Nothing) (page.Summary, error) { return page.Summarize(c) }

func listPages(c *app.Call, in struct {
	Search string `query:"search"`
}) ([]Page, error) {
	ps, err := page.List(c, in.Search)
	return web.Map(ps, pageOf(c)), err
}

func createPage(c *app.Call, in page.Input) (CreatedPage, error) {
	p, err := page.Create(c, in)
	if err != nil {
		return CreatedPage{}, err
	}
	return CreatedPage{pageOf(c)(*p), p.DescriptionHTML}, nil
}

type pagePath struct {
	PageID string `path:"page_id"`
}

func getPage(c *app.Call, in struct {
	pagePath
	TrackVisit string `query:"track_visit" type:"boolean"`
}) (PageDetail, error) {
	p, err := page.Get(c, in.PageID, in.TrackVisit == "" || strings.EqualFold(in.TrackVisit, "true"))
	if err != nil {
		return PageDetail{}, err
	}
	return PageDetail{CreatedPage{pageOf(c)(*p), p.DescriptionHTML}, p.Issues}, nil
}

func patchPage(c *app.Call, in struct {
	pagePath
	page.Input
}) (ChangedPage, error) {
	p, err := page.Change(c, in.PageID, in.Input)
	if err != nil {
		return ChangedPage{}, err
	}
	return ChangedPage{pageBase(c, p), p.DescriptionHTML}, nil
}

func deletePage(c *app.Call, in pagePath) (web.Nothing, error) {
	return web.Nothing{}, page.Delete(c, in.PageID)
}

func addFavoritePage(c *app.Call, in pagePath) (web.Nothing, error) {
	return web.Nothing{}, workspace.AddFavorite(c, "page", &in.PageID)
}

func removeFavoritePage(c *app.Call, in pagePath) (web.Nothing, error) {
	return web.Nothing{}, workspace.RemoveFavorite(c, "page", in.PageID)
}

func archivePage(c *app.Call, in pagePath) (map[string]string, error) {
	at, err := page.Archive(c, in.PageID)
	// the reference forgets the zone here
	return map[string]string{"archived_at": at.Format("2006-01-02 15:04:05.000000")}, err
}

func unarchivePage(c *app.Call, in pagePath) (web.Nothing, error) {
	return web.Nothing{}, page.Unarchive(c, in.PageID)
}

func lockPage(c *app.Call, in pagePath) (web.Nothing, error) {
	return web.Nothing{}, page.Lock(c, in.PageID, true)
}

func unlockPage(c *app.Call, in pagePath) (web.Nothing, error) {
	return web.Nothing{}, page.Lock(c, in.PageID, false)
}

func setPageAccess(c *app.Call, in struct {
	pagePath
	Access int `json:"access" check:"choice=0|1"`
}) (web.Nothing, error) {
	return web.Nothing{}, page.SetAccess(c, in.PageID, in.Access)
}

func pageDescription(c *app.Call, in pagePath) (web.Reply, error) {
	binary, err := page.Description(c, in.PageID)
	return web.Reply{Stream: func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", `attachment; filename="page_description.bin"`)
		_, err := w.Write(binary)
		return err
	}}, err
}

func patchPageDescription(c *app.Call, in struct {
	pagePath
	page.DescriptionInput
}) (Message, error) {
	return Message{"Updated successfully"}, page.SetDescription(c, in.PageID, in.DescriptionInput)
}

// PageVersion is a version of a page's text, without the text.
type PageVersion struct {
	ID          string  `json:"id"`
	Workspace   string  `json:"workspace"`
	Page        string  `json:"page"`
	LastSavedAt string  `json:"last_saved_at"`
	OwnedBy     string  `json:"owned_by"`
	CreatedAt   string  `json:"created_at"`
	UpdatedAt   string  `json:"updated_at"`
	CreatedBy   *string `json:"created_by"`
	UpdatedBy   *string `json:"updated_by"`
}

// PageVersionDetail is a version of a page's text. The document is base64.
type PageVersionDetail struct {
	PageVersion
	DescriptionBinary []byte     `json:"description_binary"`
	DescriptionHTML   string     `json:"description_html"`
	DescriptionJSON   store.JSON `json:"description_json"`
}

func pageVersion(c *app.Call) func(store.PageVersion) PageVersion {
	return func(v store.PageVersion) PageVersion {
		return PageVersion{
			ID: v.ID, Workspace: v.WorkspaceID, Page: v.PageID, LastSavedAt: c.Time(v.LastSavedAt),
			OwnedBy: v.OwnedByID, CreatedAt: c.Time(v.CreatedAt), UpdatedAt: c.Time(v.UpdatedAt),
			CreatedBy: v.CreatedByID, UpdatedBy: v.UpdatedByID,
		}
	}
}

func listPageVersions(c *app.Call, in pagePath) ([]PageVersion, error) {
	vs, err := page.Versions(c, in.PageID)
	return web.Map(vs, pageVersion(c)), err
}

func getPageVersion(c *app.Call, in struct {
	pagePath
	PK string `path:"pk"`
}) (PageVersionDetail, error) {
	v, err := page.Version(c, in.PageID, in.PK)
	if err != nil {
		return PageVersionDetail{}, err
	}
	return PageVersionDetail{pageVersion(c)(*v), v.DescriptionBinary, v.DescriptionHTML, v.DescriptionJSON}, nil
}

func duplicatePage(c *app.Call, in pagePath) (PageCopy, error) {
	p, err := page.Duplicate(c, in.PageID)
	if err != nil {
		return PageCopy{}, err
	}
	return PageCopy{ChangedPage{pageBase(c, &p.Page), p.DescriptionHTML}, p.Projects}, nil
}
