package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// standing is what somebody is: their roles in workspaces by slug, 0 for none, and -1 for the installation.
func standing(t *testing.T, s *webtest.Server, email string, slugs ...string) map[string]int {
	t.Helper()
	u, tx, found := account(t, s, email), s.App.DB.Read(t.Context()), map[string]int{}
	for _, slug := range slugs {
		w, err := store.Workspaces.Get(tx, dbx.HashExp{"slug": slug})
		if err != nil {
			t.Fatal(err)
		}
		m, err := store.WorkspaceMembers.List(tx, dbx.HashExp{"workspace_id": w.ID, "member_id": u.ID, "is_active": true})
		if err != nil {
			t.Fatal(err)
		}
		if len(m) > 0 {
			found[slug] = m[0].Role
		}
	}
	is, err := store.IsInstanceAdmin(tx, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if is {
		found["installation"] = 20
	}
	return found
}

var mapped = func(c *app.OIDCConfig) {
	c.GroupsClaim, c.AdminGroups = "realm.groups", []string{"operators"}
	c.WorkspaceGroups = []string{"harbour:member:engineering", "harbour:admin:/leads", "island:guest:cn=island,ou=groups",
		"nowhere:member:engineering"}
}

func TestGroupsGiveRoles(t *testing.T) {
	together(t, "company", func(t *testing.T, s *webtest.Server, p *idp) {
		owner := p.admin
		for _, slug := range []string{"harbour", "island"} {
			owner.Must("POST", "/api/workspaces/", map[string]string{"name": slug, "slug": slug})
		}
		for _, step := range []struct {
			name   string
			groups any
			want   string
		}{
			{"one group", []any{"engineering"}, "map[harbour:15]"},
			{"the higher role of two", []any{"engineering", "leads"}, "map[harbour:20]"},
			{"a name with commas, and the installation", []any{"cn=island,ou=groups", "operators"}, "map[installation:20 island:5]"},
			{"a single text", "engineering", "map[harbour:15]"},
			{"one that is like another", []any{"Engineering", "engineering2"}, "map[]"},
			{"back again", []any{"engineering", "operators"}, "map[harbour:15 installation:20]"},
			{"no list at all", nil, "map[]"},
		} {
			p.change(func() {
				if p.who["realm"] = map[string]any{"groups": step.groups}; step.groups == nil {
					delete(p.who, "realm")
				}
			})
			if b := open(t, s); true {
				if a := p.enter(b, "company"); b.me() == "" {
					t.Fatalf("%s: %d %s", step.name, a.status, a.says())
				}
			}
			if got := text(standing(t, s, "ann@sailplane.test", "harbour", "island")); got != step.want {
				t.Errorf("%s: %s, want %s", step.name, got, step.want)
			}
		}
	}, mapped)
}

// What somebody gave by hand stays, whatever the groups say; the last administrator stays one.
func TestWhatIsGivenByHandStays(t *testing.T) {
	together(t, "company", func(t *testing.T, s *webtest.Server, p *idp) {
		owner := p.admin
		owner.Must("POST", "/api/workspaces/", map[string]string{"name": "Harbour", "slug": "harbour"})
		groups := func(all ...any) map[string]int {
			t.Helper()
			p.change(func() { p.who["realm"] = map[string]any{"groups": all} })
			b := open(t, s)
			if a := p.enter(b, "company"); b.me() == "" {
				t.Fatalf("%d %s", a.status, a.says())
			}
			return standing(t, s, p.who["email"].(string), "harbour")
		}
		for i, want := range []string{"map[harbour:20 installation:20]", "map[harbour:20 installation:20]"} { // the owner, and by hand
			p.change(func() { p.who["email"], p.who["sub"] = "ada@sailplane.test", "ada" })
			if got := text(groups([]any{"engineering", "other"}[i])); got != want {
				t.Errorf("ada, step %d: %s", i, got)
			}
		}
		p.change(func() { p.who["email"], p.who["sub"] = "ann@sailplane.test", "ann" })
		groups()
		ann := account(t, s, "ann@sailplane.test")
		w, err := store.Workspaces.Get(s.App.DB.Read(t.Context()), dbx.HashExp{"slug": "harbour"})
		if err != nil {
			t.Fatal(err)
		}
		write := func(f func(tx *store.Tx) error) {
			t.Helper()
			if err := s.App.DB.Write(t.Context(), "", f); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *store.Tx) error {
			return store.WorkspaceMembers.Insert(tx, store.NewWorkspaceMember(w.ID, ann.ID, int(app.Guest)))
		})
		for _, step := range []struct {
			group any
			want  string
		}{{"none", "map[harbour:5]"}, {"engineering", "map[harbour:15]"}, {"leads", "map[harbour:20]"},
			{"none", "map[harbour:5]"},
			{"operators", "map[harbour:5 installation:20]"}} {
			if got := text(groups(step.group)); got != step.want {
				t.Errorf("a guest by hand, and %v: %s, want %s", step.group, got, step.want)
			}
		}
		write(func(tx *store.Tx) error { // ada administers nothing any more: ann is the last one
			rows, err := store.InstanceAdmins.List(tx, dbx.HashExp{"user_id": p.admin.User.ID})
			if err != nil || len(rows) != 1 {
				return err
			}
			return store.InstanceAdmins.Delete(tx, &rows[0])
		})
		if got := text(groups("none")); got != "map[harbour:5 installation:20]" {
			t.Errorf("the last administrator: %s", got)
		}
	}, mapped)
}

