package events_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

const (
	stream   = "/api/workspaces/ws/events/"
	streamV1 = "/api/v1/workspaces/ws/events/"
	projects = "/api/workspaces/ws/projects/"
)

// team is a workspace with a project P. Ann made both, bea is a member of both, dan a guest of both, eve a member of
// the workspace and fay a guest of it.
type team struct {
	*webtest.Server
	t                       *testing.T
	ann, bea, dan, eve, fay *webtest.Client
	project, at             string // its id and address
}

func newTeam(t *testing.T, s *webtest.Server) *team {
	t.Helper()
	g := &team{Server: s, t: t, ann: s.User("ann"), bea: s.User("bea"), dan: s.User("dan"), eve: s.User("eve"),
		fay: s.User("fay")}
	ws := g.ann.Must("POST", "/api/workspaces/",
		map[string]any{"name": "WS", "slug": "ws", "organization_size": "2-10"}).ID()
	g.write(func(tx *store.Tx) error {
		tx.ForgetAll()
		for who, role := range map[*webtest.Client]app.Role{g.bea: app.Member, g.dan: app.Guest, g.eve: app.Member,
			g.fay: app.Guest} {
			if err := store.WorkspaceMembers.Insert(tx, &store.WorkspaceMember{WorkspaceID: ws, MemberID: who.User.ID,
				Role: int(role), IsActive: true}); err != nil {
				return err
			}
		}
		return nil
	})
	g.project = g.ann.Must("POST", projects, map[string]any{"name": "P", "identifier": "P", "cycle_view": true,
		"module_view": true, "page_view": true, "intake_view": true}).ID()
	g.at = projects + g.project + "/"
	g.ann.Must("PATCH", g.at, map[string]any{"intake_view": true})
	g.ann.Must("POST", g.at+"members/", map[string]any{"members": []any{
		map[string]any{"member_id": g.bea.User.ID, "role": 15}, map[string]any{"member_id": g.dan.User.ID, "role": 5}}})
	return g
}

func (g *team) write(fn func(tx *store.Tx) error) {
	g.t.Helper()
	if err := g.App.DB.Write(g.t.Context(), "", fn); err != nil {
		g.t.Fatal(err)
	}
}

// now is the id from which one hears of what happens from now on.
func (g *team) now() string {
	s := g.ann.Listen(stream)
	defer s.Close()
	return s.Last
}

func texts(told []webtest.Event) []string {
	all := []string{}
	for _, e := range told {
		all = append(all, e.String())
	}
	return all
}

// change is something that somebody does, and who is told of it: in what words, once for each of their events.
type change struct {
	name string
	do   func(g *team)
	told map[string]string // by name; several with commas
}

func all(text string, who ...string) map[string]string {
	told := map[string]string{}
	for _, name := range who {
		told[name] = text
	}
	return told
}

