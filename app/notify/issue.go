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

// IssueChanged tells who follows a work item, and who was named, of what a request did: with notifications, and beside
// them, as far as each of them wants letters, with rows of what letters are to tell of. Done twice it leaves what it
// leaves once: the id of each row comes from the row of history and the person.
func IssueChanged(ctx context.Context, a *app.App, ch store.IssueChanged) error {
	family, _, _ := strings.Cut(ch.Kind, ".")
	if slices.Contains(silent, family) || ch.ActorID == "" {
		return nil
	}
	n, err := gather(a.DB.Read(ctx), ch, family == "comment")
	if err != nil || len(n.made) == 0 {
		return err
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		at := t.Now
		if job := store.JobIn(ctx); job != nil {
			at = job.CreatedAt // when it happened: several are made at once, and in no order
		}
		for i, m := range n.made {
			m.CreatedAt = at.Add(time.Duration(i) * time.Microsecond) // they keep their order
		}
		for i, m := range n.letters {
			m.CreatedAt = at.Add(time.Duration(i) * time.Microsecond)
		}
		if err := store.FinishJob(t); err != nil {
			return err
		}
		if err := store.AddNotifications(t, n.made); err != nil {
			return err
		}
		if n.named { // whose letters do not wait for what else happens
			if err := store.Enqueue(t, store.JobMentioned, struct{}{}); err != nil {
				return err
			}
		}
		return store.AddEmailLogs(t, n.letters)
	})
}

// gather reads what a change was and who is told of it, in as many queries for one person as for a thousand.
func gather(t *store.Tx, ch store.IssueChanged, comment bool) (*notice, error) {
	n := &notice{ch: ch}
	hearers, err := store.Hearers(t, store.IssueKey{IssueID: ch.IssueID, ProjectID: ch.ProjectID}, ch.ActorID, ch.Mentions)
	if err != nil || len(hearers) == 0 {
		return n, err
	}
	n.issue, err = store.FindNotificationContext(t, ch.IssueID, ch.ActorID)
	if errors.Is(err, store.ErrNotFound) {
		return n, nil // deleted since
	}
	if err != nil {
		return n, err
	}
	if n.rows, n.texts, err = store.ActivitiesByID(t, ch.Activities); err != nil {
		return n, err
	}
	if n.completed, err = store.CompletedAmong(t, n.newStates()); err != nil {
		return n, err
	}
	// who is named hears that and no more of a comment or a new work item; of a change, what else was changed
	onlyNamed := comment || ch.Kind == "issue.activity.created"
	for _, h := range hearers {
		if h.Follows && !(onlyNamed && slices.Contains(ch.Mentions, h.ID)) {
			n.tell(h)
		}
	}
	hearers = slices.DeleteFunc(hearers, func(h store.Hearer) bool { return !slices.Contains(ch.Mentions, h.ID) })
	switch {
	case len(hearers) == 0:
	case comment:
		n.mentionInComment(hearers)
	default:
		return n, n.mentionInText(t, hearers)
	}
	return n, nil
}

// notice gathers what a change leaves for others.
type notice struct {
	ch        store.IssueChanged
	issue     *store.NotificationContext
	rows      []store.IssueActivity
	texts     map[string]string // of comments, by id
	completed map[string]bool   // states to which it was moved, if work is done in them
	made      []*store.Notification
	letters   []*store.EmailNotificationLog
	named     bool // a letter is about a mention
}

const senderPrefix = "in_app:issue_activities:"

// newStates are the states to which the change moved the work item.
func (n *notice) newStates() (ids []string) {
	for i := range n.rows {
		if r := &n.rows[i]; word(r.Field) == "state" && r.NewIdentifier != nil {
			ids = append(ids, *r.NewIdentifier)
		}
	}
	return ids
}

// tell makes a notification of each change for somebody who follows the work item. That it was made, changes of its
// text and what happened to another work item are none.
func (n *notice) tell(h store.Hearer) {
	sender := "subscribed"
	switch {
	case n.issue.CreatedByID != nil && *n.issue.CreatedByID == h.ID:
		sender = "created"
	case h.Assigned && !n.issue.CreatorAssigned:
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
		n.add(h.ID, sender, r, r.Comment, nil, n.about(), what)
		if n.wanted(&h.Letters, r) {
			n.write(h.ID, sender, r, what, app.Time(r.CreatedAt, time.UTC))
		}
	}
}

