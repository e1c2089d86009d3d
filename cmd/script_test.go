package main

import (
	"context"
	"errors"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sailplane/sailplane/store"
)

// TestMain makes this test's binary the command sailplane of the scripts and of the servers that are killed and starved.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sailplane": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("SAILPLANE_LOG_LEVEL", "error")
			return nil
		},
		Cmds: map[string]func(s *testscript.TestScript, neg bool, args []string){"newer": makeNewer},
	})
}

// makeNewer leaves in a database what a newer binary would.
func makeNewer(s *testscript.TestScript, _ bool, args []string) {
	db, err := store.Open(context.Background(), "", s.MkAbs(args[0]))
	s.Check(err)
	err = db.Write(context.Background(), "", func(t *store.Tx) error {
		_, err := t.Exec("INSERT INTO schema_migrations (version, name, sum, applied_at) VALUES (?, ?, ?, ?)", 9999, "tomorrow", "", "2126-01-01T00:00:00Z")
		return err
	})
	s.Check(errors.Join(err, db.Close()))
}