var changes = []change{
	{"a work item", func(g *team) { g.item(g.ann, "theirs") }, all("issue created theirs", "ann", "bea")},
	{"a guest's work item", func(g *team) {
		id := g.item(g.ann, "dan's")
		g.write(func(tx *store.Tx) error {
			_, err := tx.Exec("UPDATE issues SET created_by_id = ? WHERE id = ?", g.dan.User.ID, id)
			return err
		})
	}, all("issue created dan's", "ann", "bea", "dan")},
	{"its state", func(g *team) {
		g.ann.Must("PATCH", g.at+"issues/"+g.item(g.ann, "moved")+"/", map[string]any{"priority": "high"})
	}, all("issue created moved,issue updated moved", "ann", "bea")},
	{"a link", func(g *team) {
		id := g.item(g.ann, "linked")
		g.ann.Must("POST", g.at+"issues/"+id+"/issue-links/", map[string]any{"url": "https://example.org"})
	}, all("issue created linked,issue updated linked", "ann", "bea")},
	{"a comment", func(g *team) {
		id := g.item(g.ann, "talk")
		g.bea.Must("POST", g.at+"issues/"+id+"/comments/", map[string]any{"comment_html": "<p>x</p>"})
	}, all("issue created talk,issue_comment created", "ann", "bea")},
	{"a work item that goes", func(g *team) { g.ann.Must("DELETE", g.at+"issues/"+g.item(g.ann, "short")+"/", nil) },
		all("issue created short,issue deleted short", "ann", "bea")},
	{"a cycle", func(g *team) {
		id := g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "C"}).ID()
		g.ann.Must("DELETE", g.at+"cycles/"+id+"/", nil)
	}, all("cycle created C,cycle deleted C", "ann", "bea", "dan")},
	{"a module", func(g *team) { g.ann.Must("POST", g.at+"modules/", map[string]any{"name": "M"}) },
		all("module created M", "ann", "bea", "dan")},
	{"a page for all", func(g *team) { g.ann.Must("POST", g.at+"pages/", map[string]any{"name": "W", "access": 0}) },
		all("page created W", "ann", "bea")},
	{"a private page", func(g *team) {
		id := g.bea.Must("POST", g.at+"pages/", map[string]any{"name": "S", "access": 1}).ID()
		g.bea.Must("PATCH", g.at+"pages/"+id+"/", map[string]any{"name": "S2"})
	}, all("page created S2,page updated S2", "bea")},
	{"a page that becomes private", func(g *team) {
		id := g.ann.Must("POST", g.at+"pages/", map[string]any{"name": "V", "access": 0}).ID()
		g.ann.Must("POST", g.at+"pages/"+id+"/access/", map[string]any{"access": 1})
	}, all("page created V,page updated V", "ann")},
	{"something in the intake", func(g *team) {
		g.ann.Must("POST", g.at+"intake-issues/", map[string]any{"issue": map[string]any{"name": "asked"}})
	}, all("intake_issue created asked", "ann", "bea")},
	{"a guest's wish that is granted", func(g *team) {
		a := g.dan.Must("POST", g.at+"intake-issues/", map[string]any{"issue": map[string]any{"name": "wish"}})
		g.ann.Must("PATCH", g.at+"intake-issues/"+a.At("issue.id").(string)+"/", map[string]any{"status": 1})
	}, all("issue created wish,intake_issue created wish,issue updated wish,intake_issue updated wish", "ann", "bea", "dan")},
	{"a secret project", func(g *team) {
		id := g.ann.Must("POST", projects, map[string]any{"name": "Q", "identifier": "Q", "network": 0}).ID()
		g.ann.Must("PATCH", projects+id+"/", map[string]any{"description": "x"})
	}, all("project created Q,project updated Q", "ann")},
	{"an open project that goes", func(g *team) {
		id := g.bea.Must("POST", projects, map[string]any{"name": "R", "identifier": "R", "network": 2}).ID()
		g.bea.Must("DELETE", projects+id+"/", nil)
	}, all("project created R,project deleted R", "ann", "bea", "eve")},
	{"a project one was in that goes", func(g *team) {
		id := g.ann.Must("POST", projects, map[string]any{"name": "T", "identifier": "T", "network": 0}).ID()
		g.ann.Must("POST", projects+id+"/members/",
			map[string]any{"members": []any{map[string]any{"member_id": g.dan.User.ID, "role": 5}}})
		g.ann.Must("DELETE", projects+id+"/", nil)
	}, all("project created T,project deleted T", "ann", "dan")},
}

func (g *team) item(who *webtest.Client, name string) string {
	return who.Must("POST", g.at+"issues/", map[string]any{"name": name}).ID()
}

