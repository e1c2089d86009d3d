package routes_test

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// rolesFile says, for every operation on work items, what each of the callers gets: the status of a request that is right.
const rolesFile = "testdata/roles.txt"

// callers in the order of the file's columns: the project's administrator, member and guest; the guest where guests see everything; the guest who
// made the work item and what is around it; an administrator of the workspace who is not in the project; a member of another project; somebody
// from outside the workspace; nobody.
var callers = []string{"admin", "member", "guest", "seeing", "maker", "outside", "other", "stranger", "nobody"}

var (
	ofWorkItems = regexp.MustCompile(`issue|work-item|draft|search|intake|inbox|comments`)
	ofOthers    = regexp.MustCompile(`issue-labels|issues-completed-graph|intake-state|/instances/|/api/public/|/(intakes|inboxes)/`)
)

func workItemOps() (ops []web.Op) {
	for _, op := range routes.All("test") {
		if ofWorkItems.MatchString(op.Path) && !ofOthers.MatchString(op.Path) {
			ops = append(ops, op)
		}
	}
	return ops
}

// roleWalk is the workspace that the callers walk around, and they.
type roleWalk struct {
	*webtest.Server
	*place
	by map[string]*webtest.Client
}

func newRoleWalk(t *testing.T, s *webtest.Server) *roleWalk {
	t.Helper()
	owner := s.User("owner")
	w := &roleWalk{s, furnish(t, s, owner), map[string]*webtest.Client{"nobody": s.Stranger()}}
	for _, name := range []string{"admin", "member", "guest", "maker", "outside", "other", "stranger"} {
		w.by[name] = s.User(name)
	}
	w.by["seeing"] = w.by["guest"]
	w.admit(t, s, w.by["admin"], app.Admin)
	w.admit(t, s, w.by["member"], app.Member)
	w.admit(t, s, w.by["guest"], app.Guest)
	w.admit(t, s, w.by["maker"], app.Guest)
	ws := w.workspace.ID
	w.write(t, func(tx *store.Tx) error {
		other := w.by["other"].User.ID
		beside := &store.Project{Name: "beside", Identifier: "BES", WorkspaceID: ws, Timezone: "UTC"}
		return errorOf(
			func() error { return store.Projects.Insert(tx, beside) },
			func() error {
				return store.WorkspaceMembers.Insert(tx, &store.WorkspaceMember{WorkspaceID: ws, MemberID: w.by["outside"].User.ID, Role: int(app.Admin), IsActive: true},
					&store.WorkspaceMember{WorkspaceID: ws, MemberID: other, Role: int(app.Member), IsActive: true})
			},
			func() error {
				return store.ProjectMembers.Insert(tx, &store.ProjectMember{WorkspaceID: ws, ProjectID: beside.ID, MemberID: &other, Role: int(app.Member), IsActive: true})
			})
	})
	return w
}

func (w *roleWalk) write(t *testing.T, fn func(*store.Tx) error) {
	t.Helper()
	if err := w.App.DB.Write(context.Background(), "", fn); err != nil {
		t.Fatal(err)
	}
}

// ask sends a request that is right as one of the callers, about rows that nobody has touched, and answers the status.
func (w *roleWalk) ask(t *testing.T, op web.Op, who string) string {
	t.Helper()
	c, maker := w.by[who], w.by["maker"].User.ID
	caller := maker // what nobody could have
	if c.User != nil {
		caller = c.User.ID
	}
	w.write(t, func(tx *store.Tx) error {
		w.project.GuestViewAllFeatures = who == "seeing"
		return errorOf(func() error { return store.Projects.Set(tx, w.project, "guest_view_all_features") },
			func() error { return w.items(tx, maker, caller) },
			func() (err error) {
				if strings.HasSuffix(op.Path, "/subscribe/") && op.Method == http.MethodPost { // which has to be new
					_, err = store.IssueSubscribers.DeleteWhere(tx, dbx.HashExp{"issue_id": w.ids["issues"]})
				}
				return err
			})
	})
	if strings.HasPrefix(op.Path, "/api/v1/") && c.User != nil {
		c = c.WithKey()
	}
	path := strings.Replace(w.path(op), *w.project.CreatedByID, caller, 1)
	a := webtest.Answer{}
	if strings.HasSuffix(op.Path, "issues/{issue_id:uuid}/issue-attachments/") && !strings.HasPrefix(op.Path, "/api/v1/") && op.Method == http.MethodPost {
		a = c.Send(op.Method, path, "multipart/form-data; boundary=x", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"asset\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n"))
	} else {
		a = c.Do(op.Method, path, w.body(op))
	}
	if a.Status >= 500 {
		t.Errorf("%s %s as %s: %d %.200s", op.Method, op.Path, who, a.Status, a.Raw)
	}
	return fmt.Sprint(a.Status)
}

