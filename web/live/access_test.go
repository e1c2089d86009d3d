package live_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// join makes a person of the workspace and, with a role, of the project.
func (w *world) join(name string, inWorkspace, inProject app.Role) *webtest.Client {
	w.t.Helper()
	c := w.s.User(name)
	w.write(func(t *store.Tx) error {
		ws, err := store.Workspaces.Get(t, dbx.HashExp{"slug": w.slug})
		if err != nil || inWorkspace == app.Nobody {
			return err
		}
		if err := store.WorkspaceMembers.Insert(t, &store.WorkspaceMember{WorkspaceID: ws.ID, MemberID: c.User.ID,
			Role: int(inWorkspace), IsActive: true}); err != nil || inProject == app.Nobody {
			return err
		}
		return store.ProjectMembers.Insert(t, &store.ProjectMember{WorkspaceID: ws.ID, ProjectID: w.project,
			MemberID: &c.User.ID, Role: int(inProject), IsActive: true})
	})
	return c
}

func (w *world) write(fn func(t *store.Tx) error) {
	w.t.Helper()
	if err := w.s.App.DB.Write(w.t.Context(), "", fn); err != nil {
		w.t.Fatal(err)
	}
}

// membership is the id of somebody's membership of the project.
func (w *world) membership(c *webtest.Client) string {
	w.t.Helper()
	m, err := store.ProjectMembers.Get(w.s.App.DB.Read(w.t.Context()),
		dbx.HashExp{"project_id": w.project, "member_id": c.User.ID})
	if err != nil {
		w.t.Fatal(err)
	}
	return m.ID
}

// Who may not read a page gets no seat, whoever has it open; who may only read changes nothing.
func TestWhoIsLetIn(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		w.edit(w.owner).ready()
		private := w.owner.Must("POST", w.pages(), map[string]any{"name": "Mine", "access": 1}).ID()
		locked := w.owner.Must("POST", w.pages(), map[string]any{"name": "Locked"}).ID()
		w.owner.Must("POST", w.pages()+locked+"/lock/", nil)
		archived := w.owner.Must("POST", w.pages(), map[string]any{"name": "Archived"}).ID()
		w.owner.Must("POST", w.pages()+archived+"/archive/", nil)
		other := w.owner.Must("POST", wsPath+"projects/", map[string]any{"name": "O", "identifier": "O"}).ID()
		foreign := w.owner.Must("POST", wsPath+"projects/"+other+"/pages/", map[string]any{"name": "Foreign"}).ID()
		seeing := w.join("seeing", app.Guest, app.Guest)
		member := w.join("member", app.Member, app.Member)
		outside := w.join("outside", app.Member, app.Nobody)
		stranger := w.join("stranger", app.Nobody, app.Nobody)
		for _, tt := range []struct {
			name, page string
			who        *webtest.Client
			as         string // the id in the token; empty: the own
			want       string // the scope; empty: denied
		}{
			{"the owner", w.page, w.owner, "", "read-write"},
			{"a member", w.page, member, "", "read-write"},
			{"a guest who sees only the own", w.page, seeing, "", ""},
			{"of the workspace and not of the project", w.page, outside, "", ""},
			{"a stranger", w.page, stranger, "", ""},
			{"with the id of another", w.page, member, w.owner.User.ID, ""},
			{"a stranger with the id of the owner", w.page, stranger, w.owner.User.ID, ""},
			{"a private page, its owner", private, w.owner, "", "read-write"},
			{"a private page, another", private, member, "", ""},
			{"a locked page", locked, member, "", "readonly"},
			{"a locked page, its owner", locked, w.owner, "", "readonly"},
			{"an archived page", archived, member, "", "readonly"},
			{"a page of another project", foreign, w.owner, "", ""},
			{"what is no page", "11111111-2222-4333-8444-555555555555", w.owner, "", ""},
			{"what is no id", "../" + w.page, w.owner, "", ""},
		} {
			conn, _, err := dial(w, tt.who, s)
			if err != nil {
				t.Fatal(err)
			}
			e := w.over(conn, tt.page)
			if tt.as == "" {
				tt.as = tt.who.User.ID
			}
			e.begin(tt.as)
			w.eventually(tt.name+" is answered", e.now(func() bool { return e.denied != "" || e.kept+e.lost > 0 }))
			if e.scope != tt.want || (tt.want == "") != (e.denied == "permission-denied") {
				t.Errorf("%s: scope %q, denied %q, want %q", tt.name, e.scope, e.denied, tt.want)
			}
			if tt.want == "" && len(e.seen) != 1 {
				t.Errorf("%s: denied, and hears %q", tt.name, e.seen)
			}
			if tt.want == "readonly" {
				e.write("<p>not allowed</p>")
				w.eventually("it is refused", e.now(func() bool { return e.lost == 1 }))
			}
			conn.CloseNow()
		}
		for _, id := range []string{locked, archived} {
			if got := w.owner.Must("GET", w.pages()+id+"/", nil); strings.Contains(string(got.Raw), "not allowed") {
				t.Errorf("who may only read has written: %s", got.Raw)
			}
		}
	})
}

