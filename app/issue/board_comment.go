package issue

import (
	"errors"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/board"
	"github.com/sailplane/sailplane/store"
)

// What everybody may say on a published board. It shows the comments that are for outside, and what is said there is;
// nobody follows a work item or is notified because of it, as in the reference.

// ListBoardComments returns the comments on a work item of the call's board, oldest first; none when the board has them
// switched off. The reference shows those of other projects of the workspace, too: here they are not found.
func ListBoardComments(c *app.Call, issue string, where ...dbx.Expression) (*Thread, error) {
	if !board.Allows(c, board.Comments) {
		return &Thread{}, nil
	}
	t := c.Read()
	h, err := board.TakeIssue(c, t, issue)
	if errors.Is(err, store.ErrNotFound) {
		return &Thread{}, nil
	}
	if err != nil {
		return nil, err
	}
	rows, err := store.CommentsIn(t, placeOf(c, issue),
		append(where, dbx.HashExp{"issue_comments.access": board.AccessExternal})...)
	if err != nil || len(rows) == 0 {
		return &Thread{}, err
	}
	slices.Reverse(rows)
	return boardThread(c, t, &h.Issue, rows)
}

func boardThread(c *app.Call, t *store.Tx, i *store.Issue, rows []store.IssueComment) (*Thread, error) {
	seen, err := store.LoadComments(t, rows)
	if err != nil {
		return nil, err
	}
	p, err := store.Projects.Find(t, c.ProjectID)
	return &Thread{i, p, seen}, err
}

// GetBoardComment returns one of those comments, or store.ErrNotFound.
func GetBoardComment(c *app.Call, issue, id string) (*Thread, error) {
	found, err := ListBoardComments(c, issue, dbx.HashExp{"issue_comments.id": id})
	if err == nil && len(found.Comments) == 0 {
		err = store.ErrNotFound
	}
	return found, err
}

// CreateBoardComment writes a comment of the caller's, which is for outside whatever the request says.
func CreateBoardComment(c *app.Call, issue string, in CommentInput) (*Thread, error) {
	at, user := placeOf(c, issue), c.UserID()
	if err := errors.Join(in.clean(), in.check(c.Read(), at)); err != nil {
		return nil, err
	}
	in.Access = app.Some(board.AccessExternal)
	m := &store.IssueComment{IssueID: at.IssueID, ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID, ActorID: &user,
		CommentHTML: "<p></p>", Attachments: store.JSON("[]")}
	in.put(m)
	var on *store.IssueForUpdate
	err := c.Write(func(t *store.Tx) (err error) {
		if on, err = board.TakeIssue(c, t, issue); err != nil {
			return app.Unknown(err)
		}
		if err := addComment(c, t, at, m, true); err != nil {
			return err
		}
		return noteParticipant(c, t)
	})
	if err != nil {
		return nil, err
	}
	m.UpdatedByID = &user // only the answer says so, as in the reference
	return boardThread(c, c.Read(), &on.Issue, []store.IssueComment{*m})
}

// ownBoardComment finds a comment of the caller's on a work item that the board shows: nobody else changes it there.
func ownBoardComment(c *app.Call, t *store.Tx, issue, id string) (*store.IssueForUpdate, *store.IssueComment, error) {
	on, err := board.TakeIssue(c, t, issue)
	if err != nil {
		return nil, nil, err
	}
	m, err := store.IssueComments.Get(t,
		dbx.HashExp{"id": id, "access": board.AccessExternal, "issue_id": issue, "project_id": c.ProjectID,
			"workspace_id": c.Workspace.ID, "actor_id": c.UserID()})
	return on, m, err
}

// ChangeBoardComment writes what the request says into a comment of the caller's; it leaves no mark of an edit.
func ChangeBoardComment(c *app.Call, issue, id string, in CommentInput) (*Thread, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	var on *store.IssueForUpdate
	var m *store.IssueComment
	err := c.Write(func(t *store.Tx) (err error) {
		if on, m, err = ownBoardComment(c, t, issue, id); err != nil {
			return err
		}
		if err := in.checkReply(t, placeOf(c, issue), id); err != nil {
			return err
		}
		before := m.CommentHTML
		if err := store.IssueComments.Update(t, m, in.put(m)...); err != nil {
			return err
		}
		if err := store.FollowCommentedIssue(t, m); err != nil {
			return err
		}
		return announceComment(c, t, "comment.activity.updated", m, before, true, commentEdit(m, before, in)...)
	})
	if err != nil {
		return nil, err
	}
	return boardThread(c, c.Read(), &on.Issue, []store.IssueComment{*m})
}

// DeleteBoardComment deletes a comment of the caller's with the replies to it.
func DeleteBoardComment(c *app.Call, issue, id string) error {
	return c.Write(func(t *store.Tx) error {
		_, m, err := ownBoardComment(c, t, issue, id)
		if err != nil {
			return err
		}
		if err := t.LockRow("issue_comments", m.ID); err != nil {
			return err
		}
		gone, err := store.DeleteComment(t, m.ID)
		if err != nil {
			return err
		}
		for _, id := range gone { // streams hear of it, webhooks of nothing on boards
			store.NoteEvent(t, m.WorkspaceID, store.EventComment, store.ActionDeleted, id)
		}
		return announceComment(c, t, "comment.activity.deleted", m, "", true,
			&store.IssueActivity{Verb: "deleted", Comment: "deleted the comment"})
	})
}

// ReactOnBoard writes the caller's reaction to a work item of the call's board; the same one twice is refused.
func ReactOnBoard(c *app.Call, issue, reaction string) (*store.IssueReaction, error) {
	r := &store.IssueReaction{Reaction: reaction, ActorID: c.UserID()}
	err := c.Write(func(t *store.Tx) error {
		at, err := boardIssue(c, t, issue)
		if err != nil {
			return err
		}
		r.IssueID, r.ProjectID, r.WorkspaceID = at.IssueID, at.ProjectID, at.WorkspaceID
		if err := store.IssueReactions.Insert(t, r); err != nil {
			return err
		}
		return noteParticipant(c, t)
	})
	return r, err
}

// ListBoardCommentReactions returns the reactions to a comment that the call's board shows, newest first; none when the
// board has reactions switched off.
func ListBoardCommentReactions(c *app.Call, comment string) ([]store.ReactionWithActor, error) {
	if !board.Allows(c, board.Reactions) {
		return nil, nil
	}
	t := c.Read()
	if err := board.FindComment(c, t, comment); errors.Is(err, store.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return store.ReactionsIn(t, c.Workspace.ID, c.ProjectID, comment)
}

// ReactToBoardComment is ReactOnBoard for a comment.
func ReactToBoardComment(c *app.Call, comment, reaction string) (*store.CommentReaction, error) {
	r := &store.CommentReaction{Reaction: reaction, ActorID: c.UserID(), CommentID: comment, ProjectID: c.ProjectID,
		WorkspaceID: c.Workspace.ID}
	err := c.Write(func(t *store.Tx) error {
		if err := board.FindComment(c, t, comment); err != nil {
			return app.Unknown(err)
		}
		if err := store.CommentReactions.Insert(t, r); err != nil {
			return err
		}
		return noteParticipant(c, t)
	})
	return r, err
}
