package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"filippo.io/age"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// The kinds of jobs that make and verify backups; their payload is a Task.
const (
	JobMake   = "backup.make"
	JobVerify = "backup.verify"
)

// Task is what is to be done: why a backup is to be made, or which one is to be verified.
type Task struct {
	Kind string `json:"kind,omitempty"`
	Name string `json:"name,omitempty"`
}

var _ store.OrderedJob = Task{}

// Order lets all nodes do one at a time.
func (Task) Order() store.JobOrder { return store.JobOrder{Line: "backup"} }

// Due leaves a backup to be made, by the clock. One that is still being made is enough.
func Due(ctx context.Context, a *app.App) error {
	err := enqueue(ctx, a, JobMake, Task{Kind: KindSchedule})
	if errors.Is(err, ErrRunning) {
		a.Log.Warn("no backup is begun: the last one is still being made or verified")
		return nil
	}
	return err
}

// tries is how often a backup that can't be made is tried: over some ten minutes. Then it has failed.
const tries = 9

// Run makes a backup in the background, and removes those that are too many.
func Run(ctx context.Context, a *app.App, task Task) error {
	began := a.DB.Now()
	row, err := Make(ctx, a, Order{Kind: task.Kind})
	if err != nil {
		job := store.JobIn(ctx)
		if ctx.Err() != nil || job != nil && job.Attempts < tries {
			return err
		}
		row = Failed(a, Order{Kind: task.Kind}, began, err)
	}
	if row.Fault != "" {
		a.Log.Error("backup", "name", row.Name, "place", row.Place, "error", row.Fault)
	} else {
		a.Log.Info("backup", "name", row.Name, "place", row.Place, "bytes", row.Size,
			"took", row.EndedAt.Sub(row.BeganAt))
	}
	err = note(ctx, a, row, task.Kind == KindSchedule)
	if errors.Is(err, store.ErrSettled) && row.Size > 0 { // another node was faster: this one is one too many
		return errors.Join(err, discard(ctx, a, row.Name))
	}
	if err != nil || row.Fault != "" {
		return err
	}
	gone, err := Prune(ctx, a, false)
	if err != nil {
		a.Log.Error("remove old backups", "error", err)
	}
	for _, e := range gone {
		a.Log.Info("an old backup is removed", "name", e.Name)
	}
	return nil
}

func discard(ctx context.Context, a *app.App, name string) error {
	p, err := OpenPlace(ctx, a)
	if err != nil {
		return err
	}
	return p.files.Delete(ctx, name)
}

// Failed is the row of a backup that could not be made.
func Failed(a *app.App, o Order, began time.Time, err error) *store.Backup {
	row := &store.Backup{Name: o.Name, Kind: o.Kind, Place: Schedule(a).Place, BeganAt: store.Stamped(began),
		EndedAt: store.Stamped(a.DB.Now()), Fault: err.Error()}
	if o.To != nil {
		row.Place = o.To.Name
	}
	return row
}

const (
	remembered = 400 * 24 * time.Hour // that it is known how a backup went
	telling    = 24 * time.Hour       // between two letters about failures
)

// Note writes how a backup went.
func Note(ctx context.Context, a *app.App, row *store.Backup) error { return note(ctx, a, row, false) }

// note is Note; with letters administrators are told when it failed, once a day at most.
func note(ctx context.Context, a *app.App, row *store.Backup, letters bool) error {
	err := a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := errors.Join(t.Lock("backup"), store.FinishJob(t)); err != nil {
			return err
		}
		if err := store.ForgetBackups(t, t.Now.Add(-remembered)); err != nil {
			return err
		}
		if row.Fault != "" && letters {
			if err := tell(a, t, row); err != nil {
				return err
			}
		}
		return store.Backups.Insert(t, row)
	})
	if err != nil {
		return fmt.Errorf("note how the backup went: %w", err)
	}
	return nil
}

