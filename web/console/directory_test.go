package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/directory"
	"github.com/sailplane/sailplane/web/webtest"
)

// What the page sets is what counts; the password is sealed, never shown, and goes to no server but the one that it was
// written for; the page is no way to ask around in private networks.
func TestTheDirectoryOfThePage(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, member := people(t, s)
		b := as(t, s, admin)
		const path, word = "/console/sign-in-providers/ldap/", "s3cret of the looker" //nolint:gosec // of nobody
		form := func(url, word string) answer {
			return b.post(path, "url", url, "start_tls", "1", "bind_dn", "cn=looker,dc=company,dc=test", "bind_password", word,
				"base_dn", "dc=company,dc=test", "workspace_groups", "harbour:member:crew")
		}
		if a := b.post(path, "url", "ldap.example.org"); a.status != http.StatusBadRequest || !strings.Contains(a.says(),
			"ldaps://ldap.example.org") {
			t.Errorf("an address that is none: %d %s", a.status, a.says())
		}
		if a := form("ldap://127.0.0.1:1", word); !strings.HasSuffix(a.to, "done=saved") {
			t.Fatalf("%d %s", a.status, a.says())
		}
		if a := b.get("/console/sign-in-providers/"); strings.Contains(a.text, word) || !strings.Contains(a.text, "cn=looker") {
			t.Errorf("the page is %s", a.text)
		}
		var kept string
		if err := s.App.DB.Read(t.Context()).One("SELECT value FROM instance_configurations WHERE key = ?",
			[]any{"LDAP_BIND_PASSWORD"}, &kept); err != nil || kept == "" || strings.Contains(kept, word) {
			t.Errorf("the database has %q, %v", kept, err)
		}
		if a := b.post(path + "try/"); a.status != http.StatusBadRequest || !strings.Contains(a.says(), "sign_in.allow_networks") {
			t.Errorf("a private network: %d %s", a.status, a.says())
		}
		s.App.Config.SignIn.AllowNetworks = []string{"127.0.0.0/8"}
		if a := b.post(path + "try/"); a.status != http.StatusBadRequest || !strings.Contains(a.says(), "refused") {
			t.Errorf("a dead server: %d %s", a.status, a.says())
		}
		if a := form("ldap://127.0.0.1:1", ""); !strings.HasSuffix(a.to, "done=saved") {
			t.Errorf("the same once more, without the password: %d %s", a.status, a.says())
		}
		if a := form("ldap://evil.test", ""); a.status != http.StatusBadRequest {
			t.Errorf("another server gets the password: %d %s", a.status, a.to)
		}
		if a := as(t, s, member).post(path, "url", ""); a.status != http.StatusForbidden {
			t.Errorf("who is no administrator: %d", a.status)
		}
		b.post(path, "url", "")
		if d, err := directory.Of(t.Context(), s.App); d != nil || err != nil {
			t.Errorf("a directory that is forgotten: %v, %v", d, err)
		}
		s.App.Config.SignIn.LDAP.URL, s.App.Config.SignIn.LDAP.BaseDN = "ldaps://ldap.test", "dc=test"
		if a := form("ldap://127.0.0.1:1", word); a.status != http.StatusConflict {
			t.Errorf("the configuration has one: %d %s", a.status, a.says())
		}
	})
}
