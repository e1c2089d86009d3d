package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var stickies = []web.Op{
	web.Do("GET", inWorkspace+"stickies/", web.Workspace(), 200, "List the caller's notes", listStickies),
	web.Do("POST", inWorkspace+"stickies/", web.Workspace(), 201, "Write a note", createSticky),
	web.Do("GET", inWorkspace+"stickies/{pk:uuid}/", web.SignedIn(), 200, "Read a note of one's own", readSticky),
	web.Do("PATCH", inWorkspace+"stickies/{pk:uuid}/", web.Creator("stickies"), 200, "Change a note", updateSticky),
	web.Do("DELETE", inWorkspace+"stickies/{pk:uuid}/", web.Creator("stickies"), 204, "Delete a note", deleteSticky),
}

// Sticky is a note that a person keeps.
type Sticky struct {
	ID string `json:"id"`
	Made
	Name                *string    `json:"name"`
	Description         store.JSON `json:"description"`
	DescriptionHTML     string     `json:"description_html"`
	DescriptionStripped *string    `json:"description_stripped"`
	DescriptionBinary   []byte     `json:"description_binary"`
	LogoProps           store.JSON `json:"logo_props"`
	Color               *string    `json:"color"`
	BackgroundColor     *string    `json:"background_color"`
	SortOrder           float64    `json:"sort_order"`
	Workspace           string     `json:"workspace"`
	Owner               string     `json:"owner"`
}

func sticky(c *app.Call, s *store.Sticky) Sticky {
	return Sticky{s.ID, made(c, s.Meta), s.Name, s.Description, s.DescriptionHTML, s.DescriptionStripped, s.DescriptionBinary, s.LogoProps,
		s.Color, s.BackgroundColor, s.SortOrder, s.WorkspaceID, s.OwnerID}
}

const stickiesPage = 20

func listStickies(c *app.Call, in struct {
	Query string `query:"query"`
}) (web.Page[Sticky], error) {
	p, err := web.ReadPaging(c.Query, stickiesPage)
	if err != nil {
		return web.Page[Sticky]{}, err
	}
	rows, total, err := workspace.ListStickies(c, in.Query, p.Offset(), p.Size)
	return web.Paged(p, total, web.Map(rows, func(s store.Sticky) Sticky { return sticky(c, &s) })), err
}

// StickyInput is what may be written about a note.
type StickyInput struct {
	Name            app.Opt[string]     `json:"name" check:"null,blank"`
	Description     app.Opt[store.JSON] `json:"description"`
	DescriptionHTML app.Opt[string]     `json:"description_html" check:"blank,raw"`
	LogoProps       app.Opt[store.JSON] `json:"logo_props"`
	Color           app.Opt[string]     `json:"color" check:"null,blank,max=255"`
	BackgroundColor app.Opt[string]     `json:"background_color" check:"null,blank,max=255"`
	SortOrder       app.Opt[float64]    `json:"sort_order"`
}

func (in StickyInput) change(s *store.Sticky) (cols []string) {
	app.ChangePtr(&cols, "name", in.Name, &s.Name)
	app.Change(&cols, "description", in.Description, &s.Description)
	app.Change(&cols, "description_html", in.DescriptionHTML, &s.DescriptionHTML)
	app.Change(&cols, "logo_props", in.LogoProps, &s.LogoProps)
	app.ChangePtr(&cols, "color", in.Color, &s.Color)
	app.ChangePtr(&cols, "background_color", in.BackgroundColor, &s.BackgroundColor)
	app.Change(&cols, "sort_order", in.SortOrder, &s.SortOrder)
	return cols
}

func createSticky(c *app.Call, in StickyInput) (Sticky, error) {
	s := &store.Sticky{DescriptionHTML: "<p></p>", SortOrder: 65535}
	in.change(s)
	err := workspace.CreateSticky(c, s)
	return sticky(c, s), err
}

func readSticky(c *app.Call, in byID) (Sticky, error) {
	s, err := workspace.GetSticky(c, in.ID)
	if err != nil {
		return Sticky{}, err
	}
	return sticky(c, s), nil
}

func updateSticky(c *app.Call, in struct {
	ID string `path:"pk"`
	StickyInput
}) (Sticky, error) {
	s, err := workspace.GetSticky(c, in.ID)
	if err != nil {
		return Sticky{}, err
	}
	err = workspace.UpdateSticky(c, s, in.change(s)...)
	return sticky(c, s), err
}

func deleteSticky(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, workspace.DeleteSticky(c, in.ID)
}
