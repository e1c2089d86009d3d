package api_test

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/retention"
	"github.com/sailplane/sailplane/store/blob/blobtest"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// desk is a work item, somebody to put files on it, and their address.
type desk struct {
	*webtest.Server
	ann         *webtest.Client
	files, item string
}

func newDesk(t *testing.T, s *webtest.Server) *desk {
	t.Helper()
	ann, items := tracker(t, s)
	item := ann.Must("POST", items, map[string]any{"name": "item"}).ID()
	at := strings.Replace(items, "/api/workspaces/", "/api/assets/v2/workspaces/", 1)
	return &desk{s, ann, at + item + "/attachments/", items + item + "/"}
}

// eachDesk runs a test with files in a folder, on both databases, and with files in a bucket.
func eachDesk(t *testing.T, test func(t *testing.T, d *desk)) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) { test(t, newDesk(t, s)) })
	t.Run("bucket", func(t *testing.T) {
		a := apptest.New(t, storetest.SQLite(t))
		a.Blob = blobtest.New(t)
		test(t, newDesk(t, webtest.New(t, a)))
	})
}

// begin announces a file and returns its id, where to send it and with which fields.
func (d *desk) begin(t *testing.T, name, kind string, size int) (id, to string, fields map[string]any) {
	t.Helper()
	a := d.ann.Must("POST", d.files, map[string]any{"name": name, "type": kind, "size": size})
	id, _ = a.At("asset_id").(string)
	to, _ = a.At("upload_data.url").(string)
	fields, _ = a.At("upload_data.fields").(map[string]any)
	return id, to, fields
}

// put announces, sends and confirms a file.
func (d *desk) put(t *testing.T, name, kind, content string) (id string) {
	t.Helper()
	id, to, fields := d.begin(t, name, kind, len(content))
	if got := send(t, to, fields, strings.NewReader(content)); got != http.StatusNoContent {
		t.Fatalf("sending %q: %d", name, got)
	}
	d.ann.Must("PATCH", d.files+id+"/", map[string]any{})
	return id
}

