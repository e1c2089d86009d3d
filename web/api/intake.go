package api

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// intake has two names for each route: inbox is the older one. Items go by the ids of their work items.
var intake = slices.Concat(intakeOps("intake", "intakes/"), intakeOps("inbox", "inboxes/"))

func intakeOps(name, plural string) []web.Op {
	all, one := inProject+name+"-issues/", inProject+name+"-issues/{pk:uuid}/"
	decides := web.Project(app.Admin).OrCreator("issues")
	return append(inboxOps(plural), []web.Op{
		web.Do("GET", all, web.Project(), 200, "List what came in", listIntake),
		web.Do("POST", all, web.Project(), 200, "Put a work item into the intake", createIntakeItem),
		web.Do("GET", one, web.Project().OrCreator("issues"), 200, "Read what came in", getIntakeItem),
		web.Do("PATCH", one, decides, 200, "Decide about what came in", patchIntakeItem),
		web.Do("DELETE", one, decides, 204, "Discard what came in", deleteIntakeItem),
	}...)
}

// IntakeRow is a work item as the intake's list shows it.
type IntakeRow struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Priority   string   `json:"priority"`
	SequenceID int      `json:"sequence_id"`
	ProjectID  string   `json:"project_id"`
	CreatedAt  string   `json:"created_at"`
	LabelIDs   []string `json:"label_ids"`
	CreatedBy  *string  `json:"created_by"`
}

// Intake is something in the intake's list.
type Intake struct {
	ID          string    `json:"id"`
	Status      int       `json:"status"`
	DuplicateTo *string   `json:"duplicate_to"`
	SnoozedTill *string   `json:"snoozed_till"`
	Source      *string   `json:"source"`
	Issue       IntakeRow `json:"issue"`
	CreatedBy   *string   `json:"created_by"`
}

func intakeRow(c *app.Call) func(store.IncomingRow) Intake {
	return func(r store.IncomingRow) Intake {
		return Intake{
			ID: r.ID, Status: r.Status, DuplicateTo: r.DuplicateToID, SnoozedTill: c.TimePtr(r.SnoozedTill),
			Source: r.Source,
			Issue: IntakeRow{
				ID: r.IssueID, Name: r.Name, Priority: r.Priority, SequenceID: r.SequenceID, ProjectID: r.ProjectID,
				CreatedAt: c.Time(r.MadeAt), LabelIDs: r.LabelIDs, CreatedBy: r.MadeBy,
			},
			CreatedBy: r.CreatedByID,
		}
	}
}

// DuplicateIssue is what something in the intake duplicates.
type DuplicateIssue struct {
	ID         string  `json:"id"`
	Name       string  `json:"name"`
	Priority   string  `json:"priority"`
	SequenceID int     `json:"sequence_id"`
	ProjectID  string  `json:"project_id"`
	CreatedAt  string  `json:"created_at"`
	CreatedBy  *string `json:"created_by"`
}

// IntakeIssue is the work item of something in the intake.
type IntakeIssue struct {
	ID              string      `json:"id"`
	Name            string      `json:"name"`
	StateID         *string     `json:"state_id"`
	SortOrder       float64     `json:"sort_order"`
	CompletedAt     *string     `json:"completed_at"`
	EstimatePoint   *string     `json:"estimate_point"`
	Priority        string      `json:"priority"`
	StartDate       *store.Date `json:"start_date"`
	TargetDate      *store.Date `json:"target_date"`
	SequenceID      int         `json:"sequence_id"`
	ProjectID       string      `json:"project_id"`
	ParentID        *string     `json:"parent_id"`
	LabelIDs        []string    `json:"label_ids"`
	AssigneeIDs     []string    `json:"assignee_ids"`
	CreatedAt       string      `json:"created_at"`
	UpdatedAt       string      `json:"updated_at"`
	CreatedBy       *string     `json:"created_by"`
	UpdatedBy       *string     `json:"updated_by"`
	IsDraft         bool        `json:"is_draft"`
	ArchivedAt      *store.Date `json:"archived_at"`
	DescriptionHTML string      `json:"description_html"`
}

// IntakeDetail is something in the intake, in full.
type IntakeDetail struct {
	ID                   string          `json:"id"`
	Status               int             `json:"status"`
	DuplicateTo          *string         `json:"duplicate_to"`
	SnoozedTill          *string         `json:"snoozed_till"`
	DuplicateIssueDetail *DuplicateIssue `json:"duplicate_issue_detail"`
	Source               *string         `json:"source"`
	Issue                IntakeIssue     `json:"issue"`
}

