package milestone

import (
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// ListIssues returns a part of the work items of a milestone of the call's project, those that came last first, and how
// many there are.
func ListIssues(c *app.Call, id string, s store.ListPart) ([]store.MilestoneIssue, int, error) {
	m, err := Get(c, id)
	if err != nil {
		return nil, 0, err
	}
	return store.ItemsOfMilestone(c.Read(), m.ID, c.OwnOnly(), s)
}

// AddIssues puts work items of the call's project into a milestone, all or none, and returns those that were not in it.
// What is in another one leaves that.
func AddIssues(c *app.Call, id string, issues []string) ([]store.MilestoneIssue, error) {
	var added []store.MilestoneIssue
	err := write(c, func(t *store.Tx) error {
		m, err := find(c, t, id)
		if err != nil {
			return err
		}
		issues := slices.Compact(slices.Sorted(slices.Values(issues)))
		if err := lock(c, t, issues); err != nil {
			return err
		}
		others, err := store.MilestoneIssues.List(t, store.In("issue_id", issues), "id")
		if err != nil {
			return err
		}
		stay := map[string]bool{}
		var left []string
		others = slices.DeleteFunc(others, func(l store.MilestoneIssue) bool {
			if l.MilestoneID == id {
				stay[l.IssueID] = true
				return true
			}
			left = append(left, l.MilestoneID)
			return false
		})
		issues = slices.DeleteFunc(issues, func(issue string) bool { return stay[issue] })
		known, err := store.Milestones.ByID(t, left)
		if err != nil {
			return err
		}
		if err := leave(c, t, others, known); err != nil {
			return err
		}
		added, err = enter(c, t, m, issues)
		return err
	})
	return added, err
}

// lock keeps others from moving work items meanwhile. All have to be in the call's project.
func lock(c *app.Call, t *store.Tx, issues []string) error {
	if err := t.LockRows("issues", issues...); err != nil {
		return err
	}
	there, err := store.IssuesAmong(t, issues, []string{c.ProjectID})
	if err != nil {
		return err
	}
	for _, id := range issues {
		if !there[id] {
			return app.Field("issues", app.NoObject(id))
		}
	}
	return nil
}

func enter(c *app.Call, t *store.Tx, m *store.Milestone, issues []string) ([]store.MilestoneIssue, error) {
	rows, records := make([]*store.MilestoneIssue, len(issues)), make([]store.IssueRecord, len(issues))
	for i, issue := range issues {
		rows[i] = &store.MilestoneIssue{MilestoneID: m.ID, IssueID: issue, ProjectID: m.ProjectID, WorkspaceID: m.WorkspaceID}
		records[i] = record(c, issue, "created", &store.IssueActivity{OldValue: new(""), NewValue: &m.Title,
			NewIdentifier: &m.ID, Comment: "added milestone " + m.Title})
	}
	if err := store.MilestoneIssues.Insert(t, rows...); err != nil {
		return nil, err
	}
	added := make([]store.MilestoneIssue, len(rows))
	for i := range rows {
		added[i] = *rows[i]
	}
	return added, store.RecordIssues(t, records)
}

// leave takes work items out of their milestones, of which the known ones have names.
func leave(c *app.Call, t *store.Tx, links []store.MilestoneIssue, known map[string]*store.Milestone) error {
	ids, records := make([]string, len(links)), make([]store.IssueRecord, len(links))
	for i, l := range links {
		title := ""
		if m := known[l.MilestoneID]; m != nil {
			title = m.Title
		}
		ids[i] = l.ID
		records[i] = record(c, l.IssueID, "deleted", &store.IssueActivity{OldValue: &title, NewValue: new(""),
			OldIdentifier: &l.MilestoneID, Comment: "removed milestone " + title})
	}
	if _, err := store.MilestoneIssues.DeleteWhere(t, store.In("id", ids)); err != nil {
		return err
	}
	return store.RecordIssues(t, records)
}

// RemoveIssues takes work items out of a milestone; those that are not in it are passed over.
func RemoveIssues(c *app.Call, id string, issues []string) error {
	return write(c, func(t *store.Tx) error {
		m, err := find(c, t, id)
		if err != nil {
			return err
		}
		if err := t.LockRows("issues", slices.Compact(slices.Sorted(slices.Values(issues)))...); err != nil {
			return err
		}
		links, err := store.MilestoneIssues.List(t,
			dbx.And(dbx.HashExp{"milestone_id": m.ID}, store.In("issue_id", issues)), "id")
		if err != nil {
			return err
		}
		return leave(c, t, links, map[string]*store.Milestone{m.ID: m})
	})
}

// record is an entry of a work item's history.
func record(c *app.Call, issue, verb string, row *store.IssueActivity) store.IssueRecord {
	row.Verb, row.Field = verb, new("milestone")
	return store.IssueRecord{IssueChanged: store.IssueChanged{Kind: "milestone.activity." + verb, IssueID: issue,
		ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID, Origin: c.Base, Quiet: c.Quiet()},
		Rows: []*store.IssueActivity{row}}
}