// path is an operation's path; archives want work items that are done or archived.
func (w *roleWalk) path(op web.Op) string {
	path := w.place.path(op.Path)
	switch {
	case strings.HasSuffix(op.Path, "/archive/") && op.Method == http.MethodPost:
		return strings.Replace(path, w.ids["issues"], w.ids["done"], 1)
	case strings.HasSuffix(op.Path, "/archive/"):
		return strings.Replace(path, w.ids["issues"], w.ids["archived"], 1)
	case strings.Contains(op.Path, "intake-work-items"):
		return strings.Replace(path, w.ids["description-versions"], w.ids["asked-versions"], 1)
	case strings.HasSuffix(op.Path, "/issues/list/"):
		return path + "?issues=" + w.ids["issues"]
	case strings.HasSuffix(op.Path, "/export-issues/"):
		return path + "?per_page=10&cursor=10:0:0"
	case strings.HasSuffix(op.Path, "/history/"):
		return path + "?activity_type=issue-property"
	}
	return path
}

// body is what a write sends.
func (w *roleWalk) body(op web.Op) any {
	if op.Method == http.MethodGet {
		return nil
	}
	body := map[string]any{"name": "changed", "comment_html": "<p>changed</p>", "url": "https://example.org/" + store.NewID(), "issue_ids": []string{w.ids["done"]},
		"reaction": "128512", "issues": []string{w.ids["done"]}, "sub_issue_ids": []string{w.ids["other"]}, "new_cycle_id": w.ids["next-cycle"],
		"modules": []string{w.ids["modules"]}, "updates": []map[string]string{{"id": w.ids["other"], "start_date": "2026-05-01"}},
		"relation_type": "blocking", "related_issue": w.ids["other"], "subscriber": *w.project.CreatedByID, "deleted_at": nil,
		"issue": map[string]any{"name": "changed"}, "project_id": w.project.ID, "provider": "csv", "project": []string{w.project.ID}}
	if strings.Contains(op.Path, "attachments") {
		body["type"], body["size"] = "text/plain", 1
	}
	return body
}

func TestRolesOnWorkItems(t *testing.T) {
	want := readRoles(t)
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if !slices.ContainsFunc(workItemOps(), func(op web.Op) bool { return op.Method+" "+op.Path == key }) {
			t.Errorf("%s: there is no operation %s", rolesFile, key)
		}
	}
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newRoleWalk(t, s)
		for _, op := range workItemOps() {
			key := op.Method + " " + op.Path
			var got []string
			for _, who := range callers {
				got = append(got, w.ask(t, op, who))
			}
			if !slices.Equal(got, want[key]) {
				t.Errorf("%s has\n%s %s\nand the answers are\n%s %s", rolesFile, key, strings.Join(want[key], " "), key, strings.Join(got, " "))
			}
			if !slices.ContainsFunc(got, func(status string) bool { return status[0] == '2' || status[0] == '3' }) {
				t.Errorf("%s: nobody gets in", key)
			}
		}
	})
}

// readRoles reads the file: a method, a path and a status for each of the callers; lines of # explain.
func readRoles(t *testing.T) map[string][]string {
	t.Helper()
	f, err := os.Open(rolesFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := map[string][]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if words := strings.Fields(line); len(words) > 0 {
			if len(words) != 2+len(callers) || rows[words[0]+" "+words[1]] != nil {
				t.Fatalf("%s: %q", rolesFile, line)
			}
			rows[words[0]+" "+words[1]] = words[2:]
		}
	}
	return rows
}
