package api_test

import (
	"cmp"
	"flag"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/web/webtest"
)

// modelItem is what a work item has to be by the rules: notes/issues.md of the recordings, "Writing".
type modelItem struct {
	id, state, parent string
	number            int
	order             float64
	completed         bool
	archived, deleted bool
}

func (i *modelItem) visible() bool { return !i.archived && !i.deleted }

// model is a project in memory, and the same one on the server.
type model struct {
	ann     *webtest.Client
	project string
	states  map[string]string // group -> id
	items   []*modelItem      // oldest first
	numbers int
}

var modelGroups = []string{"backlog", "started", "completed", "cancelled"}

// Whatever is done to the work items of a project, in whatever order: the server has what the rules say.
func TestWorkItemsFollowTheirRules(t *testing.T) {
	webtest.Long(t)
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		ann.Must("POST", "/api/workspaces/", map[string]any{"name": "Work", "slug": "work", "organization_size": "2-10"})
		checks := "20"
		if s.App.DB.Postgres {
			checks = "5"
		}
		defer flag.Set("rapid.checks", flag.Lookup("rapid.checks").Value.String())
		flag.Set("rapid.checks", checks)
		projects := 0
		rapid.Check(t, func(r *rapid.T) {
			projects++
			m := newModel(ann, projects)
			r.Repeat(map[string]func(*rapid.T){
				"": m.compare, "create": m.create, "move": m.move, "reorder": m.reorder, "put below": m.reparent,
				"adopt": m.adopt, "archive": m.archive,
				"restore": m.restore, "delete": m.delete, "archive several": m.archiveSeveral, "delete several": m.deleteSeveral})
		})
	})
}

func newModel(ann *webtest.Client, n int) *model {
	p := ann.Must("POST", "/api/workspaces/work/projects/",
		map[string]any{"name": fmt.Sprint("Project ", n), "identifier": fmt.Sprint("P", n), "network": 2})
	m := &model{ann: ann, project: "/api/workspaces/work/projects/" + p.ID() + "/", states: map[string]string{}}
	for _, st := range ann.Must("GET", m.project+"states/", nil).JSON().([]any) {
		st := st.(map[string]any)
		m.states[st["group"].(string)] = st["id"].(string)
	}
	return m
}

func (m *model) group(id string) string {
	for group, state := range m.states {
		if state == id {
			return group
		}
	}
	return ""
}

// pick draws a work item for which ok holds, or skips the step.
func (m *model) pick(r *rapid.T, ok func(*modelItem) bool) *modelItem {
	var fit []*modelItem
	for _, i := range m.items {
		if ok(i) {
			fit = append(fit, i)
		}
	}
	if len(fit) == 0 {
		r.Skip("there is none")
	}
	return fit[rapid.IntRange(0, len(fit)-1).Draw(r, "item")]
}

// several draws some work items, gone or not.
func (m *model) several(r *rapid.T) (some []*modelItem) {
	if len(m.items) == 0 {
		r.Skip("there is none")
	}
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(m.items)-1), 1, min(4, len(m.items)), rapid.ID).Draw(r,
		"items") {
		some = append(some, m.items[n])
	}
	return some
}

func idsOf(items []*modelItem) (ids []string) {
	for _, i := range items {
		ids = append(ids, i.id)
	}
	return ids
}

// do sends a request and holds its status against the rules.
func (m *model) do(r *rapid.T, method, path string, body any, status int) webtest.Answer {
	a := m.ann.Do(method, m.project+path, body)
	if a.Status != status {
		r.Fatalf("%s %s %v: %d %s, want %d", method, path, body, a.Status, a.Raw, status)
	}
	return a
}

func (m *model) create(r *rapid.T) {
	body := map[string]any{"name": "item"}
	group, order := "backlog", 65535.0
	if rapid.Bool().Draw(r, "a state") {
		group = rapid.SampledFrom(modelGroups).Draw(r, "state")
		body["state_id"] = m.states[group]
	}
	if rapid.Bool().Draw(r, "an order") {
		order = float64(rapid.IntRange(1, 100_000).Draw(r, "order"))
		body["sort_order"] = order
	}
	for _, i := range m.items { // behind the last one of the state, archived or not
		if !i.deleted && i.state == m.states[group] {
			if _, taken := body["taken"]; !taken || i.order+10000 > order {
				order, body["taken"] = i.order+10000, true
			}
		}
	}
	delete(body, "taken")
	m.numbers++
	a := m.do(r, "POST", "issues/", body, 201)
	m.items = append(m.items,
		&modelItem{id: a.ID(), state: m.states[group], number: m.numbers, order: order, completed: group == "completed"})
}

