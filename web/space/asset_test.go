package space_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// sent begins a picture, sends it and says so; it returns its id.
func sent(t *testing.T, c *webtest.Client, files string, body map[string]any) string {
	t.Helper()
	form := map[string]any{"name": "a.png", "type": "image/png", "size": 5}
	for k, v := range body {
		form[k] = v
	}
	a := c.Must("POST", files, form)
	id, _ := a.At("asset_id").(string)
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range a.At("upload_data.fields").(map[string]any) {
		w.WriteField(k, v.(string))
	}
	part, _ := w.CreateFormFile("file", "a.png")
	part.Write([]byte("12345"))
	w.Close()
	res, err := http.Post(a.At("upload_data.url").(string), w.FormDataContentType(), &b)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	c.Must("PATCH", files+id+"/", map[string]any{})
	return id
}

func (p *place) files() string {
	return strings.Replace(p.board, "/api/public/", "/api/public/assets/v2/", 1)
}

func TestPicturesOnABoardAreTheirSenders(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		bob, cat := s.User("bob"), s.User("cat")
		said := bob.Must("POST", p.board+"issues/"+p.item+"/comments/", map[string]any{"comment_html": "see"}).ID()
		id := sent(t, bob, p.files(), map[string]any{"entity_type": "COMMENT_DESCRIPTION", "entity_identifier": said})
		ours := sent(t, p.ann, strings.Replace(p.project, "/api/", "/api/assets/v2/", 1),
			map[string]any{"entity_type": "ISSUE_DESCRIPTION", "entity_identifier": p.item})
		for what, id := range map[string]string{"another's": id, "the project's": ours} {
			for method, path := range map[string]string{"PATCH": id + "/", "DELETE": id + "/", "POST": "restore/" + id + "/"} {
				if a := cat.Do(method, p.files()+path, map[string]any{}); a.Status != 404 {
					t.Errorf("%s %s picture: %d %s", method, what, a.Status, a.Raw)
				}
			}
			if a := cat.Do("POST", p.files()+said+"/bulk/", map[string]any{"asset_ids": []string{id}}); a.Status != 404 {
				t.Errorf("giving away %s picture: %d %s", what, a.Status, a.Raw)
			}
			if a := s.Stranger().Do("GET", p.files()+id+"/", nil); a.Status != 302 {
				t.Errorf("seeing %s picture: %d %s", what, a.Status, a.Raw)
			}
		}
		bob.Must("DELETE", p.files()+id+"/", nil)
		if a := s.Stranger().Do("GET", p.files()+id+"/", nil); a.Status != 404 {
			t.Errorf("a deleted picture: %d", a.Status)
		}
		bob.Must("POST", p.files()+"restore/"+id+"/", nil)
		if a := s.Stranger().Do("GET", p.files()+id+"/", nil); a.Status != 302 {
			t.Errorf("a restored picture: %d", a.Status)
		}
	})
}

func TestPicturesThatABoardDoesNotShow(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := publish(t, s)
		app := strings.Replace(p.project, "/api/", "/api/assets/v2/", 1)
		inside := p.make("issues/"+p.item+"/comments/", map[string]any{"comment_html": "inside"})
		open := p.make("issues/"+p.item+"/comments/", map[string]any{"comment_html": "open", "access": "EXTERNAL"})
		old := p.archived(t, "Old")
		elsewhere := p.newProject("Other", "OTHER")
		there := p.ann.Must("POST", elsewhere+"issues/", map[string]any{"name": "there"}).ID()
		comment := func(id string) map[string]any {
			return map[string]any{"entity_type": "COMMENT_DESCRIPTION", "entity_identifier": id}
		}
		text := func(id string) map[string]any {
			return map[string]any{"entity_type": "ISSUE_DESCRIPTION", "entity_identifier": id}
		}
		shown := sent(t, p.ann, app, comment(open))
		for what, id := range map[string]string{
			"of a comment inside":      sent(t, p.ann, app, comment(inside)),
			"of an archived work item": sent(t, p.ann, app, text(old)),
			"of another project":       sent(t, p.ann, strings.Replace(elsewhere, "/api/", "/api/assets/v2/", 1), text(there)),
			"that is a work item's own": sent(t, p.ann, app,
				map[string]any{"entity_type": "ISSUE_ATTACHMENT", "entity_identifier": p.item}),
		} {
			if a := s.Stranger().Do("GET", p.files()+id+"/", nil); a.Status != 404 {
				t.Errorf("a picture %s: %d %s", what, a.Status, a.Raw)
			}
		}
		for _, on := range []bool{true, false} {
			p.switches(map[string]any{"is_comments_enabled": on})
			if a := s.Stranger().Do("GET", p.files()+shown+"/", nil); (a.Status == 302) != on {
				t.Errorf("a picture of a comment, comments %v: %d", on, a.Status)
			}
		}
		p.switches(map[string]any{"is_comments_enabled": true})
		if a := p.ann.Do("POST", p.files(),
			map[string]any{"entity_type": "COMMENT_DESCRIPTION", "entity_identifier": inside}); a.Status != 400 {
			t.Errorf("a picture for a comment inside: %d %s", a.Status, a.Raw)
		}
	})
}