// Without a session of one's own, or from another site's page, there is no socket at all.
func TestWhoOpensASocket(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		for _, tt := range []struct {
			name    string
			who     *webtest.Client
			headers []string
			want    int
		}{
			{"nobody", s.Stranger(), nil, 401},
			{"a session that is none", s.Stranger(), []string{"Cookie", "session-id=guessed"}, 401},
			{"the session of the administrators' pages", s.Stranger(), []string{"Cookie", "admin-session-id=session-of-owner"}, 401},
			{"a key", w.owner.WithKey(), nil, 401},
			{"another site", w.owner, []string{"Origin", "https://evil.example"}, 403},
			{"our site", w.owner, []string{"Origin", s.URL}, 101},
		} {
			conn, res, err := dial(w, tt.who, s, tt.headers...)
			if err == nil {
				conn.CloseNow()
			}
			if res == nil || res.StatusCode != tt.want {
				t.Errorf("%s: %v, %v, want %d", tt.name, res, err, tt.want)
			}
		}
		res := w.owner.Do("GET", "/live/collaboration", nil)
		if res.Status != http.StatusUpgradeRequired {
			t.Errorf("without an upgrade: %d", res.Status)
		}
	})
}

// revoked are writes that end what somebody may do while they type. The name says who is left with nothing, and how.
var revoked = map[string]struct {
	do   func(w *world, typist *webtest.Client)
	code int // 0: the socket stays, and nothing may be typed
	word string
}{
	"made a guest": {func(w *world, c *webtest.Client) {
		w.owner.Must("PATCH", wsPath+"projects/"+w.project+"/members/"+w.membership(c)+"/", map[string]any{"role": 5})
	}, 4003, ""},
	"made a guest by v1": {func(w *world, c *webtest.Client) {
		w.owner.WithKey().Must("PATCH", "/api/v1/workspaces/acme/projects/"+w.project+"/project-members/"+w.membership(c)+"/",
			map[string]any{"role": 5})
	}, 4003, ""},
	"out of the project": {func(w *world, c *webtest.Client) {
		w.owner.Must("DELETE", wsPath+"projects/"+w.project+"/members/"+w.membership(c)+"/", nil)
	}, 4003, ""},
	"out of the project by v1": {func(w *world, c *webtest.Client) {
		w.owner.WithKey().Must("DELETE", "/api/v1/workspaces/acme/projects/"+w.project+"/project-members/"+w.membership(c)+"/", nil)
	}, 4003, ""},
	"leaves the project": {func(w *world, c *webtest.Client) {
		c.Must("POST", wsPath+"projects/"+w.project+"/members/leave/", nil)
	}, 4003, ""},
	"leaves the workspace": {func(_ *world, c *webtest.Client) { c.Must("POST", wsPath+"members/leave/", nil) }, 4003, ""},
	"the account is closed": {func(w *world, c *webtest.Client) {
		w.write(func(t *store.Tx) error {
			u, err := store.Users.Find(t, c.User.ID)
			if err == nil {
				u.IsActive = false
				err = store.Users.Set(t, u, "is_active")
			}
			return err
		})
	}, 4003, ""},
	"the session ends": {func(w *world, c *webtest.Client) {
		w.write(func(t *store.Tx) error { return store.EndSessions(t, c.User.ID, "") })
	}, 4003, ""},
	"made private": {func(w *world, _ *webtest.Client) {
		w.owner.Must("POST", w.one()+"access/", map[string]any{"access": 1})
	}, 4003, "made-private"},
	"made private by a change of the page": {func(w *world, _ *webtest.Client) {
		w.owner.Must("PATCH", w.one(), map[string]any{"access": 1})
	}, 4003, "made-private"},
	"archived": {func(w *world, _ *webtest.Client) { w.owner.Must("POST", w.one()+"archive/", nil) }, 0, "archived"},
	"archived and deleted": {func(w *world, _ *webtest.Client) {
		w.owner.Must("POST", w.one()+"archive/", nil)
		w.owner.Must("DELETE", w.one(), nil)
	}, 4000, ""},
	"the project is archived": {func(w *world, _ *webtest.Client) {
		w.owner.Must("POST", wsPath+"projects/"+w.project+"/archive/", nil)
	}, 4003, ""},
	"the project is deleted": {func(w *world, _ *webtest.Client) {
		w.owner.Must("DELETE", wsPath+"projects/"+w.project+"/", nil)
	}, 4003, ""},
	"the workspace is deleted": {func(w *world, _ *webtest.Client) { w.owner.Must("DELETE", wsPath, nil) }, 4003, ""},
	"locked":                   {func(w *world, _ *webtest.Client) { w.owner.Must("POST", w.one()+"lock/", nil) }, 0, "locked"},
	"locked by a change of the page": {func(w *world, _ *webtest.Client) {
		w.owner.Must("PATCH", w.one(), map[string]any{"is_locked": true})
	}, 0, "locked"},
}