// fetch follows where a file's address leads to.
func (d *desk) fetch(t *testing.T, id string, headers ...string) *http.Response {
	t.Helper()
	a := d.ann.Do("GET", d.files+id+"/", nil)
	if a.Status != http.StatusFound {
		t.Fatalf("fetching: %d %s", a.Status, a.Raw)
	}
	req, err := http.NewRequestWithContext(t.Context(), "GET", a.Header.Get("Location"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func text(t *testing.T, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// listed are the ids of the work item's files.
func (d *desk) listed() (ids []string) {
	for _, a := range d.ann.Must("GET", d.files, nil).JSON().([]any) {
		ids = append(ids, a.(map[string]any)["id"].(string))
	}
	return ids
}

// stored are the keys of the bytes that are kept.
func (d *desk) stored(t *testing.T) (keys []string) {
	t.Helper()
	if err := d.App.Blob.Walk(t.Context(),
		func(key string, _ int64, _ time.Time) error { keys = append(keys, key); return nil }); err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestAnAttachmentComesAndGoes(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		content := strings.Repeat("0123456789", 100_000)
		id, to, fields := d.begin(t, "a.txt", "text/plain", len(content))
		if a := d.ann.Do("GET", d.files+id+"/", nil); a.Status != http.StatusBadRequest || len(d.listed()) != 0 {
			t.Errorf("it shows before it is there: %d, %v", a.Status, d.listed())
		}
		if got := send(t, to, fields, strings.NewReader(content)); got != http.StatusNoContent {
			t.Fatalf("sending: %d", got)
		}
		d.ann.Must("PATCH", d.files+id+"/", map[string]any{})
		if l := d.listed(); len(l) != 1 || l[0] != id {
			t.Errorf("listed: %v", l)
		}
		if got := text(t, d.fetch(t, id)); got != content {
			t.Errorf("fetched %d bytes, sent %d", len(got), len(content))
		}
		res := d.fetch(t, id, "Range", "bytes=999995-")
		if got := text(t, res); res.StatusCode != http.StatusPartialContent || got != "56789" {
			t.Errorf("a range: %d %q", res.StatusCode, got)
		}
		d.ann.Must("DELETE", d.files+id+"/", nil)
		if a := d.ann.Do("GET", d.files+id+"/", nil); a.Status != http.StatusNotFound || len(d.listed()) != 0 {
			t.Errorf("it shows when it is deleted: %d, %v", a.Status, d.listed())
		}
	})
}

func TestACutAttachmentLeavesNothing(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		_, to, fields := d.begin(t, "a.txt", "text/plain", 1<<20)
		send(t, to, fields, &cutReader{left: 300_000})
		time.Sleep(200 * time.Millisecond) // the server may still be about it
		if l, s := d.listed(), d.stored(t); len(l)+len(s) > 0 {
			t.Errorf("listed %v, stored %v", l, s)
		}
	})
}

func TestWhatNeverArrivesIsSwept(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.begin(t, "announced.txt", "text/plain", 5)
		_, to, fields := d.begin(t, "sent.txt", "text/plain", 5)
		if got := send(t, to, fields, strings.NewReader("12345")); got != http.StatusNoContent {
			t.Fatal(got)
		}
		kept := d.put(t, "kept.txt", "text/plain", "12345")
		for _, sweep := range []struct {
			after         time.Duration
			rows, objects int
		}{{7*24*time.Hour - time.Hour, 3, 2}, {7*24*time.Hour + time.Hour, 1, 1}} {
			d.App.DB.OwnClock().Run(sweep.after)
			if err := retention.Round(t.Context(), d.App, struct{}{}); err != nil {
				t.Fatal(err)
			}
			d.App.DB.OwnClock().Run(0)
			all := d.ann.Must("GET", d.item+"issue-attachments/", nil).JSON().([]any) // those that have not arrived too
			if s := d.stored(t); len(all) != sweep.rows || len(s) != sweep.objects {
				t.Errorf("after %v: %d rows, want %d; %d files, want %d", sweep.after, len(all), sweep.rows, len(s), sweep.objects)
			}
		}
		if got := text(t, d.fetch(t, kept)); got != "12345" {
			t.Errorf("what arrived is %q", got)
		}
	})
}

func TestNamesOfAttachments(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		for sent, want := range map[string]string{
			"../../../etc/passwd":          "passwd",
			`..\..\windows\system.ini`:     "system.ini",
			"..":                           "unnamed",
			"":                             "unnamed",
			`it's "quoted".txt`:            `it's "quoted".txt`,
			"a;filename=b.txt":             "a;filename=b.txt",
			"Übung 漢字 😀.pdf":               "Übung 漢字 😀.pdf",
			"50% off?&x=y#z.png":           "50% off?&x=y#z.png",
			"two\nlines.txt":               "two\nlines.txt",
			"a\r\nSet-Cookie: x=y.txt":     "a\r\nSet-Cookie: x=y.txt",
			"<img src=x onerror=alert(1)>": "<img src=x onerror=alert(1)>",
			strings.Repeat("ä", 300):       strings.Repeat("ä", 300),
			"\x1b[31mred\x7f.txt":          "\x1b[31mred\x7f.txt",
		} {
			id := d.put(t, sent, "text/plain", "content of "+want)
			res := d.fetch(t, id)
			if got := text(t, res); res.StatusCode != http.StatusOK || got != "content of "+want {
				t.Errorf("%q: %d %q", sent, res.StatusCode, got)
			}
			kind, params, err := mime.ParseMediaType(res.Header.Get("Content-Disposition"))
			if err != nil || kind != "attachment" || params["filename"] != want {
				t.Errorf("%q comes as %q (%v), want %q", sent, res.Header.Get("Content-Disposition"), err, want)
			}
			if len(res.Cookies()) > 0 {
				t.Errorf("%q sets a cookie", sent)
			}
		}
		for _, key := range d.stored(t) {
			if strings.Contains(key, "..") || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' }) ||
				strings.Count(key, "/") != 1 {
				t.Errorf("kept as %q", key)
			}
		}
	})
}

