package automation_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/automation"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// rested makes so many work items that nobody has touched for 31 days.
func (w *world) rested(t *testing.T, n int, state string) {
	t.Helper()
	w.issues(t, n, "rested", state)
	w.write(t, func(tx *store.Tx) error {
		return store.Issues.SetWhere(tx, dbx.Params{"updated_at": w.DB.Now().Add(-31 * day)},
			dbx.HashExp{"project_id": w.projectID})
	})
}

func (w *world) run(t *testing.T, ctx context.Context, a *app.App) error {
	t.Helper()
	return automation.Run(ctx, a, automation.Task{ProjectID: w.projectID})
}

// count says how many of the project's work items are in a state and how many are archived.
func (w *world) count(t *testing.T, where dbx.Expression) int {
	t.Helper()
	n, err := store.Issues.Count(w.DB.Read(context.Background()), dbx.And(dbx.HashExp{"project_id": w.projectID}, where))
	must(t, err)
	return n
}

// Where work ends: into the default state if it does there, else into the first cancelled one, else nowhere; then that
// is said once.
func TestWhereWorkIsClosed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		var said bytes.Buffer
		a.Log = slog.New(slog.NewTextHandler(&said, nil))
		home := newWorld(t, a, "homeland")
		for _, tt := range []struct {
			name, state string // the default
			bad         bool   // it belongs to another project
			gone        bool   // there is no cancelled state
			want        string
			completed   bool
		}{
			{name: "Done by default", state: "Done", want: "Done", completed: true},
			{name: "Started by default", state: "In Progress", want: "Cancelled"},
			{name: "Strange by default", bad: true, want: "Cancelled"},
			{name: "None", gone: true, want: "Todo"},
			{name: "Strange and none", bad: true, gone: true, want: "Todo"},
		} {
			w := home.project(t, tt.name)
			w.rested(t, 2, "Todo")
			values := dbx.Params{"close_in": 1}
			if tt.state != "" {
				values["default_state_id"] = w.states[tt.state].ID
			}
			if tt.bad {
				values["default_state_id"] = home.states["Done"].ID
			}
			w.set(t, values)
			if tt.gone {
				w.write(t, func(tx *store.Tx) error { return store.States.Delete(tx, w.states["Cancelled"]) })
			}
			must(t, w.run(t, t.Context(), a))
			completed := dbx.Expression(dbx.HashExp{"completed_at": nil})
			if tt.completed {
				completed = dbx.Not(completed)
			}
			if n := w.count(t, dbx.And(dbx.HashExp{"state_id": w.states[tt.want].ID}, completed)); n != 2 {
				t.Errorf("%s: %d are in %s as they should", tt.name, n, tt.want)
			}
			if n := strings.Count(said.String(), w.projectID); (n == 1) != tt.gone || n > 1 {
				t.Errorf("%s: %s", tt.name, said.String())
			}
		}
	})
}

// Cut short between two steps, it goes on with the rest; run by two nodes at once, or again, it does everything once.
func TestEverythingOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		const many = 130
		w := newWorld(t, a, "homeland")
		w.rested(t, many, "Done")
		w.set(t, dbx.Params{"archive_in": 1, "close_in": 1})
		archived := dbx.Not(dbx.HashExp{"archived_at": nil})
		for steps := int32(1); w.count(t, archived) == 0; steps += 3 {
			if err := w.run(t, apptest.CutShort(t.Context(), steps), a); err == nil {
				t.Fatal("nothing was cut short")
			}
		}
		if n := w.count(t, archived); n == many {
			t.Fatalf("%d were archived before", n)
		}
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if err := w.run(t, t.Context(), a); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		must(t, w.run(t, t.Context(), a))
		rows, err := store.IssueActivities.Count(a.DB.Read(t.Context()), dbx.HashExp{"project_id": w.projectID,
			"field": "archived_at"})
		must(t, err)
		told, err := store.Jobs.Count(a.DB.Read(t.Context()), dbx.HashExp{"kind": store.JobIssueChanged})
		must(t, err)
		if n := w.count(t, archived); n != many || rows != many || told != many {
			t.Errorf("%d archived, %d rows of history, %d jobs", n, rows, told)
		}
	})
}

// Every project that orders something gets a job, and no other.
func TestWhoIsDue(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		home := newWorld(t, a, "homeland")
		var want []string
		for _, tt := range []struct {
			name   string
			values dbx.Params
			due    bool
		}{
			{"Off", dbx.Params{"archive_in": 0}, false},
			{"Archives", dbx.Params{"archive_in": 1}, true},
			{"Closes", dbx.Params{"close_in": 12}, true},
			{"Put away", dbx.Params{"archive_in": 1, "archived_at": store.Stamped(a.DB.Now())}, false},
			{"Deleted", dbx.Params{"archive_in": 1, "deleted_at": store.Stamped(a.DB.Now())}, false},
		} {
			w := home.project(t, tt.name)
			w.set(t, tt.values)
			if tt.due {
				want = append(want, w.projectID)
			}
		}
		must(t, automation.Due(t.Context(), a))
		due, err := store.Jobs.List(a.DB.Read(t.Context()), dbx.HashExp{"kind": automation.Job})
		must(t, err)
		for _, id := range want {
			found := 0
			for _, j := range due {
				found += strings.Count(string(j.Payload), id)
			}
			if found != 1 {
				t.Errorf("%d jobs for %s", found, id)
			}
		}
		if len(due) != len(want) {
			t.Errorf("%d jobs for %d projects", len(due), len(want))
		}
	})
}

// Those that rest are found by an index, in the order of their rest: however many there are, a step reads a part.
func TestRestingIssuesAreFoundByIndex(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := apptest.New(t, db)
		w := newWorld(t, a, "homeland")
		w.rested(t, 400, "Done")
		if db.Postgres {
			_, err := db.Read(t.Context()).Exec("ANALYZE")
			must(t, err)
		}
		var query string
		var args []any
		db.Observe(func(_ context.Context, q string, a []any) {
			if strings.Contains(q, "FROM issues i WHERE i.project_id") {
				query, args = q, a
			}
		})
		for _, closed := range []bool{true, false} {
			_, _, err := store.RestingIssues(db.Read(t.Context()), store.Resting{Project: w.projectID, Closed: closed,
				Until: db.Now()}, 50)
			must(t, err)
			explain := map[bool]string{false: "EXPLAIN QUERY PLAN ", true: "SET LOCAL enable_seqscan = off; EXPLAIN "}[db.Postgres]
			plan := explained(t, db, explain, query, args)
			if !strings.Contains(plan, "issues_list_updated") || strings.Contains(plan, "USE TEMP B-TREE") ||
				strings.Contains(plan, "Sort") {
				t.Errorf("the plan is\n%s", plan)
			}
		}
	})
}

func explained(t *testing.T, db *store.DB, explain, query string, args []any) string {
	t.Helper()
	var plan strings.Builder
	stop := errors.New("only asked")
	err := db.Write(t.Context(), "", func(tx *store.Tx) error {
		if set, rest, two := strings.Cut(explain, "; "); two {
			if _, err := tx.Exec(set); err != nil {
				return err
			}
			explain = rest
		}
		rows, err := tx.Rows(explain+query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			cols, _ := rows.Columns()
			values := make([]any, len(cols))
			for i := range values {
				values[i] = new(string)
			}
			if err := rows.Scan(values...); err != nil {
				return err
			}
			plan.WriteString(*values[len(values)-1].(*string) + "\n")
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	return plan.String()
}
