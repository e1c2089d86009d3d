package v1

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/search"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// issues are served under their name and under the older one.
var issues = slices.Concat(issueOps("work-items/"), issueOps("issues/"))

func issueOps(name string) []web.Op {
	all, one := inProject+name, inProject+name+"{pk:uuid}/"
	return []web.Op{
		do("GET", all, readers, 200, "List work items", listIssues),
		do("POST", all, writers, 201, "Create a work item", createIssue),
		do("GET", one, readers, 200, "Read a work item", getIssue),
		do("PATCH", one, writers, 200, "Change a work item", changeIssue),
		do("DELETE", one, writers, 204, "Delete a work item", deleteIssue),
		do("GET", inWorkspace+name+"{identifier}-{number}/", web.AnyProject(), 200, "Read a work item by its number",
			getIssueByNumber).Narrowed(),
		do("GET", inWorkspace+name+"search/", web.SignedIn(), 200, "Find work items by their names", searchIssues).Narrowed(),
	}
}

// Issue is a work item as this API shows it.
type Issue struct {
	ID     string  `json:"id"`
	TypeID *string `json:"type_id"`
	Made
	store.IssueValues
	Point             *int        `json:"point"`
	Name              string      `json:"name"`
	DescriptionHTML   string      `json:"description_html"`
	DescriptionBinary []byte      `json:"description_binary"`
	SequenceID        int         `json:"sequence_id"`
	CompletedAt       *string     `json:"completed_at"`
	ArchivedAt        *store.Date `json:"archived_at"`
	IsDraft           bool        `json:"is_draft"`
	ExternalSource    *string     `json:"external_source"`
	ExternalID        *string     `json:"external_id"`
	Project           Ref         `json:"project"`
	Workspace         Ref         `json:"workspace"`
	Parent            Ref         `json:"parent"`
	State             Ref         `json:"state"`
	EstimatePoint     Ref         `json:"estimate_point"`
	Type              *string     `json:"type"`
	Assignees         Refs        `json:"assignees"`
	Labels            Refs        `json:"labels"`
	Properties        Values      `json:"properties,omitzero,omitempty"` // where it is expanded
}

func issueOf(c *app.Call, i *store.PublicIssue) Issue {
	return Issue{ID: i.ID, TypeID: i.TypeID, Made: made(c, &i.AuditFields),
		IssueValues: i.IssueValues, Point: i.Point, Name: i.Name,
		DescriptionHTML: i.DescriptionHTML, DescriptionBinary: i.DescriptionBinary, SequenceID: i.SequenceID,
		CompletedAt: c.TimePtr(i.CompletedAt), ArchivedAt: i.ArchivedAt, IsDraft: i.IsDraft,
		ExternalSource: i.ExternalSource, ExternalID: i.ExternalID, Project: ref(i.ProjectID), Workspace: ref(i.WorkspaceID),
		Parent: Ref{ID: i.ParentID}, State: Ref{ID: i.StateID}, EstimatePoint: Ref{ID: i.EstimatePointID}, Type: i.TypeID,
		Assignees: Refs{IDs: i.AssigneeIDs}, Labels: Refs{IDs: i.LabelIDs}, Properties: Values{issue: i.ID}}
}

// issueInput is issue.Input under this API's names.
type issueInput struct {
	issue.Input
	StateID     app.Opt[string]   `json:"state" alias:"state_id" check:"pk,null"`
	ParentID    app.Opt[string]   `json:"parent" alias:"parent_id" check:"pk,null"`
	TypeID      app.Opt[string]   `json:"type_id" alias:"type" check:"pk,null"`
	AssigneeIDs app.Opt[[]string] `json:"assignees" alias:"assignee_ids" check:"pk,nested"`
	LabelIDs    app.Opt[[]string] `json:"labels" alias:"label_ids" check:"pk,nested"`
	issue.ExternalInput

	// values of properties, by their ids
	Properties app.Opt[map[string]json.RawMessage] `json:"properties" type:"object"`
}

func (in *issueInput) rule() issue.Input {
	in.Input.Properties = in.Properties.V
	in.Input.StateID, in.Input.ParentID, in.Input.TypeID = in.StateID, in.ParentID, in.TypeID
	in.Input.AssigneeIDs, in.Input.LabelIDs = in.AssigneeIDs, in.LabelIDs
	return in.Input
}

