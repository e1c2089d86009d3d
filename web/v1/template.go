package v1

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/template"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	itemTemplates    = "workitems/templates/"
	pageTemplates    = "pages/templates/"
	projectTemplates = "projects/templates/"
	oneTemplate      = "{template_id:uuid}/"
)

const templateExample = `{"id":"` + exampleID + `",` + exampleMade + `,"name":"Bug","description":"What we ask of a bug",` +
	`"short_description":"What we ask of a bug","description_html":"","template_data":{"name":"Bug: ","priority":"high"},` +
	`"template_type":"workitem","logo_props":{},"project":null,"workspace":"` + exampleID + `"}`

var templates = slices.Concat(
	templateOps(inWorkspace+itemTemplates, template.WorkItem, "work items", ""),
	templateOps(inWorkspace+pageTemplates, template.Page, "pages", ""),
	templateOps(inWorkspace+projectTemplates, template.Project, "projects", ""),
	templateOps(inProject+itemTemplates, template.WorkItem, "work items", " of a project"),
	templateOps(inProject+pageTemplates, template.Page, "pages", " of a project"),
	[]web.Op{
		do("POST", inWorkspace+projectTemplates+"use/", team, 201, "Create a project by a template", useProjectTemplate).
			Explained("What the request says counts before what the template has. template_data has the keys of a new"+
				" project, and states and labels, lists of those that it begins with in place of the usual ones.").
			Like(`{"template_id":"`+exampleID+`","name":"Autumn","identifier":"AUT"}`,
				projectSample),
		do("POST", inProject+itemTemplates+oneTemplate+"use/", writers, 201, "Create a work item by a template",
			useItemTemplate).
			Explained("By one of the project or of the workspace. What the request says counts before what the template has;"+
				" without a name in either it is called as the template. In template_data a row may stand in place of its id.").
			Like(`{"name":"Bug: it hangs"}`, issueExample),
		usePageOp(inProject+pageTemplates, writers), usePageOp(inWorkspace+pageTemplates, team),
	},
)

func usePageOp(at string, allow web.Rule) web.Op {
	return do("POST", at+oneTemplate+"use/", allow, 201, "Make a page by a template", usePageTemplate).
		Explained("What the request says counts before what the template has; without a name in either it is called as the"+
			" template.").Like(`{"name":"Meeting of Monday"}`, pageExample)
}

// templateOps are the operations of templates of one kind in one place.
func templateOps(at string, kind template.Kind, what, of string) []web.Op {
	reads, makes := team, team
	changes := team.AndThen(web.Workspace(app.Admin).Denied().OrCreatorOf("template_id", "templates"))
	listed := "All of them, the oldest first."
	if of != "" {
		reads, makes = readers, writers
		changes = writers.AndThen(web.Project(app.Admin).Denied().OrCreatorOf("template_id", "templates"))
	} else if kind != template.Project {
		listed += " Those of the caller's projects are there too: they have a project."
	}
	return []web.Op{
		do("GET", at, reads, 200, "List the templates for "+what+of,
			func(c *app.Call, _ web.Nothing) ([]Template, error) {
				all, err := template.List(c, kind)
				return web.Map(all, func(p store.Template) Template { return templateOf(c, &p) }), err
			}).Explained(listed).Like("", `[`+templateExample+`]`),
		do("POST", at, makes, 201, "Make a template for "+what+of,
			func(c *app.Call, in template.Input) (Template, error) {
				p, err := template.Create(c, kind, in)
				return plain(c, p, err, templateOf)
			}).Explained("template_data is an object with what is made by it begins with, by the keys that who makes one"+
			" would send. A workspace has at most 500, with those of its projects.").
			Like(`{"name":"Bug","template_data":{"name":"Bug: ","priority":"high"}}`, templateExample),
		do("PATCH", at+oneTemplate, changes, 200, "Change a template for "+what+of,
			func(c *app.Call, in struct {
				templatePath
				template.Input
			}) (Template, error) {
				p, err := template.Change(c, kind, in.ID, in.Input)
				return plain(c, p, err, templateOf)
			}).Explained("Only the keys that are sent change, in template_data too. One's own, or as an administrator.").
			Like(`{"template_data":{"priority":"urgent"}}`, templateExample),
		do("DELETE", at+oneTemplate, changes, 204, "Delete a template for "+what+of,
			func(c *app.Call, in templatePath) (web.Nothing, error) {
				return web.Nothing{}, template.Delete(c, kind, in.ID)
			}).Explained("What was made by it stays. One's own, or as an administrator."),
	}
}

type templatePath struct {
	ID string `path:"template_id"`
}

// Template is what a new work item, page or project begins with.
type Template struct {
	ID string `json:"id"`
	Made
	Name             string     `json:"name"`
	Description      string     `json:"description"`
	ShortDescription string     `json:"short_description"` // the same: so programs call it in projects
	DescriptionHTML  string     `json:"description_html"`
	Data             store.JSON `json:"template_data"`
	Type             string     `json:"template_type"`
	LogoProps        store.JSON `json:"logo_props"`
	Project          *string    `json:"project"`
	Workspace        string     `json:"workspace"`
}

func templateOf(c *app.Call, p *store.Template) Template {
	return Template{ID: p.ID, Made: made(c, &p.AuditFields), Name: p.Name, Description: p.Description,
		ShortDescription: p.Description, DescriptionHTML: p.DescriptionHTML, Data: p.Data, Type: p.Kind,
		LogoProps: p.LogoProps, Project: p.ProjectID, Workspace: p.WorkspaceID}
}