// wanted says whether somebody wants letters of a change of that kind: of state, of completion, which is a change of
// state too, of comments, and of all else. A switch that is off is off; in the reference all of them fall back on the
// last one.
func (n *notice) wanted(p *store.NotificationPreference, r *store.IssueActivity) bool {
	switch word(r.Field) {
	case "state":
		return p.StateChange || p.IssueCompleted && n.completed[word(r.NewIdentifier)]
	case "comment":
		return p.Comment
	}
	return p.PropertyChange
}

// mentionInComment makes the notifications of those whom a comment names anew.
func (n *notice) mentionInComment(named []store.Hearer) {
	message := n.issue.Actor + " has mentioned you in a comment in issue " + n.issue.Name
	for _, h := range named {
		for i := range n.rows {
			r := &n.rows[i]
			if r.Field == nil {
				continue
			}
			what := n.activity(r)
			n.add(h.ID, "mentioned", r, "", &message, n.about(), what)
			if h.Letters.Mention {
				what["field"] = "mention"
				n.write(h.ID, "mentioned", r, what, app.Time(r.CreatedAt, time.UTC))
			}
		}
	}
}

// mentionInText makes the notifications of those whom the text of a work item names anew, one for each: as of the
// change of the text, whatever else was changed with it. The reference writes its letters to somebody else.
func (n *notice) mentionInText(t *store.Tx, named []store.Hearer) error {
	message := "You have been mentioned in the issue " + n.issue.Name
	r, err := n.textChange(t)
	if err != nil {
		return err
	}
	for _, h := range named {
		about, what := n.written(), n.activity(r)
		what["actor"] = n.ch.ActorID
		n.add(h.ID, "mentioned", r, "", &message, about, what)
		if h.Letters.Mention {
			what["field"] = "mention"
			n.write(h.ID, "mentioned", r, what, r.CreatedAt.UTC().Format("2006-01-02 15:04:05.000000+00:00"))
		}
	}
	return nil
}

// textChange is the row of history of a change of the text: one of this change, or the one that it went into, since
// edits by one person in a row are one. A new work item has none, nor has a change that left no history: then it is the
// latest row as if it were one, in the form that clients know.
func (n *notice) textChange(t *store.Tx) (*store.IssueActivity, error) {
	for i := range n.rows {
		if word(n.rows[i].Field) == "description" {
			return &n.rows[i], nil
		}
	}
	of := dbx.HashExp{"issue_id": n.issue.ID}
	if n.ch.Kind != "issue.activity.created" {
		last, err := store.IssueActivities.First(t,
			dbx.And(of, dbx.HashExp{"field": "description", "actor_id": n.ch.ActorID}), "created_at DESC")
		if !errors.Is(err, store.ErrNotFound) {
			return last, err
		}
	}
	r, err := store.IssueActivities.First(t, of, "created_at DESC")
	if len(n.rows) > 0 {
		r, err = new(n.rows[0]), nil
	}
	if err != nil {
		return nil, err
	}
	field, empty := "description", ""
	r.Verb, r.Field, r.OldValue, r.NewValue = "updated", &field, &empty, &n.issue.Text
	r.OldIdentifier, r.NewIdentifier = nil, nil
	return r, nil
}

func (n *notice) about() map[string]any {
	return map[string]any{"id": n.issue.ID, "name": n.issue.Name, "identifier": n.issue.Identifier,
		"sequence_id": n.issue.SequenceID, "state_name": n.issue.StateName, "state_group": n.issue.StateGroup}
}

// written is about as letters need it, which begin with the row alone.
func (n *notice) written() map[string]any {
	about := n.about()
	about["project_id"], about["workspace_slug"] = n.ch.ProjectID, n.issue.Slug
	return about
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
	m.ID = idOf("", receiver, sender, r)
	n.made = append(n.made, m)
}

// write adds what a letter is to tell of, beside a notification; at is when it happened.
func (n *notice) write(receiver, sender string, r *store.IssueActivity, what map[string]any, at string) {
	what["activity_time"] = at
	n.named = n.named || what["field"] == "mention"
	data, _ := json.Marshal(map[string]any{"issue": n.written(), "issue_activity": what}) // as in add
	m := &store.EmailNotificationLog{EntityIdentifier: &n.issue.ID, Data: data, ReceiverID: receiver,
		TriggeredByID: n.ch.ActorID}
	m.ID = idOf("letter", receiver, sender, r)
	n.letters = append(n.letters, m)
}

// idOf is the same for the same change and person. A text that is changed again keeps its row of history, so the
// request's time is part of what makes it one of its kind.
func idOf(kind, receiver, sender string, r *store.IssueActivity) string {
	return uuid.NewSHA1(uuid.NameSpaceURL,
		[]byte(kind+r.ID+receiver+sender+r.CreatedAt.Format(time.RFC3339Nano))).String()
}
