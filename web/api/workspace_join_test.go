package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

const (
	joiningPassword = "Sturdy-Walrus-2219!"
	ownInvited      = "/api/users/me/workspaces/invitations/"
	hosts           = "/api/workspaces/w/invitations/"
)

// house is a workspace of an owner in which a member is, on an installation that is set up.
func house(t *testing.T, s *webtest.Server) (owner, member *webtest.Client) {
	t.Helper()
	err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
		i, err := store.Instances.First(tx, dbx.HashExp{})
		if err != nil {
			return err
		}
		i.IsSetupDone = true
		return store.Instances.Set(tx, i, "is_setup_done")
	})
	if err != nil {
		t.Fatal(err)
	}
	owner, member = s.User("owner"), s.User("member")
	owner.Must("POST", "/api/workspaces/", map[string]any{"name": "W", "slug": "w"})
	invited(t, owner, "member@sailplane.test", 15)
	mine := member.Must("GET", ownInvited, nil).JSON().([]any)
	member.Must("POST", ownInvited, map[string]any{"invitations": []any{mine[0].(map[string]any)["id"]}})
	return owner, member
}

// invited is an invitation as the one who invites sees it.
func invited(t *testing.T, host *webtest.Client, email string, role int) map[string]any {
	t.Helper()
	host.Must("POST", hosts, map[string]any{"emails": []any{map[string]any{"email": email, "role": role}}})
	for _, row := range host.Must("GET", hosts, nil).JSON().([]any) {
		if i := row.(map[string]any); i["email"] == strings.ToLower(strings.TrimSpace(email)) {
			return i
		}
	}
	t.Fatalf("%s is not among the invited", email)
	return nil
}

// signUp posts the form of a new browser, or of one with a session, and is signed in as that person then.
func signUp(t *testing.T, s *webtest.Server, email, session string) (c *webtest.Client, to string) {
	t.Helper()
	token := strings.Repeat("t", 64)
	form := url.Values{"csrfmiddlewaretoken": {token}, "email": {email}, "password": {joiningPassword}}
	a := s.Stranger().With("Cookie", "csrftoken="+token+"; "+web.SessionCookie+"="+session).
		Send("POST", "/auth/sign-up/", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	return s.Stranger().With("Cookie", web.SessionCookie+"="+sessionIn(a)), a.Header.Get("Location")
}

func sessionIn(a webtest.Answer) string {
	for _, line := range a.Header.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(line); err == nil && c.Name == web.SessionCookie {
			return c.Value
		}
	}
	return ""
}

func isMember(c *webtest.Client) bool {
	return c.Do("GET", "/api/workspaces/w/members/", nil).Status == 200
}

// Whoever signs up with an invited address has proved nothing: what they see and send lets them in nowhere.
func TestStrangersJoinNothing(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		owner, member := house(t, s)
		boss := invited(t, owner, "boss@victim.test", 20)
		id, _ := boss["id"].(string)
		join := hosts + id + "/join/"

		for name, c := range map[string]*webtest.Client{"a member": member, "nobody": s.Stranger(),
			"somebody": s.User("somebody")} {
			for _, path := range []string{hosts, hosts + id + "/", join} {
				a := c.Do("GET", path, nil)
				if raw := string(a.Raw); strings.Contains(raw, boss["token"].(string)) || strings.Contains(raw, "token=e") {
					t.Errorf("%s reads the secret: GET %s: %s", name, path, raw)
				}
			}
		}
		s.Configure(map[string]string{"ENABLE_SIGNUP": "0"})
		if _, to := signUp(t, s, "Boss@victim.test", ""); !strings.Contains(to, "SIGNUP_DISABLED") {
			t.Errorf("where sign-up is closed, knowing the address leads to %s", to)
		}
		s.Configure(map[string]string{"ENABLE_SIGNUP": "1"})
		thief, _ := signUp(t, s, "boss@victim.test", "")
		list := thief.Must("GET", ownInvited, nil)
		token := list.JSON().([]any)[0].(map[string]any)["token"]
		for _, try := range []struct {
			path string
			body map[string]any
		}{
			{ownInvited, map[string]any{"invitations": []any{id}}},
			{join, map[string]any{"accepted": true}}, {join, map[string]any{"accepted": true, "token": token}},
			{join, map[string]any{"accepted": true, "token": "x", "email": "boss@victim.test"}},
		} {
			if a := thief.Do("POST", try.path, try.body); a.Status != 403 || isMember(thief) {
				t.Errorf("POST %s %v: %d %s", try.path, try.body, a.Status, a.Raw)
			}
		}
		// The one who was meant has the link: it lets nobody in but whoever is signed in with the address.
		if a := s.Stranger().Do("POST", join, map[string]any{"accepted": true, "token": boss["token"]}); a.Status != 403 ||
			isMember(thief) {
			t.Errorf("the link, used by somebody who is not signed in, lets the thief in: %d %s", a.Status, a.Raw)
		}
		member.Do("PATCH", hosts+id+"/", map[string]any{"accepted": true})
		if c := enter(s, "/auth/sign-in/", "email", "boss@victim.test", "password", joiningPassword); c.Do("GET",
			"/api/users/me/", nil).Status != 200 || isMember(c) {
			t.Error("signing in once more lets the thief in")
		}
	})
}

