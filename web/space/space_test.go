package space_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/space"
	"github.com/sailplane/sailplane/web/webtest"
)

// place is a published project with a work item, and the person who made it.
type place struct {
	s       *webtest.Server
	ann     *webtest.Client
	project string // below /api/workspaces/
	board   string // below /api/public/
	boardID string
	item    string
}

func publish(t *testing.T, s *webtest.Server) *place {
	t.Helper()
	p := &place{s: s, ann: s.User("ann")}
	p.ann.Must("POST", "/api/workspaces/", map[string]any{"name": "Work", "slug": "work", "organization_size": "2-10"})
	p.project = p.newProject("Project", "PROJ")
	p.item = p.make("issues/", map[string]any{"name": "SHOWN"})
	a := p.ann.Must("POST", p.project+"project-deploy-boards/",
		map[string]any{"is_comments_enabled": true, "is_reactions_enabled": true})
	p.boardID = a.ID()
	p.board = fmt.Sprintf("/api/public/anchor/%v/", a.At("anchor"))
	return p
}

func (p *place) newProject(name, identifier string) string {
	a := p.ann.Must("POST", "/api/workspaces/work/projects/",
		map[string]any{"name": name, "identifier": identifier, "network": 2})
	return "/api/workspaces/work/projects/" + a.ID() + "/"
}

// make makes something in the app and returns its id.
func (p *place) make(path string, body map[string]any) string {
	return p.ann.Must("POST", p.project+path, body).ID()
}

func (p *place) switches(body map[string]any) {
	p.ann.Must("PATCH", p.project+"project-deploy-boards/"+p.boardID+"/", body)
}

// archived makes a work item and archives it.
func (p *place) archived(t *testing.T, name string) string {
	t.Helper()
	id := p.make("issues/", map[string]any{"name": name, "state_id": p.state(t, "Done")})
	p.ann.Must("POST", p.project+"issues/"+id+"/archive/", map[string]any{})
	return id
}

func (p *place) state(t *testing.T, name string) string {
	t.Helper()
	for _, s := range p.ann.Must("GET", p.project+"states/", nil).JSON().([]any) {
		if s := s.(map[string]any); s["name"] == name {
			return s["id"].(string)
		}
	}
	t.Fatalf("no state %s", name)
	return ""
}

func (p *place) count(t *testing.T, table interface {
	Count(*store.Tx, dbx.Expression) (int, error)
}, where dbx.HashExp) int {
	t.Helper()
	n, err := table.Count(p.s.App.DB.Read(context.Background()), where)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// intakeOf switches a project's intake on and returns it.
func (p *place) intakeOf(project string) string {
	p.ann.Must("PATCH", project, map[string]any{"inbox_view": true})
	return p.ann.Must("GET", project+"intakes/", nil).ID()
}

// hide puts things with the word HIDDEN all around what the board shows.
func (p *place) hide(t *testing.T) {
	t.Helper()
	old := p.archived(t, "HIDDEN archived")
	p.ann.Must("POST", p.project+"issues/"+old+"/comments/",
		map[string]any{"comment_html": "HIDDEN on an archived one", "access": "EXTERNAL"})
	gone := p.make("issues/", map[string]any{"name": "HIDDEN deleted"})
	p.ann.Must("DELETE", p.project+"issues/"+gone+"/", nil)
	draft := p.make("issues/", map[string]any{"name": "HIDDEN draft"})
	err := p.s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error { // as older data has them
		return store.Issues.SetWhere(tx, dbx.Params{"is_draft": true}, dbx.HashExp{"id": draft})
	})
	if err != nil {
		t.Fatal(err)
	}
	p.ann.Must("POST", p.project+"issues/"+p.item+"/comments/", map[string]any{"comment_html": "HIDDEN comment"})
	p.intakeOf(p.project)
	waiting := p.ann.Must("POST", p.project+"intake-issues/",
		map[string]any{"issue": map[string]any{"name": "HIDDEN in the intake"}})
	here := p.project
	p.project = p.newProject("HIDDEN project", "HIDE")
	there := p.make("issues/", map[string]any{"name": "HIDDEN elsewhere"})
	p.ann.Must("POST", p.project+"issues/"+there+"/comments/",
		map[string]any{"comment_html": "HIDDEN comment elsewhere", "access": "EXTERNAL"})
	p.ann.Must("POST", p.project+"issue-labels/", map[string]any{"name": "HIDDEN label"})
	p.project = here
	for _, id := range []string{old, gone, there, fmt.Sprint(waiting.At("issue.id"))} {
		for _, path := range []string{"", "comments/"} {
			for who, c := range map[string]*webtest.Client{"nobody": p.s.Stranger(), "the owner": p.ann} {
				if a := c.Do("GET", p.board+"issues/"+id+"/"+path, nil); a.Status != 200 || string(a.Raw) != "" &&
					string(a.Raw) != "[]" {
					t.Errorf("%s gets %s of a hidden work item: %d %s", who, path, a.Status, a.Raw)
				}
			}
		}
		if a := p.ann.Do("POST", p.board+"issues/"+id+"/votes/", map[string]any{"vote": 1}); a.Status != 400 {
			t.Errorf("a vote on a hidden work item: %d %s", a.Status, a.Raw)
		}
		for path, body := range map[string]any{"reactions/": map[string]any{"reaction": "1"},
			"comments/": map[string]any{"comment_html": "x"}} {
			if a := p.ann.Do("POST", p.board+"issues/"+id+"/"+path, body); a.Status != 400 {
				t.Errorf("%s on a hidden work item: %d %s", path, a.Status, a.Raw)
			}
		}
	}
}

