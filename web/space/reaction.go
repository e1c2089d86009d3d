package space

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/board"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/api"
)

const remark = onBoard + "comments/{comment_id:uuid}/"

var (
	reacts         = writesWhere(board.Reactions, "Reactions are not enabled for this project board")
	reactsToRemark = writesWhere(board.Reactions, "Reactions are not enabled for this board")
)

// Reactions to work items are shown in those: the reference's list of them has none, as that of votes.
var reactions = []web.Op{
	web.Do("GET", item+"reactions/", web.SignedIn(), 200, "List reactions to a work item: none, see reaction_items", listReactions),
	web.Do("POST", item+"reactions/", reacts, 201, "React to a work item", createReaction),
	web.Do("DELETE", item+"reactions/{reaction_code}/", reacts, 204, "Take a reaction to a work item back", deleteReaction),
	web.Do("GET", remark+"reactions/", web.SignedIn(), 200, "List the reactions to a comment", listCommentReactions),
	web.Do("POST", remark+"reactions/", reactsToRemark, 201, "React to a comment", createCommentReaction),
	web.Do("DELETE", remark+"reactions/{reaction_code}/", reactsToRemark, 204, "Take a reaction to a comment back", deleteCommentReaction),
}

type reactionInput struct {
	Reaction string `json:"reaction" check:"required"`
}

type reactionCode struct {
	Reaction string `path:"reaction_code"`
}

type remarkPath struct {
	Comment string `path:"comment_id"`
}

func listReactions(*app.Call, web.Nothing) ([]api.Reaction, error) { return []api.Reaction{}, nil }

func createReaction(c *app.Call, in struct {
	issuePath
	reactionInput
}) (api.Reaction, error) {
	r, err := issue.ReactOnBoard(c, in.Issue, in.Reaction)
	return api.NewReaction(c)(store.ReactionBy{IssueReaction: *r, Actor: c.User}), err
}

func deleteReaction(c *app.Call, in struct {
	issuePath
	reactionCode
}) (web.Nothing, error) {
	return web.Nothing{}, issue.RemoveReaction(c, in.Issue, in.Reaction)
}

func listCommentReactions(c *app.Call, in remarkPath) ([]api.CommentReaction, error) {
	rs, err := issue.ListBoardCommentReactions(c, in.Comment)
	return web.Map(rs, api.NewCommentReaction(c)), err
}

func createCommentReaction(c *app.Call, in struct {
	remarkPath
	reactionInput
}) (api.CommentReaction, error) {
	r, err := issue.ReactToBoardComment(c, in.Comment, in.Reaction)
	return api.NewCommentReaction(c)(store.ReactionWithActor{CommentReaction: *r, DisplayName: c.User.DisplayName}), err
}

func deleteCommentReaction(c *app.Call, in struct {
	remarkPath
	reactionCode
}) (web.Nothing, error) {
	return web.Nothing{}, issue.RemoveCommentReaction(c, in.Comment, in.Reaction)
}
