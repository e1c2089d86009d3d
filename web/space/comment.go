package space

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/board"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/api"
)

var comment = writesWhere(board.Comments, "Comments are not enabled for this project")

// Where there is no board, or it has comments switched off, there are none to read.
var comments = []web.Op{
	web.Do("GET", item+"comments/", web.Public(), 200, "List the comments on a work item that are for outside", listComments),
	web.Do("POST", item+"comments/", comment, 201, "Comment on a work item", createComment),
	web.Do("GET", item+"comments/{pk:uuid}/", web.Public(), 200, "Read a comment that is for outside", getComment),
	web.Do("PATCH", item+"comments/{pk:uuid}/", comment, 200, "Change one's comment", patchComment),
	web.Do("DELETE", item+"comments/{pk:uuid}/", comment, 204, "Delete one's comment", deleteComment),
}

type commentPath struct {
	issuePath
	ID string `path:"pk"`
}

// read tells each comment's reader whether they are in the project.
func read(c *app.Call, thread *issue.Thread) []api.ReadComment {
	return web.Map(api.NewComments(c, thread), func(m api.Comment) api.ReadComment {
		return api.ReadComment{Comment: m, IsMember: c.Role() != app.Nobody}
	})
}

func listComments(c *app.Call, in issuePath) ([]api.ReadComment, error) {
	thread, err := issue.ListBoardComments(c, in.Issue)
	if err != nil {
		return nil, err
	}
	return read(c, thread), nil
}

func getComment(c *app.Call, in commentPath) (*api.ReadComment, error) {
	thread, err := issue.GetBoardComment(c, in.Issue, in.ID)
	if errors.Is(err, store.ErrNotFound) {
		err = app.NoMatch("IssueComment")
	}
	if err != nil {
		return nil, err
	}
	return &read(c, thread)[0], nil
}

func createComment(c *app.Call, in struct {
	issuePath
	issue.CommentInput
}) (*api.Comment, error) {
	thread, err := issue.CreateBoardComment(c, in.Issue, in.CommentInput)
	return written(c, thread, err)
}

func patchComment(c *app.Call, in struct {
	commentPath
	issue.CommentInput
}) (*api.Comment, error) {
	thread, err := issue.ChangeBoardComment(c, in.Issue, in.ID, in.CommentInput)
	return written(c, thread, err)
}

func written(c *app.Call, thread *issue.Thread, err error) (*api.Comment, error) {
	if err != nil {
		return nil, err
	}
	return &api.NewComments(c, thread)[0], nil
}

func deleteComment(c *app.Call, in commentPath) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteBoardComment(c, in.Issue, in.ID)
}
