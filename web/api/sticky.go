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
	return Sticky{
		ID: s.ID, Made: made(c, s.AuditFields), Name: s.Name, Description: s.Description,
		DescriptionHTML: s.DescriptionHTML, DescriptionStripped: s.DescriptionStripped,
		DescriptionBinary: s.DescriptionBinary, LogoProps: s.LogoProps, Color: s.Color,
		BackgroundColor: s.BackgroundColor, SortOrder: s.SortOrder, Workspace: s.WorkspaceID, Owner: s.OwnerID,
	}
}

const stickiesPage = 20

func listStickies(c *app.Call, in struct {
	web.Pages
	Query string `query:"query"`
}) (web.Page[Sticky], error) {
	p, err := in.Paging(stickiesPage)
	if err != nil {
		return web.Page[Sticky]{}, err
	}
	rows, total, err := workspace.ListStickies(c, in.Query, p.Offset(), p.Size)
	return web.Paged(p, total, web.Map(rows, func(s store.Sticky) Sticky { return sticky(c, &s) })), err
}

func createSticky(c *app.Call, in workspace.StickyInput) (Sticky, error) {
	s := &store.Sticky{DescriptionHTML: "<p></p>", SortOrder: 65535}
	in.Put(s)
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
	workspace.StickyInput
}) (Sticky, error) {
	s, err := workspace.GetSticky(c, in.ID)
	if err != nil {
		return Sticky{}, err
	}
	err = workspace.UpdateSticky(c, s, in.Put(s)...)
	return sticky(c, s), err
}

func deleteSticky(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, workspace.DeleteSticky(c, in.ID)
}
