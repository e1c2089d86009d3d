package api

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var issues = []web.Op{
	web.Do("POST", inProject+"issues/", web.Project(app.Member, app.Admin), 201, "Create a work item", createIssue),
	web.Do("GET", inProject+"issues/{pk:uuid}/", web.Project().OrCreator("issues"), 200, "Read a work item", getIssue),
	web.Do("PATCH", inProject+"issues/{pk:uuid}/", web.Project(app.Member, app.Admin).OrCreator("issues"), 204, "Change a work item", changeIssue),
	web.Do("PUT", inProject+"issues/{pk:uuid}/", web.Project(app.Member, app.Admin).OrCreator("issues"), 200, "Write a work item anew", putIssue),
	web.Do("DELETE", inProject+"issues/{pk:uuid}/", web.Project(app.Admin).OrCreator("issues"), 204, "Delete a work item", deleteIssue),
	web.Do("GET", inProject+"issues/{pk:uuid}/meta/", web.Project(), 200, "Read the number of a work item", getIssueMeta),
	web.Do("GET", inWorkspace+"work-items/{identifier}-{number}/", web.SignedIn(), 200, "Read a work item by its number", getIssueByNumber),
	web.Do("DELETE", inProject+"bulk-delete-issues/", web.Project(app.Admin), 200, "Delete work items", deleteIssues),
	web.Do("POST", inProject+"issue-dates/", web.Project(app.Member, app.Admin), 200, "Move the dates of work items", moveIssueDates),
}

// IssueCore is what every shape of a work item shows; whoever adds a field to it adds it everywhere.
type IssueCore struct {
	store.IssueValues
	ID            string      `json:"id"`
	Name          string      `json:"name"`
	StateID       *string     `json:"state_id"`
	CompletedAt   *string     `json:"completed_at"`
	EstimatePoint *string     `json:"estimate_point"`
	SequenceID    int         `json:"sequence_id"`
	ProjectID     string      `json:"project_id"`
	ParentID      *string     `json:"parent_id"`
	CreatedAt     string      `json:"created_at"`
	UpdatedAt     string      `json:"updated_at"`
	CreatedBy     *string     `json:"created_by"`
	UpdatedBy     *string     `json:"updated_by"`
	IsDraft       bool        `json:"is_draft"`
	ArchivedAt    *store.Date `json:"archived_at"`
}

func issueCore(c *app.Call, i *store.Issue) IssueCore {
	return IssueCore{
		IssueValues: i.IssueValues, ID: i.ID, Name: i.Name, StateID: i.StateID, CompletedAt: c.TimePtr(i.CompletedAt),
		EstimatePoint: i.EstimatePointID, SequenceID: i.SequenceID, ProjectID: i.ProjectID,
		ParentID: i.ParentID, CreatedAt: c.Time(i.CreatedAt),
		UpdatedAt: c.Time(i.UpdatedAt), CreatedBy: i.CreatedByID, UpdatedBy: i.UpdatedByID, IsDraft: i.IsDraft,
		ArchivedAt: i.ArchivedAt,
	}
}

// Issue is what is shown of a work item everywhere.
type Issue struct {
	IssueCore
	CycleID         *string  `json:"cycle_id"`
	ModuleIDs       []string `json:"module_ids"`
	LabelIDs        []string `json:"label_ids"`
	AssigneeIDs     []string `json:"assignee_ids"`
	SubIssuesCount  *int     `json:"sub_issues_count"`
	AttachmentCount *int     `json:"attachment_count"`
	LinkCount       *int     `json:"link_count"`
}

// issueOf shows a work item. Its counts are null when there is nothing to count: the reference's subqueries have no row
// then.
func issueOf(c *app.Call, d *store.IssueDetail) Issue {
	return Issue{
		IssueCore: issueCore(c, &d.Issue), CycleID: d.CycleID, ModuleIDs: d.ModuleIDs, LabelIDs: d.LabelIDs,
		AssigneeIDs: d.AssigneeIDs, SubIssuesCount: counted(d.SubIssues), AttachmentCount: counted(d.Attachments),
		LinkCount: counted(d.Links),
	}
}

