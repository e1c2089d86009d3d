package frontend_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/sailplane/sailplane/app/frontend"
	"github.com/sailplane/sailplane/app/frontend/frontendtest"
)

func digestOf(content []byte) string { return digest.FromBytes(content).String() }

const at = frontendtest.WebAt

// Images that want to get out, or to fill the disk, are refused, leave nothing behind, and leave the old build alone.
func TestHostileImages(t *testing.T) {
	const html = at + "/index.html"
	page := frontendtest.Entry{Name: html, Body: "new"}
	type entries = []frontendtest.Entry
	many := entries{page}
	for i := range 30 {
		many = append(many, frontendtest.Entry{Name: fmt.Sprint(at, "/", i), Body: "x"})
	}
	for _, tt := range []struct {
		name    string
		entries entries
		want    string
	}{
		{"a link outwards", entries{page, {Name: at + "/link", Type: tar.TypeSymlink, Link: "/etc/passwd"}}, "a link"},
		{"a link inwards", entries{page, {Name: at + "/link", Type: tar.TypeSymlink, Link: "index.html"}}, "a link"},
		{"a file through a link", entries{page, {Name: at + "/out", Type: tar.TypeSymlink, Link: "../../../../../tmp"},
			{Name: at + "/out/evil", Body: "evil"}}, "a link"},
		{"a hard link", entries{page, {Name: at + "/link", Type: tar.TypeLink, Link: "etc/shadow"}}, "a link"},
		{"the folder itself a link", entries{{Name: at, Type: tar.TypeSymlink, Link: "/"}, page}, "a link"},
		{"a folder around it a link", entries{{Name: "usr/share", Type: tar.TypeSymlink, Link: "/"}, page}, "a link"},
		{"upwards", entries{page, {Name: at + "/../../../../../evil", Body: "evil"}}, "leads out"},
		{"upwards elsewhere", entries{page, {Name: "etc/../../evil", Body: "evil"}}, "leads out"},
		{"absolute", entries{page, {Name: "/" + at + "/evil", Body: "evil"}}, "leads out"},
		{"a device", entries{page, {Name: at + "/null", Type: tar.TypeChar}}, "a device"},
		{"a disk", entries{page, {Name: at + "/sda", Type: tar.TypeBlock}}, "a device"},
		{"a pipe", entries{page, {Name: at + "/pipe", Type: tar.TypeFifo}}, "a pipe"},
		{"a whiteout upwards", entries{page, {Name: at + "/.wh..."}}, "takes nothing away"},
		{"no text", entries{page, {Name: at + "/\xff\xfe", Body: "x"}}, "no name of a file"},
		{"a name without end", entries{page, {Name: at + strings.Repeat("/x", 2000), Body: "x"}}, "no name of a file"},
		{"a file and a folder at once", entries{page, {Name: html + "/x", Body: "x"}}, "unpack the web frontend"},
		{"10 GB of zeros", entries{page, {Name: at + "/zeros", Size: 10 << 30}}, "larger than"},
		{"10 GB elsewhere", entries{page, {Name: "zeros", Size: 10 << 30}}, "larger than"},
		{"1 GB of zeros", entries{page, {Name: at + "/zeros", Size: 1 << 30}}, "larger than"},
		{"many files", many, "more than 20 files"},
		{"cut short", entries{page, {Name: at + "/short", Size: 1000}}, "unexpected EOF"},
		{"nothing", entries{{Name: "etc/passwd", Body: "x"}, {Name: at + "/.wh.index.html"}}, "no build of the web frontend"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "many files" {
				defer frontend.Bounds(1<<20, 1000, 20, 1<<20)()
			}
			refused(t, tt.want, func(g *frontendtest.Registry) {
				g.Push("makeplane/plane-frontend", "v1.3.1", frontendtest.Gzip(frontendtest.Tar(tt.entries...)))
			})
		})
	}
}

// refused pulls one version, has a registry changed, and pulls another, which has to be refused.
func refused(t *testing.T, want string, change func(*frontendtest.Registry)) {
	t.Helper()
	g := frontendtest.NewRegistry()
	g.Publish("v1.3.0", "old")
	g.Publish("v1.3.1", "new")
	dir := t.TempDir()
	o := frontend.Options{Folder: filepath.Join(dir, "frontend"), From: start(t, g), Version: "v1.3.0"}
	if _, err := frontend.Pull(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	change(g)
	o.Version = "v1.3.1"
	_, err := frontend.Pull(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want it to say %q", err, want)
	}
	info, got := current(t, o.Folder)
	if diff := cmp.Diff(published("old"), got); diff != "" {
		t.Errorf("the old build (-want +got):\n%s", diff)
	}
	for name := range files(t, dir) {
		inside, _ := strings.CutPrefix(name, "frontend/")
		if inside != ".lock" && inside != "frontend.json" && !strings.HasPrefix(inside, ".download/") &&
			!strings.HasPrefix(inside, info.Build+"/") {
			t.Errorf("it left %s", name)
		}
	}
}

// A layer that unpacks to more than images of the reference do is given up while it is read.
func TestBombs(t *testing.T) {
	defer frontend.Bounds(8<<20, 1000, 1000, 4<<20)()
	zeros := bytes.Repeat([]byte{0}, 16<<20)
	good := frontendtest.Tar(frontendtest.Entry{Name: at + "/index.html", Body: "new"})
	var padded bytes.Buffer // behind the end of the tar
	for _, part := range [][]byte{good, zeros} {
		w := gzip.NewWriter(&padded)
		w.Write(part)
		w.Close()
	}
	var entries []frontendtest.Entry
	for i := range 1001 {
		entries = append(entries, frontendtest.Entry{Name: fmt.Sprint("node_modules/", i)})
	}
	for name, layer := range map[string][]byte{
		"behind the end":     padded.Bytes(),
		"zstd":               frontendtest.Zstd(append(good, zeros...)),
		"entries elsewhere":  frontendtest.Gzip(frontendtest.Tar(entries...)),
		"files up to 8 MiB":  frontendtest.Gzip(frontendtest.Tar(frontendtest.Entry{Name: at + "/a", Body: string(zeros[:3<<20])}, frontendtest.Entry{Name: at + "/b", Body: string(zeros[:3<<20])})),
		"8 MiB of elsewhere": frontendtest.Gzip(frontendtest.Tar(frontendtest.Entry{Name: "a", Body: string(zeros[:9<<20])})),
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, "larger than", func(g *frontendtest.Registry) { g.Push("makeplane/plane-frontend", "v1.3.1", layer) })
		})
	}
}

