package main

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/layout"
)

// The image holds the binary and two empty folders, runs as nobody in particular, and is the same each time.
func TestImage(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "sailplane")
	if err := os.WriteFile(binary, []byte("a program"), 0o600); err != nil {
		t.Fatal(err)
	}
	var digests []string
	for range 2 {
		dir := t.TempDir()
		if err := write(dir, "v1", time.Unix(1_700_000_000, 0), []string{"linux/amd64=" + binary, "linux/arm64=" + binary}); err != nil {
			t.Fatal(err)
		}
		digests = append(digests, look(t, dir))
	}
	if digests[0] != digests[1] {
		t.Errorf("built twice, it is %s and %s", digests[0], digests[1])
	}
}

func look(t *testing.T, dir string) string {
	t.Helper()
	outer, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	top, err := outer.IndexManifest()
	if err != nil || len(top.Manifests) != 1 {
		t.Fatalf("%v, %v", top, err)
	}
	digest := top.Manifests[0].Digest
	index, err := outer.ImageIndex(digest)
	if err != nil {
		t.Fatal(err)
	}
	list, err := index.IndexManifest()
	if err != nil || len(list.Manifests) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	for _, m := range list.Manifests {
		img, err := index.Image(m.Digest)
		if err != nil {
			t.Fatal(err)
		}
		file, err := img.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		if c := file.Config; c.User != "65532" || c.Healthcheck == nil || c.Healthcheck.Test[2] != "health" || file.Architecture != m.Platform.Architecture {
			t.Errorf("%+v", c)
		}
		layers, err := img.Layers()
		if err != nil || len(layers) != 1 {
			t.Fatalf("%d layers, %v", len(layers), err)
		}
		content, err := layers[0].Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		checkFiles(t, content)
	}
	return digest.String()
}

func checkFiles(t *testing.T, content io.Reader) {
	t.Helper()
	want := map[string]int64{"data/": 0o700, "sailplane": 0o755, "tmp/": 0o1777}
	tr := tar.NewReader(content)
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if mode, ok := want[h.Name]; !ok || h.Mode != mode || (h.Name == "data/" && h.Uid != user) {
			t.Errorf("%s: mode %o of %d", h.Name, h.Mode, h.Uid)
		}
		delete(want, h.Name)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}
