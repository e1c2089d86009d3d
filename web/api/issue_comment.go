package api

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const oneIssue = inProject + "issues/{issue_id:uuid}/"

var changesComment = web.Project(app.Admin).OrCreator("issue_comments")

var issueComments = []web.Op{
	web.Do("GET", oneIssue+"comments/", web.SignedIn(), 200, "List the comments on a work item", listComments),
	web.Do("POST", oneIssue+"comments/", web.Project(), 201, "Comment on a work item", createComment).
		Unseen(app.Refuse(app.Invalid, "You are not allowed to comment on the issue")),
	web.Do("GET", oneIssue+"comments/{pk:uuid}/", web.SignedIn(), 200, "Read a comment", getComment),
	web.Do("PUT", oneIssue+"comments/{pk:uuid}/", web.Project().Answering(app.NoMatch("IssueComment")).AndThen(changesComment), 200, "Replace a comment", putComment),
	web.Do("PATCH", oneIssue+"comments/{pk:uuid}/", changesComment, 200, "Change a comment", patchComment),
	web.Do("DELETE", oneIssue+"comments/{pk:uuid}/", changesComment, 204, "Delete a comment", deleteComment),
}

// Comment is a comment on a work item.
type Comment struct {
	ID               string            `json:"id"`
	ActorDetail      *UserLite         `json:"actor_detail"`
	IssueDetail      IssueFlat         `json:"issue_detail"`
	ProjectDetail    ProjectLite       `json:"project_detail"`
	WorkspaceDetail  WorkspaceLite     `json:"workspace_detail"`
	CommentReactions []CommentReaction `json:"comment_reactions"`
	CommentStripped  string            `json:"comment_stripped"`
	CommentJSON      store.JSON        `json:"comment_json"`
	CommentHTML      string            `json:"comment_html"`
	Attachments      store.JSON        `json:"attachments"`
	Access           string            `json:"access"`
	ExternalSource   *string           `json:"external_source"`
	ExternalID       *string           `json:"external_id"`
	EditedAt         *string           `json:"edited_at"`
	Project          string            `json:"project"`
	Workspace        string            `json:"workspace"`
	Description      *string           `json:"description"`
	Issue            string            `json:"issue"`
	Actor            *string           `json:"actor"`
	Parent           *string           `json:"parent"`
	Made
}

// ReadComment is a comment in answers that read: only a member of the project sees any.
type ReadComment struct {
	Comment
	IsMember bool `json:"is_member"`
}

// NewComments shows the comments of a thread.
func NewComments(c *app.Call, thread *issue.Thread) []Comment {
	return web.Map(thread.Comments, func(m store.CommentWithPeople) Comment {
		return Comment{ID: m.ID, ActorDetail: userLitePtr(m.Actor), IssueDetail: issueFlat(thread.Issue),
			ProjectDetail: NewProjectLite(thread.Project), WorkspaceDetail: workspaceLite(c.Workspace),
			CommentReactions: web.Map(m.Reactions, NewCommentReaction(c)), CommentStripped: m.CommentStripped,
			CommentJSON: m.CommentJSON, CommentHTML: m.CommentHTML, Attachments: m.Attachments, Access: m.Access,
			ExternalSource: m.ExternalSource, ExternalID: m.ExternalID, EditedAt: c.TimePtr(m.EditedAt),
			Project: m.ProjectID, Workspace: m.WorkspaceID, Description: m.DescriptionID,
			Issue: m.IssueID, Actor: m.ActorID, Parent: m.ParentID, Made: made(c, m.AuditFields)}
	})
}

func readComments(c *app.Call, thread *issue.Thread) []ReadComment {
	return web.Map(NewComments(c, thread), func(m Comment) ReadComment { return ReadComment{m, true} })
}

type issuePath struct {
	Issue string `path:"issue_id"`
}

type commentPath struct {
	issuePath
	ID string `path:"pk"`
}

func listComments(c *app.Call, in issuePath) ([]ReadComment, error) {
	thread, err := issue.ListComments(c, in.Issue, nil)
	if err != nil {
		return nil, err
	}
	return readComments(c, thread), nil
}

func getComment(c *app.Call, in commentPath) (*ReadComment, error) {
	thread, err := issue.GetComment(c, in.Issue, in.ID)
	if err != nil {
		return nil, noMatch("IssueComment", err)
	}
	return &readComments(c, thread)[0], nil
}

// noMatch gives what is missing the words of the reference's generic views.
func noMatch(model string, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return app.NoMatch(model)
	}
	return err
}

func createComment(c *app.Call, in struct {
	issuePath
	issue.CommentInput
}) (*Comment, error) {
	thread, err := issue.CreateComment(c, in.Issue, in.CommentInput)
	if err != nil {
		return nil, err
	}
	return &NewComments(c, thread)[0], nil
}

func patchComment(c *app.Call, in struct {
	commentPath
	issue.CommentInput
}) (*Comment, error) {
	thread, err := issue.ChangeComment(c, in.Issue, in.ID, in.CommentInput, false)
	if err != nil {
		return nil, err
	}
	return &NewComments(c, thread)[0], nil
}

// putComment leaves neither mark nor history. The reference lets every member of the project replace any comment; the
// row asks what PATCH asks.
func putComment(c *app.Call, in struct {
	commentPath
	issue.CommentInput
}) (*ReadComment, error) {
	thread, err := issue.ChangeComment(c, in.Issue, in.ID, in.CommentInput, true)
	if err != nil {
		return nil, noMatch("IssueComment", err)
	}
	return &readComments(c, thread)[0], nil
}

func deleteComment(c *app.Call, in commentPath) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteComment(c, in.Issue, in.ID)
}
