package backup

import (
	"archive/tar"
	"bytes"
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
	"strings"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

func bytesOf(b []byte) io.Reader { return bytes.NewReader(b) }

// Unpacked is a backup's content, laid out in a folder and checked.
type Unpacked struct {
	Manifest Manifest
	Secret   []byte
	Database string // the SQLite file
	Files    string // the folder of uploaded files; it may not be there
}

// Unpack lays a backup out in an empty folder and checks that it is whole.
func Unpack(ctx context.Context, file, dir string) (*Unpacked, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	zip, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("%s is no backup: %w", file, err)
	}
	root, err := os.OpenRoot(dir) // whatever a name says, it stays in there
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	tr, left := tar.NewReader(zip), mostUnpacked(info.Size())
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s is no backup, or damaged: %w", file, err)
		}
		if left -= h.Size + partCost; h.Size < 0 || left < 0 {
			return nil, fmt.Errorf("%s is no backup: it would be more than %d times as large, unpacked", file, mostRatio)
		}
		if err := unpackOne(root, h, tr); err != nil {
			return nil, fmt.Errorf("unpack %s: %w", h.Name, err)
		}
	}
	return verify(ctx, dir)
}

// A database and files become some ten times smaller in a backup. What would become far larger is none.
const (
	mostRatio = 100
	slack     = 64 << 20 // for small ones, which may be empty pages for the most part
	partCost  = 4 << 10  // of a part, however small
	mostText  = 1 << 20  // of the manifest and the secret, which are read as a whole
)

func mostUnpacked(packed int64) int64 { return slack + packed*mostRatio }

func unpackOne(root *os.Root, h *tar.Header, r io.Reader) error {
	name := h.Name
	if (name == manifestName || name == secretName) && h.Size > mostText {
		return errors.New("it is far too large")
	}
	if name != manifestName && name != secretName && name != databaseName && !strings.HasPrefix(name, filesPrefix) {
		return errors.New("a backup has no such part")
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}

func verify(ctx context.Context, dir string) (*Unpacked, error) {
	u := &Unpacked{Database: filepath.Join(dir, databaseName), Files: filepath.Join(dir, "files")}
	doc, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return nil, fmt.Errorf("the backup has no manifest: %w", err)
	}
	if err := json.Unmarshal(doc, &u.Manifest); err != nil || u.Manifest.Format != format {
		return nil, fmt.Errorf("the backup is of a format that this version does not know (%d): %w", u.Manifest.Format,
			errors.Join(err, errors.ErrUnsupported))
	}
	if u.Secret, err = os.ReadFile(filepath.Join(dir, secretName)); err != nil {
		return nil, fmt.Errorf("the backup has no secret: %w", err)
	}
	db, err := os.Open(u.Database)
	if err != nil {
		return nil, fmt.Errorf("the backup has no database: %w", err)
	}
	defer db.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, db); err != nil {
		return nil, err
	}
	if hex.EncodeToString(sum.Sum(nil)) != u.Manifest.SHA256 {
		return nil, errors.New("the backup is damaged: its database is not the one that was written")
	}
	return u, u.check(ctx)
}

// check opens the database as a server would, and brings an older schema up to date.
func (u *Unpacked) check(ctx context.Context) error {
	db, err := store.Open(ctx, "", u.Database)
	if err != nil {
		return err
	}
	_, err = db.Migrate(ctx)
	if errors.Is(err, store.ErrUnreleased) {
		return u.rebuild(ctx, db)
	}
	if err == nil {
		err = db.Check(ctx)
	}
	return errors.Join(err, db.Close())
}

// rebuild puts the rows of a database whose migrations are no more into one of this schema, which takes its place.
func (u *Unpacked) rebuild(ctx context.Context, from *store.DB) error {
	fresh := u.Database + ".fresh"
	to, err := store.Open(ctx, "", fresh)
	if err != nil {
		return errors.Join(err, from.Close())
	}
	if _, err = to.Migrate(ctx); err == nil {
		err = store.CopyRows(ctx, from, to, nil)
	}
	if err == nil {
		err = to.Check(ctx)
	}
	if err = errors.Join(err, to.Close(), from.Close()); err != nil {
		return fmt.Errorf("take the backup of an unreleased build, made by none but the last: %w", err)
	}
	return os.Rename(fresh, u.Database)
}

// IntoPostgres copies the backup's rows into an empty, migrated Postgres database.
func (u *Unpacked) IntoPostgres(ctx context.Context, to *store.DB, progress func(table string, rows int)) error {
	from, err := store.Open(ctx, "", u.Database)
	if err != nil {
		return err
	}
	return errors.Join(store.CopyRows(ctx, from, to, progress), from.Close())
}

// PutFiles copies the backup's files into a store.
func (u *Unpacked) PutFiles(ctx context.Context, to blob.Store) error {
	if _, err := os.Stat(u.Files); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return filepath.WalkDir(u.Files, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		key, err := filepath.Rel(u.Files, path)
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		return to.Put(ctx, filepath.ToSlash(key), f, info.Size())
	})
}
