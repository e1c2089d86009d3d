package routes_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// bigTables grow with every work item. No statement may read one from end to end.
var bigTables = []string{"issues", "issue_labels", "issue_assignees", "issue_activities", "issue_comments",
	"issue_links", "issue_relations", "issue_typed_relations", "issue_worklogs", "issue_property_values",
	"issue_pages", "release_issues", "release_comments", "release_links", "release_item_labels",
	"customer_requests", "customer_issues", "customer_property_values", "milestone_issues", "initiative_issues",
	"issue_subscribers", "issue_mentions", "issue_reactions", "issue_votes",
	"issue_sequences", "issue_versions", "issue_description_versions", "comment_reactions", "file_assets", "cycle_issues",
	"module_issues", "draft_issues", "draft_issue_labels", "draft_issue_assignees", "intake_issues", "notifications",
	"user_recent_visits",
	"descriptions", "issue_names", "search_issues"}

// countEverything are operations that are asked about all there is in the workspace, or in the project.
var countEverything = []string{"/project-stats/", "/advance-analytics-charts/", "/total-worklogs/", "/work-logs/total/"}

// Whatever is read, no big table is read as a whole.
func TestReadsUseIndexes(t *testing.T) {
	webtest.Long(t)
	storetest.Beside(t, func(t *testing.T, db *store.DB) {
		w := newFilled(t, db, 40, 400, 2500)
		if db.Postgres {
			if _, err := db.Read(t.Context()).Exec("ANALYZE"); err != nil {
				t.Fatal(err)
			}
		}
		asked := map[string]string{} // statement -> who asked first
		args := map[string][]any{}
		play := func(c *webtest.Client, r read) {
			for _, s := range w.Statements(func() { c.Do("GET", r.path, nil) }) {
				if _, ok := asked[s.SQL]; !ok && (strings.HasPrefix(s.SQL, "SELECT") || strings.HasPrefix(s.SQL, "WITH")) {
					asked[s.SQL], args[s.SQL] = r.op, s.Args
				}
			}
		}
		guest := w.guest(t)
		for _, r := range w.reads() {
			play(w.client(r.path), r)
			if strings.HasSuffix(r.op, " ") && w.client(r.path) == w.user { // the plain ones
				play(guest, read{r.op + "as a guest", r.path})
			}
		}
		e := explainer{t: t, db: db}
		for statement, op := range asked {
			if slices.ContainsFunc(countEverything, func(part string) bool { return strings.Contains(op, part) }) {
				continue
			}
			for _, line := range e.whole(webtest.Statement{SQL: statement, Args: args[statement]}) {
				t.Errorf("%s: %s\n%s", op, line, statement)
			}
		}
		t.Logf("%d statements", len(asked))
	})
}

// guest is somebody who sees nothing of the project but their own.
func (w *filled) guest(t *testing.T) *webtest.Client {
	t.Helper()
	var u *store.User
	err := w.App.DB.Write(t.Context(), "", func(tx *store.Tx) (err error) {
		if u, err = store.Users.Find(tx, w.person); err != nil {
			return err
		}
		his := dbx.HashExp{"member_id": w.person}
		return errors.Join(store.WorkspaceMembers.SetWhere(tx, dbx.Params{"role": 5}, his),
			store.ProjectMembers.SetWhere(tx, dbx.Params{"role": 5}, his))
	})
	if err != nil {
		t.Fatal(err)
	}
	return w.SignIn(u)
}

// explainer asks a database how it would run statements.
type explainer struct {
	t  *testing.T
	db *store.DB
}

// whole are the steps of a statement's plan that read a big table as a whole, or far too much of it.
func (e explainer) whole(s webtest.Statement) (bad []string) {
	e.t.Helper()
	if strings.Contains(s.SQL, "1 = 0") { // nothing fits that, and nothing is read
		return nil
	}
	plan := e.sqlite
	if e.db.Postgres {
		plan = e.postgres
	}
	names := aliases(s.SQL)
	for _, step := range plan(s) {
		table := step.table
		if real := names[table]; real != "" {
			table = real
		}
		if slices.Contains(bigTables, table) && step.reads() && step.coarse() {
			bad = append(bad, strings.TrimSpace(step.line))
		}
	}
	return bad
}

// step is one line of a plan that reads a table.
type step struct {
	line, table string
	by          []string // the columns that the index is asked for
	again       bool     // once for every row of something
}

// coarse columns have few values, so that one fits many rows.
var coarse = []string{"project_id", "workspace_id", "entity_type", "entity_name", "deleted_at", "archived_at",
	"is_draft", "is_active", "state_id", "priority"}

