package notify_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// stage is the project in which the stories play, and who is in it.
type stage struct {
	t      *testing.T
	s      *webtest.Server
	people map[string]*webtest.Client
	ids    map[string]string // by name
	runner *jobs.Runner
}

var switches = []string{"property_change", "state_change", "issue_completed", "comment", "mention"}

func newStage(t *testing.T, a *app.App) *stage {
	t.Helper()
	g := &stage{t: t, s: webtest.Still(t, a), people: map[string]*webtest.Client{}, ids: map[string]string{"slug": "ws"}}
	g.runner = jobs.NewRunner(a, map[string]jobs.Duty{store.JobIssueChanged: jobs.Handlers()[store.JobIssueChanged]})
	for _, name := range []string{"dora", "anna", "bert", "carl", "eve", "gus", "nora"} {
		g.people[name] = g.s.User(name)
		g.ids[name] = g.people[name].User.ID
	}
	dora := g.people["dora"]
	g.people["key"] = dora.WithKey()
	dora.Must("POST", "/api/workspaces/", map[string]any{"name": "W", "slug": "ws"})
	p := dora.Must("POST", "/api/workspaces/ws/projects/", map[string]any{"name": "Rocket", "identifier": "RKT",
		"cycle_view": true, "module_view": true, "guest_view_all_features": false})
	g.ids["project"] = p.ID()
	g.ids["workspace"], _ = p.At("workspace").(string)
	at := "/api/workspaces/ws/projects/" + p.ID() + "/"
	dora.Must("PATCH", at, map[string]any{"inbox_view": true})
	g.write(g.admit)
	for name, role := range map[string]int{"anna": 15, "bert": 15, "carl": 15, "nora": 15, "gus": 5} {
		dora.Must("POST", at+"members/",
			map[string]any{"members": []any{map[string]any{"member_id": g.ids[name], "role": role}}})
	}
	g.furnish(dora, at)
	return g
}

// admit puts everybody into the workspace, with all letters on.
func (g *stage) admit(t *store.Tx) error {
	for name, who := range g.people {
		if name == "key" {
			continue
		}
		if err := store.NotificationPreferences.Insert(t, &store.NotificationPreference{UserID: who.User.ID,
			PropertyChange: true, StateChange: true, Comment: true, Mention: true, IssueCompleted: true}); err != nil {
			return err
		}
		role := map[string]int{"gus": 5}[name]
		if role == 0 {
			role = 15
		}
		if name == "dora" {
			continue // who made it
		}
		if err := store.WorkspaceMembers.Insert(t, &store.WorkspaceMember{WorkspaceID: g.ids["workspace"],
			MemberID: who.User.ID, Role: role, IsActive: true}); err != nil {
			return err
		}
	}
	return nil
}

// furnish makes what stories speak of.
func (g *stage) furnish(dora *webtest.Client, at string) {
	for _, made := range []struct{ path, name, as string }{{"issues/", "Parent", "parent item"},
		{"issues/", "Other", "other item"}, {"cycles/", "Sprint 1", "cycle"}, {"modules/", "Engine", "module"},
		{"issue-labels/", "bug", "label:bug"}, {"issue-labels/", "docs", "label:docs"}, {"issue-labels/", "ui", "label:ui"}} {
		g.ids[made.as] = dora.Must("POST", at+made.path, map[string]any{"name": made.name}).ID()
	}
	for _, row := range dora.Must("GET", at+"states/", nil).JSON().([]any) {
		m, _ := row.(map[string]any)
		g.ids["state:"+fmt.Sprint(m["name"])] = fmt.Sprint(m["id"])
	}
	e := dora.Must("POST", at+"estimates/", map[string]any{"estimate": map[string]any{"name": "Points", "type": "points"},
		"estimate_points": []map[string]any{{"key": 1, "value": "2"}, {"key": 2, "value": "5"}}})
	for _, row := range e.At("points").([]any) {
		m, _ := row.(map[string]any)
		g.ids["point:"+fmt.Sprint(m["value"])] = fmt.Sprint(m["id"])
	}
	dora.Must("PATCH", at, map[string]any{"estimate": e.ID()})
}

func (g *stage) write(do func(*store.Tx) error) {
	g.t.Helper()
	if err := g.s.App.DB.Write(g.t.Context(), "", do); err != nil {
		g.t.Fatal(err)
	}
}

// named puts ids for the names in braces.
func (g *stage) named(text string) string {
	for name, id := range g.ids {
		text = strings.ReplaceAll(text, "{"+name+"}", id)
	}
	return text
}

// play does one step and what it leaves to be done.
func (g *stage) play(st step) {
	g.t.Helper()
	if st.Do == "subscribed" { // which a guest can't do
		g.write(func(t *store.Tx) error {
			return store.Subscribe(t, store.IssueKey{IssueID: g.ids["item"], ProjectID: g.ids["project"],
				WorkspaceID: g.ids["workspace"]}, g.ids[st.As])
		})
		return
	}
	method, path, _ := strings.Cut(g.named(st.Do), " ")
	var body any
	if st.Send != nil {
		body = g.named(string(st.Send))
	}
	a := g.people[st.As].Do(method, path, body)
	if st.Status != 0 && a.Status != st.Status || st.Status == 0 && a.Status >= 300 {
		g.t.Errorf("%s %s: %d %s, want %d", st.As, st.Do, a.Status, a.Raw, st.Status)
	}
	if method == "POST" && a.Status < 300 {
		g.take(st, a)
	}
	if _, err := g.runner.Drain(g.t.Context()); err != nil {
		g.t.Fatal(err)
	}
}

