package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// sent is a form and what comes of it: where it leads, or what the page says.
type sent struct {
	path   string
	fields []string
	to     string // empty: the form is shown again, and says
	says   string
}

func (b *browser) try(all []sent) {
	b.t.Helper()
	for _, f := range all {
		a := b.post(f.path, f.fields...)
		switch {
		case a.status >= 500:
			b.t.Errorf("%s %q: %d %s", f.path, f.fields, a.status, a.says())
		case a.to != f.to:
			b.t.Errorf("%s %q leads to %q, want %q: %d %s", f.path, f.fields, a.to, f.to, a.status, a.says())
		case f.to == "" && !strings.Contains(a.says(), f.says):
			b.t.Errorf("%s %q does not say %q: %d %s", f.path, f.fields, f.says, a.status, a.says())
		}
	}
}

func TestSignInForms(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		open(t, s).post("/console/setup/", first...)
		b := open(t, s)
		b.try([]sent{
			{"/console/sign-in/", nil, "", "An e-mail address and a password are needed."},
			{"/console/sign-in/", []string{"email", "x", "password", "y"}, "", "That is not an e-mail address."},
			{"/console/sign-in/", []string{"email", "eve@sailplane.test",
				"password", "y"}, "", "The address or the password is wrong."},
			{"/console/sign-in/", []string{"email", "ada@sailplane.test",
				"password", "y"}, "", "The address or the password is wrong."},
			{"/console/sign-in/code/", []string{"email", "ada@sailplane.test"}, "", "no mail server is set"},
			{"/console/sign-in/by-code/", []string{"email", "ada@sailplane.test",
				"code", "1"}, "", "no mail server is set"},
			{"/console/sign-in/forgotten/", []string{"email", "ada@sailplane.test"}, "", "no mail server is set"},
			{"/console/password/", []string{"uidb64", "x", "token", "y", "password", strong},
				"", "The link is wrong"},
			{"/console/sign-in/", []string{"email", "Ada@Sailplane.test ", "password", strong,
				"next", "https://evil.test/"}, "/console/", ""},
		})
		if a := b.get("/console/"); a.to != "/console/overview/" {
			t.Errorf("signed in, the console leads to %q", a.to)
		}
		b.try([]sent{{"/console/sign-out/", nil, "/console/sign-in/?done=signed-out", ""}})
		if a := b.get("/console/people/?search=a%20b"); a.to != "/console/sign-in/?next="+url.QueryEscape("/console/people/?search=a%20b") {
			t.Errorf("signed out, people leads to %q", a.to)
		}
		b.try([]sent{{"/console/sign-in/", []string{"email", "ada@sailplane.test", "password", strong, "next",
			"/console/people/?search=a%20b"}, "/console/people/?search=a%20b", ""}})
	})
}

// Guesses count, whichever form they are sent by; looking at pages does not.
func TestGuessesCount(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		open(t, s).post("/console/setup/", first...)
		s.App.Config.Limits.AuthPerMinute = 2
		b := open(t, s)
		for range 5 {
			if a := b.get("/console/sign-in/"); a.status != http.StatusOK {
				t.Fatalf("the page: %d", a.status)
			}
		}
		b.try([]sent{
			{"/console/sign-in/", []string{"email", "ada@sailplane.test", "password", "a"}, "", "The address or the password is wrong."},
			{"/console/password/", []string{"uidb64", "x", "token", "y", "password", strong}, "", "The link is wrong"},
		})
		a := b.post("/console/sign-in/", "email", "ada@sailplane.test", "password", strong)
		if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" || !strings.Contains(a.says(), "throttled") {
			t.Errorf("the third: %d %v %s", a.status, a.header, a.says())
		}
	})
}

// A code and a link by letter, and who has an account is told to nobody.
func TestSignInByLetter(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		open(t, s).post("/console/setup/", first...)
		box := s.Mail()
		s.Configure(map[string]string{"ENABLE_MAGIC_LINK_LOGIN": "1"})
		b := open(t, s)
		b.try([]sent{
			{"/console/sign-in/forgotten/", []string{"email", "x"}, "", "That is not an e-mail address."},
			{"/console/sign-in/forgotten/",
				[]string{"email", "eve@sailplane.test"}, "/console/sign-in/?done=reset-sent", ""},
			{"/console/sign-in/forgotten/",
				[]string{"email", "ada@sailplane.test"}, "/console/sign-in/?done=reset-sent", ""},
			{"/console/sign-in/code/",
				[]string{"email", "ada@sailplane.test"}, "", "A code was sent to ada@sailplane.test."},
			{"/console/sign-in/by-code/", []string{"email", "ada@sailplane.test",
				"code", "x"}, "", "The code is wrong."},
		})
		code := regexp.MustCompile(`\b\d{6}\b`)
		letter := box.Wait("ada@sailplane.test", 2)
		if !code.MatchString(letter) { // they may come in any order
			letter = box.Wait("ada@sailplane.test", 1)
		}
		b.try([]sent{{"/console/sign-in/by-code/", []string{"email", "ada@sailplane.test", "code",
			" " + code.FindString(letter) + " "}, "/console/", ""}})
		if a := b.get("/console/overview/"); a.status != http.StatusOK {
			t.Errorf("after the code: %d", a.status)
		}
	})
}

