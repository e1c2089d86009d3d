package workspace

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// AddFavorite makes a thing of the call's project the caller's favourite; twice is refused. The reference takes a thing
// that nobody named, and so does this: such a star shows nothing.
func AddFavorite(c *app.Call, kind string, id *string) error {
	return c.Write(func(t *store.Tx) error {
		return store.AddFavorite(t, &store.Favorite{EntityType: kind, EntityIdentifier: id, ProjectID: &c.ProjectID,
			UserID: c.UserID(), WorkspaceID: c.Workspace.ID})
	})
}

// RemoveFavorite takes the caller's star from a thing of the call's project; store.ErrNotFound when it has none.
func RemoveFavorite(c *app.Call, kind, id string) error {
	return c.Write(func(t *store.Tx) error {
		f, err := store.Favorites.Get(t, dbx.HashExp{"entity_type": kind, "entity_identifier": id, "project_id": c.ProjectID,
			"user_id": c.UserID(), "workspace_id": c.Workspace.ID})
		if err != nil {
			return err
		}
		return store.Favorites.Purge(t, f)
	})
}
