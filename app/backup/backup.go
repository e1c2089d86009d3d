// Package backup writes an installation into one file and makes one from it again.
//
// The file is a .tar.gz: manifest.json, the secret, the database as SQLite (whichever engine it came from, so that a
// backup also moves an installation from one engine to the other), and the uploaded files below files/.
package backup

import (
	"archive/tar"
	"compress/gzip"
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

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/store/durable"
)

// Manifest says what a backup holds.
type Manifest struct {
	Format    int       `json:"format"` // 1
	CreatedAt time.Time `json:"created_at"`
	Version   string    `json:"version"` // of the program that made it
	Schema    int       `json:"schema"`  // the last migration
	Engine    string    `json:"engine"`  // sqlite or postgres: where it came from
	SHA256    string    `json:"sha256"`  // of database.db
}

const format = 1

// Names inside the file.
const (
	manifestName = "manifest.json"
	secretName   = "secret"
	databaseName = "database.db"
	filesPrefix  = "files/"
)

// Create writes a backup of a running or stopped installation; say hears what is being done.
func Create(ctx context.Context, a *app.App, file, version string, say func(string)) (m Manifest, err error) {
	work, err := os.MkdirTemp(filepath.Dir(file), ".backup-")
	if err != nil {
		return m, fmt.Errorf("make room for the copy: %w", err)
	}
	defer os.RemoveAll(work)
	say("copying the database")
	copied := filepath.Join(work, databaseName)
	if err := copyDatabase(ctx, a.DB, copied); err != nil {
		return m, err
	}
	if m, err = describe(ctx, a, copied, version); err != nil {
		return m, err
	}
	part := filepath.Join(work, "part")
	if err := pack(ctx, a, part, copied, m, say); err != nil {
		return m, err
	}
	if err := os.Rename(part, file); err != nil {
		return m, err
	}
	return m, durable.SyncFolder(filepath.Dir(file))
}

func copyDatabase(ctx context.Context, db *store.DB, file string) error {
	if !db.Postgres {
		return db.CopyTo(ctx, file)
	}
	lite, err := store.Open(ctx, "", file)
	if err != nil {
		return err
	}
	if _, err := lite.Migrate(ctx); err != nil {
		return errors.Join(err, lite.Close())
	}
	return errors.Join(store.CopyRows(ctx, db, lite, nil), lite.Close())
}

func describe(ctx context.Context, a *app.App, copied, version string) (Manifest, error) {
	m := Manifest{Format: format, CreatedAt: a.DB.Now().UTC(), Version: version, Engine: "sqlite"}
	if a.DB.Postgres {
		m.Engine = "postgres"
	}
	done, err := a.DB.Applied(ctx)
	if err != nil {
		return m, err
	}
	for _, d := range done {
		m.Schema = max(m.Schema, d.Version)
	}
	f, err := os.Open(copied)
	if err != nil {
		return m, err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return m, err
	}
	m.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return m, nil
}

func pack(ctx context.Context, a *app.App, file, copied string, m Manifest, say func(string)) (err error) {
	out, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	zip, _ := gzip.NewWriterLevel(out, gzip.BestSpeed) // the level is a good one
	tw := tar.NewWriter(zip)
	defer func() {
		if err = errors.Join(err, tw.Close(), zip.Close(), out.Sync(), out.Close()); err != nil {
			err = fmt.Errorf("write the backup: %w", err)
		}
	}()
	doc, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{manifestName: doc, secretName: a.Secret} {
		if err := add(tw, name, int64(len(text)), m.CreatedAt, bytesOf(text)); err != nil {
			return err
		}
	}
	db, err := os.Open(copied)
	if err != nil {
		return err
	}
	defer db.Close()
	info, err := db.Stat()
	if err != nil {
		return err
	}
	if err := add(tw, databaseName, info.Size(), m.CreatedAt, db); err != nil {
		return err
	}
	say("adding the uploaded files")
	return a.Blob.Walk(ctx, func(key string, _ int64, changed time.Time) error {
		r, size, err := a.Blob.Open(ctx, key)
		if errors.Is(err, blob.ErrNotFound) {
			return nil // deleted meanwhile
		}
		if err != nil {
			return err
		}
		defer r.Close()
		return add(tw, filesPrefix+key, size, changed, r)
	})
}

func add(tw *tar.Writer, name string, size int64, changed time.Time, r io.Reader) error {
	if err := tw.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: changed}); err != nil {
		return err
	}
	_, err := io.Copy(tw, r)
	return err
}
