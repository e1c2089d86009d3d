package issue

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Adopt puts work items below one of the call's project and returns them, newest first. Unknown ones are ignored. The
// parent itself and what is above it can't be below it: they are left out, and refused when nothing else was named.
func Adopt(c *app.Call, parent string, ids []string) ([]store.IssueWithState, error) {
	if len(ids) == 0 {
		return nil, app.Refuse(app.Invalid, "Sub Issue IDs are required")
	}
	for _, id := range ids {
		if !store.IsID(id) {
			return nil, app.ErrValue
		}
	}
	var items []store.IssueWithState
	err := c.Write(func(t *store.Tx) error {
		if err := lockParents(c, t); err != nil {
			return err
		}
		above, err := store.IssuesByID(t, []string{parent}, []string{c.ProjectID}, false)
		if err != nil {
			return err
		}
		if len(above) == 0 {
			return store.ErrNotFound
		}
		if err := store.LockLineages(t, c.Workspace.ID); err != nil {
			return err
		}
		line, err := store.Lineage(t, "issues", parent)
		if err != nil {
			return err
		}
		ids := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(line, id) })
		if len(ids) == 0 {
			return app.Field("sub_issue_ids", app.Circle)
		}
		if items, err = store.IssuesByID(t, ids, writable(c), false); err != nil {
			return err
		}
		for i := range items {
			ids[i] = items[i].ID
		}
		if err := store.Adopt(t, parent, ids[:len(items)]); err != nil {
			return err
		}
		places, records := make([]store.IssueKey, len(items)), make([]store.IssueRecord, len(items))
		for i := range items {
			records[i] = adopted(c, &items[i], &above[0])
			items[i].ParentID, items[i].UpdatedAt = &parent, t.Now
			places[i] = store.IssueKey{IssueID: items[i].ID, ProjectID: items[i].ProjectID, WorkspaceID: items[i].WorkspaceID}
		}
		if err := store.Follow(t, places); err != nil {
			return err
		}
		return store.RecordIssues(t, records)
	})
	return items, err
}

// adopted is what a work item's history says of its new parent; its former one is, as in the reference, the item
// itself.
func adopted(c *app.Call, i, parent *store.IssueWithState) store.IssueRecord {
	return store.IssueRecord{IssueChanged: store.IssueChanged{Kind: "issue.activity.updated", IssueID: i.ID,
		ProjectID: c.ProjectID, WorkspaceID: i.WorkspaceID, Origin: c.Base,
		Fields: []store.FieldValue{{Field: "parent_id", Old: i.ParentID, New: parent.ID}}},
		Rows: []*store.IssueActivity{{Verb: "updated", Field: new("parent"), Comment: "updated the parent issue to",
			OldValue: new(numbered(i)), OldIdentifier: &i.ID, NewValue: new(numbered(parent)), NewIdentifier: &parent.ID}}}
}

// writable are the projects in which the caller may change work items.
func writable(c *app.Call) []string {
	var ids []string
	for id, role := range c.Access.Projects {
		if role >= app.Member {
			ids = append(ids, id)
		}
	}
	return ids
}
