package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/web/webtest"
)

const inbox = "/api/workspaces/ws/users/notifications/"

// told are the notifications of a person: what each is about and why they are told, without order.
func told(who *webtest.Client, query string) string {
	var all []string
	for _, n := range rowsIn(who.Must("GET", inbox+query, nil)) {
		a := webtest.Answer{Raw: encoded(n)}
		sender := a.At("sender").(string)
		all = append(all, fmt.Sprint(a.At("data.issue_activity.field"), ":", sender[strings.LastIndex(sender, ":")+1:]))
	}
	return inOrder(strings.Join(all, " "))
}

// mention is a text that names people.
func mention(people ...*webtest.Client) string {
	html := "<p>see"
	for _, p := range people {
		html += `<mention-component entity_name="user_mention" entity_identifier="` + p.User.ID + `"></mention-component>`
	}
	return html + "</p>"
}

// Who made a work item, has it or follows it is told what others did with it, each for their own reason; nobody is told
// of what they did themselves, nor of cycles, modules and reactions. Who is named is told so instead.
func TestWhoIsToldOfWhat(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		item := g.at + "issues/" + g.cid.Must("POST", g.at+"issues/",
			map[string]any{"name": "I", "assignee_ids": []string{g.bea.User.ID}}).ID() + "/"
		// Who follows is read when the job runs: ann, who follows by the next change, would be told of the making too.
		eventually(t, "the assignee is told", func() bool { return told(g.bea, "") == "assignees:assigned" })
		g.ann.Must("PATCH", item, map[string]any{"priority": "high"})
		eventually(t, "the maker and the assignee are told", func() bool {
			return told(g.cid, "") == "priority:created" && told(g.bea, "") == "assignees:assigned priority:assigned"
		})
		for _, quiet := range []struct {
			path string
			body any
		}{{"reactions/", map[string]any{"reaction": "1"}}, {"subscribe/", nil}} {
			g.ann.Do("POST", item+quiet.path, quiet.body)
		}
		cycle := g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "C"}).ID()
		g.ann.Must("POST", g.at+"cycles/"+cycle+"/cycle-issues/", map[string]any{"issues": []string{strings.Split(item, "/")[7]}})
		g.cid.Must("POST", item+"comments/", map[string]any{"comment_html": mention(g.bea, g.cid)})
		eventually(t, "who follows is told of a comment, who is named of that", func() bool {
			return told(g.ann, "") == "comment:subscribed" && told(g.bea, "?mentioned=true") == "comment:mentioned"
		})
		for who, want := range map[*webtest.Client]string{g.cid: "priority:created", g.dan: "", g.eve: "",
			g.bea: "assignees:assigned priority:assigned"} {
			if got := told(who, ""); got != want {
				t.Errorf("%s is told %q, want %q", who.User.Username, got, want)
			}
		}
		g.bea.Must("PATCH", item, map[string]any{"description_html": mention(g.ann, g.eve)})
		eventually(t, "who is named in a text is told", func() bool {
			return told(g.ann, "?mentioned=true") == "description:mentioned"
		})
		if got := told(g.eve, "?mentioned=true"); got != "" {
			t.Errorf("who is not in the project is told %q", got)
		}
	})
}

// bell gives cid notifications of three work items: one made by cid, one assigned to cid and one followed.
func bell(t *testing.T, g *team) {
	t.Helper()
	made := g.cid.Must("POST", g.at+"issues/", map[string]any{"name": "made"}).ID()
	g.item(map[string]any{"name": "has", "assignee_ids": []string{g.cid.User.ID}})
	follows := g.item(map[string]any{"name": "follows"})
	g.cid.Must("POST", g.at+"issues/"+follows+"/subscribe/", nil)
	for _, id := range []string{made, follows} { // the other one tells of the assignment
		g.bea.Must("PATCH", g.at+"issues/"+id+"/", map[string]any{"priority": "low"})
	}
	eventually(t, "three notifications came", func() bool { return len(rowsIn(g.cid.Must("GET", inbox, nil))) == 3 })
}

