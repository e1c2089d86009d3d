// Package blobtest runs an S3 server inside a test.
package blobtest

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/sailplane/sailplane/store/blob"
)

// Bucket is a bucket in memory, and the server in front of it.
type Bucket struct {
	blob.Store
	Config blob.S3
	Clock  gofakes3.TimeSourceAdvancer // the server's
}

const name = "files"

// New makes an empty bucket. watch, if given, sees every request before the server does.
func New(t testing.TB, watch ...func(*http.Request)) *Bucket {
	t.Helper()
	b := &Bucket{Clock: gofakes3.FixedTimeSource(time.Now())}
	files := s3mem.New(s3mem.WithTimeSource(b.Clock))
	if err := files.CreateBucket(name); err != nil {
		t.Fatal(err)
	}
	serve := gofakes3.New(files, gofakes3.WithLogger(gofakes3.DiscardLog()), gofakes3.WithTimeSource(b.Clock),
		gofakes3.WithTimeSkewLimit(0)).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, see := range watch {
			see(r)
		}
		if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
			r = decoded(r)
		}
		serve.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b.Config = blob.S3{Endpoint: strings.TrimPrefix(server.URL, "http://"), Region: "us-east-1", Bucket: name,
		AccessKey: "key", SecretKey: "secret"}
	store, err := blob.InBucket(t.Context(), b.Config)
	if err != nil {
		t.Fatal(err)
	}
	b.Store = store
	b.forgetUpload(t)
	return b
}

// Core is a client that can do what a Store cannot.
func (b *Bucket) Core(t testing.TB) *minio.Core {
	t.Helper()
	core, err := minio.NewCore(b.Config.Endpoint,
		&minio.Options{Creds: credentials.NewStaticV4(b.Config.AccessKey, b.Config.SecretKey, ""), Region: b.Config.Region})
	if err != nil {
		t.Fatal(err)
	}
	return core
}

// forgetUpload begins an upload and gives it up: of a bucket that never saw one the server says that there is none.
func (b *Bucket) forgetUpload(t testing.TB) {
	t.Helper()
	core := b.Core(t)
	id, err := core.NewMultipartUpload(t.Context(), name, "x", minio.PutObjectOptions{})
	if err == nil {
		err = core.AbortMultipartUpload(t.Context(), name, "x", id)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// decoded is a request whose body is no stream of signed chunks any more: the server knows those in whole files only,
// not in parts of them. Signatures are not checked.
func decoded(r *http.Request) *http.Request {
	pr, pw := io.Pipe()
	go func(body *bufio.Reader) {
		pw.CloseWithError(copyChunks(pw, body))
	}(bufio.NewReader(r.Body))
	r = r.Clone(r.Context())
	length := r.Header.Get("X-Amz-Decoded-Content-Length")
	r.Header.Del("X-Amz-Content-Sha256")
	r.Header.Del("Content-Encoding")
	r.Header.Set("Content-Length", length)
	r.Body = pr
	r.ContentLength, _ = strconv.ParseInt(length, 10, 64) // the client's own header
	return r
}

// copyChunks reads chunks: their size in hex, ";chunk-signature=…", a line's end, the bytes, a line's end; the last is
// empty.
func copyChunks(to io.Writer, from *bufio.Reader) error {
	for {
		line, err := from.ReadString('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(strings.SplitN(line, ";", 2)[0], 16, 64)
		if err != nil || size == 0 {
			return err
		}
		if _, err := io.CopyN(to, from, size); err != nil {
			return err
		}
		if _, err := from.ReadString('\n'); err != nil {
			return err
		}
	}
}
