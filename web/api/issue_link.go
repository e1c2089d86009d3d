package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// Whoever may write in a project; its readers are of any role.
var (
	readsProject  = web.Project().Class()
	writesProject = web.Project(app.Admin, app.Member).Class()
	// changesLink: the reference lets everybody who may write change everybody's.
	changesLink = writesProject.AndThen(web.Project(app.Admin).Denied().OrCreator("issue_links"))
)

var issueLinks = []web.Op{
	web.Do("GET", oneIssue+"issue-links/", readsProject, 200, "List the links of a work item", listLinks),
	web.Do("POST", oneIssue+"issue-links/", writesProject, 201, "Add a link to a work item", createLink),
	web.Do("GET", oneIssue+"issue-links/{pk:uuid}/", readsProject, 200, "Read a link", getLink),
	web.Do("PUT", oneIssue+"issue-links/{pk:uuid}/", changesLink, 200, "Replace a link", putLink),
	web.Do("PATCH", oneIssue+"issue-links/{pk:uuid}/", changesLink, 200, "Change a link", patchLink),
	web.Do("DELETE", oneIssue+"issue-links/{pk:uuid}/", changesLink, 204, "Delete a link", deleteLink),
}

// IssueLink is a link of a work item.
type IssueLink struct {
	ID              string     `json:"id"`
	CreatedByDetail *UserLite  `json:"created_by_detail"`
	Title           *string    `json:"title"`
	URL             string     `json:"url"`
	Metadata        store.JSON `json:"metadata"`
	Project         string     `json:"project"`
	Workspace       string     `json:"workspace"`
	Issue           string     `json:"issue"`
	Made
}

func issueLinksOut(c *app.Call, links ...store.IssueLink) ([]IssueLink, error) {
	ids := []string{}
	for _, l := range links {
		if l.CreatedByID != nil {
			ids = append(ids, *l.CreatedByID)
		}
	}
	people, err := user.People(c, ids)
	if err != nil {
		return nil, err
	}
	return web.Map(links, func(l store.IssueLink) IssueLink {
		var maker *UserLite
		if l.CreatedByID != nil {
			maker = userLitePtr(people[*l.CreatedByID])
		}
		return IssueLink{
			ID: l.ID, CreatedByDetail: maker, Title: l.Title, URL: l.URL, Metadata: l.Metadata, Project: l.ProjectID,
			Workspace: l.WorkspaceID, Issue: l.IssueID, Made: made(c, l.AuditFields),
		}
	}), nil
}

func oneLink(c *app.Call, l *store.IssueLink, err error) (*IssueLink, error) {
	if err != nil {
		return nil, err
	}
	out, err := issueLinksOut(c, *l)
	if err != nil {
		return nil, err
	}
	return &out[0], nil
}

type linkPath struct {
	issuePath
	ID string `path:"pk"`
}

type linkChange struct {
	linkPath
	issue.LinkInput
}

func listLinks(c *app.Call, in issuePath) ([]IssueLink, error) {
	links, err := issue.ListLinks(c, in.Issue)
	if err != nil {
		return nil, err
	}
	return issueLinksOut(c, links...)
}

func createLink(c *app.Call, in struct {
	issuePath
	issue.LinkInput
}) (*IssueLink, error) {
	l, err := issue.CreateLink(c, in.Issue, in.LinkInput)
	return oneLink(c, l, err)
}

func getLink(c *app.Call, in linkPath) (*IssueLink, error) {
	l, err := issue.GetLink(c, in.Issue, in.ID)
	return oneLink(c, l, noMatch("IssueLink", err))
}

func putLink(c *app.Call, in linkChange) (*IssueLink, error) {
	l, err := issue.ChangeLink(c, in.Issue, in.ID, in.LinkInput, true)
	return oneLink(c, l, noMatch("IssueLink", err))
}

func patchLink(c *app.Call, in linkChange) (*IssueLink, error) {
	l, err := issue.ChangeLink(c, in.Issue, in.ID, in.LinkInput, false)
	return oneLink(c, l, err)
}

func deleteLink(c *app.Call, in linkPath) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteLink(c, in.Issue, in.ID)
}
