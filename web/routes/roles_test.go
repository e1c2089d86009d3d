package routes_test

import (
	"bufio"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
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

// rolesFile says, for every operation, what each of the callers gets: the status of a request that is right, as far as
// one body for all can be right. It is written anew by go test ./web/routes -run TestRoles -update, and read by people:
// a line that lets in who should not be is a fault, whatever the test says.
const rolesFile = "testdata/roles.txt"

// callers in the order of the file's columns: the project's administrator, member and guest; the guest where guests see
// everything; the guest who made the work item and what is around it; an administrator of the workspace who is not in
// the project; a member of another project; a member who was put out of the project, and one who was put out of the
// workspace; an administrator of another workspace; somebody from nowhere; nobody.
var callers = []string{"admin", "member", "guest", "seeing", "maker", "outside", "other", "removed", "former",
	"elsewhere", "stranger", "nobody"}

var update = flag.Bool("update", false, "write "+rolesFile+" anew")

var (
	ofWorkItems = regexp.MustCompile(`issue|work-item|epics|draft|search|intake|inbox|comments`)
	ofOthers    = regexp.MustCompile(`issue-labels|issues-completed-graph|intake-state|/instances/|/api/public/|/(intakes|inboxes)/`)
)

// aboutItems says whether an operation is one on work items, which somebody has to get into.
func aboutItems(op web.Op) bool {
	return ofWorkItems.MatchString(op.Path) && !ofOthers.MatchString(op.Path)
}

// endsCaller fits what ends the caller's own session or account: there is nobody else in it whom it could let in.
var endsCaller = regexp.MustCompile(`^(DELETE /api/users/me/|POST /auth/(spaces/)?sign-out/|POST /auth/(change|set)-password/|POST /api/instances/admins/sign-out/)$`)

// endsPlace fits what changes who is in the place, or whether it is there.
var endsPlace = regexp.MustCompile(`member|leave|archive/|invitations|join|/workspaces/\{slug\}/$|projects/\{pk:uuid\}/$|/users/me/|board|intakes/|inboxes/`)

// roleWalk is the workspace that the callers walk around, and they.
type roleWalk struct {
	*webtest.Server
	*place
	by      map[string]*webtest.Client
	keys    map[string]*webtest.Client // the same people, by a key
	touched bool                       // the last caller was let in to change something
	holds   string                     // which rows nobody has touched: plans, items; empty: none
}

func newRoleWalk(t *testing.T, s *webtest.Server) *roleWalk {
	t.Helper()
	owner := s.User("owner")
	w := &roleWalk{s, furnish(t, s, owner), map[string]*webtest.Client{"nobody": s.Stranger()},
		map[string]*webtest.Client{}, false, ""}
	for _, name := range callers[:len(callers)-1] {
		if name != "seeing" {
			w.by[name] = s.User(name)
		}
	}
	w.by["seeing"] = w.by["guest"]
	w.admit(t, s, w.by["admin"], app.Admin)
	w.admit(t, s, w.by["member"], app.Member)
	w.admit(t, s, w.by["guest"], app.Guest)
	w.admit(t, s, w.by["maker"], app.Guest)
	w.admit(t, s, w.by["removed"], app.Member)
	w.admit(t, s, w.by["former"], app.Admin)
	ws := w.workspace.ID
	w.write(t, func(tx *store.Tx) error {
		other := w.by["other"].User.ID
		beside := &store.Project{Name: "beside", Identifier: "BES", WorkspaceID: ws, Timezone: "UTC"}
		return errorOf(
			func() error { return store.Projects.Insert(tx, beside) },
			func() error {
				return store.WorkspaceMembers.Insert(tx,
					&store.WorkspaceMember{WorkspaceID: ws, MemberID: w.by["outside"].User.ID, Role: int(app.Admin), IsActive: true},
					&store.WorkspaceMember{WorkspaceID: ws, MemberID: other, Role: int(app.Member), IsActive: true})
			},
			func() error {
				return store.ProjectMembers.Insert(tx,
					&store.ProjectMember{WorkspaceID: ws, ProjectID: beside.ID, MemberID: &other, Role: int(app.Member),
						IsActive: true})
			},
			func() error { return w.another(tx, w.by["elsewhere"].User.ID) },
			func() error { return w.mend(tx) })
	})
	return w
}

// another makes a workspace that somebody else administers.
func (w *roleWalk) another(tx *store.Tx, admin string) error {
	ws := &store.Workspace{Name: "Elsewhere", Slug: "elsewhere", OwnerID: admin, Timezone: "UTC"}
	if err := store.Workspaces.Insert(tx, ws); err != nil {
		return err
	}
	return store.WorkspaceMembers.Insert(tx,
		&store.WorkspaceMember{WorkspaceID: ws.ID, MemberID: admin, Role: int(app.Admin), IsActive: true})
}

// ask sends a request that is right as one of the callers, about rows that nobody has touched, and returns the status.
func (w *roleWalk) ask(t *testing.T, op web.Op, who string) string {
	t.Helper()
	c, maker := w.by[who], w.by["maker"].User.ID
	caller := maker // what nobody could have
	if c.User != nil {
		caller = c.User.ID
	}
	w.refresh(t, op, who, maker, caller)
	if strings.HasPrefix(op.Path, "/api/v1/") && c.User != nil {
		if w.keys[who] == nil {
			w.keys[who] = c.WithKey()
		}
		c = w.keys[who]
	}
	path := strings.Replace(w.path(op), *w.project.CreatedByID, caller, 1)
	a := webtest.Answer{}
	if strings.HasSuffix(op.Path, "issues/{issue_id:uuid}/issue-attachments/") &&
		!strings.HasPrefix(op.Path, "/api/v1/") && op.Method == http.MethodPost {
		a = c.Send(op.Method, path, "multipart/form-data; boundary=x",
			strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"asset\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n"))
	} else {
		a = c.Do(op.Method, path, w.body(op))
	}
	if a.Status >= 500 {
		t.Errorf("%s %s as %s: %d %.200s", op.Method, op.Path, who, a.Status, a.Raw)
	}
	w.touched = a.Status < 400 && op.Method != http.MethodGet
	return fmt.Sprint(a.Status)
}

