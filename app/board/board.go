// Package board is what a published project shows to everybody who knows its address, and lets them do.
package board

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Switch is something that a board lets everybody do, or not. Votes are none: the reference takes them
// whatever the board says.
type Switch string

// The switches.
const (
	Comments  Switch = "comments"
	Reactions Switch = "reactions"
	Intake    Switch = "intake"
)

// Allows says whether the call's board lets everybody do that; without a board nobody may.
func Allows(c *app.Call, s Switch) bool {
	if c.Board == nil {
		return false
	}
	switch s {
	case Comments:
		return c.Board.IsCommentsEnabled
	case Reactions:
		return c.Board.IsReactionsEnabled
	case Intake:
		return c.Board.IntakeID != nil
	}
	return false
}

// Open puts the call into the project that is published under an address. Where none is, the call stays outside.
func Open(c *app.Call, anchor string) error {
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

// TakeIssue returns a work item that the call's board shows, and keeps others from changing it if the transaction
// writes; store.ErrNotFound for others: archived ones, drafts, what waits in the intake, and all of an archived
// project.
func TakeIssue(c *app.Call, t *store.Tx, id string) (*store.IssueForUpdate, error) {
	h, err := store.LockIssue(t, c.Workspace.ID, c.ProjectID, id)
	if err == nil && !h.Visible() {
		err = store.ErrNotFound
	}
	return h, err
}

// AccessExternal is the access of the comments that boards show.
const AccessExternal = "EXTERNAL"

// FindComment says whether the call's board shows that comment: store.ErrNotFound when it does not.
func FindComment(c *app.Call, t *store.Tx, id string) error {
	if !Allows(c, Comments) {
		return store.ErrNotFound
	}
	m, err := store.IssueComments.Get(t,
		dbx.HashExp{"id": id, "access": AccessExternal, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if err != nil {
		return err
	}
	_, err = TakeIssue(c, t, m.IssueID)
	return err
}
