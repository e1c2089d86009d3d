package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// finding is what a check has to say. Its code never changes: scripts and pages on the web speak of it.
type finding struct {
	Code  string `json:"code"`
	Level level  `json:"level"`
	What  string `json:"what"`
	Why   string `json:"why,omitempty"` // it matters
	Do    string `json:"do,omitempty"`  // the command to run, or the setting to change
}

type level string

const (
	fine  level = "ok"
	note  level = "note"  // worth knowing; nothing is broken
	wrong level = "wrong" // something does not work, or soon won't
)

func ok(code, what string) finding { return finding{Code: code, Level: fine, What: what} }

func (f finding) at(l level) finding {
	f.Level = l
	return f
}

// patient is what is examined.
type patient struct {
	command *command
	config  *app.Config
	db      *store.DB // nil: could not be opened
	current bool      // the schema is the one that the rest of the checks can read
}

// A check looks at one thing. It changes nothing but what it says and removes again.
type check func(ctx context.Context, p *patient) []finding

func (c *command) doctor() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Look for what is wrong with this installation, and say what to do",
		Long: "Looks at the settings, the data folder, the database, the background work and what lies around them.\n" +
			"The server may be running. The exit status is 1 when something is wrong.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := c.examine(cmd.Context())
			if err := c.tell(findings); err != nil {
				return err
			}
			ill := 0
			for _, f := range findings {
				if f.Level == wrong {
					ill++
				}
			}
			if ill > 0 {
				cmd.SilenceErrors = c.json
				return fmt.Errorf("%d checks found something wrong", ill)
			}
			return nil
		},
	}
}

func (c *command) examine(ctx context.Context) []finding {
	cfg, err := c.load()
	if err != nil {
		return []finding{{
			Code: "config.invalid", Level: wrong, What: err.Error(), Why: "no command works before it is put right",
			Do: "change the line, then: sailplane config check (config.example.toml says what each setting takes)",
		}}
	}
	p := &patient{command: c, config: cfg}
	found := []finding{ok("config.valid", "the settings can be read")}
	for _, look := range []check{checkFolder, checkDisk, checkFiles, checkFrontend, checkDatabase, checkSchema} {
		found = append(found, look(ctx, p)...)
	}
	if p.db == nil {
		return found
	}
	if p.current {
		for _, look := range []check{checkSecret, checkNodes, checkJobs, checkAdmins, checkMail, checkClock, checkBackups} {
			found = append(found, look(ctx, p)...)
		}
	}
	if err := p.db.Close(); err != nil {
		found = append(found, finding{
			Code: "database.close", Level: wrong, What: err.Error(), Why: "the database could not be left in order",
			Do: "sailplane doctor, again",
		})
	}
	return found
}

func (c *command) tell(findings []finding) error {
	if c.json {
		return c.say(findings, "")
	}
	for _, f := range findings {
		fmt.Fprintf(c.out, "%-5s  %-18s  %s\n", f.Level, f.Code, f.What)
		if f.Why != "" {
			fmt.Fprintf(c.out, "       why it matters: %s\n", f.Why)
		}
		if f.Do != "" {
			fmt.Fprintf(c.out, "       what to do:     %s\n", f.Do)
		}
	}
	return nil
}

// checkDatabase opens the database, but makes none.
func checkDatabase(ctx context.Context, p *patient) []finding {
	c := p.command
	if p.config.Database.URL == "" && !exists(c.database()) {
		return []finding{{
			Code: "database.missing", Level: note, What: c.database() + " is not there yet",
			Why: "nothing has been installed in this folder",
			Do:  "sailplane serve --dir " + c.dir + " (or is the data in another folder: --dir?)",
		}}
	}
	db, err := store.Open(ctx, p.config.Database.URL, c.database())
	if err != nil {
		do := "look at the rights of " + c.database() +
			"; if it is no database any more: sailplane backup restore FILE --force"
		if p.config.Database.URL != "" {
			do = "see that the server of database.url runs and lets this machine in, then: sailplane doctor"
		}
		return []finding{{
			Code: "database.closed", Level: wrong, What: err.Error(), Why: "nothing can be read or written", Do: do,
		}}
	}
	db.Beside, p.db = true, db
	if err := db.Check(ctx); err != nil {
		return []finding{{
			Code: "database.damaged", Level: wrong, What: err.Error(), Why: "rows may be lost, and more will be",
			Do: "stop the server, keep a copy of the folder, then: sailplane backup restore FILE --force",
		}}
	}
	return []finding{ok("database.sound", "the database can be read, and its pages are in order")}
}

func checkSchema(ctx context.Context, p *patient) []finding {
	if p.db == nil {
		return nil
	}
	todo, err := p.command.pending(ctx, p.db)
	switch {
	case err != nil:
		return []finding{{
			Code: "schema.unknown", Level: wrong, What: err.Error(), Why: "this binary can't work with that database",
			Do: "run the sailplane that used it last (sailplane version), or restore a backup",
		}}
	case len(todo) > 0:
		return []finding{{
			Code: "schema.pending", Level: wrong, What: fmt.Sprintf("%d migrations have not been applied", len(todo)),
			Why: "commands work only on the newest schema",
			Do:  "sailplane migrate up (the server does it by itself when it starts)",
		}}
	}
	p.current = true
	return []finding{ok("schema.current", "the schema is this binary's")}
}
