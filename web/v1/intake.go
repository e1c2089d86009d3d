package v1

import (
	"encoding/json"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// asker is who brought something in, or a project's administrator, as in the frontend's API; the reference lets every
// member change it, and everybody discard what was accepted.
var asker = web.Project(app.Admin).OrCreatorOf("issue_id", "issues")

const intakeExample = `{"id":"` + otherID + `","issue_detail":null,"inbox":"` + exampleID + `","status":1,` +
	`"snoozed_till":null,"source":"IN_APP","source_email":null,"external_source":null,"external_id":null,"extra":{},` +
	exampleIn + `,"intake":"` + exampleID + `","issue":"` + exampleID + `","duplicate_to":null}`

// What came in is reached by two names, of which inbox-issues/ is the older.
var intake = slices.Concat(intakeOps(inProject+"intake-issues/"), intakeOps(inProject+"inbox-issues/"))

// intakeOps are the operations on what is in the intake, which goes by the id of its work item.
func intakeOps(all string) []web.Op {
	one := all + "{issue_id:uuid}/"
	return []web.Op{
		do("GET", all, readers, 200, "List what came in", listIntake).
			Explained("Newest first, without what sleeps. "+conditionsExplained).
			Like("", examplePage(intakeExample)),
		do("POST", all, readers, 201, "Put a work item into the intake", createIntake),
		do("GET", one, readers, 200, "Read what came in", getIntake),
		do("PATCH", one, readers.AndThen(asker.Answering(app.Refuse(app.Invalid, "You cannot edit intake work items"))),
			200, "Decide about what came in", changeIntake),
		do("PATCH", one+"status/", leads, 200, "Accept, decline or put off what came in", settleIntake).
			Explained("status is -2 (waits), -1 (declined), 0 (sleeps until snoozed_till), 1 (accepted: it moves to the"+
				" project's default state) or 2 (the same as duplicate_to). Only administrators of the project decide.").
			Like(`{"status":1}`, intakeExample),
		do("DELETE", one, readers.AndThen(asker.Refusing("Only admin or creator can delete the work item")), 204,
			"Discard what came in", deleteIntake),
	}
}

// IntakeIssue is something in the intake as this API shows it.
type IntakeIssue struct {
	ID          string          `json:"id"`
	IssueDetail *IntakeWorkItem `json:"issue_detail"`
	Inbox       string          `json:"inbox"`
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

// IntakeWorkItem is the work item of something in the intake.
type IntakeWorkItem struct {
	ID          string     `json:"id"`
	Labels      []string   `json:"labels"`
	Assignees   []string   `json:"assignees"`
	State       *StateLite `json:"state"`
	Description store.JSON `json:"description"` // the older name of description_json
	Made
	store.IssueValues
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
	EstimatePoint       *string     `json:"estimate_point"`
	Type                *string     `json:"type"`
}

func intakeOf(c *app.Call, a *issue.IntakeWorkItem) IntakeIssue {
	return IntakeIssue{
		ID: a.ID, IssueDetail: intakeWorkItem(c, a), Inbox: a.IntakeID, Made: made(c, &a.AuditFields), Status: a.Status,
		SnoozedTill: c.TimePtr(a.SnoozedTill), Source: a.Source, SourceEmail: a.SourceEmail,
		ExternalSource: a.ExternalSource, ExternalID: a.ExternalID, Extra: a.Extra, Project: ref(a.ProjectID),
		Workspace: ref(a.WorkspaceID), Intake: ref(a.IntakeID), Issue: ref(a.IssueID),
		DuplicateTo: Ref{ID: a.DuplicateToID},
	}
}

func intakeWorkItem(c *app.Call, a *issue.IntakeWorkItem) *IntakeWorkItem {
	d := a.Issue
	if d == nil {
		return nil
	}
	var state *StateLite
	if s := a.State; s != nil {
		state = &StateLite{s.ID, s.Name, s.Color, s.Group}
	}
	return &IntakeWorkItem{
		ID: d.ID, Labels: d.LabelIDs, Assignees: d.AssigneeIDs, State: state, Description: d.DescriptionJSON,
		Made: made(c, &d.AuditFields), IssueValues: d.IssueValues, Point: d.Point, Name: d.Name,
		DescriptionJSON: d.DescriptionJSON,
		DescriptionHTML: d.DescriptionHTML, DescriptionStripped: d.DescriptionStripped,
		DescriptionBinary: d.DescriptionBinary, SequenceID: d.SequenceID,
		CompletedAt: c.TimePtr(d.CompletedAt), ArchivedAt: d.ArchivedAt, IsDraft: d.IsDraft,
		ExternalSource: d.ExternalSource, ExternalID: d.ExternalID, Project: d.ProjectID, Workspace: d.WorkspaceID,
		Parent: d.ParentID, EstimatePoint: d.EstimatePointID, Type: d.TypeID,
	}
}

func listIntake(c *app.Call, in struct {
	ordered
	issue.IntakeFilter
}) (Page[IntakeIssue], error) {
	return list(c, in.listing, func(s store.ListPart) ([]issue.IntakeWorkItem, int, error) {
		return issue.ListIntakeV1(c, s, in.OrderBy, in.IntakeFilter)
	}, intakeOf)
}

// intakeInput is what a program may say of a work item that it puts into the intake.
type intakeInput struct {
	Name            app.Opt[string]     `json:"name" check:"required,max=255"`
	Description     app.Opt[store.JSON] `json:"description"` // the older name of description_json
	DescriptionJSON app.Opt[store.JSON] `json:"description_json"`
	DescriptionHTML app.Opt[string]     `json:"description_html" check:"blank"`
	Priority        app.Opt[string]     `json:"priority"`
}

var priorities = []string{"low", "medium", "high", "urgent", "none"}

func createIntake(c *app.Call, in struct {
	Issue json.RawMessage `json:"issue"`
}) (IntakeIssue, error) {
	var peek struct {
		Name     any `json:"name"`
		Priority any `json:"priority"`
	}
	peek.Priority = "none"
	if in.Issue != nil && json.Unmarshal(in.Issue, &peek) != nil || peek.Name == nil || peek.Name == "" {
		return IntakeIssue{}, app.Refuse(app.Invalid, "Name is required")
	}
	if p, ok := peek.Priority.(string); !ok || !slices.Contains(priorities, p) {
		return IntakeIssue{}, app.Refuse(app.Invalid, "Invalid priority")
	}
	var item intakeInput
	named, err := web.Nested(in.Issue, &item)
	if err != nil {
		return IntakeIssue{}, err
	}
	if item.Description.Set {
		item.DescriptionJSON = item.Description
	}
	a, err := issue.CreateIntakeV1(c,
		issue.Input{Name: item.Name, DescriptionJSON: item.DescriptionJSON, DescriptionHTML: item.DescriptionHTML,
			Priority: item.Priority})
	return plain(c, a, named(err), intakeOf)
}

type intakePath struct {
	Issue string `path:"issue_id"`
}

func getIntake(c *app.Call, in struct {
	intakePath
	View
}) (Shown[IntakeIssue], error) {
	a, err := issue.GetIntakeV1(c, in.intakePath.Issue)
	return one(c, in.View, a, err, intakeOf)
}

// intakeChange is what a program may say of what came in: what becomes of it, and what its work item is to be.
type intakeChange struct {
	intakePath
	Item json.RawMessage `json:"issue"`
	issue.Decision
	Source      app.Opt[string] `json:"source" check:"max=255,blank,null"`
	SourceEmail app.Opt[string] `json:"source_email" check:"blank,null"`
}

func changeIntake(c *app.Call, in intakeChange) (IntakeIssue, error) {
	return in.apply(c, issue.DecideIntakeV1)
}

func settleIntake(c *app.Call, in intakeChange) (IntakeIssue, error) {
	return in.apply(c, issue.SettleIntakeV1)
}

func (in *intakeChange) apply(c *app.Call,
	decide func(*app.Call, string, *issue.Input, issue.Decision) (*issue.IntakeWorkItem, error)) (IntakeIssue, error) {
	var item *issue.Input
	named := web.AsSent
	if len(in.Item) > len("{}") && string(in.Item) != "null" {
		var read issueInput
		as, err := web.NestedPart(in.Item, &read)
		if err != nil {
			return IntakeIssue{}, err
		}
		rule := read.rule()
		item, named = &rule, as
	}
	in.Decision.Source, in.Decision.SourceEmail = in.Source, in.SourceEmail
	a, err := decide(c, in.intakePath.Issue, item, in.Decision)
	return plain(c, a, named(err), intakeOf)
}

func deleteIntake(c *app.Call, in intakePath) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteIntakeV1(c, in.Issue)
}
