package routes_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

func (x *site) until(what string, holds func() bool) {
	x.t.Helper()
	for range 15_000 {
		if holds() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	x.t.Errorf("%s: it never came", what)
}

// Who is named in the text of something new hears of it, once; and nothing is heard of what can't be opened.
func TestNotificationsOfNewAndGoneItems(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		ben := x.join("ben", 15)
		mention := `<p>x <mention-component entity_name="user_mention" entity_identifier="` + ben.User.ID +
			`"></mention-component></p>`
		unread := func(key string) float64 {
			n, _ := ben.Must("GET", x.ws+"users/notifications/unread/", nil).At(key).(float64)
			return n
		}
		mentions := func() float64 { return unread("mention_unread_notifications_count") }
		var made []string
		for n, create := range []func() string{
			func() string { return x.item("app", "description_html", mention) },
			func() string {
				a := x.ann.Must("POST", x.p+
					"intake-issues/", map[string]any{"issue": map[string]any{"name": "asked", "description_html": mention}})
				return fmt.Sprint(a.At("issue.id"))
			},
			func() string {
				d := x.ann.Must("POST", x.ws+"draft-issues/", map[string]any{"name": "d", "project_id": x.project}).ID()
				return x.ann.Must("POST", x.ws+"draft-to-issue/"+d+"/",
					map[string]any{"name": "d", "description_html": mention}).ID()
			},
			func() string { return x.item("assigned", "description_html", mention, "state_id", x.state("Done")) },
		} {
			made = append(made, create())
			x.until("a mention in a new item", func() bool { return mentions() == float64(n+1) })
		}
		list, _ := ben.Must("GET", x.ws+"users/notifications/?type=mentioned&mentioned=true", nil).JSON().([]any)
		if len(list) != len(made) {
			t.Errorf("listed: %d", len(list))
		}
		ids := map[string]string{} // of notifications, by work item
		for _, row := range list {
			m, _ := row.(map[string]any)
			ids[fmt.Sprint(m["entity_identifier"])] = fmt.Sprint(m["id"])
		}
		x.ann.Must("DELETE", x.p+"issues/"+made[0]+"/", nil)
		x.ann.Must("POST", x.p+"issues/"+made[3]+"/archive/", nil)
		if got := mentions(); got != 2 {
			t.Errorf("after one was deleted and one archived: %v", got)
		}
		for _, gone := range []string{made[0], made[3]} {
			if a := ben.Do("GET", x.ws+"users/notifications/"+ids[gone]+"/", nil); a.Status != 404 {
				t.Errorf("a notification of what is gone: %d %s", a.Status, a.Raw)
			}
		}
		x.until("that it was archived", func() bool { return unread("total_unread_notifications_count") == 1 })
		told, _ := ben.Must("GET", x.ws+"users/notifications/", nil).JSON().([]any)
		notice := webtest.Answer{Raw: []byte("{}")}
		if len(told) == 1 {
			notice = ben.Must("GET", x.ws+"users/notifications/"+fmt.Sprint(told[0].(map[string]any)["id"])+"/", nil)
		}
		if notice.At("data.issue_activity.field") != "archived_at" || notice.At("entity_identifier") != made[3] {
			t.Errorf("of an archived work item: %v", told)
		}
		x.ann.Must("DELETE", x.p+"issues/"+made[3]+"/archive/", nil)
		if got := mentions(); got != 3 {
			t.Errorf("after it came back: %v", got)
		}
		x.ann.Must("POST", x.p+"archive/", nil)
		if list, _ := ben.Must("GET", x.ws+"users/notifications/", nil).JSON().([]any); mentions() != 0 || len(list) != 0 {
			t.Errorf("of an archived project: %v, %v", mentions(), list)
		}
	})
}

// The history of a deletion says how many went along.
func TestADeletionSaysHowManyWentAlong(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		top := x.item("top")
		mid := x.item("mid", "parent_id", top)
		x.item("low", "parent_id", mid)
		alone := x.item("alone")
		for id, want := range map[string]string{top: "deleted the issue and the 2 below it", alone: "deleted the issue"} {
			x.ann.Must("DELETE", x.p+"issues/"+id+"/", nil)
			row, err := store.IssueActivities.Get(s.App.DB.Read(t.Context()), dbx.HashExp{"issue_id": id, "verb": "deleted"})
			if err != nil || row.Comment != want {
				t.Errorf("%v, %v, want %s", row, err, want)
			}
		}
	})
}
