package api_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Which emails somebody wants stays their own, and holds where they are.
func TestWhoseLettersAndWhere(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob := s.User("ann"), s.User("bob")
		workspace(t, s, ann)
		made := ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P"})
		for _, c := range []*webtest.Client{ann, bob} {
			err := s.App.DB.Write(context.Background(), "", func(t *store.Tx) error {
				return store.NotificationPreferences.Insert(t, &store.NotificationPreference{UserID: c.User.ID})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		const at = "/api/users/me/notification-preferences/"
		home, project := made.At("workspace").(string), made.ID()
		fault := func(id string) any { return []any{`Invalid pk "` + id + `" - object does not exist.`} }

		for _, tt := range []struct {
			who    *webtest.Client
			body   map[string]any
			status int
			want   map[string]any // of the body, what is not to be another
		}{
			{bob, map[string]any{"user": ann.User.ID, "workspace": home, "project": project, "comment": "often"}, 400,
				map[string]any{
					"user": fault(ann.User.ID), "workspace": fault(home), "project": fault(project),
					"comment": []any{"Must be a valid boolean."}}},
			{bob, map[string]any{"user": nil, "workspace": "x"}, 400, map[string]any{
				"user": []any{"This field may not be null."}, "workspace": []any{"“x” is not a valid UUID."}}},
			{bob, map[string]any{"user": bob.User.ID, "workspace": nil, "mention": false}, 200, map[string]any{
				"user": bob.User.ID, "workspace": nil, "mention": false}},
			{ann, map[string]any{"workspace": home, "project": project}, 200,
				map[string]any{"user": ann.User.ID, "workspace": home, "project": project}},
			{ann, map[string]any{"workspace": nil}, 200, map[string]any{"workspace": nil, "project": project}},
		} {
			a := tt.who.Do("PATCH", at, tt.body)
			for key, want := range tt.want {
				if diff := cmp.Diff(want, a.At(key)); diff != "" {
					t.Errorf("%v: %s (-want +got):\n%s", tt.body, key, diff)
				}
			}
			if a.Status != tt.status {
				t.Errorf("%v: %d %s", tt.body, a.Status, a.Raw)
			}
		}
	})
}
