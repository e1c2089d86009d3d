// Package frontendtest makes images of made-up frontends, in the layout that the reference publishes, and serves them
// from a registry that can be made to fail and to lie.
package frontendtest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
	"github.com/opencontainers/go-digest"
)

// Entry is one entry of a layer. A name that ends with a slash is a folder.
type Entry struct {
	Name string
	Body string
	Type byte   // of the tar; 0: a file or a folder
	Link string // where a link leads
	Size int64  // what the header says; 0: as long as the body is
}

// Tar makes a layer, not compressed. What a header promises beyond the body is missing.
func Tar(entries ...Entry) []byte {
	var b bytes.Buffer
	tw := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.Name, Typeflag: e.Type, Linkname: e.Link, Mode: 0o644, Uid: 1000, Uname: "node"}
		switch {
		case e.Type == 0 && e.Name[len(e.Name)-1] == '/':
			h.Typeflag = tar.TypeDir
		case e.Type == 0:
			h.Typeflag, h.Size = tar.TypeReg, max(e.Size, int64(len(e.Body)))
		}
		must(tw.WriteHeader(h))
		_, err := io.WriteString(tw, e.Body)
		must(err)
		if e.Size > int64(len(e.Body)) {
			return b.Bytes()
		}
	}
	must(tw.Close())
	return b.Bytes()
}

// Gzip compresses a layer as the reference's images are.
func Gzip(tar []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(tar)
	must(err)
	must(w.Close())
	return b.Bytes()
}

// Zstd compresses a layer the other way that images may be.
func Zstd(tar []byte) []byte {
	w, err := zstd.NewWriter(nil)
	must(err)
	return w.EncodeAll(tar, nil)
}

// Digest is that of a layer as it is sent.
func Digest(layer []byte) string { return digest.FromBytes(layer).String() }

// Folder makes a layer of a folder's files, which lie at a place in the image.
func Folder(dir, at string) []byte {
	var entries []Entry
	must(filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(dir, name)
		entries = append(entries, Entry{Name: at + "/" + filepath.ToSlash(below), Body: string(text)})
		return err
	}))
	return Tar(entries...)
}

// Manifest is that of a made-up build of the boards' frontend.
const Manifest = `window.__reactRouterManifest={"entry":{"module":"/spaces/assets/entry-1.js","imports":[],"css":[]},` +
	`"routes":{"root":{"id":"root","path":"","hasLoader":false,"module":"/spaces/assets/root-2.js","imports":[],"css":[]}},` +
	`"url":"/spaces/assets/manifest-3.js","version":"3"};`

// Places of the builds in the images.
const (
	WebAt   = "usr/share/nginx/html"
	AdminAt = WebAt + "/god-mode"
	SpaceAt = "app/apps/space/build/client"
)

// Nginx are the layers that the images of web and admin stand on: with links and devices outside, and a page and a
// folder of their own that the image in question takes away or covers.
func Nginx() [][]byte {
	return [][]byte{
		Gzip(Tar(Entry{Name: "bin/"}, Entry{Name: "bin/ls", Type: tar.TypeSymlink, Link: "/bin/busybox"},
			Entry{Name: "bin/vi", Type: tar.TypeLink, Link: "bin/busybox"}, Entry{Name: "dev/null", Type: tar.TypeChar})),
		Gzip(Tar(Entry{Name: "usr/"}, Entry{Name: WebAt + "/"}, Entry{Name: WebAt + "/index.html", Body: "Welcome to nginx!"},
			Entry{Name: WebAt + "/50x.html", Body: "An error occurred."}, Entry{Name: WebAt + "/old/page.html", Body: "old"})),
		Gzip(Tar(Entry{Name: WebAt + "/.wh.50x.html"}, Entry{Name: WebAt + "/old/.wh..wh..opq"})),
	}
}

// Layers are those of the images of the three frontends; text stands in their pages.
func Layers(text string) map[string][][]byte {
	return map[string][][]byte{
		"plane-frontend": append(Nginx(), Gzip(Tar(Entry{Name: WebAt + "/"},
			Entry{Name: WebAt + "/index.html", Body: "web " + text}, Entry{Name: WebAt + "/assets/app-1.js",
				Body: `const a={VITE_API_BASE_URL:"",VITE_WEB_BASE_URL:""};`}))),
		"plane-admin": append(Nginx(), Zstd(Tar(Entry{Name: AdminAt + "/index.html", Body: "admin " + text},
			Entry{Name: AdminAt + "/assets/app-2.js", Body: "admin()"}))),
		"plane-space": {Gzip(Tar(Entry{Name: "app/apps/space/build/server/index.js", Body: "server()"},
			Entry{Name: SpaceAt + "/assets/manifest-3.js", Body: Manifest},
			Entry{Name: SpaceAt + "/assets/space-4.js", Body: text})),
			Tar(Entry{Name: "app/node_modules/.bin/vite", Type: tar.TypeSymlink, Link: "../vite"})},
	}
}

func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("make an image: %v", err))
	}
}