func counted(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// NewIssue is a work item that was just created. Its completed_at is in UTC, unlike its other times.
type NewIssue struct {
	Issue
	DeletedAt *string `json:"deleted_at"`
}

func createIssue(c *app.Call, in issue.Input) (NewIssue, error) {
	d, err := issue.Create(c, in)
	if err != nil {
		return NewIssue{}, err
	}
	out := NewIssue{Issue: issueOf(c, d)}
	if d.CompletedAt != nil {
		utc := app.Time(*d.CompletedAt, time.UTC)
		out.CompletedAt = &utc
	}
	return out, nil
}

// DetailedIssue is a work item on its own.
type DetailedIssue struct {
	Issue
	DescriptionHTML string `json:"description_html"`
	IsSubscribed    bool   `json:"is_subscribed"`
}

type issueInPath struct {
	PK string `path:"pk"`
}

// expandedIssue is a work item to be read; Expand names what is to be shown in full.
type expandedIssue struct {
	PK     string `path:"pk"`
	Expand string `query:"expand" type:"words"`
}

func getIssue(c *app.Call, in expandedIssue) (web.As[ExpandedIssue], error) {
	d, err := issue.Get(c, in.PK)
	if err != nil {
		return web.As[ExpandedIssue]{}, err
	}
	return expandIssue[ExpandedIssue](c, d, DetailedIssue{issueOf(c, d), d.DescriptionHTML, d.Subscribed}, in.Expand)
}

// NumberedIssue is a work item that was asked for as PROJ-12: its counts are numbers always.
type NumberedIssue struct {
	DetailedIssue
	IsIntake bool `json:"is_intake"`
}

func getIssueByNumber(c *app.Call, in struct {
	Identifier string `path:"identifier"`
	Number     string `path:"number"`
	Expand     string `query:"expand" type:"words"`
}) (web.As[ExpandedNumberedIssue], error) {
	var none web.As[ExpandedNumberedIssue]
	sequence, err := strconv.ParseInt(in.Number, 10, 32)
	if errors.Is(err, strconv.ErrRange) { // no work item has so large a number
		return none, app.ErrMissing
	}
	if err != nil {
		return none, app.Refuse(app.Invalid, "Invalid issue identifier")
	}
	if c.Workspace == nil {
		return none, app.ErrMissing
	}
	d, err := issue.GetByNumber(c, in.Identifier, int(sequence))
	if err != nil {
		return none, err
	}
	out := NumberedIssue{DetailedIssue: DetailedIssue{issueOf(c, d), d.DescriptionHTML, d.Subscribed}}
	out.SubIssuesCount, out.AttachmentCount, out.LinkCount = &d.SubIssues, &d.Attachments, &d.Links
	if out.IsIntake, err = issue.Waits(c, d.ID); err != nil {
		return none, err
	}
	return expandIssue[ExpandedNumberedIssue](c, d, out, in.Expand)
}

type issueChange struct {
	PK string `path:"pk"`
	issue.Input
}

func changeIssue(c *app.Call, in issueChange) (web.Nothing, error) {
	err := issue.Change(c, in.PK, in.Input)
	if errors.Is(err, store.ErrNotFound) {
		return web.Nothing{}, app.Refuse(app.NotFound, "Issue not found")
	}
	return web.Nothing{}, err
}

func deleteIssue(c *app.Call, in issueInPath) (web.Nothing, error) {
	return web.Nothing{}, issue.Delete(c, in.PK)
}

// IssueMeta is how a work item is called.
type IssueMeta struct {
	SequenceID        int    `json:"sequence_id"`
	ProjectIdentifier string `json:"project_identifier"`
}

func getIssueMeta(c *app.Call, in issueInPath) (IssueMeta, error) {
	sequence, identifier, err := issue.Meta(c, in.PK)
	return IssueMeta{sequence, identifier}, err
}

type issueIDs struct {
	IssueIDs json.RawMessage `json:"issue_ids" type:"uuids"`
}

// list returns the ids; as in the reference it is one fault whatever is wrong with them.
func (in issueIDs) list() ([]string, error) {
	var ids []string
	switch s := string(in.IssueIDs); {
	case s == "" || s == "[]" || s == `""` || s == "{}":
		return nil, errNoIssueIDs
	case json.Unmarshal(in.IssueIDs, &ids) != nil || slices.ContainsFunc(ids,
		func(id string) bool { return !store.IsID(id) }):
		return nil, app.ErrValue
	}
	return ids, nil
}

var errNoIssueIDs = app.Refuse(app.Invalid, "Issue IDs are required")

func deleteIssues(c *app.Call, in issueIDs) (Message, error) {
	ids, err := in.list()
	if err != nil {
		return Message{}, err
	}
	n, err := issue.DeleteMany(c, ids)
	return Message{strconv.Itoa(n) + " issues were deleted"}, err
}

// KeptIssue is a work item with every column of its row, under the reference's names, and whom and what it is tied to.
type KeptIssue struct {
	Made
	store.IssueValues
	ID                  string      `json:"id"`
	Point               *int        `json:"point"`
	Name                string      `json:"name"`
	DescriptionJSON     store.JSON  `json:"description_json"`
	DescriptionHTML     string      `json:"description_html"`
	DescriptionStripped *string     `json:"description_stripped"`
	DescriptionBinary   []byte      `json:"description_binary"`
	SequenceID          int         `json:"sequence_id"`
	CompletedAt         *string     `json:"completed_at"`
	ArchivedAt          *store.Date `json:"archived_at"`
	IsDraft             bool        `json:"is_draft"`
	ExternalSource      *string     `json:"external_source"`
	ExternalID          *string     `json:"external_id"`
	Project             string      `json:"project"`
	Workspace           string      `json:"workspace"`
	Parent              *string     `json:"parent"`
	State               *string     `json:"state"`
	EstimatePoint       *string     `json:"estimate_point"`
	Type                *string     `json:"type"`
	Assignees           []string    `json:"assignees"`
	Labels              []string    `json:"labels"`
}

func keptIssue(c *app.Call, i *store.Issue, assignees, labels []string) KeptIssue {
	return KeptIssue{
		Made: made(c, i.AuditFields), IssueValues: i.IssueValues, ID: i.ID, Point: i.Point,
		Name: i.Name, DescriptionJSON: i.DescriptionJSON,
		DescriptionHTML: i.DescriptionHTML, DescriptionStripped: i.DescriptionStripped,
		DescriptionBinary: i.DescriptionBinary, SequenceID: i.SequenceID, CompletedAt: c.TimePtr(i.CompletedAt),
		ArchivedAt: i.ArchivedAt, IsDraft: i.IsDraft, ExternalSource: i.ExternalSource, ExternalID: i.ExternalID,
		Project: i.ProjectID, Workspace: i.WorkspaceID, Parent: i.ParentID, State: i.StateID,
		EstimatePoint: i.EstimatePointID, Type: i.TypeID, Assignees: assignees, Labels: labels,
	}
}

// WrittenIssue is the answer to PUT: the row as it is kept, with the ids under the names of both forms.
type WrittenIssue struct {
	KeptIssue
	StateID     *string  `json:"state_id"`
	ParentID    *string  `json:"parent_id"`
	ProjectID   string   `json:"project_id"`
	WorkspaceID string   `json:"workspace_id"`
	AssigneeIDs []string `json:"assignee_ids"` // as sent, as in the reference
	LabelIDs    []string `json:"label_ids"`
}

func putIssue(c *app.Call, in issueChange) (WrittenIssue, error) {
	if err := issue.Change(c, in.PK, in.Input); err != nil {
		return WrittenIssue{}, noMatch("Issue", err)
	}
	return NewWrittenIssue(c, in.PK, in.Input)
}

// NewWrittenIssue shows a work item as it is kept, after a change.
func NewWrittenIssue(c *app.Call, id string, in issue.Input) (WrittenIssue, error) {
	row, d, err := issue.Written(c, id)
	if err != nil {
		return WrittenIssue{}, err
	}
	return WrittenIssue{
		KeptIssue: keptIssue(c, row, d.AssigneeIDs, d.LabelIDs), StateID: row.StateID, ParentID: row.ParentID,
		ProjectID: row.ProjectID, WorkspaceID: row.WorkspaceID,
		AssigneeIDs: append([]string{}, in.AssigneeIDs.V...), LabelIDs: append([]string{}, in.LabelIDs.V...),
	}, nil
}

func moveIssueDates(c *app.Call, in struct {
	Updates json.RawMessage `json:"updates" type:"objects"`
}) (Message, error) {
	var updates []map[string]any
	if len(in.Updates) > 0 && json.Unmarshal(in.Updates, &updates) != nil {
		return Message{}, app.Field("updates", "Expected a list of objects.")
	}
	moves := make([]issue.Move, len(updates))
	for i, u := range updates {
		move, err := moveOf(u)
		if err != nil {
			return Message{}, err
		}
		moves[i] = move
	}
	return Message{"Issues updated successfully"}, issue.MoveDates(c, moves)
}

// moveOf reads one move. Null and "" change nothing; a date that is none is the fault of its field, where the reference
// answers 5xx.
func moveOf(u map[string]any) (issue.Move, error) {
	id, there := u["id"]
	if !there {
		return issue.Move{}, app.ErrKey
	}
	move := issue.Move{}
	if move.ID, _ = id.(string); !store.IsID(move.ID) {
		return issue.Move{}, app.ErrValue
	}
	for key, dest := range map[string]**store.Date{"start_date": &move.Start, "target_date": &move.Target} {
		switch v := u[key].(type) {
		case nil:
			continue
		case string:
			if v == "" {
				continue
			}
			if _, ok := store.ParseDate(v); ok {
				day := store.Date(v)
				*dest = &day
				continue
			}
		}
		return issue.Move{}, app.Field(key, "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")
	}
	return move, nil
}
