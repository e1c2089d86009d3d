package api

import (
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var workspaceThemes = []web.Op{
	web.Do("GET", inWorkspace+"workspace-themes/", themers, 200, "List themes", listThemes),
	web.Do("POST", inWorkspace+"workspace-themes/", themers, 201, "Create a theme", createTheme),
	web.Do("GET", inWorkspace+"workspace-themes/{pk:uuid}/", themers, 200, "Read a theme", readTheme),
	web.Do("PATCH", inWorkspace+"workspace-themes/{pk:uuid}/", themers, 200, "Change a theme", updateTheme),
	web.Do("DELETE", inWorkspace+"workspace-themes/{pk:uuid}/", themers, 204, "Delete a theme", deleteTheme),
}

var themers = web.Workspace(app.Admin, app.Member).Class()

// Theme is a set of colours.
type Theme struct {
	ID string `json:"id"`
	Made
	Name      string     `json:"name"`
	Colors    store.JSON `json:"colors"`
	Workspace string     `json:"workspace"`
	Actor     string     `json:"actor"`
}

func theme(c *app.Call, t *store.Theme) Theme {
	return Theme{
		ID: t.ID, Made: made(c, t.AuditFields), Name: t.Name, Colors: t.Colors, Workspace: t.WorkspaceID, Actor: t.ActorID,
	}
}

func listThemes(c *app.Call, _ web.Nothing) ([]Theme, error) {
	rows, err := workspace.ListThemes(c)
	return web.Map(rows, func(t store.Theme) Theme { return theme(c, &t) }), err
}

func createTheme(c *app.Call, in struct {
	Name   string     `json:"name" check:"required,max=300"`
	Colors store.JSON `json:"colors"`
	// the reference wants it, though it says nothing
	DeletedAt app.Opt[time.Time] `json:"deleted_at" check:"required,null"`
}) (Theme, error) {
	t := &store.Theme{Name: in.Name, Colors: in.Colors}
	err := workspace.CreateTheme(c, t)
	return theme(c, t), err
}

func readTheme(c *app.Call, in byID) (Theme, error) {
	t, err := workspace.GetTheme(c, in.ID)
	if err != nil {
		return Theme{}, err
	}
	return theme(c, t), nil
}

func updateTheme(c *app.Call, in struct {
	ID     string              `path:"pk"`
	Name   app.Opt[string]     `json:"name" check:"max=300"`
	Colors app.Opt[store.JSON] `json:"colors"`
}) (Theme, error) {
	t, err := workspace.GetTheme(c, in.ID)
	if err != nil {
		return Theme{}, err
	}
	var cols []string
	app.Change(&cols, "name", in.Name, &t.Name)
	app.Change(&cols, "colors", in.Colors, &t.Colors)
	err = workspace.UpdateTheme(c, t, cols...)
	return theme(c, t), err
}

func deleteTheme(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, workspace.DeleteTheme(c, in.ID)
}