// What is typed after the write that takes a right has answered is not kept, and the socket ends with the code that
// browsers take as final. What was kept before stays.
func TestRevokedInMidSentence(t *testing.T) {
	for name, r := range revoked {
		t.Run(name, func(t *testing.T) {
			webtest.Each(t, func(t *testing.T, s *webtest.Server) {
				w := newWorld(t, s)
				typist := w.join("typist", app.Member, app.Member)
				e := w.edit(typist).ready()
				e.write("<p>kept</p>")
				e.saved()
				before := e.kept
				r.do(w, typist)
				e.write("<p>kept, and not any more</p>")
				if r.word != "" {
					e.hears(r.word)
				}
				if r.code == 0 {
					w.eventually("it is refused", e.now(func() bool { return e.lost == 1 }))
				} else if code, reason := e.out(); int(code) != r.code || reason == "" {
					t.Errorf("closed with %d %q, want %d", code, reason, r.code)
				}
				if e.kept != before {
					t.Errorf("it was told as kept")
				}
				e.leave()
				w.eventually("what was kept is the page's", func() bool {
					var p store.Page
					err := store.Pages.QueryAll(w.s.App.DB.Read(t.Context())).AndWhere(dbx.HashExp{"pages.id": w.page}).One(&p)
					if err != nil {
						t.Fatal(err)
					}
					if strings.Contains(p.DescriptionHTML, "any more") {
						t.Fatalf("it was written: %s", p.DescriptionHTML)
					}
					return strings.Contains(p.DescriptionHTML, "kept") || p.DeletedAt != nil || name == "the workspace is deleted"
				})
			})
		})
	}
}

// Others stay when one has to go, and type again when a lock is taken off or the page is out of the archive.
func TestOthersStay(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		typist := w.join("typist", app.Member, app.Member)
		a, b := w.edit(w.owner).ready(), w.edit(typist).ready()
		w.owner.Must("POST", w.one()+"lock/", nil)
		b.hears("locked")
		b.send(5, str("lock"))
		w.owner.Must("DELETE", w.one()+"lock/", nil)
		b.hears("unlocked")
		b.write("<p>unlocked</p>")
		a.shows("unlocked")
		b.saved()
		w.owner.Must("POST", w.one()+"archive/", nil)
		b.hears("archived")
		w.owner.Must("DELETE", w.one()+"archive/", nil)
		b.hears("unarchived")
		b.write("<p>back</p>")
		a.shows("back")
		b.saved()
		w.owner.Must("POST", w.one()+"access/", map[string]any{"access": 1})
		if code, _ := b.out(); code != 4003 {
			t.Errorf("closed with %d", code)
		}
		a.write("<p>alone</p>")
		a.saved()
		a.mu.Lock()
		defer a.mu.Unlock()
		if got := strings.Join(a.words, " "); got != "locked unlocked archived unarchived made-private" {
			t.Errorf("words: %s", got)
		}
	})
}

// A session that is over without a write is found by the clock.
func TestSessionsEndByTheClock(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		e := w.edit(w.owner).ready()
		s.App.DB.OwnClock().Advance(48 * time.Hour)
		s.App.DB.Cache.Forget(store.UserKey(w.owner.User.ID)) // stands for the minute
		if code, _ := e.out(); code != 4003 {
			t.Errorf("closed with %d", code)
		}
	})
}

// Whoever is looked at between a page's deletion and the word of it is told of the deletion, and not that they may not
// write.
func TestADeletionNobodyHasHeardOfYet(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		e := w.edit(w.owner).ready()
		err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			_, err := tx.Exec("UPDATE pages SET deleted_at = ? WHERE id = ?", tx.Now, w.page) // nothing is forgotten by it
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		s.App.DB.Cache.Forget(store.UserKey(w.owner.User.ID)) // now they are looked at
		if code, reason := e.out(); code != 4000 || reason != "admin_request" {
			t.Errorf("closed with %d, %s", code, reason)
		}
	})
}
