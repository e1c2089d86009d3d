package issue

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Follows says whether the caller follows a work item of the call's project.
func Follows(c *app.Call, issue string) (bool, error) {
	return store.IssueSubscribers.Exists(c.Read(),
		dbx.HashExp{"issue_id": issue, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID,
			"subscriber_id": c.UserID()})
}

var errFollows = &app.Error{Kind: app.Invalid, Code: "ALREADY_SUBSCRIBED",
	Text: "User already subscribed to the issue."}

// Follow makes the caller follow a work item of the call's project.
func Follow(c *app.Call, issue string) (*store.IssueSubscriber, error) {
	s, err := AddFollower(c, issue, c.UserID())
	if errors.Is(err, store.ErrUnique) {
		err = errFollows
	}
	return s, err
}

// AddFollower makes a member of the project follow a work item; store.ErrUnique when they do already.
func AddFollower(c *app.Call, issue, user string) (*store.IssueSubscriber, error) {
	s := &store.IssueSubscriber{SubscriberID: user}
	err := c.Write(func(t *store.Tx) error {
		at, err := findPlace(c, t, issue)
		if err != nil {
			return err
		}
		s.IssueID, s.ProjectID, s.WorkspaceID = at.IssueID, at.ProjectID, at.WorkspaceID
		return store.IssueSubscribers.Insert(t, s)
	})
	return s, err
}

// RemoveFollower makes a person follow a work item no more; store.ErrNotFound when they did not.
func RemoveFollower(c *app.Call, issue, user string) error {
	return c.Write(func(t *store.Tx) error { return store.Unsubscribe(t, placeOf(c, issue), user) })
}
