package routes_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app/letter"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/app/reminder"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Who is taken into a project by somebody else is told, once; names are those that there are.
func TestLetterToWhoIsAdded(t *testing.T) {
	eachPost(t, func(t *testing.T, x *post) {
		x.set("UPDATE users SET first_name = '', last_name = '', display_name = 'captain' WHERE id = ?", x.ann.User.ID)
		x.set("UPDATE project_members SET is_active = FALSE WHERE member_id = ?", x.ben.User.ID)
		for range 2 { // the second time they are in
			x.ann.Must("POST", x.p+"members/",
				map[string]any{"members": []any{map[string]any{"member_id": x.ben.User.ID, "role": 15}}})
		}
		list := x.fresh()
		if len(list) != 1 {
			t.Fatalf("%d letters", len(list))
		}
		host := strings.TrimPrefix(x.s.URL, "http://")
		if want := "captain added you to P on " + host; list[0].subject(t) != want {
			t.Errorf("subject %q, want %q", list[0].subject(t), want)
		}
		list[0].has(t, "Hello ben,", x.s.URL+"/acme/projects/"+x.project+"/issues/", "This letter was sent by "+host+".")
		mine := x.ann.Must("POST", x.ws+"projects/", map[string]any{"name": "Mine", "identifier": "M"}).ID()
		x.set("UPDATE project_members SET is_active = FALSE WHERE member_id = ? AND project_id = ?", x.ann.User.ID, mine)
		x.drain()
		if got := x.box.Whole("ann@sailplane.test"); len(got) != 0 {
			t.Errorf("%d letters to who made the project", len(got))
		}
		x.ann.Must("POST", x.ws+"invitations/",
			map[string]any{"emails": []any{map[string]any{"email": "new@sailplane.test", "role": 15}}})
		x.drain()
		got := x.box.Whole("new@sailplane.test")
		if len(got) != 1 || !strings.HasPrefix(open(t, got[0]).subject(t), "captain invites you to Acme on ") {
			t.Errorf("the invitation: %v", got)
		}
	})
}

// An address of a letter stops letters without a sign-in: at once when a mail program sends it, by a page else. It
// cannot be made by others, and done again it changes nothing.
func TestStopLetters(t *testing.T) {
	eachPost(t, func(t *testing.T, x *post) {
		next := func() message {
			x.change(map[string]any{"start_date": time.Now().AddDate(0, 0, x.got).Format(time.DateOnly)})
			return x.one()
		}
		address := func(m message) string {
			if m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
				t.Errorf("headers %v", m.Header)
			}
			a := strings.Trim(m.Header.Get("List-Unsubscribe"), "<>")
			m.has(t, a)
			return a
		}
		nobody := x.s.Stranger()
		send := func(address, form string) webtest.Answer {
			return nobody.Send("POST", address, "application/x-www-form-urlencoded", strings.NewReader(form))
		}
		follows := func() bool {
			is, _ := x.ben.Must("GET", x.p+"issues/"+x.issue+"/subscribe/", nil).At("subscribed").(bool)
			return is
		}
		stop := address(next())
		page := nobody.Do("GET", stop, nil)
		if page.Status != 200 || !strings.Contains(string(page.Raw), "Letters about P-1") ||
			!strings.Contains(string(page.Raw), "changes of properties") || strings.Contains(string(page.Raw), "Pump") {
			t.Errorf("the page: %d %s", page.Status, page.Raw)
		}
		if !follows() {
			t.Error("a look at the page has stopped them")
		}
		for i, c := range stop[strings.Index(stop, "/letters/")+9 : len(stop)-1] {
			if i%9 != 0 {
				continue
			}
			other := []byte(stop)
			if other[strings.Index(stop, "/letters/")+9+i] = 'A'; c == 'A' {
				other[strings.Index(stop, "/letters/")+9+i] = 'B'
			}
			if a := send(string(other), "List-Unsubscribe=One-Click"); a.Status != 404 || !follows() {
				t.Fatalf("a forged address: %d", a.Status)
			}
		}
		for range 2 {
			if a := send(stop, "List-Unsubscribe=One-Click"); a.Status != 200 || follows() {
				t.Errorf("one click: %d %s, follows %v", a.Status, a.Raw, follows())
			}
		}
		x.change(map[string]any{"priority": "medium"})
		if list := x.read(); len(list) > 0 {
			t.Errorf("a letter after it was stopped:\n%s", list[0].text)
		}
		x.ben.Must("POST", x.p+"issues/"+x.issue+"/subscribe/", nil)
		stop = address(next())
		x.later(5 * 365 * 24 * time.Hour)
		for range 2 {
			if a := send(stop, "stop=kinds"); a.Status != 200 || !strings.Contains(string(a.Raw), "no more letters of this kind") {
				t.Errorf("the kind: %d %s", a.Status, a.Raw)
			}
		}
		x.later(-5 * 365 * 24 * time.Hour)
		x.change(map[string]any{"priority": "low"})
		x.comment(x.ann, "<p>still heard</p>")
		m := x.one()
		m.has(t, "still heard")
		m.hasNot(t, "Priority")
		x.comment(x.ann, "<p>"+x.mention(x.ben)+"</p>")
		if a := send(address(x.fresh()[0]), "List-Unsubscribe=One-Click"); a.Status != 200 || !follows() {
			t.Errorf("a mention, one click: %d, follows %v", a.Status, follows())
		}
		x.comment(x.ann, "<p>"+x.mention(x.ben)+"</p>")
		if list := x.read(); len(list) > 0 {
			t.Errorf("a letter about a mention after it was stopped:\n%s", list[0].text)
		}
	})
}

