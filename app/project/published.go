package project

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// What a published board shows of its project to everybody who knows its address.

// OpenedBoard returns the call's board with its project.
func OpenedBoard(c *app.Call) (*Board, error) { return boardOf(c, c.Read(), c.Board) }

func ofBoard(c *app.Call) dbx.HashExp {
	return dbx.HashExp{"project_id": c.ProjectID, "workspace_id": c.Workspace.ID}
}

// PublishedStates returns the states of the call's board, in order; not the hidden one of the intake.
func PublishedStates(c *app.Call) ([]store.State, error) {
	return store.States.List(c.Read(), dbx.And(ofBoard(c), dbx.Not(dbx.HashExp{"group": triage})), "sequence", "id")
}

// PublishedLabels returns the labels of the call's board, newest first.
func PublishedLabels(c *app.Call) ([]store.Label, error) {
	return store.Labels.List(c.Read(), ofBoard(c), "created_at DESC", "id DESC")
}

// PublishedCycles returns the cycles of the call's board, newest first.
func PublishedCycles(c *app.Call) ([]store.Cycle, error) {
	return store.Cycles.List(c.Read(), ofBoard(c), "created_at DESC", "id DESC")
}

// PublishedModules returns the modules of the call's board, newest first.
func PublishedModules(c *app.Call) ([]store.Module, error) {
	return store.Modules.List(c.Read(), ofBoard(c), "created_at DESC", "id DESC")
}

// PublishedMember is a member of a published project.
type PublishedMember struct {
	store.ProjectMember
	Person *store.User
}

// PublishedMembers returns who is in the call's board's project, who came last first.
func PublishedMembers(c *app.Call) ([]PublishedMember, error) {
	t := c.Read()
	where := ofBoard(c)
	where["is_active"] = true
	rows, err := store.ProjectMembers.List(t, where, "created_at DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, m := range rows {
		if m.MemberID != nil {
			ids = append(ids, *m.MemberID)
		}
	}
	people, err := store.Users.ByID(t, ids)
	if err != nil {
		return nil, err
	}
	var seen []PublishedMember
	for _, m := range rows {
		if m.MemberID != nil && people[*m.MemberID] != nil {
			seen = append(seen, PublishedMember{m, people[*m.MemberID]})
		}
	}
	return seen, nil
}
