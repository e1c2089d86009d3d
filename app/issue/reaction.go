package issue

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// ListReactions returns the reactions to a work item of the call's project with who gave them, newest first. Who is no
// member of the project sees none, as in the reference.
func ListReactions(c *app.Call, issue string) ([]store.ReactionBy, error) {
	if c.Role() == 0 {
		return nil, nil
	}
	return store.ReactionsOf(c.Read(), placeOf(c, issue))
}

// AddReaction writes the caller's reaction to a work item; the same one twice is refused.
func AddReaction(c *app.Call, issue, reaction string) (*store.IssueReaction, error) {
	r := &store.IssueReaction{Reaction: reaction, ActorID: c.UserID()}
	err := c.Write(func(t *store.Tx) error {
		at, err := findPlace(c, t, issue)
		if err != nil {
			return err
		}
		r.IssueID, r.ProjectID, r.WorkspaceID = at.IssueID, at.ProjectID, at.WorkspaceID
		return store.IssueReactions.Insert(t, r)
	})
	return r, err
}

// RemoveReaction removes the caller's reaction to a work item; store.ErrNotFound when there is none.
func RemoveReaction(c *app.Call, issue, reaction string) error {
	return c.Write(func(t *store.Tx) error { return store.DropReaction(t, placeOf(c, issue), c.UserID(), reaction) })
}

// ListCommentReactions is ListReactions for a comment.
func ListCommentReactions(c *app.Call, comment string) ([]store.ReactionWithActor, error) {
	if c.Role() == 0 {
		return nil, nil
	}
	return store.ReactionsIn(c.Read(), c.Workspace.ID, c.ProjectID, comment)
}

var errReacted = app.Refuse(app.Invalid, "Reaction already exists for the user")

// AddCommentReaction is AddReaction for a comment. An unknown comment is refused in the same words, as in the
// reference.
func AddCommentReaction(c *app.Call, comment, reaction string) (*store.CommentReaction, error) {
	r := &store.CommentReaction{Reaction: reaction, ActorID: c.UserID(), CommentID: comment, ProjectID: c.ProjectID,
		WorkspaceID: c.Workspace.ID}
	err := c.Write(func(t *store.Tx) error {
		m, err := store.IssueComments.Find(t, comment)
		if err == nil && m.ProjectID != c.ProjectID {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		return store.CommentReactions.Insert(t, r)
	})
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrUnique) {
		err = errReacted
	}
	return r, err
}

// RemoveCommentReaction is RemoveReaction for a comment.
func RemoveCommentReaction(c *app.Call, comment, reaction string) error {
	return c.Write(func(t *store.Tx) error {
		return store.DropCommentReaction(t, c.Workspace.ID, c.ProjectID, comment, c.UserID(), reaction)
	})
}
