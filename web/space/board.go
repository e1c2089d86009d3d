package space

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/api"
)

var boards = []web.Op{
	web.Do("GET", root+"workspaces/{slug}/projects/{project_id:uuid}/anchor/", web.Public(), 200, "Find the board of a project", findBoard),
	web.Do("GET", onBoard+"settings/", reads(app.ErrMissing), 200, "Read the settings of a board", getSettings),
	web.Do("GET", onBoard+"meta/", reads(errNotPublished), 200, "Read which project is published", getMeta),
	web.Do("GET", onBoard+"states/", reads(errAnchor), 200, "List a board's states", listStates),
	web.Do("GET", onBoard+"labels/", reads(errAnchor), 200, "List a board's labels", listLabels),
	web.Do("GET", onBoard+"members/", reads(errAnchor), 200, "List the members of a published project", listMembers),
	web.Do("GET", onBoard+"cycles/", reads(errAnchor), 200, "List a board's cycles", listCycles),
	web.Do("GET", onBoard+"modules/", reads(errAnchor), 200, "List a board's modules", listModules),
}

// findBoard tells the address of any published project to everybody, as in the reference.
func findBoard(c *app.Call, _ web.Nothing) (api.DeployBoard, error) {
	return shownBoard(c, project.PublishedBoard)
}

func getSettings(c *app.Call, _ web.Nothing) (api.DeployBoard, error) {
	return shownBoard(c, project.OpenedBoard)
}

func shownBoard(c *app.Call, find func(*app.Call) (*project.Board, error)) (api.DeployBoard, error) {
	b, err := find(c)
	if err != nil {
		return api.DeployBoard{}, err
	}
	return api.NewDeployBoard(c, b), nil
}

// Meta is what a board says of its project.
type Meta struct {
	ID          string         `json:"id"`
	Identifier  string         `json:"identifier"`
	Name        string         `json:"name"`
	CoverImage  *string        `json:"cover_image"`
	IconProp    store.NullJSON `json:"icon_prop"`
	Emoji       *string        `json:"emoji"`
	Description string         `json:"description"`
}

func getMeta(c *app.Call, _ web.Nothing) (Meta, error) {
	b, err := project.OpenedBoard(c)
	if err != nil {
		return Meta{}, err
	}
	p := b.Project
	return Meta{
		ID: p.ID, Identifier: p.Identifier, Name: p.Name, CoverImage: p.CoverImage, IconProp: p.IconProp,
		Emoji: p.Emoji, Description: p.Description,
	}, nil
}

// State is a state on a board.
type State struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Group    string  `json:"group"`
	Color    string  `json:"color"`
	Sequence float64 `json:"sequence"`
}

func listStates(c *app.Call, _ web.Nothing) ([]State, error) {
	rows, err := project.PublishedStates(c)
	return web.Map(rows, func(s store.State) State {
		return State{ID: s.ID, Name: s.Name, Group: s.Group, Color: s.Color, Sequence: s.Sequence}
	}), err
}

// Label is a label on a board.
type Label struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Color  string  `json:"color"`
	Parent *string `json:"parent"`
}

func listLabels(c *app.Call, _ web.Nothing) ([]Label, error) {
	rows, err := project.PublishedLabels(c)
	return web.Map(rows, func(l store.Label) Label { return Label{l.ID, l.Name, l.Color, l.ParentID} }), err
}

// Member is a member of a published project.
type Member struct {
	ID          string `json:"id"`
	Member      string `json:"member"`
	DisplayName string `json:"member__display_name"`
	Avatar      string `json:"member__avatar"`
}

func listMembers(c *app.Call, _ web.Nothing) ([]Member, error) {
	rows, err := project.PublishedMembers(c)
	return web.Map(rows, func(m project.PublishedMember) Member {
		return Member{m.ID, m.Person.ID, m.Person.DisplayName, m.Person.Avatar}
	}), err
}

// Named is a cycle or a module on a board.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func listCycles(c *app.Call, _ web.Nothing) ([]Named, error) {
	rows, err := project.PublishedCycles(c)
	return web.Map(rows, func(r store.Cycle) Named { return Named{r.ID, r.Name} }), err
}

func listModules(c *app.Call, _ web.Nothing) ([]Named, error) {
	rows, err := project.PublishedModules(c)
	return web.Map(rows, func(r store.Module) Named { return Named{r.ID, r.Name} }), err
}
