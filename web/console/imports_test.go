package console_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

// sendFile sends a form with a file; its first field is the token.
func (b *browser) sendFile(path, token, name string, content []byte, fields ...string) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("csrfmiddlewaretoken", token)
	for i := 0; i+1 < len(fields); i += 2 {
		w.WriteField(fields[i], fields[i+1])
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		b.t.Fatal(err)
	}
	part.Write(content)
	w.Close()
	req, err := http.NewRequest(http.MethodPost, b.s.URL+path, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	res, err := b.Client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	var text bytes.Buffer
	text.ReadFrom(res.Body)
	return answer{res.StatusCode, res.Header.Get("Location"), res.Header, text.String()}
}

// still loads a page again and again, as it does itself, until it no longer does.
func (b *browser) still(path string) answer {
	b.t.Helper()
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		a := b.get(path)
		if !strings.Contains(a.text, `http-equiv="refresh"`) || time.Now().After(end) {
			return a
		}
	}
}

// From the file to the report and back, in the browser of who administers the workspace; of the installation's
// administrator, too, who is not in it.
func TestImportsInTheConsole(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, member := people(t, s)
		member.Must("POST", "/api/workspaces/", map[string]string{"name": "Harbour", "slug": "harbour"})
		content, err := os.ReadFile("../../app/importer/reader/testdata/jira.csv")
		if err != nil {
			t.Fatal(err)
		}
		for _, who := range []*webtest.Client{member, admin} {
			b, at := as(t, s, who), "/console/workspaces/harbour/imports/"
			look(t, at, b.get(at))
			a := b.sendFile(at, b.cookie(web.CSRFCookie), "jira.csv", content, "kind", "jira", "project", "BRT")
			one, _, _ := strings.Cut(a.to, "?")
			if a.status != http.StatusSeeOther || !strings.HasPrefix(one, at) {
				t.Fatalf("%d %s %s", a.status, a.to, a.says())
			}
			a = b.still(one)
			look(t, one, a)
			if !strings.Contains(a.says(), "What would be made") || !strings.Contains(a.says(), "Who the people are") {
				t.Fatalf("%s", a.says())
			}
			name := regexp.MustCompile(`name="name" value="([^"]+)"`).FindStringSubmatch(a.text)
			if name == nil {
				t.Fatalf("nobody is asked for: %s", a.text)
			}
			b.try([]sent{
				{one + "mapping/", []string{"mapping", "[colours]\na='b'"}, "", "there is no colours"},
				{one + "mapping/", []string{"mapping", "= ="}, "", "The other names: line 1"},
				{one + "mapping/", []string{"project", strings.Repeat("P", 13)}, "", "no more than 12"},
				{one + "mapping/", []string{"dates", "never"}, "", "dates"},
				{one + "cancel/", nil, "", "Nothing is being done"},
				{one + "undo/", nil, "", "There is nothing of it here"},
				{one + "mapping/", []string{"project", "BRT", "name", name[1], "to", *member.User.Email, "dates", "dmy",
					"mapping", "[labels]\n\"x\" = \"y\"\n"}, one + "?done=import-mapped", ""},
			})
			if a = b.still(one); !strings.Contains(a.says(), "a member") || !strings.Contains(a.text, *member.User.Email) {
				t.Errorf("%s", a.says())
			}
			b.try([]sent{{one + "start/", nil, one + "?done=import-ordered", ""}})
			a = b.still(one)
			look(t, one, a)
			if !strings.Contains(a.says(), "Import again") || !strings.Contains(a.says(), "Report") {
				t.Errorf("%s", a.says())
			}
			b.try([]sent{{one + "undo/", nil, one + "?done=import-ordered", ""}})
			if a = b.still(one); !strings.Contains(a.says(), "Removed:") || !strings.Contains(a.says(), "taken back") {
				t.Errorf("%s", a.says())
			}
			b.try([]sent{{one + "delete/", nil, at + "?done=import-deleted", ""}})
		}
		if a := as(t, s, member).get("/console/account/imports/"); !strings.Contains(a.text, "/console/workspaces/harbour/imports/") {
			t.Errorf("%s", a.text)
		}
	})
}

// A file that another site sends, or that is refused, leaves nothing.
func TestRefusedFilesInTheConsole(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		admin, member := people(t, s)
		admin.Must("POST", "/api/workspaces/", map[string]string{"name": "Harbour", "slug": "harbour"})
		at := "/console/workspaces/harbour/imports/"
		b, other := as(t, s, admin), as(t, s, member)
		b.get(at)
		other.get(at)
		s.App.Config.Limits.ImportSize = 1000
		for _, c := range []struct {
			b      *browser
			token  string
			file   string
			kind   string
			status int
			says   string
		}{
			{b, strings.Repeat("x", 64), "x", "jira", 403, "Nothing was changed"},
			{b, "", "x", "jira", 403, "Nothing was changed"},
			{other, other.cookie(web.CSRFCookie), "x", "jira", 403, ""},
			{b, b.cookie(web.CSRFCookie), strings.Repeat("x", 1001), "jira", 413, "limits.import_size"},
			{b, b.cookie(web.CSRFCookie), "", "jira", 400, "empty"},
			{b, b.cookie(web.CSRFCookie), "x", "abacus", 400, "is none of"},
		} {
			if a := c.b.sendFile(at, c.token, "a.csv", []byte(c.file), "kind", c.kind); a.status != c.status ||
				!strings.Contains(a.says(), c.says) {
				t.Errorf("%q, %d bytes of %s: %d %s", c.token, len(c.file), c.kind, a.status, a.says())
			}
		}
		if a := b.post(at, "kind", "jira"); a.status != http.StatusBadRequest || !strings.Contains(a.says(), "no file") {
			t.Errorf("a form without a file: %d %s", a.status, a.says())
		}
		if a := b.get("/console/workspaces/nowhere/imports/"); a.status != http.StatusNotFound {
			t.Errorf("a workspace that is not there: %d", a.status)
		}
		if n, err := store.ImportUploads.Count(s.App.DB.Read(t.Context()), dbx.NewExp("1 = 1")); n != 0 || err != nil {
			t.Errorf("%d uploads are left (%v)", n, err)
		}
	})
}
