package app_test

import (
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
)

// Emails lead where the settings say that the app is, and to a domain of the server's own without being told.
func TestWhereEmailsLead(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		for _, tt := range []struct{ url, domain, want string }{
			{"", "", ""},
			{"", "plane.example.org", "https://plane.example.org"},
			{"https://app.example.org/", "plane.example.org", "https://app.example.org"},
		} {
			a.Config.Web.AppURL, a.Config.Server.Domain = tt.url, tt.domain
			if got, err := a.Address(t.Context()); got != tt.want || err != nil {
				t.Errorf("app_url %q, domain %q: %q, %v", tt.url, tt.domain, got, err)
			}
		}
	})
}