func intakeDetail(c *app.Call, in *issue.IntakeItem, err error) (IntakeDetail, error) {
	if err != nil {
		return IntakeDetail{}, err
	}
	d := in.Issue
	out := IntakeDetail{ID: in.ID, Status: in.Status, DuplicateTo: in.DuplicateToID,
		SnoozedTill: c.TimePtr(in.SnoozedTill), Source: in.Source, Issue: IntakeIssue{
			ID: d.ID, Name: d.Name, StateID: d.StateID, SortOrder: d.SortOrder, CompletedAt: c.TimePtr(d.CompletedAt),
			EstimatePoint: d.EstimatePointID, Priority: d.Priority, StartDate: d.StartDate, TargetDate: d.TargetDate,
			SequenceID: d.SequenceID, ProjectID: d.ProjectID, ParentID: d.ParentID, LabelIDs: d.LabelIDs,
			AssigneeIDs: d.AssigneeIDs, CreatedAt: c.Time(d.CreatedAt), UpdatedAt: c.Time(d.UpdatedAt),
			CreatedBy: d.CreatedByID, UpdatedBy: d.UpdatedByID, IsDraft: d.IsDraft, ArchivedAt: d.ArchivedAt,
			DescriptionHTML: d.DescriptionHTML,
		}}
	if t := in.Twin; t != nil {
		out.DuplicateIssueDetail = &DuplicateIssue{
			ID: t.ID, Name: t.Name, Priority: t.Priority, SequenceID: t.SequenceID, ProjectID: t.ProjectID,
			CreatedAt: c.Time(t.CreatedAt), CreatedBy: t.CreatedByID,
		}
	}
	return out, nil
}

// listIntake shows what is pending, unless asked for other statuses.
func listIntake(c *app.Call, in struct {
	issue.IntakeQuery
	web.Pages
	Status *string `query:"status" type:"integers"`
}) (web.Page[Intake], error) {
	asked := strconv.Itoa(issue.Pending)
	if in.Status != nil {
		asked = *in.Status
	}
	var statuses []int
	for s := range strings.SplitSeq(asked, ",") {
		if s == "null" || s == "" {
			continue
		}
		n, err := strconv.ParseInt(s, 10, 32)
		if err != nil {
			return web.Page[Intake]{}, app.ErrValue
		}
		statuses = append(statuses, int(n))
	}
	p, err := in.Paging(1000)
	if err != nil {
		return web.Page[Intake]{}, err
	}
	rows, total, err := issue.ListIntake(c, statuses, in.IntakeQuery, p.Offset(), p.Size)
	return web.Paged(p, total, web.Map(rows, intakeRow(c))), err
}

// readIntakeItem reads the work item inside a request. Its faults wait in it until the database has been asked, too.
func readIntakeItem(raw json.RawMessage, partial bool) (in issue.Input, named func(error) error, err error) {
	read := web.Nested[issue.Input]
	if partial {
		read = web.NestedPart[issue.Input]
	}
	named, err = read(raw, &in)
	return in, named, err
}

// CheckIntakeItem refuses what the intake looks at before anything else: a work item without a name, or of no known
// priority.
func CheckIntakeItem(item json.RawMessage) error {
	var peek struct {
		Name     any `json:"name"`
		Priority any `json:"priority"`
	}
	peek.Priority = "none"
	if item != nil && json.Unmarshal(item, &peek) != nil || peek.Name == nil || peek.Name == "" {
		return app.Refuse(app.Invalid, "Name is required")
	}
	if p, ok := peek.Priority.(string); !ok || !slices.Contains([]string{"low", "medium", "high", "urgent", "none"}, p) {
		return app.Refuse(app.Invalid, "Invalid priority")
	}
	return nil
}

func createIntakeItem(c *app.Call, in struct {
	Issue json.RawMessage `json:"issue"`
}) (IntakeDetail, error) {
	if err := CheckIntakeItem(in.Issue); err != nil {
		return IntakeDetail{}, err
	}
	item, named, err := readIntakeItem(in.Issue, false)
	if err != nil {
		return IntakeDetail{}, err
	}
	got, err := issue.CreateIntake(c, item)
	if errors.Is(err, store.ErrNotFound) {
		err = app.Refuse(app.NotFound, "Intake not found")
	}
	return intakeDetail(c, got, named(err))
}

type intakePath struct {
	PK string `path:"pk"`
}

func getIntakeItem(c *app.Call, in intakePath) (IntakeDetail, error) {
	got, err := issue.GetIntakeItem(c, in.PK)
	return intakeDetail(c, got, err)
}

func patchIntakeItem(c *app.Call, in struct {
	intakePath
	Issue json.RawMessage `json:"issue"`
	issue.Decision
	Source app.Opt[string] `json:"source" check:"max=255,blank,null"`
}) (IntakeDetail, error) {
	var item *issue.Input
	named := web.AsSent
	if len(in.Issue) > len("{}") && string(in.Issue) != "null" {
		read, as, err := readIntakeItem(in.Issue, true)
		if err != nil {
			return IntakeDetail{}, err
		}
		item, named = &read, as
	}
	in.Decision.Source = in.Source
	got, err := issue.Decide(c, in.PK, item, in.Decision)
	return intakeDetail(c, got, named(err))
}

func deleteIntakeItem(c *app.Call, in intakePath) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteIntake(c, in.PK)
}
