package backup

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"filippo.io/age"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/archive"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

// Order is a backup that is to be made.
type Order struct {
	Kind   string            // why: KindSchedule, …
	To     *Place            // nil: the place of [backup]
	Name   string            // in there, which must be free; empty: one with the time
	Before int               // with KindMigration: the first migration that is to follow; only the database is kept
	Say    func(text string) // hears what is being done; may be nil
}

func (o *Order) say(format string, args ...any) {
	if o.Say != nil {
		o.Say(fmt.Sprintf(format, args...))
	}
}

// Make makes a backup of a running or stopped installation, reads it back from where it went, and proves it. The row
// that it returns is not written yet: see Note. An error says that none was made, and nothing is left of it; one that
// was made and is not whole has its Fault, and stays.
func Make(ctx context.Context, a *app.App, o Order) (*store.Backup, error) {
	if o.To == nil {
		to, err := OpenPlace(ctx, a)
		if err != nil {
			return nil, err
		}
		o.To = to
	}
	m, err := begin(a, o)
	if err != nil {
		return nil, err
	}
	defer m.end()
	if o.Name == "" {
		name := Name{At: m.row.BeganAt, Before: o.Before, Encrypted: m.row.Encrypted}
		if m.row.Name, err = o.To.free(ctx, name); err != nil {
			return nil, err
		}
	}
	m.row.Place = o.To.Name
	err = m.write(ctx, o.To.Name, func(r io.Reader) error { return o.To.files.Put(ctx, m.row.Name, r, blob.Unknown) })
	if err != nil {
		return nil, err
	}
	o.say("reading it back to prove it")
	back, _, err := o.To.Open(ctx, m.row.Name)
	if err != nil {
		return m.found(ctx, nil, err)
	}
	defer back.Close()
	p, err := Prove(ctx, m.source(back), m.work)
	return m.found(ctx, p, err)
}

// Stream makes a backup on w, such as standard output, and proves what goes there as it goes. The row that it returns
// is as Make's.
func Stream(ctx context.Context, a *app.App, w io.Writer, o Order) (*store.Backup, error) {
	m, err := begin(a, o)
	if err != nil {
		return nil, err
	}
	defer m.end()
	m.row.Place = o.Name
	r, tee := io.Pipe()
	var p *Proof
	var fault error
	var proving sync.WaitGroup
	proving.Go(func() {
		p, fault = Prove(ctx, m.source(r), m.work)
		io.Copy(io.Discard, r) //nolint:errcheck // whatever is wrong with it, all of it goes out
	})
	err = m.write(ctx, o.Name, func(r io.Reader) error {
		_, err := io.Copy(io.MultiWriter(w, tee), r)
		return err
	})
	tee.CloseWithError(err)
	proving.Wait()
	if err != nil {
		return nil, err
	}
	return m.found(ctx, p, fault)
}

// making is a backup on its way.
type making struct {
	app   *app.App
	order Order
	row   *store.Backup
	work  string          // a folder for the copy of the database
	keys  []age.Recipient // it is encrypted for
	own   []age.Identity  // that it is proven with
}

func begin(a *app.App, o Order) (*making, error) {
	keys, err := a.Config.Backup.Recipients()
	if err != nil {
		return nil, err
	}
	m := &making{app: a, order: o, keys: keys, row: &store.Backup{Name: o.Name, Kind: o.Kind,
		BeganAt: store.Stamped(a.DB.Now()), Encrypted: len(keys) > 0}}
	if m.row.Encrypted {
		own, key, err := passing(keys)
		if err != nil {
			return nil, err
		}
		m.keys, m.own = append(keys, key), []age.Identity{own}
	}
	m.work, err = scratch(a)
	return m, err
}

func (m *making) end() { os.RemoveAll(m.work) }

func (m *making) source(r io.Reader) Source { return Source{Name: m.row.Name, R: r, Identities: m.own} }

// write makes the backup and gives it to sink as it comes.
func (m *making) write(ctx context.Context, where string, sink func(io.Reader) error) error {
	copied := filepath.Join(m.work, databaseName)
	defer os.Remove(copied) // proving needs the room
	m.order.say("copying the database")
	doc, err := snapshot(ctx, m.app, copied)
	if err != nil {
		return err
	}
	if m.order.Kind == KindMigration {
		doc.Scope = ScopeDatabase
	}
	m.row.RowsKept = doc.Rows()
	m.order.say("writing the backup to %s", where)
	r, w := io.Pipe()
	var packing sync.WaitGroup
	packing.Go(func() {
		files, err := pack(ctx, m.app, w, doc, m.work, m.keys)
		m.row.FilesKept = files
		w.CloseWithError(err)
	})
	sum := sha256.New()
	out := &archive.Counter{R: io.TeeReader(r, sum)}
	err = sink(out)
	r.CloseWithError(cmp.Or(err, io.ErrClosedPipe))
	packing.Wait()
	if err != nil {
		return fmt.Errorf("write the backup to %s: %w", where, err)
	}
	m.row.Size, m.row.SHA256 = out.N, hex.EncodeToString(sum.Sum(nil))
	return nil
}

// found notes what the proof was; fault is what is wrong with the backup.
func (m *making) found(ctx context.Context, p *Proof, fault error) (*store.Backup, error) {
	if ctx.Err() != nil { // the server stops: nothing was found
		return nil, ctx.Err()
	}
	switch {
	case fault != nil:
	case p.SHA256 != m.row.SHA256:
		fault = errOther
	case p.Rows() != m.row.RowsKept || p.Files != m.row.FilesKept:
		fault = errors.New("it is damaged: it does not hold what was written")
	}
	m.row.EndedAt = store.Stamped(m.app.DB.Now())
	if fault != nil {
		m.row.Fault = fault.Error()
		return m.row, nil
	}
	m.row.VerifiedAt, m.row.FilesMissing = &m.row.EndedAt, p.Missing
	return m.row, nil
}

// scratchName begins the names of folders for what a backup needs on its way.
const scratchName = ".backup-"

// scratch makes a folder for the copy of the database: beside the data, where there is room, not in the memory that
// some systems keep temporary files in. What a process that died has left there goes.
func scratch(a *app.App) (string, error) {
	dir := cmp.Or(a.Temp, a.Dir, os.TempDir())
	if dir == a.Dir {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", fmt.Errorf("make room for the copy: %w", err)
		}
		if err := sweepScratch(dir); err != nil {
			return "", err
		}
	}
	work, err := os.MkdirTemp(dir, scratchName)
	if err != nil {
		return "", fmt.Errorf("make room for the copy: %w", err)
	}
	return work, nil
}

const abandoned = 48 * time.Hour // no backup takes so long

func sweepScratch(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !e.IsDir() || !strings.HasPrefix(e.Name(), scratchName) || time.Since(info.ModTime()) < abandoned {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("remove what a backup has left: %w", err)
		}
	}
	return nil
}
