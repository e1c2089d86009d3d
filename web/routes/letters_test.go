package routes_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app/letter"
	"github.com/sailplane/sailplane/store"
)

// A letter shows every kind of change, each field once, from its first to its last value, and nothing that was taken
// back.
func TestLettersShowWhatChanged(t *testing.T) {
	eachPost(t, func(t *testing.T, x *post) {
		label := func(name string) string {
			return x.ann.Must("POST", x.p+"issue-labels/", map[string]any{"name": name}).ID()
		}
		bug, ui, other := label("bug"), label("ui"), x.item("Other")
		_, point := x.estimate()
		at := x.p + "issues/" + x.issue + "/"
		link := func(url string) string {
			return x.ann.Must("POST", at+"issue-links/", map[string]any{"url": url}).ID()
		}
		relate := func(kind string) {
			x.ann.Must("POST", at+"issue-relation/", map[string]any{"relation_type": kind, "issues": []string{other}})
		}
		for _, c := range []struct {
			name      string
			do        func()
			has, lack []string
		}{
			{"priority", func() {
				for _, p := range []string{"low", "high", "urgent"} {
					x.change(map[string]any{"priority": p})
				}
			}, []string{"Priority:\n  None → Urgent\n"}, []string{"Low", "High"}},
			{"state", func() { x.change(map[string]any{"state_id": x.state("Done")}) }, []string{"State:\n  Backlog → Done\n"}, nil},
			{"dates", func() {
				x.change(map[string]any{"start_date": "2026-11-30", "target_date": "2026-12-08"})
				x.change(map[string]any{"target_date": "2026-12-09"})
			}, []string{"Start date:\n  none → Mon, 30 Nov 2026\n", "Due date:\n  none → Wed, 9 Dec 2026\n"}, []string{"8 Dec"}},
			{"labels", func() {
				x.change(map[string]any{"label_ids": []string{bug}})
				x.change(map[string]any{"label_ids": []string{ui}})
			}, []string{"Labels:\n  added ui\n"}, []string{"bug"}},
			{"assignees", func() { x.change(map[string]any{"assignee_ids": []string{x.ann.User.ID}}) },
				[]string{"Assignees:\n  added ann\n"}, nil},
			{"parent", func() { x.change(map[string]any{"parent_id": other}) }, []string{"Parent:\n  none → P-2\n"}, nil},
			{"estimate", func() { x.change(map[string]any{"estimate_point": point}) }, []string{"Estimate:\n  none → "}, nil},
			{"name", func() { x.change(map[string]any{"name": "Pump leaks <b>badly</b>"}) },
				[]string{"Name:\n  Pump leaks → Pump leaks <b>badly</b>\n"}, nil},
			{"links", func() {
				link("https://a.test/1")
				x.ann.Must("DELETE", at+"issue-links/"+link("https://a.test/2")+"/", nil)
			},
				[]string{"Links:\n  added https://a.test/1\n"}, []string{"a.test/2"}},
			{"relations", func() { relate("blocked_by"); relate("relates_to") },
				[]string{"Blocked by:\n  added P-2\n", "Relates to:\n  added P-2\n"}, nil},
			{"archived", func() { x.ann.Must("POST", at+"archive/", nil) }, []string{"Archive:\n  put into the archive\n"}, nil},
			{"restored", func() { x.ann.Must("DELETE", at+"archive/", nil) },
				[]string{"Archive:\n  taken back from the archive\n"}, nil},
			{"comment deleted", func() {
				id := x.comment(x.ann, "<p>short-lived</p>")
				x.read()
				x.ann.Must("DELETE", at+"comments/"+id+"/", nil)
			}, []string{"Comments:\n  1 deleted\n"}, []string{"short-lived"}},
		} {
			c.do()
			x.drain()
			m := x.one()
			m.has(t, c.has...)
			m.hasNot(t, c.lack...)
			if !strings.Contains(m.text, "(ann, ") || strings.Contains(m.html, "<b>") {
				t.Errorf("%s:\n%s\n%s", c.name, m.text, m.html)
			}
		}
	})
}