func (m *model) move(r *rapid.T) {
	i := m.pick(r, func(i *modelItem) bool { return !i.deleted })
	group := rapid.SampledFrom(modelGroups).Draw(r, "state")
	if i.archived {
		m.do(r, "PATCH", "issues/"+i.id+"/", map[string]any{"state_id": m.states[group]}, 404)
		return
	}
	m.do(r, "PATCH", "issues/"+i.id+"/", map[string]any{"state_id": m.states[group]}, 204)
	i.state, i.completed = m.states[group], group == "completed"
}

func (m *model) reorder(r *rapid.T) {
	i := m.pick(r, (*modelItem).visible)
	i.order = float64(rapid.IntRange(-100_000, 200_000).Draw(r, "order"))
	m.do(r, "PATCH", "issues/"+i.id+"/", map[string]any{"sort_order": i.order}, 204)
}

// above says whether a is i itself or above it.
func (m *model) above(a, i *modelItem) bool {
	for steps := 0; i != nil && steps <= len(m.items); steps++ {
		if i == a {
			return true
		}
		n := slices.IndexFunc(m.items, func(x *modelItem) bool { return x.id == i.parent })
		if n < 0 {
			return false
		}
		i = m.items[n]
	}
	return false
}

// reparent makes no rings: what is above is refused.
func (m *model) reparent(r *rapid.T) {
	i := m.pick(r, (*modelItem).visible)
	if rapid.Bool().Draw(r, "to none") {
		m.do(r, "PATCH", "issues/"+i.id+"/", map[string]any{"parent_id": nil}, 204)
		i.parent = ""
		return
	}
	to := m.pick(r, (*modelItem).visible)
	if m.above(i, to) {
		m.do(r, "PATCH", "issues/"+i.id+"/", map[string]any{"parent_id": to.id}, 400)
		return
	}
	m.do(r, "PATCH", "issues/"+i.id+"/", map[string]any{"parent_id": to.id}, 204)
	i.parent = to.id
}

// adopt puts several below another one; those that are gone or above it are passed over, unless all are above it.
func (m *model) adopt(r *rapid.T) {
	to, some := m.pick(r, func(i *modelItem) bool { return true }), m.several(r)
	if !to.visible() {
		m.do(r, "POST", "issues/"+to.id+"/sub-issues/", map[string]any{"sub_issue_ids": idsOf(some)}, 404)
		return
	}
	if !slices.ContainsFunc(some, func(i *modelItem) bool { return !m.above(i, to) }) {
		m.do(r, "POST", "issues/"+to.id+"/sub-issues/", map[string]any{"sub_issue_ids": idsOf(some)}, 400)
		return
	}
	m.do(r, "POST", "issues/"+to.id+"/sub-issues/", map[string]any{"sub_issue_ids": idsOf(some)}, 200)
	var fit []*modelItem
	for _, i := range some {
		if i.visible() && !m.above(i, to) {
			fit = append(fit, i)
		}
	}
	for _, i := range fit {
		i.parent = to.id
	}
}

func (m *model) done(i *modelItem) bool {
	return m.group(i.state) == "completed" || m.group(i.state) == "cancelled"
}

func (m *model) archive(r *rapid.T) {
	i := m.pick(r, (*modelItem).visible)
	if !m.done(i) {
		m.do(r, "POST", "issues/"+i.id+"/archive/", nil, 400)
		return
	}
	m.do(r, "POST", "issues/"+i.id+"/archive/", nil, 200)
	i.archived = true
}

func (m *model) restore(r *rapid.T) {
	i := m.pick(r, func(i *modelItem) bool { return !i.deleted })
	if !i.archived {
		m.do(r, "DELETE", "issues/"+i.id+"/archive/", nil, 404)
		return
	}
	m.do(r, "DELETE", "issues/"+i.id+"/archive/", nil, 204)
	i.archived = false
}

