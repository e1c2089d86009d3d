package workspace

import (
	"errors"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// own fits the caller's rows in the call's workspace.
func own(c *app.Call) dbx.HashExp {
	return dbx.HashExp{"user_id": c.User.ID, "workspace_id": c.Workspace.ID}
}

// Plane: db/models/workspace.py. That two of them hold themselves once more under their own name is the reference's
// slip, which clients know.
var (
	defaultFilters = store.JSON(`{"priority":null,"state":null,"state_group":null,"assignees":null,"created_by":null,"labels":null,` +
		`"start_date":null,"target_date":null,"subscriber":null}`)
	defaultDisplayFilters = store.JSON(`{"display_filters":{"group_by":null,"order_by":"-created_at","type":null,"sub_issue":true,` +
		`"show_empty_groups":true,"layout":"list","calendar_date_range":""}}`)
	defaultDisplayProperties = store.JSON(`{"display_properties":{"assignee":true,"attachment_count":true,"created_on":true,"due_date":true,` +
		`"estimate":true,"key":true,"labels":true,"link":true,"priority":true,"start_date":true,"state":true,"sub_issue_count":true,` +
		`"updated_on":true}}`)
)

// Properties returns how the caller sees the workspace; the first reading makes it.
func Properties(c *app.Call) (*store.WorkspaceUserProperties, error) {
	p, err := store.WorkspaceUserPropertiesRows.Get(c.Read(), own(c))
	if !errors.Is(err, store.ErrNotFound) {
		return p, err
	}
	p = &store.WorkspaceUserProperties{UserID: c.User.ID, WorkspaceID: c.Workspace.ID, Filters: defaultFilters,
		DisplayFilters: defaultDisplayFilters, DisplayProperties: defaultDisplayProperties,
		NavigationControlPreference: "ACCORDION", NavigationProjectLimit: 10}
	err = c.Write(func(t *store.Tx) error { return store.WorkspaceUserPropertiesRows.Insert(t, p) })
	if errors.Is(err, store.ErrUnique) { // another request made it meanwhile
		return store.WorkspaceUserPropertiesRows.Get(c.Read(), own(c))
	}
	return p, err
}

// UpdateProperties writes the named columns.
func UpdateProperties(c *app.Call, p *store.WorkspaceUserProperties, cols ...string) error {
	return c.Write(func(t *store.Tx) error { return store.WorkspaceUserPropertiesRows.Update(t, p, cols...) })
}

var (
	sidebarKeys   = []string{"views", "active_cycles", "analytics", "drafts", "your_work", "archives", "stickies"}
	sidebarPinned = []string{"drafts", "your_work", "stickies"}
	homeKeys      = []string{"quick_links", "recents", "my_stickies"}
)

// Sidebar returns the caller's entries of the sidebar in their order; the first reading makes them.
func Sidebar(c *app.Call) ([]store.SidebarPreference, error) {
	list := func(t *store.Tx) ([]store.SidebarPreference, error) {
		return store.SidebarPreferences.List(t, own(c), "sort_order")
	}
	rows, err := list(c.Read())
	if err != nil {
		return nil, err
	}
	missing := slices.DeleteFunc(slices.Clone(sidebarKeys), func(key string) bool {
		return slices.ContainsFunc(rows, func(p store.SidebarPreference) bool { return p.Key == key })
	})
	if len(missing) == 0 {
		return rows, nil
	}
	err = c.Write(func(t *store.Tx) error {
		for i, key := range missing {
			p := &store.SidebarPreference{Key: key, UserID: c.User.ID, WorkspaceID: c.Workspace.ID,
				SortOrder: 65535 + float64(i)*10000, IsPinned: slices.Contains(sidebarPinned, key)}
			if err := store.SidebarPreferences.Insert(t, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, store.ErrUnique) {
		return nil, err
	}
	return list(c.Read())
}

// SidebarChange changes one of the caller's entries of the sidebar.
type SidebarChange struct {
	Key       string
	IsPinned  app.Opt[bool]
	SortOrder app.Opt[float64]
}

// UpdateSidebar changes entries; those that the caller has not are passed over.
func UpdateSidebar(c *app.Call, changes []SidebarChange) error {
	return c.Write(func(t *store.Tx) error {
		for _, change := range changes {
			where := own(c)
			where["key"] = change.Key
			p, err := store.SidebarPreferences.Get(t, where)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			var cols []string
			app.Change(&cols, "is_pinned", change.IsPinned, &p.IsPinned)
			app.Change(&cols, "sort_order", change.SortOrder, &p.SortOrder)
			if err := store.SidebarPreferences.Update(t, p, cols...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Home returns the parts of the caller's home page, newest first; the first reading makes them.
func Home(c *app.Call) ([]store.HomePreference, error) {
	list := func(t *store.Tx) ([]store.HomePreference, error) {
		return store.HomePreferences.List(t, own(c), "created_at DESC", "sort_order")
	}
	rows, err := list(c.Read())
	if err != nil {
		return nil, err
	}
	missing := slices.DeleteFunc(slices.Clone(homeKeys), func(key string) bool {
		return slices.ContainsFunc(rows, func(p store.HomePreference) bool { return p.Key == key })
	})
	if len(missing) == 0 {
		return rows, nil
	}
	err = c.Write(func(t *store.Tx) error {
		for i, key := range missing {
			p := &store.HomePreference{Key: key, IsEnabled: true, UserID: c.User.ID, WorkspaceID: c.Workspace.ID,
				SortOrder: float64(999 - i)}
			if err := store.HomePreferences.Insert(t, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, store.ErrUnique) {
		return nil, err
	}
	return list(c.Read())
}

// HomePart returns one part of the caller's home page.
func HomePart(c *app.Call, key string) (*store.HomePreference, error) {
	where := own(c)
	where["key"] = key
	return store.HomePreferences.Get(c.Read(), where)
}

// UpdateHomePart writes the named columns.
func UpdateHomePart(c *app.Call, p *store.HomePreference, cols ...string) error {
	return c.Write(func(t *store.Tx) error { return store.HomePreferences.Update(t, p, cols...) })
}
