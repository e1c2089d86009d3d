package api

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var issueArchive = []web.Op{
	web.Do("GET", inProject+"issues/{pk:uuid}/archive/", web.Project(app.Member, app.Admin), 200, "Read an archived work item", getArchivedIssue),
	web.Do("POST", inProject+"issues/{pk:uuid}/archive/", web.Project(app.Member, app.Admin), 200, "Archive a work item", archiveIssue),
	web.Do("DELETE", inProject+"issues/{pk:uuid}/archive/", web.Project(app.Member, app.Admin), 204, "Take a work item out of the archive", restoreIssue),
	web.Do("POST", inProject+"bulk-archive-issues/", web.Project(app.Member, app.Admin).Class(), 200, "Archive work items", archiveIssues),
}

// ArchivedIssue is a work item in the archive, without its counts and places.
type ArchivedIssue struct {
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
	CreatedAt       string      `json:"created_at"`
	UpdatedAt       string      `json:"updated_at"`
	CreatedBy       *string     `json:"created_by"`
	UpdatedBy       *string     `json:"updated_by"`
	IsDraft         bool        `json:"is_draft"`
	ArchivedAt      *store.Date `json:"archived_at"`
	DescriptionHTML string      `json:"description_html"`
	IsSubscribed    bool        `json:"is_subscribed"`
}

func getArchivedIssue(c *app.Call, in expandedIssue) (web.As[ExpandedArchivedIssue], error) {
	var none web.As[ExpandedArchivedIssue]
	d, err := issue.GetArchived(c, in.PK)
	if err != nil {
		return none, err
	}
	out := ArchivedIssue{
		ID: d.ID, Name: d.Name, StateID: d.StateID, SortOrder: d.SortOrder, CompletedAt: c.TimePtr(d.CompletedAt),
		EstimatePoint: d.EstimatePointID, Priority: d.Priority, StartDate: d.StartDate, TargetDate: d.TargetDate,
		SequenceID: d.SequenceID, ProjectID: d.ProjectID, ParentID: d.ParentID, CreatedAt: c.Time(d.CreatedAt),
		UpdatedAt: c.Time(d.UpdatedAt), CreatedBy: d.CreatedByID, UpdatedBy: d.UpdatedByID, IsDraft: d.IsDraft,
		ArchivedAt: d.ArchivedAt, DescriptionHTML: d.DescriptionHTML, IsSubscribed: d.Subscribed,
	}
	return expandIssue[ExpandedArchivedIssue](c, d, out, in.Expand)
}

// Archived says on which day something was put away.
type Archived struct {
	ArchivedAt store.Date `json:"archived_at"`
}

func archiveIssue(c *app.Call, in issueInPath) (Archived, error) {
	day, err := issue.Archive(c, in.PK)
	if errors.Is(err, issue.ErrOpen) {
		return Archived{}, app.Refuse(app.Invalid, "Can only archive completed or cancelled state group issue")
	}
	return Archived{day}, err
}

func restoreIssue(c *app.Call, in issueInPath) (web.Nothing, error) {
	return web.Nothing{}, issue.Restore(c, in.PK)
}

func archiveIssues(c *app.Call, in issueIDs) (Archived, error) {
	ids, err := in.list()
	if err != nil {
		return Archived{}, err
	}
	day, err := issue.ArchiveMany(c, ids)
	if errors.Is(err, issue.ErrOpen) {
		return Archived{}, app.Coded("INVALID_ARCHIVE_STATE_GROUP")
	}
	return Archived{day}, err
}
