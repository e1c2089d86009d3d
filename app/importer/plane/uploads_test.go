package plane_test

import (
	"archive/tar"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/importer/plane"
	"github.com/sailplane/sailplane/store/blob"
	"github.com/sailplane/sailplane/store/storetest"
)

// uploadsOf lays files out as an old installation may have them.
func uploadsOf(t *testing.T, kind string, files map[string]string) plane.Uploads {
	t.Helper()
	dir := t.TempDir()
	switch kind {
	case "folder":
		for name, content := range files {
			if strings.HasPrefix(name, "..") {
				continue
			}
			file := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink("/etc", filepath.Join(dir, "out")); err != nil {
			t.Fatal(err)
		}
		return plane.Uploads{Path: dir}
	case "tar":
		f, err := os.Create(filepath.Join(dir, "uploads.tar"))
		if err != nil {
			t.Fatal(err)
		}
		w := tar.NewWriter(f)
		for name, content := range files {
			if strings.HasPrefix(name, "..") {
				continue
			}
			if err := w.WriteHeader(&tar.Header{Name: "./" + name, Mode: 0o600, Size: int64(len(content))}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(content)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		f.Close()
		return plane.Uploads{Path: f.Name()}
	}
	bucket, err := blob.OnDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if key, ok := strings.CutPrefix(name, "uploads/"); ok {
			if err := bucket.Put(t.Context(), key, strings.NewReader(content), int64(len(content))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return plane.Uploads{Bucket: bucket}
}

// MinIO's own folders hold objects in its own form: that is told, and no garbage taken.
func TestFolderOfMinIO(t *testing.T) {
	uploads := uploadsOf(t, "folder", map[string]string{"uploads/ws/a.png/xl.meta": "XL2 "})
	done := &plane.Converted{Database: empty(t)}
	_, err := done.TakeFiles(t.Context(), uploads, filepath.Join(t.TempDir(), "files"))
	if err == nil || !strings.Contains(err.Error(), "mc cp") {
		t.Errorf("it says %v", err)
	}
}

// empty is a database without rows.
func empty(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "empty.db")
	storetest.SQLiteAt(t, file)
	return file
}
