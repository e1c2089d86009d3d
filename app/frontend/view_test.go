package frontend_test

import (
	"archive/tar"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app/frontend"
	"github.com/sailplane/sailplane/app/frontend/frontendtest"
)

// stack applies layers one on another, the lowest first, as the specification of OCI says it.
type stack map[string]string

func (s stack) remove(name string) {
	for other := range s {
		if other == name || strings.HasPrefix(other, name+"/") {
			delete(s, other)
		}
	}
}

func (s stack) apply(layer []frontendtest.Entry) {
	for _, e := range layer { // what is taken away is of the layers below, wherever in the layer that stands
		dir, file := path.Split(e.Name)
		switch {
		case file == ".wh..wh..opq":
			for other := range s {
				if dir == "" || strings.HasPrefix(other, dir) {
					delete(s, other)
				}
			}
		case strings.HasPrefix(file, ".wh."):
			s.remove(path.Join(dir, file[len(".wh."):]))
		}
	}
	for _, e := range layer {
		switch {
		case strings.HasPrefix(path.Base(e.Name), ".wh."):
		case strings.HasSuffix(e.Name, "/"): // the folders that a name needs stand in for files
			s.folders(strings.TrimSuffix(e.Name, "/"))
		default:
			s.remove(e.Name)
			s.folders(path.Dir(e.Name))
			s[e.Name] = e.Body
		}
	}
}

// folders makes a folder, and those around it.
func (s stack) folders(dir string) {
	for ; dir != "."; dir = path.Dir(dir) {
		delete(s, dir)
	}
}

// randomLayer makes entries that contradict each other in no layer: one has a name as a file or as a folder.
func randomLayer(t *rapid.T, i int) (layer []frontendtest.Entry) {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "a/a", "a/b", "b/a", "b/a/a", "b/a/b"}), 0, 5,
		rapid.ID).Draw(t, "names")
	for n, name := range names {
		name = at + "/" + name
		switch rapid.SampledFrom([]string{"file", "folder", "gone", "opaque"}).Draw(t, "kind") {
		case "file":
			layer = append(layer, frontendtest.Entry{Name: name, Body: fmt.Sprint(i, ".", n)})
		case "folder":
			layer = append(layer, frontendtest.Entry{Name: name + "/"})
		case "gone":
			layer = append(layer, frontendtest.Entry{Name: path.Dir(name) + "/.wh." + path.Base(name)})
		case "opaque":
			layer = append(layer, frontendtest.Entry{Name: path.Dir(name) + "/.wh..wh..opq"})
		}
	}
	files := map[string]bool{}
	for _, e := range layer {
		if !strings.HasPrefix(path.Base(e.Name), ".wh.") && !strings.HasSuffix(e.Name, "/") {
			files[e.Name] = true
		}
	}
	kept := layer[:0]
	for _, e := range layer { // nothing lies below a file
		below := false
		for dir := path.Dir(strings.TrimSuffix(e.Name, "/")); dir != "."; dir = path.Dir(dir) {
			below = below || files[dir]
		}
		if !below {
			kept = append(kept, e)
		}
	}
	if rapid.IntRange(0, 9).Draw(t, "outside") == 0 {
		outside := rapid.SampledFrom([]string{"usr/share/nginx/.wh.html", "usr/share/.wh.nginx", ".wh.usr",
			"usr/.wh..wh..opq", ".wh..wh..opq", "usr/share/.wh.other", at + "/.wh..wh.plnk"}).Draw(t, "of the folder")
		kept = append(kept, frontendtest.Entry{Name: outside})
	}
	return kept
}

// Files are those that a container would show, whatever layers add, replace and take away.
func TestFilesAreThoseOfAContainer(t *testing.T) {
	dir := t.TempDir()
	builds := 0
	rapid.Check(t, func(t *rapid.T) {
		want := stack{}
		var layers [][]byte
		for i := range rapid.IntRange(1, 5).Draw(t, "layers") {
			layer := randomLayer(t, i)
			want.apply(layer)
			layers = append(layers, frontendtest.Tar(layer...))
		}
		page := frontendtest.Entry{Name: at + "/index.html", Body: "page"}
		want.apply([]frontendtest.Entry{page})
		layers = append(layers, frontendtest.Gzip(frontendtest.Tar(page)))
		builds++
		got, err := frontend.Unpack(t.Context(), filepath.Join(dir, fmt.Sprint(builds)), at, layers)
		if err != nil {
			t.Fatal(err)
		}
		wanted := map[string]string{}
		for name, text := range want {
			wanted[strings.TrimPrefix(name, at+"/")] = text
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("the files (-want +got):\n%s", diff)
		}
	})
}

// Whatever a layer is, it is unpacked inside its folder or refused.
func FuzzLayer(f *testing.F) {
	page := frontendtest.Entry{Name: at + "/index.html", Body: "page"}
	for _, seed := range [][]byte{frontendtest.Tar(page), frontendtest.Gzip(frontendtest.Tar(page)),
		frontendtest.Zstd(frontendtest.Tar(page)), frontendtest.Tar(page, frontendtest.Entry{Name: at + "/../../x"}),
		frontendtest.Tar(frontendtest.Entry{Name: at + "/l", Type: tar.TypeSymlink, Link: "/"}, frontendtest.Entry{Name: at +
			"/l/x", Body: "x"}), {}, {0x1f, 0x8b}, {0x28, 0xb5, 0x2f, 0xfd}} {
		f.Add(seed)
	}
	f.Cleanup(frontend.Bounds(4<<20, 1000, 100, 1<<20))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, layer []byte) {
		build, err := os.MkdirTemp(dir, "build-")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(build)
		inside := filepath.Join(build, "inside")
		if _, err := frontend.Unpack(t.Context(), inside, at, [][]byte{layer}); err != nil && strings.Contains(err.Error(),
			"panic") {
			t.Fatal(err)
		}
		if entries, err := os.ReadDir(build); err != nil || len(entries) != 1 {
			t.Errorf("beside the folder: %v, %v", entries, err)
		}
	})
}
