package api_test

import (
	"context"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// Nobody can be invited to a project, but a backup may bring an invitation along.
func TestInvitationsToAProject(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, bob, cid, dee := s.User("ann"), s.User("bob"), s.User("cid"), s.User("dee")
		workspace(t, s, ann, bob)
		id := ann.Must("POST", wsProjects, map[string]any{"name": "P", "identifier": "P", "network": 0}).ID()
		at := wsProjects + id + "/"
		invite := func(email string) string {
			row := &store.ProjectInvite{Email: email, Role: 15, Token: "secret", ProjectID: id}
			err := s.App.DB.Write(context.Background(), "", func(t *store.Tx) error {
				p, err := store.Projects.Find(t, id)
				if err != nil {
					return err
				}
				row.WorkspaceID = p.WorkspaceID
				return store.ProjectInvites.Insert(t, row)
			})
			if err != nil {
				t.Fatal(err)
			}
			return row.ID
		}
		forCid, forDee, spare := invite("cid@sailplane.test"), invite("dee@sailplane.test"), invite("nobody@sailplane.test")
		mine := "/api/users/me/workspaces/ws/projects/invitations/"
		yes := func(email string) map[string]any { return map[string]any{"email": email, "accepted": true} }
		const forbidden, noPermission = `{"error":"You don't have the required permissions."}`,
			`{"error":"You do not have permission to join the project"}`

		for _, tt := range []struct {
			who          *webtest.Client
			method, path string
			body         any
			status       int
			answer       string
		}{
			{ann, "POST", at + "invitations/", map[string]any{"emails": []any{}}, 400, `{"error":"Emails are required"}`},
			{ann, "POST", at + "invitations/", map[string]any{"emails": []any{map[string]any{"email": "x@sailplane.test"}}}, 400,
				""},
			{ann, "GET", at + "invitations/" + spare + "/", nil, 200, ""},
			{bob, "GET", at + "invitations/", nil, 403, forbidden},
			{bob, "GET", at + "invitations/" + spare + "/", nil, 403, forbidden},
			{bob, "DELETE", at + "invitations/" + spare + "/", nil, 403, forbidden},
			{ann, "DELETE", at + "invitations/" + spare + "/", nil, 204, ""},
			{ann, "GET", at + "invitations/" + spare + "/", nil, 404,
				`{"detail":"No ProjectMemberInvite matches the given query."}`},
			{ann, "DELETE", at + "invitations/" + spare + "/", nil, 404,
				`{"detail":"No ProjectMemberInvite matches the given query."}`},
			{s.Stranger(), "GET", at + "join/" + spare + "/", nil, 404, `{"error":"The required object does not exist."}`},
			{s.Stranger(), "GET", at + "join/" + forCid + "/", nil, 200, ""},
			{s.Stranger(), "POST", at + "join/" + forCid + "/", yes("cid@sailplane.test"), 403, noPermission},
			{dee, "POST", at + "join/" + forCid + "/", yes("cid@sailplane.test"), 403, noPermission},
			{cid, "POST", at + "join/" + forCid + "/", yes("dee@sailplane.test"), 403, noPermission},
			{cid, "GET", at + "members/", nil, 403, forbidden},
			{cid, "POST", at + "join/" + forCid + "/", yes("cid@sailplane.test"), 200,
				`{"message":"Project Invitation Accepted"}`},
			{cid, "POST", at + "join/" + forCid + "/", yes("cid@sailplane.test"), 400,
				`{"error":"You have already responded to the invitation request"}`},
			{cid, "GET", at + "members/", nil, 200, ""},
			{dee, "POST", at + "join/" + forDee + "/", map[string]any{"email": "dee@sailplane.test"}, 200,
				`{"message":"Project Invitation was not accepted"}`},
			{dee, "GET", at + "members/", nil, 403, forbidden},
			{bob, "GET", mine, nil, 200, "[]"},
			{dee, "GET", "/api/users/me/workspaces/nowhere/projects/invitations/", nil, 200, "[]"},
		} {
			if a := tt.who.Do(tt.method, tt.path, tt.body); a.Status != tt.status || tt.answer != "" &&
				string(a.Raw) != tt.answer {
				t.Errorf("%s %s %v: %d %s, want %d %s", tt.method, tt.path, tt.body, a.Status, a.Raw, tt.status, tt.answer)
			}
		}
		if list := dee.Must("GET", mine, nil).JSON().([]any); len(list) != 1 || list[0].(map[string]any)["id"] != forDee {
			t.Errorf("dee's invitations: %v", list)
		}
		if list := ann.Must("GET", at+"invitations/", nil).JSON().([]any); len(list) != 2 ||
			list[0].(map[string]any)["id"] != forDee {
			t.Errorf("the project's invitations: %v", list)
		}
	})
}