// oldForm sends a file with the older form, which takes the type from the file's own header.
func (d *desk) oldForm(name, kind string, content io.Reader) webtest.Answer {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, _ := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="asset"; filename=%q`, name)}, "Content-Type": {kind}})
	io.Copy(part, content)
	form.Close()
	return d.ann.Send("POST", d.item+"issue-attachments/", form.FormDataContentType(), &body)
}

func TestNothingRunsInOurOrigin(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		const page = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg><html><script>alert(1)</script></html>`
		ids := map[string]string{}
		for _, kind := range []string{"image/svg+xml", "text/xml", "application/xml", "text/javascript", "text/css",
			"text/plain", "text/markdown", "application/octet-stream", "image/png", "application/pdf"} {
			ids["announced as "+kind] = d.put(t, "page.html", kind, page)
		}
		for _, kind := range []string{"text/html", "TEXT/HTML; charset=utf-8", "image/svg+xml", "application/xhtml+xml", "",
			"nonsense", "text/plain"} {
			a := d.oldForm("page.html", kind, strings.NewReader(page))
			if a.Status != http.StatusCreated {
				t.Fatalf("sent as %q: %d %s", kind, a.Status, a.Raw)
			}
			ids["sent as "+kind] = a.ID()
		}
		for name, id := range ids {
			res := d.fetch(t, id)
			if got := text(t, res); got != page {
				t.Errorf("%s: %q", name, got)
			}
			kind := res.Header.Get("Content-Type")
			for _, bad := range []string{"html", "svg", "xml", "script", "css"} {
				if strings.Contains(strings.ToLower(kind), bad) {
					t.Errorf("%s is served as %s", name, kind)
				}
			}
			if kind == "" {
				t.Errorf("%s is served as nothing", name)
			}
			for header, want := range map[string]string{"Content-Disposition": "attachment;",
				"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"} {
				if got := res.Header.Get(header); !strings.HasPrefix(got, want) {
					t.Errorf("%s has %s %q", name, header, got)
				}
			}
		}
	})
}

func TestAttachmentsOfAWrongType(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		d := newDesk(t, s)
		for _, kind := range []any{"text/html", "application/x-msdownload", "application/xhtml+xml", "image/svg+xml ",
			"TEXT/PLAIN", "", nil, 5, []string{"text/plain"}} {
			a := d.ann.Do("POST", d.files, map[string]any{"name": "a", "type": kind, "size": 5})
			if a.Status != http.StatusBadRequest || a.At("status") != false {
				t.Errorf("%v: %d %s", kind, a.Status, a.Raw)
			}
		}
		if all := d.ann.Must("GET", d.item+"issue-attachments/", nil).JSON().([]any); len(all) > 0 {
			t.Errorf("%d rows are left", len(all))
		}
	})
}

func TestAttachmentsThatAreTooLarge(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.App.Config.Limits.FileSize = 1000
		for _, tc := range []struct {
			name            string
			announced, sent int
			status          int
		}{
			{"as large as may be", 1000, 1000, 204}, {"announced larger", 5000, 1000, 204},
			{"larger than announced", 10, 11, 413},
			{"larger than may be", 5000, 1001, 413}, {"far larger", 1000, 2 << 20, 413},
		} {
			before := len(d.stored(t))
			_, to, fields := d.begin(t, "a.txt", "text/plain", tc.announced)
			got := send(t, to, fields, bytes.NewReader(make([]byte, tc.sent)))
			if got != tc.status && !(tc.name == "far larger" && got == 0) { // the connection may end before the answer is read
				t.Errorf("%s: %d, want %d", tc.name, got, tc.status)
			}
			if kept := len(d.stored(t)) - before; (kept == 1) != (tc.status == 204) {
				t.Errorf("%s: %d files more", tc.name, kept)
			}
		}
		before := len(d.stored(t))
		if a := d.oldForm("a.txt", "text/plain",
			bytes.NewReader(make([]byte, 1001))); a.Status != http.StatusRequestEntityTooLarge || len(d.stored(t)) != before {
			t.Errorf("with the older form: %d %s", a.Status, a.Raw)
		}
	})
}
