package api_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

func TestLabelsOfAStranger(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		path := "/api/workspaces/none/projects/00000000-0000-0000-0000-000000000000/issue-labels/"
		if a := s.Stranger().Do("GET", path, nil); a.Status != 401 {
			t.Errorf("without a session: %d %s", a.Status, a.Raw)
		}
		if a := s.User("ann").Do("GET", path, nil); a.Status != 403 {
			t.Errorf("in no such workspace: %d %s", a.Status, a.Raw)
		}
	})
}