func TestABoardShowsWhatIsPublished(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		p.hide(t)
		readers := map[string]*webtest.Client{"nobody": s.Stranger(), "a stranger": s.User("stranger"), "the owner": p.ann}
		walk := func(seen bool) {
			t.Helper()
			for _, op := range space.Ops() {
				if op.Method != http.MethodGet || !op.Allow.Open() {
					continue
				}
				path := strings.NewReplacer("/api/public/anchor/{anchor}/", p.board, "{issue_id:uuid}", p.item,
					"/api/public/workspaces/{slug}/projects/{project_id:uuid}/",
					strings.Replace(p.project, "/api/", "/api/public/", 1), "{pk:uuid}", p.item, "assets/v2/anchor/{anchor}/",
					"assets/v2/"+strings.TrimPrefix(p.board, "/api/public/")).Replace(op.Path)
				for who, c := range readers {
					a := c.Do("GET", path, nil)
					if strings.Contains(string(a.Raw), "HIDDEN") {
						t.Errorf("%s reads %s: %.300s", who, path, a.Raw)
					}
					if strings.HasSuffix(path, "/issues/") && strings.Contains(string(a.Raw), "SHOWN") != seen {
						t.Errorf("%s reads %s: %d %.300s", who, path, a.Status, a.Raw)
					}
					if !seen && a.Status != 404 && string(a.Raw) != "[]" {
						t.Errorf("%s reads %s of what is not published: %d %.300s", who, path, a.Status, a.Raw)
					}
				}
			}
		}
		walk(true)
		p.ann.Must("DELETE", p.project+"project-deploy-boards/"+p.boardID+"/", nil)
		walk(false)
	})
}

func TestAnArchivedProjectShowsNoWorkItems(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		p.ann.Must("POST", p.project+"archive/", map[string]any{})
		if a := s.Stranger().Must("GET", p.board+"issues/?group_by=state_id", nil); a.At("total_count") != float64(0) {
			t.Errorf("listed: %s", a.Raw)
		}
		if a := s.Stranger().Must("GET", p.board+"issues/"+p.item+"/", nil); string(a.Raw) != "" {
			t.Errorf("read: %s", a.Raw)
		}
		if a := p.ann.Do("POST", p.board+"issues/"+p.item+"/votes/", map[string]any{"vote": 1}); a.Status != 400 {
			t.Errorf("voted: %d %s", a.Status, a.Raw)
		}
	})
}

