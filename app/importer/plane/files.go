package plane

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

// Files says what became of the files that the rows name.
type Files struct {
	Taken   int64    `json:"taken"`
	Bytes   int64    `json:"bytes"`
	Missing int64    `json:"missing"`                // uploads that rows name and that were not there
	Some    []string `json:"some_missing,omitempty"` // the first of them
}

// mostNamed is how many missing files are named.
const mostNamed = 20

// Uploads is where the old installation's files are: a folder or a tar of them, by their keys, perhaps below a folder
// with the name of the bucket; or the bucket itself.
type Uploads struct {
	Path   string
	Bucket blob.Store // instead of Path
}

// TakeFiles lays out the files that the converted rows name below a folder, which must be empty. Nothing else is taken:
// not what nobody refers to, and nothing by a name that leads elsewhere.
func (c *Converted) TakeFiles(ctx context.Context, from Uploads, folder string) (*Files, error) {
	wanted := map[string]bool{} // keys, and whether somebody misses the file if it is not there
	db, err := store.Open(ctx, "", c.Database)
	if err != nil {
		return nil, err
	}
	err = store.EachUpload(db.Read(ctx), func(key string, needed bool) error {
		wanted[key] = wanted[key] || needed
		return nil
	})
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	to, err := blob.OnDisk(folder)
	if err != nil {
		return nil, err
	}
	t := &taking{ctx: ctx, to: to, wanted: wanted, files: &Files{}}
	if err := t.from(from); err != nil {
		return nil, err
	}
	for key, needed := range t.wanted {
		if !needed {
			continue
		}
		if t.files.Missing++; t.files.Missing <= mostNamed {
			t.files.Some = append(t.files.Some, key)
		}
	}
	return t.files, nil
}

// A taking is under way; wanted are the files that have not been found yet.
type taking struct {
	ctx    context.Context
	to     blob.Store
	wanted map[string]bool
	files  *Files
}

func (t *taking) from(u Uploads) error {
	if u.Bucket != nil {
		return t.fromBucket(u.Bucket)
	}
	info, err := os.Stat(u.Path)
	if err != nil {
		return fmt.Errorf("the files of the old installation: %w", err)
	}
	if info.IsDir() {
		return t.fromFolder(u.Path)
	}
	return t.fromTar(u.Path)
}

// put takes one file, if it is wanted.
func (t *taking) put(key string, r io.Reader, size int64) error {
	if _, ok := t.wanted[key]; !ok {
		return nil
	}
	if err := t.to.Put(t.ctx, key, r, size); err != nil {
		return fmt.Errorf("take the file %s: %w", key, err)
	}
	delete(t.wanted, key)
	t.files.Taken++
	t.files.Bytes += size
	return nil
}

func (t *taking) fromBucket(b blob.Store) error {
	for key := range t.wanted {
		r, size, err := b.Open(t.ctx, key)
		if errors.Is(err, blob.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read %s from the bucket: %w", key, err)
		}
		err = t.put(key, r, size)
		if err = errors.Join(err, r.Close()); err != nil {
			return err
		}
	}
	return nil
}

// key finds which wanted file a path is: the path, or what is below one or two folders.
func (t *taking) key(name string) (string, bool) {
	name = strings.TrimPrefix(path.Clean(filepath.ToSlash(name)), "./")
	for range 3 {
		if _, ok := t.wanted[name]; ok {
			return name, true
		}
		_, below, more := strings.Cut(name, "/")
		if !more {
			break
		}
		name = below
	}
	return "", false
}

func (t *taking) fromFolder(dir string) error {
	root, err := os.OpenRoot(dir) // links do not lead out of it
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		if path.Base(name) == "xl.meta" {
			return fmt.Errorf("%s is a folder in which MinIO keeps objects in its own form. Copy them out with MinIO's client "+
				"(mc cp --recursive), or name the bucket: s3://NAME", dir)
		}
		key, ok := t.key(name)
		if !ok {
			return nil
		}
		f, err := root.Open(name)
		if err != nil {
			return err
		}
		info, err := f.Stat()
		if err == nil {
			err = t.put(key, f, info.Size())
		}
		return errors.Join(err, f.Close())
	})
}

func (t *taking) fromTar(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	in, err := plainly(bufio.NewReaderSize(ender{t.ctx, f}, 64<<10))
	if err != nil {
		return err
	}
	parts := tar.NewReader(in)
	for {
		h, err := parts.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s is no tar that can be read: %w", file, err)
		}
		if key, ok := t.key(h.Name); ok && h.Typeflag == tar.TypeReg {
			if err := t.put(key, parts, h.Size); err != nil {
				return err
			}
		}
	}
}
