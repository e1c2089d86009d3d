package v1

import (
	"encoding/json"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// What is in the intake goes by the id of its work item.
const oneAsked = inProject + "intake-issues/{issue_id:uuid}/"

// asker is who brought something in, or a project's administrator, as in the frontend's API; the reference lets every member
// change it, and everybody discard what was accepted.
var asker = web.Project(app.Admin).OrCreatorOf("issue_id", "issues")

var intake = []web.Op{
	do("GET", inProject+"intake-issues/", readers, 200, "List what came in", listAsked),
	do("POST", inProject+"intake-issues/", readers, 201, "Put a work item into the intake", ask),
	do("GET", oneAsked, readers, 200, "Read what came in", getAsked),
	do("PATCH", oneAsked, readers.AndThen(asker.Answering(app.Refuse(app.Invalid, "You cannot edit intake work items"))), 200, "Decide about what came in", decide),
	do("DELETE", oneAsked, readers.AndThen(asker.Refusing("Only admin or creator can delete the work item")), 204, "Discard what came in", discard),
}

// Asked is something in the intake as this API shows it.
type Asked struct {
	ID          string     `json:"id"`
	IssueDetail *AskedItem `json:"issue_detail"`
	Inbox       string     `json:"inbox"`
	Made
	Status         int        `json:"status"`
	SnoozedTill    *string    `json:"snoozed_till"`
	Source         *string    `json:"source"`
	SourceEmail    *string    `json:"source_email"`
	ExternalSource *string    `json:"external_source"`
	ExternalID     *string    `json:"external_id"`
	Extra          store.JSON `json:"extra"`
	Project        Ref        `json:"project"`
	Workspace      Ref        `json:"workspace"`
	Intake         Ref        `json:"intake"`
	Issue          Ref        `json:"issue"`
	DuplicateTo    Ref        `json:"duplicate_to"`
}

// AskedItem is the work item of something in the intake.
type AskedItem struct {
	ID          string     `json:"id"`
	Labels      []string   `json:"labels"`
	Assignees   []string   `json:"assignees"`
	State       *StateLite `json:"state"`
	Description store.JSON `json:"description"` // the older name of description_json
	Made
	Point               *int        `json:"point"`
	Name                string      `json:"name"`
	DescriptionJSON     store.JSON  `json:"description_json"`
	DescriptionHTML     string      `json:"description_html"`
	DescriptionStripped *string     `json:"description_stripped"`
	DescriptionBinary   []byte      `json:"description_binary"`
	Priority            string      `json:"priority"`
	StartDate           *store.Date `json:"start_date"`
	TargetDate          *store.Date `json:"target_date"`
	SequenceID          int         `json:"sequence_id"`
	SortOrder           float64     `json:"sort_order"`
	CompletedAt         *string     `json:"completed_at"`
	ArchivedAt          *store.Date `json:"archived_at"`
	IsDraft             bool        `json:"is_draft"`
	ExternalSource      *string     `json:"external_source"`
	ExternalID          *string     `json:"external_id"`
	Project             string      `json:"project"`
	Workspace           string      `json:"workspace"`
	Parent              *string     `json:"parent"`
	EstimatePoint       *string     `json:"estimate_point"`
	Type                *string     `json:"type"`
}

func asked(c *app.Call, a *issue.Asked) Asked {
	return Asked{
		ID: a.ID, IssueDetail: askedItem(c, a), Inbox: a.IntakeID, Made: made(c, &a.Meta), Status: a.Status,
		SnoozedTill: c.TimePtr(a.SnoozedTill), Source: a.Source, SourceEmail: a.SourceEmail,
		ExternalSource: a.ExternalSource, ExternalID: a.ExternalID, Extra: a.Extra, Project: ref(a.ProjectID),
		Workspace: ref(a.WorkspaceID), Intake: ref(a.IntakeID), Issue: ref(a.IssueID),
		DuplicateTo: Ref{ID: a.DuplicateToID},
	}
}

func askedItem(c *app.Call, a *issue.Asked) *AskedItem {
	d := a.Issue
	if d == nil {
		return nil
	}
	var state *StateLite
	if s := a.State; s != nil {
		state = &StateLite{s.ID, s.Name, s.Color, s.Group}
	}
	return &AskedItem{
		ID: d.ID, Labels: d.LabelIDs, Assignees: d.AssigneeIDs, State: state, Description: d.DescriptionJSON,
		Made: made(c, &d.Meta), Point: d.Point, Name: d.Name, DescriptionJSON: d.DescriptionJSON,
		DescriptionHTML: d.DescriptionHTML, DescriptionStripped: d.DescriptionStripped,
		DescriptionBinary: d.DescriptionBinary, Priority: d.Priority, StartDate: d.StartDate,
		TargetDate: d.TargetDate, SequenceID: d.SequenceID, SortOrder: d.SortOrder,
		CompletedAt: c.TimePtr(d.CompletedAt), ArchivedAt: d.ArchivedAt, IsDraft: d.IsDraft,
		ExternalSource: d.ExternalSource, ExternalID: d.ExternalID, Project: d.ProjectID, Workspace: d.WorkspaceID,
		Parent: d.ParentID, EstimatePoint: d.EstimatePointID, Type: d.TypeID,
	}
}

func listAsked(c *app.Call, in listing) (Page[Asked], error) {
	return list(c, in, func(s store.Slice) ([]issue.Asked, int, error) { return issue.PageAsked(c, s) }, asked)
}

// askInput is what a program may say of a work item that it puts into the intake.
type askInput struct {
	Name            app.Opt[string]     `json:"name" check:"required,max=255"`
	Description     app.Opt[store.JSON] `json:"description"` // the older name of description_json
	DescriptionJSON app.Opt[store.JSON] `json:"description_json"`
	DescriptionHTML app.Opt[string]     `json:"description_html" check:"blank"`
	Priority        app.Opt[string]     `json:"priority"`
}

var priorities = []string{"low", "medium", "high", "urgent", "none"}

func ask(c *app.Call, in struct {
	Issue json.RawMessage `json:"issue"`
}) (Asked, error) {
	var peek struct {
		Name     any `json:"name"`
		Priority any `json:"priority"`
	}
	peek.Priority = "none"
	if in.Issue != nil && json.Unmarshal(in.Issue, &peek) != nil || peek.Name == nil || peek.Name == "" {
		return Asked{}, app.Refuse(app.Invalid, "Name is required")
	}
	if p, ok := peek.Priority.(string); !ok || !slices.Contains(priorities, p) {
		return Asked{}, app.Refuse(app.Invalid, "Invalid priority")
	}
	var item askInput
	named, err := web.Nested(in.Issue, &item)
	if err != nil {
		return Asked{}, err
	}
	if item.Description.Set {
		item.DescriptionJSON = item.Description
	}
	a, err := issue.ReceiveFrom(c, issue.Input{Name: item.Name, DescriptionJSON: item.DescriptionJSON, DescriptionHTML: item.DescriptionHTML, Priority: item.Priority})
	return plain(c, a, named(err), asked)
}

type askedPath struct {
	Issue string `path:"issue_id"`
}

func getAsked(c *app.Call, in struct {
	askedPath
	View
}) (Shown[Asked], error) {
	a, err := issue.PickAsked(c, in.askedPath.Issue)
	return one(c, in.View, a, err, asked)
}

func decide(c *app.Call, in struct {
	askedPath
	Item json.RawMessage `json:"issue"`
	issue.Decision
	Source      app.Opt[string] `json:"source" check:"max=255,blank,null"`
	SourceEmail app.Opt[string] `json:"source_email" check:"blank,null"`
}) (Asked, error) {
	var item *issue.Input
	named := web.AsSent
	if len(in.Item) > len("{}") && string(in.Item) != "null" {
		var read itemInput
		as, err := web.NestedPart(in.Item, &read)
		if err != nil {
			return Asked{}, err
		}
		rule := read.rule()
		item, named = &rule, as
	}
	in.Decision.Source, in.Decision.SourceEmail = in.Source, in.SourceEmail
	a, err := issue.DecideFrom(c, in.askedPath.Issue, item, in.Decision)
	return plain(c, a, named(err), asked)
}

func discard(c *app.Call, in askedPath) (web.Nothing, error) {
	return web.Nothing{}, issue.DiscardFrom(c, in.Issue)
}
