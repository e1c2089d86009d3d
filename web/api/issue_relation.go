package api

import (
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var issueRelations = []web.Op{
	web.Do("GET", oneIssue+"issue-relation/", readsProject, 200, "List what a work item is related to", listRelations),
	web.Do("POST", oneIssue+"issue-relation/", writesProject, 201, "Relate a work item to others", createRelations),
	web.Do("POST", oneIssue+"remove-relation/", writesProject, 204, "Remove a relation", deleteRelation),
}

// RelatedIssue is a work item as another one it is related to shows it.
type RelatedIssue struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	StateID      *string  `json:"state_id"`
	SortOrder    float64  `json:"sort_order"`
	Priority     string   `json:"priority"`
	SequenceID   int      `json:"sequence_id"`
	ProjectID    string   `json:"project_id"`
	LabelIDs     []string `json:"label_ids"`
	AssigneeIDs  []string `json:"assignee_ids"`
	CreatedAt    string   `json:"created_at"`
	UpdatedAt    string   `json:"updated_at"`
	CreatedBy    *string  `json:"created_by"`
	UpdatedBy    *string  `json:"updated_by"`
	RelationType string   `json:"relation_type"`
}

func listRelations(c *app.Call, in issuePath) (map[string][]RelatedIssue, error) {
	related, err := issue.ListRelated(c, in.Issue)
	if err != nil {
		return nil, err
	}
	by := map[string][]RelatedIssue{}
	for _, kind := range issue.Relations {
		by[kind] = []RelatedIssue{}
	}
	for _, r := range related {
		if !slices.Contains(issue.Relations, r.RelationType) {
			continue // stored, but not listed, as in the reference
		}
		by[r.RelationType] = append(by[r.RelationType],
			RelatedIssue{ID: r.ID, Name: r.Name, StateID: r.StateID, SortOrder: r.SortOrder, Priority: r.Priority,
				SequenceID: r.SequenceID, ProjectID: r.ProjectID, LabelIDs: orEmpty(r.LabelIDs),
				AssigneeIDs: orEmpty(r.AssigneeIDs), CreatedAt: app.Time(r.CreatedAt, time.UTC),
				UpdatedAt: app.Time(r.UpdatedAt, time.UTC), // whatever the zone of who asks, as in the reference
				CreatedBy: r.CreatedByID, UpdatedBy: r.UpdatedByID,
				RelationType: r.RelationType})
	}
	return by, nil
}

func orEmpty(ids []string) []string { return append([]string{}, ids...) }

// NewRelation is a relation that was made: the work item on its other side, with the times and makers of the relation.
type NewRelation struct {
	ID           string  `json:"id"`
	ProjectID    string  `json:"project_id"`
	SequenceID   int     `json:"sequence_id"`
	RelationType string  `json:"relation_type"`
	Name         string  `json:"name"`
	StateID      *string `json:"state_id"`
	Priority     string  `json:"priority"`
	CreatedBy    *string `json:"created_by"`
	CreatedAt    string  `json:"created_at"`
	UpdatedAt    string  `json:"updated_at"`
	UpdatedBy    *string `json:"updated_by"`
}

func newRelation(c *app.Call) func(issue.Relation) NewRelation {
	return func(r issue.Relation) NewRelation {
		o := r.Other
		return NewRelation{
			ID: o.ID, ProjectID: o.ProjectID, SequenceID: o.SequenceID, RelationType: r.RelationType, Name: o.Name,
			StateID: o.StateID, Priority: o.Priority, CreatedBy: r.CreatedByID, CreatedAt: c.Time(r.CreatedAt),
			UpdatedAt: c.Time(r.UpdatedAt), UpdatedBy: r.UpdatedByID,
		}
	}
}

func createRelations(c *app.Call, in struct {
	issuePath
	Kind   *string  `json:"relation_type"`
	Issues []string `json:"issues" alias:"issue_ids"`
}) ([]NewRelation, error) {
	if in.Kind == nil {
		return nil, web.Message("Issue relation type is required")
	}
	made, err := issue.Relate(c, in.Issue, *in.Kind, in.Issues)
	return web.Map(made, newRelation(c)), err
}

func deleteRelation(c *app.Call, in struct {
	issuePath
	Kind  string `json:"relation_type" check:"blank"`
	Other string `json:"related_issue" alias:"related_issue_id" check:"blank"`
}) (web.Nothing, error) {
	return web.Nothing{}, issue.Unrelate(c, in.Issue, in.Kind, in.Other)
}

var subItems = []web.Op{
	web.Do("POST", oneIssue+"sub-issues/", writesProject, 200, "Put work items below another one", createSubItems),
}

// SubItems are work items below another one, and their ids by the group of their state.
type SubItems struct {
	SubIssues         []IssueCore         `json:"sub_issues"`
	StateDistribution map[string][]string `json:"state_distribution"`
}

func createSubItems(c *app.Call, in struct {
	issuePath
	IDs []string `json:"sub_issue_ids"`
}) (*SubItems, error) {
	items, err := issue.Adopt(c, in.Issue, in.IDs)
	if err != nil {
		return nil, err
	}
	out := &SubItems{StateDistribution: map[string][]string{}}
	out.SubIssues = web.Map(items, func(i store.IssueWithState) IssueCore {
		group := "null"
		if i.StateGroup != nil {
			group = *i.StateGroup
		}
		out.StateDistribution[group] = append(out.StateDistribution[group], i.ID)
		return issueCore(c, &i.Issue)
	})
	return out, nil
}
