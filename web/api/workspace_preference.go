package api

import (
	"encoding/json"
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var workspacePreferences = []web.Op{
	web.Do("GET", inWorkspace+"user-properties/", web.Workspace().Class(), 200, "Read how the caller sees the workspace", readProperties),
	web.Do("PATCH", inWorkspace+"user-properties/", web.Workspace().Class(), 200, "Change how the caller sees the workspace", updateProperties),
	web.Do("GET", inWorkspace+"sidebar-preferences/", web.Workspace(), 200, "Read the caller's sidebar", readSidebar),
	web.Do("PATCH", inWorkspace+"sidebar-preferences/", web.Workspace(), 200, "Change the caller's sidebar", updateSidebar),
	web.Do("GET", inWorkspace+"home-preferences/", web.Workspace(), 200, "Read the parts of the caller's home page", readHome),
	web.Do("PATCH", inWorkspace+"home-preferences/{key}/", web.Workspace(), 200, "Change a part of the caller's home page", updateHome),
}

// WorkspaceProperties is how a person sees a workspace.
type WorkspaceProperties struct {
	ID string `json:"id"`
	Made
	Filters                     store.JSON `json:"filters"`
	DisplayFilters              store.JSON `json:"display_filters"`
	DisplayProperties           store.JSON `json:"display_properties"`
	RichFilters                 store.JSON `json:"rich_filters"`
	NavigationProjectLimit      int        `json:"navigation_project_limit"`
	NavigationControlPreference string     `json:"navigation_control_preference"`
	Workspace                   string     `json:"workspace"`
	User                        string     `json:"user"`
}

func workspaceProperties(c *app.Call, p *store.WorkspaceUserProperties) WorkspaceProperties {
	return WorkspaceProperties{
		ID: p.ID, Made: made(c, p.AuditFields), Filters: p.Filters, DisplayFilters: p.DisplayFilters,
		DisplayProperties: p.DisplayProperties, RichFilters: p.RichFilters,
		NavigationProjectLimit: p.NavigationProjectLimit, NavigationControlPreference: p.NavigationControlPreference,
		Workspace: p.WorkspaceID, User: p.UserID,
	}
}

func readProperties(c *app.Call, _ web.Nothing) (WorkspaceProperties, error) {
	p, err := workspace.Properties(c)
	if err != nil {
		return WorkspaceProperties{}, err
	}
	return workspaceProperties(c, p), nil
}

func updateProperties(c *app.Call, in struct {
	Filters                     app.Opt[store.JSON] `json:"filters"`
	DisplayFilters              app.Opt[store.JSON] `json:"display_filters"`
	DisplayProperties           app.Opt[store.JSON] `json:"display_properties"`
	RichFilters                 app.Opt[store.JSON] `json:"rich_filters"`
	NavigationProjectLimit      app.Opt[int]        `json:"navigation_project_limit"`
	NavigationControlPreference app.Opt[string]     `json:"navigation_control_preference" check:"choice=ACCORDION|TABBED"`
}) (WorkspaceProperties, error) {
	p, err := workspace.Properties(c)
	if err != nil {
		return WorkspaceProperties{}, err
	}
	var cols []string
	app.Change(&cols, "filters", in.Filters, &p.Filters)
	app.Change(&cols, "display_filters", in.DisplayFilters, &p.DisplayFilters)
	app.Change(&cols, "display_properties", in.DisplayProperties, &p.DisplayProperties)
	app.Change(&cols, "rich_filters", in.RichFilters, &p.RichFilters)
	app.Change(&cols, "navigation_project_limit", in.NavigationProjectLimit, &p.NavigationProjectLimit)
	app.Change(&cols, "navigation_control_preference", in.NavigationControlPreference, &p.NavigationControlPreference)
	err = workspace.UpdateProperties(c, p, cols...)
	return workspaceProperties(c, p), err
}

// SidebarEntry is an entry of the sidebar.
type SidebarEntry struct {
	IsPinned  bool    `json:"is_pinned"`
	SortOrder float64 `json:"sort_order"`
}

func readSidebar(c *app.Call, _ web.Nothing) (map[string]SidebarEntry, error) {
	rows, err := workspace.Sidebar(c)
	entries := make(map[string]SidebarEntry, len(rows))
	for _, p := range rows {
		entries[p.Key] = SidebarEntry{p.IsPinned, p.SortOrder}
	}
	return entries, err
}

func updateSidebar(c *app.Call, in struct {
	Raw []byte `body:"raw"`
}) (map[string]string, error) {
	var sent []struct {
		Key       string
		IsPinned  app.Opt[bool]    `json:"is_pinned"`
		SortOrder app.Opt[float64] `json:"sort_order"`
	}
	if json.Unmarshal(in.Raw, &sent) != nil {
		return nil, app.ErrValue
	}
	changes := make([]workspace.SidebarChange, len(sent))
	for i, s := range sent {
		changes[i] = workspace.SidebarChange(s)
	}
	return map[string]string{"message": "Successfully updated"}, workspace.UpdateSidebar(c, changes)
}

// HomePart is a part of the home page.
type HomePart struct {
	Key       string      `json:"key"`
	IsEnabled bool        `json:"is_enabled"`
	Config    *store.JSON `json:"config,omitempty"` // only when all are read
	SortOrder float64     `json:"sort_order"`
}

func readHome(c *app.Call, _ web.Nothing) ([]HomePart, error) {
	rows, err := workspace.Home(c)
	return web.Map(rows, func(p store.HomePreference) HomePart {
		return HomePart{p.Key, p.IsEnabled, &p.Config,
			p.SortOrder}
	}), err
}

func updateHome(c *app.Call, in struct {
	Name      string           `path:"key"`
	Key       app.Opt[string]  `json:"key" check:"max=255"`
	IsEnabled app.Opt[bool]    `json:"is_enabled"`
	SortOrder app.Opt[float64] `json:"sort_order"`
}) (HomePart, error) {
	p, err := workspace.HomePart(c, in.Name)
	if errors.Is(err, store.ErrNotFound) {
		err = web.Detail(400, "Preference not found")
	}
	if err != nil {
		return HomePart{}, err
	}
	var cols []string
	app.Change(&cols, "key", in.Key, &p.Key)
	app.Change(&cols, "is_enabled", in.IsEnabled, &p.IsEnabled)
	app.Change(&cols, "sort_order", in.SortOrder, &p.SortOrder)
	err = workspace.UpdateHomePart(c, p, cols...)
	return HomePart{p.Key, p.IsEnabled, nil, p.SortOrder}, err
}