// What was taken back, and what was read in the app meanwhile, makes no letter.
func TestNoLetterOfNothing(t *testing.T) {
	eachPost(t, func(t *testing.T, x *post) {
		label := x.ann.Must("POST", x.p+"issue-labels/", map[string]any{"name": "bug"}).ID()
		at := x.p + "issues/" + x.issue + "/"
		for name, do := range map[string]func(){
			"there and back": func() {
				for _, p := range []string{"low", "high", "none"} {
					x.change(map[string]any{"priority": p})
				}
			},
			"a label, and none": func() {
				x.change(map[string]any{"label_ids": []string{label}})
				x.change(map[string]any{"label_ids": []string{}})
			},
			"a comment that is gone": func() {
				x.ann.Must("DELETE", at+"comments/"+x.comment(x.ann, "<p>oh</p>")+"/", nil)
				x.drain()
			},
			"archived and restored": func() {
				x.change(map[string]any{"state_id": x.state("Done")})
				x.read()
				x.ann.Must("POST", at+"archive/", nil)
				x.ann.Must("DELETE", at+"archive/", nil)
				x.drain()
			},
			"read": func() {
				x.change(map[string]any{"priority": "high"})
				x.ben.Must("POST", x.ws+"users/notifications/mark-all-read/", map[string]any{})
			},
			"one's own": func() { x.comment(x.ben, "<p>mine</p>") },
		} {
			do()
			if list := x.read(); len(list) > 0 {
				t.Errorf("%s:\n%s", name, list[0].text)
			}
			x.change(map[string]any{"priority": "none"})
			x.read()
		}
		x.change(map[string]any{"name": "Pump"})
		x.ben.Must("POST", x.ws+"users/notifications/mark-all-read/", map[string]any{})
		x.change(map[string]any{"name": "Pump again"})
		x.one().has(t, "Name:\n  Pump → Pump again\n") // what came after it was read is told
	})
}

// Nothing goes to who may not see the work item any more when the letter is sent, or wants none.
func TestLettersOnlyToWhoMaySee(t *testing.T) {
	for name, cut := range map[string]func(x *post){
		"out of the project": func(x *post) {
			x.set("UPDATE project_members SET is_active = FALSE WHERE member_id = ?", x.ben.User.ID)
		},
		"out of the workspace": func(x *post) {
			x.set("UPDATE workspace_members SET is_active = FALSE WHERE member_id = ?", x.ben.User.ID)
		},
		"account closed": func(x *post) { x.set("UPDATE users SET is_active = FALSE WHERE id = ?", x.ben.User.ID) },
		"a guest now": func(x *post) {
			x.set("UPDATE project_members SET role = 5 WHERE member_id = ?", x.ben.User.ID)
		},
		"item deleted":     func(x *post) { x.ann.Must("DELETE", x.p+"issues/"+x.issue+"/", nil) },
		"project archived": func(x *post) { x.ann.Must("POST", x.p+"archive/", nil) },
		"project deleted":  func(x *post) { x.ann.Must("DELETE", x.p, nil) },
		"switched off": func(x *post) {
			x.set("INSERT INTO user_notification_preferences (id, property_change, state_change, comment, mention, issue_completed, user_id, created_at, updated_at)"+
				" VALUES (?, FALSE, TRUE, FALSE, TRUE, TRUE, ?, ?, ?)", store.NewID(), x.ben.User.ID, time.Now(), time.Now())
		},
		"unsubscribed": func(x *post) { x.ben.Must("DELETE", x.p+"issues/"+x.issue+"/subscribe/", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			eachPost(t, func(t *testing.T, x *post) {
				x.change(map[string]any{"priority": "high"})
				x.comment(x.ann, "<p>said</p>")
				x.later(letter.Wait + time.Second)
				if err := letter.Gather(context.Background(), x.s.App); err != nil { // it is queued, and then
					t.Fatal(err)
				}
				cut(x)
				if list := x.fresh(); len(list) > 0 {
					t.Errorf("a letter came:\n%s", list[0].text)
				}
			})
		})
	}
}

