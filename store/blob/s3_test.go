package blob_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/store/blob/blobtest"
)

// slowly gives parts one after the other, and waits before the last until it is told.
type slowly struct {
	io.Reader
	left, waitAt int
	sent         <-chan struct{}
	t            *testing.T
}

func (s *slowly) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	if s.left <= s.waitAt {
		s.waitAt = 0
		select {
		case <-s.sent:
		case <-time.After(10 * time.Second):
			s.t.Error("nothing was sent while the file was still coming: it is gathered first")
			return 0, errors.New("gave up")
		}
	}
	n := min(len(p), s.left, 64<<10)
	s.left -= n
	return n, nil
}

// A file is sent while it comes: nobody holds all of it.
func TestBucketTakesFilesAsTheyCome(t *testing.T) {
	for name, size := range map[string]int64{"of known size": 20 << 20, "of unknown size": blob.Unknown} {
		t.Run(name, func(t *testing.T) {
			sent := make(chan struct{}, 100)
			b := blobtest.New(t, func(r *http.Request) {
				if r.Method == http.MethodPut && r.URL.Query().Has("partNumber") {
					sent <- struct{}{}
				}
			})
			from := &slowly{left: 20 << 20, waitAt: 8 << 20, sent: sent, t: t}
			if err := b.Put(t.Context(), "ws/a", from, size); err != nil {
				t.Fatal(err)
			}
			if _, n, err := b.Open(t.Context(), "ws/a"); err != nil || n != 20<<20 {
				t.Errorf("%d bytes, %v", n, err)
			}
		})
	}
}

// A file is fetched from where it is wanted on.
func TestBucketReadsRanges(t *testing.T) {
	var ranges []string
	b := blobtest.New(t, func(r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/files/ws/a" {
			ranges = append(ranges, r.Header.Get("Range"))
		}
	})
	if err := b.Put(t.Context(), "ws/a", strings.NewReader(strings.Repeat("x", 1<<20)+"end"), 1<<20+3); err != nil {
		t.Fatal(err)
	}
	r, _, err := b.Open(t.Context(), "ws/a")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Seek(-3, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "end" {
		t.Errorf("%.20q, %v", got, err)
	}
	if len(ranges) != 1 || !strings.HasPrefix(ranges[0], "bytes=1048576-") {
		t.Errorf("asked for %q", ranges)
	}
}

// What a crash left half sent goes when files are walked through, once it is old.
func TestBucketSweepsWhatNeverArrived(t *testing.T) {
	b := blobtest.New(t)
	core := b.Core(t)
	begin := func(key string, ago time.Duration) {
		b.Clock.Advance(-ago)
		defer b.Clock.Advance(ago)
		if _, err := core.NewMultipartUpload(t.Context(), b.Config.Bucket, key, minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	begin("ws/old", 30*time.Hour)
	begin("ws/new", time.Hour)
	walk(t, b)
	var left []string
	for u := range core.ListIncompleteUploads(t.Context(), b.Config.Bucket, "", true) {
		left = append(left, u.Key)
	}
	if len(left) != 1 || left[0] != "ws/new" {
		t.Errorf("left: %v", left)
	}
}

func TestBucketMustBeThere(t *testing.T) {
	b := blobtest.New(t)
	b.Config.Bucket = "other"
	if _, err := blob.InBucket(t.Context(), b.Config); err == nil || !strings.Contains(err.Error(), "storage.s3_bucket") {
		t.Errorf("a bucket that is not there: %v", err)
	}
}
