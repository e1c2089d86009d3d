package web_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/frontend"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/routes"
)

func soon(t *testing.T, h http.Handler, want string) {
	t.Helper()
	var last *httptest.ResponseRecorder
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		last = get(h, "GET", "/", "Accept", "text/html")
		if want != "" && last.Body.String() == want || want == "" && last.Header().Get("Location") == "/console/" {
			return
		}
	}
	t.Fatalf("the page is %d %q, want %q", last.Code, last.Body, want)
}

func pull(t *testing.T, a *app.App, text string) {
	t.Helper()
	from := write(t, map[string]string{"index.html": text, "god-mode/index.html": "admin " + text,
		"assets/app-1a2b.js": script})
	if _, err := frontend.Pull(t.Context(), frontend.Options{Folder: a.Frontends, From: from}); err != nil {
		t.Fatal(err)
	}
}

// A server that runs serves what is pulled, what is pulled in its place, and nothing once it is removed.
func TestTheServerFollowsPulls(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Frontends = filepath.Join(t.TempDir(), "frontend")
		followed, err := web.FollowFrontends(a)
		if err != nil {
			t.Fatal(err)
		}
		h, err := web.NewServer(a, routes.All("test"), followed.Site)
		if err != nil {
			t.Fatal(err)
		}
		soon(t, h, "")
		if w := get(h, "GET", "/god-mode/"); w.Header().Get("Location") != "/console/" {
			t.Errorf("without a frontend: %d", w.Code)
		}
		pull(t, a, "one")
		soon(t, h, "one")
		if w := get(h, "GET", "/god-mode/"); w.Body.String() != "admin one" {
			t.Errorf("the administrators': %d %q", w.Code, w.Body)
		}
		stop := make(chan struct{})
		var readers sync.WaitGroup
		for range 4 { // nobody gets half of a build, or none, while builds come and go
			readers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					w := get(h, "GET", "/assets/app-1a2b.js")
					if w.Code == 404 { // two pulls have overtaken the request on its way to a build that is gone
						w = get(h, "GET", "/assets/app-1a2b.js")
					}
					if w.Code != 200 || w.Body.String() != script {
						t.Errorf("while a build was replaced: %d, %d bytes", w.Code, w.Body.Len())
						return
					}
				}
			})
		}
		pull(t, a, "two")
		soon(t, h, "two")
		pull(t, a, "three")
		soon(t, h, "three")
		close(stop)
		readers.Wait()
		if removed, err := frontend.Remove(a.Frontends); !removed || err != nil {
			t.Fatal(removed, err)
		}
		soon(t, h, "")
		pull(t, a, "four")
		soon(t, h, "four")
	})
}

// What cannot be served stops no server; once it is put right it is served.
func TestAPulledBuildThatIsDamaged(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Frontends = write(t, map[string]string{"frontend.json": "{"})
		followed, err := web.FollowFrontends(a)
		if err != nil {
			t.Fatal(err)
		}
		h, err := web.NewServer(a, routes.All("test"), followed.Site)
		if err != nil {
			t.Fatal(err)
		}
		soon(t, h, "")
		pull(t, a, "one")
		soon(t, h, "one")
	})
}

// The folder that the settings name is served whatever was pulled, and must be there.
func TestTheSettingIsServedBeforeWhatWasPulled(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Frontends = filepath.Join(t.TempDir(), "frontend")
		pull(t, a, "pulled")
		a.Config.Web.Frontend = write(t, map[string]string{"index.html": "named"})
		followed, err := web.FollowFrontends(a)
		if err != nil {
			t.Fatal(err)
		}
		if w := get(followed.Site(), "GET", "/"); w.Body.String() != "named" {
			t.Errorf("%d %q", w.Code, w.Body)
		}
		if err := os.Remove(filepath.Join(a.Config.Web.Frontend, "index.html")); err != nil {
			t.Fatal(err)
		}
		if _, err := web.FollowFrontends(a); err == nil {
			t.Error("a folder without a page was taken")
		}
	})
}