// delete takes everything below along, archived or not.
func (m *model) delete(r *rapid.T) {
	i := m.pick(r, func(i *modelItem) bool { return true })
	if i.deleted {
		m.do(r, "DELETE", "issues/"+i.id+"/", nil, 404)
		return
	}
	m.do(r, "DELETE", "issues/"+i.id+"/", nil, 204)
	gone := []*modelItem{i}
	for len(gone) > 0 {
		parent := gone[0]
		parent.deleted, gone = true, gone[1:]
		for _, x := range m.items {
			if x.parent == parent.id && !x.deleted {
				gone = append(gone, x)
			}
		}
	}
}

// archiveSeveral puts all away or none; those that are gone are passed over.
func (m *model) archiveSeveral(r *rapid.T) {
	some := m.several(r)
	status := 200
	for _, i := range some {
		if !i.deleted && !m.done(i) {
			status = 400
		}
	}
	m.do(r, "POST", "bulk-archive-issues/", map[string]any{"issue_ids": idsOf(some)}, status)
	for _, i := range some {
		i.archived = i.archived || status == 200 && !i.deleted
	}
}

// deleteSeveral leaves what is below, and what is archived.
func (m *model) deleteSeveral(r *rapid.T) {
	some := m.several(r)
	m.do(r, "DELETE", "bulk-delete-issues/", map[string]any{"issue_ids": idsOf(some)}, 200)
	for _, i := range some {
		i.deleted = i.deleted || i.visible()
	}
}

// compare holds the project's lists against the model.
func (m *model) compare(r *rapid.T) {
	shown, archived := m.want((*modelItem).visible), m.want(func(i *modelItem) bool { return i.archived && !i.deleted })
	list := m.do(r, "GET", "issues/?order_by=sort_order", nil, 200)
	if diff := gocmp.Diff(shown, rowsOf(list)); diff != "" {
		r.Fatalf("the list: %s", diff)
	}
	if n := list.At("total_count"); n != float64(len(shown)) {
		r.Fatalf("the list counts %v, want %d", n, len(shown))
	}
	if diff := gocmp.Diff(archived, rowsOf(m.do(r, "GET", "archived-issues/?order_by=sort_order", nil, 200))); diff != "" {
		r.Fatalf("the archive: %s", diff)
	}
	removed := []string{}
	for _, id := range m.do(r, "GET", "deleted-issues/", nil, 200).JSON().([]any) {
		removed = append(removed, id.(string))
	}
	wanted := []string{}
	for _, i := range m.items {
		if !i.visible() {
			wanted = append(wanted, i.id)
		}
	}
	slices.Sort(removed)
	slices.Sort(wanted)
	if diff := gocmp.Diff(wanted, removed); diff != "" {
		r.Fatalf("what is gone: %s", diff)
	}
	m.compareBoard(r)
}

func (m *model) compareBoard(r *rapid.T) {
	groups, _ := m.do(r, "GET", "issues/?group_by=state_id", nil, 200).At("results").(map[string]any)
	counts := map[string]int{}
	for _, i := range m.items {
		if i.visible() {
			counts[i.state]++
		}
	}
	for state, n := range counts {
		g, _ := groups[state].(map[string]any)
		if g["total_results"] != float64(n) {
			r.Fatalf("the board has %v in %s, want %d", g["total_results"], m.group(state), n)
		}
	}
}

// want are lines of those for which ok holds, by their order, newest first when that is the same.
func (m *model) want(ok func(*modelItem) bool) []string {
	var fit []*modelItem
	for _, i := range slices.Backward(m.items) {
		if ok(i) {
			fit = append(fit, i)
		}
	}
	slices.SortStableFunc(fit, func(a, b *modelItem) int { return cmp.Compare(a.order, b.order) })
	lines := []string{}
	for _, i := range fit {
		below := 0
		for _, x := range m.items {
			if x.parent == i.id && x.visible() {
				below++
			}
		}
		lines = append(lines, fmt.Sprint(i.number, " ", i.state, " ", i.order, " parent ", i.parent, " below ", below,
			" completed ", i.completed))
	}
	return lines
}

func rowsOf(a webtest.Answer) []string {
	lines := []string{}
	for _, row := range a.At("results").([]any) {
		row := row.(map[string]any)
		parent, _ := row["parent_id"].(string)
		below, _ := row["sub_issues_count"].(float64)
		lines = append(lines, fmt.Sprint(row["sequence_id"], " ", row["state_id"], " ", row["sort_order"], " parent ", parent,
			" below ", below, " completed ", row["completed_at"] != nil))
	}
	return lines
}
