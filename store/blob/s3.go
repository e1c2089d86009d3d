package blob

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// bucket keeps files in an S3-compatible store. minio-go: the maintained client that works with all of them.
type bucket struct {
	client *minio.Client
	name   string
	buffer chan struct{} // who may hold a part in memory
	of     S3
}

// A file of unknown size is gathered part by part in memory; so many at a time, and the others wait.
const buffers = 4

// S3 says which bucket to use, and how to reach it.
type S3 struct {
	Endpoint, Region, Bucket, AccessKey, SecretKey string
	TLS                                            bool

	Settings string // where it is set, for what is told of it: "storage"; that when empty
	Prefix   string // begins all keys in the bucket; nobody above sees it
	Apart    string // keys that begin so are somebody else's: Walk passes them over
	PartSize uint64 // what is sent in one piece; S3 takes up to 10,000 of them. 0: 5 MiB
}

func (s S3) setting(key string) string { return cmp.Or(s.Settings, "storage") + "." + key }

// InBucket keeps files in a bucket, which must exist.
func InBucket(ctx context.Context, s S3) (Store, error) {
	client, err := minio.New(s.Endpoint,
		&minio.Options{Creds: credentials.NewStaticV4(s.AccessKey, s.SecretKey, ""), Region: s.Region, Secure: s.TLS})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.setting("s3_endpoint"), err)
	}
	s.PartSize = cmp.Or(s.PartSize, partSize)
	b := &bucket{client: client, name: s.Bucket, buffer: make(chan struct{}, buffers), of: s}
	return b, b.Check(ctx)
}

func (b *bucket) Check(ctx context.Context) error {
	ok, err := b.client.BucketExists(ctx, b.name)
	if err != nil {
		return fmt.Errorf("reach the bucket of %s: %w", b.of.setting("s3_bucket"), err)
	}
	if !ok {
		return fmt.Errorf("%s: there is no bucket %q", b.of.setting("s3_bucket"), b.name)
	}
	return nil
}

// arrives is how long a file may take; what is older and not finished never will be.
const arrives = 24 * time.Hour

// partSize is how much is sent in one piece; S3 takes no smaller ones but for the last.
const partSize = 5 << 20

func (b *bucket) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	from := &source{r: r, size: size}
	if err := b.put(ctx, key, from, size); err != nil {
		return fmt.Errorf("keep %s: %w", key, errors.Join(from.fault, err))
	}
	return nil
}

// put sends a file as it comes, in parts of bounded memory; of one that breaks off nothing appears.
func (b *bucket) put(ctx context.Context, key string, r io.Reader, size int64) error {
	if size == Unknown {
		select {
		case b.buffer <- struct{}{}:
			defer func() { <-b.buffer }()
		case <-ctx.Done():
			return ctx.Err()
		}
		first := make([]byte, b.of.PartSize)
		n, err := io.ReadFull(r, first)
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF): // that was all: most files are no larger
			r, size = bytes.NewReader(first[:n]), int64(n)
		case err != nil:
			return err
		default:
			r = io.MultiReader(bytes.NewReader(first), r)
		}
	}
	_, err := b.client.PutObject(ctx, b.name, b.of.Prefix+key, r, size,
		minio.PutObjectOptions{ContentType: "application/octet-stream", PartSize: b.of.PartSize, NumThreads: 1,
			// signed as a stream, nothing would be sent without saying how long it is, which S3 refuses
			DisableContentSha256: size == 0})
	return err
}

// source reads so many bytes of a file that is being sent, and remembers what went wrong with it: the client for S3
// says so in words of its own.
type source struct {
	r         io.Reader
	size, got int64
	fault     error
}

// Read reads on, but not beyond the size; an end before that is a fault.
func (s *source) Read(p []byte) (int, error) {
	if s.size != Unknown {
		if s.got == s.size {
			return 0, io.EOF
		}
		p = p[:min(int64(len(p)), s.size-s.got)]
	}
	n, err := s.r.Read(p)
	s.got += int64(n)
	if errors.Is(err, io.EOF) && s.got < s.size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.fault = err
	}
	return n, err
}

func (b *bucket) Open(ctx context.Context, key string) (io.ReadSeekCloser, int64, error) {
	object, err := b.client.GetObject(ctx, b.name, b.of.Prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, fmt.Errorf("open %s: %w", key, err)
	}
	info, err := object.Stat()
	if err != nil {
		object.Close()
		if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
			return nil, 0, ErrNotFound
		}
		return nil, 0, fmt.Errorf("open %s: %w", key, err)
	}
	return object, info.Size, nil
}

func (b *bucket) Delete(ctx context.Context, key string) error {
	if err := b.client.RemoveObject(ctx, b.name, b.of.Prefix+key, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}

func (b *bucket) Walk(ctx context.Context, visit func(key string, size int64, changed time.Time) error) error {
	for o := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Recursive: true, Prefix: b.of.Prefix}) {
		if o.Err != nil {
			return fmt.Errorf("list the bucket: %w", o.Err)
		}
		if b.of.Apart != "" && strings.HasPrefix(o.Key, b.of.Apart) {
			continue
		}
		if err := visit(strings.TrimPrefix(o.Key, b.of.Prefix), o.Size, o.LastModified); err != nil {
			return err
		}
	}
	return b.sweep(ctx)
}

// sweep removes the parts of what never became a file: a crash leaves them, and they are paid for. A bucket that does
// not let us see them has to do it itself.
func (b *bucket) sweep(ctx context.Context) error {
	for u := range b.client.ListIncompleteUploads(ctx, b.name, b.of.Prefix, true) {
		if code := minio.ToErrorResponse(u.Err).StatusCode; code == http.StatusForbidden ||
			code == http.StatusNotImplemented {
			return nil
		}
		if u.Err != nil {
			return fmt.Errorf("list unfinished files of the bucket: %w", u.Err)
		}
		if time.Since(u.Initiated) < arrives {
			continue
		}
		if err := b.client.RemoveIncompleteUpload(ctx, b.name, u.Key); err != nil {
			return fmt.Errorf("remove an unfinished file of the bucket: %w", err)
		}
	}
	return nil
}

// IsDown says whether a bucket failed because its store can't be reached or can't answer just now.
func IsDown(err error) bool {
	var network net.Error
	var said minio.ErrorResponse
	return errors.As(err, &network) || errors.As(err, &said) && said.StatusCode >= http.StatusInternalServerError
}
