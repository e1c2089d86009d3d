package api

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const oneComment = inProject + "comments/{comment_id:uuid}/"

var reactions = []web.Op{
	web.Do("GET", oneIssue+"reactions/", web.SignedIn(), 200, "List the reactions to a work item", listReactions),
	web.Do("POST", oneIssue+"reactions/", web.Project(), 201, "React to a work item", createReaction),
	web.Do("DELETE", oneIssue+"reactions/{reaction_code}/", web.Project(), 204, "Take a reaction to a work item back", deleteReaction),
	web.Do("GET", oneComment+"reactions/", web.SignedIn(), 200, "List the reactions to a comment", listCommentReactions),
	web.Do("POST", oneComment+"reactions/", web.Project(), 201, "React to a comment", createCommentReaction),
	web.Do("DELETE", oneComment+"reactions/{reaction_code}/", web.Project(), 204, "Take a reaction to a comment back", deleteCommentReaction),
}

// Reaction is a reaction to a work item.
type Reaction struct {
	ID          string    `json:"id"`
	ActorDetail *UserLite `json:"actor_detail"`
	Reaction    string    `json:"reaction"`
	Project     string    `json:"project"`
	Workspace   string    `json:"workspace"`
	Actor       string    `json:"actor"`
	Issue       string    `json:"issue"`
	Made
}

// NewReaction shows reactions to work items.
func NewReaction(c *app.Call) func(store.ReactionBy) Reaction {
	return func(r store.ReactionBy) Reaction {
		return Reaction{
			ID: r.ID, ActorDetail: userLitePtr(r.Actor), Reaction: r.Reaction, Project: r.ProjectID,
			Workspace: r.WorkspaceID, Actor: r.ActorID, Issue: r.IssueID, Made: made(c, r.AuditFields),
		}
	}
}

// CommentReaction is a reaction to a comment.
type CommentReaction struct {
	ID          string `json:"id"`
	Actor       string `json:"actor"`
	Comment     string `json:"comment"`
	Reaction    string `json:"reaction"`
	DisplayName string `json:"display_name"`
	Workspace   string `json:"workspace"`
	Project     string `json:"project"`
	Made
}

// NewCommentReaction shows reactions to comments.
func NewCommentReaction(c *app.Call) func(store.ReactionWithActor) CommentReaction {
	return func(r store.ReactionWithActor) CommentReaction {
		return CommentReaction{
			ID: r.ID, Actor: r.ActorID, Comment: r.CommentID, Reaction: r.Reaction, DisplayName: r.DisplayName,
			Workspace: r.WorkspaceID, Project: r.ProjectID, Made: made(c, r.AuditFields),
		}
	}
}

type reactionInput struct {
	Reaction string `json:"reaction" check:"required"`
}

func listReactions(c *app.Call, in issuePath) ([]Reaction, error) {
	rs, err := issue.ListReactions(c, in.Issue)
	return web.Map(rs, NewReaction(c)), err
}

func createReaction(c *app.Call, in struct {
	issuePath
	reactionInput
}) (Reaction, error) {
	r, err := issue.AddReaction(c, in.Issue, in.Reaction)
	return NewReaction(c)(store.ReactionBy{IssueReaction: *r, Actor: c.User}), err
}

func deleteReaction(c *app.Call, in struct {
	issuePath
	Reaction string `path:"reaction_code"`
}) (web.Nothing, error) {
	return web.Nothing{}, issue.RemoveReaction(c, in.Issue, in.Reaction)
}

func listCommentReactions(c *app.Call, in struct {
	Comment string `path:"comment_id"`
}) ([]CommentReaction, error) {
	rs, err := issue.ListCommentReactions(c, in.Comment)
	return web.Map(rs, NewCommentReaction(c)), err
}

func createCommentReaction(c *app.Call, in struct {
	Comment string `path:"comment_id"`
	reactionInput
}) (CommentReaction, error) {
	r, err := issue.AddCommentReaction(c, in.Comment, in.Reaction)
	return NewCommentReaction(c)(store.ReactionWithActor{CommentReaction: *r, DisplayName: c.User.DisplayName}), err
}

func deleteCommentReaction(c *app.Call, in struct {
	Comment  string `path:"comment_id"`
	Reaction string `path:"reaction_code"`
}) (web.Nothing, error) {
	return web.Nothing{}, issue.RemoveCommentReaction(c, in.Comment, in.Reaction)
}
