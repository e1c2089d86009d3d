package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	itemPagesPath = oneItem + "pages/"
	oneItemPage   = itemPagesPath + "{link_id:uuid}/"
)

const itemPageExample = `{"id":"` + otherID + `",` + exampleIn + `,"issue":"` + exampleID + `","page":{"id":"` +
	otherID + `","name":"Handbook","description_html":"<p>How we work</p>","created_at":"2026-05-04T09:30:00Z",` +
	`"updated_at":"2026-05-04T09:30:00Z","created_by":"` + exampleID + `","is_global":true,"logo_props":{}}}`

var itemPages = []web.Op{
	do("GET", itemPagesPath, readers, 200, "List the pages that a work item refers to", listItemPages).
		Explained("Those that the caller may read, of the project and of the workspace; what was added last comes first.").
		Like("", examplePage(itemPageExample)),
	do("POST", itemPagesPath, writers, 201, "Have a work item refer to a page", addItemPage).
		Explained("A page of the project or of the workspace that the caller may read. The id of the answer is that of the"+
			" reference.").
		Like(`{"page_id":"`+otherID+`"}`, itemPageExample),
	do("GET", oneItemPage, readers, 200, "Read a reference to a page", getItemPage).Like("", itemPageExample),
	do("DELETE", oneItemPage, writers, 204, "Have a work item refer to a page no longer", removeItemPage).
		Explained("By the id of the reference. The page stays."),
}

// LinkedPage is a page in brief.
type LinkedPage struct {
	ID              string     `json:"id"`
	Name            string     `json:"name"`
	DescriptionHTML string     `json:"description_html"`
	CreatedAt       string     `json:"created_at"`
	UpdatedAt       string     `json:"updated_at"`
	CreatedBy       *string    `json:"created_by"`
	IsGlobal        bool       `json:"is_global"`
	LogoProps       store.JSON `json:"logo_props"`
}

// ItemPage is a reference of a work item to a page.
type ItemPage struct {
	ID string `json:"id"`
	Made
	Page      LinkedPage `json:"page"`
	Issue     Ref        `json:"issue"`
	Project   Ref        `json:"project"`
	Workspace Ref        `json:"workspace"`
}

func itemPage(c *app.Call, l *issue.PageLink) ItemPage {
	p := &l.Page
	return ItemPage{ID: l.ID, Made: made(c, &l.AuditFields), Issue: ref(l.IssueID), Project: ref(l.ProjectID),
		Workspace: ref(l.WorkspaceID), Page: LinkedPage{ID: p.ID, Name: p.Name, DescriptionHTML: p.DescriptionHTML,
			CreatedAt: c.Time(p.CreatedAt), UpdatedAt: c.Time(p.UpdatedAt), CreatedBy: p.CreatedByID, IsGlobal: p.IsGlobal,
			LogoProps: p.LogoProps}}
}

func listItemPages(c *app.Call, in struct {
	ofIssue
	listing
}) (Page[ItemPage], error) {
	return list(c, in.listing, func(s store.ListPart) ([]issue.PageLink, int, error) {
		return issue.ListPages(c, in.Issue, s)
	}, itemPage)
}

func addItemPage(c *app.Call, in struct {
	ofIssue
	Page string `json:"page_id" check:"required,uuid"`
}) (ItemPage, error) {
	l, err := issue.AddPage(c, in.Issue, in.Page)
	return plain(c, l, err, itemPage)
}

type itemPagePath struct {
	ofIssue
	Link string `path:"link_id"`
}

func getItemPage(c *app.Call, in struct {
	itemPagePath
	View
}) (Shown[ItemPage], error) {
	l, err := issue.GetPage(c, in.Issue, in.Link)
	return one(c, in.View, l, err, itemPage)
}

func removeItemPage(c *app.Call, in itemPagePath) (web.Nothing, error) {
	return web.Nothing{}, issue.RemovePage(c, in.Issue, in.Link)
}
