package routes_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

// move is one of two requests that get into each other's way.
type move struct {
	by     *webtest.Client
	method string
	path   string // below the workspace; of /api/v1/ when it begins with v1
	body   any
}

func (r move) send(a *arena) string {
	path := "/api/workspaces/" + a.name + "/" + r.path
	if r.path == "" {
		path = "/api/workspaces/"
	}
	if rest, ok := strings.CutPrefix(r.path, "v1/"); ok {
		path = "/api/v1/workspaces/" + a.name + "/" + rest
	}
	return answered(r.by.Do(r.method, path, r.body))
}

// pairs are requests of which one changes what the other looks at.
var pairs = map[string]func(a *arena) [2]move{
	"two cycles for one work item": func(a *arena) [2]move {
		in := func(cycle string) move {
			return move{a.key, "POST", "v1/projects/" + a.project.ID + "/cycles/" + a.ids[cycle] + "/cycle-issues/",
				map[string]any{"issues": []string{a.ids["other"]}}}
		}
		return [2]move{in("cycles"), in("next-cycle")}
	},
	"two cycles for one work item, by the app": func(a *arena) [2]move {
		in := func(cycle string) move {
			return move{a.owner, "POST", a.inProject("cycles/" + a.ids[cycle] + "/cycle-issues/"),
				map[string]any{"issues": []string{a.ids["other"], a.ids["done"]}}}
		}
		return [2]move{in("cycles"), in("next-cycle")}
	},
	"into a module and out of it": func(a *arena) [2]move {
		return [2]move{{a.owner, "POST", a.inProject("modules/" + a.ids["modules"] + "/issues/"),
			map[string]any{"issues": []string{a.ids["issues"]}}},
			{a.owner, "DELETE", a.inProject("modules/" + a.ids["modules"] + "/issues/" + a.ids["issues"] + "/"), nil}}
	},
	"two defaults": func(a *arena) [2]move {
		mark := func(state string) move {
			return move{a.owner, "POST", a.inProject("states/" + state + "/mark-default/"), nil}
		}
		return [2]move{mark(a.ids["spare"]), mark(a.place.states.ID)}
	},
	"each below the other": func(a *arena) [2]move {
		below := func(parent, child string) move {
			return move{a.owner, "POST", a.inProject("issues/" + a.ids[parent] + "/sub-issues/"),
				map[string]any{"sub_issue_ids": []string{a.ids[child]}}}
		}
		return [2]move{below("other", "done"), below("done", "other")}
	},
	"labels that differ in case": func(a *arena) [2]move {
		label := func(name string) move {
			return move{a.owner, "POST", a.inProject("issue-labels/"), map[string]any{"name": name}}
		}
		return [2]move{label("Bug"), label("bug")}
	},
	"slugs that differ in case": func(a *arena) [2]move {
		found := func(slug string) move {
			return move{a.owner, "POST", "", map[string]any{"name": "w", "slug": slug, "organization_size": "2-10"}}
		}
		return [2]move{found("New-" + a.name), found("new-" + a.name)}
	},
	"two states of one name": func(a *arena) [2]move {
		name := func(state string) move {
			return move{a.owner, "PATCH", a.inProject("states/" + a.ids[state] + "/"), map[string]any{"name": "the same"}}
		}
		return [2]move{name("spare"), name("states")}
	},
	"the last two administrators leave": func(a *arena) [2]move {
		a.promote()
		return [2]move{{a.owner, "POST", "members/leave/", nil}, {a.member, "POST", "members/leave/", nil}}
	},
	"the last two administrators leave a project": func(a *arena) [2]move {
		a.promote()
		return [2]move{{a.owner, "POST", a.inProject("members/leave/"), nil},
			{a.member, "POST", a.inProject("members/leave/"), nil}}
	},
	"administrators demote each other": func(a *arena) [2]move {
		a.promote()
		return [2]move{{a.owner, "PATCH", "members/" + a.ids["ws-member"] + "/", map[string]any{"role": 15}},
			{a.member, "PATCH", "members/" + a.ids["ws-owner"] + "/", map[string]any{"role": 15}}}
	},
	"one is changed, and deleted": func(a *arena) [2]move {
		return [2]move{{a.owner, "PATCH", a.inProject("issues/" + a.ids["issues"] + "/"),
			map[string]any{"priority": "high", "label_ids": []string{a.ids["labels"]}}},
			{a.owner, "DELETE", a.inProject("issues/" + a.ids["issues"] + "/"), nil}}
	},
	"two fields of one": func(a *arena) [2]move {
		return [2]move{{a.owner, "PATCH", a.inProject("modules/" + a.ids["modules"] + "/"), map[string]any{"name": "new"}},
			{a.owner, "PATCH", a.inProject("modules/" + a.ids["modules"] + "/"), map[string]any{"status": "paused"}}}
	},
	"a draft becomes a work item, and is deleted": func(a *arena) [2]move {
		return [2]move{{a.owner, "POST", "draft-to-issue/" + a.ids["draft-issues"] + "/",
			map[string]any{"name": "made", "project_id": a.project.ID}},
			{a.owner, "DELETE", "draft-issues/" + a.ids["draft-issues"] + "/", nil}}
	},
	"two pages that another program calls the same": func(a *arena) [2]move {
		write := move{a.key, "POST", "v1/pages/", map[string]any{"name": "p", "description_html": "<p>p</p>",
			"external_id": "1", "external_source": "wiki"}}
		return [2]move{write, write}
	},
	"a page below one that is deleted": func(a *arena) [2]move {
		above := a.ids["old-page"]
		return [2]move{{a.key, "POST", "v1/projects/" + a.project.ID + "/pages/", map[string]any{"name": "p",
			"description_html": "<p>p</p>", "parent_id": above}},
			{a.key, "DELETE", "v1/projects/" + a.project.ID + "/pages/" + above + "/", nil}}
	},
	"two decisions": func(a *arena) [2]move {
		decide := func(status int) move {
			return move{a.owner, "PATCH", a.inProject("inbox-issues/" + a.ids["inbox-issues"] + "/"),
				map[string]any{"status": status}}
		}
		return [2]move{decide(1), decide(-1)}
	},
}

