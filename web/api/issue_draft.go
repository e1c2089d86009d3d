package api

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var issueDrafts = []web.Op{
	web.Do("GET", inWorkspace+"draft-issues/", web.Workspace(), 200, "List the caller's drafts", listDrafts),
	web.Do("POST", inWorkspace+"draft-issues/", web.Workspace(), 201, "Create a draft", createDraft),
	web.Do("GET", inWorkspace+"draft-issues/{pk:uuid}/", web.Workspace(app.Admin), 200, "Read a draft", getDraft),
	web.Do("PATCH", inWorkspace+"draft-issues/{pk:uuid}/", web.Workspace(app.Member, app.Admin), 204, "Change a draft", changeDraft),
	web.Do("DELETE", inWorkspace+"draft-issues/{pk:uuid}/", web.Workspace(app.Admin).OrCreator("draft_issues"), 204, "Delete a draft", deleteDraft),
	web.Do("POST", inWorkspace+"draft-to-issue/{pk:uuid}/", web.Workspace(app.Member, app.Admin), 201, "Make a work item of a draft", convertDraft),
}

// Draft is a work item that is not one yet.
type Draft struct {
	store.IssueValues
	ID              string   `json:"id"`
	Name            *string  `json:"name"`
	StateID         *string  `json:"state_id"`
	CompletedAt     *string  `json:"completed_at"`
	EstimatePoint   *string  `json:"estimate_point"`
	ProjectID       *string  `json:"project_id"`
	ParentID        *string  `json:"parent_id"`
	CycleID         *string  `json:"cycle_id"`
	ModuleIDs       []string `json:"module_ids"`
	LabelIDs        []string `json:"label_ids"`
	AssigneeIDs     []string `json:"assignee_ids"`
	CreatedAt       string   `json:"created_at"`
	UpdatedAt       string   `json:"updated_at"`
	CreatedBy       *string  `json:"created_by"`
	UpdatedBy       *string  `json:"updated_by"`
	TypeID          *string  `json:"type_id"`
	DescriptionHTML string   `json:"description_html"`
}

func draftOf(c *app.Call) func(store.DraftDetail) Draft {
	return func(d store.DraftDetail) Draft {
		return Draft{
			IssueValues: d.IssueValues, ID: d.ID, Name: d.Name, StateID: d.StateID, CompletedAt: c.TimePtr(d.CompletedAt),
			EstimatePoint: d.EstimatePointID,
			ProjectID:     d.ProjectID, ParentID: d.ParentID, CycleID: d.CycleID, ModuleIDs: append([]string{}, d.ModuleIDs...),
			LabelIDs: append([]string{}, d.LabelIDs...), AssigneeIDs: append([]string{}, d.AssigneeIDs...),
			CreatedAt: c.Time(d.CreatedAt), UpdatedAt: c.Time(d.UpdatedAt), CreatedBy: d.CreatedByID,
			UpdatedBy: d.UpdatedByID, TypeID: d.TypeID, DescriptionHTML: d.DescriptionHTML,
		}
	}
}

func listDrafts(c *app.Call, in struct {
	web.Pages
	Name     string `query:"name"`
	Priority string `query:"priority" type:"words"`
	State    string `query:"state" type:"ids"`
	Project  string `query:"project" type:"ids"`
	Start    string `query:"start_date" type:"days"`
	Target   string `query:"target_date" type:"days"`
}) (*web.Page[Draft], error) {
	paging, err := in.Paging(1000)
	if err != nil {
		return nil, err
	}
	narrow := store.DraftFilter{Name: in.Name, Priorities: words(in.Priority), States: idsIn(in.State),
		Projects: idsIn(in.Project)}
	if narrow.StartDate, err = daysIn(c, in.Start); err != nil {
		return nil, err
	}
	if narrow.TargetDate, err = daysIn(c, in.Target); err != nil {
		return nil, err
	}
	rows, total, err := issue.ListDrafts(c, narrow, paging.Size, paging.Offset())
	if err != nil {
		return nil, err
	}
	page := web.Paged(paging, total, web.Map(rows, draftOf(c)))
	return &page, nil
}

func daysIn(c *app.Call, text string) ([2]store.Date, error) {
	if text == "" || text == "null" {
		return [2]store.Date{}, nil
	}
	span, err := filter.ReadDaySpan(text, c.DB.Now())
	return [2]store.Date{span.From, span.To}, err
}

func words(s string) []string {
	return slices.DeleteFunc(strings.Split(s, ","), func(w string) bool { return w == "" || w == "null" })
}

// idsIn drops what is no id, as the reference does.
func idsIn(s string) []string {
	return slices.DeleteFunc(words(s), func(w string) bool { return !store.IsID(w) })
}

func createDraft(c *app.Call, in issue.DraftInput) (Draft, error) {
	d, err := issue.CreateDraft(c, in)
	if err != nil {
		return Draft{}, err
	}
	made := draftOf(c)(*d) // its times are in UTC, unlike those of a draft that is read
	made.CreatedAt, made.UpdatedAt = app.Time(d.CreatedAt, time.UTC), app.Time(d.UpdatedAt, time.UTC)
	return made, nil
}

type draftInPath struct {
	PK string `path:"pk"`
}

func getDraft(c *app.Call, in draftInPath) (Draft, error) {
	d, err := issue.GetDraft(c, in.PK)
	if err != nil {
		return Draft{}, err
	}
	return draftOf(c)(*d), nil
}

type draftChange struct {
	PK string `path:"pk"`
	issue.DraftInput
}

func changeDraft(c *app.Call, in draftChange) (web.Nothing, error) {
	err := issue.ChangeDraft(c, in.PK, in.DraftInput)
	if errors.Is(err, store.ErrNotFound) {
		err = app.Refuse(app.NotFound, "Issue not found")
	}
	return web.Nothing{}, err
}

func deleteDraft(c *app.Call, in draftInPath) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteDraft(c, in.PK)
}

func convertDraft(c *app.Call, in draftChange) (WrittenIssue, error) {
	d, err := issue.Convert(c, in.PK, in.DraftInput)
	if err != nil {
		return WrittenIssue{}, err
	}
	return NewWrittenIssue(c, d.ID, in.Input)
}
