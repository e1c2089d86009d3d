// Package health looks for what is wrong with an installation, and says what to do.
package health

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

// Finding is what a check has to say. Its code never changes: scripts and pages on the web speak of it.
type Finding struct {
	Code  string `json:"code"`
	Level Level  `json:"level"`
	What  string `json:"what"`
	Why   string `json:"why,omitempty"` // it matters
	Do    string `json:"do,omitempty"`  // the command to run, or the setting to change
}

// Level says how bad a finding is.
type Level string

// The levels.
const (
	Fine  Level = "ok"
	Note  Level = "note"  // worth knowing; nothing is broken
	Wrong Level = "wrong" // something does not work, or soon won't
)

func ok(code, what string) Finding { return Finding{Code: code, Level: Fine, What: what} }

func (f Finding) at(l Level) Finding {
	f.Level = l
	return f
}

// Patient is what is examined.
type Patient struct {
	Dir    string
	Config *app.Config
	DB     *store.DB         // nil: it is opened, and closed again
	Lanes  map[string]string // of the kinds of jobs that this version does; nil: unknown
	// Frontends is the folder of those that were pulled.
	Frontends string

	Files    func(context.Context) (blob.Store, error)
	Secret   func(context.Context) ([]byte, error)
	Frontend func(build string) (warnings []string, err error) // opens a build of the frontends
	Storage  func(*store.DB) (name string, err error)          // of this node's place for files; nil: compared already
	Pending  func(context.Context, *store.DB) (migrations int, err error)

	own     bool // the database was opened here
	current bool // the schema is the one that the rest of the checks can read
}

// OfServer is the installation of an application that runs.
func OfServer(a *app.App, frontend func(build string) ([]string, error)) *Patient {
	return &Patient{Dir: a.Dir, Config: a.Config, DB: a.DB, Lanes: a.Lanes, Frontends: a.Frontends, Frontend: frontend,
		Files:   func(context.Context) (blob.Store, error) { return a.Blob, nil },
		Secret:  func(context.Context) ([]byte, error) { return a.Secret, nil },
		Pending: func(context.Context, *store.DB) (int, error) { return 0, nil }} // or it would not run
}

// A check looks at one thing. It changes nothing but what it says and removes again.
type check func(ctx context.Context, p *Patient) []Finding

// Examine makes all checks.
func Examine(ctx context.Context, p *Patient) []Finding {
	found := []Finding{ok("config.valid", "the settings can be read")}
	for _, look := range []check{checkFolder, checkDisk, checkFiles, checkFrontend, checkBuild, checkDatabase,
		checkSchema} {
		found = append(found, look(ctx, p)...)
	}
	if p.DB == nil {
		return found
	}
	if p.current {
		for _, look := range []check{checkSecret, checkNodes, checkJobs, checkCleaning, checkAdmins, checkMail,
			checkProviders, checkDirectory, checkClock, checkBackups} {
			found = append(found, look(ctx, p)...)
		}
	}
	if !p.own {
		return found
	}
	if err := p.DB.Close(); err != nil {
		found = append(found, Finding{
			Code: "database.close", Level: Wrong, What: err.Error(), Why: "the database could not be left in order",
			Do: "sailplane doctor, again",
		})
	}
	return found
}

// Glance makes the checks that a server which runs has the answers to at hand: nothing waits for others, or reads all
// of the database.
func Glance(ctx context.Context, p *Patient) []Finding {
	var found []Finding
	for _, look := range []check{checkFolder, checkDisk, checkFrontend, checkJobs, checkCleaning, checkAddresses,
		checkClock, checkBackups} {
		found = append(found, look(ctx, p)...)
	}
	return found
}

func (p *Patient) database() string { return filepath.Join(p.Dir, "sailplane.db") }

// checkDatabase opens the database, but makes none.
func checkDatabase(ctx context.Context, p *Patient) []Finding {
	if p.DB != nil {
		return checkPages(ctx, p)
	}
	if p.Config.Database.URL == "" && !exists(p.database()) {
		return []Finding{{
			Code: "database.missing", Level: Note, What: p.database() + " is not there yet",
			Why: "nothing has been installed in this folder",
			Do:  "sailplane serve --dir " + p.Dir + " (or is the data in another folder: --dir?)",
		}}
	}
	db, err := store.Open(ctx, p.Config.Database.URL, p.database())
	if err != nil {
		do := "look at the rights of " + p.database() +
			"; if it is no database any more: sailplane backup restore FILE --force"
		if p.Config.Database.URL != "" {
			do = "see that the server of database.url runs and lets this machine in, then: sailplane doctor"
		}
		return []Finding{{
			Code: "database.closed", Level: Wrong, What: err.Error(), Why: "nothing can be read or written", Do: do,
		}}
	}
	db.Beside, p.DB, p.own = true, db, true
	return checkPages(ctx, p)
}

func checkPages(ctx context.Context, p *Patient) []Finding {
	if err := p.DB.Check(ctx); err != nil {
		return []Finding{{
			Code: "database.damaged", Level: Wrong, What: err.Error(), Why: "rows may be lost, and more will be",
			Do: "stop the server, keep a copy of the folder, then: sailplane backup restore FILE --force",
		}}
	}
	return []Finding{ok("database.sound", "the database can be read, and its pages are in order")}
}

func checkSchema(ctx context.Context, p *Patient) []Finding {
	if p.DB == nil {
		return nil
	}
	todo, err := p.Pending(ctx, p.DB)
	switch {
	case err != nil:
		return []Finding{{
			Code: "schema.unknown", Level: Wrong, What: err.Error(), Why: "this binary can't work with that database",
			Do: "run the sailplane that used it last (sailplane version), or restore a backup",
		}}
	case todo > 0:
		return []Finding{{
			Code: "schema.pending", Level: Wrong, What: fmt.Sprintf("%d migrations have not been applied", todo),
			Why: "commands work only on the newest schema",
			Do:  "sailplane migrate up (the server does it by itself when it starts)",
		}}
	}
	p.current = true
	return []Finding{ok("schema.current", "the schema is this binary's")}
}
