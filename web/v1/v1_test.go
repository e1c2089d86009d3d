package v1_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// place is a workspace with one project, and its owner, signed in and with a key.
type place struct {
	person, key     *webtest.Client
	workspace, base string // paths
}

func newPlace(s *webtest.Server, name string) place {
	owner := s.User(name)
	p := place{person: owner, key: owner.WithKey(), workspace: "/api/v1/workspaces/" + name + "/"}
	owner.Must("POST", "/api/workspaces/", map[string]any{"name": name, "slug": name, "organization_size": "2-10"})
	p.base = p.workspace + "projects/" + p.key.Must("POST", p.workspace+"projects/",
		map[string]any{"name": name, "identifier": "ONE"}).ID() + "/"
	return p
}

func (p place) item(body map[string]any) string {
	return p.key.Must("POST", p.base+"work-items/", body).ID()
}

// Whatever is named in a path or in a body, a key reaches only what its owner may see.
func TestForeignKey(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		mine, theirs := newPlace(s, "mine"), newPlace(s, "theirs")
		foreign := theirs.item(map[string]any{"name": "secret", "external_id": "1", "external_source": "s"})
		label := theirs.key.Must("POST", theirs.base+"labels/", map[string]any{"name": "secret"}).ID()
		own := mine.item(map[string]any{"name": "own"})

		for _, tt := range []struct {
			method, path string
			body         any
			status       int
		}{
			{"GET", theirs.workspace + "projects/", nil, 403},
			{"GET", theirs.workspace + "members/", nil, 403},
			{"GET", theirs.base + "work-items/", nil, 403},
			{"GET", theirs.base + "work-items/" + foreign + "/", nil, 403},
			{"GET", mine.base + "work-items/" + foreign + "/", nil, 404},
			{"PATCH", mine.base + "work-items/" + foreign + "/", map[string]any{"name": "x"}, 404},
			{"DELETE", mine.base + "work-items/" + foreign + "/", nil, 404},
			{"GET", mine.base + "labels/" + label + "/", nil, 404},
			{"DELETE", mine.base + "labels/" + label + "/", nil, 404},
			{"POST", mine.base + "work-items/", map[string]any{"name": "x", "parent": foreign}, 400},
			{"POST", mine.base + "work-items/" + foreign + "/comments/", map[string]any{"comment_html": "x"}, 400},
			{"POST", mine.base + "work-items/" + foreign + "/links/", map[string]any{"url": "http://x.test"}, 400},
			{"POST", mine.base + "work-items/" + own + "/relations/",
				map[string]any{"relation_type": "blocking", "issues": []string{foreign}}, 400},
			{"GET", mine.base + "work-items/?external_id=1&external_source=s", nil, 404},
			{"GET", theirs.workspace + "work-items/ONE-1/", nil, 403},
		} {
			if a := mine.key.Do(tt.method, tt.path, tt.body); a.Status != tt.status {
				t.Errorf("%s %s: %d %s, want %d", tt.method, tt.path, a.Status, a.Raw, tt.status)
			}
		}
		if a := mine.key.Must("GET", theirs.workspace+"work-items/search/?search=secret",
			nil); string(a.Raw) != `{"issues":[]}` {
			t.Errorf("a search in a foreign workspace found %s", a.Raw)
		}
		if a := mine.key.Must("GET", mine.base+"work-items/"+foreign+"/comments/", nil); a.At("total_count") != 0.0 {
			t.Errorf("comments of a foreign work item: %s", a.Raw)
		}
	})
}