func TestAccountForms(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		open(t, s).post("/console/setup/", first...)
		b, other := open(t, s), open(t, s)
		for _, each := range []*browser{b, other} {
			each.post("/console/sign-in/", "email", "ada@sailplane.test", "password", strong)
		}
		b.try([]sent{
			{"/console/account/name/", []string{"display_name", ""}, "", "A name that others see is needed."},
			{"/console/account/name/", []string{"display_name", "x",
				"first_name", "www.evil.test"}, "", "can't contain a web address"},
			{"/console/account/name/", []string{"display_name", strings.Repeat("x", 256)}, "", "display_name"},
			{"/console/account/name/", []string{"display_name", "Ada <L>",
				"first_name", "Ada"}, "/console/account/?done=saved", ""},
			{"/console/account/password/", []string{"old_password", "x", "new_password", strong + "!"},
				"", "The password until now is wrong."},
			{"/console/account/password/", []string{"old_password", strong,
				"new_password", "abc"}, "", "too easy to guess"},
			{"/console/account/password/", []string{"old_password", strong}, "", "A password is missing."},
			{"/console/account/keys/", nil, "", "Say what the key is for."},
			{"/console/account/keys/", []string{"label", "x", "days", "0"}, "", "The days are a number"},
			{"/console/account/keys/", []string{"label", "x", "days", "many"}, "", "The days are a number"},
			{"/console/account/keys/revoke/", []string{"id", "x"}, "", "Nothing is here"},
			{"/console/account/keys/revoke/", []string{"id", store.NewID()}, "", "Nothing is here"},
			{"/console/account/sessions/end/", []string{"id", "x"}, "", "Nothing is here"},
		})
		a := b.post("/console/account/keys/", "label", "nightly", "days", "7")
		_, rest, _ := strings.Cut(a.text, "plane_api_")
		key := "plane_api_" + rest[:32]
		if got := b.send("GET", "/api/v1/users/me/", nil, "X-Api-Key", key); got.status != http.StatusOK {
			t.Errorf("the key that was shown: %d %s", got.status, got.text)
		}
		page := b.get("/console/account/")
		if strings.Contains(page.text, key) || !strings.Contains(page.says(), "nightly") {
			t.Errorf("the key is shown again, or is not listed: %s", page.says())
		}
		b.try([]sent{{"/console/account/keys/revoke/", []string{"id", hidden(page, "keys/revoke/", "id")},
			"/console/account/?done=key-revoked", ""}})
		if got := b.send("GET", "/api/v1/users/me/", nil, "X-Api-Key", key); got.status != http.StatusForbidden {
			t.Errorf("the key that was revoked: %d", got.status)
		}
		if a := other.get("/console/account/"); a.status != http.StatusOK {
			t.Fatalf("the other session: %d", a.status)
		}
		b.try([]sent{{"/console/account/sessions/end-others/", nil, "/console/account/?done=sessions-ended", ""}})
		if a := other.get("/console/account/"); !strings.HasPrefix(a.to, "/console/sign-in/") {
			t.Errorf("the other session goes on: %d", a.status)
		}
		b.try([]sent{{"/console/account/password/", []string{"old_password", strong, "new_password", strong + "!"},
			"/console/account/?done=password-changed", ""}})
		if a := b.get("/console/account/?done=password-changed"); !strings.Contains(a.says(), "The password is changed.") {
			t.Errorf("after the change: %d %s", a.status, a.says())
		}
	})
}

