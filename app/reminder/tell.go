package reminder

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// SettingsPath is where everybody switches reminders off.
const SettingsPath = "/console/account/"

// sender is of the form that clients know; its last word says that nobody did anything.
const sender = "in_app:issue_activities:reminder"

// notify leaves a notification for each work item. Clients show what they do not know as a sentence: who, verb, field,
// "to", new value. Ours reads: Automation sent a reminder to finish this work item today.
func notify(t *store.Tx, u *store.User, issues []store.DueIssue) error {
	robot, err := store.Automation(t)
	if err != nil {
		return err
	}
	rows := make([]*store.Notification, len(issues))
	for n := range issues {
		i := &issues[n]
		data, err := json.Marshal(map[string]any{
			"issue": map[string]any{"id": i.IssueID, "name": i.Name, "identifier": i.Identifier,
				"sequence_id": i.SequenceID, "state_name": i.StateName, "state_group": i.StateGroup},
			"issue_activity": map[string]any{"id": store.NewID(), "verb": "sent a", "field": "reminder", "actor": robot,
				"old_value": i.Kind, "new_value": ask(i), "issue_comment": "", "old_identifier": nil, "new_identifier": nil},
		})
		if err != nil {
			return fmt.Errorf("a reminder: %w", err)
		}
		id := uuid.NewSHA1(uuid.NameSpaceURL, []byte(i.IssueID+u.ID+i.Kind+string(i.TargetDate)))
		m := &store.Notification{Data: data, EntityIdentifier: &i.IssueID, Title: "sent a reminder to " + ask(i),
			Sender: sender, ProjectID: &i.ProjectID, ReceiverID: u.ID, TriggeredByID: &robot, WorkspaceID: i.WorkspaceID}
		m.ID, m.CreatedAt = id.String(), t.Now.Add(time.Duration(n)*time.Microsecond) // they keep their order
		rows[n] = m
	}
	return store.AddNotifications(t, rows)
}

func ask(i *store.DueIssue) string {
	switch i.Kind {
	case store.DueTomorrow:
		return "finish this work item by tomorrow, " + date(i.TargetDate)
	case store.DueToday:
		return "finish this work item today, " + date(i.TargetDate)
	}
	return "look at this work item, which was due on " + date(i.TargetDate)
}

// date is a day as everybody reads it alike: 1 December 2026.
func date(d store.Date) string {
	at, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return at.Format("2 January 2006")
}

// mostInLetter is how many work items a letter names; of the rest it says how many they are.
const mostInLetter = 25

var headings = map[string]string{store.Overdue: "Overdue", store.DueToday: "Due today",
	store.DueTomorrow: "Due tomorrow"}

// write leaves one letter about all of them. Letters lead home: none is written while nobody has said where that is.
func write(a *app.App, t *store.Tx, base string, u *store.User, issues []store.DueIssue) error {
	if u.Email == nil || *u.Email == "" {
		return nil
	}
	if base == "" {
		a.Unaddressed("reminder")
		return nil
	}
	l, err := mail.New(a, *u.Email, "reminder", map[string]string{"subject": subject(issues),
		"name": mail.OneLine(u.FirstName), "items": items(base, issues), "more": more(issues),
		"settings": base + SettingsPath})
	if err != nil {
		return err
	}
	l.Reminds = u.ID
	return mail.EnqueueAll(t, []mail.Email{l})
}

func subject(issues []store.DueIssue) string {
	if len(issues) == 1 {
		return headings[issues[0].Kind] + ": " + called(&issues[0])
	}
	var parts []string
	for _, kind := range []string{store.Overdue, store.DueToday, store.DueTomorrow} {
		n := 0
		for i := range issues {
			if issues[i].Kind == kind {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ToLower(headings[kind])))
		}
	}
	return "Your work items: " + strings.Join(parts, ", ")
}

// items are paragraphs: a heading for each kind, and for each work item what it is and where. The oldest come first.
func items(base string, issues []store.DueIssue) string {
	var parts []string
	for n := range issues[:min(len(issues), mostInLetter)] {
		i := &issues[n]
		if n == 0 || issues[n-1].Kind != i.Kind {
			parts = append(parts, headings[i.Kind]+":")
		}
		parts = append(parts, fmt.Sprintf("%s (%s, due on %s)", called(i), mail.OneLine(i.Project), date(i.TargetDate)),
			base+"/"+url.PathEscape(i.Slug)+"/browse/"+url.PathEscape(fmt.Sprintf("%s-%d", i.Identifier, i.SequenceID))+"/")
	}
	return strings.Join(parts, "\n\n")
}

func more(issues []store.DueIssue) string {
	switch n := len(issues) - mostInLetter; {
	case n <= 0:
		return ""
	case n == 1:
		return "One more is due."
	default:
		return fmt.Sprintf("%d more are due.", n)
	}
}

func called(i *store.DueIssue) string {
	return fmt.Sprintf("%s-%d %s", i.Identifier, i.SequenceID, mail.OneLine(i.Name))
}
