package routes_test

import (
	"bufio"
	stdcmp "cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// twiceFile says, for every operation that changes something, what the same request gets when it is sent three times,
// one after the other; what stands behind # says why an operation is left out.
const twiceFile = "testdata/twice.txt"

const times = 3

// Three requests at once get the answers of three that come one after the other, and leave the same rows.
func TestAtOnceAsOneAfterTheOther(t *testing.T) {
	want := readTwice(t)
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		tables := indexed(t, s)
		var inTurn, atOnce *arena
		for n, op := range changingOps() {
			key := op.Method + " " + op.Path
			expected, listed := want[key]
			if listed && expected == "" {
				continue
			}
			var statuses string
			var bodies []string
			fresh := n%shareArenas == 0
			for {
				if fresh {
					inTurn, atOnce = newArena(t, s, fmt.Sprintf("turn%d", n)), newArena(t, s, fmt.Sprintf("once%d", n))
				}
				statuses, bodies = askedInTurn(t, inTurn, op)
				if statuses == expected || fresh {
					break
				}
				fresh = true // an operation before has changed what this one is about
			}
			if statuses != expected {
				t.Errorf("%s has\n%s %s\nand one after the other the answers are\n%s %s\n%s", twiceFile, key, expected, key,
					statuses, strings.Join(bodies, "\n"))
			}
			if n := s.App.Overtaken.Swap(0); n > 0 {
				t.Errorf("%s: overtaken by itself %d times", key, n)
			}
			there := make([]string, times)
			hurry(s, func() {
				var all sync.WaitGroup
				for i := range times {
					all.Go(func() { there[i] = answered(atOnce.ask(t, op)) })
				}
				all.Wait()
			})
			slices.Sort(bodies)
			slices.Sort(there)
			if diff := cmp.Diff(bodies, there); diff != "" {
				t.Errorf("%s: at once the answers differ:\n%s", key, diff)
			}
			settle(t, s)
			s.App.Overtaken.Store(0)
			left := livingRows(t, tables, inTurn, atOnce)
			if diff := cmp.Diff(left[0], left[1]); diff != "" {
				t.Errorf("%s: at once the rows differ:\n%s", key, diff)
			}
		}
	})
}

// shareArenas is how many operations at most are tried in the same two arenas, one after the other: to furnish one
// takes longer than to ask.
const shareArenas = 25

// askedInTurn sends a request three times and returns the statuses, and the answers as they are compared.
func askedInTurn(t *testing.T, in *arena, op web.Op) (statuses string, bodies []string) {
	t.Helper()
	var got []string
	for range times {
		a := in.ask(t, op)
		got, bodies = append(got, fmt.Sprint(a.Status)), append(bodies, answered(a))
	}
	return strings.Join(got, " "), bodies
}

// hurry lets requests wait a moment before each of their statements, so that they come between each other.
func hurry(s *webtest.Server, do func()) {
	s.App.DB.Observe(func(context.Context, string, []any) { time.Sleep(rand.N(2 * time.Millisecond)) })
	defer s.App.DB.Observe(nil)
	do()
}

// changingOps are the operations that change something, those that delete last: others find more to change then.
func changingOps() (ops []web.Op) {
	for _, op := range routes.All("test") {
		if op.Method != http.MethodGet && op.Offered() {
			ops = append(ops, op)
		}
	}
	slices.SortStableFunc(ops, func(x, y web.Op) int {
		return stdcmp.Compare(strings.Count(x.Method, http.MethodDelete), strings.Count(y.Method, http.MethodDelete))
	})
	return ops
}

// answered is an answer without what differs from one request to the next; of a success the status.
func answered(a webtest.Answer) string {
	switch {
	case a.Status < 300:
		return fmt.Sprint(a.Status)
	case a.Status == http.StatusForbidden || a.Status == http.StatusNotFound:
		return "gone" // the one when it is found out at the door, the other behind it
	}
	return fmt.Sprint(a.Status, " ", nameless(string(a.Raw)))
}

var (
	idText = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	random = regexp.MustCompile(`[0-9a-fA-F]{20,}|changed[- ][0-9a-f]{12}`)
	moment = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^" ]*( \+0000 UTC)?`)
	chance = regexp.MustCompile(`"(color|background_color|token|secret_key|name|asset|asset_url|logo_props|description_binary|anchor|key|policy)":("[^"]*"|\{[^}]*\}+)`)
	arenas = regexp.MustCompile(`(turn|once)\d+`)
)

