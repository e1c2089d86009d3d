package routes_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// borders is a workspace with a secret project and an open one, whose work items are tied in every way there is, by
// somebody who is in both.
type borders struct {
	*webtest.Server
	secret, open *place
	smuggled     *place // ids of the secret project below the address of the open one
	owner        *webtest.Client
	item, hidden string // of the open project; of the secret one, which it is tied to
	number       string // of the hidden one
}

const bordersPath = "/api/workspaces/walked/projects/"

func newBorders(t *testing.T, s *webtest.Server) *borders {
	t.Helper()
	owner := s.User("owner")
	b := &borders{Server: s, owner: owner, secret: furnish(t, s, owner)}
	owner.Must("PATCH", "/api/workspaces/walked/", map[string]any{"name": "Work"}) // which its members may know
	p := owner.Must("POST", bordersPath,
		map[string]any{"name": "Open", "identifier": "OPEN", "network": 2, "cycle_view": true, "module_view": true,
			"intake_view": true})
	b.open = &place{workspace: b.secret.workspace,
		project: &store.Project{Identifier: "OPEN", AuditFields: store.AuditFields{ID: p.ID(), CreatedByID: &owner.User.ID}},
		ids:     map[string]string{}}
	b.hidden, b.number = b.secret.ids["issues"], "WALK-"+b.secret.ids["number"]
	here, there := bordersPath+p.ID()+"/", bordersPath+b.secret.project.ID+"/"
	make := func(name string, more map[string]any) string {
		body := map[string]any{"name": name, "description_html": "<p>open</p>"}
		for k, v := range more {
			body[k] = v
		}
		return owner.Must("POST", here+"issues/", body).ID()
	}
	b.item = make("open", nil)
	below, above := make("below the hidden one", nil), make("above a hidden one", nil)
	owner.Must("POST", here+"issues/"+b.item+"/issue-relation/",
		map[string]any{"relation_type": "blocking", "issues": []string{b.hidden}})
	owner.Must("POST", here+"issues/"+b.item+"/issue-relation/",
		map[string]any{"relation_type": "relates_to", "issues": []string{b.secret.ids["other"]}})
	owner.Must("POST", there+"issues/"+b.hidden+"/sub-issues/", map[string]any{"sub_issue_ids": []string{below}})
	owner.Must("POST", here+"issues/"+above+"/sub-issues/",
		map[string]any{"sub_issue_ids": []string{b.secret.ids["other"]}})
	b.open.ids = map[string]string{"issues": b.item, "work-items": b.item, "below": below, "above": above, "number": "1"}
	for seg, path := range map[string]string{"cycles": "cycles/", "modules": "modules/", "views": "views/",
		"states": "states/", "labels": "issue-labels/"} {
		made := owner.Do("POST", here+path,
			map[string]any{"name": "open", "project_id": p.ID(), "color": "#fff", "group": "started"})
		b.open.ids[seg] = made.ID()
	}
	b.smuggled = &place{workspace: b.open.workspace, project: b.open.project, ids: b.secret.ids}
	return b
}

// join makes somebody a member of the workspace and of the open project only.
func (b *borders) join(t *testing.T, name string, role app.Role) *webtest.Client {
	t.Helper()
	c := b.User(name)
	b.open.admit(t, b.Server, c, role)
	return c
}

// secretQueries ask for everything that could bring the other side in.
func (b *borders) queries(op web.Op) []string {
	qs := []string{""}
	switch {
	case strings.Contains(op.Path, "search"):
		qs = append(qs, "search="+marker, "query="+marker+"&query_type=issue,cycle,module,page,project,user_mention",
			"search=WALK", "search=1", "search="+marker+"&project_id="+b.secret.project.ID,
			"search="+marker+"&workspace_search=true", "query="+marker+"&query_type=issue&project_id="+b.secret.project.ID)
	case strings.Contains(op.Path, "/issues/list/"):
		qs = append(qs, "issues="+b.item+","+b.hidden, "issues="+b.item+","+b.open.ids["below"]+"&"+expandInLists)
	case strings.HasPrefix(op.Path, "/api/v1/"):
		qs = append(qs, expandInV1)
	case strings.Contains(op.Path, "issue") || strings.Contains(op.Path, "work-item"):
		qs = append(qs, expandInOne, "parent="+b.hidden, "project="+b.secret.project.ID, "group_by=project_id",
			"group_by=state_id", "group_by=labels__id", "activity_type=issue-property",
			`filters={"project_id":"`+b.secret.project.ID+`"}`, "expand=issue_relation,issue_related")
	}
	return qs
}

