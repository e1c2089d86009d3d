// Package notify tells people what others did with what they follow.
package notify

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// silent are the kinds of change that nobody is told of. Plane: bgtasks/notification_task.py
var silent = []string{"cycle", "module", "issue_reaction", "comment_reaction", "issue_vote", "issue_draft"}

// IssueChanged notifies who follows a work item, and who was named, of what a request did. Done twice it leaves what it
// leaves once: each notification's id comes from the row of history and the person.
func IssueChanged(ctx context.Context, a *app.App, ch store.IssueChanged) error {
	family, _, _ := strings.Cut(ch.Kind, ".")
	if slices.Contains(silent, family) || ch.ActorID == "" {
		return nil
	}
	t := a.DB.Read(ctx)
	followers, err := store.Followers(t, store.IssueKey{IssueID: ch.IssueID, ProjectID: ch.ProjectID}, ch.ActorID)
	if err != nil {
		return err
	}
	named := slices.DeleteFunc(slices.Clone(ch.Mentions), func(id string) bool { return id == ch.ActorID })
	if len(followers)+len(named) == 0 {
		return nil
	}
	n := notice{ch: ch}
	n.issue, err = store.FindNotificationContext(t, ch.IssueID, ch.ActorID)
	if errors.Is(err, store.ErrNotFound) {
		return nil // deleted since
	}
	if err != nil {
		return err
	}
	if n.rows, n.texts, err = store.ActivitiesByID(t, ch.Activities); err != nil {
		return err
	}
	for _, f := range followers {
		if !slices.Contains(named, f.ID) {
			n.tell(f)
		}
	}
	if ch.Kind == "issue.activity.created" {
		n.mentionInNew(named)
	} else if err := n.mention(t, family == "comment", named); err != nil {
		return err
	}
	if len(n.made) == 0 {
		return nil
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		at := t.Now
		if job := store.JobIn(ctx); job != nil {
			at = job.CreatedAt // when it happened: several are made at once, and in no order
		}
		for i, m := range n.made {
			m.CreatedAt = at.Add(time.Duration(i) * time.Microsecond) // they keep their order
		}
		if err := store.FinishJob(t); err != nil {
			return err
		}
		return store.AddNotifications(t, n.made)
	})
}

// notice gathers the notifications of one change.
type notice struct {
	ch    store.IssueChanged
	issue *store.NotificationContext
	rows  []store.IssueActivity
	texts map[string]string // of comments, by id
	made  []*store.Notification
}

const senderPrefix = "in_app:issue_activities:"

// tell makes a notification of each change for somebody who follows the work item. That it was made, changes of its
// text and what happened to another work item are none.
func (n *notice) tell(f store.Follower) {
	sender := "subscribed"
	switch {
	case n.issue.CreatedByID != nil && *n.issue.CreatedByID == f.ID:
		sender = "created"
	case f.Assigned && !n.issue.CreatorAssigned:
		sender = "assigned"
	}
	for i := range n.rows {
		r := &n.rows[i]
		if r.Field == nil || *r.Field == "description" || r.IssueID == nil || *r.IssueID != n.issue.ID {
			continue
		}
		what := n.activity(r)
		text := ""
		if r.IssueCommentID != nil {
			text = n.texts[*r.IssueCommentID]
		}
		what["issue_comment"] = text
		n.add(f.ID, sender, r, r.Comment, nil, n.about(), what)
	}
}

// mention makes the notifications of those who were named: in a comment for each change, in a text for the change of
// the text, as its history has it now.
func (n *notice) mention(t *store.Tx, comment bool, named []string) error {
	if len(named) == 0 {
		return nil
	}
	message := "You have been mentioned in the issue " + n.issue.Name
	if comment {
		message = n.issue.Actor + " has mentioned you in a comment in issue " + n.issue.Name
	}
	var last *store.IssueActivity
	if !comment {
		var err error
		last, err = store.IssueActivities.First(t, dbx.HashExp{"issue_id": n.issue.ID}, "created_at DESC")
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	for _, id := range named {
		if last != nil && last.Field != nil && *last.Field == "description" && last.ActorID != nil &&
			*last.ActorID == n.ch.ActorID {
			about, what := n.about(), n.activity(last)
			about["project_id"], about["workspace_slug"], what["actor"] = n.ch.ProjectID, n.issue.Slug, n.ch.ActorID
			n.add(id, "mentioned", last, "", &message, about, what)
			continue
		}
		for i := range n.rows {
			if n.rows[i].Field != nil {
				n.add(id, "mentioned", &n.rows[i], "", &message, n.about(), n.activity(&n.rows[i]))
			}
		}
	}
	return nil
}

// mentionInNew makes the notifications of those whom the text of a new work item names: as of a change of its text,
// which is the form that clients know. The reference tells them only when somebody is assigned as well.
func (n *notice) mentionInNew(named []string) {
	if len(named) == 0 || len(n.rows) == 0 {
		return
	}
	message := "You have been mentioned in the issue " + n.issue.Name
	field, empty := "description", ""
	written := n.rows[0]
	written.Verb, written.Field, written.OldValue, written.NewValue = "updated", &field, &empty, &n.issue.Text
	for _, id := range named {
		about, what := n.about(), n.activity(&written)
		about["project_id"], about["workspace_slug"], what["actor"] = n.ch.ProjectID, n.issue.Slug, n.ch.ActorID
		n.add(id, "mentioned", &written, "", &message, about, what)
	}
}

func (n *notice) about() map[string]any {
	return map[string]any{"id": n.issue.ID, "name": n.issue.Name, "identifier": n.issue.Identifier,
		"sequence_id": n.issue.SequenceID, "state_name": n.issue.StateName, "state_group": n.issue.StateGroup}
}

// activity is a row of history as notifications have it: what is missing is the word None, and the actor always is.
func (n *notice) activity(r *store.IssueActivity) map[string]any {
	return map[string]any{"id": r.ID, "verb": r.Verb, "field": word(r.Field), "actor": "None",
		"new_value": word(r.NewValue), "old_value": word(r.OldValue), "old_identifier": r.OldIdentifier,
		"new_identifier": r.NewIdentifier}
}

func word(s *string) string {
	if s == nil {
		return "None"
	}
	return *s
}

func (n *notice) add(receiver, sender string, r *store.IssueActivity, title string, message *string, about,
	what map[string]any) {
	data, _ := json.Marshal(map[string]any{"issue": about, "issue_activity": what}) // texts and numbers always encode
	m := &store.Notification{Data: data, EntityIdentifier: &n.issue.ID, Title: title, Sender: senderPrefix + sender,
		ProjectID: &n.ch.ProjectID, ReceiverID: receiver, TriggeredByID: &n.ch.ActorID, WorkspaceID: n.ch.WorkspaceID}
	if message != nil {
		m.Message, _ = json.Marshal(*message)
	}
	// A text that is changed again keeps its row of history, so the request's time is part of what makes it one of its
	// kind.
	m.ID = uuid.NewSHA1(uuid.NameSpaceURL, []byte(r.ID+receiver+sender+r.CreatedAt.Format(time.RFC3339Nano))).String()
	n.made = append(n.made, m)
}
