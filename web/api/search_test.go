package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// found are the names of one kind of what a search found.
func found(a webtest.Answer, kind string) string {
	list, _ := a.At(kind).([]any)
	var names []string
	for _, one := range list {
		names = append(names, one.(map[string]any)["name"].(string))
	}
	slices.Sort(names)
	return strings.Join(names, "|")
}

// The search of everything finds by name what is in the projects that one is in, and nothing of the others; guests find
// what they made.
func TestTheSearchOfEverything(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		zoe := s.User("zoe")
		secret := wsProjects + g.ann.Must("POST", wsProjects,
			map[string]any{"name": "leak project", "identifier": "LEAK", "network": 0}).ID() + "/"
		for at, suffix := range map[string]string{g.at: "here", secret: "hidden"} {
			for _, kind := range []string{"issues/", "cycles/", "modules/", "views/", "pages/"} {
				g.ann.Must("POST", at+kind, map[string]any{"name": "leak-" + suffix})
			}
		}
		g.ann.Must("PATCH", g.at, map[string]any{"inbox_view": true})
		g.dan.Must("POST", g.at+"intake-issues/", map[string]any{"issue": map[string]any{"name": "leak-in"}})
		g.item(map[string]any{"name": "50% of it"})
		const search = "/api/workspaces/ws/search/?search="
		kinds := []string{"issue", "cycle", "module", "issue_view", "page"}
		for who, want := range map[*webtest.Client]string{g.ann: "leak-here|leak-hidden", g.cid: "leak-here", g.dan: "",
			g.eve: "", zoe: ""} {
			a := who.Must("GET", search+"LEAK", nil)
			for _, kind := range kinds {
				got := found(a, "results."+kind)
				if who == g.dan && (kind == "cycle" || kind == "module") {
					got = "" // those are everybody's in the project
				}
				if got != want {
					t.Errorf("%s finds of %s %q, want %q", who.User.Username, kind, got, want)
				}
			}
		}
		for _, tt := range []struct {
			who               *webtest.Client
			query, kind, want string
		}{
			{g.ann, "leak&project_id=" + g.project, "issue", "leak-here"},
			{g.ann, "leak&workspace_search=true&project_id=" + g.project, "issue", "leak-here|leak-hidden"},
			{g.cid, "leak", "intake", "leak-in"},
			{g.dan, "leak", "intake", "leak-in"},
			{g.ann, "leak", "project", "leak project"},
			{g.cid, "leak", "project", ""},
			{g.ann, "ws", "workspace", "ws"},
			{zoe, "ws", "workspace", ""},
			{g.cid, "50%25", "issue", "50% of it"},
			{g.cid, "%25", "issue", "50% of it"}, // a sign is a sign
			{g.cid, "_", "issue", ""},
			{g.cid, "P-1", "issue", "leak-here"},
		} {
			got := found(tt.who.Must("GET", search+tt.query, nil), "results."+tt.kind)
			if got != tt.want {
				t.Errorf("%s finds by %s of %s %q, want %q", tt.who.User.Username, tt.query, tt.kind, got, tt.want)
			}
		}
	})
}