// Paging through a list gives each row once, in the order asked for, and as many as the count says.
func TestPages(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "paged")
		const total = 7
		for i := range total {
			p.item(map[string]any{"name": fmt.Sprintf("n%d", i), "priority": []string{"low", "high"}[i%2]})
		}
		for _, order := range []string{"", "created_at", "name", "-name", "priority", "-state__group", "target_date",
			"labels__name"} {
			seen := map[string]int{}
			for cursor, more := "3:0:0", true; more; {
				a := p.key.Must("GET", p.base+"work-items/?fields=id&per_page=3&order_by="+order+"&cursor="+cursor, nil)
				if a.At("total_count") != float64(total) || a.At("total_pages") != 3.0 {
					t.Fatalf("%q: %s", order, a.Raw)
				}
				for _, row := range a.At("results").([]any) {
					seen[row.(map[string]any)["id"].(string)]++
				}
				cursor, more = a.At("next_cursor").(string), a.At("next_page_results").(bool)
			}
			for id, times := range seen {
				if times != 1 {
					t.Errorf("order %q shows %s %d times", order, id, times)
				}
			}
			if len(seen) != total {
				t.Errorf("order %q shows %d of %d", order, len(seen), total)
			}
		}
	})
}

func TestFieldsAndExpand(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "fields")
		id := p.item(map[string]any{"name": "n"})
		for _, tt := range []struct {
			query string
			want  any
		}{
			{"?fields=name", map[string]any{"name": "n"}},
			{"?fields=name,nonsense&expand=nonsense", map[string]any{"name": "n"}},
			{"?fields=nonsense", map[string]any{}},
			{"?fields=name&expand=project", map[string]any{"name": "n"}},
			{"?fields=parent,assignees&expand=parent,assignees",
				map[string]any{"parent": map[string]any{}, "assignees": []any{}}},
		} {
			got := p.key.Must("GET", p.base+"work-items/"+id+"/"+tt.query, nil).JSON()
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.query, d)
			}
		}
		if got := p.key.Must("GET", p.base+"work-items/"+id+"/?expand=workspace", nil).At("workspace.slug"); got != "fields" {
			t.Errorf("the expanded workspace has the slug %v", got)
		}
	})
}

// Whoever has a key is told how much they may ask, and refused beyond it; clients send JSON's type without a body.
func TestLimits(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		key := s.User("limited").WithKey()
		s.App.Config.Limits.APIKeyPerMinute = 2
		for left := 1; left >= 0; left-- {
			a := key.Must("GET", "/api/v1/users/me/", "")
			if a.Header.Get("X-RateLimit-Remaining") != strconv.Itoa(left) || a.Header.Get("X-RateLimit-Reset") == "" {
				t.Errorf("%d left: %v", left, a.Header)
			}
		}
		if a := key.Do("GET", "/api/v1/users/me/", nil); a.Status != 429 || a.Header.Get("Retry-After") == "" {
			t.Errorf("over the limit: %d %v", a.Status, a.Header)
		}
		if a := s.Stranger().Do("GET", "/api/v1/users/me/", nil); a.Status != 401 ||
			a.Header.Get("X-RateLimit-Remaining") != "" {
			t.Errorf("without a key: %d %v", a.Status, a.Header)
		}
	})
}

func BenchmarkListItems(b *testing.B) {
	p := furnished(b, 2000)
	for b.Loop() {
		p.key.Must("GET", p.base+"work-items/?per_page=100", nil)
	}
}

func BenchmarkCreateItem(b *testing.B) {
	p := furnished(b, 0)
	for b.Loop() {
		p.item(map[string]any{"name": "n", "description_html": "<p>What is to be done</p>"})
	}
}

func furnished(b *testing.B, items int) place {
	p := newPlace(webtest.New(b, apptest.New(b, storetest.SQLite(b))), "bench")
	label := p.key.Must("POST", p.base+"labels/", map[string]any{"name": "l"}).ID()
	for i := range items {
		p.item(map[string]any{"name": fmt.Sprintf("n%d", i), "description_html": "<p>What is to be done</p>",
			"labels": []string{label}, "assignees": []string{p.key.User.ID}})
	}
	return p
}

