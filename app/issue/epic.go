package issue

import (
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// Epics as programs use them: work items of a type that is one of epics.

// ListEpics is PublicList for epics.
func ListEpics(c *app.Call, s store.ListPart, in PublicQuery, of OriginQuery) ([]store.PublicIssue, int, error) {
	scope, err := inProject(c)
	if err != nil {
		return nil, 0, err
	}
	return in.list(c, scope, s, "-created_at", append(of.filters(), issuelist.Epic{Workspace: c.Workspace.ID})...)
}

// GetEpic is GetV1 for epics.
func GetEpic(c *app.Call, id string) (*store.PublicIssue, error) {
	if err := findEpic(c, c.Read(), id); err != nil {
		return nil, err
	}
	return GetV1(c, id)
}

// findEpic fails with store.ErrNotFound where a work item is no epic of the call's project.
func findEpic(c *app.Call, t *store.Tx, id string) error {
	is, err := store.IsEpic(t, c.ProjectID, id)
	if err == nil && !is {
		err = store.ErrNotFound
	}
	return err
}

// CreateEpic is CreateV1 for epics, in a project that has them switched on.
func CreateEpic(c *app.Call, in Input, more ExternalInput) (*store.PublicIssue, error) {
	on, err := store.ProjectFeaturesRows.Exists(c.Read(), dbx.HashExp{"project_id": c.ProjectID, "epics": true})
	if err != nil {
		return nil, err
	}
	if !on {
		return nil, app.Field("non_field_errors", "Epics are not enabled for this project")
	}
	err = c.Write(func(t *store.Tx) error {
		kind, err := store.EpicType(t, c.Workspace.ID, c.ProjectID)
		if err == nil {
			in.TypeID = app.Some(kind.ID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return CreateV1(c, in, more)
}

// ChangeEpic is ChangeV1 for epics.
func ChangeEpic(c *app.Call, id string, in Input, more ExternalInput) (*store.PublicIssue, error) {
	if err := findEpic(c, c.Read(), id); err != nil {
		return nil, err
	}
	return ChangeV1(c, id, in, more)
}

// DeleteEpic is DeleteV1 for epics: what is below stays.
func DeleteEpic(c *app.Call, id string) error {
	if err := findEpic(c, c.Read(), id); err != nil {
		return err
	}
	return DeleteV1(c, id)
}

// ListInEpic returns a part of the work items directly below an epic that the caller sees, and how many there are.
func ListInEpic(c *app.Call, epic string, s store.ListPart, in PublicQuery) ([]store.PublicIssue, int, error) {
	if _, err := GetEpic(c, epic); err != nil {
		return nil, 0, err
	}
	scope, err := inWorkspace(c)
	if err != nil {
		return nil, 0, err
	}
	scope.Parent = epic
	return in.list(c, scope, s, "-created_at")
}

// AddToEpic puts work items below an epic, all or none, and returns them: see Adopt.
func AddToEpic(c *app.Call, epic string, ids []string) ([]store.PublicIssue, error) {
	t := c.Read()
	if _, err := GetEpic(c, epic); err != nil {
		return nil, err
	}
	known, err := store.IssuesByID(t, ids, writable(c), false)
	if err != nil {
		return nil, err
	}
	epics, err := store.EpicsAmong(t, ids, writable(c))
	if err != nil {
		return nil, err
	}
	above, err := store.Lineage(t, "issues", epic)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		switch {
		case !slices.ContainsFunc(known, func(i store.IssueWithState) bool { return i.ID == id }):
			return nil, app.Field("work_item_ids", app.NoObject(id))
		case epics[id]:
			return nil, app.Field("work_item_ids", id+" is an epic itself.")
		case slices.Contains(above, id):
			return nil, app.Field("work_item_ids", app.Circle)
		}
	}
	if _, err := Adopt(c, epic, ids); err != nil {
		return nil, err
	}
	return store.PublicIssues(c.Read(), ids)
}
