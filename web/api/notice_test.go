package api_test

import (
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app/notify"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// issueOf makes a project with a work item in it and returns the project's address and the work item's id.
func issueOf(t *testing.T, owner *webtest.Client, people ...*webtest.Client) (at, id string) {
	t.Helper()
	p := owner.Must("POST", "/api/workspaces/ws/projects/", map[string]any{"name": "P", "identifier": "P"}).ID()
	at = "/api/workspaces/ws/projects/" + p + "/"
	for _, other := range people {
		owner.Must("POST", at+"members/",
			map[string]any{"members": []any{map[string]any{"member_id": other.User.ID, "role": 15}}})
	}
	return at, owner.Must("POST", at+"issues/", map[string]any{"name": "leak"}).ID()
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 30_000 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%s: it never came", what)
}

func TestNotifyingTwiceLeavesOne(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, ben := s.User("ann"), s.User("ben")
		workspace(t, s, ann, ben)
		at, id := issueOf(t, ann, ben)
		mention := `<p><mention-component entity_name="user_mention" entity_identifier="` + ben.User.ID +
			`"></mention-component></p>`
		ben.Must("POST", at+"issues/"+id+"/comments/", map[string]any{"comment_html": "<p>one</p>"})
		ann.Must("POST", at+"issues/"+id+"/comments/", map[string]any{"comment_html": mention})
		read := s.App.DB.Read(t.Context())
		count := func(c *webtest.Client) int {
			n, err := store.Notifications.Count(read, dbx.HashExp{"receiver_id": c.User.ID})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		eventually(t, "ann hears of a comment, ben of being named", func() bool { return count(ann) == 1 && count(ben) == 1 })
		rows, err := store.IssueActivities.List(read, dbx.HashExp{"issue_id": id, "field": "comment"}, "created_at")
		if err != nil || len(rows) != 2 {
			t.Fatalf("history: %d rows, %v", len(rows), err)
		}
		again := store.IssueChanged{Kind: "comment.activity.created", IssueID: id, ProjectID: rows[0].ProjectID,
			WorkspaceID: rows[0].WorkspaceID}
		for i, c := range []store.IssueChanged{{ActorID: ben.User.ID},
			{ActorID: ann.User.ID, Mentions: []string{ben.User.ID}}} {
			c.Kind, c.IssueID, c.ProjectID, c.WorkspaceID, c.Activities = again.Kind, again.IssueID, again.ProjectID,
				again.WorkspaceID, []string{rows[i].ID}
			if err := notify.IssueChanged(t.Context(), s.App, c); err != nil {
				t.Fatal(err)
			}
		}
		if a, b := count(ann), count(ben); a != 1 || b != 1 {
			t.Errorf("after doing it again: ann has %d, ben %d", a, b)
		}
	})
}

func TestWhoSeesWhatHangsOnAWorkItem(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, eve := s.User("ann"), s.User("eve")
		workspace(t, s, ann, eve) // eve is in the workspace, not in the project
		at, id := issueOf(t, ann)
		comment := ann.Must("POST", at+"issues/"+id+"/comments/", map[string]any{"comment_html": "<p>secret</p>"}).ID()
		file, _ := ann.Must("POST", "/api/assets/v2"+at[len("/api"):]+"issues/"+id+"/attachments/",
			map[string]any{"name": "a.txt", "type": "text/plain", "size": 1}).At("asset_id").(string)
		for _, path := range []string{at + "issues/" + id + "/comments/" + comment + "/",
			at + "issues/" + id + "/issue-links/", at + "issues/" + id + "/subscribe/",
			"/api/assets/v2/workspaces/ws/" + file + "/", "/api/assets/v2/workspaces/ws/download/" + file + "/"} {
			if a := eve.Do("GET", path, nil); a.Status != 403 && a.Status != 404 {
				t.Errorf("GET %s: %d %s", path, a.Status, a.Raw)
			}
		}
		for _, path := range []string{at + "issues/" + id + "/comments/", at + "issues/" + id + "/reactions/"} {
			if a := eve.Do("GET", path, nil); string(a.Raw) != "[]" {
				t.Errorf("GET %s: %d %s", path, a.Status, a.Raw)
			}
		}
		if a := eve.Do("POST", "/api/assets/v2/workspaces/ws/restore/"+file+"/", nil); a.Status != 404 {
			t.Errorf("restore: %d %s", a.Status, a.Raw)
		}
	})
}
