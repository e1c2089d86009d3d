package live_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"regexp"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/web/webtest"
)

// versions are the texts of the page that are kept, the newest first.
func (w *world) versions() (texts []string) {
	w.t.Helper()
	var rows []struct{ ID string }
	if err := json.Unmarshal(w.owner.Must("GET", w.one()+"versions/", nil).Raw, &rows); err != nil {
		w.t.Fatal(err)
	}
	for _, row := range rows {
		html, _ := w.owner.Must("GET", w.one()+"versions/"+row.ID+"/", nil).At("description_html").(string)
		texts = append(texts, html)
	}
	return texts
}

// unsent types and does not say so yet; the update is what it would say.
func (e *editor) unsent(html string) []byte {
	e.w.t.Helper()
	text, err := document.FromHTML(html)
	if err != nil {
		e.w.t.Fatal(err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	update, err := e.doc.Replace(document.Body, text.Yjs(), e.id)
	if err != nil || update == nil {
		e.w.t.Fatalf("type: %v", err)
	}
	e.sent++
	return update
}

// What a script writes while people have the page open, by whatever door, everybody in it sees. What they type at that
// moment stays, and what was typed before is a version.
func TestScriptsWriteOnAnOpenPage(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		key := w.owner.WithKey()
		byKey := "/api/v1" + strings.TrimPrefix(w.one(), "/api")
		a, b := w.edit(w.owner).ready(), w.edit(w.join("bob", 15, 15)).ready()
		for i, door := range []struct {
			name  string
			write func(body map[string]any) webtest.Answer
		}{
			{"the text, by cookie", func(body map[string]any) webtest.Answer {
				return w.owner.Must("PATCH", w.one()+"description/", body)
			}},
			{"the page, by cookie", func(body map[string]any) webtest.Answer { return w.owner.Must("PATCH", w.one(), body) }},
			{"by key", func(body map[string]any) webtest.Answer { return key.Must("PUT", byKey, body) }},
		} {
			before, script, later := fmt.Sprint("typed before ", i), fmt.Sprint("by script ", i), fmt.Sprint("meanwhile ", i)
			a.write("<p>Begin</p><p>" + before + "</p>")
			a.saved()
			b.shows(before)
			typed := b.unsent("<p>Begin</p><p>" + before + "</p><p>" + later + "</p>")
			door.write(map[string]any{"description_html": "<p>Begin</p><p>" + script + "</p>"})
			b.send(0, uvarint(2), str(string(typed)))
			for _, e := range []*editor{a, b} {
				e.shows(script)
				e.shows(later)
				if html := e.html(); strings.Contains(html, before) {
					t.Errorf("%s: what the script left out is still there: %s", door.name, html)
				}
			}
			if all := strings.Join(w.versions(), "\n"); !strings.Contains(all, before) {
				t.Errorf("%s: no version has what was typed before: %s", door.name, all)
			}
			b.saved()
		}
		a.leave()
		b.leave()
		w.eventually("all of it is the page's", func() bool {
			return strings.Contains(w.html(), "by script 2") && strings.Contains(w.html(), "meanwhile 2")
		})
	})
}

// A document that nobody can read is refused with the name of the field, whether the page is open or not, and changes
// nothing.
func TestADocumentThatIsNoneIsRefused(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		try := func() {
			t.Helper()
			for _, garbage := range []string{"AQIDBP8A", base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{255}, 1000))} {
				answer := w.owner.Do("PATCH", w.one()+"description/", map[string]any{"description_html": "<p>x</p>",
					"description_binary": garbage})
				if answer.Status != 400 || answer.At("description_binary") == nil {
					t.Errorf("%.20s: %d %s", garbage, answer.Status, answer.Raw)
				}
			}
			if html := w.html(); html != "<p>Begin</p>" {
				t.Errorf("the page is %s", html)
			}
		}
		try()
		a := w.edit(w.owner).ready()
		try()
		a.write("<p>goes on</p>")
		a.saved()
	})
}

// Who takes an old version of an open page back by its HTML has everybody in it see that; what was there is kept.
func TestAVersionOfAnOpenPageIsTakenBack(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		w.owner.Must("PATCH", w.one()+"description/", map[string]any{"description_html": "<p>the old days</p>"})
		old := w.versions()[0]
		a, b := w.edit(w.owner).ready(), w.edit(w.join("bob", 15, 15)).ready()
		b.write("<p>all new</p>")
		b.saved()
		a.shows("all new")
		w.owner.Must("PATCH", w.one()+"description/", map[string]any{"description_html": old})
		for _, e := range []*editor{a, b} {
			e.shows("the old days")
			w.eventually("what was typed is gone", func() bool { return !strings.Contains(e.html(), "all new") })
		}
		a.leave()
		b.leave()
		all := w.versions()
		if !strings.Contains(all[0], "the old days") || !strings.Contains(strings.Join(all, "\n"), "all new") {
			t.Errorf("the versions are %q", all)
		}
		if again := w.edit(w.owner).ready(); !strings.Contains(again.html(), "the old days") {
			t.Errorf("opened again: %s", again.html())
		}
	})
}

var pictures = regexp.MustCompile(`<image-component[^>]*\ssrc="([^"]*)"`)

// The copy of an open page has what was typed on it just now, and pictures of its own: they stay when the page goes.
func TestTheCopyOfAnOpenPageHasItsOwnPictures(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		picture := w.upload("picture.png", "a picture")
		a := w.edit(w.owner).ready()
		a.write(`<p>look</p><image-component src="` + picture + `" width="35%"></image-component>`)
		a.saved()
		copied := w.pages() + w.owner.Must("POST", w.one()+"duplicate/", nil).ID() + "/"
		own := ""
		w.eventually("the copy has its own picture", func() bool {
			html, _ := w.owner.Must("GET", copied, nil).At("description_html").(string)
			if found := pictures.FindStringSubmatch(html); found != nil {
				own = found[1]
			}
			return strings.Contains(html, "look") && own != "" && own != picture
		})
		a.leave()
		w.eventually("the page has what was typed", func() bool { return strings.Contains(w.html(), picture) })
		asset := func(id string) string {
			return "/api/assets/v2/workspaces/acme/projects/" + w.project + "/" + id + "/"
		}
		w.owner.Must("DELETE", asset(picture), nil)
		if got := w.owner.Do("GET", asset(picture), nil); got.Status != 404 {
			t.Errorf("the first picture: %d", got.Status)
		}
		if got := w.owner.Do("GET", asset(own), nil); got.Status != 302 {
			t.Errorf("the copy's picture: %d %s", got.Status, got.Raw)
		}
	})
}

// upload puts a file on the page, as its editor does, and returns the asset's id.
func (w *world) upload(name, content string) string {
	w.t.Helper()
	at := "/api/assets/v2/workspaces/acme/projects/" + w.project + "/"
	begun := w.owner.Must("POST", at, map[string]any{"name": name, "type": "image/png", "size": len(content),
		"entity_type": "PAGE_DESCRIPTION", "entity_identifier": w.page})
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	fields, _ := begun.At("upload_data.fields").(map[string]any)
	for key, value := range fields {
		if err := form.WriteField(key, value.(string)); err != nil {
			w.t.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = file.Write([]byte(content))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	to, _ := begun.At("upload_data.url").(string)
	if a := w.s.Stranger().Send("POST", to, form.FormDataContentType(), &b); a.Status >= 300 {
		w.t.Fatalf("send a picture: %d %s", a.Status, a.Raw)
	}
	id, _ := begun.At("asset_id").(string)
	w.owner.Must("PATCH", at+id+"/", map[string]any{"is_uploaded": true})
	return id
}
