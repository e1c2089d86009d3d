package routes_test

import (
	"strings"
	"testing"
	"time"

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
