package space_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

func TestCommentsOnABoardAreTheirAuthors(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		bob, cat := s.User("bob"), s.User("cat")
		path := p.board + "issues/" + p.item + "/comments/"
		a := bob.Must("POST", path,
			map[string]any{"comment_html": "<p>mine</p>", "access": "INTERNAL", "actor": p.ann.User.ID})
		if a.At("access") != "EXTERNAL" || a.At("actor") != bob.User.ID {
			t.Errorf("written: %s", a.Raw)
		}
		one := path + a.ID() + "/"
		for who, c := range map[string]*webtest.Client{"another": cat, "the project's administrator": p.ann} {
			if a := c.Do("PATCH", one, map[string]any{"comment_html": "taken over"}); a.Status != 404 {
				t.Errorf("%s changes it: %d %s", who, a.Status, a.Raw)
			}
			if a := c.Do("DELETE", one, nil); a.Status != 404 {
				t.Errorf("%s deletes it: %d %s", who, a.Status, a.Raw)
			}
			member := who != "another"
			if a := c.Must("GET", one, nil); a.At("is_member") != member || a.At("comment_html") != "<p>mine</p>" {
				t.Errorf("%s reads %s", who, a.Raw)
			}
		}
		if a := bob.Must("PATCH", one,
			map[string]any{"comment_html": "<p>better</p>"}); a.At("comment_html") != "<p>better</p>" ||
			a.At("edited_at") != nil {
			t.Errorf("changed: %s", a.Raw)
		}
		bob.Must("DELETE", one, nil)
		if a := s.Stranger().Must("GET", path, nil); string(a.Raw) != "[]" {
			t.Errorf("after it was deleted: %s", a.Raw)
		}
	})
}

func TestWhatIsSaidInsideStaysInside(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		bob := s.User("bob")
		inside := p.make("issues/"+p.item+"/comments/", map[string]any{"comment_html": "inside"})
		p.ann.Must("POST", p.project+"comments/"+inside+"/reactions/", map[string]any{"reaction": "1"})
		if a := bob.Do("GET", p.board+"issues/"+p.item+"/comments/"+inside+"/", nil); a.Status != 404 {
			t.Errorf("read: %d %s", a.Status, a.Raw)
		}
		if a := bob.Must("GET", p.board+"comments/"+inside+"/reactions/", nil); string(a.Raw) != "[]" {
			t.Errorf("its reactions: %s", a.Raw)
		}
		if a := bob.Do("POST", p.board+"comments/"+inside+"/reactions/", map[string]any{"reaction": "1"}); a.Status != 400 {
			t.Errorf("reacted: %d %s", a.Status, a.Raw)
		}
		if a := p.ann.Do("PATCH", p.board+"issues/"+p.item+"/comments/"+inside+"/",
			map[string]any{"comment_html": "x"}); a.Status != 404 {
			t.Errorf("changed by its author: %d %s", a.Status, a.Raw)
		}
	})
}

// told says how much others were told: notifications, and requests to webhooks.
func (p *place) told(t *testing.T) int {
	t.Helper()
	n := p.count(t, store.Notifications, dbx.HashExp{}) + p.count(t, store.WebhookLogs, dbx.HashExp{})
	var jobs int
	if err := p.s.App.DB.Read(t.Context()).One("SELECT COUNT(*) FROM jobs WHERE kind = ?", []any{store.JobDeliver},
		&jobs); err != nil {
		t.Fatal(err)
	}
	return n + jobs
}

// eventually waits for what happens in the background.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Errorf("%s: not within five minutes", what)
}

func TestABoardTellsNobody(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		bob := s.User("bob")
		intake := p.intakeOf(p.project)
		p.switches(map[string]any{"intake": intake})
		idle := func() bool {
			var waiting int
			err := s.App.DB.Read(t.Context()).One("SELECT COUNT(*) FROM jobs WHERE kind = ?",
				[]any{store.JobIssueChanged}, &waiting)
			return err == nil && waiting == 0
		}
		eventually(t, "what was done in the app is told", idle)
		workspace := p.ann.Must("GET", "/api/workspaces/work/", nil).ID()
		err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			return store.Webhooks.Insert(tx,
				&store.Webhook{URL: "https://webhook.invalid/", IsActive: true, Issue: true, IssueComment: true,
					WorkspaceID: workspace})
		})
		if err != nil {
			t.Fatal(err)
		}
		item := p.board + "issues/" + p.item + "/"
		mention := fmt.Sprintf(`<p><mention-component entity_identifier="%s" entity_name="user_mention"></mention-component></p>`, p.ann.User.ID)
		said := bob.Must("POST", item+"comments/", map[string]any{"comment_html": mention}).ID()
		bob.Must("PATCH", item+"comments/"+said+"/", map[string]any{"comment_html": mention + "!"})
		bob.Must("POST", item+"votes/", map[string]any{"vote": 1})
		bob.Must("POST", item+"reactions/", map[string]any{"reaction": "1"})
		bob.Must("POST", p.board+"comments/"+said+"/reactions/", map[string]any{"reaction": "1"})
		bob.Must("POST", p.board+"intakes/"+intake+"/intake-issues/",
			map[string]any{"issue": map[string]any{"name": "Broken", "description_html": mention}})
		eventually(t, "what was done on the board is told", idle)
		if n := p.told(t); n != 0 {
			t.Errorf("others were told %d times", n)
		}
		if n := p.count(t, store.IssueSubscribers, dbx.HashExp{"subscriber_id": bob.User.ID}); n != 0 {
			t.Error("who takes part follows the work item")
		}
		if n := p.count(t, store.ProjectMembers, dbx.HashExp{"member_id": bob.User.ID}); n != 0 {
			t.Error("who takes part is in the project")
		}
		if n := p.count(t, store.ProjectPublicMembers, dbx.HashExp{"member_id": bob.User.ID}); n != 1 {
			t.Errorf("noted %d times that he took part", n)
		}
		p.make("issues/"+p.item+"/comments/", map[string]any{"comment_html": "in the app"})
		eventually(t, "webhooks hear of the app", func() bool { return p.told(t) > 0 })
	})
}

func TestReactionsAreOncePerPerson(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		bob := s.User("bob")
		path := p.board + "issues/" + p.item + "/reactions/"
		bob.Must("POST", path, map[string]any{"reaction": "128077"})
		if a := bob.Do("POST", path, map[string]any{"reaction": "128077"}); a.Status != 400 {
			t.Errorf("the same again: %d %s", a.Status, a.Raw)
		}
		p.ann.Must("POST", path, map[string]any{"reaction": "128077"})
		if got := strings.Join(p.tally(t), ", "); got != "128077 ann, 128077 bob" && got != "128077 bob, 128077 ann" {
			t.Errorf("reactions: %s", got)
		}
		if a := bob.Do("DELETE", path+"1/", nil); a.Status != 404 {
			t.Errorf("another one: %d %s", a.Status, a.Raw)
		}
		bob.Must("DELETE", path+"128077/", nil)
		if got := strings.Join(p.tally(t), ", "); got != "128077 ann" {
			t.Errorf("reactions: %s", got)
		}
	})
}
