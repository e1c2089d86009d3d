package store

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
)

// Epics are work items of a type that is one of epics (is_epic).

// isEpic is the SQL condition that a work item, by that alias, is an epic.
func isEpic(alias string) string {
	return "EXISTS (SELECT 1 FROM issue_types et WHERE et.id = " + alias + ".type_id AND et.is_epic AND et.deleted_at IS NULL)"
}

// IsEpic says whether a living work item of the project, archived or not, is an epic.
func IsEpic(t *Tx, project, issue string) (bool, error) {
	epics, err := EpicsAmong(t, []string{issue}, []string{project})
	return epics[issue], err
}

// EpicsAmong returns which living work items of the projects are epics, archived or not.
func EpicsAmong(t *Tx, issues, projects []string) (map[string]bool, error) {
	return issuesAmong(t, issues, projects, " AND "+isEpic("i"))
}

// IssuesAmong returns which of those are living work items of the projects, archived or not.
func IssuesAmong(t *Tx, issues, projects []string) (map[string]bool, error) {
	return issuesAmong(t, issues, projects, "")
}

func issuesAmong(t *Tx, issues, projects []string, more string) (map[string]bool, error) {
	in, ids := t.In("i.id", issues)
	of, there := t.In(unsorted(t, "i.project_id"), projects)
	list := []string{}
	err := t.Each("SELECT i.id FROM issues i WHERE "+in+" AND "+of+" AND i.deleted_at IS NULL"+more, []any{ids, there},
		scanID(&list))
	if err != nil {
		return nil, fmt.Errorf("look for work items: %w", err)
	}
	found := make(map[string]bool, len(list))
	for _, id := range list {
		found[id] = true
	}
	return found, nil
}

// EpicType returns the type that a project's new epics have, and makes it where there is none: nobody can have epics
// without one. It is in use then.
func EpicType(t *Tx, workspace, project string) (*IssueType, error) {
	if err := t.Lock("epic type of " + project); err != nil {
		return nil, err
	}
	of := dbx.NewExp("EXISTS (SELECT 1 FROM project_issue_types p WHERE p.issue_type_id = issue_types.id"+
		" AND p.project_id = {:project} AND p.deleted_at IS NULL)", dbx.Params{"project": project})
	found, err := IssueTypes.First(t, dbx.And(dbx.HashExp{"is_epic": true, "workspace_id": workspace}, of),
		"is_active DESC", "created_at", "id")
	switch {
	case err == nil && found.IsActive:
		return found, nil
	case err == nil:
		found.IsActive = true
		return found, IssueTypes.Update(t, found, "is_active")
	case !errors.Is(err, ErrNotFound):
		return nil, err
	}
	made := &IssueType{Name: "Epic", WorkspaceID: workspace, ProjectID: &project, IsActive: true, IsEpic: true, Level: 1}
	if err := IssueTypes.Insert(t, made); err != nil {
		return nil, err
	}
	return made, ProjectIssueTypes.Insert(t, &ProjectIssueType{Level: 1, IssueTypeID: made.ID, ProjectID: project,
		WorkspaceID: workspace})
}

// Orphan takes the living work items below one away from it and returns them.
func Orphan(t *Tx, parent string) ([]Issue, error) {
	below, err := Issues.List(t, dbx.HashExp{"parent_id": parent}, "id")
	if err != nil {
		return nil, fmt.Errorf("read what is below a work item: %w", err)
	}
	ids := make([]string, len(below))
	for i := range below {
		ids[i] = below[i].ID
	}
	if err := t.LockRows("issues", append(slices.Clone(ids), parent)...); err != nil { // in one order with others
		return nil, err
	}
	if err := Issues.SetWhere(t, dbx.Params{"parent_id": nil, "updated_at": t.Now}, In("id", ids)); err != nil {
		return nil, fmt.Errorf("take work items away from their parent: %w", err)
	}
	return below, nil
}
