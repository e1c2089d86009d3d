package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/store/storetest"
)

// TestMain makes this test's binary the command sailplane of the scripts and of the servers that are killed and
// starved.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sailplane": main})
}

func TestScripts(t *testing.T) { runScripts(t, "testdata", "") }

// Scripts of which nothing is about the file of SQLite are run on both databases: each has one of its own.
func TestScriptsOnBoth(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { runScripts(t, "testdata/both", "") })
	if os.Getenv(storetest.Postgres) == "" {
		return
	}
	t.Run("postgres", func(t *testing.T) { runScripts(t, "testdata/both", os.Getenv(storetest.Postgres)) })
}

func runScripts(t *testing.T, dir, postgres string) {
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			e.Setenv("SAILPLANE_LOG_LEVEL", "error")
			if postgres == "" {
				return nil
			}
			url, drop, err := makePostgres(postgres)
			if err == nil {
				e.Setenv("SAILPLANE_DATABASE_URL", url)
				e.Defer(func() {
					if err := drop(); err != nil {
						t.Error(err)
					}
				})
			}
			return err
		},
		Condition: func(condition string) (bool, error) {
			switch condition {
			case "postgres":
				return postgres != "", nil
			case "sqlite":
				return postgres == "", nil
			}
			return false, fmt.Errorf("unknown condition %s", condition)
		},
		Cmds: map[string]func(s *testscript.TestScript, neg bool, args []string){
			"older": makeOlder, "newer": makeNewer, "unreleased": makeUnreleased, "leave": leaveLetters,
			"serve": serve, "cause": cause, "sql": runSQL, "mode": checkMode, "signin": signIn, "mailbox": runMailbox,
			"registry": serveRegistry,
		},
	})
}

// leaveLetters leaves so many letters in the queue of ./data: of the first three one is being done, one was being done
// by a process that died, and one is dead.
func leaveLetters(s *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	s.Check(err)
	db, err := store.Open(context.Background(), "", s.MkAbs("data/sailplane.db"))
	s.Check(err)
	err = db.Write(context.Background(), "", func(t *store.Tx) error {
		for range n {
			if err := store.Enqueue(t, mail.Job, mail.Email{To: store.NewID()}); err != nil {
				return err
			}
		}
		_, err := store.TakeJobs(t, "node", []int64{1}, t.Now, t.Now.Add(time.Hour))
		_, lapsed := store.TakeJobs(t, "node", []int64{2}, t.Now, t.Now.Add(-time.Hour))
		_, third := store.TakeJobs(t, "node", []int64{3}, t.Now, t.Now)
		return errors.Join(err, lapsed, third, store.FailJob(t, "node", 3, "no", time.Time{}))
	})
	s.Check(errors.Join(err, db.Close()))
}

// makeNewer leaves in a database what a newer binary would.
func makeNewer(s *testscript.TestScript, _ bool, args []string) {
	db, err := store.Open(context.Background(), "", s.MkAbs(args[0]))
	s.Check(err)
	err = db.Write(context.Background(), "", func(t *store.Tx) error {
		_, err := t.Exec("INSERT INTO schema_migrations (version, name, sum, applied_at) VALUES (?, ?, ?, ?)", 9999,
			"tomorrow", "", "2126-01-01T00:00:00Z")
		return err
	})
	s.Check(errors.Join(err, db.Close()))
}

// olderStore is an installation of the first schema.
const olderStore = "../web/routes/testdata/stores/0008"

// makeOlder makes a data folder of an installation of the first schema.
func makeOlder(s *testscript.TestScript, _ bool, args []string) {
	dir := s.MkAbs(args[0])
	s.Check(os.MkdirAll(dir, 0o700))
	s.Check(writeUnzipped(filepath.Join(dir, "sailplane.db"), olderStore+".db.gz"))
	for _, rest := range []string{"sailplane.db-wal", "sailplane.db-shm"} {
		s.Check(os.RemoveAll(filepath.Join(dir, rest)))
	}
	s.Check(os.WriteFile(filepath.Join(dir, "secret"), []byte("0123456789abcdef0123456789abcdef"), 0o600))
}

func writeUnzipped(file, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// makeUnreleased makes a data folder what a build from before the first release has left, whose schema was the same by
// other migrations, and the backup that it would write.
func makeUnreleased(s *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	dir := s.MkAbs(args[0])
	db, err := store.Open(ctx, "", filepath.Join(dir, "sailplane.db"))
	s.Check(err)
	err = db.Write(ctx, "", func(t *store.Tx) error {
		_, gone := t.Exec("DELETE FROM schema_migrations")
		for version, name := range map[int]string{1: "users", 2: "instance", 35: "search_letters"} {
			_, err := t.Exec("INSERT INTO schema_migrations (version, name, sum, applied_at) VALUES (?, ?, ?, ?)", version, name,
				name, "2026-11-28T00:00:00Z")
			gone = errors.Join(gone, err)
		}
		return gone
	})
	s.Check(err)
	secret, err := os.ReadFile(filepath.Join(dir, "secret"))
	s.Check(err)
	files, err := blob.OnDisk(filepath.Join(dir, "files"))
	s.Check(err)
	place, err := backup.OpenFolder(filepath.Dir(s.MkAbs(args[1])))
	s.Check(err)
	row, err := backup.Make(ctx, &app.App{DB: db, Blob: files, Secret: secret, Config: app.Defaults(), Dir: dir,
		Version: "v0.9.0"}, backup.Order{To: place, Name: filepath.Base(args[1])})
	s.Check(errors.Join(err, db.Close()))
	if row.Fault != "" {
		s.Fatalf("%s", row.Fault)
	}
}
