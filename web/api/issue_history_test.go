package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/web/webtest"
)

// chronicle is a project with something of everything that a history can speak of, by name.
type chronicle struct {
	*webtest.Server
	people  map[string]*webtest.Client
	project string
	ids     map[string]string
}

func newChronicle(t *testing.T, s *webtest.Server) *chronicle {
	t.Helper()
	ann, items := tracker(t, s)
	w := &chronicle{s, map[string]*webtest.Client{"ann": ann, "bob": s.User("bob")}, strings.TrimSuffix(items, "issues/"),
		map[string]string{}}
	w.ids["ann"], w.ids["bob"] = ann.User.ID, w.people["bob"].User.ID
	join(t, s, w.people["bob"])
	for _, st := range ann.Must("GET", w.project+"states/", nil).JSON().([]any) {
		st := st.(map[string]any)
		w.ids[st["name"].(string)] = st["id"].(string)
	}
	e := ann.Must("POST", w.project+
		"estimates/", map[string]any{"estimate": map[string]any{"name": "Points", "type": "points"},
		"estimate_points": []map[string]any{{"key": 1, "value": "1"}, {"key": 2, "value": "2"}}})
	for _, p := range e.At("points").([]any) {
		p := p.(map[string]any)
		w.ids["point "+p["value"].(string)] = p["id"].(string)
	}
	for _, made := range []struct{ path, name string }{{"issue-labels/", "red"}, {"issue-labels/", "blue"},
		{"cycles/", "one"}, {"cycles/", "two"}, {"modules/", "first"}, {"modules/", "second"}, {"issues/", "top"},
		{"issues/", "other"}} {
		w.ids[made.name] = ann.Must("POST", w.project+made.path, map[string]any{"name": made.name}).ID()
	}
	return w
}

// fill puts ids in the place of <names>, and back.
func (w *chronicle) fill(text string, back bool) string {
	for name, id := range w.ids {
		from, to := "<"+name+">", id
		if back {
			from, to = to, from
		}
		text = strings.ReplaceAll(text, from, to)
	}
	return text
}

// entries are what the history of a work item says, a line each: verb, field, values, identifiers, comment.
func (w *chronicle) entries(item string) (lines []string) {
	show := func(v any) string {
		if v == nil {
			return "null"
		}
		return fmt.Sprintf("%q", v)
	}
	for _, e := range w.people["ann"].Must("GET", w.project+"issues/"+item+"/history/?activity_type=issue-property",
		nil).JSON().([]any) {
		e := e.(map[string]any)
		actor := e["actor_detail"].(map[string]any)["display_name"]
		lines = append(lines, w.fill(fmt.Sprintf("%s %s %v: %s → %s (%s → %s) %q", actor, e["verb"], e["field"],
			show(e["old_value"]), show(e["new_value"]), show(e["old_identifier"]), show(e["new_identifier"]), e["comment"]),
			true))
	}
	return lines
}

