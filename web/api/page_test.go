package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/web/webtest"
)

func TestBadPages(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		project := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
		other := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "O", "identifier": "O"}).ID() + "/"
		foreign := ann.Must("POST", other+"pages/", map[string]any{"name": "Foreign"}).ID()
		page := project + "pages/" + ann.Must("POST", project+"pages/",
			map[string]any{"name": "One", "description_html": ""}).ID() + "/"
		long := strings.Repeat("c", 256)

		for _, tt := range []struct {
			method, path string
			body         any
			want         map[string]any
		}{
			{"POST", project + "pages/",
				map[string]any{"color": long, "parent": foreign, "labels": []any{"x", foreign}, "access": 7}, map[string]any{
					"color":  []any{"Ensure this field has no more than 255 characters."},
					"parent": []any{`Invalid pk "` + foreign + `" - object does not exist.`},
					"labels": map[string]any{"0": []any{"“x” is not a valid UUID."},
						"1": []any{`Invalid pk "` + foreign + `" - object does not exist.`}},
					"access": []any{`"7" is not a valid choice.`},
				}},
			{"PATCH", page, map[string]any{"description_html": "", "is_locked": "maybe"}, map[string]any{
				"description_html": []any{"This field may not be blank."}, "is_locked": []any{"Must be a valid boolean."}}},
			{"PATCH", page, map[string]any{"parent": "x", "access": 7}, map[string]any{"error": "Please provide valid detail"}},
			{"PATCH", page, map[string]any{"parent": foreign},
				map[string]any{"error": "Access cannot be updated since this page is owned by someone else"}},
			{"PATCH", page + "description/", map[string]any{"description_binary": 5, "description_html": map[string]any{"a": 1}},
				map[string]any{
					"description_binary": []any{"Failed to decode base64 data"}, "description_html": []any{"Not a valid string."}}},
		} {
			a := ann.Do(tt.method, tt.path, tt.body)
			if diff := cmp.Diff(any(tt.want), a.JSON()); a.Status != 400 || diff != "" {
				t.Errorf("%s %s: %d (-want +got):\n%s", tt.method, tt.path, a.Status, diff)
			}
		}
	})
}

// Labels that were taken off a page show on, each once.
func TestLabelsOfAPage(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		workspace(t, s, ann)
		project := wsProjects + ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"}).ID() + "/"
		red := ann.Must("POST", project+"issue-labels/", map[string]any{"name": "red"}).ID()
		page := project + "pages/" + ann.Must("POST", project+"pages/", map[string]any{"labels": []string{red}}).ID() + "/"
		for _, labels := range [][]string{{red}, {}, {red}, {}} {
			ann.Must("PATCH", page, map[string]any{"labels": labels})
			if diff := cmp.Diff(any([]any{red}), ann.Must("GET", page, nil).At("label_ids")); diff != "" {
				t.Errorf("after %v (-want +got):\n%s", labels, diff)
			}
		}
	})
}