// path is an operation's path; archives want work items that are done or archived.
func (w *roleWalk) path(op web.Op) string {
	path := w.place.path(op.Path)
	switch {
	case op.Method == http.MethodDelete && strings.HasSuffix(op.Path, "/{slug}/customers/"):
		return path + noOrigin
	case strings.HasSuffix(op.Path, "/archive/") && op.Method == http.MethodPost:
		return strings.Replace(path, w.ids["issues"], w.ids["done"], 1)
	case strings.HasSuffix(op.Path, "/archive/"), strings.HasSuffix(op.Path, "/work-items/{pk:uuid}/unarchive/"):
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
	if body := w.flowBody(op); body != nil {
		return body
	}
	if strings.HasSuffix(op.Path, "/members/remove/") {
		return map[string]any{"member_id": w.by["other"].User.ID}
	}
	body := map[string]any{"name": "changed " + store.NewID()[24:], "comment_html": "<p>changed</p>",
		"url": "https://example.org/" + store.NewID(), "issue_ids": []string{w.ids["done"]}, "reaction": "128512",
		"issues": []string{w.ids["done"]}, "sub_issue_ids": []string{w.ids["other"]}, "new_cycle_id": w.ids["next-cycle"],
		"modules": []string{w.ids["modules"]},
		"updates": []map[string]string{{"id": w.ids["other"], "start_date": "2026-05-01"}}, "relation_type": "blocking",
		"related_issue": w.ids["other"], "subscriber": *w.project.CreatedByID, "deleted_at": nil,
		"issue": map[string]any{"name": "changed"}, "project_id": w.project.ID, "provider": "csv",
		"project": []string{w.project.ID}, "color": "#fff", "group": "started", "identifier": "N" + store.NewID()[28:],
		"role": 5, "email": store.NewID() + "@sailplane.test", "members": []map[string]any{},
		"title": "changed", "query": "changed", "entity_type": "ISSUE_ATTACHMENT", "start_date": nil, "end_date": nil}
	switch {
	case strings.HasSuffix(op.Path, "/dependencies/"), strings.HasSuffix(op.Path, "/epics/{epic_id:uuid}/issues/"),
		strings.Contains(op.Path, "/initiatives/"):
		body["work_item_ids"], body["epic_ids"] = []string{w.ids["done"]}, []string{w.ids["epics"]}
		body["label_ids"], body["project_ids"] = []string{w.ids["wide-labels"]}, []string{w.project.ID}
	case strings.HasSuffix(op.Path, "/work-item-relations/"):
		body["work_item_ids"], body["relation_definition_type"] = []string{w.ids["done"]}, "kind out"
		body["relation_definition_id"] = w.ids["work-item-relation-definitions"]
	case strings.Contains(op.Path, "work-item-types"), strings.Contains(op.Path, "work-item-properties"):
		w.typed(op.Path, body)
	case strings.Contains(op.Path, "/teamspaces/"):
		body["member_ids"], body["project_ids"] = []string{*w.project.CreatedByID}, []string{w.project.ID}
	case strings.Contains(op.Path, "/recurring-work-items/"):
		body["rule"], body["start_date"] = "FREQ=DAILY", "2026-05-01"
	case strings.HasSuffix(op.Path, "/projects/templates/use/"):
		body["template_id"] = w.ids["wide-projects-templates"]
	case strings.Contains(op.Path, "/worklogs/"):
		body["duration"] = 5
	case strings.Contains(op.Path, "/pages/"):
		body["description_html"], body["page_id"] = "<p>changed</p>", w.ids["wide-pages"]
		body["page_ids"] = []string{w.ids["wide-pages"]}
	}
	maps.Copy(body, w.wideBody(op.Path))
	if strings.HasSuffix(op.Path, "/status/") {
		body["status"] = 1
	}
	if strings.Contains(op.Path, "attachments") {
		body["type"], body["size"] = "text/plain", 1
	}
	return body
}

// TestRoles walks every operation as every caller. A new row of a route table fails it until it has a line.
func TestRoles(t *testing.T) {
	webtest.Long(t)
	want, ops := readRoles(t), routes.All("test")
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if !slices.ContainsFunc(ops, func(op web.Op) bool { return op.Method+" "+op.Path == key }) &&
			!*update {
			t.Errorf("%s: there is no operation %s", rolesFile, key)
		}
	}
	apptest.Beside(t, func(t *testing.T, a *app.App) {
		w := newRoleWalk(t, webtest.Still(t, a)) // what follows from a workspace's deletion would come in between
		all := map[string][]string{}
		for _, op := range ops {
			key := op.Method + " " + op.Path
			got := w.askAll(t, op)
			all[key] = got
			if !slices.Equal(got, want[key]) && !*update {
				t.Errorf("%s has\n%s %s\nand the answers are\n%s %s", rolesFile, key, strings.Join(want[key], " "), key,
					strings.Join(got, " "))
			}
			if op.Offered() && aboutItems(op) && !slices.ContainsFunc(got,
				func(status string) bool { return status[0] == '2' || status[0] == '3' }) {
				t.Errorf("%s: nobody gets in", key)
			}
		}
		if *update {
			writeRoles(t, all)
		}
	})
}