// What each change says: see notes/issues-around.md of the recordings, "History and versions".
var histories = []struct {
	name, made string   // what the work item has from the start
	do         []string // who, method, path below the project, body; {} is the work item
	want       []string // beside what its creation left
	beside     map[string]string
}{
	{name: "name", do: []string{`ann PATCH issues/{}/ {"name": "renamed"}`},
		want: []string{`ann updated name: "item" → "renamed" (null → null) "updated the name to"`}},
	{name: "priority", do: []string{`ann PATCH issues/{}/ {"priority": "urgent"}`},
		want: []string{`ann updated priority: "none" → "urgent" (null → null) "updated the priority to"`}},
	{name: "state", do: []string{`ann PATCH issues/{}/ {"state_id": "<Done>"}`},
		want: []string{`ann updated state: "Backlog" → "Done" ("<Backlog>" → "<Done>") "updated the state to"`}},
	{name: "target date", do: []string{`ann PATCH issues/{}/ {"target_date": "2026-12-01"}`,
		`ann PATCH issues/{}/ {"target_date": "2026-12-02"}`, `ann PATCH issues/{}/ {"target_date": null}`}, want: []string{
		`ann updated target_date: "" → "2026-12-01" (null → null) "updated the target date to"`,
		`ann updated target_date: "2026-12-01" → "2026-12-02" (null → null) "updated the target date to"`,
		`ann updated target_date: "2026-12-02" → "" (null → null) "updated the target date to"`}},
	{name: "start date", do: []string{`ann PATCH issues/{}/ {"start_date": "2026-12-01"}`,
		`ann PATCH issues/{}/ {"start_date": null}`}, want: []string{
		`ann updated start_date: "" → "2026-12-01" (null → null) "updated the start date to "`,
		`ann updated start_date: "2026-12-01" → "" (null → null) "updated the start date to "`}},
	{name: "labels", do: []string{`ann PATCH issues/{}/ {"label_ids": ["<red>", "<blue>"]}`,
		`ann PATCH issues/{}/ {"label_ids": ["<blue>"]}`}, want: []string{
		`ann updated labels: "" → "blue" (null → "<blue>") "added label "`,
		`ann updated labels: "" → "red" (null → "<red>") "added label "`,
		`ann updated labels: "red" → "" ("<red>" → null) "removed label "`}},
	{name: "labels from the start", made: `"label_ids": ["<red>"]`},
	{name: "assignees", do: []string{`ann PATCH issues/{}/ {"assignee_ids": ["<bob>"]}`,
		`ann PATCH issues/{}/ {"assignee_ids": ["<ann>"]}`}, want: []string{
		`ann updated assignees: "" → "bob" (null → "<bob>") "added assignee "`,
		`ann updated assignees: "" → "ann" (null → "<ann>") "added assignee "`,
		`ann updated assignees: "bob" → "" ("<bob>" → null) "removed assignee "`}},
	{name: "parent", do: []string{`ann PATCH issues/{}/ {"parent_id": "<top>"}`,
		`ann PATCH issues/{}/ {"parent_id": "<other>"}`, `ann PATCH issues/{}/ {"parent_id": null}`}, want: []string{
		`ann updated parent: "" → "PROJ-1" (null → "<top>") "updated the parent issue to"`,
		`ann updated parent: "PROJ-1" → "PROJ-2" ("<top>" → "<other>") "updated the parent issue to"`,
		`ann updated parent: "PROJ-2" → "" ("<other>" → null) "updated the parent issue to"`}},
	{name: "put below another",
		do: []string{`ann POST issues/<top>/sub-issues/ {"sub_issue_ids": ["{}"]}`,
			`ann POST issues/<top>/sub-issues/ {"sub_issue_ids": ["{}"]}`}, want: []string{
			`ann updated parent: "PROJ-{n}" → "PROJ-1" ("{}" → "<top>") "updated the parent issue to"`,
			`ann updated parent: "PROJ-{n}" → "PROJ-1" ("{}" → "<top>") "updated the parent issue to"`}},
	{name: "estimate", do: []string{`ann PATCH issues/{}/ {"estimate_point": "<point 1>"}`,
		`ann PATCH issues/{}/ {"estimate_point": "<point 2>"}`}, want: []string{
		`ann updated estimate_points: null → "1" (null → "<point 1>") "updated the estimate point to "`,
		`ann updated estimate_points: "1" → "2" ("<point 1>" → "<point 2>") "updated the estimate point to "`}},
	{name: "estimate taken away, with another field", made: `"estimate_point": "<point 1>"`,
		do: []string{`ann PATCH issues/{}/ {"estimate_point": null, "name": "other"}`}},
	{name: "description", do: []string{`ann PATCH issues/{}/ {"description_html": "<p>one</p>"}`,
		`ann PATCH issues/{}/ {"description_html": "<p>two</p>"}`,
		`bob PATCH issues/{}/ {"description_html": "<p>three</p>"}`}, want: []string{
		`ann updated description: "<p></p>" → "<p>one</p>" (null → null) "updated the description to"`,
		`bob updated description: "<p>two</p>" → "<p>three</p>" (null → null) "updated the description to"`}},
	{name: "several fields",
		do: []string{`bob PATCH issues/{}/ {"name": "both", "priority": "high", "state_id": "<Done>"}`}, want: []string{
			`bob updated state: "Backlog" → "Done" ("<Backlog>" → "<Done>") "updated the state to"`,
			`bob updated name: "item" → "both" (null → null) "updated the name to"`,
			`bob updated priority: "none" → "high" (null → null) "updated the priority to"`}},
	{name: "what was so", made: `"priority": "low"`,
		do: []string{`ann PATCH issues/{}/ {"priority": "low", "name": "item", "state_id": "<Backlog>", "label_ids": [], "parent_id": null}`}},
	{name: "what leaves nothing",
		do: []string{`ann PATCH issues/{}/ {"sort_order": 5, "external_id": "7", "external_source": "x", "sequence_id": 99, "point": 3}`}},
	{name: "what is refused",
		do: []string{`ann PATCH issues/{}/ {"name": "x", "state_id": "00000000-0000-0000-0000-000000000000"}`}},
	{name: "archive", made: `"state_id": "<Done>"`,
		do: []string{`ann POST issues/{}/archive/ {}`, `ann DELETE issues/{}/archive/ {}`}, want: []string{
			`ann updated archived_at: null → "manual_archive" (null → null) "Actor has archived the issue"`,
			`ann updated archived_at: "archive" → "restore" (null → null) "has restored the issue"`}},
	{name: "archived with others", made: `"state_id": "<Done>"`,
		do: []string{`ann POST bulk-archive-issues/ {"issue_ids": ["{}"]}`,
			`ann POST bulk-archive-issues/ {"issue_ids": ["{}"]}`}, want: []string{
			`ann updated archived_at: null → "manual_archive" (null → null) "Actor has archived the issue"`}},
	{name: "dates of several",
		do: []string{`ann POST issue-dates/ {"updates": [{"id": "{}", "start_date": "2026-12-01", "target_date": "2026-12-05"}]}`}, want: []string{
			`ann updated start_date: "" → "2026-12-01" (null → null) "updated the start date to "`,
			`ann updated target_date: "" → "2026-12-05" (null → null) "updated the target date to"`}},
	{name: "cycle", do: []string{`ann POST cycles/<one>/cycle-issues/ {"issues": ["{}"]}`,
		`ann POST cycles/<two>/cycle-issues/ {"issues": ["{}"]}`, `ann DELETE cycles/<two>/cycle-issues/{}/ {}`},
		want: []string{
			`ann created cycles: "" → "one" (null → "<one>") "added cycle one"`,
			`ann updated cycles: "one" → "two" ("<one>" → "<two>") "updated cycle from one\n                to two"`,
			`ann deleted cycles: "two" → "" ("<two>" → null) "removed this issue from two"`}},
	{name: "module", do: []string{`ann POST issues/{}/modules/ {"modules": ["<first>"]}`,
		`ann POST issues/{}/modules/ {"modules": ["<second>"], "removed_modules": ["<first>"]}`}, want: []string{
		`ann created modules: "" → "first" (null → "<first>") "added module first"`,
		`ann created modules: "" → "second" (null → "<second>") "added module second"`,
		`ann deleted modules: "first" → "" ("<first>" → null) "removed this issue from first"`}},
	{name: "put into a module, twice",
		do: []string{`ann POST modules/<first>/issues/ {"issues": ["{}"]}`,
			`ann POST modules/<first>/issues/ {"issues": ["{}"]}`}, want: []string{
			`ann created modules: "" → "first" (null → "<first>") "added module first"`,
			`ann created modules: "" → "first" (null → "<first>") "added module first"`}},
	{name: "relation", do: []string{`ann POST issues/{}/issue-relation/ {"relation_type": "blocking", "issues": ["<top>"]}`, `ann POST issues/{}/remove-relation/ {"relation_type": "blocking", "related_issue": "<top>"}`},
		want: []string{`ann updated blocking: "" → "PROJ-1" ("<top>" → null) "added blocking relation"`,
			`ann deleted blocking: "PROJ-1" → "" ("<top>" → null) "deleted blocking relation"`},
		beside: map[string]string{"top": `ann updated blocked_by: "" → "PROJ-{n}" ("{}" → null) "added blocked_by relation"` +
			"\n" + `ann deleted blocked_by: "PROJ-{n}" → "" ("<top>" → null) "deleted blocking relation"`}},
	{name: "relation that keeps its kind",
		do: []string{`ann POST issues/{}/issue-relation/ {"relation_type": "start_before", "issues": ["<top>"]}`,
			`ann POST issues/{}/remove-relation/ {"relation_type": "start_before", "related_issue": "<top>"}`},
		want: []string{`ann updated start_before: "" → "PROJ-1" ("<top>" → null) "added start_before relation"`,
			`ann deleted start_before: "PROJ-1" → "" ("<top>" → null) "deleted start_before relation"`},
		beside: map[string]string{"top": `ann updated start_after: "" → "PROJ-{n}" ("{}" → null) "added start_after relation"` + "\n" + `ann deleted start_before: "PROJ-{n}" → "" ("<top>" → null) "deleted start_before relation"`}},
	{name: "link", do: []string{`ann POST issues/{}/issue-links/ {"url": "https://127.0.0.1/a"}`,
		`ann PATCH issues/{}/issue-links/{last}/ {"url": "https://127.0.0.1/b"}`,
		`ann PATCH issues/{}/issue-links/{last}/ {"title": "b"}`, `ann DELETE issues/{}/issue-links/{last}/ {}`},
		want: []string{`ann created link: null → "https://127.0.0.1/a" (null → "{last}") "created a link"`,
			`ann updated link: "https://127.0.0.1/a" → "https://127.0.0.1/b" ("{last}" → "{last}") "updated a link"`,
			`ann updated link: "https://127.0.0.1/b" → "" ("{last}" → "{last}") "updated a link"`,
			`ann deleted link: "https://127.0.0.1/b" → "" (null → null) "deleted the link"`}},
	{name: "deletion", do: []string{`ann DELETE issues/{}/ {}`},
		want: []string{`ann deleted issue: null → null (null → null) "deleted the issue"`}},
	{name: "all anew", do: []string{`ann PUT issues/{}/ {"name": "anew", "priority": "low"}`}, want: []string{
		`ann updated name: "item" → "anew" (null → null) "updated the name to"`,
		`ann updated priority: "none" → "low" (null → null) "updated the priority to"`}},
	{name: "comments and reactions",
		do: []string{`bob POST issues/{}/comments/ {"comment_html": "<p>hello</p>"}`,
			`bob POST issues/{}/reactions/ {"reaction": "128077"}`}},
}