// Nothing of a project shows to whoever is not in it, whatever its work items are tied to.
func TestSecretsStayInTheirProject(t *testing.T) {
	webtest.Long(t)
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		b := newBorders(t, s)
		for name, role := range map[string]app.Role{"member": app.Member, "manager": app.Admin, "guest": app.Guest} {
			c := b.join(t, name, role)
			key := c.WithKey()
			for _, op := range routes.All("test") {
				if op.Method != http.MethodGet || op.Allow.Scope == web.ScopePublic || op.Allow.Scope == web.ScopeInstance {
					continue
				}
				if role == app.Admin && strings.Contains(op.Path, "/audit-logs/") {
					continue // administrators of a workspace answer for all of it
				}
				paths := map[string]bool{b.open.path(op.Path): true, b.secret.path(op.Path): true, b.smuggled.path(op.Path): true}
				for _, seg := range []string{"below", "above"} {
					paths[strings.ReplaceAll(b.open.path(op.Path), b.item, b.open.ids[seg])] = true
				}
				for path := range paths {
					for _, q := range b.queries(op) {
						who := c
						if strings.HasPrefix(op.Path, "/api/v1/") {
							who = key
						}
						b.look(t, name, who.Do("GET", path+"?"+encoded(q), nil), op.Path+"?"+q)
					}
				}
			}
		}
	})
}

// How many sub-items a secret project has below a work item does not show either.
func TestSecretSubItemsDoNotCount(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		b := newBorders(t, s)
		c := b.join(t, "member", app.Member)
		here, above := bordersPath+b.open.project.ID+"/issues/", b.open.ids["above"]
		if n := c.Must("GET", here+above+"/", nil).At("sub_issues_count"); n != nil && n != 0.0 {
			t.Errorf("the work item tells of %v sub-items", n)
		}
		for _, list := range []string{here + "?order_by=-sub_issues_count", "/api/workspaces/walked/issues/"} {
			rows, _ := c.Must("GET", list, nil).At("results").([]any)
			for _, r := range rows {
				row := r.(map[string]any)
				if n := row["sub_issues_count"]; row["id"] == above && n != nil && n != 0.0 {
					t.Errorf("%s tells of %v sub-items", list, n)
				}
			}
			if len(rows) == 0 {
				t.Errorf("%s is empty", list)
			}
		}
	})
}

// Nothing is written into a project by whoever is not in it, whatever ids they know.
func TestNobodyWritesAcrossProjects(t *testing.T) {
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		b := newBorders(t, s)
		c := b.join(t, "manager", app.Member)
		// who administers the project, and not the workspace
		if err := b.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			tx.ForgetAll()
			return run(tx, "UPDATE project_members SET role = 20 WHERE member_id = ?", c.User.ID)
		}); err != nil {
			t.Fatal(err)
		}
		key := c.WithKey()
		before := b.kept(t)
		for _, op := range routes.All("test") {
			if op.Method == http.MethodGet || op.Allow.Scope == web.ScopePublic || op.Allow.Scope == web.ScopeInstance ||
				endsCaller.MatchString(op.Method+" "+op.Path) {
				continue
			}
			who := c
			if strings.HasPrefix(op.Path, "/api/v1/") {
				who = key
			}
			if strings.Contains(op.Path, "leave") {
				continue // nobody would be left to try the others
			}
			for name, path := range map[string]string{"its own address": b.secret.path(op.Path),
				"ours": b.smuggled.path(op.Path), "our work item": b.open.path(op.Path)} {
				ends := endsPlace.MatchString(op.Path) && !aboutItems(op)
				if name != "its own address" &&
					(ends || op.Method == http.MethodDelete && strings.Contains(op.Path, "s/{pk:uuid}/")) {
					continue // there would be nothing left to try the others on
				}
				a := who.Do(op.Method, path, b.smuggle())
				if after := b.kept(t); !slices.Equal(before, after) {
					t.Errorf("%s %s at %s changes what is secret: %d %.200s\n%s", op.Method, op.Path, name, a.Status, a.Raw,
						cmp.Diff(before, after))
					before = after
				}
				if a.Status >= 500 || strings.Contains(string(a.Raw), marker) {
					t.Errorf("%s %s at %s: %d %.300s", op.Method, op.Path, name, a.Status, a.Raw)
				}
			}
		}
	})
}

