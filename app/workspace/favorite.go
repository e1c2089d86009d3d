package workspace

import (
	"errors"
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Favorite is a favourite with what it stands for; nil when that is gone or not for the caller.
type Favorite struct {
	store.Favorite
	Entity *store.Entity
}

// ListFavorites returns the caller's favourites that are in no folder, newest first: those of projects only while they
// are an active member there, and no pages without a project.
func ListFavorites(c *app.Call) ([]Favorite, error) {
	return favorites(c, dbx.HashExp{"parent_id": nil}, dbx.Or(ofOwnProjects(c),
		dbx.And(dbx.HashExp{"project_id": nil}, dbx.Not(dbx.HashExp{"entity_type": "page"}))))
}

// ListFolder returns the caller's favourites in one folder, newest first.
func ListFolder(c *app.Call, folder string) ([]Favorite, error) {
	return favorites(c, dbx.HashExp{"parent_id": folder}, dbx.Or(ofOwnProjects(c), dbx.HashExp{"project_id": nil}))
}

// ListFavoriteProjects returns the caller's favourites that are projects, newest first.
func ListFavoriteProjects(c *app.Call) ([]Favorite, error) {
	return favorites(c, dbx.HashExp{"entity_type": "project"}, ofOwnProjects(c))
}

func ofOwnProjects(c *app.Call) dbx.Expression {
	return store.In("project_id", slices.Collect(maps.Keys(c.Access.Projects)))
}

func favorites(c *app.Call, where ...dbx.Expression) ([]Favorite, error) {
	rows, err := store.Favorites.List(c.Read(), dbx.And(append(where, own(c))...), "created_at DESC")
	if err != nil {
		return nil, err
	}
	return withEntities(c, rows)
}

// withEntities reads what favourites stand for, a query a kind.
func withEntities(c *app.Call, rows []store.Favorite) ([]Favorite, error) {
	kinds := map[string][]string{}
	for _, f := range rows {
		if f.EntityIdentifier != nil {
			kinds[f.EntityType] = append(kinds[f.EntityType], *f.EntityIdentifier)
		}
	}
	found := map[string]map[string]*store.Entity{}
	for kind, ids := range kinds {
		entities, err := store.Entities(c.Read(), kind, c.Workspace.ID, ids)
		if err != nil {
			return nil, err
		}
		found[kind] = entities
	}
	list := make([]Favorite, len(rows))
	for i, f := range rows {
		list[i] = Favorite{Favorite: f}
		if f.EntityIdentifier == nil {
			continue
		}
		if e := found[f.EntityType][*f.EntityIdentifier]; e != nil && mayName(c, e) {
			list[i].Entity = e
		}
	}
	return list, nil
}

// mayName says whether the caller may know what the thing is called: the reference names whatever has that id.
func mayName(c *app.Call, e *store.Entity) bool {
	own := e.OwnedByID != nil && *e.OwnedByID == c.UserID()
	if e.Private && !own {
		return false
	}
	_, member := c.Access.Projects[e.Project()]
	return e.Project() == "" || member && (own || !e.Owned || !c.SeesOwnOnly(e.Project()))
}

// GetFavorite returns one of the caller's favourites.
func GetFavorite(c *app.Call, id string) (*Favorite, error) {
	where := own(c)
	where["id"] = id
	f, err := store.Favorites.Get(c.Read(), where)
	if err != nil {
		return nil, err
	}
	return named(c, f)
}

func named(c *app.Call, f *store.Favorite) (*Favorite, error) {
	list, err := withEntities(c, []store.Favorite{*f})
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// CreateFavorite writes a new favourite of the caller's, after everybody's, and returns it; the one that they have of
// the same thing already is answered instead.
func CreateFavorite(c *app.Call, f *store.Favorite) (*Favorite, error) {
	f.UserID, f.WorkspaceID = c.User.ID, c.Workspace.ID
	if f.EntityIdentifier != nil {
		where := own(c)
		where["entity_type"], where["entity_identifier"] = f.EntityType, *f.EntityIdentifier
		old, err := store.Favorites.Get(c.Read(), where)
		if err == nil {
			return named(c, old)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	if err := checkParent(c, c.Read(), f); err != nil {
		return nil, err
	}
	if err := insertFavorite(c, f); err != nil {
		return nil, err
	}
	return named(c, f)
}

// AddFavoriteProject makes a project a favourite of the caller's; twice is refused.
func AddFavoriteProject(c *app.Call, project string) error {
	if c.Workspace == nil || c.Access.Workspace == 0 {
		return store.ErrNotFound
	}
	return insertFavorite(c, &store.Favorite{EntityType: "project", EntityIdentifier: &project, ProjectID: &project,
		UserID: c.User.ID, WorkspaceID: c.Workspace.ID})
}

func insertFavorite(c *app.Call, f *store.Favorite) error {
	return c.Write(func(t *store.Tx) error {
		if f.ProjectID != nil {
			if _, err := store.Projects.Get(t, dbx.HashExp{"id": *f.ProjectID, "workspace_id": f.WorkspaceID}); err != nil {
				return err
			}
		}
		return store.AddFavorite(t, f)
	})
}

// checkParent refuses a folder that is not one of the caller's, or stands below the favourite.
func checkParent(c *app.Call, t *store.Tx, f *store.Favorite) error {
	if f.ParentID == nil {
		return nil
	}
	where := own(c)
	where["id"] = *f.ParentID
	there, err := store.Favorites.Exists(t, where)
	if err == nil && !there {
		err = app.Field("parent", `Invalid pk "`+*f.ParentID+`" - object does not exist.`)
	}
	if err != nil {
		return err
	}
	line, err := store.Lineage(t, "user_favorites", *f.ParentID)
	if err == nil && slices.Contains(line, f.ID) {
		err = app.Field("parent", app.Circle)
	}
	return err
}

// UpdateFavorite writes the named columns of a favourite and returns it with what it is of now.
func UpdateFavorite(c *app.Call, f *Favorite, cols ...string) (*Favorite, error) {
	err := c.Write(func(t *store.Tx) error {
		if slices.Contains(cols, "parent_id") {
			if err := t.Lock("favorites of " + f.UserID); err != nil {
				return err
			}
			if err := checkParent(c, t, &f.Favorite); err != nil {
				return err
			}
		}
		return store.Favorites.Update(t, &f.Favorite, cols...)
	})
	if err != nil {
		return nil, err
	}
	return named(c, &f.Favorite)
}

// DeleteFavorite removes a favourite for good, a folder with what is in it.
func DeleteFavorite(c *app.Call, id string) error {
	f, err := GetFavorite(c, id)
	if err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error { return store.PurgeFavorite(t, &f.Favorite) })
}

// RemoveFavoriteProject removes a project from the caller's favourites.
func RemoveFavoriteProject(c *app.Call, project string) error {
	if c.Workspace == nil {
		return store.ErrNotFound
	}
	where := own(c)
	where["entity_type"], where["entity_identifier"] = "project", project
	f, err := store.Favorites.Get(c.Read(), where)
	if err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error { return store.PurgeFavorite(t, f) })
}
