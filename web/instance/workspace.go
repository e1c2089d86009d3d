package instance

import (
	"strconv"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var workspaces = []web.Op{
	web.Do("GET", prefix+"workspaces/", web.InstanceAdmin(), 200, "List all workspaces", listWorkspaces),
	web.Do("POST", prefix+"workspaces/", web.InstanceAdmin(), 201, "Create a workspace", createWorkspace),
	web.Do("GET", prefix+"workspace-slug-check/", web.InstanceAdmin(), 200, "Tell whether a slug is free", checkSlug),
}

// Owner is who a workspace belongs to.
type Owner struct {
	ID        string  `json:"id"`
	Email     *string `json:"email"`
	FirstName string  `json:"first_name"`
	LastName  string  `json:"last_name"`
}

// Workspace is a workspace as administrators see it.
type Workspace struct {
	ID               string  `json:"id"`
	Owner            Owner   `json:"owner"`
	LogoURL          *string `json:"logo_url"`
	TotalProjects    *int    `json:"total_projects,omitempty"` // in lists only
	TotalMembers     *int    `json:"total_members,omitempty"`
	CreatedAt        string  `json:"created_at"`
	UpdatedAt        string  `json:"updated_at"`
	DeletedAt        *string `json:"deleted_at"`
	Name             string  `json:"name"`
	Logo             *string `json:"logo"`
	Slug             string  `json:"slug"`
	OrganizationSize *string `json:"organization_size"`
	Timezone         string  `json:"timezone"`
	BackgroundColor  string  `json:"background_color"`
	CreatedBy        *string `json:"created_by"`
	UpdatedBy        *string `json:"updated_by"`
	LogoAsset        *string `json:"logo_asset"`
}

func show(c *app.Call, w *store.Workspace, owner Owner) Workspace {
	return Workspace{ID: w.ID, Owner: owner, LogoURL: store.PictureURL(w.LogoAssetID, w.Logo),
		CreatedAt: c.Time(w.CreatedAt), UpdatedAt: c.Time(w.UpdatedAt), DeletedAt: c.TimePtr(w.DeletedAt), Name: w.Name,
		Logo: w.Logo, Slug: w.Slug, OrganizationSize: w.OrganizationSize, Timezone: w.Timezone,
		BackgroundColor: w.BackgroundColor, CreatedBy: w.CreatedByID, UpdatedBy: w.UpdatedByID, LogoAsset: w.LogoAssetID}
}

const pageSize = 10 // the longest, too

func listWorkspaces(c *app.Call, in struct {
	web.Pages
	Search string `query:"search"`
}) (web.Page[Workspace], error) {
	p, err := in.Paging(pageSize)
	if err == nil && p.Size > pageSize {
		err = web.Detail(400, "Invalid per_page value. Cannot exceed "+strconv.Itoa(pageSize)+".")
	}
	if err != nil {
		return web.Page[Workspace]{}, err
	}
	rows, total, err := workspace.ListKnown(c, in.Search, p.Size, p.Offset())
	return web.Paged(p, total, web.Map(rows, func(w store.KnownWorkspace) Workspace {
		out := show(c, &w.Workspace, Owner{w.OwnerID, &w.OwnerEmail, w.OwnerFirst, w.OwnerLast})
		out.TotalProjects, out.TotalMembers = &w.TotalProjects, &w.TotalMembers
		return out
	})), err
}

func createWorkspace(c *app.Call, in struct {
	Name             string  `json:"name" check:"blank,null"`
	Slug             string  `json:"slug" check:"blank,null"`
	OrganizationSize *string `json:"organization_size" check:"max=20,blank"`
	CompanyRole      string  `json:"company_role" check:"blank,null,raw"`
}) (Workspace, error) {
	w := &store.Workspace{Name: in.Name, Slug: in.Slug, OrganizationSize: in.OrganizationSize, Timezone: "UTC"}
	if err := workspace.Found(c, w, in.CompanyRole); err != nil {
		return Workspace{}, err
	}
	return show(c, w, Owner{c.User.ID, c.User.Email, c.User.FirstName, c.User.LastName}), nil
}

// SlugStatus says whether a slug is free.
type SlugStatus struct {
	Free bool `json:"status"`
}

func checkSlug(c *app.Call, in struct {
	Slug string `query:"slug"`
}) (SlugStatus, error) {
	if in.Slug == "" {
		return SlugStatus{}, app.Refuse(app.Invalid, "Workspace Slug is required")
	}
	free, err := workspace.SlugFree(c, in.Slug)
	return SlugStatus{free}, err
}
