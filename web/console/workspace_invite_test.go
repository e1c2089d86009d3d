package console_test

import (
	"net/http"
	"regexp"
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