func (w *roleWalk) askAll(t *testing.T, op web.Op) (got []string) {
	t.Helper()
	for _, who := range callers {
		if op.Path == "/readyz" || endsCaller.MatchString(op.Method+" "+op.Path) {
			got = append(got, "-")
			continue
		}
		got = append(got, w.ask(t, op, who))
	}
	return got
}

// writeRoles writes the file anew: its first lines, which explain, and then a line an operation.
func writeRoles(t *testing.T, all map[string][]string) {
	t.Helper()
	old, err := os.ReadFile(rolesFile)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(old)) {
		if strings.HasPrefix(line, "#") && !strings.Contains(line, " admin member ") {
			b.WriteString(line)
		}
	}
	fmt.Fprintf(&b, "%-126s", "#")
	for _, who := range callers {
		fmt.Fprintf(&b, " %s", who)
	}
	for _, op := range routes.All("test") {
		fmt.Fprintf(&b, "\n%-6s %-119s", op.Method, op.Path)
		for i, status := range all[op.Method+" "+op.Path] {
			fmt.Fprintf(&b, " %-*s", len(callers[i]), status)
		}
	}
	text := regexp.MustCompile(` +\n`).ReplaceAllString(b.String()+"\n", "\n")
	if err := os.WriteFile(rolesFile, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
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
			if *update {
				continue
			}
			if len(words) != 2+len(callers) || rows[words[0]+" "+words[1]] != nil {
				t.Fatalf("%s: %q", rolesFile, line)
			}
			rows[words[0]+" "+words[1]] = words[2:]
		}
	}
	return rows
}
