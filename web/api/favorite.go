package api

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/mux"
)

const favoriteProjects = inWorkspace + "user-favorite-projects/"

var favorites = []web.Op{
	web.Do("GET", inWorkspace+"user-favorites/", favored, 200, "List the caller's favourites", listFavorites),
	web.Do("POST", inWorkspace+"user-favorites/", favored, 200, "Add a favourite", createFavorite),
	web.Do("PATCH", inWorkspace+"user-favorites/{pk:uuid}/", favored, 200, "Change a favourite", updateFavorite),
	web.Do("DELETE", inWorkspace+"user-favorites/{pk:uuid}/", favored, 204, "Remove a favourite", deleteFavorite),
	web.Do("GET", inWorkspace+"user-favorites/{pk:uuid}/group/", favored, 200, "List the favourites in a folder", listFavoriteFolder),
	web.Do("GET", favoriteProjects, web.Workspace(), 200, "List the caller's favourite projects", listFavoriteProjects),
	web.Do("POST", favoriteProjects, web.SignedIn(), 204, "Add a favourite project", addFavoriteProject),
	web.Do("DELETE", favoriteProjects+"{project:uuid}/", web.SignedIn(), 204, "Remove a favourite project", removeFavoriteProject),
}

var favored = web.Workspace(app.Admin, app.Member)

// Favorite is a favourite, or a folder of them.
type Favorite struct {
	ID               string  `json:"id"`
	EntityType       string  `json:"entity_type"`
	EntityIdentifier *string `json:"entity_identifier"`
	EntityData       any     `json:"entity_data"` // nil, FavoriteEntity or FavoriteProject
	Name             *string `json:"name"`
	IsFolder         bool    `json:"is_folder"`
	Sequence         float64 `json:"sequence"`
	Parent           *string `json:"parent"`
	WorkspaceID      string  `json:"workspace_id"`
	ProjectID        *string `json:"project_id"`
}

// FavoriteProject is what a favourite shows of a project.
type FavoriteProject struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	LogoProps store.JSON `json:"logo_props"`
}

// FavoriteEntity is what a favourite shows of anything else.
type FavoriteEntity struct {
	FavoriteProject
	ProjectID *string `json:"project_id"`
}

func favorite(f workspace.Favorite) Favorite {
	out := Favorite{
		ID: f.ID, EntityType: f.EntityType, EntityIdentifier: f.EntityIdentifier, EntityData: nil, Name: f.Name,
		IsFolder: f.IsFolder, Sequence: f.Sequence, Parent: f.ParentID, WorkspaceID: f.WorkspaceID,
		ProjectID: f.ProjectID,
	}
	switch e := f.Entity; {
	case e == nil || f.EntityType == "issue": // the reference shows nothing of issues
	case e.IsProject:
		out.EntityData = FavoriteProject{e.ID, e.Name, e.LogoProps}
	default:
		out.EntityData = FavoriteEntity{FavoriteProject{e.ID, e.Name, e.LogoProps}, e.ProjectID}
	}
	return out
}

func listFavorites(c *app.Call, _ web.Nothing) ([]Favorite, error) {
	rows, err := workspace.ListFavorites(c)
	return web.Map(rows, favorite), err
}

func listFavoriteFolder(c *app.Call, in byID) ([]Favorite, error) {
	rows, err := workspace.ListFolder(c, in.ID)
	return web.Map(rows, favorite), err
}

func listFavoriteProjects(c *app.Call, _ web.Nothing) ([]Favorite, error) {
	rows, err := workspace.ListFavoriteProjects(c)
	return web.Map(rows, favorite), err
}

func createFavorite(c *app.Call, in struct {
	EntityType       string  `json:"entity_type" check:"required,max=100"`
	EntityIdentifier *string `json:"entity_identifier" check:"blank"`
	Name             *string `json:"name" check:"blank,max=255"`
	IsFolder         bool    `json:"is_folder"`
	Sequence         float64 `json:"sequence"`
	Parent           *string `json:"parent" alias:"parent_id" check:"pk"`
	ProjectID        *string `json:"project_id" check:"blank"`
}) (Favorite, error) {
	for _, id := range []*string{in.EntityIdentifier, in.ProjectID} {
		if id != nil && !mux.IsUUID(*id) {
			return Favorite{}, app.ErrValue
		}
	}
	f, err := workspace.CreateFavorite(c,
		&store.Favorite{EntityType: in.EntityType, EntityIdentifier: in.EntityIdentifier, Name: in.Name,
			IsFolder: in.IsFolder, Sequence: in.Sequence, ParentID: in.Parent, ProjectID: in.ProjectID})
	if errors.Is(err, store.ErrUnique) { // in another workspace; one of this is answered
		err = &web.Refusal{Status: 400, Body: map[string]string{"error": "Favorite already exists"}, Cause: err}
	}
	if err != nil {
		return Favorite{}, err
	}
	return favorite(*f), nil
}

func updateFavorite(c *app.Call, in struct {
	ID         string           `path:"pk"`
	EntityType app.Opt[string]  `json:"entity_type" check:"max=100"`
	Name       app.Opt[string]  `json:"name" check:"null,blank,max=255"`
	IsFolder   app.Opt[bool]    `json:"is_folder"`
	Sequence   app.Opt[float64] `json:"sequence"`
	Parent     app.Opt[string]  `json:"parent" alias:"parent_id" check:"null,pk"`
}) (Favorite, error) {
	f, err := workspace.GetFavorite(c, in.ID)
	if err != nil {
		return Favorite{}, err
	}
	var cols []string
	app.Change(&cols, "entity_type", in.EntityType, &f.EntityType)
	app.ChangePtr(&cols, "name", in.Name, &f.Name)
	app.Change(&cols, "is_folder", in.IsFolder, &f.IsFolder)
	app.Change(&cols, "sequence", in.Sequence, &f.Sequence)
	app.ChangePtr(&cols, "parent_id", in.Parent, &f.ParentID)
	if f, err = workspace.UpdateFavorite(c, f, cols...); err != nil {
		return Favorite{}, err
	}
	return favorite(*f), nil
}

func deleteFavorite(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, workspace.DeleteFavorite(c, in.ID)
}

func addFavoriteProject(c *app.Call, in struct {
	Project string `json:"project" check:"blank,null"`
}) (web.Nothing, error) {
	switch {
	case in.Project == "":
		return web.Nothing{}, app.ErrMissing
	case !mux.IsUUID(in.Project):
		return web.Nothing{}, app.ErrValue
	}
	return web.Nothing{}, workspace.AddFavoriteProject(c, in.Project)
}

func removeFavoriteProject(c *app.Call, in struct {
	Project string `path:"project"`
}) (web.Nothing, error) {
	return web.Nothing{}, workspace.RemoveFavoriteProject(c, in.Project)
}
