package v1

import (
	"encoding/json"
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// issueLists came with newer editions: the archive, and what looks at all projects that the caller is in.
var issueLists = []web.Op{
	do("GET", inProject+"archived-work-items/", readers, 200, "List archived work items", listArchivedIssues),
	do("POST", inProject+"work-items/{pk:uuid}/archive/", writers, 204, "Archive a work item", archiveIssue),
	do("DELETE", inProject+"work-items/{pk:uuid}/unarchive/", writers, 204, "Take a work item out of the archive",
		unarchiveIssue),
	do("GET", inWorkspace+"work-items/", everybody, 200, "List the work items of all one's projects", listAllIssues),
	do("GET", inWorkspace+"work-items/count/", everybody, 200, "Count the work items of all one's projects, by groups",
		countIssues),
	do("POST", inWorkspace+"work-items/advanced-search/", everybody, 200,
		"Find work items by a text and a tree of conditions", searchAdvanced),
}

func listArchivedIssues(c *app.Call, in struct {
	listing
	issue.PublicQuery
}) (Page[Issue], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.PublicIssue, int, error) {
		return issue.PublicListArchived(c, s, in.PublicQuery)
	}, issueOf)
}

func archiveIssue(c *app.Call, in byID) (web.Nothing, error) {
	_, err := issue.Archive(c, in.PK)
	if errors.Is(err, issue.ErrOpen) {
		err = app.Refuse(app.Invalid, "Can only archive completed or cancelled state group issue")
	}
	return web.Nothing{}, err
}

func unarchiveIssue(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, issue.Restore(c, in.PK)
}

func listAllIssues(c *app.Call, in struct {
	listing
	issue.PublicQuery
}) (Page[Issue], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.PublicIssue, int, error) {
		return issue.PublicListEverywhere(c, s, in.PublicQuery)
	}, issueOf)
}

// IssueCount is how many work items there are, in all and in groups: by the values of the field, None for none.
type IssueCount struct {
	GroupedBy     *string               `json:"grouped_by"`
	SubGroupedBy  *string               `json:"sub_grouped_by"`
	TotalCount    int                   `json:"total_count"`
	GroupedCounts map[string]GroupCount `json:"grouped_counts"`
}

// GroupCount is how many work items are in a group, and in those below it.
type GroupCount struct {
	Count            int                      `json:"count"`
	SubGroupedCounts map[string]SubGroupCount `json:"sub_grouped_counts,omitempty"`
}

// SubGroupCount is how many work items are in a group below another one.
type SubGroupCount struct {
	Count int `json:"count"`
}

func countIssues(c *app.Call, in issue.CountQuery) (IssueCount, error) {
	n, err := issue.Count(c, in)
	out := IssueCount{TotalCount: n.Total, GroupedCounts: map[string]GroupCount{}}
	if in.GroupBy != "" {
		out.GroupedBy = (*string)(&in.GroupBy)
	}
	if in.SubGroupBy != "" {
		out.SubGroupedBy = (*string)(&in.SubGroupBy)
	}
	for key, g := range n.Groups {
		count := GroupCount{Count: g.Total}
		if g.Sub != nil {
			count.SubGroupedCounts = map[string]SubGroupCount{}
		}
		for below, items := range g.Sub {
			count.SubGroupedCounts[below] = SubGroupCount{items}
		}
		out.GroupedCounts[key] = count
	}
	return out, err
}

// AdvancedSearchResult is a work item that was found.
type AdvancedSearchResult struct {
	ID                string      `json:"id"`
	Name              string      `json:"name"`
	SequenceID        int         `json:"sequence_id"`
	ProjectIdentifier string      `json:"project_identifier"`
	ProjectID         string      `json:"project_id"`
	WorkspaceID       string      `json:"workspace_id"`
	TypeID            *string     `json:"type_id"`
	StateID           *string     `json:"state_id"`
	Priority          string      `json:"priority"`
	TargetDate        *store.Date `json:"target_date"`
	StartDate         *store.Date `json:"start_date"`
}

func searchAdvanced(c *app.Call, in struct {
	Query           app.Opt[string] `json:"query" check:"blank,null,max=1000"`
	Filters         json.RawMessage `json:"filters" type:"object"`
	Limit           app.Opt[int]    `json:"limit" check:"null"`
	ProjectID       app.Opt[string] `json:"project_id" check:"uuid,null"`
	WorkspaceSearch app.Opt[bool]   `json:"workspace_search" check:"null"`
}) ([]AdvancedSearchResult, error) {
	limit := in.Limit.Or(usualHits)
	if limit < 1 || limit > longestPage {
		return nil, app.Field("limit", "This is a number from 1 to 1000.")
	}
	q := issue.SearchQuery{Text: in.Query.V, Filters: string(in.Filters), Limit: limit}
	if !in.WorkspaceSearch.V {
		q.Project = in.ProjectID.V
	}
	found, err := issue.Search(c, q)
	return web.Map(found, func(f issue.FoundIssue) AdvancedSearchResult {
		return AdvancedSearchResult{
			ID: f.ID, Name: f.Name, SequenceID: f.SequenceID, ProjectIdentifier: f.Identifier, ProjectID: f.ProjectID,
			WorkspaceID: f.WorkspaceID, TypeID: f.TypeID, StateID: f.StateID, Priority: f.Priority,
			TargetDate: f.TargetDate, StartDate: f.StartDate,
		}
	}), err
}