func (a *arena) inProject(path string) string { return "projects/" + a.project.ID + "/" + path }

// promote makes the member an administrator, too.
func (a *arena) promote() {
	err := a.s.App.DB.Write(a.t.Context(), "", func(tx *store.Tx) error {
		tx.ForgetAll()
		for _, table := range []string{"workspace_members", "project_members"} {
			if _, err := tx.Exec("UPDATE "+table+" SET role = ? WHERE workspace_id = ? AND member_id = ?", int(app.Admin),
				a.workspace.ID, a.member.User.ID); err != nil {
				return err
			}
		}
		var id string
		err := tx.One("SELECT id FROM workspace_members WHERE workspace_id = ? AND member_id = ?",
			[]any{a.workspace.ID, a.owner.User.ID}, &id)
		a.ids["ws-owner"] = id
		return err
	})
	if err != nil {
		a.t.Fatal(err)
	}
}

// Two requests at once end as if one had come after the other, in whichever order.
func TestPairsAtOnce(t *testing.T) {
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		tables := indexed(t, s)
		n := 0
		for name, pair := range pairs {
			outcome := func(how func(a *arena, p [2]move) []string) []string {
				n++
				a := newArena(t, s, fmt.Sprintf("turn%d", n))
				said := how(a, pair(a))
				slices.Sort(said)
				settle(t, s)
				return append(said, livingRows(t, tables, a)[0]...)
			}
			forth := outcome(func(a *arena, p [2]move) []string { return []string{p[0].send(a), p[1].send(a)} })
			back := outcome(func(a *arena, p [2]move) []string { return []string{p[1].send(a), p[0].send(a)} })
			for range 3 {
				both := outcome(func(a *arena, p [2]move) []string {
					said := make([]string, 2)
					hurry(s, func() {
						var all sync.WaitGroup
						for i := range p {
							all.Go(func() { said[i] = p[i].send(a) })
						}
						all.Wait()
					})
					return said
				})
				if !slices.Equal(both, forth) && !slices.Equal(both, back) {
					t.Errorf("%s: at once, beside one order:\n%s", name, cmp.Diff(forth, both))
				}
			}
			s.App.Overtaken.Store(0)
		}
	})
}

// Every transaction may meet another one and be done again: what it leaves is the same.
func TestTransactionsMayBeRepeated(t *testing.T) {
	want := readTwice(t)
	webtest.Beside(t, func(t *testing.T, s *webtest.Server) {
		tables := indexed(t, s)
		var once, again *arena
		for n, op := range changingOps() {
			key := op.Method + " " + op.Path
			if want[key] == "" {
				continue
			}
			first, _, _ := strings.Cut(want[key], " ")
			var answer webtest.Answer
			for fresh := n%shareArenas == 0; ; fresh = true {
				if fresh {
					once, again = newArena(t, s, fmt.Sprintf("turn%d", n)), newArena(t, s, fmt.Sprintf("once%d", n))
				}
				if answer = once.ask(t, op); fresh || fmt.Sprint(answer.Status) == first {
					break // else an operation before has changed what this one is about
				}
			}
			settle(t, s)
			s.App.DB.Rehearse(true)
			repeated := again.ask(t, op)
			settle(t, s)
			s.App.DB.Rehearse(false)
			want, said := nameless(string(answer.Raw)), nameless(string(repeated.Raw))
			if chance.ReplaceAllString(said, "") != chance.ReplaceAllString(want, "") {
				t.Errorf("%s: done again the answer differs:\n%s", key, cmp.Diff(want, said))
			}
			left := livingRows(t, tables, once, again)
			if diff := cmp.Diff(left[0], left[1]); diff != "" {
				t.Errorf("%s: done again the rows differ:\n%s", key, diff)
			}
		}
	})
}