func TestHistorySaysWhatChanged(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newChronicle(t, s)
		for _, tc := range histories {
			t.Run(tc.name, func(t *testing.T) { w.tell(t, tc.made, tc.do, tc.want, tc.beside) })
		}
	})
}

// tell makes a work item, does things to it, and compares what its history says then.
func (w *chronicle) tell(t *testing.T, made string, do, want []string, beside map[string]string) {
	t.Helper()
	body := `{"name": "item"}`
	if made != "" {
		body = `{"name": "item", ` + w.fill(made, false) + `}`
	}
	item := w.people["ann"].Must("POST", w.project+"issues/", body)
	id, last := item.ID(), ""
	here := func(text string) string {
		return strings.NewReplacer("{}", id, "{last}", last, "{n}", fmt.Sprint(item.At("sequence_id"))).Replace(text)
	}
	before, others := len(w.entries(id)), map[string]int{}
	for name := range beside {
		others[name] = len(w.entries(w.ids[name]))
	}
	for _, step := range do {
		words := strings.SplitN(here(w.fill(step, false)), " ", 4)
		if a := w.people[words[0]].Do(words[1], w.project+words[2], words[3]); a.ID() != "" {
			last = a.ID()
		}
	}
	wanted := append([]string{}, want...)
	for i := range wanted {
		wanted[i] = here(wanted[i])
	}
	if diff := cmp.Diff(wanted, append([]string{}, w.entries(id)[before:]...)); diff != "" {
		t.Error(diff)
	}
	for name, text := range beside {
		if diff := cmp.Diff(strings.Split(here(text), "\n"), w.entries(w.ids[name])[others[name]:]); diff != "" {
			t.Errorf("beside, %s: %s", name, diff)
		}
	}
}

