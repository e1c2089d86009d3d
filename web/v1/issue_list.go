package v1

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// issueLists came with newer editions: the archive, and what looks at all projects that the caller is in.
var issueLists = []web.Op{
	do("GET", inProject+"archived-work-items/", readers, 200, "List archived work items", listArchivedIssues).
		Explained("Newest first, in an archived project too. What pql, filters and the single parameters say has to hold all"+
			" together.").
		Like("", examplePage(archivedExample)),
	do("POST", inProject+"work-items/{pk:uuid}/archive/", writers, 204, "Archive a work item", archiveIssue).
		Explained("It has to be completed or cancelled; other lists leave it out then."),
	do("DELETE", inProject+"work-items/{pk:uuid}/unarchive/", writers, 204, "Take a work item out of the archive",
		unarchiveIssue).
		Explained("What is not in the archive is not found."),
	do("GET", inWorkspace+"work-items/", everybody, 200, "List the work items of all one's projects", listAllIssues).
		Narrowed().
		Explained("Of the projects that the caller is in and that are not archived, newest first; where a guest sees only"+
			" their own, these alone. "+conditionsExplained).
		Like("", examplePage(issueExample)),
	do("GET", inWorkspace+"work-items/count/", everybody, 200, "Count the work items of all one's projects, by groups",
		countIssues).
		Narrowed().
		Explained("What the list of all one's projects has, in all and by the values of one or two fields; None stands for"+
			" what has no value. Who has several labels, assignees or modules is counted in each group. "+
			conditionsExplained).
		Like("", `{"grouped_by":"priority","sub_grouped_by":"state__group","total_count":3,"grouped_counts":`+
			`{"urgent":{"count":3,"sub_grouped_counts":{"started":{"count":2},"backlog":{"count":1}}}}}`),
	do("POST", inWorkspace+"work-items/advanced-search/", everybody, 200,
		"Find work items by a text and a tree of conditions", searchAdvanced).
		Narrowed().Reads().
		Explained("query is a part of the name, or a number with or without the project's identifier. filters"+
			" and pql are as in lists; all have to hold, and each may be left out. Newest first, of one project, or of all"+
			" the caller's with workspace_search or without project_id.").
		Like(`{"query":"sign","project_id":"`+exampleID+`","limit":10,"filters":{"and":[{"priority__in":["high","urgent"]},`+
			`{"not":{"state_group":"completed"}}]}}`,
			`[{"id":"`+otherID+`","name":"Sign in","sequence_id":7,"project_identifier":"WEB","project_id":"`+exampleID+
				`","workspace_id":"`+exampleID+`","type_id":null,"state_id":"`+exampleID+
				`","priority":"high","target_date":"2026-05-08","start_date":null}]`),
}

const (
	conditionsExplained = "What pql, filters and the single parameters say has to hold all together; archived work items are" +
		" there only where a condition asks for them."
	issueExample = `{"id":"` + otherID + `","type_id":null,"priority":"high","start_date":null,"target_date":"2026-05-08",` +
		`"sort_order":65535,"point":null,"name":"Sign in","description_html":"<p>With a key</p>","description_binary":null,` +
		`"sequence_id":7,"completed_at":null,"archived_at":null,"is_draft":false,"external_source":null,` +
		`"external_id":null,"parent":null,"state":"` + exampleID + `","estimate_point":null,"type":null,"assignees":["` +
		exampleID + `"],"labels":[],` + exampleIn + `}`
)

var archivedExample = strings.NewReplacer(`"completed_at":null,"archived_at":null`,
	`"completed_at":"2026-05-08T16:00:00Z","archived_at":"2026-05-09"`).Replace(issueExample)

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
	PQL             app.Opt[string] `json:"pql" check:"blank,null"`
	Limit           app.Opt[int]    `json:"limit" check:"null"`
	ProjectID       app.Opt[string] `json:"project_id" check:"uuid,null"`
	WorkspaceSearch app.Opt[bool]   `json:"workspace_search" check:"null"`
}) ([]AdvancedSearchResult, error) {
	limit := in.Limit.Or(usualHits)
	if limit < 1 || limit > longestPage {
		return nil, app.Field("limit", "This is a number from 1 to 1000.")
	}
	q := issue.SearchQuery{Text: in.Query.V, Filters: string(in.Filters), PQL: in.PQL.V, Limit: limit}
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
