package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var projectIdentifiers = []web.Op{
	web.Do("GET", inWorkspace+"project-identifiers/", web.Workspace(app.Admin, app.Member), 200, "Ask whether an identifier is taken", listIdentifiers),
	web.Do("DELETE", inWorkspace+"project-identifiers/", web.Workspace(app.Admin, app.Member), 204, "Free an identifier", freeIdentifier),
}

// Identifiers are the entries of the register that were asked for.
type Identifiers struct {
	Exists      int          `json:"exists"`
	Identifiers []Identifier `json:"identifiers"`
}

// Identifier is an entry of the register of project identifiers.
type Identifier struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Project string `json:"project"`
}

func identifier(i store.ProjectIdentifier) Identifier { return Identifier{i.ID, i.Name, i.ProjectID} }

func listIdentifiers(c *app.Call, in struct {
	Name string `query:"name"`
}) (Identifiers, error) {
	rows, err := project.Identifiers(c, in.Name)
	return Identifiers{len(rows), web.Map(rows, identifier)}, err
}

func freeIdentifier(c *app.Call, in struct {
	Name string `json:"name" check:"blank"`
}) (web.Nothing, error) {
	return web.Nothing{}, project.FreeIdentifier(c, in.Name)
}
