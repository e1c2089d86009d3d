package api_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/webtest"
)

// FuzzUploadForm sends anything as the form of an upload, to both addresses that take one: it is never the server's
// fault. The fields of a form that was given out are put in where the body has {key}, {policy} and {signature}.
func FuzzUploadForm(f *testing.F) {
	a := apptest.New(f, storetest.SQLite(f))
	a.Log = slog.New(slog.DiscardHandler)
	a.Config.Limits.FileSize = 10_000
	s := webtest.New(f, a)
	ann, items := tracker(f, s)
	item := ann.Must("POST", items, map[string]any{"name": "item"}).ID()
	begun := ann.Must("POST", "/api/assets/v2/user-assets/",
		map[string]any{"name": "me.png", "type": "image/png", "size": 1000, "entity_type": "USER_AVATAR"})
	fields := map[string]string{}
	raw, _ := json.Marshal(begun.At("upload_data.fields"))
	if err := json.Unmarshal(raw, &fields); err != nil || fields["policy"] == "" {
		f.Fatalf("%s: %v", raw, err)
	}
	seedUploadForms(f)
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		for name, value := range fields {
			body = bytes.ReplaceAll(body, []byte("{"+name+"}"), []byte(value))
		}
		for _, path := range []string{"/uploads/", items + item + "/issue-attachments/"} {
			r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
			r.Header.Set("Content-Type", contentType)
			r.AddCookie(&http.Cookie{Name: web.SessionCookie, Value: "session-of-ann"})
			w := httptest.NewRecorder()
			s.Config.Handler.ServeHTTP(w, r)
			if w.Code >= 500 {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
	})
}

func seedUploadForms(f *testing.F) {
	seed := func(write func(form *multipart.Writer)) {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		if err := form.SetBoundary("x"); err != nil {
			f.Fatal(err)
		}
		write(form)
		form.Close()
		f.Add("multipart/form-data; boundary=x", body.Bytes())
		f.Add("multipart/form-data; boundary=x", body.Bytes()[:body.Len()/2])
	}
	signed := func(form *multipart.Writer) {
		for _, name := range []string{"Content-Type", "key", "policy", "signature"} {
			form.WriteField(name, "{"+name+"}")
		}
	}
	seed(func(form *multipart.Writer) {
		signed(form)
		part, _ := form.CreateFormFile("file", "me.png")
		part.Write([]byte("hello"))
	})
	seed(func(form *multipart.Writer) {
		part, _ := form.CreateFormFile("file", "me.png") // before the fields
		part.Write([]byte("hello"))
		signed(form)
	})
	seed(func(form *multipart.Writer) {
		form.WriteField("attributes", `{"name": "x"}`)
		part, _ := form.CreateFormFile("asset", "../a.txt")
		part.Write(bytes.Repeat([]byte("x"), 20_000))
	})
	f.Add("multipart/form-data; boundary=x",
		[]byte("--x\r\nContent-Disposition: form-data; name=\"asset\"; filename*=UTF-8''%00a\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=zz\r\n--x--"))
	f.Add("multipart/form-data", []byte("--x--"))
	f.Add("multipart/mixed; boundary=\"\"", []byte("--\r\n"))
	f.Add("application/x-www-form-urlencoded", []byte("asset=x"))
}
