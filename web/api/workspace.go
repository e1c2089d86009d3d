package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/mux"
)

var workspaces = []web.Op{
	web.Do("GET", "/api/workspaces/", web.SignedIn(), 200, "Ask for a workspace without naming it", listWorkspaces),
	web.Do("POST", "/api/workspaces/", web.SignedIn(), 201, "Create a workspace", createWorkspace),
	web.Do("GET", inWorkspace, web.SignedIn(), 200, "Read a workspace", readWorkspace),
	web.Do("PUT", inWorkspace, web.Workspace(app.Admin, app.Member).Class(), 200, "Change a workspace, naming it anew", updateWorkspace),
	web.Do("PATCH", inWorkspace, web.Workspace(app.Admin, app.Member).Class().AndThen(web.Workspace(app.Admin)), 200, "Change a workspace",
		updateWorkspace),
	web.Do("DELETE", inWorkspace, web.Workspace(app.Admin).Class(), 204, "Delete a workspace", deleteWorkspace),
	web.Do("GET", "/api/workspace-slug-check/", web.SignedIn(), 200, "Say whether a slug is free", checkSlug),
	web.Do("GET", "/api/users/me/workspaces/", web.SignedIn(), 200, "List the caller's workspaces", listOwnWorkspaces),
	web.Do("GET", "/api/users/last-visited-workspace/", web.SignedIn(), 200, "Read the workspace that the caller was in last", lastWorkspace),
}

// Workspace is a workspace as this API shows it.
type Workspace struct {
	ID      string  `json:"id"`
	LogoURL *string `json:"logo_url"`
	Made
	Name             string  `json:"name"`
	Logo             *string `json:"logo"`
	Slug             string  `json:"slug"`
	OrganizationSize *string `json:"organization_size"`
	Timezone         string  `json:"timezone"`
	BackgroundColor  string  `json:"background_color"`
	LogoAsset        *string `json:"logo_asset"`
	Owner            string  `json:"owner"`
	TotalMembers     int     `json:"total_members"`
	Role             int     `json:"role,omitempty"` // the caller's; only where they made it or list their own
}

func workspaceOut(c *app.Call, w *store.Workspace, members, role int) Workspace {
	return Workspace{
		ID: w.ID, LogoURL: pictureURL(w.LogoAssetID, w.Logo), Made: made(c, w.AuditFields), Name: w.Name, Logo: w.Logo,
		Slug: w.Slug, OrganizationSize: w.OrganizationSize, Timezone: w.Timezone, BackgroundColor: w.BackgroundColor,
		LogoAsset: w.LogoAssetID, Owner: w.OwnerID, TotalMembers: members, Role: role,
	}
}

// listWorkspaces is what the reference answers here, to everybody: its role check wants a slug, which the path has not.
func listWorkspaces(*app.Call, web.Nothing) (web.Nothing, error) { return web.Nothing{}, app.ErrKey }

func listOwnWorkspaces(c *app.Call, in struct {
	Search string `query:"search"`
	Owner  string `query:"owner" type:"uuid"`
}) ([]Workspace, error) {
	if in.Owner != "" && !mux.IsUUID(in.Owner) {
		return nil, app.Field("owner", "“"+in.Owner+"” is not a valid UUID.")
	}
	ws, err := workspace.List(c, in.Search, in.Owner)
	return web.Map(ws, func(w store.OwnWorkspace) Workspace {
		return workspaceOut(c, &w.Workspace, w.TotalMembers,
			w.Role)
	}), err
}