func tell(a *app.App, t *store.Tx, row *store.Backup) error {
	told, err := store.BackupFaultTold(t, t.Now.Add(-telling))
	if err != nil || told {
		return err
	}
	admins, err := store.AdminEmails(t)
	if err != nil {
		return err
	}
	letters := make([]mail.Email, len(admins))
	for i, address := range admins {
		letters[i], err = mail.New(a, address, "backup-failed", map[string]string{"fault": row.Fault, "place": row.Place,
			"when": row.BeganAt.UTC().Format("2006-01-02 15:04 UTC"), "name": row.Name})
		if err != nil {
			return err
		}
	}
	row.ToldAt = &row.EndedAt
	return mail.EnqueueAll(t, letters)
}

// RunVerify verifies a backup in the background.
func RunVerify(ctx context.Context, a *app.App, task Task) error {
	row, err := Verify(ctx, a, task.Name, nil)
	if errors.Is(err, ErrNone) || errors.Is(err, ErrEncrypted) { // trying again is of no use
		a.Log.Warn("a backup is not verified", "name", task.Name, "reason", err)
		return nil
	}
	if err != nil {
		return err
	}
	if row.Fault != "" {
		a.Log.Error("backup", "name", row.Name, "place", row.Place, "error", row.Fault)
	}
	return nil
}

// Verify proves a backup in the place of [backup] again, notes what it was found to be, and returns its row. Without
// the private key, one that is encrypted is compared with the checksum of what was proven when it was made;
// ErrEncrypted if nobody knows that. An error says that it could not be read.
func Verify(ctx context.Context, a *app.App, name string, keys []age.Identity) (*store.Backup, error) {
	p, err := OpenPlace(ctx, a)
	if err != nil {
		return nil, err
	}
	r, size, err := p.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	known, err := store.BackupsOf(a.DB.Read(ctx), p.Name)
	if err != nil {
		return nil, err
	}
	row, ok := known[name]
	if !ok {
		n, _ := ParseName(name)
		row = store.Backup{Name: name, Place: p.Name, Encrypted: n.Encrypted, BeganAt: n.At, EndedAt: n.At, Size: size}
	}
	fault, err := proveAgain(ctx, a, Source{Name: name, R: r, Identities: keys}, &row)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	row.Fault = ""
	if fault != nil {
		row.Fault = fault.Error()
	} else {
		at := store.Stamped(a.DB.Now())
		row.VerifiedAt = &at
	}
	err = a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := store.FinishJob(t); err != nil {
			return err
		}
		if ok {
			return store.Backups.Update(t, &row, "verified_at", "fault", "size", "sha256", "rows_kept", "files_kept",
				"files_missing")
		}
		return store.Backups.Insert(t, &row)
	})
	return &row, err
}

// proveAgain returns what is wrong with a backup, and else fills its row in.
func proveAgain(ctx context.Context, a *app.App, src Source, row *store.Backup) (fault, err error) {
	was := row.SHA256
	if row.Encrypted && len(src.Identities) == 0 {
		if was == "" {
			return nil, ErrEncrypted
		}
		h := sha256.New()
		if _, err := io.Copy(h, src.R); err != nil {
			return nil, err
		}
		if hex.EncodeToString(h.Sum(nil)) != was {
			return errOther, nil
		}
		return nil, nil
	}
	work, err := scratch(a)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	proof, err := Prove(ctx, src, work)
	var unread *UnreadError
	switch {
	case ctx.Err() != nil || errors.As(err, &unread) || errors.Is(err, ErrEncrypted) || errors.Is(err, ErrOtherKey):
		return nil, err
	case err != nil:
		return err, nil
	case was != "" && proof.SHA256 != was:
		return errOther, nil
	}
	row.Size, row.SHA256, row.RowsKept, row.FilesKept = proof.Bytes, proof.SHA256, proof.Rows(), proof.Files
	row.FilesMissing = proof.Missing
	return nil, nil
}

var errOther = errors.New("it is damaged: its checksum is another than that of what was written")
