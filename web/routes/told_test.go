package routes_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// toldOf says of which rows streams tell: by table, the kind of event and the column with the id that it names.
var toldOf = map[string][2]string{
	"issues": {store.EventIssue, "id"}, "issue_comments": {store.EventComment, "id"}, "cycles": {store.EventCycle, "id"},
	"modules": {store.EventModule, "id"}, "pages": {store.EventPage, "id"}, "projects": {store.EventProject, "id"},
	"intake_issues": {store.EventIntake, "issue_id"}, "cycle_issues": {store.EventIssue, "issue_id"},
	"module_issues": {store.EventIssue, "issue_id"}, "issue_labels": {store.EventIssue, "issue_id"},
	"issue_assignees": {store.EventIssue, "issue_id"}, "issue_links": {store.EventIssue, "issue_id"},
}

// unheard are operations that change such rows and tell nothing of them, and why.
var unheard = map[string]string{
	"DELETE /api/workspaces/{slug}/": "the workspace is gone, and with it whoever could listen",
}

// changedRows are the ids of the rows that are to be told of, by kind, with what is in them.
func (r *arena) changedRows(t *testing.T) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	read := r.s.App.DB.Read(context.Background())
	for table, of := range toldOf {
		eachRow(t, read, "SELECT * FROM "+table+" WHERE workspace_id = ? ORDER BY id", []any{r.workspace.ID},
			func(cols []string, row []any) {
				key, text := of[0]+" "+fmt.Sprintf("%s", row[slices.Index(cols, of[1])]), table
				for i, col := range cols {
					if col != "updated_at" && col != "updated_by_id" {
						text += fmt.Sprint(" ", col, "=", row[i])
					}
				}
				if all[key] == nil {
					all[key] = map[string]string{}
				}
				all[key][table+fmt.Sprint(row[slices.Index(cols, "id")])] = text
			})
	}
	return all
}

// Whatever changes a row of which streams tell leaves an event of it, in the same transaction.
func TestEveryChangeIsToldOf(t *testing.T) {
	webtest.Long(t)
	reached, want := 0, readTwice(t)
	apptest.Each(t, func(t *testing.T, a *app.App) {
		s := webtest.Still(t, a) // what follows is told when it is done
		var r *arena
		for n, op := range changingOps() {
			key := op.Method + " " + op.Path
			if unheard[key] != "" {
				continue
			}
			var before map[string]map[string]string
			var a webtest.Answer
			for fresh := n%shareArenas == 0 || want[key] == ""; ; fresh = true {
				if fresh {
					r = newArena(t, s, fmt.Sprintf("told%d", n))
				}
				before = r.changedRows(t)
				r.forgetEvents(t)
				if a = r.ask(t, op); fresh || strings.HasPrefix(want[key], fmt.Sprint(a.Status)) {
					break // else an operation before has changed what this one is about
				}
			}
			after, told := r.changedRows(t), r.events(t)
			for entity, rows := range after {
				if maps.Equal(rows, before[entity]) {
					continue
				}
				if reached++; !told[entity] && !goneAlong(told, rows) {
					t.Errorf("%s (%d) tells nothing of %s:\n%v\n%v", key, a.Status, entity, before[entity], rows)
				}
			}
			for entity := range before {
				if after[entity] == nil && !told[entity] {
					t.Errorf("%s (%d) tells nothing of %s, which is gone", key, a.Status, entity)
				}
			}
		}
	})
	if reached < 100 {
		t.Errorf("only %d changes were seen", reached)
	}
	for key := range unheard {
		if !slices.ContainsFunc(routes.All("test"), func(op web.Op) bool { return op.Method+" "+op.Path == key }) {
			t.Errorf("there is no operation %s", key)
		}
	}
}

// goneAlong says whether rows are of something that is told to be deleted: nothing else is said of what goes with it.
func goneAlong(told map[string]bool, rows map[string]string) bool {
	for _, text := range rows {
		for entity := range told {
			if id, gone := strings.CutSuffix(entity, " deleted"); gone && strings.Contains(text, "_id="+id[len(id)-36:]) {
				return true
			}
		}
	}
	return false
}

// forgetEvents makes room for those of the next operation.
func (r *arena) forgetEvents(t *testing.T) {
	t.Helper()
	err := r.s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
		_, err := tx.Exec("DELETE FROM stream_events WHERE workspace_id = ?", r.workspace.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// events are the kinds and ids of what has happened in the arena, and once more with "deleted" of what was deleted.
func (r *arena) events(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	query := "SELECT kind, entity_id, action FROM stream_events WHERE workspace_id = ?"
	eachRow(t, r.s.App.DB.Read(context.Background()), query, []any{r.workspace.ID}, func(_ []string, row []any) {
		key := fmt.Sprintf("%s %s", row[0], row[1])
		if all[key] = true; row[2] == store.ActionDeleted {
			all[key+" deleted"] = true
		}
	})
	return all
}
