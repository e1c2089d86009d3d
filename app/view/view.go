// Package view holds views: filters with a name, of a project or of a whole workspace.
package view

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/app/visit"
	"github.com/sailplane/sailplane/store"
)

// Input is what a request may say of a view. New views are public and unlocked; that can't be sent.
type Input struct {
	Name              app.Opt[string]     `json:"name" check:"required,max=255"`
	Description       app.Opt[string]     `json:"description" check:"blank"`
	Filters           app.Opt[store.JSON] `json:"filters"`
	DisplayFilters    app.Opt[store.JSON] `json:"display_filters"`
	DisplayProperties app.Opt[store.JSON] `json:"display_properties"`
	RichFilters       app.Opt[store.JSON] `json:"rich_filters"`
	SortOrder         app.Opt[float64]    `json:"sort_order"`
	LogoProps         app.Opt[store.JSON] `json:"logo_props" check:"logo"`
	ArchivedAt        app.Opt[time.Time]  `json:"archived_at" check:"null"`
}

func (in *Input) put(v *store.View) ([]string, error) {
	cols := []string{"query"}
	app.Change(&cols, "name", in.Name, &v.Name)
	app.Change(&cols, "description", in.Description, &v.Description)
	app.Change(&cols, "filters", in.Filters, &v.Filters)
	app.Change(&cols, "display_filters", in.DisplayFilters, &v.DisplayFilters)
	app.Change(&cols, "display_properties", in.DisplayProperties, &v.DisplayProperties)
	app.Change(&cols, "rich_filters", in.RichFilters, &v.RichFilters)
	app.Change(&cols, "sort_order", in.SortOrder, &v.SortOrder)
	app.Change(&cols, "logo_props", in.LogoProps, &v.LogoProps)
	app.ChangePtr(&cols, "archived_at", in.ArchivedAt, &v.ArchivedAt)
	var err error
	v.Query, err = filter.Stored(v.Filters)
	return cols, err
}

// ForMember is a view as one person sees it.
type ForMember struct {
	store.View
	IsFavorite bool
}

// place are the views of the call's project or, outside a project's routes, those of the workspace itself.
func place(c *app.Call) dbx.HashExp {
	if c.ProjectID == "" {
		return dbx.HashExp{"workspace_id": c.Workspace.ID, "project_id": nil}
	}
	return dbx.HashExp{"workspace_id": c.Workspace.ID, "project_id": c.ProjectID}
}

// shown are the views of the place that the caller may see: public ones and their own.
func shown(c *app.Call) dbx.Expression {
	return dbx.And(place(c), dbx.Or(dbx.HashExp{"owned_by_id": c.UserID()}, dbx.HashExp{"access": 1}))
}

// orders are the columns by which the workspace's views can be asked for.
var orders = []string{"name", "created_at", "updated_at", "sort_order"}

func order(asked string) string {
	col, down := strings.CutPrefix(asked, "-")
	if !slices.Contains(orders, col) {
		return "created_at DESC"
	}
	if down {
		return col + " DESC"
	}
	return col
}

// List returns the views of the place. Those of a project come favourites first, then by name, and none when it is
// archived; those of the workspace as asked, else newest first. Guests see only their own, unless the project says
// otherwise.
func List(c *app.Call, by string) ([]ForMember, error) {
	t, where, sort := c.Read(), shown(c), order(by)
	mine := dbx.And(place(c), dbx.HashExp{"owned_by_id": c.UserID()})
	if c.ProjectID == "" {
		if c.Access.Workspace == app.Guest {
			where = mine
		}
	} else {
		p, err := store.Projects.Find(t, c.ProjectID)
		if err != nil {
			return nil, err
		}
		if p.ArchivedAt != nil {
			return nil, nil
		}
		if c.SeesOwnOnly(p.ID) {
			where = mine
		}
		sort = "name"
	}
	rows, err := store.Views.List(t, where, sort)
	if err != nil {
		return nil, err
	}
	seen, err := see(c, t, rows)
	if c.ProjectID != "" {
		slices.SortStableFunc(seen, favoritesFirst)
	}
	return seen, err
}

func favoritesFirst(a, b ForMember) int {
	switch {
	case a.IsFavorite == b.IsFavorite:
		return 0
	case a.IsFavorite:
		return -1
	}
	return 1
}

func see(c *app.Call, t *store.Tx, rows []store.View) ([]ForMember, error) {
	stars, err := store.FavoritesOf(t, c.Workspace.ID, c.UserID(), "view")
	seen := make([]ForMember, len(rows))
	for i, v := range rows {
		seen[i] = ForMember{v, stars[v.ID]}
	}
	return seen, err
}

// Get returns a view of the place; nil when there is none that the caller may see.
func Get(c *app.Call, id string) (*ForMember, error) {
	t := c.Read()
	v, err := store.Views.Get(t, dbx.And(shown(c), dbx.HashExp{"id": id}))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if c.SeesOwnOnly(c.ProjectID) && v.OwnedByID != c.UserID() {
		return nil, app.Refuse(app.Forbidden, "You are not allowed to view this issue")
	}
	seen, err := see(c, t, []store.View{*v})
	if err != nil {
		return nil, err
	}
	visit.Note(c, "view", id, c.ProjectID)
	return &seen[0], nil
}

// Create writes a new view of the place behind all others, public and the caller's.
func Create(c *app.Call, in Input) (*store.View, error) {
	v := &store.View{Access: 1, OwnedByID: c.UserID(), WorkspaceID: c.Workspace.ID, SortOrder: 65535,
		DisplayFilters: store.JSON(app.FirstDisplayFilters), DisplayProperties: store.JSON(app.FirstDisplayProperties)}
	if c.ProjectID != "" {
		v.ProjectID = &c.ProjectID
	}
	err := c.Write(func(t *store.Tx) error {
		if _, err := in.put(v); err != nil {
			return err
		}
		if err := t.Lock("views in " + c.Workspace.ID); err != nil {
			return err
		}
		last, err := store.Views.First(t, place(c), "sort_order DESC")
		if err == nil {
			v.SortOrder = last.SortOrder + 10000
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return store.Views.Insert(t, v)
	})
	return v, err
}

// Change writes what a request says of a view; its owner may, as long as it is not locked.
func Change(c *app.Call, id string, in Input) (*ForMember, error) {
	var seen []ForMember
	err := c.Write(func(t *store.Tx) error {
		v, err := store.Views.Get(t, dbx.And(shown(c), dbx.HashExp{"id": id}))
		if err != nil {
			return err
		}
		if v.IsLocked {
			return app.Refuse(app.Invalid, "view is locked")
		}
		if v.OwnedByID != c.UserID() {
			return app.Refuse(app.Invalid, "Only the owner of the view can update the view")
		}
		cols, err := in.put(v)
		if err != nil {
			return err
		}
		if err := store.Views.Update(t, v, cols...); err != nil {
			return err
		}
		seen, err = see(c, t, []store.View{*v})
		return err
	})
	if err != nil {
		return nil, err
	}
	return &seen[0], nil
}

// Delete deletes a view, and takes its star from everybody; its owner may, and the place's
// administrators if it is not private.
func Delete(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		v, err := store.Views.Get(t, dbx.And(shown(c), dbx.HashExp{"id": id}))
		if err != nil {
			return err
		}
		if v.OwnedByID != c.UserID() && c.Role() != app.Admin {
			return app.Refuse(app.Invalid, "Only admin or owner can delete the view")
		}
		if err := store.DropFavorites(t, c.Workspace.ID, "view", id); err != nil {
			return err
		}
		return store.Views.Delete(t, v)
	})
}
