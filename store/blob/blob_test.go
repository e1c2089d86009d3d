package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/store/blob"
)

func TestDisk(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s, err := blob.OnDisk(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.Repeat([]byte("x"), 100_000)
	if err := s.Put(ctx, "ws/a.png", bytes.NewReader(want), int64(len(want))); err != nil {
		t.Fatal(err)
	}
	r, size, err := s.Open(ctx, "ws/a.png")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if r.Close(); err != nil || size != int64(len(want)) || !bytes.Equal(got, want) {
		t.Errorf("read back %d bytes (said %d), %v", len(got), size, err)
	}
	if err := s.Put(ctx, "ws/short", strings.NewReader("abc"), 10); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file cut short: %v", err)
	}
	if _, _, err := s.Open(ctx, "ws/short"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("a file cut short can be seen: %v", err)
	}
	var keys []string
	if err := s.Walk(ctx, func(key string, _ int64, _ time.Time) error { keys = append(keys, key); return nil }); err != nil || len(keys) != 1 {
		t.Errorf("walked %v, %v", keys, err)
	}
	for range 2 {
		if err := s.Delete(ctx, "ws/a.png"); err != nil {
			t.Error(err)
		}
	}
}

func TestDiskStaysInItsFolder(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "outside"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := blob.OnDisk(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"../outside", "a/../../outside", "/etc/passwd", ".", ""} {
		if r, _, err := s.Open(ctx, key); err == nil {
			r.Close()
			t.Errorf("opened %q", key)
		}
		if err := s.Put(ctx, key, strings.NewReader("x"), 1); err == nil {
			t.Errorf("wrote %q", key)
		}
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "outside")); string(text) != "secret" {
		t.Error("a file outside the folder was changed")
	}
}