// hidden is the value that a form of a page carries.
func hidden(page answer, action, name string) string {
	_, rest, _ := strings.Cut(page.text, action)
	_, rest, _ = strings.Cut(rest, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

func TestPeopleForms(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, member := people(t, s)
		b, ben := as(t, s, admin), "/console/people/"+member.User.ID+"/"
		b.try([]sent{
			{"/console/people/", []string{"email", "x"}, "", "That is not an e-mail address."},
			{"/console/people/",
				[]string{"email", "ben@sailplane.test"}, "", "has an account with that address already"},
			{ben + "delete/", []string{"confirm", "eve@sailplane.test"}, "", "type its address: ben@sailplane.test"},
			{ben + "demote/", nil, "", "They don't administer the installation."},
			{"/console/people/" + admin.User.ID + "/demote/", nil, "", "Make somebody else an administrator first."},
			{"/console/people/" + admin.User.ID + "/shut-out/", nil, "", "administers the installation"},
			{"/console/people/" + store.NewID() + "/promote/", nil, "", "Nothing is here"},
			{ben + "promote/", nil, ben + "?done=promoted", ""},
			{ben + "promote/", nil, ben + "?done=promoted", ""},
			{ben + "demote/", nil, ben + "?done=demoted", ""},
			{ben + "sessions/end/", []string{"row", "x"}, "", "Nothing is here"},
			{ben + "keys/revoke/", []string{"row", "x"}, "", "Nothing is here"},
			{ben + "keys/revoke/", []string{"row", store.NewID()}, "", "Nothing is here"},
		})
		theirs := as(t, s, member)
		if a := theirs.get("/console/account/"); a.status != http.StatusOK {
			t.Fatalf("their session: %d", a.status)
		}
		b.try([]sent{{ben + "sessions/end-all/", nil, ben + "?done=sessions-ended", ""}})
		if a := theirs.get("/console/account/"); a.to == "" {
			t.Error("their session goes on")
		}
		b.try([]sent{
			{ben + "shut-out/", nil, ben + "?done=shut-out", ""},
			{ben + "link/", nil, "", "The account is closed."},
			{ben + "let-in/", nil, ben + "?done=let-in", ""},
		})
		byLink(t, s, b.post(ben+"link/"), "ben@sailplane.test")
		byLink(t, s, b.post("/console/people/", "email", "cara@sailplane.test", "first_name", "Cara"), "cara@sailplane.test")
		b.try([]sent{{ben + "delete/",
			[]string{"confirm", " Ben@Sailplane.test"}, "/console/people/?done=account-deleted", ""}})
		if a := b.get("/console/people/?search=ben"); !strings.Contains(a.says(), "Nothing found.") {
			t.Errorf("the deleted account: %s", a.says())
		}
		if a := b.get(ben); a.status != http.StatusNotFound {
			t.Errorf("the page of the deleted account: %d", a.status)
		}
	})
}

// byLink chooses a password by the link of a page, and signs in with it.
func byLink(t *testing.T, s *webtest.Server, page answer, email string) {
	t.Helper()
	_, rest, _ := strings.Cut(page.says(), s.URL)
	link, _, _ := strings.Cut(rest, " ")
	b := open(t, s)
	a := b.get(link) // no frontend is served
	if !strings.HasPrefix(a.to, "/console/password/?uidb64=") {
		t.Fatalf("the link %q leads to %q: %s", link, a.to, page.says())
	}
	form := b.get(a.to)
	fields := []string{"uidb64", hidden(form, "password/", "uidb64"), "token", hidden(form, "password/", "token"),
		"password"}
	b.try([]sent{
		{"/console/password/", append(fields, "abc"), "", "too easy to guess"},
		{"/console/password/", append(fields, strong), "/console/sign-in/?done=password", ""},
		{"/console/password/", append(fields, strong), "", "The link is wrong"},
		{"/console/sign-in/", []string{"email", email, "password", strong}, "/console/", ""},
	})
}

func TestWorkspaceForms(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, _ := people(t, s)
		b, at := as(t, s, admin), "/console/workspaces/"
		b.try([]sent{
			{at, nil, "", "name"},
			{at, []string{"name", "Console", "slug", "console"}, "", "slug"},
			{at, []string{"name", "A", "slug", "a b"}, "", "slug"},
			{at, []string{"name", "A",
				"owner", "eve@sailplane.test"}, "", "Nobody has an account with the address eve@sailplane.test"},
			{at, []string{"name", "Boat House"}, at + "boat-house/?done=workspace-made", ""},
			{at, []string{"name", "Boat House"}, "", "slug"},
			{at + "nowhere/rename/", []string{"name", "A"}, "", "Nothing is here"},
			{at + "boat-house/rename/", []string{"name", "Boats", "slug", "boats"}, at + "boats/?done=saved", ""},
			{at + "boats/transfer/", []string{"owner", "eve@sailplane.test"}, "", "Nobody has an account"},
			{at + "boats/transfer/", []string{"owner", "ben@sailplane.test"}, at + "boats/?done=transferred", ""},
			{at + "boats/delete/", []string{"confirm", "boat"}, "", "type its name in addresses: boats"},
			{at + "boats/delete/", []string{"confirm", "boats"}, at + "?done=workspace-deleted", ""},
		})
		if a := b.get(at + "boats/"); a.status != http.StatusNotFound {
			t.Errorf("the deleted workspace: %d", a.status)
		}
	})
}
