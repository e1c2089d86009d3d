package v1

import (
	"errors"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// What is issueDetails a work item, under its name and under the older one; relations came with the new name.
var issueDetails = slices.Concat(
	issueDetailOps(inProject+"work-items/{issue_id:uuid}/"),
	issueDetailOps(inProject+"issues/{issue_id:uuid}/"),
	relationOps(inProject+"work-items/{issue_id:uuid}/"),
)

// changesComment is as in the frontend's API: the author, guests too, and the project's administrators.
var changesComment = web.Project(app.Admin).Denied().OrCreator("issue_comments")

func issueDetailOps(item string) []web.Op {
	comments, links, history := item+"comments/", item+"links/", item+"activities/"
	return []web.Op{
		do("GET", comments, readers, 200, "List comments", listComments),
		do("POST", comments, readers, 201, "Comment on a work item", createComment),
		do("GET", comments+"{pk:uuid}/", readers, 200, "Read a comment", getComment),
		do("PATCH", comments+"{pk:uuid}/", changesComment, 200, "Change a comment", changeComment),
		do("DELETE", comments+"{pk:uuid}/", changesComment, 204, "Delete a comment", deleteComment),
		do("GET", links, readers, 200, "List links", listLinks),
		do("POST", links, writers, 201, "Link a work item to an address", createLink),
		do("GET", links+"{pk:uuid}/", readers, 200, "Read a link", getLink),
		do("PATCH", links+"{pk:uuid}/", changes("issue_links"), 200, "Change a link", changeLink),
		do("DELETE", links+"{pk:uuid}/", changes("issue_links"), 204, "Delete a link", deleteLink),
		do("GET", history, readers, 200, "List the history of a work item", listActivities),
		web.Do("GET", history+"{pk:uuid}/", readers, 200, "Read an entry of the history", getActivity),
	}
}

// ofIssue is the input of what is done around a work item.
type ofIssue struct {
	Issue string `path:"issue_id"`
}

// oneOfIssue is the input of what is done to one row around a work item.
type oneOfIssue struct {
	ofIssue
	byID
}

// Comment is a comment as this API shows it when it is written.
type Comment struct {
	ID string `json:"id"`
	Made
	CommentHTML    string     `json:"comment_html"`
	Attachments    store.JSON `json:"attachments"`
	Access         string     `json:"access"`
	ExternalSource *string    `json:"external_source"`
	ExternalID     *string    `json:"external_id"`
	EditedAt       *string    `json:"edited_at"`
	Project        Ref        `json:"project"`
	Workspace      Ref        `json:"workspace"`
	Description    *string    `json:"description"`
	Issue          Ref        `json:"issue"`
	Actor          Ref        `json:"actor"`
	Parent         Ref        `json:"parent"`
}

// ReadComment is a comment as this API shows it when it is read.
type ReadComment struct {
	Comment
	IsMember bool `json:"is_member"` // the reader is in the project
}

func comment(c *app.Call, m *store.IssueComment) Comment {
	return Comment{
		ID: m.ID, Made: made(c, &m.AuditFields), CommentHTML: m.CommentHTML, Attachments: m.Attachments, Access: m.Access,
		ExternalSource: m.ExternalSource, ExternalID: m.ExternalID, EditedAt: c.TimePtr(m.EditedAt),
		Project: ref(m.ProjectID), Workspace: ref(m.WorkspaceID), Description: m.DescriptionID, Issue: ref(m.IssueID),
		Actor: Ref{ID: m.ActorID}, Parent: Ref{ID: m.ParentID},
	}
}

func readComment(c *app.Call, m *store.IssueComment) ReadComment {
	return ReadComment{comment(c, m), c.Role() != 0}
}

// commentInput leaves out what programs can't say of a comment.
type commentInput struct {
	issue.CommentInput
	Attachments app.Opt[[]string] `json:"-"`
	ParentID    app.Opt[string]   `json:"-"`
	ActorID     app.Opt[string]   `json:"-"`
}

func listComments(c *app.Call, in struct {
	ofIssue
	ordered
}) (Page[ReadComment], error) {
	return list(c, in.listing,
		func(s store.ListPart) ([]store.IssueComment, int, error) {
			return issue.ListCommentsV1(c, in.Issue, s, in.OrderBy)
		}, readComment)
}

func createComment(c *app.Call, in struct {
	ofIssue
	commentInput
	issue.ExternalInput
}) (Comment, error) {
	m, err := issue.CreateCommentV1(c, in.Issue, in.CommentInput, in.ExternalInput)
	return plain(c, m, err, comment)
}

func getComment(c *app.Call, in struct {
	oneOfIssue
	View
}) (Shown[ReadComment], error) {
	m, err := issue.GetCommentV1(c, in.Issue, in.PK)
	return one(c, in.View, m, err, readComment)
}

func changeComment(c *app.Call, in struct {
	oneOfIssue
	commentInput
}) (Comment, error) {
	m, err := issue.ChangeCommentV1(c, in.Issue, in.PK, in.CommentInput)
	return plain(c, m, err, comment)
}

func deleteComment(c *app.Call, in oneOfIssue) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteComment(c, in.Issue, in.PK)
}

