package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// times are those of a moment, as webhooks write them.
var times = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[0-9:.]+Z"`)

// deed is something somebody does, and what webhooks hear of it: "event action what: field old -> new".
type deed struct {
	do   string
	body map[string]any
	want []string
}

// toldOf is what waits for webhooks, oldest first, with the given names for ids.
func toldOf(t *testing.T, a *app.App, names *strings.Replacer) []string {
	t.Helper()
	var all []string
	for _, body := range toldBodies(t, a) {
		var b struct {
			Event, Action string
			Data          struct{ ID string }
			Activity      struct {
				Field    *string
				OldValue any `json:"old_value"`
				NewValue any `json:"new_value"`
			}
		}
		if err := json.Unmarshal(body, &b); err != nil {
			t.Fatal(err)
		}
		line := b.Event + " " + b.Action + " " + b.Data.ID
		if b.Activity.Field != nil {
			before, _ := json.Marshal(b.Activity.OldValue)
			after, _ := json.Marshal(b.Activity.NewValue)
			line += fmt.Sprintf(": %s %s -> %s", *b.Activity.Field, before, after)
		}
		all = append(all, names.Replace(line))
	}
	return all
}

// Webhooks hear of whatever happens to a work item, a comment, a cycle, a module or a project, by the app and by a key.
func TestWebhooksHearOfEverything(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		s := webtest.New(t, a)
		g := newTeam(t, s)
		key := g.ann.WithKey()
		v1 := strings.Replace(g.at, "/api/", "/api/v1/", 1)
		states := g.states()
		done := func(name string) string { return g.item(map[string]any{"name": name, "state_id": states["completed"]}) }
		one, two, three, four, five := g.item(map[string]any{}), done("two"), done("three"), g.item(map[string]any{}),
			g.item(map[string]any{"state_id": states["started"]})
		below := g.item(map[string]any{"parent_id": four})
		cycle := g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "C", "start_date": "2020-01-01",
			"end_date": "2020-02-01"}).ID()
		next := g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "N"}).ID()
		module := g.ann.Must("POST", g.at+"modules/", map[string]any{"name": "M"}).ID()
		other := g.ann.Must("POST", g.at+"modules/", map[string]any{"name": "O", "status": "completed"}).ID()
		comment := g.ann.Must("POST", g.at+"issues/"+one+"/comments/", map[string]any{"comment_html": "<p>x</p>"}).ID()
		reply := g.ann.Must("POST", g.at+"issues/"+one+"/comments/",
			map[string]any{"comment_html": "<p>y</p>", "parent": comment}).ID()
		label := g.ann.Must("POST", g.at+"issue-labels/", map[string]any{"name": "L"}).ID()
		under := g.ann.Must("POST", g.at+"issue-labels/", map[string]any{"name": "U", "parent": label}).ID()
		kept := g.ann.Must("POST", g.at+"issue-labels/", map[string]any{"name": "K"}).ID()
		g.ann.Must("PATCH", g.at+"issues/"+one+"/", map[string]any{"label_ids": []string{label, kept}})
		g.ann.Must("PATCH", g.at+"issues/"+two+"/", map[string]any{"label_ids": []string{under}})
		scale := g.ann.Must("POST", g.at+"estimates/", map[string]any{"estimate": map[string]any{"name": "E",
			"type": "points"}, "estimate_points": []any{map[string]any{"key": 1, "value": "1"}}})
		estimate, _ := scale.At("id").(string)
		points, err := store.EstimatePoints.Get(a.DB.Read(t.Context()), dbx.HashExp{"estimate_id": estimate})
		if err != nil {
			t.Fatal(err)
		}
		point := points.ID
		g.ann.Must("PATCH", g.at, map[string]any{"estimate": estimate})
		g.ann.Must("PATCH", g.at+"issues/"+two+"/", map[string]any{"estimate_point": point})
		past := g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "P"}).ID()
		g.ann.Must("POST", "/api/workspaces/ws/webhooks/", map[string]any{"url": "http://127.0.0.2:9/", "issue": true,
			"issue_comment": true, "cycle": true, "module": true, "project": true}) // where nothing listens
		first := min(module, other)
		both := `["` + first + `","` + max(module, other) + `"]`
		ids := []string{one, "one", two, "two", three, "three", four, "four", five, "five", below, "below", cycle, "C",
			next, "N", past, "P", module, "M", other, "O", estimate, "E", point, "point", label, "L", under, "U", kept, "K",
			g.cid.User.ID, "cid", comment, "comment", reply, "reply", g.project, "project",
			states["started"], "started"}
		names := strings.NewReplacer(ids...)
		day := a.DB.Now().UTC().Format("2006-01-02")
		list := func(ids ...string) []string { return ids }
		count := 0
		for _, tt := range []deed{
			{"POST issue-dates/", map[string]any{"updates": []any{map[string]any{"id": one, "start_date": "2027-01-01",
				"target_date": "2027-01-02"}}}, list(`issue updated one: start_date null -> "2027-01-01"`,
				`issue updated one: target_date null -> "2027-01-02"`)},
			{"POST issues/" + one + "/sub-issues/", map[string]any{"sub_issue_ids": []string{five}},
				list(`issue updated five: parent_id null -> "one"`)},
			{"POST cycles/" + next + "/cycle-issues/", map[string]any{"issues": []string{one}},
				list(`issue updated one: cycle_id null -> "N"`)},
			{"POST cycles/" + past + "/cycle-issues/", map[string]any{"issues": []string{one}},
				list(`issue updated one: cycle_id "N" -> "P"`)},
			{"POST cycles/" + past + "/transfer-issues/", map[string]any{"new_cycle_id": next},
				list(`issue updated one: cycle_id "P" -> "N"`)},
			{"DELETE cycles/" + next + "/cycle-issues/" + one + "/", nil, list(`issue updated one: cycle_id "N" -> null`)},
			{"DELETE cycles/" + next + "/cycle-issues/" + one + "/", nil, nil},
			{"V1 POST cycles/" + next + "/cycle-issues/", map[string]any{"issues": []string{one}},
				list(`issue updated one: cycle_id null -> "N"`)},
			{"DELETE cycles/" + next + "/", nil, list(`issue updated one: cycle_id "N" -> null`, "cycle deleted N")},
			{"POST modules/" + module + "/issues/", map[string]any{"issues": []string{one}},
				list(`issue updated one: module_ids [] -> ["M"]`)},
			{"POST modules/" + module + "/issues/", map[string]any{"issues": []string{one}}, nil},
			{"V1 POST modules/" + other + "/module-issues/", map[string]any{"issues": []string{one}},
				list("issue updated one: module_ids [\"M\"] -> " + names.Replace(both))},
			{"POST issues/" + one + "/modules/", map[string]any{"modules": []string{}, "removed_modules": []string{module}},
				list("issue updated one: module_ids " + names.Replace(both) + ` -> ["O"]`)},
			{"PATCH modules/" + other + "/", map[string]any{"member_ids": []string{g.cid.User.ID}},
				list(`module updated O: members [] -> ["cid"]`)},
			{"V1 PATCH modules/" + other + "/", map[string]any{"members": []string{g.cid.User.ID}}, nil},
			{"V1 PATCH modules/" + other + "/", map[string]any{"members": []string{}, "name": "O2"},
				list(`module updated O: name "O" -> "O2"`, `module updated O: members ["cid"] -> []`)},
			{"DELETE issue-labels/" + label + "/", nil, list("issue updated one: label_ids "+pair(label, "L", kept, "K")+` -> ["K"]`,
				`issue updated two: label_ids ["U"] -> []`)},
			{"V1 DELETE labels/" + kept + "/", nil, list(`issue updated one: label_ids ["K"] -> []`)},
			{"DELETE modules/" + module + "/", nil, list("module deleted M")},
			{"POST modules/" + other + "/archive/", nil, list("module updated O: archived_at null -> TIME")},
			{"DELETE modules/" + other + "/archive/", nil, list("module updated O: archived_at TIME -> null")},
			{"DELETE modules/" + other + "/", nil, list(`issue updated one: module_ids ["O"] -> []`, "module deleted O")},
			{"POST issues/" + two + "/archive/", nil, list(`issue updated two: archived_at null -> "` + day + `"`)},
			{"DELETE issues/" + two + "/archive/", nil, list(`issue updated two: archived_at "` + day + `" -> null`)},
			{"POST bulk-archive-issues/", map[string]any{"issue_ids": []string{two, three}},
				list(`issue updated three: archived_at null -> "`+day+`"`, `issue updated two: archived_at null -> "`+day+`"`)},
			{"DELETE issues/" + one + "/comments/" + comment + "/", nil,
				list("issue_comment deleted comment", "issue_comment deleted reply")},
			{"DELETE issues/" + four + "/", nil, list("issue deleted four", "issue deleted below")},
			{"DELETE bulk-delete-issues/", map[string]any{"issue_ids": []string{one}}, list("issue deleted one")},
			{"V1 DELETE issues/" + five + "/", nil, list("issue deleted five")},
			{"DELETE estimates/" + estimate + "/", nil, list(`project updated project: estimate "E" -> null`,
				`issue updated two: estimate_point "point" -> null`)},
			{"POST cycles/" + cycle + "/archive/", nil, list("cycle updated C: archived_at null -> TIME")},
			{"DELETE cycles/" + cycle + "/archive/", nil, list("cycle updated C: archived_at TIME -> null")},
			{"POST archive/", nil, list("project updated project: archived_at null -> TIME")},
			{"DELETE archive/", nil, list("project updated project: archived_at TIME -> null")},
			{"DELETE ", nil, list("project deleted project")},
		} {
			who, at, do := g.ann, g.at, tt.do
			if rest, ok := strings.CutPrefix(do, "V1 "); ok {
				who, at, do = key, v1, rest
			}
			method, path, _ := strings.Cut(do, " ")
			var body any
			if tt.body != nil {
				body = tt.body
			}
			if got := who.Do(method, at+path, body); got.Status >= http.StatusBadRequest {
				t.Fatalf("%s: %d %s", names.Replace(tt.do), got.Status, got.Raw)
			}
			heard := toldOf(t, a, names)
			fresh := heard[count:]
			count = len(heard)
			for i := range fresh {
				fresh[i] = times.ReplaceAllString(fresh[i], "TIME")
			}
			if strings.Contains(tt.do, "bulk") || strings.Contains(tt.do, "label") {
				slices.Sort(fresh) // which is first is not said
			}
			if !slices.Equal(fresh, tt.want) {
				t.Errorf("%s: webhooks hear\n%s\nnot\n%s", names.Replace(tt.do), strings.Join(fresh, "\n"),
					strings.Join(tt.want, "\n"))
			}
		}
	})
}

