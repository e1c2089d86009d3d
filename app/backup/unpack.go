package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

// Unpacked is a backup's content, laid out in a folder and checked.
type Unpacked struct {
	Manifest
	Secret   []byte // empty: the backup has none
	Database string // the SQLite file
	Uploads  string // the folder of uploaded files; it may not be there
	FileSum  int64  // how many files there are
}

// Unpack lays a backup out in an empty folder and checks that it is whole. The database is as it was: see BringUp.
func Unpack(ctx context.Context, src Source, dir string) (*Unpacked, error) {
	root, err := os.OpenRoot(dir) // whatever a name says, it stays in there
	if err != nil {
		return nil, err
	}
	defer root.Close()
	u := &Unpacked{Database: filepath.Join(dir, databaseName), Uploads: filepath.Join(dir, "files")}
	s, err := scan(ctx, src, dir, func(name string, r io.Reader) error {
		if name == secretName {
			u.Secret, err = io.ReadAll(r)
			return err
		}
		return layOut(root, name, r)
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", src.Name, err), empty(root))
	}
	if len(u.Secret) == 0 && s.manifest.Scope != ScopeDatabase {
		return nil, fmt.Errorf("%s: the backup has no secret", src.Name)
	}
	u.Manifest, u.FileSum = *s.manifest, s.files
	db, err := store.Open(ctx, "", u.Database, store.Relaxed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", src.Name, err)
	}
	if err = errors.Join(u.check(ctx, db), db.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", src.Name, err)
	}
	return u, nil
}

// empty removes what was laid out of a backup that is none.
func empty(root *os.Root) error {
	entries, err := os.ReadDir(root.Name())
	for _, e := range entries {
		err = errors.Join(err, root.RemoveAll(e.Name()))
	}
	return err
}

func layOut(root *os.Root, name string, r io.Reader) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err == nil && name == databaseName { // it is moved to its place; files are copied to theirs, and synced there
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// check looks into the database: its pages and indexes are in order, and its rows are those that were counted.
func (m *Manifest) check(ctx context.Context, db *store.DB) error {
	if err := db.CheckAll(ctx); err != nil {
		return err
	}
	if m.Format == 1 { // nobody counted
		return nil
	}
	counts, err := store.CountRows(ctx, db)
	if err != nil {
		return err
	}
	for table, n := range m.Tables {
		if counts[table] != n {
			return fmt.Errorf("it is damaged: %s has %d rows, and %d were counted when it was made", table, counts[table], n)
		}
	}
	return nil
}

// BringUp gives the database the schema of this binary.
func (u *Unpacked) BringUp(ctx context.Context) error {
	db, err := store.Open(ctx, "", u.Database)
	if err != nil {
		return err
	}
	_, err = db.Migrate(ctx)
	if errors.Is(err, store.ErrUnreleased) {
		return u.rebuild(ctx, db)
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

// IntoPostgres copies the backup's rows into a Postgres database that is empty, and gives it the schema of the backup.
// It returns how many rows that were.
func (u *Unpacked) IntoPostgres(ctx context.Context, to *store.DB, progress func(table string, rows int)) (rows int64,
	err error) {
	from, err := store.Open(ctx, "", u.Database)
	if err != nil {
		return 0, err
	}
	at, err := schemaOf(ctx, from)
	if err == nil {
		err = to.MigrateTo(ctx, at)
	}
	if err == nil {
		err = store.CopyRows(ctx, from, to, func(table string, n int) {
			rows += int64(n)
			progress(table, n)
		})
	}
	return rows, errors.Join(err, from.Close())
}

// PutFiles copies the backup's files into a store.
func (u *Unpacked) PutFiles(ctx context.Context, to blob.Store) error {
	if _, err := os.Stat(u.Uploads); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return filepath.WalkDir(u.Uploads, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		key, err := filepath.Rel(u.Uploads, path)
		if err != nil {
			return err
		}
		return putFile(ctx, to, filepath.ToSlash(key), path)
	})
}

func putFile(ctx context.Context, to blob.Store, key, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return to.Put(ctx, key, f, info.Size())
}

// ReadIdentities reads the private keys of age from a file, if one is named.
func (s *Source) ReadIdentities(file string) error {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the private key: %w", err)
	}
	s.Identities, err = age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s holds no private key of age (AGE-SECRET-KEY-…)", file) // not what it holds
	}
	return nil
}
