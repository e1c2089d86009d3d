package app

import (
	"maps"
	"slices"

	"github.com/sailplane/sailplane/store"
)

// What belongs to a whole workspace (a release, a customer) is tied to work items of any of its projects.

// ItemsToTie returns the work items with these ids that the caller may change, and holds them. Others are refused, all
// of them, as a fault of the field.
func (c *Call) ItemsToTie(t *store.Tx, field string, ids []string) ([]store.IssueWithState, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) == 0 {
		return nil, Field(field, "Ensure this field has at least 1 elements.")
	}
	if err := t.LockRows("issues", ids...); err != nil { // what two tie at once is there once
		return nil, err
	}
	var projects []string
	for id := range c.Access.Projects {
		if c.Access.InProject(id, Member, Admin) {
			projects = append(projects, id)
		}
	}
	items, err := store.IssuesByID(t, ids, projects, true)
	if err != nil || len(items) == len(ids) {
		return items, err
	}
	faults := Fields{}
	for _, id := range ids {
		if !slices.ContainsFunc(items, func(i store.IssueWithState) bool { return i.ID == id }) {
			faults.Add(field, NoObject(id))
		}
	}
	return nil, faults.Err()
}

// NoteTies writes in the histories of work items that they were tied to something, or are no longer. It is said without
// a name, as not everybody who sees the work items may know it: kind is what it is, id which of them.
func (c *Call) NoteTies(t *store.Tx, items []store.IssueKey, verb, kind, id string) error {
	said := map[string]string{"created": "added to a ", "deleted": "removed from a "}[verb] + kind
	records := make([]store.IssueRecord, len(items))
	for n, at := range items {
		row := &store.IssueActivity{Verb: verb, Field: &kind, Comment: said, NewIdentifier: &id}
		records[n] = store.IssueRecord{IssueChanged: store.IssueChanged{Kind: kind + ".activity." + verb,
			IssueID: at.IssueID, ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID, Origin: c.Base, Quiet: c.Quiet()},
			Rows: []*store.IssueActivity{row}}
	}
	return store.RecordIssues(t, records)
}

// TiedItems returns a part of the work items that something of the call's workspace is tied to and that the caller may
// see, the newest first, and how many there are in all.
func (c *Call) TiedItems(to store.Tied, s store.ListPart, search string) ([]store.TiedIssue, int, error) {
	return to.Issues(c.Read(), slices.Collect(maps.Keys(c.Access.Projects)), c.OwnOnly(), search, s)
}

// SeenItems returns those of the work items that the caller may see.
func (c *Call) SeenItems(t *store.Tx, ids []string) ([]store.IssueWithState, error) {
	items, err := store.IssuesByID(t, ids, slices.Collect(maps.Keys(c.Access.Projects)), true)
	return slices.DeleteFunc(items, func(i store.IssueWithState) bool { return !c.Sees(i.ProjectID, i.CreatedByID) }), err
}