// smuggle is a body that names everything of the secret project.
func (b *borders) smuggle() map[string]any {
	ids := []string{b.hidden, b.secret.ids["other"]}
	return map[string]any{"name": "taken over", "comment_html": "<p>taken over</p>", "url": "https://taken.over",
		"issue_ids": ids, "issues": ids, "sub_issue_ids": ids, "reaction": "1", "relation_type": "blocking",
		"related_issue": b.hidden, "new_cycle_id": b.secret.ids["cycles"], "modules": []string{b.secret.ids["modules"]},
		"removed_modules": []string{b.secret.ids["modules"]},
		"updates":         []map[string]string{{"id": b.hidden, "start_date": "2026-05-01"}}, "parent": b.hidden,
		"parent_id": b.hidden, "state_id": b.secret.ids["states"], "state": b.secret.ids["states"],
		"label_ids": []string{b.secret.ids["labels"]}, "project_id": b.secret.project.ID, "duplicate_to": b.hidden,
		"type": "text/plain", "size": 1, "asset_ids": []string{b.secret.ids["attachments"]},
		"entity_identifier": b.hidden,
		"subscriber":        b.owner.User.ID, "deleted_at": nil}
}

// kept is what the secret project holds, and what hangs on its work items under whatever project.
func (b *borders) kept(t *testing.T) (rows []string) {
	for _, row := range b.secret.content(t, b.Server) {
		hangs := strings.Contains(row, b.hidden) || strings.Contains(row, b.secret.ids["other"])
		if strings.Contains(row, b.secret.project.ID) || hangs && !strings.HasPrefix(row, "issues[") {
			rows = append(rows, row)
		}
	}
	return rows
}

func encoded(query string) string { return (&url.URL{RawQuery: query}).Query().Encode() }

// bareIDs may name what is beyond the border: the parent by its id, and what somebody tied to a work item, in its
// history.
var bareIDs = regexp.MustCompile(`"(parent_id|parent|old_identifier|new_identifier)": ?"[^"]*",?|"(old_value|new_value)": ?"[A-Z]+-[0-9]+",?`)

// managed is what administrators of a workspace see of all its projects: that they are there, their plans and
// estimates, and how much is in them.
var managed = []string{wsPath + "projects/", wsPath + "projects/details/", wsPath + "project-stats/",
	wsPath + "modules/", wsPath + "cycles/", wsPath + "estimates/", v1Project + "summary/"}

// look complains when an answer has something of the secret project.
func (b *borders) look(t *testing.T, who string, a webtest.Answer, what string) {
	t.Helper()
	if a.Status >= 500 {
		t.Errorf("%s: %d %.200s", what, a.Status, a.Raw)
	}
	text := bareIDs.ReplaceAllString(string(a.Raw), "")
	if op := strings.SplitN(what, "?", 2)[0]; who == "manager" && slices.Contains(managed, op) {
		return
	}
	for name, part := range map[string]string{"name": marker, "id": b.hidden, "other's id": b.secret.ids["other"],
		"project": b.secret.project.ID, "number": b.number} {
		if at := strings.Index(text, part); at >= 0 {
			t.Errorf("%s sees the %s in %s: …%s", who, name, what, text[max(0, at-120):min(len(text), at+60)])
		}
	}
}