// Reminders stop with one click as letters about work do: those that wait already, too, and in the app.
func TestStopReminders(t *testing.T) {
	eachPost(t, func(t *testing.T, x *post) {
		remind := func() {
			t.Helper()
			x.set("UPDATE issues SET target_date = ? WHERE id = ?", x.s.App.DB.Now().UTC().Format(time.DateOnly), x.issue)
			if err := reminder.Run(t.Context(), x.s.App); err != nil {
				t.Fatal(err)
			}
		}
		reminded := func() bool {
			on, err := letter.Wants(t.Context(), x.s.App, x.ben.User.ID, letter.Reminder)
			if err != nil {
				t.Fatal(err)
			}
			return on
		}
		x.change(map[string]any{"assignee_ids": []any{x.ben.User.ID}})
		x.read()
		began := x.s.App.DB.Now()
		x.later(began.UTC().Truncate(24 * time.Hour).Add(36 * time.Hour).Sub(began)) // it is noon
		remind()
		list := x.fresh()
		if len(list) != 1 {
			t.Fatalf("%d letters", len(list))
		}
		m := list[0]
		stop := strings.Trim(m.Header.Get("List-Unsubscribe"), "<>")
		if m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.Contains(stop, "/letters/") ||
			m.Header.Get("List-Id") == "" || m.Header.Get("Auto-Submitted") != "auto-generated" {
			t.Fatalf("headers %v", m.Header)
		}
		m.has(t, stop, "P-1 Pump leaks", x.s.URL+"/acme/browse/P-1/", "Due today")
		if strings.Contains(m.html, "Open the page") {
			t.Error("of several links none says what it opens")
		}
		nobody := x.s.Stranger()
		page := nobody.Do("GET", stop, nil)
		if text := string(page.Raw); page.Status != 200 || !strings.Contains(text, "due dates") ||
			strings.Contains(text, "value=\"issue\"") {
			t.Errorf("the page: %d %s", page.Status, page.Raw)
		}
		x.later(24 * time.Hour)
		remind() // and it waits in the queue
		send := func(form string) {
			t.Helper()
			a := nobody.Send("POST", stop, "application/x-www-form-urlencoded", strings.NewReader(form))
			if a.Status != 200 || reminded() {
				t.Errorf("%s: %d, reminded %v", form, a.Status, reminded())
			}
		}
		if !reminded() {
			t.Error("a look at the page has stopped them")
		}
		send("List-Unsubscribe=One-Click")
		send("List-Unsubscribe=One-Click")
		if list := x.fresh(); len(list) > 0 {
			t.Errorf("a reminder after they were stopped:\n%s", list[0].text)
		}
		x.later(24 * time.Hour)
		remind()
		if list := x.fresh(); len(list) > 0 {
			t.Errorf("a reminder after they were stopped:\n%s", list[0].text)
		}
		x.later(began.Sub(x.s.App.DB.Now()))
		x.ben.Must("PATCH", "/api/users/me/notification-preferences/", map[string]any{"reminders": true})
		send("stop=kinds")
		x.change(map[string]any{"priority": "low"})
		x.one().has(t, "Priority") // all other letters come
	})
}

// Letters to many people are left at once: taking in, or inviting, many takes as many statements for them as one does.
func TestManyLettersAreLeftAtOnce(t *testing.T) {
	eachPost(t, func(t *testing.T, x *post) {
		left := func(n int, name string) (statements int) {
			t.Helper()
			var members, emails []any
			for i := range n {
				c := x.s.User(fmt.Sprint(name, i))
				x.enter(c, 15)
				members = append(members, map[string]any{"member_id": c.User.ID, "role": 15})
				emails = append(emails, map[string]any{"email": fmt.Sprintf("%s%d@example.org", name, i), "role": 15})
			}
			before := x.letters()
			x.s.App.DB.Observe(func(_ context.Context, text string, _ []any) {
				if strings.HasPrefix(text, "INSERT INTO") && strings.Contains(text[:40], "jobs") {
					statements++
				}
			})
			x.ann.Must("POST", x.p+"members/", map[string]any{"members": members})
			x.ann.Must("POST", x.ws+"invitations/", map[string]any{"emails": emails})
			x.s.App.DB.Observe(nil)
			if got := x.letters() - before; got != 2*n {
				t.Errorf("%d letters are left, want %d", got, 2*n)
			}
			return statements
		}
		if one, many := left(1, "one"), left(9, "many"); many > one || one == 0 {
			t.Errorf("%d statements leave the letters for one, %d for nine", one, many)
		}
	})
}

// letters is how many letters wait to be sent.
func (x *post) letters() int {
	x.t.Helper()
	n, err := store.QueuedJobs(x.s.App.DB.Read(context.Background()), mail.Job)
	if err != nil {
		x.t.Fatal(err)
	}
	return n
}
