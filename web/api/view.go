package api

import (
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/view"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	projectView   = inProject + "views/{pk:uuid}/"
	workspaceView = inWorkspace + "views/{pk:uuid}/"
	favoriteViews = inProject + "user-favorite-views/"
)

var (
	changesView          = web.Project(app.Nobody).OrCreator("issue_views")
	changesWorkspaceView = web.Workspace(app.Nobody).OrCreator("issue_views")
)

// The reference lets anybody who is signed in make and read views; here they have to be in the place.
var views = []web.Op{
	web.Do("GET", inProject+"views/", web.Project(), 200, "List the views of a project", listViews),
	web.Do("POST", inProject+"views/", web.Project(), 201, "Create a view of a project", createView),
	web.Do("GET", projectView, web.Project(), 200, "Read a view of a project", getView),
	web.Do("PATCH", projectView, changesView, 200, "Change a view of a project", patchView),
	web.Do("PUT", projectView, changesView, 200, "Replace a view of a project", putView),
	web.Do("DELETE", projectView, web.Project(app.Admin).OrCreator("issue_views"), 204, "Delete a view of a project", deleteView),
	web.Do("POST", favoriteViews, web.Project(app.Admin, app.Member), 204, "Make a view a favourite", addFavoriteView),
	web.Do("DELETE", favoriteViews+"{view_id:uuid}/", web.Project(app.Admin, app.Member), 204, "Make a view no favourite", removeFavoriteView),

	web.Do("GET", inWorkspace+"views/", web.Workspace(), 200, "List the views of a workspace", listViews),
	web.Do("POST", inWorkspace+"views/", web.Workspace(), 201, "Create a view of a workspace", createView),
	web.Do("GET", workspaceView, web.Workspace(), 200, "Read a view of a workspace", getView),
	web.Do("PATCH", workspaceView, changesWorkspaceView, 200, "Change a view of a workspace", patchView),
	web.Do("PUT", workspaceView, changesWorkspaceView, 200, "Replace a view of a workspace", putView),
	web.Do("DELETE", workspaceView, web.Workspace(app.Admin).OrCreator("issue_views"), 204, "Delete a view of a workspace", deleteView),
}

// View is a view as this API shows it; whether it is a favourite is known in projects only, and not in what writes
// answer.
type View struct {
	ID                string     `json:"id"`
	IsFavorite        *bool      `json:"is_favorite,omitempty"`
	Name              string     `json:"name"`
	Description       string     `json:"description"`
	Query             store.JSON `json:"query"`
	Filters           store.JSON `json:"filters"`
	DisplayFilters    store.JSON `json:"display_filters"`
	DisplayProperties store.JSON `json:"display_properties"`
	RichFilters       store.JSON `json:"rich_filters"`
	Access            int        `json:"access"`
	SortOrder         float64    `json:"sort_order"`
	LogoProps         store.JSON `json:"logo_props"`
	IsLocked          bool       `json:"is_locked"`
	ArchivedAt        *string    `json:"archived_at"`
	Workspace         string     `json:"workspace"`
	Project           *string    `json:"project"`
	OwnedBy           string     `json:"owned_by"`
	Made
}

func writtenView(c *app.Call, v *store.View) View {
	return View{ID: v.ID, Name: v.Name, Description: v.Description, Query: v.Query, Filters: v.Filters,
		DisplayFilters: v.DisplayFilters, DisplayProperties: v.DisplayProperties, RichFilters: v.RichFilters,
		Access: v.Access, SortOrder: v.SortOrder, LogoProps: v.LogoProps, IsLocked: v.IsLocked,
		ArchivedAt: c.TimePtr(v.ArchivedAt), Workspace: v.WorkspaceID,
		Project: v.ProjectID, OwnedBy: v.OwnedByID, Made: made(c, v.AuditFields)}
}

func viewOf(c *app.Call) func(view.ForMember) View {
	return func(s view.ForMember) View {
		v := writtenView(c, &s.View)
		if c.ProjectID != "" {
			v.IsFavorite = &s.IsFavorite
		}
		return v
	}
}

// BlankView is what the reference answers for a view that is not there: the fields of a form before anything is filled
// in.
type BlankView struct {
	DeletedAt         *time.Time `json:"deleted_at"`
	Name              string     `json:"name"`
	Description       string     `json:"description"`
	Filters           *string    `json:"filters"`
	DisplayFilters    *string    `json:"display_filters"`
	DisplayProperties *string    `json:"display_properties"`
	RichFilters       *string    `json:"rich_filters"`
	SortOrder         *float64   `json:"sort_order"`
	LogoProps         *string    `json:"logo_props"`
	ArchivedAt        *time.Time `json:"archived_at"`
	CreatedBy         *string    `json:"created_by"`
	UpdatedBy         *string    `json:"updated_by"`
}

func listViews(c *app.Call, in struct {
	OrderBy string `query:"order_by"`
}) ([]View, error) {
	vs, err := view.List(c, in.OrderBy)
	return web.Map(vs, viewOf(c)), err
}

func createView(c *app.Call, in view.Input) (View, error) {
	v, err := view.Create(c, in)
	return writtenView(c, v), err
}

type viewPath struct {
	PK string `path:"pk"`
}

func getView(c *app.Call, in viewPath) (web.AnyOf[View, BlankView], error) {
	var out web.AnyOf[View, BlankView]
	v, err := view.Get(c, in.PK)
	if err != nil {
		return out, err
	}
	if v == nil {
		out.B = &BlankView{}
		return out, nil
	}
	out.A = new(viewOf(c)(*v))
	return out, nil
}

type changedView struct {
	viewPath
	view.Input
}

func patchView(c *app.Call, in changedView) (View, error) {
	v, err := view.Change(c, in.PK, in.Input)
	if err != nil {
		return View{}, err
	}
	return writtenView(c, &v.View), nil
}

func putView(c *app.Call, in changedView) (View, error) {
	v, err := view.Change(c, in.PK, in.Input)
	if err != nil {
		return View{}, err
	}
	return viewOf(c)(*v), nil
}

func deleteView(c *app.Call, in viewPath) (web.Nothing, error) {
	return web.Nothing{}, view.Delete(c, in.PK)
}

func addFavoriteView(c *app.Call, in struct {
	View *string `json:"view" check:"pk"`
}) (web.Nothing, error) {
	return web.Nothing{}, workspace.AddFavorite(c, "view", in.View)
}

func removeFavoriteView(c *app.Call, in struct {
	ViewID string `path:"view_id"`
}) (web.Nothing, error) {
	return web.Nothing{}, workspace.RemoveFavorite(c, "view", in.ViewID)
}