// Groups that the provider keeps elsewhere, since there are so many, take nothing away.
func TestGroupsThatAreNotTold(t *testing.T) {
	together(t, "company", func(t *testing.T, s *webtest.Server, p *idp) {
		p.change(func() { p.who["groups"] = []any{"operators"} })
		p.enter(open(t, s), "company")
		p.change(func() {
			delete(p.who, "groups")
			p.who["_claim_names"] = map[string]string{"groups": "src1"}
			p.who["_claim_sources"] = map[string]any{"src1": map[string]string{"endpoint": "https://elsewhere.test"}}
		})
		b := open(t, s)
		if p.enter(b, "company"); b.me() == "" || standing(t, s, "ann@sailplane.test")["installation"] != 20 {
			t.Errorf("signed in as %q: %v", b.me(), standing(t, s, "ann@sailplane.test"))
		}
	}, func(c *app.OIDCConfig) { c.AdminGroups = []string{"operators"} })
}

// One's own account is connected from its page, with whoever one is there, verified or not, and disconnected there.
func TestAnAccountIsConnectedByHand(t *testing.T) {
	together(t, "company", func(t *testing.T, s *webtest.Server, p *idp) {
		p.change(func() { p.who["email"], p.who["email_verified"] = "ben@elsewhere.test", false })
		b := as(t, s, p.member)
		page := b.get("/console/account/").text
		_, link, _ := strings.Cut(page, `href="/auth/oidc/company/?connect=`)
		link, _, _ = strings.Cut(link, `"`)
		for name, forged := range map[string]string{"none": "x", "another session's": strings.Repeat("0", len(link))} {
			if a := b.get("/auth/oidc/company/?connect=" + forged); a.status != http.StatusForbidden {
				t.Errorf("a link with %s: %d %s", name, a.status, a.to)
			}
		}
		a := b.get("/auth/oidc/company/?connect=" + link)
		to := p.authorize(a.to)
		if a := open(t, s).get(back(to)); a.status != http.StatusBadRequest {
			t.Errorf("ended by somebody else: %d", a.status)
		}
		if a := b.get(back(to)); a.to != "/console/account/?done=connected" || b.me() != "ben@sailplane.test" {
			t.Fatalf("%d %s %s", a.status, a.to, a.says())
		}
		if a := b.get("/console/account/"); !strings.Contains(a.says(), "Disconnect") {
			t.Errorf("the page says %s", a.says())
		}
		other := open(t, s)
		if p.enter(other, "company"); other.me() != "ben@sailplane.test" {
			t.Errorf("it opens the account of %q", other.me())
		}
		// Somebody else's is not taken over.
		ada := as(t, s, p.admin)
		_, link, _ = strings.Cut(ada.get("/console/account/").text, `href="/auth/oidc/company/?connect=`)
		link, _, _ = strings.Cut(link, `"`)
		if a := ada.get(back(p.authorize(ada.get("/auth/oidc/company/?connect=" + link).to))); a.status != http.StatusConflict {
			t.Errorf("what is connected already: %d %s", a.status, a.says())
		}
		rows, err := store.Accounts.List(s.App.DB.Read(t.Context()), dbx.HashExp{"user_id": p.member.User.ID})
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d accounts, %v", len(rows), err)
		}
		if a := ada.post("/console/account/connections/end/", "id", rows[0].ID); a.status != http.StatusNotFound {
			t.Errorf("another's is disconnected: %d", a.status)
		}
		b.post("/console/account/connections/end/", "id", rows[0].ID)
		other = open(t, s)
		if p.enter(other, "company"); other.me() != "" {
			t.Errorf("it still opens the account of %q", other.me())
		}
	})
}