// take keeps the id of what was made by the name that stories have for it.
func (g *stage) take(st step, a webtest.Answer) {
	for end, name := range map[string]string{"/issues/": "item", "/issue-links/": "link"} {
		if strings.HasSuffix(st.Do, end) && !strings.Contains(st.Do, "/modules/") {
			if st.Take != "" {
				name = st.Take
			}
			g.ids[name] = a.ID()
		}
	}
	switch {
	case strings.HasSuffix(st.Do, "/comments/"):
		g.ids["comment"] = a.ID()
	case strings.HasSuffix(st.Do, "/attachments/"):
		g.ids["file"], _ = a.At("asset_id").(string)
	case strings.HasSuffix(st.Do, "/intake-issues/"):
		g.ids["item"], _ = a.At("issue.id").(string)
	}
}

var (
	number  = regexp.MustCompile(`^RKT-(\d+)$`)
	upload  = regexp.MustCompile(`^workspace/[0-9a-f]{32}-`)
	timeT   = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$`)
	timeGap = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$`)
)

// told is the row as stories have it: names for ids.
func (g *stage) told(kind, receiver, by, more string, data store.NullJSON) string {
	var d struct {
		Issue    map[string]any `json:"issue"`
		Activity map[string]any `json:"issue_activity"`
	}
	if err := json.Unmarshal(data, &d); err != nil {
		g.t.Fatal(err)
	}
	names := map[string]string{}
	for name, id := range g.ids {
		names[id] = name
	}
	delete(names, g.ids["comment"])
	delete(names, g.ids["link"])
	delete(names, g.ids["file"])
	plain := func(v any) string {
		s, ok := v.(string)
		if !ok {
			return "None"
		}
		if n := number.FindStringSubmatch(s); n != nil {
			return "RKT-" + cmp.Or(map[string]string{"1": "parent", "2": "other"}[n[1]], "item")
		}
		if store.IsID(s) && names[s] == "" {
			return "<id>"
		}
		for id, name := range names {
			s = strings.ReplaceAll(s, id, name)
		}
		return upload.ReplaceAllString(s, "<key>-")
	}
	i, c := d.Issue, d.Activity
	out := fmt.Sprintf("%s to %s by %s %s| %s %s %s %s", kind, names[receiver], names[by], more, plain(i["id"]),
		quoted(i["name"]), i["state_name"], i["state_group"])
	if i["project_id"] == g.ids["project"] && i["workspace_slug"] == "ws" {
		out += " project_id workspace_slug"
	}
	out += fmt.Sprintf(" | %s %s %s > %s %s > %s actor %s", c["verb"], c["field"], quoted(plain(c["old_value"])),
		quoted(plain(c["new_value"])), plain(c["old_identifier"]), plain(c["new_identifier"]), plain(c["actor"]))
	if said, ok := c["issue_comment"]; ok {
		out += " comment " + quoted(said)
	}
	switch at, _ := c["activity_time"].(string); {
	case timeT.MatchString(at):
		out += " at T"
	case timeGap.MatchString(at):
		out += " at space"
	case at != "":
		out += " at " + at
	}
	return out
}

func quoted(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // texts always encode
	return strings.TrimSpace(b.String())
}

// rows are those that there are of the story's work items.
func (g *stage) rows() (all []string) {
	g.t.Helper()
	t := g.s.App.DB.Read(g.t.Context())
	about := store.In("entity_identifier", slices.DeleteFunc([]string{g.ids["item"], g.ids["second item"]},
		func(id string) bool { return id == "" }))
	told, err := store.Notifications.List(t, about, "created_at")
	if err != nil {
		g.t.Fatal(err)
	}
	for _, n := range told {
		if n.EntityName != "issue" || n.MessageHTML != "<p></p>" || n.MessageStripped != nil || n.SnoozedTill != nil ||
			n.ArchivedAt != nil || *n.ProjectID != g.ids["project"] || n.WorkspaceID != g.ids["workspace"] || n.CreatedByID != nil {
			g.t.Errorf("a notification: %+v", n)
		}
		message := "null"
		if n.Message != nil {
			message = string(n.Message)
		}
		more := fmt.Sprintf("%s %s %s ", strings.TrimPrefix(n.Sender, "in_app:issue_activities:"), quoted(n.Title), message)
		all = append(all, g.told("notification", n.ReceiverID, *n.TriggeredByID, more, n.Data))
	}
	letters, err := store.EmailNotificationLogs.List(t, about, "created_at")
	if err != nil {
		g.t.Fatal(err)
	}
	for _, m := range letters {
		if m.EntityName != "issue" || m.Entity != "" || m.OldValue != nil || m.NewValue != nil || m.ProcessedAt != nil ||
			m.SentAt != nil || m.CreatedByID != nil {
			g.t.Errorf("a row of the log: %+v", m)
		}
		all = append(all, g.told("letter", m.ReceiverID, m.TriggeredByID, "", m.Data))
	}
	return all
}
