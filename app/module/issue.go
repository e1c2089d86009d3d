package module

import (
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// AddIssues puts work items of the call's project into a module; those that are in it stay as they are.
func AddIssues(c *app.Call, module string, issues []string) error {
	if len(issues) == 0 {
		return app.Refuse(app.Invalid, "Issues are required")
	}
	return c.Write(func(t *store.Tx) error { return add(c, t, []string{module}, issues) })
}

// Sort puts a work item into modules of its project and takes it out of others.
func Sort(c *app.Call, issue string, into, outOf []string) error {
	return c.Write(func(t *store.Tx) error {
		if err := add(c, t, into, []string{issue}); err != nil {
			return err
		}
		_, err := remove(c, t, outOf, issue)
		return err
	})
}

// RemoveIssue takes a work item out of a module that it is in.
func RemoveIssue(c *app.Call, module, issue string) error {
	return c.Write(func(t *store.Tx) error {
		n, err := remove(c, t, []string{module}, issue)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	})
}

// places are the modules in which work items are, by work item and in the order of their ids.
type places map[string][]string

func placesOf(t *store.Tx, issues []string) (places, error) {
	links, err := store.ModuleIssues.List(t, store.In("issue_id", issues))
	in := places{}
	for _, l := range links {
		in[l.IssueID] = append(in[l.IssueID], l.ModuleID)
	}
	for _, modules := range in {
		slices.Sort(modules)
	}
	return in, err
}

// put notes that a work item has come into a module, and returns the change as webhooks are told.
func (in places) put(issue, module string) []store.FieldValue {
	return in.move(issue, slices.Sorted(slices.Values(append(slices.Clone(in[issue]), module))))
}

// take notes that a work item has left a module.
func (in places) take(issue, module string) []store.FieldValue {
	return in.move(issue, slices.DeleteFunc(slices.Clone(in[issue]), func(id string) bool { return id == module }))
}

func (in places) move(issue string, to []string) []store.FieldValue {
	from := in[issue]
	in[issue] = to
	return []store.FieldValue{{Field: "module_ids", Old: append([]string{}, from...), New: append([]string{}, to...)}}
}

// add leaves an entry in a work item's history even when it is in the module already, as the reference does.
func add(c *app.Call, t *store.Tx, into, issues []string) error {
	if len(into) == 0 {
		return nil
	}
	modules, err := known(c, t, into)
	if err != nil {
		return err
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(issues)))
	if err := t.LockRows("issues", distinct...); err != nil { // nobody else puts them into modules meanwhile
		return err
	}
	items, err := store.Issues.Count(t, dbx.And(dbx.HashExp{"project_id": c.ProjectID}, store.In("id", distinct)))
	if err != nil {
		return err
	}
	if items < len(distinct) || slices.ContainsFunc(into, func(id string) bool { return modules[id] == nil }) {
		return app.ErrPayload
	}
	in, err := placesOf(t, distinct)
	if err != nil {
		return err
	}
	var fresh []*store.ModuleIssue
	var records []store.IssueRecord
	for _, module := range into {
		for _, issue := range issues {
			record := entry(c, issue, "created", modules[module])
			if !slices.Contains(in[issue], module) {
				record.Fields = in.put(issue, module)
				fresh = append(fresh, &store.ModuleIssue{IssueID: issue, ModuleID: module, ProjectID: c.ProjectID,
					WorkspaceID: c.Workspace.ID})
			}
			records = append(records, record)
		}
	}
	if err := store.ModuleIssues.Insert(t, fresh...); err != nil {
		return err
	}
	return store.RecordIssues(t, records)
}

// known returns those of the modules that the call's project has, by id.
func known(c *app.Call, t *store.Tx, ids []string) (map[string]*store.Module, error) {
	rows, err := store.Modules.List(t,
		dbx.And(dbx.HashExp{"project_id": c.ProjectID, "workspace_id": c.Workspace.ID}, store.In("id", ids)))
	byID := make(map[string]*store.Module, len(rows))
	for i := range rows {
		byID[rows[i].ID] = &rows[i]
	}
	return byID, err
}

// remove takes a work item out of modules and says how many it was in.
func remove(c *app.Call, t *store.Tx, outOf []string, issue string) (int, error) {
	modules, err := known(c, t, outOf)
	if err != nil {
		return 0, err
	}
	if err := t.LockRows("issues", issue); err != nil {
		return 0, err
	}
	links, err := store.ModuleIssues.List(t,
		dbx.And(dbx.HashExp{"issue_id": issue, "project_id": c.ProjectID}, store.In("module_id", outOf)))
	if err != nil {
		return 0, err
	}
	in, err := placesOf(t, []string{issue})
	if err != nil {
		return 0, err
	}
	var gone []string
	var records []store.IssueRecord
	for _, l := range links {
		if m := modules[l.ModuleID]; m != nil {
			left := entry(c, issue, "deleted", m)
			left.Fields = in.take(issue, m.ID)
			gone, records = append(gone, l.ID), append(records, left)
		}
	}
	if _, err := store.ModuleIssues.DeleteWhere(t, store.In("id", gone)); err != nil {
		return 0, err
	}
	return len(gone), store.RecordIssues(t, records)
}

// entry is what a work item's history says of coming into a module or leaving it. Plane:
// bgtasks/issue_activities_task.py
func entry(c *app.Call, issue, verb string, m *store.Module) store.IssueRecord {
	field, empty := "modules", ""
	row := &store.IssueActivity{Verb: verb, Field: &field, OldValue: &empty, NewValue: &m.Name, NewIdentifier: &m.ID,
		Comment: "added module " + m.Name}
	if verb == "deleted" {
		row.OldValue, row.NewValue, row.OldIdentifier, row.NewIdentifier = &m.Name, &empty, &m.ID, nil
		row.Comment = "removed this issue from " + m.Name
	}
	return store.IssueRecord{IssueChanged: store.IssueChanged{Kind: "module.activity." + verb, IssueID: issue,
		ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID, Origin: c.Base}, Rows: []*store.IssueActivity{row}}
}