// Registries that send something else than they announce are found out.
func TestLyingRegistries(t *testing.T) {
	layer := frontendtest.Tar(frontendtest.Entry{Name: at + "/index.html", Body: "right"})
	evil := frontendtest.Tar(frontendtest.Entry{Name: at + "/index.html", Body: "wrong"})
	chunked := func(content []byte) func(w http.ResponseWriter, r *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, digestOf(layer)) {
				return false
			}
			w.Write(content[:1])
			http.NewResponseController(w).Flush()
			w.Write(content[1:])
			return true
		}
	}
	if len(layer) != len(evil) {
		t.Fatalf("%d and %d bytes: not of one length", len(layer), len(evil))
	}
	push := func(g *frontendtest.Registry) ocispec.Index {
		return g.Push("makeplane/plane-frontend", "v1.3.1", layer)
	}
	for _, tt := range []struct {
		name, want string
		change     func(*frontendtest.Registry)
	}{
		{"another layer", "something else", func(g *frontendtest.Registry) {
			push(g)
			g.Replace(digest.FromBytes(layer), evil)
		}},
		{"a longer layer", "mismatch Content-Length", func(g *frontendtest.Registry) {
			push(g)
			g.Replace(digest.FromBytes(layer), append(evil, 0))
		}},
		{"a longer layer, in pieces", "longer than", func(g *frontendtest.Registry) {
			push(g)
			g.Break(chunked(append(layer, make([]byte, 1<<20)...)))
		}},
		{"a shorter layer, in pieces", "cut off again and again", func(g *frontendtest.Registry) {
			push(g)
			g.Break(chunked(layer[:len(layer)-1]))
		}},
		{"another manifest", "mismatch", func(g *frontendtest.Registry) {
			index := push(g)
			g.Replace(index.Manifests[1].Digest, bytes.Repeat([]byte(" "), int(index.Manifests[1].Size)))
			g.Replace(index.Manifests[2].Digest, bytes.Repeat([]byte(" "), int(index.Manifests[2].Size)))
		}},
		{"a digest that is a path", "digest", func(g *frontendtest.Registry) {
			g.Name("makeplane/plane-frontend", "v1.3.1", g.Document(ocispec.Manifest{MediaType: ocispec.MediaTypeImageManifest,
				Layers: []ocispec.Descriptor{{Digest: "sha256:../../../../evil", Size: 1}}}, ocispec.MediaTypeImageManifest))
		}},
		{"2 GB of layers", "larger than", func(g *frontendtest.Registry) {
			g.Name("makeplane/plane-frontend", "v1.3.1", g.Document(ocispec.Manifest{MediaType: ocispec.MediaTypeImageManifest,
				Layers: []ocispec.Descriptor{{Digest: digest.FromBytes(layer), Size: 3 << 30}}},
				ocispec.MediaTypeImageManifest))
		}},
		{"no layers", "0 layers", func(g *frontendtest.Registry) {
			g.Name("makeplane/plane-frontend", "v1.3.1", g.Document(ocispec.Manifest{MediaType: ocispec.MediaTypeImageManifest},
				ocispec.MediaTypeImageManifest))
		}},
		{"no platform", "no platform", func(g *frontendtest.Registry) {
			g.Name("makeplane/plane-frontend", "v1.3.1", g.Document(ocispec.Index{MediaType: ocispec.MediaTypeImageIndex},
				ocispec.MediaTypeImageIndex))
		}},
		{"an index in an index", "not known", func(g *frontendtest.Registry) {
			inner := g.Document(push(g), ocispec.MediaTypeImageIndex)
			inner.Platform = &ocispec.Platform{OS: "linux", Architecture: "amd64"}
			g.Name("makeplane/plane-frontend", "v1.3.1", g.Document(ocispec.Index{MediaType: ocispec.MediaTypeImageIndex,
				Manifests: []ocispec.Descriptor{inner}}, ocispec.MediaTypeImageIndex))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) { refused(t, tt.want, tt.change) })
	}
}
