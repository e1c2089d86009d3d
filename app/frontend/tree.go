package frontend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/sailplane/sailplane/store/durable"
)

// What one pull may write, whatever images hold. The three builds of the reference are 900 files and 45 MiB.
var (
	mostFiles       = 20_000
	mostBytes int64 = 512 << 20
)

const longestName = 1024

// tree writes the files of a build: only files, only inside its folder, and only so many.
type tree struct {
	root   *os.Root
	folder string // of the part that is being written
	files  int
	bytes  int64
}

// write makes a file of what r holds, size bytes. What was there by the same name goes.
func (t *tree) write(name string, size int64, r io.Reader) error {
	if !fs.ValidPath(name) || name == "." || len(name) > longestName || !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("%.200q is no name of a file", name)
	}
	if t.files++; t.files > mostFiles {
		return fmt.Errorf("there are more than %d files", mostFiles)
	}
	if size < 0 || size > mostBytes-t.bytes {
		return fmt.Errorf("%.200q: the files are larger than %d MiB", name, mostBytes>>20)
	}
	t.bytes += size
	at := filepath.FromSlash(path.Join(t.folder, name))
	if err := t.root.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return err
	}
	f, err := t.root.OpenFile(at, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(r, size))
	if err == nil && n < size {
		err = io.ErrUnexpectedEOF
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %.200q: %w", name, err)
	}
	return nil
}

// sync puts all files on the disk: what frontend.json will name survives a power cut.
func (t *tree) sync(ctx context.Context) error {
	return fs.WalkDir(t.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		at := filepath.FromSlash(name)
		if d.IsDir() {
			return durable.SyncFolder(filepath.Join(t.root.Name(), at))
		}
		f, err := t.root.OpenFile(at, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}
