package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// installation is a data folder (and maybe a Postgres database) with one workspace, one project and one person, and the
// server that runs on it: a process of its own, so that it can be killed.
type installation struct {
	t       *testing.T
	dir     string
	env     []string
	db      string // URL of Postgres; empty: SQLite
	project string
	base    string
	server  *exec.Cmd
	logFile string
	client  *http.Client
}

const faultSession = "session-of-the-fault-tests"

// install makes an installation; nothing runs yet.
func install(t *testing.T, dir, db string) *installation {
	t.Helper()
	i := &installation{t: t, dir: dir, db: db, project: store.NewID(), client: &http.Client{Timeout: 30 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
	i.env = append(os.Environ(), "SAILPLANE_DATABASE_URL="+db, "SAILPLANE_LIMITS_AUTH_PER_MINUTE=0",
		"SAILPLANE_LIMITS_API_KEY_PER_MINUTE=0")
	i.run("migrate", "up")
	i.keepSecret()
	i.write(i.furnish)
	t.Cleanup(i.kill)
	return i
}

// keepSecret gives the installation its secret, as the first start does: other verbs begin nothing.
func (i *installation) keepSecret() {
	i.t.Helper()
	secret := []byte("the secret of the fault tests, 32")
	err := errors.Join(os.MkdirAll(i.dir, 0o700), os.WriteFile(filepath.Join(i.dir, "secret"), secret, 0o600))
	if err != nil {
		i.t.Fatal(err)
	}
}

func (i *installation) furnish(t *store.Tx) error {
	email := "owner@sailplane.test"
	u := &store.User{Email: &email, Username: "owner", DisplayName: "owner", IsActive: true, UserTimezone: "UTC"}
	if err := store.Users.Insert(t, u); err != nil {
		return err
	}
	if err := store.Profiles.Insert(t,
		&store.Profile{UserID: u.ID, OnboardingStep: store.JSON("{}"), MobileOnboardingStep: store.JSON("{}")}); err != nil {
		return err
	}
	t.Actor = u.ID
	w := &store.Workspace{Name: "Fault", Slug: "fault", OwnerID: u.ID, Timezone: "UTC"}
	if err := store.Workspaces.Insert(t, w); err != nil {
		return err
	}
	p := &store.Project{Name: "Fault", Identifier: "FAULT", WorkspaceID: w.ID, Timezone: "UTC"}
	p.ID = i.project
	if err := store.Projects.Insert(t, p); err != nil {
		return err
	}
	return errors.Join(
		store.Sessions.Insert(t,
			&store.Session{SessionKey: app.HashKey(faultSession), UserID: &u.ID, ExpireDate: t.Now.Add(24 * time.Hour)}),
		store.WorkspaceMembers.Insert(t,
			&store.WorkspaceMember{WorkspaceID: w.ID, MemberID: u.ID, Role: int(app.Admin), IsActive: true}),
		store.ProjectMembers.Insert(t,
			&store.ProjectMember{WorkspaceID: w.ID, ProjectID: p.ID, MemberID: &u.ID, Role: int(app.Admin), IsActive: true}),
		store.States.Insert(t, &store.State{Name: "Backlog", Group: "backlog", ProjectID: p.ID, WorkspaceID: w.ID,
			Default: true}))
}

// open returns the database, to be looked at beside the server.
func (i *installation) open() *store.DB {
	i.t.Helper()
	db, err := store.Open(context.Background(), i.db, filepath.Join(i.dir, "sailplane.db"))
	if err != nil {
		i.t.Fatal(err)
	}
	return db
}

func (i *installation) write(fn func(t *store.Tx) error) {
	i.t.Helper()
	db := i.open()
	if err := errors.Join(db.Write(context.Background(), "", fn), db.Close()); err != nil {
		i.t.Fatal(err)
	}
}

// run runs another command of sailplane's on the installation and returns what it says.
func (i *installation) run(args ...string) string {
	i.t.Helper()
	cmd := exec.Command("sailplane", append(args, "--dir", i.dir)...)
	cmd.Env = i.env
	said, err := cmd.CombinedOutput()
	if err != nil {
		i.t.Fatalf("sailplane %q: %v\n%s", args, err, said)
	}
	return string(said)
}

var servingAt = regexp.MustCompile(`msg=serving url=(\S+)`)

// start runs the server and waits until it answers.
func (i *installation) start() {
	i.t.Helper()
	i.startAs(exec.Command("sailplane", "serve", "--dir", i.dir, "--http", "127.0.0.1:0"))
}

// startAs runs the server by a command of its own and waits until it answers.
func (i *installation) startAs(serve *exec.Cmd) {
	i.t.Helper()
	log, err := os.CreateTemp(i.t.TempDir(), "log")
	if err != nil {
		i.t.Fatal(err)
	}
	defer log.Close()
	i.logFile = log.Name()
	i.server = serve
	i.server.Env, i.server.Stderr = i.env, log
	if err := i.server.Start(); err != nil {
		i.t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		text, err := os.ReadFile(log.Name())
		if err != nil {
			i.t.Fatal(err)
		}
		if m := servingAt.FindSubmatch(text); m != nil {
			i.base = string(m[1])
			return
		}
	}
	text, _ := os.ReadFile(log.Name())
	i.t.Fatalf("the server did not start:\n%s", text)
}

// log is what the server has said.
func (i *installation) log() string {
	text, err := os.ReadFile(i.logFile)
	if err != nil {
		i.t.Error(err)
	}
	return string(text)
}

// kill ends the server as a power cut would, if it runs.
func (i *installation) kill() {
	if i.server != nil {
		i.server.Process.Kill()
		i.server.Wait()
		i.server = nil
	}
}

// answer is what came back; status 0: nothing did.
type answer struct {
	status int
	body   []byte
}

func (i *installation) ask(method, path string, body any) answer {
	raw, err := json.Marshal(body)
	if err != nil {
		i.t.Error(err)
	}
	req, err := http.NewRequest(method, i.base+path, bytes.NewReader(raw))
	if err != nil {
		i.t.Error(err)
		return answer{}
	}
	req.Header.Set("Content-Type", "application/json")
	req.AddCookie(&http.Cookie{Name: "session-id", Value: faultSession})
	res, err := i.client.Do(req)
	if err != nil {
		return answer{}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}
	}
	return answer{res.StatusCode, text}
}

func (i *installation) items() string {
	return "/api/workspaces/fault/projects/" + i.project + "/issues/"
}

// create makes a work item; the id is that of an acknowledged one.
func (i *installation) create(name string) (id string, a answer) {
	a = i.ask(http.MethodPost, i.items(), map[string]string{"name": name})
	if a.status != http.StatusCreated {
		return "", a
	}
	var item struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(a.body, &item); err != nil || item.ID == "" {
		i.t.Errorf("created, but the answer is %s", a.body)
	}
	return item.ID, a
}

// acknowledged gathers the ids of what the server said it had saved.
type acknowledged struct {
	mu  sync.Mutex
	ids []string
}

func (k *acknowledged) add(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ids = append(k.ids, id)
}

func (k *acknowledged) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.ids)
}

// burst writes from several clients at once until stop is closed; a client ends when the server does.
func (i *installation) burst(clients int, k *acknowledged, stop <-chan struct{}) *sync.WaitGroup {
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				id, a := i.create(fmt.Sprintf("item %d of client %d", n, c))
				switch a.status {
				case 0:
					return
				case http.StatusCreated:
					k.add(id)
				default:
					i.t.Errorf("create: %d %s", a.status, a.body)
					return
				}
			}
		})
	}
	return &all
}

// waitFor gives something as long as a busy machine may take to become so.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within five minutes", what)
		}
	}
}
