package storetest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sailplane/sailplane/store"
)

// The engines.
const (
	EngineSQLite   = "sqlite"
	EnginePostgres = "postgres"
)

// Engines lists those that tests run on.
func Engines() []string {
	if os.Getenv(Postgres) == "" {
		return []string{EngineSQLite}
	}
	return []string{EngineSQLite, EnginePostgres}
}

// Template is a database that others begin as copies of: cheaper than migrating and filling each.
type Template struct {
	file string // SQLite's
	name string // the database of Postgres
}

// NewTemplate makes a migrated database and lets it be filled. What fill leaves to be cleaned up ends with fill.
func NewTemplate(t testing.TB, engine string, fill func(t testing.TB, db *store.DB)) *Template {
	t.Helper()
	made := &Template{}
	within := &scope{TB: t}
	defer within.end()
	if engine == EngineSQLite {
		made.file = filepath.Join(t.TempDir(), "template.db")
		write(t, made.file, migratedFile(t))
		fill(within, open(within, "", made.file))
		return made
	}
	address := created(t, migrated(t))
	made.name = databaseName(t, address)
	fill(within, open(within, address, ""))
	return made
}

// Open opens a copy.
func (m *Template) Open(t testing.TB) *store.DB {
	t.Helper()
	if m.file == "" {
		return open(t, created(t, m.name), "")
	}
	raw, err := os.ReadFile(m.file)
	if err != nil {
		t.Fatal(err)
	}
	return copied(t, raw)
}

// copied opens a database of SQLite that begins with so many bytes.
func copied(t testing.TB, raw []byte) *store.DB {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sailplane.db")
	write(t, file, raw)
	return open(t, "", file)
}

func write(t testing.TB, file string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// scope is a test whose clean-up is done before the test's.
type scope struct {
	testing.TB
	ends []func()
}

// Cleanup leaves something to be done at the end of the scope.
func (s *scope) Cleanup(end func()) { s.ends = append(s.ends, end) }

func (s *scope) end() {
	for _, end := range slices.Backward(s.ends) {
		end()
	}
}
