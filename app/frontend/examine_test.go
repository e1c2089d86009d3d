package frontend_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/frontend"
	"github.com/sailplane/sailplane/app/frontend/frontendtest"
)

func TestExamine(t *testing.T) {
	pulled := &frontend.Info{Version: frontend.Version, Parts: []frontend.Part{{Name: "web", Files: 2}}}
	far := strings.Repeat("x", 256<<10-20) + `,VITE_API_BASE_URL:"https://api.example.com",VITE_WEB_BASE_URL:"https://x.example.org/"`
	for _, tt := range []struct {
		name   string
		change map[string]string // of the files; "" takes one away
		info   *frontend.Info
		config func(*app.WebConfig)
		want   string // level and a part of what is said
	}{
		{"as it should be", nil, pulled, nil, "0 version 0 web 0 admin 0 space"},
		{"nobody knows the version", nil, nil, nil, "1 version do not say 0 web 0 admin 0 space"},
		{"an older release", nil, &frontend.Info{Version: "v1.2.0"}, nil, "1 version v1.2.0 0 web 0 admin 0 space"},
		{"a file is gone", map[string]string{"assets/app-1.js": ""}, pulled, nil,
			"0 version 2 web 1 files are there, and 2 were pulled 0 admin 0 space"},
		{"no admin", map[string]string{"god-mode/index.html": ""}, pulled, nil,
			"0 version 0 web 1 admin there is no administrators' frontend 0 space"},
		{"no space", map[string]string{"spaces/assets/manifest-3.js": ""}, pulled, nil,
			"0 version 0 web 0 admin 1 space there is no published boards' frontend"},
		{"other paths", nil, pulled, func(c *app.WebConfig) { c.AdminPath, c.SpacePath = "/admin/", "boards" },
			"0 version 0 web 2 admin /god-mode/ and is looked for at /admin/ 2 space /spaces/ and is looked for at /boards/"},
		{"for another server", map[string]string{"assets/app-1.js": far}, pulled, nil,
			"0 version 2 web VITE_API_BASE_URL=https://api.example.com, VITE_WEB_BASE_URL=https://x.example.org/ 0 admin 0 space"},
		{"for this server", map[string]string{"assets/app-1.js": `{"VITE_WEB_BASE_URL": 'https://x.example.org'}`}, pulled,
			func(c *app.WebConfig) { c.AppURL = "https://x.example.org/" }, "0 version 0 web 0 admin 0 space"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			content := published("x")
			for name, text := range tt.change {
				content[name] = text
				if text == "" {
					delete(content, name)
				}
			}
			cfg := app.Defaults().Web
			if tt.config != nil {
				tt.config(&cfg)
			}
			found, err := frontend.Examine(write(t, t.TempDir(), content), tt.info, &cfg)
			if err != nil || len(found) != 4 {
				t.Fatalf("%+v, %v", found, err)
			}
			var said strings.Builder
			for _, f := range found {
				part := f.Part
				if part == "" {
					part = "version"
				}
				fmt.Fprintf(&said, "%d %s %s ", f.Level, part, f.What)
				if (f.Level == frontend.Fine) != (f.Do == "") {
					t.Errorf("%+v: what is to be done?", f)
				}
			}
			rest := said.String()
			for word := range strings.FieldsSeq(tt.want) {
				i := strings.Index(rest, word)
				if i < 0 {
					t.Fatalf("said %s\nwant %s", said.String(), tt.want)
				}
				rest = rest[i+len(word):]
			}
		})
	}
}

// A server pulls in the background, one at a time, and only from where its settings let it go.
func TestBackground(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Frontends = filepath.Join(t.TempDir(), "frontend")
		g := frontendtest.NewRegistry()
		g.Publish("v1.3.1", "x")
		from := start(t, g)
		wait := func(b *frontend.Background) frontend.Pulling {
			for b.State().Running {
				time.Sleep(time.Millisecond)
			}
			return b.State()
		}
		var b frontend.Background
		if s := b.State(); !s.Began.IsZero() || s.Running {
			t.Errorf("before the first: %+v", s)
		}
		for _, from := range []string{a.Frontends, "/etc", "nowhere", "http://192.0.2.1/x"} {
			if err := b.Start(a, from, ""); err == nil {
				t.Errorf("%s: it has begun", from)
			}
		}
		if err := b.Start(a, from, "../v1"); err == nil {
			t.Error("a bad version: it has begun")
		}
		if err := b.Start(a, from, ""); err != nil {
			t.Fatal(err)
		}
		if s := wait(&b); s.Error == "" || s.Info != nil || g.Sent() > 0 {
			t.Errorf("a private network that is not allowed: %+v", s)
		}
		a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		if err := b.Start(a, from, ""); err != nil {
			t.Fatal(err)
		}
		if s := wait(&b); s.Error != "" || s.Info == nil || s.Info.Version != "v1.3.1" || s.Progress.Step != "saving" {
			t.Errorf("a network that is allowed: %+v", s)
		}
		if _, got := current(t, a.Frontends); cmp.Diff(published("x"), got) != "" {
			t.Errorf("the build: %v", got)
		}
	})
}