// Work items that a program puts into a cycle are there in nobody's name; those that a person puts there, in that
// person's.
func TestWhoPutAWorkItemIntoACycle(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "round")
		project := strings.TrimPrefix(p.base, "/api/v1")
		owner := p.key.User.ID
		one := "cycles/" + p.person.Must("POST", "/api"+project+"cycles/", map[string]any{"name": "One"}).ID() +
			"/cycle-issues/"
		mine, programs := p.item(map[string]any{"name": "mine"}), p.item(map[string]any{"name": "program's"})
		p.person.Must("POST", "/api"+project+one, map[string]any{"issues": []string{mine}})
		all := p.key.Must("POST", p.base+one, map[string]any{"issues": []string{programs}}).JSON().([]any)

		want := map[any]any{mine: owner, programs: nil}
		for _, link := range all {
			got := link.(map[string]any)
			if by := want[got["issue"]]; got["created_by"] != by || got["updated_by"] != by {
				t.Errorf("a link is by %v and %v, want %v", got["created_by"], got["updated_by"], by)
			}
		}
		for item, by := range want {
			if a := p.key.Must("GET", p.base+one+item.(string)+"/", nil); a.At("created_by") != by || a.At("updated_by") != by {
				t.Errorf("one link is by %v and %v, want %v", a.At("created_by"), a.At("updated_by"), by)
			}
		}
	})
}

// The list of a workspace's collections is for browsers: it wants a session, and no key opens it.
func TestCollectionsOfAWorkspace(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "mine")
		at := s.URL + p.workspace
		for _, tt := range []struct {
			who          *webtest.Client
			method, path string
			status       int
			answer       string
		}{
			{p.person, "GET", p.workspace, 200, `{"invitations":"` + at + `invitations/"}`},
			{p.person, "GET", p.workspace + ".json", 200, `{"invitations":"` + at + `invitations.json"}`},
			{p.person, "POST", p.workspace, 405, `{"detail":"Method \"POST\" not allowed."}`},
			{p.key, "GET", p.workspace, 401, `{"detail":"Authentication credentials were not provided."}`},
			{s.Stranger(), "GET", p.workspace + ".json", 401, `{"detail":"Authentication credentials were not provided."}`},
			{p.key, "GET", p.workspace + "invitations.json", 200, `[]`},
			{p.person, "GET", p.workspace + "invitations.json", 401,
				`{"detail":"Authentication credentials were not provided."}`},
			{p.person, "GET", p.workspace + "projects/", 401, `{"detail":"Authentication credentials were not provided."}`},
		} {
			if a := tt.who.Do(tt.method, tt.path, nil); a.Status != tt.status || string(a.Raw) != tt.answer {
				t.Errorf("%s %s: %d %s, want %d %s", tt.method, tt.path, a.Status, a.Raw, tt.status, tt.answer)
			}
		}
	})
}

// What a program writes is answered by no link, until a person sends one.
func TestAProgramsInvitationHasNoLink(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, nobody := newPlace(s, "mine"), s.Stranger()
		id := p.key.Must("POST", p.workspace+"invitations/", map[string]any{"email": "new@sailplane.test", "role": 15}).ID()
		open := "/api/workspaces/mine/invitations/"
		token := func() string {
			return p.person.Must("GET", open+id+"/", nil).At("token").(string)
		}
		if token() != "" {
			t.Errorf("the secret is %q", token())
		}
		for _, body := range []map[string]any{{"accepted": true}, {"accepted": true, "token": ""},
			{"accepted": true, "token": nil}} {
			if a := nobody.Do("POST", open+id+"/join/", body); a.Status != 403 {
				t.Errorf("answered with %v: %d %s", body, a.Status, a.Raw)
			}
		}
		p.person.Must("POST", open,
			map[string]any{"emails": []any{map[string]any{"email": "new@sailplane.test", "role": 15}}})
		if token() == "" {
			t.Fatal("a letter was sent whose link has no secret")
		}
		nobody.Must("POST", open+id+"/join/", map[string]any{"accepted": true, "token": token()})
	})
}
