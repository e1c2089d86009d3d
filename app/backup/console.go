package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// What the console, the command line, doctor and metrics ask. Who may is theirs to say: whoever may read a backup may
// read everything.

// Entry is a backup that is in its place, and what is known of it.
type Entry struct {
	Name         string     `json:"name"`
	MadeAt       time.Time  `json:"made_at"`
	Before       int        `json:"before,omitempty"` // the migration that it was made before; then it holds the database only
	Size         int64      `json:"size"`             // in bytes
	Encrypted    bool       `json:"encrypted"`
	Kind         string     `json:"kind,omitempty"` // why it was made; empty: another installation made it
	Rows         int64      `json:"rows,omitempty"`
	Files        int64      `json:"files,omitempty"`
	FilesMissing int64      `json:"files_missing,omitempty"` // that the database names and that were not there any more
	Seconds      float64    `json:"seconds,omitempty"`       // that making and proving it took
	VerifiedAt   *time.Time `json:"verified_at"`             // when it was last found whole; nil: never
	Fault        string     `json:"fault,omitempty"`         // what is wrong with it
}

// List returns the backups in the place of [backup], newest first.
func List(ctx context.Context, a *app.App) ([]Entry, error) {
	p, err := OpenPlace(ctx, a)
	if err != nil {
		return nil, err
	}
	return entries(ctx, a, p)
}

// Open returns the content of a backup in the place of [backup], as it lies there, and its size; ErrNone without one.
func Open(ctx context.Context, a *app.App, name string) (io.ReadSeekCloser, int64, error) {
	if _, ok := ParseName(name); !ok {
		return nil, 0, fmt.Errorf("%s: %w", name, ErrNone)
	}
	p, err := OpenPlace(ctx, a)
	if err != nil {
		return nil, 0, err
	}
	return p.Open(ctx, name)
}

// Plan is when and where backups are made, and how many are kept.
type Plan struct {
	Schedule            string     `json:"schedule"` // minute hour day month weekday, UTC; empty: none
	Next                *time.Time `json:"next"`     // when the next one is made
	Place               string     `json:"place"`    // the folder, or the bucket
	KeepDaily           int        `json:"keep_daily"`
	KeepWeekly          int        `json:"keep_weekly"`
	KeepMonthly         int        `json:"keep_monthly"`
	KeepBeforeMigration int        `json:"keep_before_migration"`
	Encrypted           bool       `json:"encrypted"`
}

// Schedule returns the plan of [backup].
func Schedule(a *app.App) Plan {
	b := a.Config.Backup
	p := Plan{Schedule: b.Schedule, KeepDaily: b.KeepDaily, KeepWeekly: b.KeepWeekly, KeepMonthly: b.KeepMonthly,
		KeepBeforeMigration: b.KeepBeforeMigration, Encrypted: len(b.AgeRecipients) > 0}
	switch {
	case b.InStorage():
		p.Place = "the bucket " + a.Config.Storage.S3Bucket + " below " + b.Prefix()
	case b.S3Bucket == "":
		p.Place = "the folder " + FolderOf(a)
	default:
		p.Place = "the bucket " + b.S3Bucket
	}
	if next := Next(a, a.DB.Now()); !next.IsZero() {
		p.Next = &next
	}
	return p
}

// Next is when a backup is due after that time; zero: never.
func Next(a *app.App, after time.Time) time.Time {
	when, err := cron.ParseStandard(a.Config.Backup.Schedule)
	if err != nil { // empty: the configuration was checked
		return time.Time{}
	}
	return when.Next(after.UTC())
}

// Last is how the last backups went.
type Last struct {
	Ended    *store.Backup `json:"ended"`    // the last that was made or failed; nil: none ever
	Verified *store.Backup `json:"verified"` // the last that was found whole; nil: none ever
	Running  int           `json:"running"`  // how many wait or are being made or verified by a server
}

// LastResults returns how the last backups went, wherever they were made to.
func LastResults(ctx context.Context, a *app.App) (l Last, err error) {
	t := a.DB.Read(ctx)
	for _, part := range []struct {
		whole bool
		to    **store.Backup
	}{{false, &l.Ended}, {true, &l.Verified}} {
		*part.to, err = store.LastBackup(t, part.whole)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return l, err
		}
	}
	for _, kind := range []string{JobMake, JobVerify} {
		n, err := store.QueuedJobs(t, kind)
		if err != nil {
			return l, err
		}
		l.Running += n
	}
	return l, nil
}

// ErrRunning says that the server makes or verifies a backup already: it does one at a time.
var ErrRunning = errors.New("a backup is being made or verified")

// Request lets the server make a backup soon; ErrRunning if it makes one.
func Request(ctx context.Context, a *app.App) error {
	return enqueue(ctx, a, JobMake, Task{Kind: KindRequest})
}

// RequestVerify lets the server verify a backup soon; ErrRunning if it makes or verifies one.
func RequestVerify(ctx context.Context, a *app.App, name string) error {
	r, _, err := Open(ctx, a, name)
	if err != nil {
		return err
	}
	if err := r.Close(); err != nil {
		return err
	}
	return enqueue(ctx, a, JobVerify, Task{Name: name})
}

func enqueue(ctx context.Context, a *app.App, kind string, task Task) error {
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := t.Lock("backup"); err != nil {
			return err
		}
		for _, k := range []string{JobMake, JobVerify} {
			if n, err := store.QueuedJobs(t, k); err != nil || n > 0 {
				return errors.Join(err, ErrRunning)
			}
		}
		return store.Enqueue(t, kind, task)
	})
}

// NoteFetched writes into the audit log that somebody takes a backup away: everything is in it.
func NoteFetched(ctx context.Context, a *app.App, name string) error {
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		return app.Note(t, app.Deed{Event: app.BackupFetched, Target: app.Target{Type: "backup", ID: name}})
	})
}
