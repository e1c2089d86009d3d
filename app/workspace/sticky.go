package workspace

import (
	"errors"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// StickyInput is what may be written about a note.
type StickyInput struct {
	Name            app.Opt[string]     `json:"name" check:"null,blank"`
	Description     app.Opt[store.JSON] `json:"description"`
	DescriptionHTML app.Opt[string]     `json:"description_html" check:"blank,raw"`
	LogoProps       app.Opt[store.JSON] `json:"logo_props" check:"logo"`
	Color           app.Opt[string]     `json:"color" check:"null,blank,max=255"`
	BackgroundColor app.Opt[string]     `json:"background_color" check:"null,blank,max=255"`
	SortOrder       app.Opt[float64]    `json:"sort_order"`
}

// Put writes what the request has into a note and returns the columns.
func (in StickyInput) Put(s *store.Sticky) (cols []string) {
	app.ChangePtr(&cols, "name", in.Name, &s.Name)
	app.Change(&cols, "description", in.Description, &s.Description)
	app.Change(&cols, "description_html", in.DescriptionHTML, &s.DescriptionHTML)
	app.Change(&cols, "logo_props", in.LogoProps, &s.LogoProps)
	app.ChangePtr(&cols, "color", in.Color, &s.Color)
	app.ChangePtr(&cols, "background_color", in.BackgroundColor, &s.BackgroundColor)
	app.Change(&cols, "sort_order", in.SortOrder, &s.SortOrder)
	return cols
}

// ListStickies returns a part of the caller's notes, highest sort_order first, and how many there are;
// query narrows them to notes with that text.
func ListStickies(c *app.Call, query string, offset, limit int) ([]store.Sticky, int, error) {
	t := c.Read()
	where := dbx.Expression(ownLinks(c))
	if query != "" {
		where = dbx.And(where, store.Contains("description_stripped", query))
	}
	total, err := store.Stickies.Count(t, where)
	if err != nil {
		return nil, 0, err
	}
	rows := []store.Sticky{}
	q := store.Stickies.Query(t).AndWhere(where).OrderBy("sort_order DESC").Offset(int64(offset)).Limit(int64(limit))
	err = q.All(&rows)
	return rows, total, err
}

// GetSticky returns one of the caller's notes.
func GetSticky(c *app.Call, id string) (*store.Sticky, error) {
	if c.Workspace == nil {
		return nil, app.NoMatch("Sticky")
	}
	where := ownLinks(c)
	where["id"] = id
	s, err := store.Stickies.Get(c.Read(), where)
	if errors.Is(err, store.ErrNotFound) {
		err = app.NoMatch("Sticky")
	}
	return s, err
}

// CreateSticky writes a new note of the caller's, above everybody's.
func CreateSticky(c *app.Call, s *store.Sticky) error {
	if err := cleanSticky(s); err != nil {
		return err
	}
	s.OwnerID, s.WorkspaceID = c.User.ID, c.Workspace.ID
	return c.Write(func(t *store.Tx) error {
		if err := t.Lock("stickies in " + c.Workspace.ID); err != nil {
			return err
		}
		top, err := store.Stickies.First(t, dbx.HashExp{"workspace_id": c.Workspace.ID}, "sort_order DESC")
		switch {
		case err == nil:
			s.SortOrder = top.SortOrder + 10000
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		return store.Stickies.Insert(t, s)
	})
}

// UpdateSticky writes the named columns of a note.
func UpdateSticky(c *app.Call, s *store.Sticky, cols ...string) error {
	if slices.Contains(cols, "description_html") {
		if err := cleanSticky(s); err != nil {
			return err
		}
		cols = append(cols, "description_stripped")
	}
	return c.Write(func(t *store.Tx) error { return store.Stickies.Update(t, s, cols...) })
}

// DeleteSticky deletes one of the caller's notes.
func DeleteSticky(c *app.Call, id string) error {
	s, err := GetSticky(c, id)
	if err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error { return store.Stickies.Delete(t, s) })
}

// cleanSticky makes the HTML harmless and takes the text out of it.
func cleanSticky(s *store.Sticky) error {
	if s.DescriptionHTML == "" {
		s.DescriptionStripped = nil
		return nil
	}
	clean, err := richtext.Clean(s.DescriptionHTML)
	if richtext.Excessive(err) {
		return app.Field("description_html", err.Error())
	}
	if err != nil {
		return &app.Error{Kind: app.Invalid, Fields: app.Fields{"error": []string{"html content is not valid"}}, Cause: err}
	}
	text := richtext.Text(clean)
	s.DescriptionHTML, s.DescriptionStripped = clean, &text
	return nil
}
