package frontend_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app/frontend"
	"github.com/sailplane/sailplane/app/frontend/frontendtest"
)

func TestMain(m *testing.M) {
	frontend.Hurried()
	os.Exit(m.Run())
}

// start serves a registry; the address is that of its images.
func start(t testing.TB, g *frontendtest.Registry) string {
	t.Helper()
	s := httptest.NewServer(g)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://") + "/makeplane"
}

// files returns what a build holds.
func files(t testing.TB, build string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(build, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		below, _ := filepath.Rel(build, name)
		found[filepath.ToSlash(below)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// current returns what the build in force holds.
func current(t testing.TB, folder string) (*frontend.Info, map[string]string) {
	t.Helper()
	build, info, err := frontend.Current(folder)
	if err != nil {
		t.Fatal(err)
	}
	return info, files(t, build)
}

// published is what a pull of frontendtest's images makes.
func published(text string) map[string]string {
	return map[string]string{
		"index.html": "web " + text, "assets/app-1.js": `const a={VITE_API_BASE_URL:"",VITE_WEB_BASE_URL:""};`,
		"god-mode/index.html": "admin " + text, "god-mode/assets/app-2.js": "admin()",
		"spaces/assets/manifest-3.js": frontendtest.Manifest, "spaces/assets/space-4.js": text,
	}
}

// left returns the names in a folder of frontends that are neither the lock nor in force.
func left(t testing.TB, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	_, info, _ := frontend.Current(folder)
	for _, e := range entries {
		if e.Name() != ".lock" && e.Name() != "frontend.json" && (info == nil || e.Name() != info.Build &&
			e.Name() != info.Previous) {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestPull(t *testing.T) {
	g := frontendtest.NewRegistry()
	g.Publish("v1.3.1", "one")
	g.Publish("v1.3.2", "two")
	from := start(t, g)
	folder := filepath.Join(t.TempDir(), "data", "frontend")
	var steps []string
	o := frontend.Options{Folder: folder, From: from, Progress: func(p frontend.Progress) {
		if text := p.Step + " " + p.Part; len(steps) == 0 || steps[len(steps)-1] != text {
			steps = append(steps, text)
		}
		if p.Done > p.Total {
			t.Errorf("progress %+v", p)
		}
	}}
	if _, err := frontend.Pull(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	info, got := current(t, folder)
	if diff := cmp.Diff(published("one"), got); diff != "" {
		t.Errorf("the build (-want +got):\n%s", diff)
	}
	want := []string{"asking for web", "asking for admin", "asking for space", "fetching ", "unpacking web",
		"unpacking admin", "unpacking space", "saving "}
	if diff := cmp.Diff(want, steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if info.Version != "v1.3.1" || info.From != from || len(info.Parts) != 3 || info.Parts[1].Files != 2 ||
		info.Parts[0].Image != from+"/plane-frontend:v1.3.1" || info.Parts[0].Platform != "linux/amd64" &&
		info.Parts[0].Platform != "linux/arm64" || !strings.HasPrefix(info.Parts[2].Digest, "sha256:") {
		t.Errorf("the info: %+v", info)
	}
	first := info.Build
	for _, version := range []string{"v1.3.2", "v1.3.1", "v1.3.2"} {
		o.Version = version
		if _, err := frontend.Pull(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	info, got = current(t, folder)
	if diff := cmp.Diff(published("two"), got); diff != "" || info.Version != "v1.3.2" {
		t.Errorf("the build of %s (-want +got):\n%s", info.Version, diff)
	}
	if names := left(t, folder); len(names) > 0 || info.Build == first || info.Previous == "" {
		t.Errorf("four pulls have left %q, beside %+v", names, info)
	}
}

func TestRegistriesThatFail(t *testing.T) {
	var failed atomic.Int32
	blob := func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/blobs/") }
	status := func(code int, when func(*http.Request) bool) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			now := when(r)
			if now {
				w.WriteHeader(code)
			}
			return now
		}
	}
	for _, tt := range []struct {
		name  string
		fault func(w http.ResponseWriter, r *http.Request) bool
		want  string // in the error; empty: none
	}{
		{"always 500", status(500, func(*http.Request) bool { return true }), "500"},
		{"500 now and then", status(500, func(*http.Request) bool { return failed.Add(1)%3 == 1 }), ""},
		{"503 for layers", status(503, blob), "503"},
		{"no such image", status(404, func(r *http.Request) bool { return strings.Contains(r.URL.Path, "plane-space") }),
			"plane-space:v1.3.1: the registry has no such image"},
		{"wants a sign-in", status(401, func(*http.Request) bool { return true }), "docker login"},
		{"lets nobody in", status(403, blob), "what has come is kept"},
		{"wants a rest", status(429, blob), "had enough"},
		{"not one", func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<h1>Welcome</h1>")
			return true
		}, "ask for"},
		{"cut after the head", func(w http.ResponseWriter, r *http.Request) bool {
			if !blob(r) {
				return false
			}
			w.Header().Set("Content-Length", "100000")
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, "fetch a layer"},
		{"sends nothing", func(_ http.ResponseWriter, r *http.Request) bool {
			if blob(r) {
				<-r.Context().Done()
			}
			return blob(r)
		}, "nothing has arrived"},
		{"leads to plain HTTP", func(w http.ResponseWriter, r *http.Request) bool {
			if blob(r) {
				http.Redirect(w, r, "http://192.0.2.1/layer", http.StatusTemporaryRedirect)
			}
			return blob(r)
		}, "not encrypted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "sends nothing" {
				defer frontend.Stall(20 * time.Millisecond)()
			}
			folder := filepath.Join(t.TempDir(), "frontend")
			g := frontendtest.NewRegistry()
			g.Publish("v1.3.0", "old")
			g.Publish("v1.3.1", "new")
			o := frontend.Options{Folder: folder, From: start(t, g), Version: "v1.3.0"}
			if _, err := frontend.Pull(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			g.Break(tt.fault)
			o.Version = "v1.3.1"
			_, err := frontend.Pull(t.Context(), o)
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want it to say %q", err, tt.want)
			}
			if _, got := current(t, folder); cmp.Diff(published("old"), got) != "" {
				t.Errorf("the old build was touched: %v", got)
			}
			g.Break(nil)
			if _, err := frontend.Pull(t.Context(), o); err != nil {
				t.Errorf("when it is well again: %v", err)
			}
			if _, got := current(t, folder); cmp.Diff(published("new"), got) != "" {
				t.Errorf("the new build: %v", got)
			}
			if names := left(t, folder); len(names) > 0 {
				t.Errorf("left: %q", names)
			}
		})
	}
}

// A download that is cut goes on where it was; without ranges it begins again.
func TestACutDownloadGoesOn(t *testing.T) {
	big := strings.Repeat("0123456789abcdef", 40_000)
	for _, noRanges := range []bool{false, true} {
		t.Run(fmt.Sprint("without ranges ", noRanges), func(t *testing.T) {
			g := frontendtest.NewRegistry()
			g.Publish("v1.3.1", "x")
			layer := frontendtest.Tar(frontendtest.Entry{Name: frontendtest.WebAt + "/index.html", Body: big})
			g.Push("makeplane/plane-frontend", "v1.3.1", layer)
			g.NoRanges = noRanges
			var cuts atomic.Int32
			g.Cut = func(r *http.Request) int {
				// With ranges every other request is only there to learn that there are some.
				probe := r.Header.Get("Range") == "" && cuts.Load() > 0 && !noRanges
				if !strings.HasSuffix(r.URL.Path, digestOf(layer)) || probe || cuts.Add(1) > 4 {
					return 0
				}
				return 100_000
			}
			folder := filepath.Join(t.TempDir(), "frontend")
			var done, total int64
			_, err := frontend.Pull(t.Context(), frontend.Options{Folder: folder, From: start(t, g),
				Progress: func(p frontend.Progress) {
					if p.Total > 0 {
						done, total = p.Done, p.Total
					}
				}})
			if err != nil {
				t.Fatal(err)
			}
			if _, got := current(t, folder); got["index.html"] != big {
				t.Errorf("%d bytes", len(got["index.html"]))
			}
			if done != total || cuts.Load() != 5 {
				t.Errorf("%d of %d bytes after %d cuts", done, total, cuts.Load())
			}
			t.Logf("%d bytes were sent of %d", g.Sent(), total)
		})
	}
}

// What a pull that failed has fetched is not asked for again, and what was damaged meanwhile is.
func TestLayersThatAreThereAreNotFetchedAgain(t *testing.T) {
	g := frontendtest.NewRegistry()
	g.Publish("v1.3.1", "x")
	from := start(t, g)
	folder := filepath.Join(t.TempDir(), "frontend")
	last := frontendtest.Layers("x")["plane-space"][1]
	g.Break(func(w http.ResponseWriter, r *http.Request) bool {
		gone := strings.HasSuffix(r.URL.Path, digestOf(last))
		if gone {
			w.WriteHeader(http.StatusForbidden)
		}
		return gone
	})
	o := frontend.Options{Folder: folder, From: from}
	if _, err := frontend.Pull(t.Context(), o); err == nil {
		t.Fatal("it was pulled without the last layer")
	}
	before := g.Sent()
	s, err := frontend.State(folder)
	if err != nil || s.Fetched == 0 || s.Build != "" {
		t.Errorf("after the failure: %+v, %v", s, err)
	}
	kept, err := filepath.Glob(filepath.Join(folder, ".download", "sha256-*"))
	if err != nil || len(kept) < 5 {
		t.Fatalf("kept %q, %v", kept, err)
	}
	damaged, err := os.ReadFile(kept[0])
	if err != nil {
		t.Fatal(err)
	}
	damaged[0] ^= 1
	if err := os.WriteFile(kept[0], damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	g.Break(nil)
	if _, err := frontend.Pull(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if sent := g.Sent() - before; sent != int64(len(last)+len(damaged)) {
		t.Errorf("the second pull fetched %d bytes, want the last layer's %d and the damaged one's %d", sent, len(last),
			len(damaged))
	}
	if _, got := current(t, folder); cmp.Diff(published("x"), got) != "" {
		t.Errorf("the build: %v", got)
	}
}

func TestOnePullAtATime(t *testing.T) {
	g := frontendtest.NewRegistry()
	g.Publish("v1.3.1", "x")
	asked, goOn := make(chan bool), make(chan bool)
	var once atomic.Bool
	g.Break(func(http.ResponseWriter, *http.Request) bool {
		if once.CompareAndSwap(false, true) {
			asked <- true
			<-goOn
		}
		return false
	})
	o := frontend.Options{Folder: filepath.Join(t.TempDir(), "frontend"), From: start(t, g)}
	first := make(chan error)
	go func() {
		_, err := frontend.Pull(context.Background(), o)
		first <- err
	}()
	<-asked
	if _, err := frontend.Pull(t.Context(), o); !errors.Is(err, frontend.ErrBusy) {
		t.Errorf("a second pull: %v", err)
	}
	if _, err := frontend.Remove(o.Folder); !errors.Is(err, frontend.ErrBusy) {
		t.Errorf("a removal: %v", err)
	}
	close(goOn)
	if err := <-first; err != nil {
		t.Error(err)
	}
}

func TestAPullThatIsCalledOffChangesNothing(t *testing.T) {
	g := frontendtest.NewRegistry()
	g.Publish("v1.3.1", "x")
	o := frontend.Options{Folder: filepath.Join(t.TempDir(), "frontend"), From: start(t, g)}
	for _, step := range []string{"asking for", "fetching", "unpacking", "saving"} {
		ctx, cancel := context.WithCancel(t.Context())
		o.Progress = func(p frontend.Progress) {
			if p.Step == step {
				cancel()
			}
		}
		if _, err := frontend.Pull(ctx, o); !errors.Is(err, context.Canceled) {
			t.Errorf("called off while %s: %v", step, err)
		}
		if _, _, err := frontend.Current(o.Folder); !errors.Is(err, frontend.ErrNone) {
			t.Errorf("called off while %s: %v", step, err)
		}
		for _, name := range left(t, o.Folder) {
			if name != ".download" {
				t.Errorf("called off while %s, it left %s", step, name)
			}
		}
	}
}
