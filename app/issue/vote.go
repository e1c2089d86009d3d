package issue

import (
	"errors"
	"strconv"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// upvote is what a vote is worth that does not say.
const upvote = 1

// CastVote gives the caller's vote to a work item of the call's board: everybody has one, a new one replaces it. As in
// the reference it is told in the history only when the request says what it is worth, and any whole number will do.
func CastVote(c *app.Call, issue string, worth app.Opt[int]) (*store.IssueVote, error) {
	var v *store.IssueVote
	err := c.Write(func(t *store.Tx) error {
		at, err := boardIssue(c, t, issue)
		if err != nil {
			return err
		}
		v, err = ownVote(t, at)
		switch {
		case errors.Is(err, store.ErrNotFound):
			v = &store.IssueVote{Vote: worth.Or(upvote), ActorID: t.Actor, IssueID: at.IssueID, ProjectID: at.ProjectID,
				WorkspaceID: at.WorkspaceID}
			err = store.IssueVotes.Insert(t, v)
		case err == nil:
			v.Vote = worth.Or(upvote)
			err = store.IssueVotes.Update(t, v, "vote")
		}
		if err != nil {
			return err
		}
		if err := noteParticipant(c, t); err != nil {
			return err
		}
		var rows []*store.IssueActivity
		if worth.Set {
			rows = append(rows, &store.IssueActivity{Verb: "updated", Comment: "added the vote",
				NewValue: new(strconv.Itoa(v.Vote))})
		}
		return voted(c, t, at, "created", rows...)
	})
	return v, err
}

// RemoveVote removes the caller's vote from a work item; store.ErrNotFound when there is none.
func RemoveVote(c *app.Call, issue string) error {
	at := placeOf(c, issue)
	return c.Write(func(t *store.Tx) error {
		v, err := ownVote(t, at)
		if err != nil {
			return err
		}
		if err := store.IssueVotes.Delete(t, v); err != nil {
			return err
		}
		return voted(c, t, at, "deleted",
			&store.IssueActivity{Verb: "deleted", Comment: "removed the vote", OldValue: new(strconv.Itoa(v.Vote)),
				OldIdentifier: &v.ID})
	})
}

func ownVote(t *store.Tx, at store.IssueKey) (*store.IssueVote, error) {
	return store.IssueVotes.Get(t,
		dbx.HashExp{"issue_id": at.IssueID, "project_id": at.ProjectID, "workspace_id": at.WorkspaceID, "actor_id": t.Actor})
}

func voted(c *app.Call, t *store.Tx, at store.IssueKey, verb string, rows ...*store.IssueActivity) error {
	for _, r := range rows {
		r.Field = new("vote")
	}
	return store.RecordIssue(t,
		store.IssueChanged{Kind: "issue_vote.activity." + verb, IssueID: at.IssueID, ProjectID: at.ProjectID,
			WorkspaceID: at.WorkspaceID, Origin: c.Base, Quiet: true}, rows...)
}