// Link is a link as this API shows it.
type Link struct {
	ID string `json:"id"`
	Made
	Title     *string    `json:"title"`
	URL       string     `json:"url"`
	Metadata  store.JSON `json:"metadata"`
	Project   Ref        `json:"project"`
	Workspace Ref        `json:"workspace"`
	Issue     Ref        `json:"issue"`
}

func link(c *app.Call, l *store.IssueLink) Link {
	return Link{
		ID: l.ID, Made: made(c, &l.AuditFields), Title: l.Title, URL: l.URL, Metadata: l.Metadata, Project: ref(l.ProjectID),
		Workspace: ref(l.WorkspaceID), Issue: ref(l.IssueID),
	}
}

func listLinks(c *app.Call, in struct {
	ofIssue
	ordered
}) (Page[Link], error) {
	return list(c, in.listing,
		func(s store.ListPart) ([]store.IssueLink, int, error) {
			return issue.ListLinksV1(c, in.Issue, s, in.OrderBy)
		}, link)
}

func createLink(c *app.Call, in struct {
	ofIssue
	issue.LinkInput
	issue.ExternalInput
}) (Link, error) {
	l, err := issue.CreateLinkV1(c, in.Issue, in.LinkInput, in.ExternalInput)
	return plain(c, l, err, link)
}

func getLink(c *app.Call, in struct {
	oneOfIssue
	View
}) (Shown[Link], error) {
	l, err := issue.GetLinkV1(c, in.Issue, in.PK)
	return one(c, in.View, l, err, link)
}

func changeLink(c *app.Call, in struct {
	oneOfIssue
	issue.LinkInput
}) (Link, error) {
	l, err := issue.ChangeLinkV1(c, in.Issue, in.PK, in.LinkInput)
	return plain(c, l, err, link)
}

func deleteLink(c *app.Call, in oneOfIssue) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteLink(c, in.Issue, in.PK)
}

// Activity is an entry of the history as this API shows it.
type Activity struct {
	ID            string     `json:"id"`
	CreatedAt     string     `json:"created_at"`
	UpdatedAt     string     `json:"updated_at"`
	DeletedAt     *string    `json:"deleted_at"`
	Verb          string     `json:"verb"`
	Field         *string    `json:"field"`
	OldValue      *string    `json:"old_value"`
	NewValue      *string    `json:"new_value"`
	Comment       string     `json:"comment"`
	Attachments   store.JSON `json:"attachments"`
	OldIdentifier *string    `json:"old_identifier"`
	NewIdentifier *string    `json:"new_identifier"`
	Epoch         *float64   `json:"epoch"`
	Project       Ref        `json:"project"`
	Workspace     Ref        `json:"workspace"`
	Issue         Ref        `json:"issue"`
	IssueComment  *string    `json:"issue_comment"`
	Actor         Ref        `json:"actor"`
}

func activity(c *app.Call, a *store.IssueActivity) Activity {
	return Activity{
		ID: a.ID, CreatedAt: c.Time(a.CreatedAt), UpdatedAt: c.Time(a.UpdatedAt), DeletedAt: c.TimePtr(a.DeletedAt),
		Verb: a.Verb, Field: a.Field, OldValue: a.OldValue, NewValue: a.NewValue, Comment: a.Comment,
		Attachments: a.Attachments, OldIdentifier: a.OldIdentifier, NewIdentifier: a.NewIdentifier, Epoch: a.Epoch,
		Project: ref(a.ProjectID), Workspace: ref(a.WorkspaceID), Issue: Ref{ID: a.IssueID},
		IssueComment: a.IssueCommentID, Actor: Ref{ID: a.ActorID},
	}
}

func listActivities(c *app.Call, in struct {
	ofIssue
	ordered
}) (Page[Activity], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.IssueActivity, int, error) {
		return issue.ListActivitiesV1(c, in.Issue, s, in.OrderBy)
	}, activity)
}

var errNoActivity = &web.Refusal{Status: 404,
	Body: map[string]string{"message": "Activity not found.", "code": "NOT_FOUND"}}

func getActivity(c *app.Call, in struct {
	oneOfIssue
	View
}) (Shown[Activity], error) {
	a, err := issue.GetActivityV1(c, in.Issue, in.PK)
	if errors.Is(err, store.ErrNotFound) {
		err = errNoActivity
	}
	return one(c, in.View, a, err, activity)
}
