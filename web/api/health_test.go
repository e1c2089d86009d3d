package api_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/web/webtest"
)

// broken is a file store that can't be reached.
type broken struct{ blob.Store }

func (broken) Check(context.Context) error { return errors.New("no route to the bucket") }

func TestHealth(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ctx := context.Background()
		expect := func(when string, want map[string]int) {
			t.Helper()
			for path, status := range want {
				if a := s.Stranger().Do("GET", path, nil); a.Status != status {
					t.Errorf("%s %s: %d %s", path, when, a.Status, a.Raw)
				}
			}
		}
		expect("in good health", map[string]int{"/healthz": 200, "/livez": 200, "/readyz": 200})
		write := func(query string, args ...any) {
			t.Helper()
			if err := s.App.DB.Write(ctx, "",
				func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err }); err != nil {
				t.Fatal(err)
			}
		}
		write("INSERT INTO jobs (kind, payload, run_at, attempts, last_error, created_at) VALUES ('old', '{}', ?, 0, '', ?)",
			time.Now().Add(-time.Hour), time.Now().Add(-time.Hour))
		expect("with a backlog", map[string]int{"/readyz": 200})
		write("UPDATE schema_migrations SET version = version - 1000")
		expect("with a schema that is behind", map[string]int{"/healthz": 200, "/livez": 200, "/readyz": 503})
		write("UPDATE schema_migrations SET version = version + 1000")
		expect("with the schema again", map[string]int{"/readyz": 200})
		write("INSERT INTO schema_migrations (version, name, sum, applied_at) VALUES (9999, 'tomorrow', '', '')")
		expect("with a schema that a newer node has brought", map[string]int{"/readyz": 200})
		if err := s.App.DB.Close(); err != nil {
			t.Fatal(err)
		}
		expect("without a database", map[string]int{"/healthz": 200, "/livez": 200, "/readyz": 503})
	})
}

func TestReadinessAsksTheFileStore(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		s.App.Blob = broken{s.App.Blob}
		if a := s.Stranger().Do("GET", "/readyz", nil); a.Status != 503 || a.At("status") != "files cannot be kept" {
			t.Errorf("%d %s", a.Status, a.Raw)
		}
	})
}
