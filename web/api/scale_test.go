package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/outline"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

// scaleRequests is how often each request of TestScale is sent.
const scaleRequests = 60

// TestScale measures every kind of list over HTTP, on one connection, in a large database: `make bench TOTAL=1000000`.
// It prints a table of milliseconds and fails nobody: machines differ. The last column is of requests each of which
// came right after another work item of the project had changed.
func TestScale(t *testing.T) {
	total, _ := strconv.Atoi(os.Getenv("SAILPLANE_BENCH_TOTAL"))
	if total == 0 {
		t.Skip("not asked for: make bench TOTAL=1000000")
	}
	s, f := atScale(t, total)
	key := "plane_api_scale"
	err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		err := store.Sessions.Insert(tx,
			&store.Session{SessionKey: app.HashKey(key + strconv.Itoa(os.Getpid())), UserID: &f.User.ID,
				ExpireDate: tx.Now.Add(24 * time.Hour)})
		if err != nil {
			return err
		}
		return store.APITokens.Insert(tx,
			&store.APIToken{Token: app.HashKey(key + strconv.Itoa(os.Getpid())), Label: "scale", UserID: f.User.ID,
				IsActive: true})
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &scaleClient{t: t, base: s.URL, key: key + strconv.Itoa(os.Getpid())}
	items := c.newest("/api/workspaces/filled/projects/" + f.Project.ID + "/issues/")
	change := func(n int) {
		c.send("PATCH", "/api/workspaces/filled/projects/"+f.Project.ID+"/issues/"+items[n%len(items)]+"/",
			fmt.Sprintf(`{"priority":%q}`, []string{"low", "high"}[n/len(items)%2]))
	}
	changes := 0
	fmt.Printf("\n| request | median | p95 | p95 after a change | KiB |\n|---|---|---|---|---|\n")
	for _, r := range append(listRequests(f), otherRequests(f)...) {
		if only := os.Getenv("SAILPLANE_BENCH_ONLY"); only != "" &&
			!slices.ContainsFunc(strings.Split(only, ","), func(s string) bool { return strings.Contains(r.name, s) }) {
			continue
		}
		size := 0
		for range 3 { // outlines are made behind the first one
			size = c.send("GET", r.path, "")
			time.Sleep(time.Duration(total/500) * time.Millisecond / 3)
		}
		var calm, after []time.Duration
		for range scaleRequests {
			calm = append(calm, c.timed(r.path))
			changes++
			change(changes)
			after = append(after, c.timed(r.path))
		}
		slices.Sort(calm)
		slices.Sort(after)
		ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
		fmt.Printf("| %s | %s | %s | %s | %d |\n", r.name, ms(calm[len(calm)/2]), ms(calm[len(calm)*95/100]),
			ms(after[len(after)*95/100]), size>>10)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	fmt.Printf("\n%d MiB of heap in use at the end\n", m.HeapInuse>>20)
}

// atScale returns a server on a filled database. SAILPLANE_BENCH_DIR keeps the database for the next run.
func atScale(t *testing.T, total int) (*webtest.Server, *storetest.Filled) {
	dir := os.Getenv("SAILPLANE_BENCH_DIR")
	if dir == "" {
		dir = t.TempDir()
	}
	var db *store.DB
	if os.Getenv(storetest.Postgres) == "" {
		var err error
		if db, err = store.Open(t.Context(), "", filepath.Join(dir, "sailplane.db")); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		if _, err = db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	} else {
		db = storetest.OnPostgres(t)
		db.OutlineItems = store.DefaultOutlineItems
	}
	f := &storetest.Filled{}
	known := filepath.Join(dir, "filled.json")
	if raw, err := os.ReadFile(known); err == nil && !db.Postgres {
		if err := json.Unmarshal(raw, f); err != nil {
			t.Fatal(err)
		}
	} else {
		projects := []int{benchItems()}
		for left := total - projects[0]; left > 0; left -= projects[0] {
			projects = append(projects, min(left, projects[0]))
		}
		began := time.Now()
		f = storetest.Fill(t, db, projects...)
		fmt.Printf("%d work items in %d projects, written in %s\n", total, len(projects),
			time.Since(began).Round(time.Second))
		raw, _ := json.Marshal(f)
		if err := os.WriteFile(known, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if db.Postgres {
			if _, err := db.Read(context.Background()).Exec("ANALYZE"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := db.Write(t.Context(), "", func(tx *store.Tx) error {
		_, err := outline.Sweep(tx, 10_000_000)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return webtest.New(t, apptest.New(t, db)), f
}

type scaleClient struct {
	t         *testing.T
	base, key string
}

func (c *scaleClient) timed(path string) time.Duration {
	began := time.Now()
	c.send("GET", path, "")
	return time.Since(began)
}

// newest returns the ids of the newest work items.
func (c *scaleClient) newest(list string) (ids []string) {
	var page struct {
		Results []struct {
			ID string `json:"id"`
		} `json:"results"`
	}
	if err := json.Unmarshal(c.answer("GET", list+"?per_page=100", ""), &page); err != nil {
		c.t.Fatal(err)
	}
	for _, r := range page.Results {
		ids = append(ids, r.ID)
	}
	return ids
}

func (c *scaleClient) send(method, path, body string) int { return len(c.answer(method, path, body)) }

func (c *scaleClient) answer(method, path, body string) []byte {
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, bytes.NewReader([]byte(body)))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if len(path) > 8 && path[:8] == "/api/v1/" {
		r.Header.Set("X-Api-Key", c.key)
	} else {
		r.AddCookie(&http.Cookie{Name: web.SessionCookie, Value: c.key})
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		c.t.Fatal(path, err, res.StatusCode, string(raw[:min(300, len(raw))]))
	}
	return raw
}

// listRequest is a list to be measured.
type listRequest struct{ name, path string }

// listRequests are one of every kind of list.
func listRequests(f *storetest.Filled) []listRequest {
	project := "/api/workspaces/filled/projects/" + f.Project.ID + "/"
	list := func(name, query string) listRequest { return listRequest{name, project + "issues/?" + query} }
	return []listRequest{
		list("newest 100", "order_by=-created_at&per_page=100"),
		list("page 500 of 100", "per_page=100&cursor=100:500:0"),
		list("high and urgent with a label", "priority=high,urgent&labels="+f.Labels[3].ID+"&per_page=100"),
		list("one label", "labels="+f.Labels[3].ID+"&per_page=100"),
		list("assigned to one", "assignees="+f.People[3].ID+"&per_page=100"),
		list("rich filter", "per_page=100&filters="+
			url.QueryEscape(`{"and":[{"priority__in":"high,low"},{"not":{"state_group":"backlog"}}]}`)),
		list("by sort_order", "order_by=sort_order&per_page=100"),
		list("by priority", "order_by=-priority&per_page=100"),
		list("by name", "order_by=name&per_page=100"),
		list("by target_date", "order_by=target_date&per_page=100"),
		list("by updated_at", "order_by=-updated_at&per_page=100"),
		list("by state__group", "order_by=state__group&per_page=100"),
		list("by labels__name", "order_by=labels__name&per_page=100"),
		list("by assignees__first_name", "order_by=-assignees__first_name&per_page=100"),
		list("board by state", "group_by=state_id&order_by=sort_order&per_page=30"),
		list("board by priority", "group_by=priority&per_page=30"),
		list("board by label", "group_by=labels__id&per_page=30"),
		list("board by assignee", "group_by=assignees__id&per_page=30"),
		list("board by cycle", "group_by=cycle_id&per_page=30"),
		list("board by module", "group_by=issue_module__module_id&per_page=30"),
		list("board by target_date", "group_by=target_date&per_page=30"),
		list("board by maker", "group_by=created_by&per_page=30"),
		list("board by label, filtered", "group_by=labels__id&per_page=30&priority=high,urgent&state_group=backlog,started"),
		list("board by state and priority", "group_by=state_id&sub_group_by=priority&per_page=30"),
		list("board by label and priority", "group_by=labels__id&sub_group_by=priority&per_page=30"),
		list("board by assignee and state", "group_by=assignees__id&sub_group_by=state_id&per_page=30"),
		{"a cycle", project + "cycles/" + f.Cycle.ID + "/cycle-issues/?per_page=100"},
		{"a module", project + "modules/" + f.Module.ID + "/issues/?per_page=100"},
		{"sync page", project + "v2/issues/?cursor=100:0:0"},
		{"detailed list", project + "issues-detail/?per_page=100"},
		{"archived", project + "archived-issues/?per_page=100"},
		{"all of the workspace", "/api/workspaces/filled/issues/?per_page=100"},
		{"all of the workspace, assigned to one", "/api/workspaces/filled/issues/?per_page=100&assignees=" + f.People[3].ID},
		{"all of the workspace, by priority", "/api/workspaces/filled/issues/?per_page=100&order_by=-priority"},
		{"all of a person", "/api/workspaces/filled/user-issues/" + f.People[3].ID + "/?per_page=100"},
		{"all of a person, by state",
			"/api/workspaces/filled/user-issues/" + f.People[3].ID + "/?per_page=30&group_by=state__group"},
	}
}

// otherRequests are what people ask for beside lists.
func otherRequests(f *storetest.Filled) []listRequest {
	project := "/api/workspaces/filled/projects/" + f.Project.ID + "/"
	v1 := "/api/v1/workspaces/filled/projects/" + f.Project.ID + "/work-items/"
	return []listRequest{
		{"one work item", project + "issues/" + f.First + "/"},
		{"one work item, by number", "/api/workspaces/filled/work-items/P0-77/"},
		{"its history", project + "issues/" + f.First + "/history/?activity_type=issue-property"},
		{"its sub-items", project + "issues/" + f.First + "/sub-issues/"},
		{"search", "/api/workspaces/filled/search/?search=webhook&workspace_search=false&project_id=" + f.Project.ID},
		{"search, two words", "/api/workspaces/filled/search/?search=crash+login&workspace_search=false&project_id=" +
			f.Project.ID},
		{"search, a number", "/api/workspaces/filled/search/?search=4711&workspace_search=false&project_id=" + f.Project.ID},
		{"search, nothing found",
			"/api/workspaces/filled/search/?search=zeppelin&workspace_search=false&project_id=" + f.Project.ID},
		{"search, two letters", "/api/workspaces/filled/search/?search=ex&workspace_search=false&project_id=" + f.Project.ID},
		{"search, the workspace", "/api/workspaces/filled/search/?search=webhook&workspace_search=true"},
		{"search, the workspace, a number", "/api/workspaces/filled/search/?search=4711&workspace_search=true"},
		{"search to link", project + "search-issues/?search=mail&issue_search=true&workspace_search=false"},
		{"search to mention", "/api/workspaces/filled/entity-search/?query_type=issue&query=token&count=10&project_id=" +
			f.Project.ID},
		{"v1 list", v1 + "?per_page=100"},
		{"v1 list, by priority", v1 + "?per_page=100&order_by=-priority"},
		{"v1 search", "/api/v1/workspaces/filled/work-items/search/?search=webhook&limit=10"},
	}
}
