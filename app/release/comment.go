package release

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// CommentInput is what a request may say of a comment.
type CommentInput struct {
	HTML       app.Opt[string]     `json:"comment_html" check:"required,blank"`
	JSON       app.Opt[store.JSON] `json:"comment_json"`
	IsResolved app.Opt[bool]       `json:"is_resolved"`
}

func (in *CommentInput) clean() error {
	if err := cleanText(&in.HTML); err != nil {
		return app.Field("comment_html", err.Error())
	}
	return nil
}

func (in *CommentInput) put(m *store.ReleaseComment) []string {
	cols := putText(in.HTML, in.JSON, "comment", &m.CommentHTML, &m.CommentStripped, &m.CommentJSON)
	app.Change(&cols, "is_resolved", in.IsResolved, &m.IsResolved)
	return cols
}

var commentOrders = map[string]string{"created_at": "created_at", "updated_at": "updated_at", "id": "id"}

// ListComments returns a part of the comments on a release, by name or -name (empty: newest first), and how many there
// are in all.
func ListComments(c *app.Call, release string, s store.ListPart, by string) ([]store.ReleaseComment, int, error) {
	order, err := app.Orders(by, commentOrders, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	t := c.Read()
	if _, err := find(c, t, release); err != nil {
		return nil, 0, err
	}
	return store.ReleaseComments.Page(t, dbx.HashExp{"release_id": release}, s, order...)
}

// GetComment returns one of them, or store.ErrNotFound.
func GetComment(c *app.Call, release, id string) (*store.ReleaseComment, error) {
	return findComment(c, c.Read(), release, id)
}

func findComment(c *app.Call, t *store.Tx, release, id string) (*store.ReleaseComment, error) {
	return store.ReleaseComments.Get(t, dbx.HashExp{"id": id, "release_id": release, "workspace_id": c.Workspace.ID})
}

// CreateComment says something of a release, or replies to the comment that parent names.
func CreateComment(c *app.Call, release string, in CommentInput, parent *string) (*store.ReleaseComment, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	var m *store.ReleaseComment
	err := c.Write(func(t *store.Tx) error {
		r, err := hold(c, t, release)
		if err != nil {
			return err
		}
		if parent != nil {
			if _, err := findComment(c, t, release, *parent); errors.Is(err, store.ErrNotFound) {
				return app.Field("parent", app.NoObject(*parent))
			} else if err != nil {
				return err
			}
		}
		m = &store.ReleaseComment{ParentID: parent, ReleaseID: r.ID, WorkspaceID: r.WorkspaceID}
		in.put(m)
		return store.ReleaseComments.Insert(t, m)
	})
	return m, err
}

// ChangeComment writes what a request says into a comment. Another text marks it as edited.
func ChangeComment(c *app.Call, release, id string, in CommentInput) (*store.ReleaseComment, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	var m *store.ReleaseComment
	err := c.Write(func(t *store.Tx) (err error) {
		if m, err = findComment(c, t, release, id); err != nil {
			return err
		}
		before := m.CommentHTML
		cols := in.put(m)
		if m.CommentHTML != before {
			m.EditedAt, cols = &t.Now, append(cols, "edited_at")
		}
		return store.ReleaseComments.Update(t, m, cols...)
	})
	return m, err
}

// DeleteComment deletes a comment with the replies to it.
func DeleteComment(c *app.Call, release, id string) error {
	return c.Write(func(t *store.Tx) error {
		if _, err := hold(c, t, release); err != nil {
			return err
		}
		m, err := findComment(c, t, release, id)
		if err != nil {
			return err
		}
		ids, err := store.RepliesTo(t, m.ID)
		if err != nil {
			return err
		}
		_, err = store.ReleaseComments.DeleteWhere(t, store.In("id", ids))
		return err
	})
}