// Everybody is told of what they may see, at the moment of telling, and of nothing else: by a session and by a key.
func TestWhoIsToldOfWhat(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		keys := map[string]*webtest.Client{}
		people := map[string]*webtest.Client{"ann": g.ann, "bea": g.bea, "dan": g.dan, "eve": g.eve, "fay": g.fay}
		for name, who := range people {
			keys[name] = who.WithKey()
		}
		for _, ch := range changes {
			t.Run(ch.name, func(t *testing.T) {
				since := g.now()
				ch.do(g)
				for name, who := range people {
					want := []string{}
					if text := ch.told[name]; text != "" {
						want = strings.Split(text, ",")
					}
					for way, got := range map[string][]webtest.Event{"session": who.Told(stream, since),
						"key": keys[name].Told(streamV1, since), "key beside sessions": keys[name].Told(stream, since)} {
						if !slices.Equal(texts(got), want) {
							t.Errorf("%s, by %s, is told\n%q and should be\n%q", name, way, texts(got), want)
						}
					}
				}
			})
		}
	})
}

// A project that shows guests everything shows them its events, too.
func TestGuestsWhoSeeEverything(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		since := g.now()
		g.item(g.ann, "theirs")
		g.ann.Must("PATCH", g.at, map[string]any{"guest_view_all_features": true})
		want := []string{"issue created theirs", "project updated P"}
		if got := texts(g.dan.Told(stream, since)); !slices.Equal(got, want) {
			t.Errorf("a guest is told %q, want %q", got, want)
		}
	})
}

// Filters narrow what is told, and what is wrong with a request is named.
func TestFilters(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		other := g.ann.Must("POST", projects, map[string]any{"name": "O", "identifier": "O"}).ID()
		since := g.now()
		g.item(g.ann, "here")
		g.ann.Must("POST", projects+other+"/issues/", map[string]any{"name": "there"})
		g.ann.Must("POST", g.at+"cycles/", map[string]any{"name": "C"})
		for query, want := range map[string][]string{
			"":                                    {"issue created here", "issue created there", "cycle created C"},
			"?kinds=cycle":                        {"cycle created C"},
			"?kinds=cycle,issue&project=" + other: {"issue created there"},
			"?project=" + g.project + "," + other: {"issue created here", "issue created there", "cycle created C"},
			"?kinds=page":                         {},
			"?project=" + store.NewID():           {},
		} {
			if got := texts(g.ann.Told(stream+query, since)); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		for query, field := range map[string]string{"?kinds=cycles": "kinds", "?kinds=issue,": "kinds",
			"?project=x": "project", "?since=x": "since", "?since=1": "since", "?since=-1-00000000": "since",
			"?follow=perhaps": "follow"} {
			for _, path := range []string{stream, streamV1} {
				who := g.ann
				if path == streamV1 {
					who = who.WithKey()
				}
				if a := who.Do("GET", path+query, nil); a.Status != 400 || a.At(field) == nil {
					t.Errorf("%s: %d %s, want 400 and %s", query, a.Status, a.Raw, field)
				}
			}
		}
	})
}

// Nobody else listens.
func TestWhoMayListen(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		elsewhere := s.User("elsewhere")
		for _, c := range []struct {
			who    *webtest.Client
			path   string
			status int
		}{{s.Stranger(), stream, 401}, {s.Stranger(), streamV1, 401}, {elsewhere, stream, 403},
			{elsewhere.WithKey(), streamV1, 403}, {g.ann, streamV1, 401}, {g.fay, stream, 200},
			{g.ann, "/api/workspaces/none/events/", 403},
			{s.Stranger().With("X-Api-Key", "plane_api_none"), stream, 403},
			{g.ann.With("Authorization", "Bearer plane_api_none"), stream, 403}} {
			if a := c.who.Do("GET", c.path, nil); a.Status != c.status {
				t.Errorf("%s: %d %s, want %d", c.path, a.Status, a.Raw, c.status)
			}
		}
		if a := g.ann.Do("HEAD", stream, nil); a.Status != 200 || a.Header.Get("X-Accel-Buffering") != "no" ||
			!strings.Contains(a.Header.Get("Cache-Control"), "no-transform") {
			t.Errorf("the head is %v", fmt.Sprint(a.Header))
		}
	})
}