// Whoever was meant gets in, with an email and without.
func TestTheInvitedJoin(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		owner, _ := house(t, s)
		box := s.Mail()
		accept := func(c *webtest.Client, i map[string]any) webtest.Answer {
			return c.Do("POST", hosts+i["id"].(string)+"/join/", map[string]any{"accepted": true, "token": i["token"]})
		}
		for n, tt := range []struct {
			name   string
			closed bool // sign-up is
			way    func(email string) *webtest.Client
		}{
			{"by the link, then signing up in the same browser", false, func(email string) *webtest.Client {
				a := accept(s.Stranger(), invited(t, owner, email, 15))
				c, _ := signUp(t, s, email, sessionIn(a))
				return c
			}},
			{"by the link, where sign-up is closed", true, func(email string) *webtest.Client {
				a := accept(s.Stranger(), invited(t, owner, email, 15))
				c, _ := signUp(t, s, email, sessionIn(a))
				return c
			}},
			{"by a link that an administrator handed on", true, func(email string) *webtest.Client {
				link, err := url.Parse(invited(t, owner, email, 15)["invite_link"].(string))
				if err != nil {
					t.Fatal(err)
				}
				q := link.Query()
				a := s.Stranger().Do("POST", "/api/workspaces/"+q.Get("slug")+"/invitations/"+q.Get("invitation_id")+"/join/",
					map[string]any{"accepted": true, "token": q.Get("token")})
				c, _ := signUp(t, s, email, sessionIn(a))
				return c
			}},
			{"signing up, then by the link", false, func(email string) *webtest.Client {
				i := invited(t, owner, email, 15)
				c, _ := signUp(t, s, email, "")
				accept(c, i)
				return c
			}},
			{"signing up, then proving the address", false, func(email string) *webtest.Client {
				i := invited(t, owner, email, 15)
				signUp(t, s, email, "")
				c := prove(t, s, box, email, "a new password")
				c.Must("POST", ownInvited, map[string]any{"invitations": []any{i["id"]}})
				return c
			}},
			{"with an account from before", false, func(email string) *webtest.Client {
				c, _ := signUp(t, s, email, "")
				i := invited(t, owner, email, 15)
				c.Must("POST", ownInvited, map[string]any{"invitations": []any{i["id"]}})
				return c
			}},
			{"with an account from before, by the link in another browser", false, func(email string) *webtest.Client {
				c, _ := signUp(t, s, email, "")
				accept(s.Stranger(), invited(t, owner, email, 15))
				return c
			}},
			{"accepted in a browser that was lost, invited again", true, func(email string) *webtest.Client {
				accept(s.Stranger(), invited(t, owner, email, 15))
				a := accept(s.Stranger(), invited(t, owner, " "+strings.ToUpper(email), 15))
				c, _ := signUp(t, s, email, sessionIn(a))
				return c
			}},
		} {
			s.Configure(map[string]string{"ENABLE_SIGNUP": map[bool]string{true: "0", false: "1"}[tt.closed]})
			email := fmt.Sprintf("guest%d@sailplane.test", n)
			if c := tt.way(email); !isMember(c) {
				t.Errorf("%s: %s is no member", tt.name, email)
			}
			if n, err := store.WorkspaceInvites.Count(s.App.DB.Read(t.Context()), dbx.HashExp{"email": email}); n != 0 ||
				err != nil {
				t.Errorf("%s: %d invitations are left, %v", tt.name, n, err)
			}
		}
	})
}

// A stranger made the account first and waits. When the one who was meant proves the address, nothing of the
// stranger's is left.
func TestNobodyWaitsInAnAccount(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		owner, _ := house(t, s)
		box := s.Mail()
		s.Configure(map[string]string{"ENABLE_MAGIC_LINK_LOGIN": "1"})
		for n, way := range []string{"a new password", "a code"} {
			email := fmt.Sprintf("boss%d@victim.test", n)
			i := invited(t, owner, email, 20)
			thief, _ := signUp(t, s, email, "")
			secret, _ := thief.Must("POST", "/api/users/api-tokens/", map[string]any{"label": "k"}).At("token").(string)
			key := s.Stranger().With("X-Api-Key", secret)
			key.Must("GET", "/api/v1/users/me/", nil)
			boss := prove(t, s, box, email, way)
			boss.Must("POST", ownInvited, map[string]any{"invitations": []any{i["id"]}})
			if !isMember(boss) {
				t.Errorf("by %s: the one who was meant is no member", way)
			}
			if a := thief.Do("GET", "/api/users/me/", nil); a.Status != 401 {
				t.Errorf("by %s: the stranger's session goes on: %d", way, a.Status)
			}
			if a := key.Do("GET", "/api/v1/users/me/", nil); a.Status != 403 {
				t.Errorf("by %s: the stranger's key goes on: %d", way, a.Status)
			}
			if c := enter(s, "/auth/sign-in/", "email", email, "password", joiningPassword); c.Do("GET", "/api/users/me/",
				nil).Status == 200 {
				t.Errorf("by %s: the stranger's password goes on", way)
			}
		}
		// Whoever was not invited before keeps their keys.
		ann, _ := signUp(t, s, "ann@sailplane.test", "")
		secret, _ := ann.Must("POST", "/api/users/api-tokens/", map[string]any{"label": "k"}).At("token").(string)
		prove(t, s, box, "ann@sailplane.test", "a new password")
		s.Stranger().With("X-Api-Key", secret).Must("GET", "/api/v1/users/me/", nil)
	})
}

