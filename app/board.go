package app

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// BoardSwitch is something that a published board lets everybody do, or not. Votes are none: the reference takes them
// whatever the board says.
type BoardSwitch string

// The switches.
const (
	BoardComments  BoardSwitch = "comments"
	BoardReactions BoardSwitch = "reactions"
	BoardIntake    BoardSwitch = "intake"
)

// BoardAllows says whether the call's board lets everybody do that; without a board nobody may.
func (c *Call) BoardAllows(s BoardSwitch) bool {
	if c.Board == nil {
		return false
	}
	switch s {
	case BoardComments:
		return c.Board.IsCommentsEnabled
	case BoardReactions:
		return c.Board.IsReactionsEnabled
	case BoardIntake:
		return c.Board.IntakeID != nil
	}
	return false
}

// OpenBoard puts the call into the project that is published under an address. Where none is, the call stays outside.
func (c *Call) OpenBoard(anchor string) error {
	t := c.Read()
	b, err := store.DeployBoards.Get(t, dbx.HashExp{"anchor": anchor, "entity_name": "project"})
	if errors.Is(err, store.ErrNotFound) || err == nil && b.ProjectID == nil {
		return nil
	}
	if err != nil {
		return err
	}
	w, err := store.Workspaces.Find(t, b.WorkspaceID)
	if errors.Is(err, store.ErrNotFound) {
		return nil // deleted, and its boards are about to be
	}
	if err != nil {
		return err
	}
	c.Board, c.Workspace, c.ProjectID = b, w, *b.ProjectID
	if c.User != nil {
		c.Access, err = c.AccessOf(c, w.ID, c.User.ID)
	}
	return err
}

// BoardIssue answers a work item that the call's board shows, and keeps others from changing it if the transaction writes;
// store.ErrNotFound for others: archived ones, drafts, what waits in the intake, and all of an archived project.
func (c *Call) BoardIssue(t *store.Tx, id string) (*store.IssueInHand, error) {
	h, err := store.TakeIssue(t, c.Workspace.ID, c.ProjectID, id)
	if err == nil && !h.Visible() {
		err = store.ErrNotFound
	}
	return h, err
}

// Outside is the access of the comments that boards show.
const Outside = "EXTERNAL"

// BoardComment says whether the call's board shows that comment: store.ErrNotFound when it does not.
func (c *Call) BoardComment(t *store.Tx, id string) error {
	if !c.BoardAllows(BoardComments) {
		return store.ErrNotFound
	}
	m, err := store.IssueComments.Get(t, dbx.HashExp{"id": id, "access": Outside, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if err != nil {
		return err
	}
	_, err = c.BoardIssue(t, m.IssueID)
	return err
}