// reads says whether the step is what it says: not a search by words, nor one that ends at once.
func (s step) reads() bool {
	// for the largest
	return !strings.Contains(s.line, "VIRTUAL TABLE") && !strings.Contains(s.line, "issue_sequences_project") &&
		!strings.Contains(s.line, "(project_id=? AND status=?)") // what waits in the intake
}

// ofProjects are the indexes by which lists and counts read what is in projects.
var ofProjects = []string{"issues_list_", "issues_gone", "issues_drafts", "intake_issues_project"}

// coarse says whether the step reads too much: a list may read what its project or its workspace has, once.
func (s step) coarse() bool {
	if len(s.by) == 0 {
		return true
	}
	if slices.ContainsFunc(ofProjects, func(index string) bool { return strings.Contains(s.line, index) }) {
		return s.again
	}
	for _, column := range s.by {
		if !slices.Contains(coarse, column) {
			return false
		}
	}
	return true
}

var (
	sqliteStep = regexp.MustCompile(`^(?:SCAN|SEARCH) (\w+)(?:.*\((.*)\))?`)
	compared   = regexp.MustCompile(`(\w+)[=<>]`)
	aliased    = regexp.MustCompile("(?:FROM|JOIN|,)\\s+[`\"]?(\\w+)[`\"]?\\s+(?:AS\\s+)?[`\"]?(\\w+)[`\"]?")
)

// aliases are what a statement calls its tables, roughly.
func aliases(statement string) map[string]string {
	names := map[string]string{}
	for _, m := range aliased.FindAllStringSubmatch(statement, -1) {
		names[m[2]] = m[1]
	}
	return names
}

func (e explainer) sqlite(s webtest.Statement) (steps []step) {
	correlated := map[string]bool{} // by the step's number
	for _, row := range e.rows("EXPLAIN QUERY PLAN "+s.SQL, s.Args, 4) {
		id, above, line := row[0], row[1], row[3]
		correlated[id] = correlated[above] || strings.HasPrefix(line, "CORRELATED")
		if m := sqliteStep.FindStringSubmatch(line); m != nil {
			st := step{line: line, table: m[1], again: correlated[id]}
			for _, c := range compared.FindAllStringSubmatch(m[2], -1) {
				st.by = append(st.by, c[1])
			}
			steps = append(steps, st)
		}
	}
	return steps
}

// postgresPlan is a node of a plan.
type postgresPlan struct {
	Type      string `json:"Node Type"`
	Table     string `json:"Relation Name"`
	Index     string `json:"Index Name"`
	Condition string `json:"Index Cond"`
	Plans     []postgresPlan
}

func (e explainer) postgres(s webtest.Statement) (steps []step) {
	var plan []struct{ Plan postgresPlan }
	if err := json.Unmarshal([]byte(e.rows("EXPLAIN (FORMAT JSON) "+s.SQL, s.Args, 1)[0][0]), &plan); err != nil {
		e.t.Fatal(err)
	}
	var walk func(p postgresPlan)
	walk = func(p postgresPlan) {
		if p.Table != "" && p.Condition == "" && p.Type != "Bitmap Heap Scan" { // that has its condition below
			steps = append(steps, step{line: p.Type + " of " + p.Table + " " + p.Index, table: p.Table})
		}
		for _, below := range p.Plans {
			walk(below)
		}
	}
	walk(plan[0].Plan)
	return steps
}

func (e explainer) rows(query string, args []any, columns int) (lines [][]string) {
	e.t.Helper()
	err := e.db.Write(e.t.Context(), "", func(t *store.Tx) error {
		if e.db.Postgres { // which reads small tables as a whole even where an index would serve
			// By what a page costs on a slow disk: on tables as small as these anything is cheap by what it costs on ours.
			if _, err := t.Exec("SET LOCAL random_page_cost = 4"); err != nil {
				return err
			}
			if _, err := t.Exec("SELECT set_config(x, 'off', true) FROM unnest(ARRAY['enable_seqscan', 'enable_mergejoin', 'enable_hashjoin']) x"); err != nil {
				return err
			}
		}
		rows, err := t.Rows(query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			cells, dest := make([]string, columns), make([]any, columns)
			for i := range cells {
				dest[i] = &cells[i]
			}
			if err := rows.Scan(dest...); err != nil {
				return err
			}
			lines = append(lines, cells)
		}
		return rows.Err()
	})
	if err != nil {
		e.t.Fatalf("%s: %v", query, err)
	}
	return lines
}