// Pickers offer what can be tied to a work item: not itself, nor what is tied to it in that way already, nor what is in
// a plan; from the project, or from all that one is in.
func TestPickersOfWorkItems(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		other := wsProjects + g.ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/"
		g.ann.Must("POST", other+"issues/", map[string]any{"name": "abroad"})
		top := g.item(map[string]any{"name": "top"})
		one := g.item(map[string]any{"name": "one", "parent_id": top})
		g.item(map[string]any{"name": "child", "parent_id": one, "target_date": "2127-01-01"})
		tied, free := g.item(map[string]any{"name": "tied"}), g.item(map[string]any{"name": "free"})
		g.ann.Must("POST", g.at+"issues/"+one+"/issue-relation/",
			map[string]any{"relation_type": "blocking", "issues": []string{tied}})
		cycle := g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "C"}).ID()
		g.ann.Must("POST", g.at+"cycles/"+cycle+"/cycle-issues/", map[string]any{"issues": []string{free}})
		module := g.ann.Must("POST", g.at+"modules/", map[string]any{"name": "M"}).ID()
		g.ann.Must("POST", g.at+"modules/"+module+"/issues/", map[string]any{"issues": []string{free, tied}})
		g.ann.Must("PATCH", g.at, map[string]any{"inbox_view": true})
		g.dan.Must("POST", g.at+"intake-issues/", map[string]any{"issue": map[string]any{"name": "waits"}})
		for query, want := range map[string]string{
			"":                                     "child free one tied top",
			"search=FREE":                          "free",
			"search=nothing":                       "",
			"parent=true&issue_id=" + one:          "free tied",
			"issue_relation=true&issue_id=" + one:  "child free top",
			"issue_relation=true&issue_id=" + tied: "child free top",
			"sub_issue=true&issue_id=" + one:       "free tied",
			"cycle=true":                           "child one tied top",
			"module=" + module:                     "child one top",
			"target_date=none":                     "free one tied top",
			"parent=true&issue_id=" + unknownID:    "child free one tied top",
		} {
			read(t, g.at, list{g.cid, "search-issues/?workspace_search=false&" + query, "~name", want})
		}
		read(t, g.at, []list{
			{g.ann, "search-issues/?workspace_search=true&search=a", "~name", "abroad"},
			{g.cid, "search-issues/?workspace_search=true&search=a", "~name", ""},
			{g.dan, "search-issues/?workspace_search=false", "name", ""}, // guests tie what they made
			{g.eve, "search-issues/?workspace_search=true", "name", ""},
		}...)
	})
}

// What can be mentioned: people of the place, and things of the projects that one is in.
func TestWhatCanBeMentioned(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		zoe := s.User("zoe")
		g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "leak cycle"})
		g.ann.Must("POST", g.at+"modules/", map[string]any{"name": "leak module"})
		g.item(map[string]any{"name": "leak item"})
		const search = "/api/workspaces/ws/entity-search/?count=10&query="
		for _, tt := range []struct {
			who                      *webtest.Client
			query, kind, field, want string
		}{
			{g.cid, "", "user_mention", "member__display_name", "ann bea cid dan eve fay"},
			{g.cid, "BE", "user_mention", "member__display_name", "bea"},
			{g.cid, "&project_id=" + g.project, "user_mention", "member__display_name", "ann bea cid dan"},
			{zoe, "", "user_mention", "member__display_name", ""},
			{g.cid, "leak&query_type=cycle,module", "cycle", "project__identifier", "P"},
			{g.cid, "leak&query_type=cycle,module", "cycle", "status", "DRAFT"},
			{g.cid, "leak&query_type=cycle,module", "module", "status", "planned"},
			{g.eve, "leak&query_type=cycle,module", "cycle", "status", ""},
			{g.cid, "leak&query_type=issue", "issue", "sequence_id", "1"},
			{g.dan, "leak&query_type=issue", "issue", "sequence_id", ""},
			{g.eve, "P&query_type=project", "project", "identifier", "P"}, // anybody may join it
			{zoe, "P&query_type=project", "project", "identifier", ""},
		} {
			a := tt.who.Must("GET", search+tt.query, nil)
			list, _ := a.At(tt.kind).([]any)
			if got := inOrder(column(webtest.Answer{Raw: encoded(list)}, tt.field)); got != tt.want {
				t.Errorf("%s finds by %s %q, want %q", tt.who.User.Username, tt.query, got, tt.want)
			}
		}
		play(t, "/api/workspaces/ws/entity-search/", []step{
			{g.cid, "GET ?query=&count=-1", nil, 400, "count must be a whole number"},
			{g.cid, "GET ?query=&count=many", nil, 400, "count must be a whole number"},
			{g.cid, "GET ?query=&project_id=x", nil, 400, ""},
		}...)
	})
}
