package notify_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
)

const (
	issuesAt = "/api/workspaces/{slug}/projects/{project}/issues/"
	v1At     = "/api/v1/workspaces/{slug}/projects/{project}/"
	naming   = `<p>see <mention-component entity_name=\"user_mention\" entity_identifier=\"{carl}\"></mention-component></p>`
)

func do(as, what, body string) step { return step{As: as, Do: what, Send: []byte(body)} }

// Whoever a new work item, a text or a comment names is told so exactly once, by a notification and a letter, however
// it is written and whoever else is told something.
func TestWhoIsNamedIsToldOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		g := newStage(t, a)
		for name, steps := range namings() {
			for _, st := range steps {
				g.play(st)
			}
			var told, wrote []string
			for _, row := range g.rows() {
				switch words := strings.Fields(row); {
				case words[0] == "notification" && words[5] == "mentioned":
					told = append(told, words[2])
				case words[0] == "letter" && strings.Contains(row, " mention "):
					wrote = append(wrote, words[2])
				}
			}
			if fmt.Sprint(told, wrote) != "[carl] [carl]" {
				t.Errorf("%s: told %v, written to %v:\n%s", name, told, wrote, strings.Join(g.rows(), "\n"))
			}
		}
	})
}

// namings are the ways to name carl.
func namings() map[string][]step {
	made := do("dora", "POST "+issuesAt, `{"name": "made", "estimate_point": "{point:2}"}`)
	return map[string][]step{
		"a new work item":       {do("dora", "POST "+issuesAt, `{"name": "n", "description_html": "`+naming+`"}`)},
		"assigned to one":       {do("dora", "POST "+issuesAt, `{"name": "n", "description_html": "`+naming+`", "assignee_ids": ["{anna}"]}`)},
		"assigned to two":       {do("dora", "POST "+issuesAt, `{"name": "n", "description_html": "`+naming+`", "assignee_ids": ["{anna}", "{bert}"]}`)},
		"assigned to the named": {do("dora", "POST "+issuesAt, `{"name": "n", "description_html": "`+naming+`", "assignee_ids": ["{carl}", "{anna}"]}`)},
		"by key":                {do("key", "POST "+v1At+"issues/", `{"name": "n", "description_html": "`+naming+`", "assignees": ["{anna}"]}`)},
		"in the intake": {do("dora", "POST /api/workspaces/{slug}/projects/{project}/intake-issues/",
			`{"issue": {"name": "n", "description_html": "`+naming+`"}}`)},
		"in a text":           {made, do("dora", "PATCH "+issuesAt+"{item}/", `{"description_html": "`+naming+`"}`)},
		"in a text by key":    {made, do("key", "PATCH "+v1At+"issues/{item}/", `{"description_html": "`+naming+`"}`)},
		"in a text, with all": {made, do("dora", "PATCH "+issuesAt+"{item}/", `{"description_html": "`+naming+`", "priority": "low", "name": "o"}`)},
		"in the text's second change": {made, do("dora", "PATCH "+issuesAt+"{item}/", `{"description_html": "<p>one</p>"}`),
			do("dora", "PATCH "+issuesAt+"{item}/", `{"description_html": "`+naming+`", "priority": "low"}`)},
		"with a change that leaves no history": {made, do("dora", "PATCH "+issuesAt+"{item}/",
			`{"description_html": "`+naming+`", "estimate_point": null}`)},
		"in a comment":        {made, do("dora", "POST "+issuesAt+"{item}/comments/", `{"comment_html": "`+naming+`"}`)},
		"in a comment by key": {made, do("key", "POST "+v1At+"issues/{item}/comments/", `{"comment_html": "`+naming+`"}`)},
		"in an edited comment by key": {made, do("key", "POST "+v1At+"issues/{item}/comments/", `{"comment_html": "<p>x</p>"}`),
			do("key", "PATCH "+v1At+"issues/{item}/comments/{comment}/", `{"comment_html": "`+naming+`"}`)},
	}
}
