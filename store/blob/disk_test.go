package blob_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store/blob"
)

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