// nameless takes out of a text what is another one for each row.
func nameless(text string) string {
	text = moment.ReplaceAllString(random.ReplaceAllString(idText.ReplaceAllString(text, "#"), "%"), "@")
	return arenas.ReplaceAllString(text, "ARENA")
}

// readTwice reads the file: a method, a path and the statuses; without statuses a reason must stand behind #.
func readTwice(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open(twiceFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line, reason, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 2+times && (len(words) != 2 || reason == "") || len(words) > 2 && words[2][0] > '3' && reason == "" {
			t.Errorf("%s: %q", twiceFile, lines.Text())
		}
		rows[words[0]+" "+words[1]] = strings.Join(words[2:], " ")
	}
	ops := changingOps()
	for key := range rows {
		if !slices.ContainsFunc(ops, func(op web.Op) bool { return op.Method+" "+op.Path == key }) {
			t.Errorf("%s: there is no operation %s", twiceFile, key)
		}
	}
	return rows
}

// livingRows are the living rows of each arena, as text without ids, times and secrets.
func livingRows(t *testing.T, tables []string, arenas ...*arena) [][]string {
	t.Helper()
	read := arenas[0].s.App.DB.Read(context.Background())
	all := make([][]string, len(arenas))
	places := map[string]int{}
	var ids []any
	for i, a := range arenas {
		places[a.workspace.ID], ids = i, append(ids, a.workspace.ID)
	}
	for _, table := range tables {
		query := "SELECT workspace_id AS place, " + table + ".* FROM " + table + " WHERE workspace_id IN (?" +
			strings.Repeat(", ?", len(arenas)-1) + ")"
		eachRow(t, read, query, ids, func(cols []string, row []any) {
			if text, living := describe(cols[1:], row[1:]); living {
				at := places[fmt.Sprintf("%s", row[0])]
				all[at] = append(all[at], table+": "+text)
			}
		})
	}
	for i := range all {
		slices.Sort(all[i])
	}
	return all
}

// unlike are columns that hold what is made up for each row.
var unlike = []string{"token", "anchor", "asset", "epoch", "secret_key", "secret", "description_binary", "key", "url",
	"color", "attributes", "logo_props"}

// describe writes down a row, and says whether it is a living one.
func describe(cols []string, row []any) (string, bool) {
	var b strings.Builder
	for i, col := range cols {
		v := row[i]
		if raw, ok := v.([]byte); ok {
			v = string(raw)
		}
		switch {
		case col == "deleted_at" && v != nil:
			return "", false
		case slices.Contains(unlike, col) || col == "id" || v == nil || v == "" || v == false || v == int64(0):
			continue
		}
		if at, ok := v.(time.Time); ok {
			v = at.UTC().Format(time.RFC3339Nano)
		}
		fmt.Fprintf(&b, " %s=%s", col, nameless(fmt.Sprint(v)))
	}
	return b.String(), true
}

// afterwards are tables that jobs write, in their own time.
var afterwards = []string{"notifications", "webhook_logs", "webhook_deliveries", "user_recent_visits", "exporters",
	"issue_changes", "search_issues", "search_projects", "stream_events"}

// indexed makes the rows of one arena found without reading those of the hundreds of others, and returns the tables.
func indexed(t *testing.T, s *webtest.Server) []string {
	t.Helper()
	tables := workspaceTables(t, s)
	err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
		for _, table := range tables {
			if _, err := tx.Exec("CREATE INDEX arena_" + table + " ON " + table + " (workspace_id)"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// workspaceTables are those with rows of a workspace.
func workspaceTables(t *testing.T, s *webtest.Server) []string {
	t.Helper()
	query := `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'workspace_id' WHERE m.type = 'table' ORDER BY 1`
	if s.App.DB.Postgres {
		query = `SELECT table_name FROM information_schema.columns WHERE column_name = 'workspace_id' AND table_schema = current_schema() ORDER BY 1`
	}
	rows, err := s.App.DB.Read(context.Background()).Rows(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(afterwards, name) {
			names = append(names, name)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

// settle waits until nothing is left that a request wants done at once.
func settle(t *testing.T, s *webtest.Server) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		read := s.App.DB.Read(context.Background())
		var n int
		if err := read.One("SELECT COUNT(*) FROM jobs WHERE dead_at IS NULL AND last_error = ''", nil, &n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatal("jobs are not done")
		}
	}
}
