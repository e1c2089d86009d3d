package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/web/webtest"
)

// All that is wrong with a change of oneself is told at once.
func TestBadChangesOfOneself(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		const nowhere = "00000000-0000-0000-0000-000000000000"
		a := s.User("ann").Do("PATCH", "/api/users/me/",
			map[string]any{"first_name": "see http://evil.test", "last_name": strings.Repeat("x", 256), "user_timezone": "Mars",
				"avatar_asset": nowhere, "cover_image_asset": "x", "is_password_expired": "maybe"})
		want := map[string]any{
			"first_name":          []any{"First name cannot contain a URL."},
			"last_name":           []any{"Ensure this field has no more than 255 characters."},
			"user_timezone":       []any{`"Mars" is not a valid choice.`},
			"avatar_asset":        []any{`Invalid pk "` + nowhere + `" - object does not exist.`},
			"cover_image_asset":   []any{"“x” is not a valid UUID."},
			"is_password_expired": []any{"Must be a valid boolean."},
		}
		if diff := cmp.Diff(any(want), a.JSON()); a.Status != 400 || diff != "" {
			t.Errorf("%d (-want +got):\n%s", a.Status, diff)
		}
	})
}