// Notifications are read, snoozed, archived and deleted one by one, and by nobody else; the counts follow.
func TestNotificationsOneByOne(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		bell(t, g)
		ids := map[string]string{}
		for _, n := range rowsIn(g.cid.Must("GET", inbox, nil)) {
			a := webtest.Answer{Raw: encoded(n)}
			ids[a.At("data.issue.name").(string)] = a.ID() + "/"
		}
		made, has, follows := ids["made"], ids["has"], ids["follows"]
		unread := func(n int) step {
			return step{g.cid, "GET unread/", nil, 200, fmt.Sprintf(`"total_unread_notifications_count":%d`, n)}
		}
		later := time.Now().UTC().Add(time.Hour).Format(time.RFC3339)
		earlier := time.Now().UTC().Add(-time.Hour).Format(time.RFC3339)
		play(t, inbox, []step{
			unread(3),
			{g.bea, "GET " + made, nil, 404, "No Notification matches"},
			{g.bea, "POST " + made + "read/", nil, 404, ""},
			{g.bea, "PATCH " + made, map[string]any{"snoozed_till": later}, 404, ""},
			{g.bea, "DELETE " + made, nil, 404, ""},
			{g.eve, "GET unread/", nil, 200, `"total_unread_notifications_count":0`},
			{g.cid, "POST " + made + "read/", nil, 200, `"read_at":"`},
			unread(2),
			{g.cid, "DELETE " + made + "read/", nil, 200, `"read_at":null`},
			unread(3),
			{g.cid, "PATCH " + has, map[string]any{"snoozed_till": "soon"}, 400, "snoozed_till"},
			{g.cid, "PATCH " + has, map[string]any{"snoozed_till": later}, 200, `"snoozed_till":"`},
			unread(2),
			{g.cid, "POST " + follows + "archive/", nil, 200, `"archived_at":"`},
			unread(1),
		}...)
		name := "data.issue.name"
		read(t, inbox, []list{
			{g.cid, "", name, "made"}, // what is snoozed is not there yet
			{g.cid, "?snoozed=true", name, "has"},
			{g.cid, "?archived=true", name, "follows"},
			{g.cid, "?type=assigned", name, ""},
			{g.cid, "?type=assigned&snoozed=true", name, "has"},
			{g.cid, "?type=created", name, "made"},
			{g.cid, "?type=subscribed&archived=true", name, "follows"},
			{g.cid, "?type=created,assigned", name, "made"},
			{g.cid, "?mentioned=true", name, ""},
			{g.cid, "?read=true", name, ""},
			{g.cid, "?read=false", name, "made"},
			{g.cid, "?per_page=1&cursor=1:0:0&order_by=created_at", name, "made"},
			{g.cid, "?per_page=1&cursor=1:1:0&order_by=created_at", name, ""},
		}...)
		play(t, inbox, []step{
			{g.cid, "PATCH " + has, map[string]any{"snoozed_till": earlier}, 200, `"snoozed_till":null`},
			unread(2), // its time has come
			{g.cid, "GET ?type=assigned", nil, 200, `"snoozed_till":null`},
			{g.cid, "PATCH " + has, map[string]any{}, 200, `"snoozed_till":null`},
			{g.cid, "DELETE " + follows + "archive/", nil, 200, `"archived_at":null`},
			unread(3),
			{g.cid, "DELETE " + made, nil, 204, ""},
			{g.cid, "GET " + made, nil, 404, ""},
			unread(2),
			{g.cid, "GET ?archived=maybe", nil, 400, ""},
		}...)
	})
}

// Marking all as read marks those that are asked for, and only the caller's own.
func TestAllNotificationsAtOnce(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		bell(t, g)
		g.ann.Must("PATCH", g.at+"issues/"+g.bea.Must("POST", g.at+"issues/", map[string]any{"name": "of bea"}).ID()+"/",
			map[string]any{"priority": "low"})
		eventually(t, "bea is told", func() bool { return told(g.bea, "") == "priority:created" })
		all := inbox + "mark-all-read/"
		left := func(want string) {
			t.Helper()
			read(t, inbox, list{g.cid, "?read=false", "~data.issue.name", want})
		}
		g.cid.Must("POST", all, map[string]any{"type": "created"})
		left("has follows")
		g.cid.Must("POST", all, map[string]any{"archived": true})
		left("has follows")
		g.cid.Must("POST", all, map[string]any{"snoozed": true})
		left("has follows")
		g.cid.Must("POST", all, map[string]any{"type": "assigned"})
		left("follows")
		g.cid.Must("POST", all, map[string]any{})
		left("")
		read(t, inbox, list{g.cid, "?read=true", "~data.issue.name", "follows has made"},
			list{g.bea, "?read=false", "data.issue.name", "of bea"})
		// who is put out of a project hears of it no more
		g.ann.Must("DELETE", g.at+g.membership(t, g.cid), nil)
		read(t, inbox, list{g.cid, "", "id", ""})
	})
}