// pair is a list of two ids, in their order, by their names.
func pair(a, nameA, b, nameB string) string {
	if a > b {
		nameA, nameB = nameB, nameA
	}
	return `["` + nameA + `","` + nameB + `"]`
}

// A cover that is uploaded, handed over, or taken away is a change of its project as one that is named is.
func TestWebhooksHearOfCovers(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newGallery(t, s)
		a := s.App
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		g.ann.Must("POST", "/api/workspaces/ws/webhooks/", map[string]any{"url": "http://127.0.0.2:9/", "project": true})
		count := 0
		hears := func(what, want string) {
			t.Helper()
			heard := toldOf(t, a, strings.NewReplacer())
			fresh := strings.Join(heard[count:], "\n")
			count = len(heard)
			if !strings.Contains(fresh, "project updated "+g.project+": cover_image_asset ") || !strings.Contains(fresh, want) {
				t.Errorf("%s: webhooks hear\n%s", what, fresh)
			}
		}
		cover := shot(t, g.ann, wsAssets, "PROJECT_COVER", g.project)
		hears("a cover that is uploaded", `cover_image_asset null -> "`+cover+`"`)
		later := shot(t, g.ann, wsAssets, "PROJECT_COVER", "")
		g.ann.Must("POST", g.files()+g.project+"/bulk/", map[string]any{"asset_ids": []string{later}})
		hears("a cover that is handed over", `cover_image_asset "`+cover+`" -> "`+later+`"`)
		g.ann.Must("DELETE", wsAssets+later+"/", nil)
		hears("a cover that is taken away", `cover_image_asset "`+later+`" -> null`)
	})
}
