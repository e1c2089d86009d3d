package release

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// TagInput is what a request may say of a tag.
type TagInput struct {
	Version     app.Opt[string] `json:"version" alias:"name" check:"required,max=255"`
	Description app.Opt[string] `json:"description" check:"max=10000,blank"`
	CommitHash  app.Opt[string] `json:"commit_hash" check:"max=255,blank,null"`
	GitTag      app.Opt[string] `json:"git_tag" check:"max=255,blank,null"`
	Color       app.Opt[string] `json:"color" check:"max=255,blank,null"`
}

func (in *TagInput) put(g *store.ReleaseTag) []string {
	var cols []string
	app.Change(&cols, "version", in.Version, &g.Version)
	app.Change(&cols, "description", in.Description, &g.Description)
	app.ChangePtr(&cols, "commit_hash", in.CommitHash, &g.CommitHash)
	app.ChangePtr(&cols, "git_tag", in.GitTag, &g.GitTag)
	app.ChangePtr(&cols, "color", in.Color, &g.Color)
	return cols
}

var tagOrders = map[string]string{"version": "version", "name": "version", "created_at": "created_at",
	"updated_at": "updated_at", "id": "id"}

// ListTags returns a part of the tags of the call's workspace, by name or -name (empty: newest first), and how many
// there are in all.
func ListTags(c *app.Call, s store.ListPart, by string) ([]store.ReleaseTag, int, error) {
	order, err := app.Orders(by, tagOrders, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	return store.ReleaseTags.Page(c.Read(), mine(c), s, order...)
}

// GetTag returns a tag of the call's workspace, or store.ErrNotFound.
func GetTag(c *app.Call, id string) (*store.ReleaseTag, error) { return findTag(c, c.Read(), id) }

func findTag(c *app.Call, t *store.Tx, id string) (*store.ReleaseTag, error) {
	return store.ReleaseTags.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
}

// CreateTag makes a tag.
func CreateTag(c *app.Call, in TagInput) (*store.ReleaseTag, error) {
	var g *store.ReleaseTag
	err := c.Write(func(t *store.Tx) error {
		g = &store.ReleaseTag{WorkspaceID: c.Workspace.ID}
		in.put(g)
		if err := newVersion(t, g); err != nil {
			return err
		}
		return store.ReleaseTags.Insert(t, g)
	})
	return g, err
}

// newVersion refuses a version that another tag has.
func newVersion(t *store.Tx, g *store.ReleaseTag) error {
	other, err := store.ReleaseTags.Get(t, dbx.HashExp{"workspace_id": g.WorkspaceID, "version": g.Version})
	if errors.Is(err, store.ErrNotFound) || err == nil && other.ID == g.ID {
		return nil
	}
	if err != nil {
		return err
	}
	return app.DuplicateOf("A tag with this version already exists", other.ID)
}

// ChangeTag writes what a request says of a tag.
func ChangeTag(c *app.Call, id string, in TagInput) (*store.ReleaseTag, error) {
	var g *store.ReleaseTag
	err := c.Write(func(t *store.Tx) (err error) {
		if g, err = findTag(c, t, id); err != nil {
			return err
		}
		cols := in.put(g)
		if err := newVersion(t, g); err != nil {
			return err
		}
		return store.ReleaseTags.Update(t, g, cols...)
	})
	return g, err
}

// DeleteTag deletes a tag. Releases that have it have none then.
func DeleteTag(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		g, err := findTag(c, t, id)
		if err != nil {
			return err
		}
		if err := t.LockRow("release_tags", g.ID); err != nil {
			return err
		}
		if err := store.Releases.SetWhere(t, dbx.Params{"tag_id": nil}, dbx.HashExp{"tag_id": g.ID}); err != nil {
			return err
		}
		return store.ReleaseTags.Delete(t, g)
	})
}
