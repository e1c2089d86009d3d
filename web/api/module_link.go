package api

import (
	"net/http"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/module"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	moduleLinks   = inProject + "modules/{module_id:uuid}/module-links/"
	oneModuleLink = moduleLinks + "{pk:uuid}/"
)

var moduleLinkOps = []web.Op{
	web.Do("GET", moduleLinks, web.Project().Class(), 200, "List a module's links", listModuleLinks),
	web.Do("POST", moduleLinks, plans.Class(), 201, "Add a link to a module", addModuleLink),
	web.Do("GET", oneModuleLink, web.Project().Class(), 200, "Read a module's link", getModuleLink),
	web.Do("PUT", oneModuleLink, plans.Class(), 200, "Write a module's link anew", changeModuleLink),
	web.Do("PATCH", oneModuleLink, plans.Class(), 200, "Change a module's link", changeModuleLink),
	web.Do("DELETE", oneModuleLink, plans.Class(), 204, "Take a link from a module", deleteModuleLink),
}

// ModuleLink is an address that belongs to a module.
type ModuleLink struct {
	ID string `json:"id"`
	Made
	Title     *string    `json:"title"`
	URL       string     `json:"url"`
	Metadata  store.JSON `json:"metadata"`
	Project   string     `json:"project"`
	Workspace string     `json:"workspace"`
	Module    string     `json:"module"`
}

func moduleLink(c *app.Call) func(store.ModuleLink) ModuleLink {
	return func(l store.ModuleLink) ModuleLink {
		return ModuleLink{
			ID: l.ID, Made: made(c, l.AuditFields), Title: l.Title, URL: l.URL, Metadata: l.Metadata, Project: l.ProjectID,
			Workspace: l.WorkspaceID, Module: l.ModuleID,
		}
	}
}

type moduleLinkPath struct {
	modulePath
	PK string `path:"pk"`
}

func listModuleLinks(c *app.Call, in modulePath) ([]ModuleLink, error) {
	ls, err := module.Links(c, in.ModuleID)
	return web.Map(ls, moduleLink(c)), err
}

// addModuleLink returns the link; Location is its address, as the reference's framework takes every url of an answer
// for its own.
func addModuleLink(c *app.Call, in struct {
	modulePath
	module.LinkInput
}) (web.With[ModuleLink], error) {
	l, err := module.AddLink(c, in.ModuleID, in.LinkInput)
	if err != nil {
		return web.With[ModuleLink]{}, err
	}
	return web.With[ModuleLink]{Body: moduleLink(c)(*l), Header: http.Header{"Location": {l.URL}}}, nil
}

func moduleLinkOf(c *app.Call, l *store.ModuleLink, err error) (ModuleLink, error) {
	if err != nil {
		return ModuleLink{}, err
	}
	return moduleLink(c)(*l), nil
}

func getModuleLink(c *app.Call, in moduleLinkPath) (ModuleLink, error) {
	l, err := module.Link(c, in.ModuleID, in.PK)
	return moduleLinkOf(c, l, err)
}

func changeModuleLink(c *app.Call, in struct {
	moduleLinkPath
	module.LinkInput
}) (ModuleLink, error) {
	l, err := module.ChangeLink(c, in.ModuleID, in.PK, in.LinkInput)
	return moduleLinkOf(c, l, err)
}

func deleteModuleLink(c *app.Call, in moduleLinkPath) (web.Nothing, error) {
	return web.Nothing{}, module.DeleteLink(c, in.ModuleID, in.PK)
}
