package console_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/instance"
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

func TestSettingsForms(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, _ := people(t, s)
		b := as(t, s, admin)
		mail := []string{"host", "127.0.0.1", "port", "1", "from", "Tracker <t@sailplane.test>", "user", "u", "password",
			"secret word", "secured", "tls"}
		with := func(name, value string) []string {
			changed := append([]string{}, mail...)
			for i := 0; i < len(changed); i += 2 {
				if changed[i] == name {
					changed[i+1] = value
				}
			}
			return changed
		}
		b.try([]sent{
			{"/console/mail/test/", []string{"receiver", "a@sailplane.test"}, "", "No mail server is set."},
			{"/console/mail/", with("host", ""), "", "The host is a name"},
			{"/console/mail/", with("host", "mail.test:25"), "", "The host is a name"},
			{"/console/mail/", with("port", "0"), "", "The port is a number"},
			{"/console/mail/", with("port", "65536"), "", "The port is a number"},
			{"/console/mail/", with("from", "nobody"), "", "The sender is an e-mail address"},
			{"/console/mail/", mail, "/console/mail/?done=saved", ""},
			{"/console/mail/", with("password", ""), "/console/mail/?done=saved", ""}, // which keeps it
			{"/console/mail/test/", []string{"receiver", "a@sailplane.test"}, "", "connection refused"},
			{"/console/mail/test/", nil, "", "Receiver email is required."},
			{"/console/sign-in-providers/", nil, "", "Passwords or codes have to be on"},
			{"/console/sign-in-providers/", []string{"ENABLE_EMAIL_PASSWORD", "1",
				"ENABLE_MAGIC_LINK_LOGIN", "1"}, "/console/sign-in-providers/?done=saved", ""},
			{"/console/sign-in-providers/gitlab/", []string{"client_id", "i", "client_secret", "s",
				"host", "gitlab"}, "", "begins with https://"},
			{"/console/sign-in-providers/gitlab/", []string{"client_id", "i", "client_secret", "s",
				"host", "https://gitlab.test"}, "/console/sign-in-providers/?done=saved", ""},
			{"/console/sign-in-providers/myspace/", []string{"client_id", "i"}, "", "Nothing is here"},
		})
		settings, err := s.App.Settings(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for key, want := range map[string]string{"EMAIL_HOST_PASSWORD": "secret word", "EMAIL_USE_SSL": "1",
			"EMAIL_USE_TLS": "0",
			"ENABLE_SIGNUP": "0", "DISABLE_WORKSPACE_CREATION": "1", "GITLAB_CLIENT_SECRET": "s"} {
			if settings[key] != want {
				t.Errorf("%s is %q, want %q", key, settings[key], want)
			}
		}
		for _, path := range []string{"/console/mail/", "/console/sign-in-providers/"} {
			if a := b.get(path); strings.Contains(a.text, "secret word") || strings.Contains(a.text, `value="s"`) {
				t.Errorf("%s shows a secret", path)
			}
		}
		b.try([]sent{{"/console/mail/forget/", nil, "/console/mail/?done=mail-forgotten", ""},
			{"/console/sign-in-providers/",
				[]string{"ENABLE_MAGIC_LINK_LOGIN", "1"}, "", "Codes need a mail server."}})
	})
}

func TestJobForms(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, _ := people(t, s)
		b := as(t, s, admin)
		err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
			for range 2 {
				j := &store.Job{Kind: "mail.none", Payload: store.JSON("{}"), RunAt: tx.Now, DeadAt: &tx.Now,
					LastError: "<550> no such box"}
				if err := store.Jobs.Insert(tx, j); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		dead, err := store.ListJobs(s.App.DB.Read(context.Background()), 1)
		if err != nil || len(dead) != 1 {
			t.Fatalf("%d jobs, %v", len(dead), err)
		}
		page := b.get("/console/jobs/")
		if !strings.Contains(page.says(), "<550> no such box") {
			t.Errorf("the page does not say why: %s", page.says())
		}
		b.try([]sent{
			{"/console/jobs/drop/", []string{"id", "x"}, "", "That is not the number of a job."},
			{"/console/jobs/drop/", []string{"id", "-1"}, "", "That is not the number of a job."},
			{"/console/jobs/drop/", []string{"id", "999999"}, "", "There is no such job any more"},
			{"/console/jobs/drop/", []string{"id", strconv.FormatInt(dead[0].ID, 10)},
				"/console/jobs/?done=dropped", ""},
			{"/console/jobs/drop/", []string{"id", "all"}, "/console/jobs/?done=dropped", ""},
			{"/console/jobs/retry/", []string{"id", "all"}, "", "There is no such job any more"},
		})
	})
}

// A backup comes whole, or not at all; and only as a form's answer.
func TestBackupDownload(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, _ := people(t, s)
		b := as(t, s, admin)
		s.App.Temp = t.TempDir()
		a := b.post("/console/backups/download/")
		if a.status != http.StatusOK || !strings.HasPrefix(a.text, "\x1f\x8b") ||
			!strings.Contains(a.header.Get("Content-Disposition"), "sailplane-backup-") ||
			a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("the backup: %d %v", a.status, a.header)
		}
		if a := b.get("/console/backups/download/"); a.to != "/console/backups/" {
			t.Errorf("by its address alone: %d %s", a.status, a.to)
		}
	})
}

// Who was dismissed while they looked does nothing any more.
func TestDismissedInBetween(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, member := people(t, s)
		ctx := context.Background()
		if err := instance.Appoint(ctx, s.App, member.User.ID, ""); err != nil {
			t.Fatal(err)
		}
		b := as(t, s, member)
		if a := b.get("/console/people/"); a.status != http.StatusOK {
			t.Fatalf("people: %d", a.status)
		}
		as(t, s, admin).try([]sent{{"/console/people/" + member.User.ID + "/demote/", nil,
			"/console/people/" + member.User.ID + "/?done=demoted", ""}})
		if a := b.post("/console/people/", "email", "eve@sailplane.test"); a.status != http.StatusForbidden {
			t.Errorf("an invitation afterwards: %d", a.status)
		}
	})
}