// enter posts a form of a sign-in and is whoever it signs in.
func enter(s *webtest.Server, path string, fields ...string) *webtest.Client {
	token := strings.Repeat("t", 64)
	form := url.Values{"csrfmiddlewaretoken": {token}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	a := s.Stranger().With("Cookie", "csrftoken="+token).Send("POST", path, "application/x-www-form-urlencoded",
		strings.NewReader(form.Encode()))
	return s.Stranger().With("Cookie", web.SessionCookie+"="+sessionIn(a))
}

// prove shows by an email that an address is one's own, and signs in.
func prove(t *testing.T, s *webtest.Server, box *webtest.Mailbox, email, way string) *webtest.Client {
	t.Helper()
	n := len(box.Emails(email)) + 1
	if way == "a code" {
		s.Stranger().Must("POST", "/auth/magic-generate/", map[string]any{"email": email})
		for ; ; n++ {
			if code := sixDigits.FindStringSubmatch(box.Wait(email, n)); code != nil {
				return enter(s, "/auth/magic-sign-in/", "email", email, "code", code[1])
			}
		}
	}
	s.Stranger().Must("POST", "/auth/forgot-password/", map[string]any{"email": email})
	for ; ; n++ {
		_, rest, found := strings.Cut(box.Wait(email, n), "uidb64=")
		if !found {
			continue // the invitation
		}
		uid, rest, _ := strings.Cut(rest, "&token=")
		token, _, _ := strings.Cut(rest, "&")
		enter(s, "/auth/reset-password/"+uid+"/"+token+"/", "password", joiningPassword+"2")
		return enter(s, "/auth/sign-in/", "email", email, "password", joiningPassword+"2")
	}
}

var sixDigits = regexp.MustCompile(`(?m)^(\d{6})\s*$`)

// An invitation to a project, as an import leaves it, is its reader's, too.
func TestStrangersJoinNoProject(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		owner, member := house(t, s)
		project := owner.Must("POST", "/api/workspaces/w/projects/", map[string]any{"name": "P", "identifier": "P"}).ID()
		here := "/api/workspaces/w/projects/" + project + "/"
		invite := func(email string, accepted bool) *store.ProjectInvite {
			ws, err := s.App.WorkspaceBySlug(t.Context(), "w")
			if err != nil {
				t.Fatal(err)
			}
			i := &store.ProjectInvite{Email: email, Token: "secret-of-" + email, Role: 15, ProjectID: project,
				WorkspaceID: ws.ID, Accepted: accepted}
			if err := s.App.DB.Write(t.Context(), "",
				func(tx *store.Tx) error { return store.ProjectInvites.Insert(tx, i) }); err != nil {
				t.Fatal(err)
			}
			return i
		}
		i := invite("boss@victim.test", false)
		for name, c := range map[string]*webtest.Client{"the owner": owner, "a member": member, "nobody": s.Stranger()} {
			for _, path := range []string{here + "invitations/", here + "invitations/" + i.ID + "/",
				here + "join/" + i.ID + "/"} {
				if a := c.Do("GET", path, nil); strings.Contains(string(a.Raw), "secret-of") {
					t.Errorf("%s reads the secret: GET %s", name, path)
				}
			}
		}
		thief, _ := signUp(t, s, "boss@victim.test", "")
		for _, body := range []map[string]any{{"email": "boss@victim.test", "accepted": true},
			{"email": "boss@victim.test", "accepted": true, "token": ""}} {
			if a := thief.Do("POST", here+"join/"+i.ID+"/", body); a.Status != 403 || isMember(thief) {
				t.Errorf("%v: %d %s", body, a.Status, a.Raw)
			}
		}
		if a := thief.Do("POST", here+"join/"+i.ID+"/",
			map[string]any{"email": " Boss@Victim.test", "accepted": true, "token": i.Token}); a.Status != 200 ||
			!isMember(thief) {
			t.Errorf("with the secret: %d %s", a.Status, a.Raw)
		}
		invite("other@victim.test", true)
		if other, _ := signUp(t, s, "other@victim.test", ""); isMember(other) {
			t.Error("an invitation that somebody else accepted lets whoever signs up in")
		}
	})
}
