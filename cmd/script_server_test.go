package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sailplane/sailplane/store"
)

// serve DIR runs a server on a folder until the script ends, and sets $URL and $ADDRESS; serve stop ends it. With ! the
// server has to refuse to start, and FLAGS may follow the folder; what it says is in the file refusal.
func serve(s *testscript.TestScript, neg bool, args []string) {
	if args[0] == "stop" {
		scripts.Lock()
		r := running[s]
		scripts.Unlock()
		r.stop(s)
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	s.Check(err)
	address := l.Addr().String()
	s.Check(l.Close())
	cmd := exec.Command("sailplane", append([]string{"serve", "--http", address, "--dir", args[0]}, args[1:]...)...)
	cmd.Dir = s.MkAbs(".")
	cmd.Env = environment(s)
	log, err := os.Create(s.MkAbs("refusal"))
	s.Check(err)
	cmd.Stderr, cmd.Stdout = log, log
	s.Check(cmd.Start())
	r := &server{cmd: cmd, ended: make(chan error, 1)}
	go func() { r.ended <- cmd.Wait(); log.Close() }()
	s.Defer(func() { r.stop(s) })
	ready := r.wait("http://" + address + "/livez")
	said := s.ReadFile("refusal")
	if ready == neg {
		s.Fatalf("the server serves: %v\n%s", ready, said)
	}
	if neg && r.code != exitMisuse {
		s.Fatalf("the refused server ends with %d\n%s", r.code, said)
	}
	if !neg {
		s.Setenv("URL", "http://"+address)
		s.Setenv("ADDRESS", address)
		scripts.Lock()
		running[s] = r
		scripts.Unlock()
	}
}

// running is the server that each script has started last; scripts run side by side.
var (
	scripts sync.Mutex
	running = map[*testscript.TestScript]*server{}
)

type server struct {
	cmd   *exec.Cmd
	ended chan error
	code  int
	over  bool
}

// wait returns true as soon as the server answers, and false when it has ended.
func (r *server) wait(url string) bool {
	for range 6000 {
		select {
		case err := <-r.ended:
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				r.code = exit.ExitCode()
			}
			r.over = true
			return false
		case <-time.After(10 * time.Millisecond):
		}
		if a, err := http.Get(url); err == nil {
			io.Copy(io.Discard, a.Body)
			a.Body.Close()
			return true
		}
	}
	return false
}

func (r *server) stop(s *testscript.TestScript) {
	if !r.over {
		r.over = true
		s.Check(r.cmd.Process.Signal(syscall.SIGTERM))
		<-r.ended
	}
}

// environment is the script's, as a list.
func environment(s *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "SAILPLANE_DATABASE_URL", "SAILPLANE_SERVER_SECRET",
		"SAILPLANE_STORAGE_S3_BUCKET", "SAILPLANE_STORAGE_S3_ENDPOINT", "SAILPLANE_SERVER_WAIT_SECONDS", "SAILPLANE_LOG_LEVEL", "SAILPLANE_DIR",
		"TESTSCRIPT_COMMAND", "GOCOVERDIR"} {
		if v := s.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// cause N COMMAND… wants the command to end with that code.
func cause(s *testscript.TestScript, _ bool, args []string) {
	err := s.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		s.Fatalf("%v", err)
	}
	if fmt.Sprint(code) != args[0] {
		s.Fatalf("%s ended with %d, not %s", strings.Join(args[1:], " "), code, args[0])
	}
}

// runSQL DIR STATEMENT changes the database of a folder, or the Postgres one.
func runSQL(s *testscript.TestScript, _ bool, args []string) {
	db, err := store.Open(context.Background(), s.Getenv("SAILPLANE_DATABASE_URL"), s.MkAbs(args[0]+"/sailplane.db"))
	s.Check(err)
	err = db.Write(context.Background(), "", func(t *store.Tx) error {
		_, err := t.Exec(args[1])
		return err
	})
	s.Check(errors.Join(err, db.Close()))
}

// checkMode MODE FILE… wants the files to have those rights.
func checkMode(s *testscript.TestScript, _ bool, args []string) {
	for _, name := range args[1:] {
		info, err := os.Stat(s.MkAbs(name))
		s.Check(err)
		if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[0] {
			s.Fatalf("%s has the rights %s, not %s", name, got, args[0])
		}
	}
}

// signIn EMAIL signs the person in at the script's server, with the password of all scripts.
func signIn(s *testscript.TestScript, _ bool, args []string) {
	jar, err := cookiejar.New(nil)
	s.Check(err)
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	a, err := client.Get(s.Getenv("URL") + "/auth/get-csrf-token/")
	s.Check(err)
	var csrf struct {
		Token string `json:"csrf_token"`
	}
	s.Check(errors.Join(json.NewDecoder(a.Body).Decode(&csrf), a.Body.Close()))
	form := url.Values{"email": {args[0]}, "password": {"correct-horse-Battery-9-staple"},
		"csrfmiddlewaretoken": {csrf.Token}}
	ask, err := http.NewRequest(http.MethodPost, s.Getenv("URL")+"/auth/sign-in/", strings.NewReader(form.Encode()))
	s.Check(err)
	ask.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	ask.Header.Set("User-Agent", "script")
	a, err = client.Do(ask)
	s.Check(err)
	a.Body.Close()
	if strings.Contains(a.Header.Get("Location"), "error") || a.StatusCode != http.StatusFound {
		s.Fatalf("not signed in: %d %s", a.StatusCode, a.Header.Get("Location"))
	}
}
