package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/store/blob/blobtest"
)

// each runs a test on a folder and on a bucket: they keep the same promises.
func each(t *testing.T, test func(t *testing.T, s blob.Store)) {
	t.Run("disk", func(t *testing.T) {
		s, err := blob.OnDisk(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		test(t, s)
	})
	t.Run("bucket", func(t *testing.T) { test(t, blobtest.New(t)) })
}

func read(t *testing.T, s blob.Store, key string) (string, int64) {
	t.Helper()
	r, size, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(got), size
}

func TestPut(t *testing.T) {
	large := strings.Repeat("0123456789abcdef", 12<<20/16) // more than two parts
	for _, tc := range []struct {
		name, key, content string
		size               int64 // what Put is told
	}{
		{"of known size", "ws/a.png", "hello", 5},
		{"of unknown size", "ws/b.png", "hello", blob.Unknown},
		{"empty", "ws/empty", "", 0},
		{"empty, of unknown size", "ws/empty2", "", blob.Unknown},
		{"longer than it was said to be", "ws/longer", "hello", 5},
		{"large", "ws/large", large, int64(len(large))},
		{"large, of unknown size", "ws/large2", large, blob.Unknown},
		{"with an odd name", "ws/a ü%2e?&'\"+#.png", "hello", blob.Unknown},
		{"without a folder", "abc", "hello", 5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, s blob.Store) {
				var r io.Reader = strings.NewReader(tc.content)
				if strings.HasPrefix(tc.name, "longer") {
					r = strings.NewReader(tc.content + " and more")
				}
				if err := s.Put(t.Context(), tc.key, r, tc.size); err != nil {
					t.Fatal(err)
				}
				if got, size := read(t, s, tc.key); got != tc.content || size != int64(len(tc.content)) {
					t.Errorf("read back %d bytes (said %d), wrote %d", len(got), size, len(tc.content))
				}
			})
		})
	}
}

func TestPutAgainReplaces(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		for _, content := range []string{"the first, longer", "second"} {
			if err := s.Put(t.Context(), "ws/a", strings.NewReader(content), blob.Unknown); err != nil {
				t.Fatal(err)
			}
			if got, _ := read(t, s, "ws/a"); got != content {
				t.Errorf("read %q, want %q", got, content)
			}
		}
	})
}

var errBroken = errors.New("the connection is cut")

// broken gives so many bytes and then fails.
func broken(n int) io.Reader {
	return io.MultiReader(bytes.NewReader(make([]byte, n)), iotestErr{})
}

type iotestErr struct{}

func (iotestErr) Read([]byte) (int, error) { return 0, errBroken }

func TestWhatFailsLeavesNothing(t *testing.T) {
	for _, tc := range []struct {
		name string
		r    func() io.Reader
		size int64
		want error
	}{
		{"cut short", func() io.Reader { return strings.NewReader("abc") }, 10, io.ErrUnexpectedEOF},
		{"broken", func() io.Reader { return broken(3) }, blob.Unknown, errBroken},
		{"broken, large", func() io.Reader { return broken(7 << 20) }, blob.Unknown, errBroken},
		{"broken, of known size", func() io.Reader { return broken(3) }, 10, errBroken},
		{"broken, large, of known size", func() io.Reader { return broken(7 << 20) }, 12 << 20, errBroken},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, s blob.Store) {
				if err := s.Put(t.Context(), "ws/a", tc.r(), tc.size); !errors.Is(err, tc.want) {
					t.Errorf("%v, want %v", err, tc.want)
				}
				if _, _, err := s.Open(t.Context(), "ws/a"); !errors.Is(err, blob.ErrNotFound) {
					t.Errorf("it can be opened: %v", err)
				}
				if keys := walk(t, s); len(keys) > 0 {
					t.Errorf("left behind: %v", keys)
				}
			})
		})
	}
}

func TestSeek(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		content := strings.Repeat("0123456789", 1000)
		if err := s.Put(t.Context(), "ws/a", strings.NewReader(content), int64(len(content))); err != nil {
			t.Fatal(err)
		}
		r, _, err := s.Open(t.Context(), "ws/a")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for _, at := range []struct {
			offset int64
			whence int
			want   int64
		}{{5000, io.SeekStart, 5000}, {-3, io.SeekEnd, 9997}, {0, io.SeekStart, 0}, {100, io.SeekCurrent, 103}} {
			if pos, err := r.Seek(at.offset, at.whence); err != nil || pos != at.want {
				t.Fatalf("seek %v: at %d, %v", at, pos, err)
			}
			part := make([]byte, 3)
			if _, err := io.ReadFull(r, part); err != nil || string(part) != content[at.want:at.want+3] {
				t.Errorf("at %d: %q, %v", at.want, part, err)
			}
		}
		if n, err := r.Seek(0, io.SeekEnd); n != int64(len(content)) || err != nil {
			t.Errorf("the end is at %d, %v", n, err)
		}
	})
}

func TestMissingFiles(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		for _, key := range []string{"ws/none", "none", "ws"} {
			if _, _, err := s.Open(t.Context(), key); !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("open %q: %v", key, err)
			}
			if err := s.Delete(t.Context(), key); err != nil {
				t.Errorf("delete %q: %v", key, err)
			}
		}
	})
}

func walk(t *testing.T, s blob.Store) map[string]int64 {
	t.Helper()
	found := map[string]int64{}
	err := s.Walk(t.Context(), func(key string, size int64, changed time.Time) error {
		found[key] = size
		if age := time.Since(changed); age < -time.Minute || age > time.Minute {
			t.Errorf("%s is of %v", key, changed)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestWalk(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		want := map[string]int64{}
		for i := range 30 {
			key := fmt.Sprintf("ws-%d/%d", i%3, i)
			if err := s.Put(t.Context(), key, strings.NewReader(strings.Repeat("x", i)), int64(i)); err != nil {
				t.Fatal(err)
			}
			want[key] = int64(i)
		}
		for _, key := range []string{"ws-0/0", "ws-1/1"} {
			if err := s.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
			delete(want, key)
		}
		if got := walk(t, s); !maps.Equal(got, want) {
			t.Errorf("walked %v, want %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
		stop := errors.New("stop")
		if err := s.Walk(t.Context(), func(string, int64, time.Time) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("a walk that was stopped: %v", err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Walk(ended, func(string, int64, time.Time) error { return nil }); err == nil {
			t.Error("a walk goes on when its context has ended")
		}
	})
}
