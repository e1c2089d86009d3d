package console_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/web/webtest"
)

// A second person comes into a workspace by a link from its page, whether they have an account or not.
func TestInvitationsToWorkspaces(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, member := people(t, s)
		member.Must("POST", "/api/workspaces/", map[string]string{"name": "Harbour", "slug": "harbour"})
		b, at := as(t, s, admin), "/console/workspaces/harbour/"
		b.try([]sent{
			{at + "invite/", nil, "", "That is not an e-mail address."},
			{at + "invite/", []string{"email", "x"}, "", "That is not an e-mail address."},
			{at + "invite/", []string{"email", "eve@sailplane.test", "role", "king"}, "", `There is no role "king"`},
			{at + "invite/", []string{"email", "ben@sailplane.test"}, "", "is in harbour already"},
			{"/console/workspaces/nowhere/invite/", []string{"email", "eve@sailplane.test"}, "", "Nothing is here"},
		})
		for who, role := range map[string]string{"eve@sailplane.test": "guest", "ada@sailplane.test": "admin"} {
			a := b.post(at+"invite/", "email", who, "role", role)
			if a.status != http.StatusOK || !strings.Contains(a.says(), "Pass the link on to "+who) {
				t.Fatalf("%s: %d %s", who, a.status, a.says())
			}
			if !regexp.MustCompile(regexp.QuoteMeta(s.URL) + `/workspace-invitations/\?\S+`).MatchString(a.says()) {
				t.Errorf("%s: no link in %s", who, a.says())
			}
		}
		roles := map[string]float64{}
		list, _ := member.Must("GET", "/api/workspaces/harbour/invitations/", nil).JSON().([]any)
		for _, i := range list {
			i, _ := i.(map[string]any)
			email, _ := i["email"].(string)
			roles[email], _ = i["role"].(float64)
		}
		want := map[string]float64{"eve@sailplane.test": 5, "ada@sailplane.test": 20}
		if d := cmp.Diff(want, roles); d != "" {
			t.Error(d)
		}
	})
}

var invitationLink = regexp.MustCompile(`/workspace-invitations/\?\S+`)

// Without a frontend an invitation is answered on a page of ours: by who has an account, by who has none yet, by who
// wants none.
func TestInvitationsAreAnsweredWithoutAFrontend(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, member := people(t, s)
		s.Configure(map[string]string{"ENABLE_SIGNUP": "0"})
		admin.Must("POST", "/api/workspaces/", map[string]string{"name": "Harbour", "slug": "harbour"})
		host, at := as(t, s, admin), "/console/workspaces/harbour/"
		invite := func(email string) string {
			return invitationLink.FindString(host.post(at+"invite/", "email", email, "role", "member").says())
		}
		inside := func() (emails []string) {
			list, _ := admin.Must("GET", "/api/workspaces/harbour/members/", nil).JSON().([]any)
			for _, m := range list {
				m, _ := m.(map[string]any)
				who, _ := m["member"].(map[string]any)
				email, _ := who["email"].(string)
				emails = append(emails, email)
			}
			slices.Sort(emails)
			return emails
		}
		page := func(b *browser, link string) string {
			a := b.get(link)
			if a.status != http.StatusFound || !strings.HasPrefix(a.to, "/console/invitation/harbour/") {
				t.Fatalf("%s: %d %s", link, a.status, a.to)
			}
			return a.to
		}
		post := func(b *browser, page, below string, form ...string) answer {
			path, token, _ := strings.Cut(page, "?")
			return b.post(path+below+"?"+token, form...)
		}

		eve := open(t, s)
		to := page(eve, invite("eve@sailplane.test"))
		look(t, "invitation", eve.get(to))
		if a := eve.get(to); a.status != http.StatusOK || !strings.Contains(a.says(), "invited to the workspace Harbour") {
			t.Fatalf("%d %s", a.status, a.says())
		}
		if a := eve.get(to + "x"); a.status != http.StatusNotFound || strings.Contains(a.says(), "eve@") {
			t.Errorf("with another secret: %d %s", a.status, a.says())
		}
		if a := post(eve, to+"x", "", "answer", "yes"); a.status != http.StatusNotFound && a.status != http.StatusForbidden {
			t.Errorf("accepted with another secret: %d", a.status)
		}
		if a := post(eve, to, "account/", "password", strong); a.status == http.StatusSeeOther {
			t.Error("an account before the invitation is accepted, where nobody signs up")
		}
		a := post(eve, to, "", "answer", "perhaps")
		if a.status != http.StatusBadRequest || eve.get(to).status != http.StatusOK {
			t.Errorf("an answer that is neither yes nor no: %d %s", a.status, a.to)
		}
		a = post(eve, to, "", "answer", "yes")
		look(t, "invitation, accepted", eve.get(a.to))
		if a = eve.get(a.to); !strings.Contains(a.says(), "make an account for eve@sailplane.test") {
			t.Fatalf("accepted: %s", a.says())
		}
		if a := post(eve, to, "account/", "password", "weak"); a.status != http.StatusBadRequest {
			t.Errorf("a weak password: %d %s", a.status, a.says())
		}
		path, token, _ := strings.Cut(to, "?")
		if a := eve.get(path + "account/?" + token); a.to != to {
			t.Errorf("the refused form's address, opened again: %d %s", a.status, a.to)
		}
		if a := post(eve, to, "account/", "password", strong); a.to != "/console/?done=joined" {
			t.Errorf("the account: %d %s %s", a.status, a.to, a.says())
		}
		if text := eve.get(eve.get("/console/?done=joined").to).says(); !strings.Contains(text, "member of the workspace now") {
			t.Errorf("who has joined reads %s", text)
		}
		if a := open(t, s).get(to); a.status != http.StatusNotFound {
			t.Errorf("a link that is used up: %d", a.status)
		}

		ben := as(t, s, member)
		if a := post(ben, page(ben, invite(*member.User.Email)), "", "answer", "yes"); a.to != "/console/?done=joined" {
			t.Errorf("who has an account: %d %s %s", a.status, a.to, a.says())
		}
		zoe := open(t, s)
		if a := post(zoe, page(zoe, invite("zoe@sailplane.test")), "", "answer", "no"); a.to != "/console/?done=declined" {
			t.Errorf("who declines: %d %s %s", a.status, a.to, a.says())
		}
		if text := zoe.get(zoe.get("/console/?done=declined").to).says(); !strings.Contains(text, "The invitation is declined") {
			t.Errorf("who has declined reads %s", text)
		}
		want := []string{*admin.User.Email, "eve@sailplane.test", *member.User.Email}
		slices.Sort(want)
		if d := cmp.Diff(want, inside()); d != "" {
			t.Error(d)
		}
	})
}
