package v1_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// upload sends a file with the form that an answer has.
func upload(t *testing.T, a webtest.Answer, content string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range a.At("upload_data.fields").(map[string]any) {
		form.WriteField(name, value.(string))
	}
	part, err := form.CreateFormFile("file", "x")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(part, content)
	form.Close()
	res, err := http.Post(a.At("upload_data.url").(string), form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 204 {
		t.Fatalf("upload: %d", res.StatusCode)
	}
}

func TestFilesOfAWorkspace(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "mine"), newPlace(s, "theirs")
		files, project := p.workspace+"assets/", p.base[len(p.workspace)+len("projects/"):len(p.base)-1]
		foreign := other.base[len(other.workspace)+len("projects/") : len(other.base)-1]
		made := p.key.Must("POST", files,
			map[string]any{"name": "../a.csv", "size": 3, "type": "text/csv", "project_id": project, "external_id": "1",
				"external_source": "s"})
		id, _ := made.At("asset_id").(string)
		one, url := files+id+"/",
			fmt.Sprintf("/api/assets/v2/workspaces/mine/projects/%s/issues/None/attachments/%s/", project, id)
		if made.At("asset_url") != url {
			t.Errorf("address %v, want %s", made.At("asset_url"), url)
		}
		guest := s.User("guest")
		p.person.Must("POST", "/api/workspaces/mine/invitations/",
			map[string]any{"emails": []any{map[string]any{"email": "guest@sailplane.test", "role": 5}}})
		invited := guest.Must("GET", "/api/users/me/workspaces/invitations/", nil).JSON().([]any)
		guest.Must("POST", "/api/users/me/workspaces/invitations/",
			map[string]any{"invitations": []any{invited[0].(map[string]any)["id"]}})
		outside := guest.WithKey()

		denied := `{"detail":"You do not have permission to perform this action."}`
		for _, tt := range []struct {
			who          *webtest.Client
			method, path string
			body         any
			status       int
			answer       string
		}{
			{p.key, "GET", one, nil, 400, `{"error":"Asset not yet uploaded"}`},
			{p.key, "PATCH", one, map[string]any{}, 204, ""},
			{p.key, "GET", one, nil, 400, `{"error":"Asset not yet uploaded"}`},
			{p.key, "PATCH", one, map[string]any{"is_uploaded": "perhaps"}, 400, `{"is_uploaded":["Must be a valid boolean."]}`},
			{p.key, "POST", files, map[string]any{"name": "..", "size": 3, "type": "text/csv"}, 400,
				`{"error":"Name and size are required fields.","status":false}`},
			{p.key, "POST", files, map[string]any{"name": "a", "size": 0, "type": "text/csv"}, 400,
				`{"error":"Name and size are required fields.","status":false}`},
			{p.key, "POST", files, map[string]any{"name": "a", "size": 3, "type": "application/x-nonsense"}, 400,
				`{"error":"Invalid file type.","status":false}`},
			{p.key, "POST", files, map[string]any{"name": "a", "type": "text/csv", "project_id": "nonsense"}, 400,
				`{"error":"Please provide valid detail"}`},
			{p.key, "POST", files, map[string]any{"name": "a", "type": "text/csv", "project_id": foreign}, 400,
				`{"error":"The payload is not valid"}`},
			{p.key, "POST", files, map[string]any{"name": "b", "type": "text/csv", "external_id": "1", "external_source": "s"},
				409, `{"asset_id":"` + id + `","asset_url":"` + url +
					`","message":"Asset with same external id and source already exists"}`},
			{p.key, "POST", "/api/v1/workspaces/nowhere/assets/", map[string]any{"name": "a", "type": "text/csv"}, 404,
				`{"error":"The requested resource does not exist."}`},
			{p.key, "GET", "/api/v1/workspaces/nowhere/assets/" + id + "/", nil, 404, `{"error":"Workspace not found"}`},
			{p.key, "PATCH", "/api/v1/workspaces/nowhere/assets/" + id + "/", map[string]any{}, 404,
				`{"error":"Asset not found"}`},
			{other.key, "GET", one, nil, 403, denied},
			{other.key, "PATCH", one, map[string]any{"is_uploaded": true}, 403, denied},
			{other.key, "POST", files, map[string]any{"name": "a", "type": "text/csv"}, 403, denied},
			{other.key, "GET", other.workspace + "assets/" + id + "/", nil, 404, `{"error":"Asset not found"}`},
			{outside, "GET", one, nil, 404, `{"error":"Asset not found"}`},
			{outside, "PATCH", one, map[string]any{"is_uploaded": true}, 404, `{"error":"Asset not found"}`},
		} {
			if a := tt.who.Do(tt.method, tt.path, tt.body); a.Status != tt.status || tt.answer != "" &&
				string(a.Raw) != tt.answer {
				t.Errorf("%s %s %v: %d %s, want %d %s", tt.method, tt.path, tt.body, a.Status, a.Raw, tt.status, tt.answer)
			}
		}

		upload(t, made, "a,b")
		p.key.Must("PATCH", one, map[string]any{"is_uploaded": true})
		there := p.key.Must("GET", one, nil)
		if there.At("asset_id") != id || there.At("asset_name") != "a.csv" || there.At("asset_type") != "text/csv" {
			t.Errorf("a file that is there: %s", there.Raw)
		}
		res, err := http.Get(there.At("asset_url").(string))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if got, _ := io.ReadAll(res.Body); string(got) != "a,b" {
			t.Errorf("fetched %d %q", res.StatusCode, got)
		}
		p.key.Must("PATCH", one, map[string]any{"is_uploaded": false})
		if a := p.key.Do("GET", one, nil); a.Status != 400 {
			t.Errorf("a file that was taken back: %d %s", a.Status, a.Raw)
		}
	})
}
