package routes_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// flow is what the frontends send for one thing that a person does.
type flow struct {
	name  string
	steps []browserStep
}

type browserStep struct {
	line               int
	method, path, body string
	status             int
	keep               [][2]string // name, where in the answer
}

var (
	requestLine = regexp.MustCompile(`^([A-Z]+) (\d+) (\S+)(?: (.*))?$`)
	keptLine    = regexp.MustCompile(`^  (\w+) = (\S+)$`)
	placeholder = regexp.MustCompile(`<([a-z]+\d*)>`)
)

func readFlows(t *testing.T) (flows []flow) {
	t.Helper()
	text, err := os.ReadFile("testdata/browser.txt")
	if err != nil {
		t.Fatal(err)
	}
	for n, line := range strings.Split(string(text), "\n") {
		if name, ok := strings.CutPrefix(line, "== "); ok {
			flows = append(flows, flow{name: name})
			continue
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := &flows[len(flows)-1]
		if m := keptLine.FindStringSubmatch(line); m != nil {
			last := &f.steps[len(f.steps)-1]
			last.keep = append(last.keep, [2]string{m[1], m[2]})
			continue
		}
		m := requestLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("line %d: %q", n+1, line)
		}
		status, _ := strconv.Atoi(m[2])
		f.steps = append(f.steps, browserStep{line: n + 1, method: m[1], path: m[3], body: m[4], status: status})
	}
	return flows
}

// browser is a browser with its cookies, and what it has kept of answers.
type browser struct {
	*http.Client
	origin string
	kept   map[string]string
	begun  map[string]map[string]any // what answered when a file was begun, by its id
}

func newBrowser(t *testing.T, s *webtest.Server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{&http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, s.URL,
		map[string]string{}, map[string]map[string]any{}}
}

// fill puts in what was kept; tags of texts are no placeholders, since nothing is kept under their names.
func (b *browser) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		name := found[1 : len(found)-1]
		if name == "new" {
			return store.NewID()
		}
		if id, ok := b.kept[name]; ok {
			return id
		}
		return found
	})
}

// do sends a request as a page of ours does and returns what came back.
func (b *browser) do(method, path, kind string, body io.Reader) (*http.Response, []byte, error) {
	if strings.HasPrefix(path, "/") {
		path = b.origin + path
	}
	req, err := http.NewRequest(method, path, body)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Origin", b.origin)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := b.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return res, raw, err
}

func (b *browser) play(s browserStep) (*http.Response, []byte, error) {
	path, body := b.fill(s.path), b.fill(s.body)
	switch s.method {
	case "FORM":
		_, raw, err := b.do("GET", "/auth/get-csrf-token/", "", nil)
		if err != nil {
			return nil, nil, err
		}
		var proof struct {
			Token string `json:"csrf_token"`
		}
		if err := json.Unmarshal(raw, &proof); err != nil {
			return nil, nil, err
		}
		body = strings.TrimSuffix("csrfmiddlewaretoken="+url.QueryEscape(proof.Token)+"&"+body, "&")
		return b.do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(body))
	case "SEND":
		form := b.begun[path]
		fields, _ := form["fields"].(map[string]any)
		var buf bytes.Buffer
		w := multipart.NewWriter(&buf)
		for k, v := range fields {
			w.WriteField(k, fmt.Sprint(v))
		}
		part, _ := w.CreateFormFile("file", "a.png")
		part.Write([]byte("12345"))
		w.Close()
		return b.do("POST", fmt.Sprint(form["url"]), w.FormDataContentType(), &buf)
	}
	if body == "" {
		return b.do(s.method, path, "", nil)
	}
	return b.do(s.method, path, "application/json", strings.NewReader(body))
}

// note keeps of an answer what the table says, and the form of a file.
func (b *browser) note(s browserStep, raw []byte) error {
	var answer any
	if err := json.Unmarshal(raw, &answer); err != nil && len(s.keep) > 0 {
		return err
	}
	for _, k := range s.keep {
		id, ok := dig(answer, k[1]).(string)
		if !ok {
			return fmt.Errorf("the answer has no %s: %.200s", k[1], raw)
		}
		b.kept[k[0]] = id
	}
	if m, ok := answer.(map[string]any); ok {
		if form, ok := m["upload_data"].(map[string]any); ok {
			b.begun[fmt.Sprint(m["asset_id"])] = form
		}
	}
	return nil
}

func dig(v any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[key]
		case []any:
			n, err := strconv.Atoi(key)
			if err != nil || n >= len(at) {
				return nil
			}
			v = at[n]
		default:
			return nil
		}
	}
	return v
}

// What a browser sends is answered as the frontends expect, from an empty installation on.
func TestWhatBrowsersSend(t *testing.T) {
	flows := readFlows(t)
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		b := newBrowser(t, s)
		for _, f := range flows {
			for _, step := range f.steps {
				res, raw, err := b.play(step)
				if err != nil {
					t.Fatalf("%s, line %d: %v", f.name, step.line, err)
				}
				if res.StatusCode != step.status {
					t.Fatalf("%s, line %d: %s %s: %d %.300s, want %d", f.name, step.line, step.method, b.fill(step.path),
						res.StatusCode, raw, step.status)
				}
				// The pages for signing in say in the address that they go to whether they let somebody in.
				refused := strings.Contains(res.Header.Get("Location"), "error_code")
				if step.method == "FORM" && refused != (f.name == "sign-in-wrong") {
					t.Fatalf("%s, line %d: goes to %s", f.name, step.line, res.Header.Get("Location"))
				}
				if err := b.note(step, raw); err != nil {
					t.Fatalf("%s, line %d: %v", f.name, step.line, err)
				}
			}
		}
		b.checkWhatIsLeft(t)
	})
}

// checkWhatIsLeft looks whether what was sent is there: the cover and the pictures, as they were sent.
func (b *browser) checkWhatIsLeft(t *testing.T) {
	t.Helper()
	_, raw, err := b.do("GET", b.fill("/api/workspaces/acme/projects/<project>/"), "", nil)
	if want := `"cover_image_url":"/api/assets/v2/static/` + b.kept["cover"] + `/"`; err != nil ||
		!strings.Contains(string(raw), want) {
		t.Errorf("the project: %.300s, want %s (%v)", raw, want, err)
	}
	project := b.fill("/api/assets/v2/workspaces/acme/projects/<project>/")
	for name, at := range map[string]string{"cover": "/api/assets/v2/static/", "avatar": "/api/assets/v2/static/",
		"picture1": project, "picture2": project, "picture3": project, "picture4": project, "picture5": project} {
		res, _, err := b.do("GET", at+b.kept[name]+"/", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, raw, err = b.do("GET", res.Header.Get("Location"), "", nil); err != nil || string(raw) != "12345" {
			t.Errorf("%s: %q %v", name, raw, err)
		}
	}
}
