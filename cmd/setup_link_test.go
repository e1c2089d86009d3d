package main

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
)

var setupLink = regexp.MustCompile(`url="?(http://\S+/console/setup/\?token=[0-9a-f]{64})`)

// While nobody administers the server its start prints the link that sets it up; afterwards it does not.
func TestStartPrintsTheSetupLink(t *testing.T) {
	i := &installation{t: t, dir: t.TempDir(), env: os.Environ()}
	i.start()
	link := i.awaitLink()
	if !strings.HasPrefix(link, i.base) {
		t.Errorf("the link %q does not lead to %s", link, i.base)
	}
	req, err := http.NewRequest("GET", link, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Forwarded-For", "203.0.113.9")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.Header.Get("Location") != "/console/setup/" {
		t.Errorf("the link leads to %q", res.Header.Get("Location"))
	}
	i.kill()
	cmd := exec.Command("sailplane", "admin", "create", "--email", "ada@sailplane.test", "--password-file", "-",
		"--dir", i.dir)
	cmd.Env, cmd.Stdin = i.env, strings.NewReader("Quiet-harbour-morning-71\n")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("admin create: %v\n%s", err, said)
	}
	i.start()
	defer i.kill()
	page, err := http.Get(i.base + "/console/") // by then the start has said all that it says
	if err != nil {
		t.Fatal(err)
	}
	defer page.Body.Close()
	if text, err := io.ReadAll(page.Body); err != nil || !strings.Contains(string(text), "Sign in") {
		t.Errorf("the console: %v\n%s", err, text)
	}
	if strings.Contains(i.log(), "token=") {
		t.Errorf("a link is printed though somebody administers the server:\n%s", i.log())
	}
}

func (i *installation) awaitLink() string {
	i.t.Helper()
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if m := setupLink.FindStringSubmatch(i.log()); m != nil {
			return m[1]
		}
	}
	i.t.Fatalf("no link is printed:\n%s", i.log())
	return ""
}

func TestPublicAddress(t *testing.T) {
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ app, at, want string }{
		{"", "http://127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"", "http://[::1]:8080", "http://[::1]:8080"},
		{"", "http://[::]:8080", "http://" + name + ":8080"},
		{"", "http://0.0.0.0:80", "http://" + name + ":80"},
		{"", "https://plane.example.org", "https://plane.example.org"},
		{"", "unix:/run/sailplane.sock", "https://ADDRESS.OF.THIS.SERVER"},
		{"https://plane.example.org/", "http://127.0.0.1:8080", "https://plane.example.org"},
	} {
		cfg := app.Defaults()
		cfg.Web.AppURL = c.app
		if got := publicAddress(cfg, c.at); got != c.want {
			t.Errorf("%s at %s: %s, want %s", c.app, c.at, got, c.want)
		}
	}
}
