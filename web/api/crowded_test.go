package api_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// Who finds all connections in use is told to come back, and need do no more; it makes no difference whether it is this
// node that may have no more of them, or its role at the server.
func TestConnectionsAreUsedUp(t *testing.T) {
	if os.Getenv(storetest.Postgres) == "" {
		t.Skip("Postgres only")
	}
	for name, tt := range map[string]struct {
		connections int
		limit       int // of the role
	}{
		"ours":       {connections: 1, limit: -1},
		"the role's": {connections: 20, limit: 2}, // one to hear by, one to ask by
	} {
		t.Run(name, func(t *testing.T) {
			db, limit := openLimited(t, tt.connections)
			s := webtest.New(t, apptest.New(t, db))
			ann := s.User("ann")
			if a := ann.Do(http.MethodGet, "/api/users/me/", nil); a.Status != http.StatusOK {
				t.Fatalf("with a connection: %d %s", a.Status, a.Raw)
			}
			limit(tt.limit)
			release := holdAll(t, db)
			a := ann.Do(http.MethodPatch, "/api/users/me/", map[string]any{"first_name": "Anna"})
			if a.Status != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" ||
				!strings.Contains(string(a.Raw), "All connections to the database are in use") {
				t.Errorf("without one: %d %v %s", a.Status, a.Header, a.Raw)
			}
			release()
			if a := ann.Do(http.MethodPatch, "/api/users/me/", map[string]any{"first_name": "Anna"}); a.Status != http.StatusOK {
				t.Errorf("afterwards: %d %s", a.Status, a.Raw)
			}
		})
	}
}

// holdAll keeps all connections that the node has in use until release is called.
func holdAll(t *testing.T, db *store.DB) (release func()) {
	t.Helper()
	known, err := db.Figures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	held, free := make(chan bool), make(chan bool)
	var all sync.WaitGroup
	for range known.Pools["all"].OpenConnections {
		all.Go(func() {
			err := db.Write(t.Context(), "", func(*store.Tx) error {
				held <- true
				<-free
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-held
	}
	return func() {
		close(free)
		all.Wait()
	}
}

// openLimited opens a new database with so many connections, as a role that may have as many as limit says.
func openLimited(t *testing.T, connections int) (db *store.DB, limit func(n int)) {
	t.Helper()
	admin, err := sql.Open("pgx", os.Getenv(storetest.Postgres))
	if err != nil {
		t.Fatal(err)
	}
	role := "crowd_" + strings.ReplaceAll(store.NewID(), "-", "")
	exec := func(on *sql.DB, statement string) {
		t.Helper()
		if _, err := on.Exec(statement); err != nil {
			t.Error(err)
		}
	}
	exec(admin, "CREATE ROLE "+role+" LOGIN")
	t.Cleanup(func() {
		exec(admin, "DROP ROLE "+role)
		admin.Close()
	})
	whole := storetest.OnPostgres(t)
	u, err := url.Parse(os.Getenv(storetest.Postgres))
	if err != nil {
		t.Fatal(err)
	}
	if err := whole.Read(t.Context()).One("SELECT current_database()", nil, &u.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := whole.Read(t.Context()).Exec("GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role); err != nil {
		t.Fatal(err)
	}
	if _, err := whole.Read(t.Context()).Exec("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO " + role); err != nil {
		t.Fatal(err)
	}
	u.User = url.User(role)
	db, err = store.Open(t.Context(), u.String(), "", store.Connections(connections), store.Patience(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	db.OutlineItems = 0
	t.Cleanup(func() { db.Close() })
	return db, func(n int) { exec(admin, fmt.Sprintf("ALTER ROLE %s CONNECTION LIMIT %d", role, n)) }
}
