package console_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app/frontend"
	"github.com/sailplane/sailplane/web/webtest"
)

const frontendsAt = "/console/frontends/"

// mute is a registry that takes connections and never answers.
func mute(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// until waits until the page of the frontends says that.
func (b *browser) until(words string) {
	b.t.Helper()
	for range 6_000 {
		if strings.Contains(b.get(frontendsAt).says(), words) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("the page does not say %q: %s", words, b.get(frontendsAt).says())
}

// The button begins one pull at a time and says how far it is; what cannot be one is refused before anything begins.
func TestFrontendsAreFetched(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		s.App.Frontends = filepath.Join(t.TempDir(), "frontend")
		s.App.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
		admin, _ := people(t, s)
		b, registry := as(t, s, admin), mute(t)
		b.try([]sent{
			{frontendsAt, []string{"version", "../../etc"}, "", `"../../etc" is no version such as v1.3.1`},
			{frontendsAt, []string{"from", "not a registry"}, "", "not a registry"},
			{frontendsAt, []string{"from", "/etc"}, "", "/etc"},
			{frontendsAt + "remove/", nil, "", "No frontend is served."},
		})
		if a := b.get(frontendsAt).says(); strings.Contains(a, "being fetched:") || strings.Contains(a, "failed") {
			t.Fatalf("nothing has begun, and the page says: %s", a)
		}
		b.try([]sent{{frontendsAt, []string{"from", registry + "/makeplane"}, frontendsAt + "?done=pull-begun", ""}})
		b.until("They are being fetched: asking")
		b.try([]sent{{frontendsAt, []string{"from", registry}, "", "being fetched already. Wait until that is done."}})
	})
}

// A pull from a place that the server may not ask fails, and the page says why.
func TestAPullThatFails(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		s.App.Frontends = filepath.Join(t.TempDir(), "frontend")
		admin, _ := people(t, s)
		b := as(t, s, admin)
		b.try([]sent{{frontendsAt, []string{"from", mute(t)}, frontendsAt + "?done=pull-begun", ""}})
		b.until("The last try failed:")
	})
}

func TestFrontendsThatAreThere(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		s.App.Frontends = filepath.Join(t.TempDir(), "frontend")
		admin, _ := people(t, s)
		b, build := as(t, s, admin), t.TempDir()
		if err := os.WriteFile(filepath.Join(build, "index.html"), []byte("<!doctype html>web"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := frontend.Pull(context.Background(), frontend.Options{Folder: s.App.Frontends, From: build}); err != nil {
			t.Fatal(err)
		}
		a := b.get(frontendsAt).says()
		for _, want := range []string{s.App.Frontends, "Remove them", "From " + build, s.URL + "/"} {
			if !strings.Contains(a, want) {
				t.Errorf("the page does not say %q: %s", want, a)
			}
		}
		b.try([]sent{{frontendsAt + "remove/", nil, frontendsAt + "?done=frontends-removed", ""}})
		b.until("No frontend is served.")

		s.App.Config.Web.Frontend = build // named by the settings: neither fetched nor removed from here
		a = b.get(frontendsAt).says()
		if !strings.Contains(a, build) || strings.Contains(a, "Remove them") || strings.Contains(a, "Fetch them") {
			t.Errorf("named by the settings: %s", a)
		}
	})
}