func (x *post) set(query string, args ...any) {
	x.t.Helper()
	err := x.s.App.DB.Write(context.Background(), "", func(t *store.Tx) error {
		_, err := t.Exec(query, args...)
		t.ForgetAll()
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
}

// Which letters somebody wants of states: of all, of completion only, or of none. The rows and the letters agree.
func TestLettersOfStatesByTheirSwitches(t *testing.T) {
	eachPost(t, func(t *testing.T, x *post) {
		x.set("INSERT INTO user_notification_preferences (id, property_change, state_change, comment, mention, issue_completed, user_id, created_at, updated_at)"+
			" VALUES (?, TRUE, TRUE, TRUE, TRUE, TRUE, ?, ?, ?)", store.NewID(), x.ben.User.ID, time.Now(), time.Now())
		for _, tt := range []struct {
			all, completed bool
			letters        []string // of these states
		}{
			{all: true, completed: true, letters: []string{"In Progress", "Done"}},
			{all: true, letters: []string{"In Progress", "Done"}},
			{completed: true, letters: []string{"Done"}},
			{},
		} {
			x.change(map[string]any{"state_id": x.state("Todo")})
			x.read()
			x.set("UPDATE user_notification_preferences SET state_change = ?, issue_completed = ? WHERE user_id = ?",
				tt.all, tt.completed, x.ben.User.ID)
			var got []string
			for _, state := range []string{"In Progress", "Done"} {
				x.change(map[string]any{"state_id": x.state(state)})
				for _, m := range x.read() {
					m.has(t, "→ "+state)
					got = append(got, state)
				}
			}
			if !slices.Equal(got, tt.letters) {
				t.Errorf("all %t, completed %t: letters of %v", tt.all, tt.completed, got)
			}
		}
	})
}

// Changes of several people are one letter, at times of the receiver's zone; nothing in it is HTML of theirs.
func TestLettersGatherAndEscape(t *testing.T) {
	eachPost(t, func(t *testing.T, x *post) {
		x.set("UPDATE users SET user_timezone = 'Asia/Kolkata' WHERE id = ?", x.ben.User.ID)
		x.set("UPDATE users SET first_name = '', last_name = '', display_name = '<i>nora</i>' WHERE id = ?", x.ann.User.ID)
		cleo := x.join("cleo", 15)
		x.drain()
		x.got = len(x.box.Whole("ben@sailplane.test"))
		x.change(map[string]any{"name": "<script>alert(1)</script>\u202e gnp.exe"})
		id := x.comment(cleo, "<p>one</p>")
		cleo.Must("PATCH", x.p+"issues/"+x.issue+"/comments/"+id+"/",
			map[string]any{"comment_html": `<p>two &lt;script&gt; ` + x.mention(x.ann) + `<img src="http://evil.test/x.png"></p><ul><li>a</li></ul>`})
		x.comment(cleo, "<p>"+strings.Repeat("long ", 2000)+"</p>")
		m := x.one()
		m.has(t, "<i>nora</i> and cleo worked on this", "cleo wrote", "> two <script> @<i>nora</i>(picture)\n> - a\n", "IST)", "long…")
		m.hasNot(t, "evil.test", "\u202e", "> one")
		for _, bad := range []string{"<script", "<img", "<i>"} {
			if strings.Contains(m.html, bad) {
				t.Errorf("the HTML has %s:\n%s", bad, m.html)
			}
		}
		if len(m.text) > 6000 || m.subject(t) != "P-1 <script>alert(1)</script> gnp.exe" {
			t.Errorf("%d bytes, subject %q", len(m.text), m.subject(t))
		}
		if rows := x.count("sent_at IS NOT NULL AND processed_at IS NOT NULL"); rows < 4 || x.count("sent_at IS NULL") != 0 {
			t.Errorf("%d rows are sent, %d are not", rows, x.count("sent_at IS NULL"))
		}
	})
}

func (x *post) count(where string) (n int) {
	x.t.Helper()
	err := x.s.App.DB.Read(context.Background()).One("SELECT COUNT(*) FROM email_notification_logs WHERE receiver_id = ? AND "+where,
		[]any{x.ben.User.ID}, &n)
	if err != nil {
		x.t.Fatal(err)
	}
	return n
}

// Five minutes are counted from the first change; a mention waits for nothing, and is a letter of its own.
func TestWhenLettersGo(t *testing.T) {
	eachPost(t, func(t *testing.T, x *post) {
		gather := func() []message {
			if err := letter.Gather(context.Background(), x.s.App); err != nil {
				t.Fatal(err)
			}
			return x.fresh()
		}
		x.change(map[string]any{"priority": "high"})
		x.later(4 * time.Minute)
		x.change(map[string]any{"priority": "low"})
		if list := gather(); len(list) > 0 {
			t.Errorf("too early:\n%s", list[0].text)
		}
		x.comment(x.ann, "<p>Look "+x.mention(x.ben)+"</p>")
		list := x.fresh()
		if len(list) != 1 {
			t.Fatalf("%d letters about a mention", len(list))
		}
		list[0].has(t, "ann mentioned you.", "> Look @ben", "because somebody mentioned you")
		list[0].hasNot(t, "Priority")
		x.later(time.Minute + time.Second)
		list = append(list, gather()...)
		if len(list) != 2 {
			t.Fatalf("%d letters", len(list))
		}
		list[1].has(t, "None → Low")
		thread := list[0].Header.Get("References")
		for _, m := range list {
			if m.Header.Get("References") != thread || m.Header.Get("In-Reply-To") != thread || thread == "" ||
				m.Header.Get("Message-Id") == thread {
				t.Errorf("they make no thread: %v", m.Header)
			}
			if m.subject(t) != "P-1 Pump leaks" {
				t.Errorf("subject %q", m.subject(t))
			}
		}
		if list[0].Header.Get("Message-Id") == list[1].Header.Get("Message-Id") {
			t.Error("two letters are one")
		}
		x.change(map[string]any{"description_html": "<p>And " + x.mention(x.ben) + "</p>"})
		list = x.fresh()
		if len(list) != 1 {
			t.Fatalf("%d letters about a mention in the text", len(list))
		}
		list[0].has(t, "ann mentioned you.", "in the description", "> And @ben")
		gone := x.ann.Must("POST", x.p+"issues/"+x.issue+"/comments/",
			map[string]any{"comment_html": "<p>Never " + x.mention(x.ben) + "</p>"}).ID()
		x.ann.Must("DELETE", x.p+"issues/"+x.issue+"/comments/"+gone+"/", nil)
		for _, m := range x.read() {
			m.hasNot(t, "Never")
		}
	})
}
