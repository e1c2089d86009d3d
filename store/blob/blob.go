// Package blob keeps files: in a folder, or in an S3-compatible store.
package blob

import (
	"context"
	"errors"
	"io"
	"time"
)

// ErrNotFound says that there is no file with that key.
var ErrNotFound = errors.New("blob: not found")

// Unknown is the size of a file that is as long as what is read.
const Unknown = -1

// Store keeps files under keys such as "workspace/hex-name.png". A file is there whole or not at all.
type Store interface {
	// Put reads size bytes and keeps them; fewer are an error and leave nothing behind. With Unknown it reads to the end.
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	// Open returns a file's content and its size, or ErrNotFound.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, int64, error)
	// Delete removes a file; one that is not there is no error.
	Delete(ctx context.Context, key string) error
	// Walk visits every file, in no order.
	Walk(ctx context.Context, visit func(key string, size int64, changed time.Time) error) error
	// Check returns why files can't be kept now, if so.
	Check(ctx context.Context) error
}