// listIssues returns a page, or the one work item that another program calls so.
func listIssues(c *app.Call, in struct {
	listing
	issue.PublicQuery
	issue.OriginQuery
}) (Found[Issue], error) {
	if in.ExternalID != "" && in.ExternalSource != "" {
		i, err := issue.GetByExternalRef(c, in.OriginQuery, in.PublicQuery)
		found, err := one(c, in.View, i, err, issueOf)
		return Found[Issue]{found}, err
	}
	page, err := list(c, in.listing,
		func(s store.ListPart) ([]store.PublicIssue, int, error) {
			return issue.PublicList(c, s, in.PublicQuery, in.OriginQuery)
		}, issueOf)
	return Found[Issue]{page}, err
}

func createIssue(c *app.Call, in issueInput) (Issue, error) {
	i, err := issue.CreateV1(c, in.rule(), in.ExternalInput)
	return plain(c, i, err, issueOf)
}

func getIssue(c *app.Call, in struct {
	byID
	View
}) (Shown[Issue], error) {
	i, err := issue.GetV1(c, in.PK)
	return one(c, in.View, i, err, issueOf)
}

func getIssueByNumber(c *app.Call, in struct {
	Identifier string `path:"identifier"`
	Number     string `path:"number"`
	View
}) (Shown[Issue], error) {
	number, err := strconv.ParseInt(in.Number, 10, 32)
	if err != nil { // the reference fails
		return Shown[Issue]{}, errNowhere
	}
	i, err := issue.GetByNumberV1(c, in.Identifier, int(number))
	return one(c, in.View, i, err, issueOf)
}

func changeIssue(c *app.Call, in struct {
	byID
	issueInput
}) (Issue, error) {
	i, err := issue.ChangeV1(c, in.PK, in.rule(), in.ExternalInput)
	return plain(c, i, err, issueOf)
}

func deleteIssue(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteV1(c, in.PK)
}

// FoundIssue is a work item that was found by its name.
type FoundIssue struct {
	Name              string `json:"name"`
	ID                string `json:"id"`
	SequenceID        int    `json:"sequence_id"`
	ProjectIdentifier string `json:"project__identifier"`
	ProjectID         string `json:"project_id"`
	WorkspaceSlug     string `json:"workspace__slug"`
}

// FoundIssues are the work items that were found, newest first.
type FoundIssues struct {
	Issues []FoundIssue `json:"issues"`
}

// usualHits is how many work items a search returns when the client names no limit.
const usualHits = 10

func searchIssues(c *app.Call, in struct {
	Slug            string `path:"slug"`
	Search          string `query:"search"`
	Limit           string `query:"limit" type:"integer 0..1000"`
	ProjectID       string `query:"project_id" type:"uuid"`
	WorkspaceSearch string `query:"workspace_search" type:"boolean"`
}) (FoundIssues, error) {
	none := FoundIssues{[]FoundIssue{}}
	limit := usualHits
	if in.Limit != "" {
		n, err := strconv.Atoi(in.Limit)
		if err != nil || n < 0 { // the reference fails
			return none, app.Field("limit", "A valid integer is required.")
		}
		limit = min(n, longestPage)
	}
	if in.Search == "" || limit == 0 {
		return none, nil
	}
	place, err := search.PlaceOf(c, false)
	if err != nil {
		return none, err
	}
	if in.ProjectID != "" && !strings.EqualFold(in.WorkspaceSearch, "true") {
		if !store.IsID(in.ProjectID) {
			return none, app.ErrValue
		}
		place = place.Only(in.ProjectID)
	}
	found, err := place.Issues(c, in.Search, limit)
	return FoundIssues{web.Map(found, func(f store.FoundIssue) FoundIssue {
		return FoundIssue{
			Name: f.Name, ID: f.ID, SequenceID: f.SequenceID, ProjectIdentifier: place.Identifier(f.ProjectID),
			ProjectID: f.ProjectID, WorkspaceSlug: in.Slug,
		}
	})}, err
}
