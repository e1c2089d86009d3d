package frontend_test

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app/frontend"
	"github.com/sailplane/sailplane/app/frontend/frontendtest"
)

// write makes a folder of files.
func write(t testing.TB, dir string, content map[string]string) string {
	t.Helper()
	for name, text := range content {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// plain is what frontendtest.PlainLayers make.
func plain(text string) map[string]string {
	return map[string]string{"index.html": "web " + text, "god-mode/index.html": "admin " + text,
		"spaces/assets/manifest-3.js": frontendtest.Manifest}
}

func TestOtherSources(t *testing.T) {
	pack := func(name string, content []byte) string {
		return filepath.Join(write(t, t.TempDir(), map[string]string{name: string(content)}), name)
	}
	layout := func(images map[string][][]byte) string {
		dir := t.TempDir()
		frontendtest.Layout(dir, "v1.3.1", images)
		return dir
	}
	saved := func(change func(string, []byte) []byte) string {
		return pack("plane.tar", frontendtest.Saved("v1.3.1", frontendtest.PlainLayers("x"), change))
	}
	without := func(name string) map[string][][]byte {
		images := frontendtest.Layers("x")
		delete(images, name)
		return images
	}
	twice := maps.Clone(frontendtest.Layers("x"))
	twice["plane-other"] = frontendtest.Layers("y")["plane-frontend"]
	damaged := layout(frontendtest.Layers("x"))
	blobs, err := filepath.Glob(filepath.Join(damaged, "blobs", "sha256", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, blob := range blobs {
		content, err := os.ReadFile(blob)
		if err == nil && content[0] != '{' {
			content[len(content)/2] ^= 1
			err = os.WriteFile(blob, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	checkout := map[string]string{"README.md": "Plane", "apps/web/build/client/index.html": "web x",
		"apps/admin/build/client/index.html": "admin x", "apps/space/build/client/assets/manifest-3.js": frontendtest.Manifest}
	linked := write(t, t.TempDir(), map[string]string{"index.html": "web x"})
	if err := os.Symlink("/etc/passwd", filepath.Join(linked, "passwd")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, from, version string
		want                map[string]string // nil: it is refused
		said                string            // the version, or in the error
	}{
		{"docker save", saved(nil), "", plain("x"), "v1.3.1"},
		{"a layout", layout(frontendtest.Layers("x")), "", published("x"), "v1.3.1"},
		{"a layout in a tar", pack("oci.tar", frontendtest.Folder(layout(frontendtest.Layers("x")), ".")), "",
			published("x"), "v1.3.1"},
		{"a build", write(t, t.TempDir(), published("x")), "v1.3.0", published("x"), "v1.3.0"},
		{"a build of the web frontend", write(t, t.TempDir(), map[string]string{"index.html": "web x", "manifest.json": "{}"}), "",
			map[string]string{"index.html": "web x", "manifest.json": "{}"}, ""},
		{"a checkout", write(t, t.TempDir(), checkout), "", plain("x"), ""},
		{"another version", saved(nil), "v1.3.0", nil, "not of one version"},
		{"two images of one kind", layout(twice), "", nil, "two images of the web frontend"},
		{"no admin", layout(without("plane-admin")), "", nil, "no image of the administrators' frontend (plane-admin)"},
		{"no space", layout(without("plane-space")), "", nil, "no image of the published boards' frontend"},
		{"a damaged layout", damaged, "", nil, "layer"},
		{"another layer", saved(func(name string, content []byte) []byte {
			if strings.HasPrefix(name, "plane-frontend/") {
				return bytes.Replace(content, []byte("web x"), []byte("web y"), 1)
			}
			return content
		}), "", nil, "its digest is not"},
		{"a layer too few", saved(func(name string, content []byte) []byte {
			return bytes.Replace(content, []byte(`"plane-admin/a/layer.tar",`), nil, 1)
		}), "", nil, "digests of 2 layers"},
		{"no such layer", saved(func(name string, content []byte) []byte {
			return bytes.Replace(content, []byte("/a/layer.tar"), []byte("/z/../../../etc/passwd"), 1)
		}), "", nil, "not exist"},
		{"text", pack("plane.tar", []byte("hello")), "", nil, "no tar"},
		{"a tar of something", pack("x.tar", frontendtest.Tar(frontendtest.Entry{Name: "x", Body: "x"})), "", nil, "neither"},
		{"compressed", pack("x.tar.gz", frontendtest.Gzip(frontendtest.Tar())), "", nil, "no tar"},
		{"an empty folder", t.TempDir(), "", nil, "is no build"},
		{"a build with a link", linked, "", nil, "no plain file"},
		{"no such file", "./nowhere.tar", "", nil, "no such file"},
		{"no registry", "nowhere", "", nil, "neither a registry"},
		{"a file's address", "file:///etc", "", nil, "begins with https://"},
		{"plain HTTP far away", "http://registry.example.org/x", "", nil, "without TLS"},
		{"no version", "docker.io/makeplane", "../x", nil, "no version"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "frontend")
			_, err := frontend.Pull(t.Context(), frontend.Options{Folder: folder, From: tt.from, Version: tt.version})
			if tt.want == nil {
				if err == nil || !strings.Contains(err.Error(), tt.said) {
					t.Errorf("error %v, want it to say %q", err, tt.said)
				}
				if _, err := os.Stat(folder); err == nil && len(left(t, folder)) > 0 {
					t.Errorf("left: %q", left(t, folder))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			info, got := current(t, folder)
			if diff := cmp.Diff(tt.want, got); diff != "" || info.Version != tt.said {
				t.Errorf("%q, the build (-want +got):\n%s", info.Version, diff)
			}
		})
	}
}

func TestRemove(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "frontend")
	if removed, err := frontend.Remove(folder); removed || err != nil {
		t.Errorf("nothing: %v, %v", removed, err)
	}
	o := frontend.Options{Folder: folder, From: write(t, t.TempDir(), published("x"))}
	for range 2 {
		if _, err := frontend.Pull(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	if removed, err := frontend.Remove(folder); !removed || err != nil || len(left(t, folder)) > 0 {
		t.Errorf("two builds: %v, %v, left %q", removed, err, left(t, folder))
	}
	if _, _, err := frontend.Current(folder); !errors.Is(err, frontend.ErrNone) {
		t.Errorf("after the removal: %v", err)
	}
	if removed, err := frontend.Remove(folder); removed || err != nil {
		t.Errorf("once more: %v, %v", removed, err)
	}
	write(t, folder, map[string]string{"index.html": "mine"})
	if _, err := frontend.Remove(folder); err == nil || !strings.Contains(err.Error(), "by hand") {
		t.Errorf("what was laid there by hand: %v", err)
	}
	if build, info, err := frontend.Current(folder); err != nil || build != folder || info.Version != "" {
		t.Errorf("what was laid there by hand: %q %+v %v", build, info, err)
	}
	if _, err := frontend.Pull(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if _, got := current(t, folder); cmp.Diff(published("x"), got) != "" {
		t.Errorf("a pull beside it: %v", got)
	}
}

// A file that names no build, or one elsewhere, is told and not followed; a pull mends it.
func TestDamagedInfo(t *testing.T) {
	for text, want := range map[string]string{
		"": "unexpected end", "{": "unexpected end", `{"build":"../../etc"}`: "names no folder",
		`{"build":""}`: "names no folder", `{"build":"build-1"}`: "no such file",
		`{"build":"build-x","previous":"../x"}`: "names no folder",
	} {
		folder := write(t, t.TempDir(), map[string]string{"frontend.json": text, "build-x/index.html": "x"})
		if _, _, err := frontend.Current(folder); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
		if _, err := frontend.State(folder); err == nil {
			t.Errorf("%s: its state is fine", text)
		}
		o := frontend.Options{Folder: folder, From: write(t, t.TempDir(), published("x"))}
		if _, err := frontend.Pull(t.Context(), o); err != nil {
			t.Errorf("%s: a pull: %v", text, err)
		}
		if names := left(t, folder); len(names) > 0 {
			t.Errorf("%s: left %q", text, names)
		}
	}
}
