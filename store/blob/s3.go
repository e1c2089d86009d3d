package blob

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// bucket keeps files in an S3-compatible store. minio-go: the maintained client that works with all of them.
type bucket struct {
	client *minio.Client
	name   string
	buffer chan struct{} // who may hold a part in memory
}

// A file of unknown size is gathered part by part in memory; so many at a time, and the others wait.
const buffers = 4

// S3 says which bucket to use, and how to reach it.
type S3 struct {
	Endpoint, Region, Bucket, AccessKey, SecretKey string
	TLS                                            bool
}

// InBucket keeps files in a bucket, which must exist.
func InBucket(ctx context.Context, s S3) (Store, error) {
	client, err := minio.New(s.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(s.AccessKey, s.SecretKey, ""), Region: s.Region, Secure: s.TLS})
	if err != nil {
		return nil, fmt.Errorf("storage.s3_endpoint: %w", err)
	}
	ok, err := client.BucketExists(ctx, s.Bucket)
	if err != nil {
		return nil, fmt.Errorf("reach the bucket of storage.s3_bucket: %w", err)
	}
	if !ok {
		return nil, fmt.Errorf("storage.s3_bucket: there is no bucket %q", s.Bucket)
	}
	return &bucket{client, s.Bucket, make(chan struct{}, buffers)}, nil
}

func (b *bucket) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if size == Unknown {
		select {
		case b.buffer <- struct{}{}:
			defer func() { <-b.buffer }()
		case <-ctx.Done():
			return ctx.Err()
		}
	} else {
		r = io.LimitReader(r, size)
	}
	// A known size is sent as it comes, in parts of bounded memory; a short body fails and nothing appears.
	_, err := b.client.PutObject(ctx, b.name, key, r, size, minio.PutObjectOptions{ContentType: "application/octet-stream", PartSize: 5 << 20, NumThreads: 1})
	if err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	return nil
}

func (b *bucket) Open(ctx context.Context, key string) (io.ReadSeekCloser, int64, error) {
	object, err := b.client.GetObject(ctx, b.name, key, minio.GetObjectOptions{})
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
	if err := b.client.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}

func (b *bucket) Walk(ctx context.Context, visit func(key string, size int64, changed time.Time) error) error {
	for o := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			return fmt.Errorf("list the bucket: %w", o.Err)
		}
		if err := visit(o.Key, o.Size, o.LastModified); err != nil {
			return err
		}
	}
	return nil
}
