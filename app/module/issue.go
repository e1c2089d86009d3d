package module

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// AddIssues puts work items of the call's project into a module; those that are in it stay as they are.
func AddIssues(c *app.Call, module string, issues []string) error {
	if len(issues) == 0 {
		return app.Invalid("Issues are required")
	}
	return c.Write(func(t *store.Tx) error {
		for _, issue := range issues {
			if err := add(c, t, module, issue); err != nil {
				return err
			}
		}
		return nil
	})
}

// Sort puts a work item into modules of its project and takes it out of others.
func Sort(c *app.Call, issue string, into, outOf []string) error {
	return c.Write(func(t *store.Tx) error {
		for _, module := range into {
			if err := add(c, t, module, issue); err != nil {
				return err
			}
		}
		for _, module := range outOf {
			if err := remove(c, t, module, issue); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		return nil
	})
}

// RemoveIssue takes a work item out of a module that it is in.
func RemoveIssue(c *app.Call, module, issue string) error {
	return c.Write(func(t *store.Tx) error { return remove(c, t, module, issue) })
}

// add leaves an entry in the work item's history even when it is in the module already, as the reference does.
func add(c *app.Call, t *store.Tx, module, issue string) error {
	m, err := inProject(c, t, module)
	if errors.Is(err, store.ErrNotFound) {
		return app.ErrPayload
	}
	if err != nil {
		return err
	}
	ok, err := store.Issues.Exists(t, dbx.HashExp{"id": issue, "project_id": c.ProjectID})
	if err != nil {
		return err
	}
	if !ok {
		return app.ErrPayload
	}
	there, err := store.ModuleIssues.Exists(t, dbx.HashExp{"module_id": module, "issue_id": issue})
	if err != nil {
		return err
	}
	if !there {
		l := &store.ModuleIssue{IssueID: issue, ModuleID: module, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID}
		if err := store.ModuleIssues.Insert(t, l); err != nil {
			return err
		}
	}
	return record(c, t, issue, "created", m)
}

func remove(c *app.Call, t *store.Tx, module, issue string) error {
	m, err := inProject(c, t, module)
	if err != nil {
		return err
	}
	l, err := store.ModuleIssues.Get(t, dbx.HashExp{"module_id": module, "issue_id": issue, "project_id": c.ProjectID})
	if err != nil {
		return err
	}
	if err := store.ModuleIssues.Delete(t, l); err != nil {
		return err
	}
	return record(c, t, issue, "deleted", m)
}

// record writes into a work item's history that it came into a module or left it. Plane: bgtasks/issue_activities_task.py
func record(c *app.Call, t *store.Tx, issue, verb string, m *store.Module) error {
	field, empty := "modules", ""
	row := &store.IssueActivity{Verb: verb, Field: &field, OldValue: &empty, NewValue: &m.Name, NewIdentifier: &m.ID, Comment: "added module " + m.Name}
	if verb == "deleted" {
		row.OldValue, row.NewValue, row.OldIdentifier, row.NewIdentifier = &m.Name, &empty, &m.ID, nil
		row.Comment = "removed this issue from " + m.Name
	}
	return store.RecordIssue(t, store.IssueChanged{Kind: "module.activity." + verb, IssueID: issue, ProjectID: c.ProjectID,
		WorkspaceID: c.Workspace.ID, Origin: c.Base}, row)
}
