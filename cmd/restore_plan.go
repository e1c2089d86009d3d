package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/store"
)

// present is what a restore finds and replaces.
type present struct {
	Database string          `json:"database,omitempty"` // the file, or Postgres
	Rows     int64           `json:"rows"`
	Main     string          `json:"holds,omitempty"` // in words
	Since    []store.Written `json:"written_since"`   // the backup
	Names    []string        `json:"names"`           // in the data folder
}

func (p *present) any() bool { return p.Database != "" || len(p.Names) > 0 }

// String names what is there.
func (p *present) String() string {
	names := p.Names
	if p.Database != "" && len(names) == 0 {
		names = []string{p.Database}
	}
	return strings.Join(names, ", ")
}

// data is what a restore replaces in the data folder; the database alone are the first three.
var data = []string{"sailplane.db", "sailplane.db-wal", "sailplane.db-shm", "files", "secret"}

func dataOf(m *backup.Manifest) []string {
	if m.Scope == backup.ScopeDatabase {
		return data[:3]
	}
	return data
}

// whatIsThere looks at the data that a backup would replace.
func (c *command) whatIsThere(ctx context.Context, cfg *app.Config, m *backup.Manifest) (*present, error) {
	p := &present{Names: []string{}, Since: []store.Written{}}
	for _, name := range dataOf(m) {
		if exists(filepath.Join(c.dir, name)) {
			p.Names = append(p.Names, name)
		}
	}
	if cfg.Database.URL == "" && !exists(c.database()) {
		return p, nil
	}
	db, err := store.Open(ctx, cfg.Database.URL, c.database())
	if err != nil && cfg.Database.URL == "" {
		p.Database, p.Main = "the database "+c.database(), "what can't be read"
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	defer db.Close()
	err = p.look(ctx, db, m)
	if err != nil && cfg.Database.URL == "" { // a damaged file is what backups are for
		p.Main, err = "what can't be read in full", nil
	}
	return p, err
}

func (p *present) look(ctx context.Context, db *store.DB, m *backup.Manifest) error {
	done, err := db.Applied(ctx)
	if err != nil || len(done) == 0 {
		return err
	}
	p.Database = "the database " + db.Name()
	if db.Postgres {
		p.Database = "the Postgres database"
	}
	counts, err := store.CountRows(ctx, db)
	if err != nil {
		return err
	}
	for _, n := range counts {
		p.Rows += n
	}
	p.Main = fmt.Sprintf("%d accounts, %d workspaces, %d work items", counts["users"], counts["workspaces"],
		counts["issues"])
	p.Since, err = store.WrittenSince(ctx, db, m.CreatedAt)
	return err
}

// tellPlan says what a restore will do.
func (c *command) tellPlan(u *backup.Unpacked, p *present, rehearse bool) {
	if c.json {
		return
	}
	will := "replaces"
	if rehearse {
		will = "would replace"
	}
	fmt.Fprintf(os.Stderr, "The backup of %s UTC (%s, %d rows, %d files) %s:\n", u.CreatedAt.Format(time.DateTime),
		u.Engine, u.Rows(), u.FileSum, will)
	switch {
	case !p.any():
		fmt.Fprintln(os.Stderr, "  nothing: there is no data yet")
	case p.Database != "":
		fmt.Fprintf(os.Stderr, "  %s: %s; %s since that backup\n", p.Database, p.Main, lost(p.Since))
	}
	if own := c.ownSecret(); own != "" && len(u.Secret) > 0 && own != string(u.Secret) {
		fmt.Fprintln(os.Stderr, "  server.secret is another than that of the backup: what was sealed with it can't be read. Set it to that of the installation that made the backup")
	}
	for _, name := range p.Names {
		if name == "files" || name == "secret" {
			fmt.Fprintf(os.Stderr, "  %s\n", filepath.Join(c.dir, name))
		}
	}
}

// ownSecret is that of the settings, which stands above the one in the data folder.
func (c *command) ownSecret() string {
	cfg, err := c.load()
	if err != nil {
		return ""
	}
	return cfg.Server.Secret
}

// lost says how much was written.
func lost(since []store.Written) string {
	var made, changed int64
	for _, w := range since {
		made, changed = made+w.New, changed+w.Changed
	}
	return fmt.Sprintf("%d rows were made and %d changed", made, changed)
}
