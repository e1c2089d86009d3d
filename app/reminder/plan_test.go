package reminder_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
)

// A morning takes as many statements for a thousand work items as for one, and none of them reads all work items, nor
// all assignments.
func TestDueIsFoundByIndex(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newTown(t, a, at("2026-11-30 08:00"))
		ann, bob := w.person("ann", "UTC"), w.person("bob", "Europe/London")
		w.items(1000, "old", "2020-01-01", ann, bob)
		w.items(100, "due", "2026-11-30", ann)
		if w.DB.Postgres {
			_, err := w.DB.Read(t.Context()).Exec("ANALYZE")
			must(t, err)
		}
		asked, args := []string{}, [][]any{}
		w.DB.Observe(func(_ context.Context, q string, v []any) { asked, args = append(asked, q), append(args, v) })
		w.run()
		w.DB.Observe(nil)
		if len(asked) > 20 {
			t.Errorf("%d statements", len(asked))
		}
		if got := len(w.told(ann)); got != 100 {
			t.Errorf("%d reminders", got)
		}
		for n, q := range asked {
			if !strings.Contains(q, "FROM issues i JOIN states") {
				continue
			}
			plan := w.explain(q, args[n])
			for _, bad := range []string{"SCAN i", "SCAN a", "SCAN r", "Seq Scan on issues", "Seq Scan on issue_assignees"} {
				for line := range strings.Lines(plan) {
					if strings.Contains(line, bad) && !strings.Contains(line, "USING INDEX") {
						t.Errorf("%s\n%s", q, plan)
					}
				}
			}
			if strings.Contains(q, "user_timezone") && !strings.Contains(plan, "issues_due") {
				t.Errorf("%s\n%s", q, plan)
			}
		}
	})
}

func (w *town) explain(query string, args []any) string {
	w.t.Helper()
	prefix := "EXPLAIN QUERY PLAN "
	if w.DB.Postgres {
		prefix = "EXPLAIN (FORMAT TEXT) "
	}
	var plan strings.Builder
	rows, err := w.DB.Read(w.t.Context()).Rows(prefix+query, args...)
	must(w.t, err)
	defer rows.Close()
	cols, err := rows.Columns()
	must(w.t, err)
	for rows.Next() {
		values := make([]any, len(cols))
		for i := range values {
			values[i] = new(string)
		}
		must(w.t, rows.Scan(values...))
		plan.WriteString(*values[len(values)-1].(*string) + "\n")
	}
	return plan.String()
}

// One letter tells of everything, the oldest first; names are one line each, whatever is in them, and of very many it
// names some. No letter goes out while nobody has said where its links should lead.
func TestOneLetter(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newTown(t, a, at("2026-11-30 08:00"))
		ann, bob := w.person("ann", "UTC"), w.person("bob", "UTC")
		w.item("tomorrow", "2026-12-01", ann)
		w.item("Two\r\n\r\nBcc: all@x.test\n\nhttps://evil.test/\u2028lines", "2026-11-28", ann)
		w.items(30, "many", "2026-11-30", ann)
		w.item("one", "2026-11-30", bob)
		w.run()
		l := w.letters(ann)
		if len(l) != 1 {
			t.Fatalf("%d letters", len(l))
		}
		if want := "Your work items: 1 overdue, 30 due today, 1 due tomorrow"; l[0]["subject"] != want {
			t.Errorf("subject %q", l[0]["subject"])
		}
		if strings.Contains(l[0]["items"], "evil.test/\n") || strings.Contains(l[0]["items"], "\nBcc") ||
			!strings.HasPrefix(l[0]["items"], "Overdue:\n\nROCKET-2 Two Bcc: all@x.test https://evil.test/ lines (Rocket, due on 28 November 2026)\n\n"+
				"https://plane.test/townhall/browse/ROCKET-2/\n\nDue today:\n\nROCKET-3 many") {
			t.Errorf("items %q", l[0]["items"])
		}
		if l[0]["more"] != "7 more are due." || l[0]["settings"] != "https://plane.test/console/account/" {
			t.Errorf("%v", l[0])
		}
		if l := w.letters(bob); len(l) != 1 || l[0]["subject"] != "Due today: ROCKET-33 one" {
			t.Errorf("%v", l)
		}
		a.Config.Web.AppURL = ""
		w.item("homeless", "2026-12-01", bob)
		w.turn(at("2026-12-01 08:00"))
		w.run()
		if told, l := w.told(bob), w.letters(bob); len(told) != 3 || len(l) != 1 { // one is overdue as well
			t.Errorf("%v, %d letters", told, len(l))
		}
	})
}

// The notification is a sentence for clients that show who, verb, field, "to" and value of what they do not know.
func TestHowItReads(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newTown(t, a, at("2026-11-30 08:00"))
		ann := w.person("ann", "UTC")
		for _, day := range []string{"2026-11-29", "2026-11-30", "2026-12-01"} {
			w.item("I", day, ann)
		}
		w.run()
		read := w.DB.Read(t.Context())
		rows, err := store.Notifications.List(read, nil, "created_at")
		must(t, err)
		var said []string
		for i := range rows {
			var data struct {
				Issue    map[string]any
				Activity map[string]any `json:"issue_activity"`
			}
			must(t, errors.Join(json.Unmarshal(rows[i].Data, &data)))
			u, err := store.Users.Find(read, *rows[i].TriggeredByID)
			must(t, err)
			if !u.IsBot || data.Issue["identifier"] != "ROCKET" || data.Issue["state_group"] != "unstarted" {
				t.Errorf("%s %v", u.DisplayName, data.Issue)
			}
			said = append(said, strings.Join([]string{u.FirstName, data.Activity["verb"].(string),
				data.Activity["field"].(string), "to", data.Activity["new_value"].(string)}, " "))
		}
		want := []string{"Automation sent a reminder to look at this work item, which was due on 29 November 2026",
			"Automation sent a reminder to finish this work item today, 30 November 2026",
			"Automation sent a reminder to finish this work item by tomorrow, 1 December 2026"}
		if strings.Join(said, "\n") != strings.Join(want, "\n") {
			t.Errorf("it reads\n%s", strings.Join(said, "\n"))
		}
	})
}
