package api

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var quickLinks = []web.Op{
	web.Do("GET", inWorkspace+"quick-links/", web.Workspace(), 200, "List the caller's links", listQuickLinks),
	web.Do("POST", inWorkspace+"quick-links/", web.Workspace(), 201, "Keep a link", createQuickLink),
	web.Do("GET", inWorkspace+"quick-links/{pk:uuid}/", web.Workspace(), 200, "Read a link", readQuickLink),
	web.Do("PATCH", inWorkspace+"quick-links/{pk:uuid}/", web.Workspace(), 200, "Change a link", updateQuickLink),
	web.Do("DELETE", inWorkspace+"quick-links/{pk:uuid}/", web.Workspace(), 204, "Delete a link", deleteQuickLink),
}

// QuickLink is a link that a person keeps on the home page.
type QuickLink struct {
	ID string `json:"id"`
	Made
	Title     *string    `json:"title"`
	URL       string     `json:"url"`
	Metadata  store.JSON `json:"metadata"`
	Workspace string     `json:"workspace"`
	Project   *string    `json:"project"`
	Owner     string     `json:"owner"`
}

func quickLink(c *app.Call, l *store.QuickLink) QuickLink {
	return QuickLink{
		ID: l.ID, Made: made(c, l.AuditFields), Title: l.Title, URL: l.URL, Metadata: l.Metadata, Workspace: l.WorkspaceID,
		Project: l.ProjectID, Owner: l.OwnerID,
	}
}

func listQuickLinks(c *app.Call, _ web.Nothing) ([]QuickLink, error) {
	rows, err := workspace.ListQuickLinks(c)
	return web.Map(rows, func(l store.QuickLink) QuickLink { return quickLink(c, &l) }), err
}

func createQuickLink(c *app.Call, in struct {
	URL      string     `json:"url" check:"required"`
	Title    *string    `json:"title" check:"blank,max=255"`
	Metadata store.JSON `json:"metadata"`
	Project  *string    `json:"project" check:"pk"`
}) (QuickLink, error) {
	l := &store.QuickLink{URL: in.URL, Title: in.Title, Metadata: in.Metadata, ProjectID: in.Project}
	err := workspace.CreateQuickLink(c, l)
	return quickLink(c, l), err
}

func readQuickLink(c *app.Call, in byID) (QuickLink, error) {
	l, err := workspace.GetQuickLink(c, in.ID)
	if errors.Is(err, store.ErrNotFound) {
		err = app.Refuse(app.NotFound, "Quick link not found.")
	}
	if err != nil {
		return QuickLink{}, err
	}
	return quickLink(c, l), nil
}

func updateQuickLink(c *app.Call, in struct {
	ID       string              `path:"pk"`
	URL      app.Opt[string]     `json:"url"`
	Title    app.Opt[string]     `json:"title" check:"null,blank,max=255"`
	Metadata app.Opt[store.JSON] `json:"metadata"`
	Project  app.Opt[string]     `json:"project" check:"null,pk"`
}) (QuickLink, error) {
	l, err := workspace.GetQuickLink(c, in.ID)
	if errors.Is(err, store.ErrNotFound) {
		err = web.Detail(404, "Quick link not found.")
	}
	if err != nil {
		return QuickLink{}, err
	}
	var cols []string
	app.Change(&cols, "url", in.URL, &l.URL)
	app.ChangePtr(&cols, "title", in.Title, &l.Title)
	app.Change(&cols, "metadata", in.Metadata, &l.Metadata)
	app.ChangePtr(&cols, "project_id", in.Project, &l.ProjectID)
	err = workspace.UpdateQuickLink(c, l, cols...)
	return quickLink(c, l), err
}

func deleteQuickLink(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, workspace.DeleteQuickLink(c, in.ID)
}
