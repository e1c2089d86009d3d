package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver for making databases

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
)

// Nodes and commands that start at once where nothing is yet all come up, and what is there once is there once.
func TestManyStartAtOnce(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		dirs := make([]string, 6)
		for i := range dirs {
			dirs[i] = dir
		}
		startAtOnce(t, "", dirs)
	})
	if os.Getenv(storetest.Postgres) == "" {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		dirs, files := make([]string, 6), t.TempDir() // each node has a folder of its own, and files are shared
		for i := range dirs {
			dirs[i] = t.TempDir()
			if err := os.Symlink(files, filepath.Join(dirs[i], "files")); err != nil {
				t.Fatal(err)
			}
		}
		startAtOnce(t, emptyPostgres(t), dirs)
	})
}

// startAtOnce runs a server and commands that write, each on its folder, and looks at what they leave.
func startAtOnce(t *testing.T, db string, dirs []string) {
	t.Helper()
	env := append(os.Environ(), "SAILPLANE_DATABASE_URL="+db)
	if db != "" {
		env = append(env, "SAILPLANE_SERVER_SECRET="+strings.Repeat("one secret ", 4))
	}
	var all sync.WaitGroup
	for n, dir := range dirs {
		all.Go(func() {
			if n == 0 || db != "" && n < 3 {
				i := &installation{t: t, dir: dir, env: env, db: db}
				i.start()
				i.kill()
				return
			}
			cmd := exec.Command("sailplane", "admin", "create", "--email", fmt.Sprintf("admin-%d@sailplane.test", n),
				"--password-file", "-", "--dir", dir)
			cmd.Env, cmd.Stdin = env, strings.NewReader("correct-horse-battery-"+fmt.Sprint(n)+"\n")
			if said, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("admin create: %v\n%s", err, said)
			}
		})
	}
	all.Wait()
	opened, err := store.Open(context.Background(), db, filepath.Join(dirs[0], "sailplane.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	for query, want := range map[string]int{
		"SELECT COUNT(*) FROM instances":                                       1,
		`SELECT COUNT(*) - COUNT(DISTINCT "key") FROM instance_configurations`: 0,
		"SELECT COUNT(*) - COUNT(DISTINCT version) FROM schema_migrations":     0,
		"SELECT COUNT(*) FROM instance_admins WHERE role = 20": len(dirs) - map[bool]int{false: 1,
			true: 3}[db != ""],
	} {
		var n int
		if err := opened.Read(t.Context()).One(query, nil, &n); err != nil || n != want {
			t.Errorf("%s: %d, want %d (%v)", query, n, want, err)
		}
	}
}

// emptyPostgres makes a database on the test server and returns its URL.
func emptyPostgres(t *testing.T) string {
	t.Helper()
	made, drop, err := makePostgres(os.Getenv(storetest.Postgres))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Error(err)
		}
	})
	return made
}

// makePostgres makes a database on a server, and says how it is dropped.
func makePostgres(server string) (made string, drop func() error, err error) {
	admin, err := sql.Open("pgx", server)
	if err != nil {
		return "", nil, err
	}
	name := "start_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	u, err := url.Parse(server)
	if err == nil {
		_, err = admin.Exec("CREATE DATABASE " + name)
	}
	if err != nil {
		return "", nil, errors.Join(err, admin.Close())
	}
	u.Path = "/" + name
	return u.String(), func() error {
		_, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		return errors.Join(err, admin.Close())
	}, nil
}