// Old slugs that differ only in case stay; new ones are refused, and said to be taken.
func TestSlugsInAnyCase(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		made := func(slug string) webtest.Answer {
			return ann.Do("POST", "/api/workspaces/", map[string]any{"name": slug, "slug": slug, "organization_size": "2-10"})
		}
		if a := made("Abc"); a.Status != 201 {
			t.Fatalf("%d %s", a.Status, a.Raw)
		}
		for _, slug := range []string{"abc", "ABC", "Abc"} {
			if a := made(slug); a.Status != 400 || !strings.Contains(string(a.Raw), "already exists") {
				t.Errorf("%s beside Abc: %d %s", slug, a.Status, a.Raw)
			}
			if a := ann.Do("GET", "/api/workspace-slug-check/?slug="+slug, nil); a.At("status") != false {
				t.Errorf("%s is said to be free: %s", slug, a.Raw)
			}
		}
		ann.Must("POST", "/api/workspaces/", map[string]any{"name": "other", "slug": "other", "organization_size": "2-10"})
		if a := ann.Do("PATCH", "/api/workspaces/other/", map[string]any{"slug": "aBC"}); a.Status != 400 {
			t.Errorf("other becomes aBC: %d %s", a.Status, a.Raw)
		}
		if a := ann.Do("PATCH", "/api/workspaces/Abc/", map[string]any{"slug": "abc"}); a.Status != 200 {
			t.Errorf("Abc becomes abc: %d %s", a.Status, a.Raw)
		}
		err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			w := &store.Workspace{Name: "old", Slug: "aBc", OwnerID: ann.User.ID, Timezone: "UTC"}
			if err := store.Workspaces.Insert(tx, w); err != nil {
				return err
			}
			return store.WorkspaceMembers.Insert(tx, store.NewWorkspaceMember(w.ID, ann.User.ID, 20))
		})
		if err != nil {
			t.Fatal(err)
		}
		for slug, name := range map[string]string{"abc": "Abc", "aBc": "old"} {
			if a := ann.Must("GET", "/api/workspaces/"+slug+"/", nil); a.At("name") != name {
				t.Errorf("%s: %s", slug, a.Raw)
			}
		}
	})
}

// Rows that are made at the first look are made once, and whoever looks is shown them.
func TestFirstLooksAtOnce(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newArena(t, s, "turn1")
		for _, op := range routes.All("test") {
			if op.Method != http.MethodGet || op.Allow.Scope == web.ScopeInstance {
				continue
			}
			c := a.owner
			if strings.HasPrefix(op.Path, "/api/v1/") {
				c = a.key
			}
			said := make([]int, 3)
			hurry(s, func() {
				var all sync.WaitGroup
				for i := range said {
					all.Go(func() { said[i] = c.Do(op.Method, a.path(op.Path), nil).Status })
				}
				all.Wait()
			})
			if said[0] != said[1] || said[1] != said[2] || said[0] >= 500 {
				t.Errorf("%s at once: %d", op.Path, said)
			}
		}
	})
}

// Ordinary edits and deletions of the same three work items by many people at once are never the server's fault.
func TestTheSameItemsByMany(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := newArena(t, s, "turn2")
		items := []string{a.ids["issues"], a.ids["other"], a.ids["done"]}
		edit := func(n int) (method, path string, body any) {
			item, next, last := items[n%3], items[(n+1)%3], items[(n+2)%3]
			at := a.inProject("issues/" + item + "/")
			switch n / 3 % 8 {
			case 0:
				return "PATCH", at, map[string]any{"label_ids": []string{a.ids["labels"]},
					"assignee_ids": []string{a.owner.User.ID}}
			case 1:
				return "POST", at + "sub-issues/", map[string]any{"sub_issue_ids": []string{next, last}}
			case 2:
				return "POST", at + "issue-relation/", map[string]any{"relation_type": "blocking", "issues": []string{next, last}}
			case 3:
				return "POST", a.inProject("modules/" + a.ids["modules"] + "/issues/"),
					map[string]any{"issues": []string{last, item, next}}
			case 4:
				return "POST", a.inProject("cycles/" + a.ids["next-cycle"] + "/cycle-issues/"),
					map[string]any{"issues": []string{next, item}}
			case 5:
				return "PATCH", at, map[string]any{"parent_id": nil, "label_ids": []string{}, "state_id": a.place.states.ID}
			case 6:
				return "POST", a.inProject("issue-dates/"),
					map[string]any{"updates": []map[string]string{{"id": last, "start_date": "2026-05-01"},
						{"id": item, "start_date": "2026-05-02"}}}
			}
			if n < 280 {
				return "POST", at + "comments/", map[string]any{"comment_html": "<p>x</p>"}
			}
			return "DELETE", at, nil
		}
		var all sync.WaitGroup
		for client := range 8 {
			all.Go(func() {
				for n := client; n < 336; n += 8 {
					method, path, body := edit(n)
					if said := a.owner.Do(method, "/api/workspaces/"+a.name+"/"+path, body); said.Status >= 500 {
						t.Errorf("%s %s: %d %s", method, path, said.Status, said.Raw)
					}
				}
			})
		}
		all.Wait()
	})
}
