//go:build unix

package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sailplane/sailplane/store/storetest"
)

// postgresServer starts a throw-away server that the test may kill; it can be started again on the same port.
func postgresServer(t *testing.T, dir, port string) (url string) {
	t.Helper()
	args := []string{"start", dir}
	if port != "" {
		args = append(args, port)
	}
	cmd := exec.Command("../.ci/postgres", args...)
	cmd.Stderr = os.Stderr
	said, err := cmd.Output()
	if err != nil {
		t.Fatalf("start Postgres: %v", err)
	}
	return strings.TrimSpace(string(said))
}

func stopPostgres(dir string) { exec.Command("../.ci/postgres", "stop", dir).Run() }

// killPostgres ends the server at once and waits until its port is free.
func killPostgres(t *testing.T, dir string) (port string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	pid, err := strconv.Atoi(lines[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil { // its immediate shutdown
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Minute); syscall.Kill(pid, 0) == nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("Postgres does not end")
		}
	}
	return lines[3]
}

func TestPostgresDiesAndReturns(t *testing.T) {
	if os.Getenv(storetest.Postgres) == "" {
		t.Skip(storetest.Postgres + " is not set: no Postgres here")
	}
	dir, err := os.MkdirTemp("", "sailplane-postgres-") // not t.TempDir: Postgres runs as somebody else
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopPostgres(dir) })
	// What runs the tests does not wait for the disk; here a commit must be one.
	i := install(t, t.TempDir(), postgresServer(t, dir, "")+"&synchronous_commit=on")
	i.start()
	var k acknowledged
	save := func() answer {
		id, a := i.create("while it lives")
		if id != "" {
			k.add(id)
		}
		return a
	}
	for range 20 {
		if a := save(); a.status != http.StatusCreated {
			t.Fatalf("create: %d %s", a.status, a.body)
		}
	}
	port := killPostgres(t, dir)
	for range 5 {
		if a := save(); a.status != http.StatusServiceUnavailable {
			t.Errorf("create without a database: %d %s", a.status, a.body)
		}
		if a := i.ask(http.MethodGet, i.items(), nil); a.status != http.StatusServiceUnavailable {
			t.Errorf("list without a database: %d %.200s", a.status, a.body)
		}
	}
	if a := i.ask(http.MethodGet, "/readyz", nil); a.status != http.StatusServiceUnavailable {
		t.Errorf("ready without a database: %d", a.status)
	}
	if res, err := http.Get(i.base + "/healthz"); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("the process is no longer well: %v %v", res, err)
	}
	postgresServer(t, dir, port)
	waitFor(t, "the server heals", func() bool { return save().status == http.StatusCreated })
	i.run("user", "deactivate", "--email", "owner@sailplane.test")
	waitFor(t, "what another process writes is seen",
		func() bool { return i.ask(http.MethodGet, i.items(), nil).status == http.StatusUnauthorized })
	i.kill()
	db := i.open()
	defer db.Close()
	checkWhole(t, db, k.ids)
}
