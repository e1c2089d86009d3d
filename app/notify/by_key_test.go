package notify_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
)

// pair is the same thing done by a person in the app and by their key.
type pair struct {
	name     string
	begin    []step
	app, key step
	told     int // rows that it leaves at least
}

const filesAt = "/api/assets/v2/workspaces/{slug}/projects/{project}/issues/{item}/attachments/"

func pairs() []pair {
	const v1 = "issues/{item}/"
	one := func(method, path, body string) step { return do("dora", method+" "+issuesAt+"{item}/"+path, body) }
	key := func(method, path, body string) step { return do("key", method+" "+v1At+v1+path, body) }
	both := func(name, method, path, body string, told int) pair {
		return pair{name: name, app: one(method, path, body), key: key(method, path, body), told: told}
	}
	comment := one("POST", "comments/", `{"comment_html": "<p>first</p>"}`)
	link := one("POST", "issue-links/", `{"url": "https://example.test/a"}`)
	done := one("PATCH", "", `{"state_id": "{state:Done}"}`)
	list := []pair{
		{name: "made", app: do("dora", "POST "+issuesAt, `{"name": "n", "assignee_ids": ["{anna}", "{bert}"], "label_ids": ["{label:bug}"]}`),
			key: do("key", "POST "+v1At+"issues/", `{"name": "n", "assignees": ["{anna}", "{bert}"], "labels": ["{label:bug}"]}`), told: 8},
		{name: "made, naming", app: do("dora", "POST "+issuesAt, `{"name": "n", "description_html": "`+naming+`"}`),
			key: do("key", "POST "+v1At+"issues/", `{"name": "n", "description_html": "`+naming+`"}`), told: 2},
		both("several fields", "PATCH", "", `{"priority": "low", "name": "m", "target_date": "2026-12-01"}`, 12),
		{name: "state", app: done, key: key("PATCH", "", `{"state": "{state:Done}"}`), told: 4},
		{name: "assigned", app: one("PATCH", "", `{"assignee_ids": ["{anna}", "{carl}"]}`),
			key: key("PATCH", "", `{"assignees": ["{anna}", "{carl}"]}`), told: 6},
		{name: "labels", app: one("PATCH", "", `{"label_ids": ["{label:ui}"]}`),
			key: key("PATCH", "", `{"labels": ["{label:ui}"]}`), told: 4},
		{name: "parent", app: one("PATCH", "", `{"parent_id": "{parent item}"}`),
			key: key("PATCH", "", `{"parent": "{parent item}"}`), told: 4},
		both("text, naming", "PATCH", "", `{"description_html": "`+naming+`"}`, 2),
		both("comment", "POST", "comments/", `{"comment_html": "<p>said</p>"}`, 4),
		both("comment, naming", "POST", "comments/", `{"comment_html": "`+naming+`"}`, 6),
		both("comment changed", "PATCH", "comments/{comment}/", `{"comment_html": "`+naming+`"}`, 6),
		both("comment deleted", "DELETE", "comments/{comment}/", "", 4),
		{name: "link", app: one("POST", "issue-links/", `{"url": "https://example.test/b"}`),
			key: key("POST", "links/", `{"url": "https://example.test/b"}`), told: 4},
		{name: "link changed", app: one("PATCH", "issue-links/{link}/", `{"url": "https://example.test/c"}`),
			key: key("PATCH", "links/{link}/", `{"url": "https://example.test/c"}`), told: 4},
		{name: "link deleted", app: one("DELETE", "issue-links/{link}/", ""),
			key: key("DELETE", "links/{link}/", ""), told: 4},
		{name: "related", app: one("POST", "issue-relation/", `{"relation_type": "blocking", "issues": ["{other item}"]}`),
			key: do("key", "POST "+v1At+"work-items/{item}/relations/", `{"relation_type": "blocking", "issues": ["{other item}"]}`), told: 4},
		{name: "archived", begin: []step{done}, app: one("POST", "archive/", ""),
			key: key("PATCH", "", `{"archived_at": "{today}"}`), told: 4},
		{name: "file", begin: []step{do("dora", "POST "+filesAt, `{"name": "a.txt", "size": 5, "type": "text/plain"}`)},
			app: do("dora", "PATCH "+filesAt+"{file}/", `{"is_uploaded": true}`),
			key: do("key", "PATCH "+v1At+"work-items/{item}/attachments/{file}/", `{"is_uploaded": true}`), told: 4},
		both("deleted", "DELETE", "", "", 0),
	}
	for i := range list {
		switch {
		case strings.HasPrefix(list[i].name, "comment "):
			list[i].begin = []step{comment}
		case strings.HasPrefix(list[i].name, "link "):
			list[i].begin = []step{link}
		}
	}
	return list
}

// What is done by key is told as what is done in the app: the same people get the same notifications and letters, and
// webhooks hear the same. When it is to be quiet nobody is told, and webhooks hear the same still.
func TestWritesByKeyAreToldAsTheAppsAre(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		g := newStage(t, a)
		g.ids["today"] = a.DB.Now().UTC().Format("2006-01-02")
		g.write(func(t *store.Tx) error {
			return store.Webhooks.Insert(t, &store.Webhook{WorkspaceID: g.ids["workspace"], URL: "https://hook.example.org/",
				IsActive: true, SecretKey: a.Seal("s"), Issue: true, IssueComment: true})
		})
		item := stories(t)[7].Before
		for _, p := range pairs() {
			play := func(what step) (rows, events []string) {
				for _, st := range slices.Concat(item, p.begin) {
					g.play(st)
				}
				g.forget()
				g.write(func(t *store.Tx) error { _, err := t.Exec("DELETE FROM jobs"); return err })
				g.play(what)
				rows = g.rows()
				slices.Sort(rows)
				return rows, g.events()
			}
			rows, events := play(p.app)
			byKey, heard := play(p.key)
			if diff := against(withoutLinkIDs(rows), withoutLinkIDs(byKey)); len(diff) > 0 || len(rows) < p.told {
				t.Errorf("%s: %d rows in the app, by key\n%s", p.name, len(rows), strings.Join(diff, "\n"))
			}
			a.Config.Notifications.APIWrites = false
			quiet, still := play(p.key)
			a.Config.Notifications.APIWrites = true
			if len(quiet) > 0 {
				t.Errorf("%s: told though it is to be quiet\n%s", p.name, strings.Join(quiet, "\n"))
			}
			if !slices.Equal(events, heard) || !slices.Equal(events, still) {
				t.Errorf("%s: webhooks hear %v of the app, %v of a key, %v of a quiet one", p.name, events, heard, still)
			}
		}
	})
}

// withoutLinkIDs leaves out what only the app's history says of a new link: its id.
func withoutLinkIDs(rows []string) (out []string) {
	for _, row := range rows {
		if strings.Contains(row, " created link ") {
			row = strings.ReplaceAll(row, "<id>", "None")
		}
		out = append(out, row)
	}
	return out
}

// events are those that webhooks are to hear of.
func (g *stage) events() (all []string) {
	g.t.Helper()
	read := g.s.App.DB.Read(g.t.Context())
	left, err := store.Jobs.List(read, dbx.HashExp{"kind": store.JobDeliver}, "id")
	if err != nil {
		g.t.Fatal(err)
	}
	for _, job := range left {
		var payload store.Delivery
		if err := json.Unmarshal(job.Payload, &payload); err != nil {
			g.t.Fatal(err)
		}
		d, err := store.WebhookDeliveries.Find(read, payload.ID)
		if err != nil {
			g.t.Fatal(err)
		}
		all = append(all, fmt.Sprint(d.Event, " ", d.Action))
	}
	return all
}