// One person's edits within ten minutes are one version of a text.
func TestVersionsOfATextAreKept(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newChronicle(t, s)
		item := w.people["ann"].Must("POST", w.project+"issues/",
			map[string]any{"name": "item", "description_html": "<p>0</p>"}).ID()
		for _, step := range []struct {
			who, text string
			after     time.Duration // since the start
			want      []string      // newest first
		}{
			{"ann", "<p>1</p>", 5 * time.Minute, []string{"<p>1</p>"}},
			{"bob", "<p>2</p>", 6 * time.Minute, []string{"<p>2</p>", "<p>1</p>"}},
			{"ann", "<p>3</p>", 7 * time.Minute, []string{"<p>3</p>", "<p>2</p>", "<p>1</p>"}},
			{"ann", "<p>4</p>", 16 * time.Minute, []string{"<p>4</p>", "<p>2</p>", "<p>1</p>"}},
			{"ann", "<p>5</p>", 40 * time.Minute, []string{"<p>5</p>", "<p>4</p>", "<p>2</p>", "<p>1</p>"}},
		} {
			s.App.DB.OwnClock().Run(step.after)
			w.people[step.who].Must("PATCH", w.project+"issues/"+item+"/", map[string]any{"description_html": step.text})
			var got []string
			at := w.project + "work-items/" + item + "/description-versions/"
			for _, v := range w.people["ann"].Must("GET", at, nil).At("results").([]any) {
				got = append(got, w.people["ann"].Must("GET", at+v.(map[string]any)["id"].(string)+"/",
					nil).At("description_html").(string))
			}
			if diff := cmp.Diff(step.want, got); diff != "" {
				t.Errorf("after %v by %s: %s", step.after, step.who, diff)
			}
		}
	})
}