func createWorkspace(c *app.Call, in struct {
	Name             string          `json:"name" check:"blank"`
	Slug             string          `json:"slug" check:"blank"`
	Logo             *string         `json:"logo" check:"blank,address"`
	LogoAsset        *string         `json:"logo_asset" check:"pk"`
	OrganizationSize *string         `json:"organization_size" check:"max=20,blank"`
	Timezone         app.Opt[string] `json:"timezone" check:"zone"`
	BackgroundColor  app.Opt[string] `json:"background_color" check:"max=255"`
	CompanyRole      string          `json:"company_role" check:"blank,null,raw"`
}) (Workspace, error) {
	w := &store.Workspace{Name: in.Name, Slug: in.Slug, Logo: in.Logo, LogoAssetID: in.LogoAsset,
		OrganizationSize: in.OrganizationSize, Timezone: in.Timezone.Or("UTC"), BackgroundColor: in.BackgroundColor.Or("")}
	err := workspace.Create(c, w, in.CompanyRole)
	return workspaceOut(c, w, 1, int(app.Admin)), err
}

func checkSlug(c *app.Call, in struct {
	Slug string `query:"slug"`
}) (map[string]bool, error) {
	if in.Slug == "" {
		return nil, app.Refuse(app.Invalid, "Workspace Slug is required")
	}
	free, err := workspace.SlugFree(c, in.Slug)
	return map[string]bool{"status": free}, err
}

func readWorkspace(c *app.Call, _ web.Nothing) (Workspace, error) {
	w, err := workspace.Get(c)
	if err != nil {
		return Workspace{}, err
	}
	return workspaceOut(c, &w.Workspace, w.TotalMembers, 0), nil
}

// WorkspaceInput is what may be changed about a workspace; a PUT has to name it.
type WorkspaceInput struct {
	Name             app.Opt[string] `json:"name" check:"required,max=80"`
	Slug             app.Opt[string] `json:"slug" check:"required,max=48"`
	Logo             app.Opt[string] `json:"logo" check:"null,blank,address"`
	LogoAsset        app.Opt[string] `json:"logo_asset" check:"null,pk"`
	OrganizationSize app.Opt[string] `json:"organization_size" check:"null,blank,max=20"`
	Timezone         app.Opt[string] `json:"timezone" check:"zone"`
	BackgroundColor  app.Opt[string] `json:"background_color" check:"max=255"`
}

func updateWorkspace(c *app.Call, in WorkspaceInput) (Workspace, error) {
	w, err := workspace.Get(c)
	if err != nil {
		return Workspace{}, err
	}
	var cols []string
	app.Change(&cols, "name", in.Name, &w.Name)
	app.Change(&cols, "slug", in.Slug, &w.Slug)
	app.ChangePtr(&cols, "logo", in.Logo, &w.Logo)
	app.ChangePtr(&cols, "logo_asset_id", in.LogoAsset, &w.LogoAssetID)
	app.ChangePtr(&cols, "organization_size", in.OrganizationSize, &w.OrganizationSize)
	app.Change(&cols, "timezone", in.Timezone, &w.Timezone)
	app.Change(&cols, "background_color", in.BackgroundColor, &w.BackgroundColor)
	err = workspace.Update(c, &w.Workspace, cols...)
	return workspaceOut(c, &w.Workspace, w.TotalMembers, 0), err
}

func deleteWorkspace(c *app.Call, _ web.Nothing) (web.Nothing, error) {
	return web.Nothing{}, workspace.Delete(c)
}

// LastWorkspace is where somebody was last, with their memberships there; both are empty when they were nowhere.
type LastWorkspace struct {
	WorkspaceDetails any                 `json:"workspace_details"`
	ProjectDetails   []ProjectMemberRole `json:"project_details"`
}

// lastWorkspace is what the reference means to answer, which fails there.
func lastWorkspace(c *app.Call, _ web.Nothing) (LastWorkspace, error) {
	last := LastWorkspace{struct{}{}, []ProjectMemberRole{}}
	w, members, err := workspace.Last(c)
	if err != nil || w == nil {
		return last, err
	}
	last.WorkspaceDetails = workspaceOut(c, &w.Workspace, w.TotalMembers, w.Role)
	last.ProjectDetails = web.Map(members, projectMemberRole(c))
	return last, nil
}
