package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sailplane/sailplane/app/frontend"
	"github.com/sailplane/sailplane/app/frontend/frontendtest"
)

// serveRegistry serves made-up frontends to a script, and puts their address into a variable of its.
func serveRegistry(s *testscript.TestScript, _ bool, args []string) {
	g := frontendtest.NewRegistry()
	g.Publish("v1.3.1", "new")
	g.Publish("v1.2.0", "old")
	server := httptest.NewServer(g)
	s.Defer(server.Close)
	s.Setenv(args[0], strings.TrimPrefix(server.URL, "http://")+"/makeplane")
}

// A pull that is killed leaves the old frontends whole, and the next one goes on where it was.
func TestAKilledPullGoesOn(t *testing.T) {
	dir := t.TempDir()
	g := frontendtest.NewRegistry()
	g.Publish("v1.3.0", "old")
	g.Publish("v1.3.1", "new")
	big := frontendtest.Tar(frontendtest.Entry{Name: frontendtest.WebAt + "/index.html", Body: "web new"},
		frontendtest.Entry{Name: frontendtest.WebAt + "/assets/big.js", Body: strings.Repeat("0123456789abcdef", 1<<16)})
	g.Push("makeplane/plane-frontend", "v1.3.1", big)
	half := make(chan bool, 1)
	var asked atomic.Int32
	var from atomic.Value
	g.Break(func(w http.ResponseWriter, r *http.Request) bool {
		if _, digest, _ := strings.Cut(r.URL.Path, "/blobs/"); digest != frontendtest.Digest(big) {
			return false
		}
		if asked.Add(1) > 1 { // the second pull, which first learns that the registry knows ranges
			if wanted := r.Header.Get("Range"); wanted != "" {
				from.Store(wanted)
			}
			return false
		}
		w.Write(big[:len(big)/2])
		http.NewResponseController(w).Flush()
		half <- true
		<-r.Context().Done()
		return true
	})
	server := httptest.NewServer(g)
	defer server.Close()
	pull := func(version string) *exec.Cmd {
		return exec.Command("sailplane", "frontend", "pull", "--dir", dir, "--version", version, "--from",
			strings.TrimPrefix(server.URL, "http://")+"/makeplane")
	}
	if said, err := pull("v1.3.0").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	killed := pull("v1.3.1")
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	<-half
	folder := filepath.Join(dir, "frontend")
	part := filepath.Join(folder, ".download", strings.Replace(frontendtest.Digest(big), ":", "-", 1)+".part")
	for info, err := os.Stat(part); err != nil || info.Size() < int64(len(big)/2); info, err = os.Stat(part) {
		if killed.ProcessState != nil {
			t.Fatal("the pull has ended")
		}
	}
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	killed.Wait()
	shows := func(version, text string) {
		t.Helper()
		build, info, err := frontend.Current(folder)
		if err != nil {
			t.Fatal(err)
		}
		page, err := os.ReadFile(filepath.Join(build, "index.html"))
		if err != nil || string(page) != text || info.Version != version {
			t.Errorf("%s: %q, %v; want %s: %q", info.Version, page, err, version, text)
		}
	}
	shows("v1.3.0", "web old")
	said, err := exec.Command("sailplane", "frontend", "status", "--dir", dir).CombinedOutput()
	if err != nil || !strings.Contains(string(said), "A pull was cut short") {
		t.Errorf("status: %v\n%s", err, said)
	}
	if said, err := pull("v1.3.1").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	shows("v1.3.1", "web new")
	if wanted, _ := from.Load().(string); !strings.HasPrefix(wanted, "bytes=") || strings.HasPrefix(wanted, "bytes=0-") {
		t.Errorf("the second pull asked for %q", wanted)
	}
}
