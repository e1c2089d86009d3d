package api_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sailplane/sailplane/web/webtest"
)

// begin asks for an upload of one's own picture and returns where to send it and with which fields.
func begin(t *testing.T, c *webtest.Client, size int) (id, to string, fields map[string]any) {
	t.Helper()
	a := c.Must("POST", "/api/assets/v2/user-assets/",
		map[string]any{"name": "me.png", "type": "image/png", "size": size, "entity_type": "USER_AVATAR"})
	id, _ = a.At("asset_id").(string)
	to, _ = a.At("upload_data.url").(string)
	fields, _ = a.At("upload_data.fields").(map[string]any)
	return id, to, fields
}

// send posts an upload's form; the file comes from r, and is never in memory as a whole.
func send(t *testing.T, to string, fields map[string]any, r io.Reader) int {
	t.Helper()
	pr, pw := io.Pipe()
	form := multipart.NewWriter(pw)
	go func() {
		for k, v := range fields {
			form.WriteField(k, v.(string))
		}
		part, _ := form.CreateFormFile("file", "x.png")
		_, err := io.Copy(part, r)
		if err == nil {
			err = form.Close()
		}
		pw.CloseWithError(err)
	}()
	res, err := http.Post(to, form.FormDataContentType(), pr)
	if err != nil {
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}

func TestUploads(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		tampered := func(key, value string) func(map[string]any) { return func(f map[string]any) { f[key] = value } }
		for _, tc := range []struct {
			name   string
			change func(map[string]any)
			file   io.Reader
			status int
		}{
			{"as given out", func(map[string]any) {}, strings.NewReader("12345"), 204},
			{"shorter", func(map[string]any) {}, strings.NewReader("1"), 204},
			{"longer", func(map[string]any) {}, strings.NewReader("123456"), 413},
			{"another key", tampered("key", "x/other"), strings.NewReader("12345"), 403},
			{"another type", tampered("Content-Type", "text/html"), strings.NewReader("12345"), 403},
			{"another signature", tampered("signature", strings.Repeat("0", 64)), strings.NewReader("12345"), 403},
		} {
			_, to, fields := begin(t, ann, 5)
			tc.change(fields)
			if got := send(t, to, fields, tc.file); got != tc.status {
				t.Errorf("%s: %d, want %d", tc.name, got, tc.status)
			}
		}
	})
}

type cutReader struct{ left int }

func (c *cutReader) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, fmt.Errorf("the connection is cut")
	}
	n := min(len(p), c.left)
	c.left -= n
	return n, nil
}

func TestWhatACutUploadLeaves(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		_, to, fields := begin(t, s.User("ann"), 1<<20)
		send(t, to, fields, &cutReader{left: 300_000})
		for range 50 { // the server may still be about it
			time.Sleep(20 * time.Millisecond)
		}
		if err := s.App.Blob.Walk(t.Context(), func(key string, size int64, _ time.Time) error {
			t.Errorf("%s of %d bytes is left", key, size)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestHowAFileIsGivenOut(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		id, to, fields := begin(t, ann, 10)
		if got := send(t, to, fields, strings.NewReader("0123456789")); got != 204 {
			t.Fatalf("upload: %d", got)
		}
		ann.Must("PATCH", "/api/assets/v2/user-assets/"+id+"/", map[string]any{})
		at := s.Stranger().Do("GET", "/api/assets/v2/static/"+id+"/", nil).Header.Get("Location")
		u, err := url.Parse(at)
		if err != nil || u.Query().Get("signature") == "" {
			t.Fatalf("redirected to %q", at)
		}
		req, _ := http.NewRequestWithContext(t.Context(), "GET", at, nil)
		req.Header.Set("Range", "bytes=2-4")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != 206 || string(body) != "234" {
			t.Errorf("a range: %d %q", res.StatusCode, body)
		}
		for header, want := range map[string]string{"Content-Security-Policy": "sandbox; default-src 'none'",
			"X-Content-Type-Options": "nosniff", "Content-Type": "image/png"} {
			if got := res.Header.Get(header); got != want {
				t.Errorf("%s: %q, want %q", header, got, want)
			}
		}
		q := u.Query()
		q.Set("type", "text/html")
		u.RawQuery = q.Encode()
		if res, err := http.Get(u.String()); err != nil || res.StatusCode != 403 {
			t.Errorf("as another type: %v %v", res, err)
		}
	})
}

func TestManyUploadsNeedLittleMemory(t *testing.T) {
	const size, count, most = 5 << 20, 100, 100 << 20
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // as a server has it: garbage is counted
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann := s.User("ann")
		runtime.GC() // what other tests have left is not counted
		var idle runtime.MemStats
		runtime.ReadMemStats(&idle)
		stop, peak := make(chan struct{}), make(chan int64)
		go func() {
			var top int64
			for {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				top = max(top, int64(m.HeapInuse)-int64(idle.HeapInuse))
				select {
				case <-stop:
					peak <- top
					return
				case <-time.After(5 * time.Millisecond):
				}
			}
		}()
		chunk := bytes.Repeat([]byte("x"), 1<<20)
		var all sync.WaitGroup
		for range count {
			_, to, fields := begin(t, ann, size)
			all.Go(func() {
				parts := make([]io.Reader, 5)
				for i := range parts {
					parts[i] = bytes.NewReader(chunk)
				}
				if got := send(t, to, fields, io.MultiReader(parts...)); got != 204 {
					t.Errorf("upload: %d", got)
				}
			})
		}
		all.Wait()
		close(stop)
		if top := <-peak; top > most {
			t.Errorf("%d uploads at once took %d MiB", count, top>>20)
		}
	})
}
