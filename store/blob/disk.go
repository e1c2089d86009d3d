package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strings"
	"time"

	"github.com/sailplane/sailplane/store/diskfree"
)

// disk keeps files in a folder. os.Root holds every path inside it, whatever the key.
type disk struct{ root *os.Root }

const partSuffix = ".part" // of a file that is still arriving

// NameFile is a file in the folder that names it, whatever its path; it is none of those that are kept.
const NameFile = ".storage"

// OnDisk keeps files in a folder, which it makes if there is none.
func OnDisk(dir string) (Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder for files: %w", err)
	}
	return &disk{root}, nil
}

func (d *disk) Put(_ context.Context, key string, r io.Reader, size int64) (err error) {
	made, err := d.makeFolder(path.Dir(key))
	if err != nil {
		return err
	}
	part := key + "." + rand.Text() + partSuffix
	f, err := d.root.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	defer func() {
		if err != nil {
			d.root.Remove(part) //nolint:errcheck // the sweep takes what is left
		}
	}()
	if size != Unknown {
		r = io.LimitReader(r, size)
	}
	n, err := io.Copy(f, r)
	if err == nil && n < size {
		err = io.ErrUnexpectedEOF
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	if err = d.root.Rename(part, key); err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	if err = d.syncFolders(path.Dir(key), made); err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	return nil
}

// makeFolder says whether the folder was not there yet.
func (d *disk) makeFolder(dir string) (made bool, err error) {
	if dir == "." {
		return false, nil
	}
	if _, err := d.root.Stat(dir); err == nil {
		return false, nil
	}
	if err := d.root.MkdirAll(dir, 0o700); err != nil {
		return false, fmt.Errorf("make a folder for files: %w", err)
	}
	return true, nil
}

// syncFolders puts on the disk which files a folder has, and, when it is new, that it is there. Windows does so by
// itself, and has no call for it.
func (d *disk) syncFolders(dir string, made bool) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	for {
		f, err := d.root.Open(dir)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
		if !made || dir == "." {
			return nil
		}
		dir = path.Dir(dir)
	}
}

func (d *disk) Open(_ context.Context, key string) (io.ReadSeekCloser, int64, error) {
	f, err := d.root.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, ErrNotFound
	}
	if err != nil {
		return nil, 0, fmt.Errorf("open %s: %w", key, err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = ErrNotFound
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

func (d *disk) Delete(_ context.Context, key string) error {
	if err := d.root.Remove(key); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}

func (d *disk) Walk(ctx context.Context, visit func(key string, size int64, changed time.Time) error) error {
	return fs.WalkDir(d.root.FS(), ".", func(key string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || key == NameFile {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // gone since
		}
		if err != nil {
			return err
		}
		if strings.HasSuffix(key, partSuffix) {
			return d.sweep(key, info)
		}
		return visit(key, info.Size(), info.ModTime())
	})
}

func (d *disk) Check(context.Context) error {
	if _, err := os.Stat(d.root.Name()); err != nil { // what is open is there, though the folder is gone
		return fmt.Errorf("the folder for files: %w", err)
	}
	return diskfree.Check(d.root.Name())
}

// sweep removes what a broken connection or a crash left.
func (d *disk) sweep(key string, info fs.FileInfo) error {
	if time.Since(info.ModTime()) < time.Hour {
		return nil
	}
	return d.root.Remove(key)
}