func TestSwitches(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		bob := s.User("bob")
		item, none := p.board+"issues/"+p.item+"/", "00000000-0000-4000-8000-000000000000"
		said := bob.Must("POST", item+"comments/", map[string]any{"comment_html": "<p>hi</p>"}).ID()
		remark := p.board + "comments/" + said + "/reactions/"
		bob.Must("POST", item+"reactions/", map[string]any{"reaction": "1"})
		bob.Must("POST", remark, map[string]any{"reaction": "1"})
		reports := p.board + "intakes/" + none + "/intake-issues/"
		p.switches(map[string]any{"is_comments_enabled": false, "is_reactions_enabled": false})
		for _, c := range []struct {
			method, path string
			body         any
			want         string
		}{
			{"GET", item + "comments/", nil, "200 []"},
			{"GET", item + "comments/" + said + "/", nil, "404 No IssueComment matches the given query."},
			{"POST", item + "comments/", map[string]any{"comment_html": nil}, "400 Comments are not enabled for this project"},
			{"PATCH", item + "comments/" + said + "/", map[string]any{"comment_html": "x"},
				"400 Comments are not enabled for this project"},
			{"DELETE", item + "comments/" + said + "/", nil, "400 Comments are not enabled for this project"},
			{"POST", item + "reactions/", map[string]any{}, "400 Reactions are not enabled for this project board"},
			{"DELETE", item + "reactions/1/", nil, "400 Reactions are not enabled for this project board"},
			{"GET", remark, nil, "200 []"},
			{"POST", remark, map[string]any{}, "400 Reactions are not enabled for this board"},
			{"DELETE", remark + "1/", nil, "400 Reactions are not enabled for this board"},
			{"GET", reports, nil, "400 Intake is not enabled for this Project Board"},
			{"POST", reports, map[string]any{}, "400 Intake is not enabled for this Project Board"},
			{"GET", reports + none + "/", nil, "400 Intake is not enabled for this Project Board"},
			{"PATCH", reports + none + "/", map[string]any{}, "400 Intake is not enabled for this Project Board"},
			{"DELETE", reports + none + "/", nil, "400 Intake is not enabled for this Project Board"},
		} {
			a := bob.Do(c.method, c.path, c.body)
			got := fmt.Sprint(a.Status, " ", string(a.Raw))
			for _, key := range []string{"error", "detail"} {
				if text, ok := a.At(key).(string); ok {
					got = fmt.Sprint(a.Status, " ", text)
				}
			}
			if got != c.want {
				t.Errorf("%s %s: %s, want %s", c.method, c.path, got, c.want)
			}
			if unknown := strings.Replace(c.path, p.board, "/api/public/anchor/unknown/", 1); c.method != "GET" {
				if a := bob.Do(c.method, unknown, c.body); a.Status != 404 {
					t.Errorf("%s %s: %d %s", c.method, unknown, a.Status, a.Raw)
				}
				if a := s.Stranger().Do(c.method, c.path, c.body); a.Status != 401 {
					t.Errorf("nobody %s %s: %d %s", c.method, c.path, a.Status, a.Raw)
				}
			}
		}
	})
}

func TestListsOfABoard(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		label := p.make("issue-labels/", map[string]any{"name": "Bug"})
		p.make("issues/", map[string]any{"name": "Second", "priority": "high", "label_ids": []string{label},
			"assignee_ids": []string{p.ann.User.ID}})
		p.make("issues/", map[string]any{"name": "Third", "parent_id": p.item, "target_date": "2026-05-01"})
		for query, want := range map[string]string{
			"":                                     "Third Second SHOWN",
			"order_by=name":                        "SHOWN Second Third",
			"order_by=-priority":                   "Second Third SHOWN",
			"per_page=1&cursor=1:1:0":              "Second",
			"priority=high":                        "Second",
			"labels=" + label:                      "Second",
			"assignees=" + p.ann.User.ID:           "Second",
			"sub_issue=false":                      "Second SHOWN",
			"target_date=2026-05-01;after":         "Third",
			`filters={"priority":"high"}`:          "Third Second SHOWN", // no rich filters here
			"subscriber=" + store.NewID():          "Third Second SHOWN", // who follows is nobody's business
			"mentions=" + store.NewID():            "Third Second SHOWN",
			"group_by=priority":                    "Third SHOWN Second",
			"group_by=labels__id&sub_group_by=x":   "sub_group_by",
			"group_by=nonsense":                    "group_by",
			"group_by=priority&sub_group_by=":      "Third SHOWN Second",
			"order_by=nonsense":                    "order_by",
			"per_page=0":                           "detail",
			"group_by=priority&order_by=-name":     "Third SHOWN Second",
			"group_by=created_by&order_by=name":    "SHOWN Second Third",
			"group_by=target_date&per_page=1":      "Third Second",
			"group_by=state_id&sub_group_by=" + "": "Third Second SHOWN",
		} {
			query = strings.NewReplacer(`"`, "%22", ";", "%3B", "{", "%7B", "}", "%7D").Replace(query)
			if got := strings.Join(names(s.Stranger().Do("GET", p.board+"issues/?"+query, nil)), " "); got != want {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
	})
}

// names are the work items of a list in their order, groups after each other as they come; of a refusal, what it names.
func names(a webtest.Answer) []string {
	var all []string
	if a.Status != 200 {
		for key := range a.JSON().(map[string]any) {
			all = append(all, key)
		}
		return all
	}
	raw := string(a.Raw)
	for {
		at := strings.Index(raw, `,"name":"`)
		if at < 0 {
			return all
		}
		raw = raw[at+len(`,"name":"`):]
		all = append(all, raw[:strings.IndexByte(raw, '"')])
	}
}
