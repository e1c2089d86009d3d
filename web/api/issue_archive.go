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
	IssueCore
	DescriptionHTML string `json:"description_html"`
	IsSubscribed    bool   `json:"is_subscribed"`
}

func getArchivedIssue(c *app.Call, in expandedIssue) (web.As[ExpandedArchivedIssue], error) {
	var none web.As[ExpandedArchivedIssue]
	d, err := issue.GetArchived(c, in.PK)
	if err != nil {
		return none, err
	}
	out := ArchivedIssue{issueCore(c, &d.Issue), d.DescriptionHTML, d.Subscribed}
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
