package workspace

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// ListThemes returns the themes of the workspace, newest first.
func ListThemes(c *app.Call) ([]store.Theme, error) {
	return store.Themes.List(c.Read(), dbx.HashExp{"workspace_id": c.Workspace.ID}, "created_at DESC")
}

// GetTheme returns one theme of the workspace.
func GetTheme(c *app.Call, id string) (*store.Theme, error) {
	theme, err := store.Themes.Get(c.Read(), dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
	if errors.Is(err, store.ErrNotFound) {
		err = app.NoMatch("WorkspaceTheme")
	}
	return theme, err
}

// CreateTheme writes a new theme; its name is the only one in the workspace.
func CreateTheme(c *app.Call, theme *store.Theme) error {
	theme.WorkspaceID, theme.ActorID = c.Workspace.ID, c.User.ID
	return c.Write(func(t *store.Tx) error { return store.Themes.Insert(t, theme) })
}

// UpdateTheme writes the named columns.
func UpdateTheme(c *app.Call, theme *store.Theme, cols ...string) error {
	return c.Write(func(t *store.Tx) error { return store.Themes.Update(t, theme, cols...) })
}

// DeleteTheme deletes a theme.
func DeleteTheme(c *app.Call, id string) error {
	theme, err := GetTheme(c, id)
	if err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error { return store.Themes.Delete(t, theme) })
}
