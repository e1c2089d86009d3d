package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store/blob"
)

// Place is where backups are kept. What is in it is there whole, or not at all.
type Place struct {
	files blob.Store
	Name  string // as people and the table backups call it: "the folder …", "the bucket …"
}

// partSize lets a backup of 160 GB fit into the 10,000 parts that S3 takes.
const partSize = 16 << 20

// OpenPlace opens the place of [backup]: a folder, a bucket, or a part of the bucket of [storage].
func OpenPlace(ctx context.Context, a *app.App) (*Place, error) {
	b, s := a.Config.Backup, a.Config.Storage
	where := blob.S3{Endpoint: b.S3Endpoint, Region: b.S3Region, Bucket: b.S3Bucket, AccessKey: b.S3AccessKey,
		SecretKey: b.S3SecretKey, TLS: b.S3TLS, Settings: "backup"}
	switch {
	case b.InStorage():
		where = blob.S3{Endpoint: s.S3Endpoint, Region: s.S3Region, Bucket: s.S3Bucket, AccessKey: s.S3AccessKey,
			SecretKey: s.S3SecretKey, TLS: s.S3TLS}
	case b.S3Bucket == "":
		return OpenFolder(FolderOf(a))
	}
	where.Prefix, where.PartSize = b.Prefix(), partSize
	files, err := blob.InBucket(ctx, where)
	if err != nil {
		return nil, err
	}
	name := "the bucket " + where.Bucket
	if where.Prefix != "" {
		name += " below " + where.Prefix
	}
	return &Place{files, name}, nil
}

// InStorage is what the names of backups begin with that are kept in the bucket of [storage], beside the uploads;
// empty: they are not.
func InStorage(cfg *app.Config) string {
	if cfg.Backup.InStorage() {
		return cfg.Backup.Prefix()
	}
	return ""
}

// FolderOf is the folder of backups, when they are kept in one.
func FolderOf(a *app.App) string {
	if a.Config.Backup.Folder != "" {
		return a.Config.Backup.Folder
	}
	return filepath.Join(a.Dir, "backups")
}

// OpenFolder opens a folder, which is made if it is not there.
func OpenFolder(dir string) (*Place, error) {
	files, err := blob.OnDisk(dir)
	if err != nil {
		return nil, err
	}
	return &Place{files, "the folder " + dir}, nil
}

// Kept is a backup in a place.
type Kept struct {
	Name
	File string    // its name
	Size int64     // in bytes
	Put  time.Time // when it arrived
}

// List returns the backups in the place, newest first; other files are passed over.
func (p *Place) List(ctx context.Context) ([]Kept, error) {
	list := []Kept{}
	err := p.files.Walk(ctx, func(key string, size int64, changed time.Time) error {
		if n, ok := ParseName(key); ok {
			list = append(list, Kept{Name: n, File: key, Size: size, Put: changed})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", p.Name, err)
	}
	slices.SortFunc(list, func(a, b Kept) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(a.File, b.File)
	})
	return list, nil
}

// Open returns a backup's content and its size; ErrNone without one.
func (p *Place) Open(ctx context.Context, name string) (io.ReadSeekCloser, int64, error) {
	r, size, err := p.files.Open(ctx, name)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, 0, fmt.Errorf("%s in %s: %w", name, p.Name, ErrNone)
	}
	return r, size, err
}

// free returns a name that nothing in the place has yet.
func (p *Place) free(ctx context.Context, n Name) (string, error) {
	for {
		r, _, err := p.files.Open(ctx, n.String())
		if errors.Is(err, blob.ErrNotFound) {
			return n.String(), nil
		}
		if err != nil {
			return "", err
		}
		r.Close()
		n.At = n.At.Add(time.Second)
	}
}
