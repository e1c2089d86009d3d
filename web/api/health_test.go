package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

func TestHealth(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		for _, path := range []string{"/healthz", "/readyz"} {
			if a := s.Stranger().Do("GET", path, nil); a.Status != 200 {
				t.Errorf("%s: %d %s", path, a.Status, a.Raw)
			}
		}
		if err := s.App.DB.Close(); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]int{"/healthz": 200, "/readyz": 503} {
			if a := s.Stranger().Do("GET", path, nil); a.Status != want {
				t.Errorf("%s without a database: %d %s", path, a.Status, a.Raw)
			}
		}
	})
}
