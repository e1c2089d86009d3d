package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/archive"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

// snapshot copies the database as it is at one moment into a SQLite file, whichever engine it is of, and describes it.
func snapshot(ctx context.Context, a *app.App, file string) (m Manifest, err error) {
	m = Manifest{Format: format, CreatedAt: a.DB.Now().UTC().Truncate(time.Microsecond), Version: a.Version,
		Engine: "sqlite"}
	copied := map[string]int64(nil)
	if a.DB.Postgres {
		m.Engine = "postgres"
		copied, err = fromPostgres(ctx, a.DB, file)
	} else {
		err = a.DB.CopyTo(ctx, file)
	}
	if err != nil {
		return m, err
	}
	lite, err := store.Open(ctx, "", file, store.Relaxed)
	if err != nil {
		return m, err
	}
	m.Schema, err = schemaOf(ctx, lite)
	if err == nil {
		m.Tables, err = store.CountRows(ctx, lite)
	}
	if err = errors.Join(err, lite.Close()); err != nil {
		return m, err
	}
	for table, n := range copied {
		if m.Tables[table] != n {
			return m, fmt.Errorf("copy the database: %d rows of %s were read and %d written", n, table, m.Tables[table])
		}
	}
	m.Size, m.SHA256, err = sumOf(file)
	return m, err
}

// fromPostgres copies rows into a SQLite file of the same schema, which may be older than this binary's, and returns
// how many there were by table. It has a connection of its own: the server's may not take so long.
func fromPostgres(ctx context.Context, db *store.DB, file string) (rows map[string]int64, err error) {
	own, err := db.Reopen(ctx)
	if err != nil {
		return nil, err
	}
	defer own.Close()
	at, err := schemaOf(ctx, own)
	if err != nil {
		return nil, err
	}
	lite, err := store.Open(ctx, "", file, store.Relaxed)
	if err != nil {
		return nil, err
	}
	rows = map[string]int64{}
	if err = lite.MigrateTo(ctx, at); err == nil {
		err = store.CopyRows(ctx, own, lite, func(table string, n int) { rows[table] = int64(n) })
	}
	return rows, errors.Join(err, lite.Close())
}

func schemaOf(ctx context.Context, db *store.DB) (version int, err error) {
	done, err := db.Applied(ctx)
	for _, d := range done {
		version = max(version, d.Version)
	}
	return version, err
}

func sumOf(file string) (size int64, sum string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, "", err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return size, hex.EncodeToString(h.Sum(nil)), err
}

// packer writes the parts of a backup.
type packer struct {
	*archive.Writer
	files int64
}

// pack writes a backup to w: what the manifest describes, the database that was copied, and the files. It needs memory
// for none of them. The list of contents is gathered in a file in the folder work.
func pack(ctx context.Context, a *app.App, w io.Writer, m Manifest, work string, to []age.Recipient) (files int64,
	err error) {
	out := io.WriteCloser(ending{w})
	if len(to) > 0 {
		if out, err = age.Encrypt(w, to...); err != nil {
			return 0, fmt.Errorf("encrypt the backup: %w", err)
		}
	}
	in, err := archive.NewWriter(out, work)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	p := &packer{Writer: in}
	if err := p.all(ctx, a, m, filepath.Join(work, databaseName)); err != nil {
		return 0, err
	}
	if err := p.End(m.CreatedAt); err != nil {
		return 0, err
	}
	return p.files, out.Close()
}

// ending is a writer whose end is somebody else's matter.
type ending struct{ io.Writer }

// Close does nothing.
func (ending) Close() error { return nil }

func (p *packer) all(ctx context.Context, a *app.App, m Manifest, copied string) error {
	doc, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := p.Add(manifestName, int64(len(doc)), m.CreatedAt, bytes.NewReader(doc)); err != nil {
		return err
	}
	if len(a.Secret) > 0 {
		if err := p.Add(secretName, int64(len(a.Secret)), m.CreatedAt, bytes.NewReader(a.Secret)); err != nil {
			return err
		}
	}
	db, err := os.Open(copied)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := p.Add(databaseName, m.Size, m.CreatedAt, db); err != nil {
		return err
	}
	if m.Scope == ScopeDatabase {
		return nil
	}
	return a.Blob.Walk(ctx, func(key string, _ int64, changed time.Time) error {
		return p.file(ctx, a.Blob, key, changed)
	})
}

// file adds an upload as it is now: Store replaces files whole, so what is open is one of them. One that is gone since
// it was listed is left out; if the database names it, the proof that follows says so.
func (p *packer) file(ctx context.Context, from blob.Store, key string, changed time.Time) error {
	r, size, err := from.Open(ctx, key)
	if errors.Is(err, blob.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	p.files++
	return p.Add(filesPrefix+key, size, changed, r)
}
