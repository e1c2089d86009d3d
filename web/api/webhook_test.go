package api_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// What webhooks are told of a change, in the forms of the reference.
func TestWebhooksAreToldWhatChanged(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		s := webtest.New(t, a)
		ann := s.User("ann")
		workspace(t, s, ann)
		// where nothing listens
		ann.Must("POST", "/api/workspaces/ws/webhooks/",
			map[string]any{"url": "http://127.0.0.2:9/", "issue": true, "cycle": true})
		at := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P", "cycle_view": true,
			"timezone": "Pacific/Auckland"}).ID() + "/"
		item := at + "issues/" + ann.Must("POST", at+"issues/", map[string]any{"name": "i"}).ID() + "/"
		label := ann.Must("POST", at+"issue-labels/", map[string]any{"name": "l"}).ID()
		cycle := at + "cycles/" + ann.Must("POST", at+"cycles/", map[string]any{"name": "c"}).ID() + "/"
		for _, tt := range []struct {
			path     string
			body     map[string]any
			activity string
		}{
			{item, map[string]any{"label_ids": []string{label}}, fmt.Sprintf("label_ids: [] -> [%q]", label)},
			{item, map[string]any{"label_ids": []string{}}, fmt.Sprintf("label_ids: [%q] -> []", label)},
			{item, map[string]any{"assignee_ids": []string{ann.User.ID}}, fmt.Sprintf("assignee_ids: [] -> [%q]", ann.User.ID)},
			{cycle, map[string]any{"start_date": "2027-03-01", "end_date": "2027-03-08"}, `start_date: null -> "2027-03-01"`},
			{cycle, map[string]any{"start_date": "2027-03-02", "end_date": "2027-03-09"},
				`start_date: "2027-03-01" -> "2027-03-02"`},
		} {
			before := len(toldActivities(t, a))
			ann.Must("PATCH", tt.path, tt.body)
			told := toldActivities(t, a)[before:]
			found := false
			for _, got := range told {
				found = found || got == tt.activity
			}
			if !found {
				t.Errorf("PATCH %v: webhooks are told %q, not %q", tt.body, told, tt.activity)
			}
		}
	})
}

// toldBodies are what webhooks were told or are to be told, oldest first and without pings.
func toldBodies(t *testing.T, a *app.App) []json.RawMessage {
	t.Helper()
	list, err := store.WebhookDeliveries.List(a.DB.Read(t.Context()), dbx.Not(dbx.HashExp{"event": store.EventPing}),
		"created_at", "id")
	if err != nil {
		t.Fatal(err)
	}
	var all []json.RawMessage
	for _, d := range list {
		all = append(all, json.RawMessage(d.Body))
	}
	return all
}

// toldActivities are the changes that wait for webhooks, oldest first, as "field: old -> new".
func toldActivities(t *testing.T, a *app.App) []string {
	t.Helper()
	var all []string
	for _, body := range toldBodies(t, a) {
		var b struct {
			Activity struct {
				Field string          `json:"field"`
				Old   json.RawMessage `json:"old_value"`
				New   json.RawMessage `json:"new_value"`
			} `json:"activity"`
		}
		if err := json.Unmarshal(body, &b); err != nil {
			t.Fatal(err)
		}
		change := b.Activity
		all = append(all, fmt.Sprintf("%s: %s -> %s", change.Field, change.Old, change.New))
	}
	return all
}
