package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const oneSticky = inWorkspace + "stickies/{pk}/"

// stickies have the words of the frontend's API for what is not there.
var stickies = []web.Op{
	web.Do("GET", inWorkspace+"stickies/", everybody, 200, "List one's notes", listStickies),
	web.Do("POST", inWorkspace+"stickies/", everybody, 201, "Write a note", createSticky),
	web.Do("GET", oneSticky, everybody, 200, "Read a note", getSticky),
	web.Do("PATCH", oneSticky, everybody, 200, "Change a note", changeSticky),
	web.Do("PUT", oneSticky, everybody, 200, "Change a note", changeSticky),
	web.Do("DELETE", oneSticky, everybody, 204, "Delete a note", deleteSticky),
}

// Sticky is a note as this API shows it.
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
		ID: s.ID, Made: made(c, &s.AuditFields), Name: s.Name, Description: s.Description,
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
	return plain(c, s, err, sticky)
}

// findSticky: an id that is none has words of its own.
func findSticky(c *app.Call, id string) (*store.Sticky, error) {
	if !store.IsID(id) {
		return nil, web.Detail(404, "Not found.")
	}
	return workspace.GetSticky(c, id)
}

func getSticky(c *app.Call, in byID) (Sticky, error) {
	s, err := findSticky(c, in.PK)
	return plain(c, s, err, sticky)
}

func changeSticky(c *app.Call, in struct {
	byID
	workspace.StickyInput
}) (Sticky, error) {
	s, err := findSticky(c, in.PK)
	if err == nil {
		err = workspace.UpdateSticky(c, s, in.Put(s)...)
	}
	return plain(c, s, err, sticky)
}

func deleteSticky(c *app.Call, in byID) (web.Nothing, error) {
	s, err := findSticky(c, in.PK)
	if err == nil {
		err = workspace.DeleteSticky(c, s.ID)
	}
	return web.Nothing{}, err
}
