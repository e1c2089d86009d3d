package api_test

import (
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/reminder"
	workspaces "github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Reminders stand in the inbox and go out by letter, and whoever switches them off, in the preferences or on the page
// of the account, gets neither.
func TestRemindersInTheInboxAndByLetter(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		s := webtest.Still(t, a)
		mailbox := s.Mail()
		a.Config.Web.AppURL = s.URL
		ann := s.User("ann")
		if err := a.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			p := &store.NotificationPreference{UserID: ann.User.ID, StateChange: true}
			return store.NotificationPreferences.Insert(tx, p)
		}); err != nil {
			t.Fatal(err)
		}
		workspace(t, s, ann)
		at := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
		morning := time.Now().UTC().Truncate(24 * time.Hour).Add(8 * time.Hour)
		due := func(days int) {
			ann.Must("POST", at+"issues/", map[string]any{"name": "<b>Leak</b>", "assignee_ids": []string{ann.User.ID},
				"target_date": morning.AddDate(0, 0, days).Format(time.DateOnly)})
		}
		run := func(days int) {
			t.Helper()
			a.DB.OwnClock().Stop(morning.AddDate(0, 0, days))
			defer a.DB.OwnClock().Run(0)
			if err := reminder.Run(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			if _, err := jobs.NewRunner(a, jobs.Handlers()).Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		due(0)
		run(0)
		if got := told(ann, ""); got != "reminder:reminder" {
			t.Errorf("the inbox has %q", got)
		}
		if n := len(mailbox.Emails(*ann.User.Email)); n != 1 {
			t.Errorf("%d letters", n)
		}
		const preferences = "/api/users/me/notification-preferences/"
		if p := ann.Must("GET", preferences, nil); p.At("reminders") != true {
			t.Errorf("at first: %s", p.Raw)
		}
		ann.Must("PATCH", preferences, map[string]any{"reminders": false})
		if p := ann.Must("PATCH", preferences, map[string]any{"comment": true}); p.At("reminders") != false {
			t.Errorf("switched off: %s", p.Raw)
		}
		if a := ann.Do("PATCH", preferences, map[string]any{"reminders": "never"}); a.Status != 400 {
			t.Errorf("%d %s", a.Status, a.Raw)
		}
		run(1) // overdue
		if got := told(ann, ""); got != "reminder:reminder" {
			t.Errorf("switched off, the inbox has %q", got)
		}
		c := &app.Call{Context: t.Context(), App: a, User: ann.User}
		if err := workspaces.Remind(c, true); err != nil {
			t.Fatal(err)
		}
		if on, err := workspaces.Reminded(c); !on || err != nil {
			t.Errorf("switched on again: %v %v", on, err)
		}
		due(2)
		run(2)
		if got := told(ann, ""); got != "reminder:reminder reminder:reminder reminder:reminder" {
			t.Errorf("switched on again, the inbox has %q", got)
		}
	})
}
