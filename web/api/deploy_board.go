package api

import (
	"encoding/json"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allBoards = inProject + "project-deploy-boards/"
	oneBoard  = allBoards + "{pk:uuid}/"
)

// The reference lets members of the workspace publish projects that they are not in; here they have to be in them.
var publishes = web.Workspace(app.Admin, app.Member).Denied().AndThen(web.Project().Class())

var deployBoards = []web.Op{
	web.Do("GET", allBoards, web.AnyProject(), 200, "Read the published board of a project", currentBoard),
	web.Do("POST", allBoards, publishes, 200, "Publish a project", publish),
	web.Do("GET", oneBoard, web.AnyProject(), 200, "Read a published board", getBoard),
	web.Do("PATCH", oneBoard, web.Project(app.Admin, app.Member).Class(), 200, "Change a published board", patchBoard),
	web.Do("DELETE", oneBoard, web.Project(app.Admin, app.Member).Class(), 204, "Unpublish a project", unpublish),
}

// DeployBoard is a published board as this API shows it.
type DeployBoard struct {
	ID                 string        `json:"id"`
	ProjectDetails     ProjectLite   `json:"project_details"`
	WorkspaceDetail    WorkspaceLite `json:"workspace_detail"`
	EntityIdentifier   *string       `json:"entity_identifier"`
	EntityName         *string       `json:"entity_name"`
	Anchor             string        `json:"anchor"`
	IsCommentsEnabled  bool          `json:"is_comments_enabled"`
	IsReactionsEnabled bool          `json:"is_reactions_enabled"`
	IsVotesEnabled     bool          `json:"is_votes_enabled"`
	ViewProps          store.JSON    `json:"view_props"`
	IsActivityEnabled  bool          `json:"is_activity_enabled"`
	IsDisabled         bool          `json:"is_disabled"`
	Workspace          string        `json:"workspace"`
	Project            *string       `json:"project"`
	Intake             *string       `json:"intake"`
	Made
}

// NewDeployBoard shows a board.
func NewDeployBoard(c *app.Call, b *project.Board) DeployBoard {
	return DeployBoard{
		ID: b.ID, ProjectDetails: NewProjectLite(b.Project), WorkspaceDetail: workspaceLite(c.Workspace),
		EntityIdentifier: b.EntityIdentifier, EntityName: b.EntityName, Anchor: b.Anchor,
		IsCommentsEnabled: b.IsCommentsEnabled, IsReactionsEnabled: b.IsReactionsEnabled,
		IsVotesEnabled: b.IsVotesEnabled, ViewProps: b.ViewProps, IsActivityEnabled: b.IsActivityEnabled,
		IsDisabled: b.IsDisabled, Workspace: b.WorkspaceID, Project: b.ProjectID, Intake: b.IntakeID,
		Made: made(c, b.AuditFields),
	}
}

// BlankBoard is what the reference answers for a project without a board: the fields of a form before anything is
// filled in.
type BlankBoard struct {
	DeletedAt          *string `json:"deleted_at"`
	EntityIdentifier   *string `json:"entity_identifier"`
	EntityName         string  `json:"entity_name"`
	IsCommentsEnabled  bool    `json:"is_comments_enabled"`
	IsReactionsEnabled bool    `json:"is_reactions_enabled"`
	IsVotesEnabled     bool    `json:"is_votes_enabled"`
	ViewProps          *string `json:"view_props"`
	IsActivityEnabled  bool    `json:"is_activity_enabled"`
	IsDisabled         bool    `json:"is_disabled"`
	CreatedBy          *string `json:"created_by"`
	UpdatedBy          *string `json:"updated_by"`
	Intake             *string `json:"intake"`
}

func currentBoard(c *app.Call, _ web.Nothing) (web.AnyOf[DeployBoard, BlankBoard], error) {
	var out web.AnyOf[DeployBoard, BlankBoard]
	b, err := project.CurrentBoard(c)
	switch {
	case err != nil:
	case b == nil:
		out.B = &BlankBoard{}
	default:
		out.A = new(NewDeployBoard(c, b))
	}
	return out, err
}

func boardOf(c *app.Call, b *project.Board, err error) (DeployBoard, error) {
	if err != nil {
		return DeployBoard{}, err
	}
	return NewDeployBoard(c, b), nil
}

// publish has another name for the views than a change, and finds out only in the database what is no switch.
func publish(c *app.Call, in struct {
	Comments  json.RawMessage     `json:"is_comments_enabled" type:"boolean"`
	Reactions json.RawMessage     `json:"is_reactions_enabled" type:"boolean"`
	Votes     json.RawMessage     `json:"is_votes_enabled" type:"boolean"`
	Views     app.Opt[store.JSON] `json:"views"`
	Intake    app.Opt[string]     `json:"intake" check:"pk,null"`
}) (DeployBoard, error) {
	board := project.BoardInput{ViewProps: in.Views, Intake: in.Intake}
	for _, flag := range []struct {
		raw  json.RawMessage
		dest *app.Opt[bool]
	}{{in.Comments, &board.IsCommentsEnabled}, {in.Reactions, &board.IsReactionsEnabled},
		{in.Votes, &board.IsVotesEnabled}} {
		if flag.raw != nil && json.Unmarshal(flag.raw, flag.dest) != nil {
			return DeployBoard{}, app.ErrValue
		}
	}
	b, err := project.Publish(c, board)
	return boardOf(c, b, err)
}

type boardPath struct {
	PK string `path:"pk"`
}

func getBoard(c *app.Call, in boardPath) (DeployBoard, error) {
	b, err := project.GetBoard(c, in.PK)
	return boardOf(c, b, err)
}

func patchBoard(c *app.Call, in struct {
	boardPath
	project.BoardInput
}) (DeployBoard, error) {
	b, err := project.ChangeBoard(c, in.PK, in.BoardInput)
	return boardOf(c, b, err)
}

func unpublish(c *app.Call, in boardPath) (web.Nothing, error) {
	return web.Nothing{}, project.Unpublish(c, in.PK)
}
