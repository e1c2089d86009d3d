// Package app holds the rules. It knows neither HTTP nor SQL text; its areas (issue, project, workspace, user, …)
// do not know each other: what one causes in another goes through a job that is written with the change.
package app

import (
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

// App is what every rule may use, built once: in cmd for the server, in apptest for tests.
type App struct {
	DB      *store.DB
	Blob    blob.Store // uploaded files
	Config  *Config
	Version string // of the program
	Secret  []byte // signs and encrypts; 32 bytes, kept beside the data
	Log     *slog.Logger
	Dir     string // the data folder
	Temp    string // the folder for what is on its way in or out; empty: the system's
	// Frontends is the folder of the frontends that were pulled, with what app/frontend keeps there.
	Frontends string

	// Lanes are the lanes of the kinds of jobs that this version does; nil: unknown.
	Lanes map[string]string

	// Overtaken counts how often a call found that somebody else had come between; see Looking.
	Overtaken atomic.Int64

	Kept sync.Map // what areas know of others for a while: each has keys of a type of its own

	Counts Counts
	APILog APILog

	failures    failures
	refusedKeys refusedKeys

	ready readiness
}
