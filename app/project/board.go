package project

import (
	"crypto/rand"
	"encoding/hex"
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// firstBoard are the views that a board shows when a request names none. Plane: app/views/project/base.py
const firstBoard = `{"list":true,"kanban":true,"calendar":true,"gantt":true,"spreadsheet":true}`

// BoardInput is what a request may say of a published board; its anchor can't be sent.
type BoardInput struct {
	IsCommentsEnabled  app.Opt[bool]       `json:"is_comments_enabled"`
	IsReactionsEnabled app.Opt[bool]       `json:"is_reactions_enabled"`
	IsVotesEnabled     app.Opt[bool]       `json:"is_votes_enabled"`
	IsActivityEnabled  app.Opt[bool]       `json:"is_activity_enabled"`
	IsDisabled         app.Opt[bool]       `json:"is_disabled"`
	ViewProps          app.Opt[store.JSON] `json:"view_props"`
	EntityName         app.Opt[string]     `json:"entity_name" check:"max=30,blank,null"`
	Intake             app.Opt[string]     `json:"intake" check:"pk,null"`
}

func (in *BoardInput) put(b *store.DeployBoard) []string {
	var cols []string
	app.Change(&cols, "is_comments_enabled", in.IsCommentsEnabled, &b.IsCommentsEnabled)
	app.Change(&cols, "is_reactions_enabled", in.IsReactionsEnabled, &b.IsReactionsEnabled)
	app.Change(&cols, "is_votes_enabled", in.IsVotesEnabled, &b.IsVotesEnabled)
	app.Change(&cols, "is_activity_enabled", in.IsActivityEnabled, &b.IsActivityEnabled)
	app.Change(&cols, "is_disabled", in.IsDisabled, &b.IsDisabled)
	app.Change(&cols, "view_props", in.ViewProps, &b.ViewProps)
	app.ChangePtr(&cols, "entity_name", in.EntityName, &b.EntityName)
	app.ChangePtr(&cols, "intake_id", in.Intake, &b.IntakeID)
	return cols
}

// check refuses an intake of another project.
func (in *BoardInput) check(c *app.Call, t *store.Tx) error {
	intake := in.Intake.Ptr()
	if intake == nil {
		return nil
	}
	there, err := store.Intakes.Exists(t, dbx.HashExp{"id": *intake, "project_id": c.ProjectID})
	if err == nil && !there {
		err = app.Field("intake", `Invalid pk "`+*intake+`" - object does not exist.`)
	}
	return err
}

// anchor makes an address that nobody guesses.
func anchor() string {
	b := make([]byte, 16)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// Board is a published board with its project.
type Board struct {
	store.DeployBoard
	Project *store.Project
}

func boardOf(c *app.Call, t *store.Tx, b *store.DeployBoard) (*Board, error) {
	p, err := store.Projects.Find(t, c.ProjectID)
	return &Board{*b, p}, err
}

// CurrentBoard returns the call's project's board; nil when it is not published, or the caller is not in it.
func CurrentBoard(c *app.Call) (*Board, error) {
	if c.Role() == app.Nobody {
		return nil, nil
	}
	b, err := PublishedBoard(c)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return b, err
}

// PublishedBoard returns the call's project's board to everybody; store.ErrNotFound when it is not published.
func PublishedBoard(c *app.Call) (*Board, error) {
	if c.Workspace == nil {
		return nil, store.ErrNotFound
	}
	t := c.Read()
	b, err := ofProject(c, t)
	if err != nil {
		return nil, err
	}
	return boardOf(c, t, b)
}

func ofProject(c *app.Call, t *store.Tx) (*store.DeployBoard, error) {
	return store.DeployBoards.Get(t,
		dbx.HashExp{"entity_name": "project", "entity_identifier": c.ProjectID, "workspace_id": c.Workspace.ID})
}

// Publish makes the call's project's board, or overwrites it: what a request does not switch on is off.
func Publish(c *app.Call, in BoardInput) (*Board, error) {
	var board *Board
	err := c.Write(func(t *store.Tx) error {
		if err := in.check(c, t); err != nil {
			return err
		}
		b, err := ofProject(c, t)
		if errors.Is(err, store.ErrNotFound) {
			name := "project"
			b = &store.DeployBoard{EntityName: &name, EntityIdentifier: &c.ProjectID, ProjectID: &c.ProjectID,
				WorkspaceID: c.Workspace.ID, Anchor: anchor(), IsActivityEnabled: true}
			err = store.DeployBoards.Insert(t, b)
		}
		if err != nil {
			return err
		}
		b.IsCommentsEnabled, b.IsReactionsEnabled, b.IsVotesEnabled = in.IsCommentsEnabled.V, in.IsReactionsEnabled.V,
			in.IsVotesEnabled.V
		b.IntakeID, b.ViewProps = in.Intake.Ptr(), store.JSON(firstBoard)
		if in.ViewProps.Set {
			b.ViewProps = in.ViewProps.V
		}
		err = store.DeployBoards.Update(t, b, "is_comments_enabled", "is_reactions_enabled", "is_votes_enabled", "intake_id",
			"view_props")
		if err != nil {
			return err
		}
		board, err = boardOf(c, t, b)
		return err
	})
	return board, err
}

func findBoard(c *app.Call, t *store.Tx, id string) (*store.DeployBoard, error) {
	b, err := store.DeployBoards.Get(t, dbx.HashExp{"id": id, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Role() == app.Nobody {
		return nil, app.NoMatch("DeployBoard")
	}
	return b, err
}

// GetBoard returns a board of the call's project.
func GetBoard(c *app.Call, id string) (*Board, error) {
	t := c.Read()
	b, err := findBoard(c, t, id)
	if err != nil {
		return nil, err
	}
	return boardOf(c, t, b)
}

// ChangeBoard writes what a request says of a board.
func ChangeBoard(c *app.Call, id string, in BoardInput) (*Board, error) {
	var board *Board
	err := c.Write(func(t *store.Tx) error {
		b, err := findBoard(c, t, id)
		if err != nil {
			return err
		}
		if err := in.check(c, t); err != nil {
			return err
		}
		if err := store.DeployBoards.Update(t, b, in.put(b)...); err != nil {
			return err
		}
		board, err = boardOf(c, t, b)
		return err
	})
	return board, err
}

// Unpublish takes a board off the web: its address is gone for good.
func Unpublish(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		b, err := findBoard(c, t, id)
		if err != nil {
			return err
		}
		return store.DeployBoards.Delete(t, b)
	})
}
