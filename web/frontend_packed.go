package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// packed keeps the files of the builds compressed once they were asked for. A build is a fixed set of files, so that
// nothing is ever thrown out: what finds no room is sent as it is.
type packed struct {
	one  sync.Mutex // a file is read and compressed at a time
	mu   sync.Mutex // of what follows
	room int64
	kept map[string]*packedFile
}

type packedFile struct {
	size     int64
	modified time.Time
	tag      string // of the content
	gzip     []byte // nil: there was no room, or it is no smaller
}

const (
	packedRoom = 32 << 20 // all of Plane's three builds take 13 MiB
	packedMost = 8 << 20  // longer files are sent as they are
)

func newPacked() *packed { return &packed{room: packedRoom, kept: map[string]*packedFile{}} }

// serve returns with a file of a build: compressed for whoever takes that and wants all of it.
func (p *packed) serve(w http.ResponseWriter, r *http.Request, files fs.FS, name string, info fs.FileInfo) {
	h := w.Header()
	kind := typeOf(name)
	h.Set("Content-Type", kind)
	if !compressible(kind) || info.Size() > packedMost {
		h.Set("ETag", `"`+strconv.FormatInt(info.ModTime().UnixNano(), 36)+"-"+strconv.FormatInt(info.Size(), 36)+`"`)
		http.ServeFileFS(w, r, files, name)
		return
	}
	f, err := p.file(files, name, info)
	if err != nil {
		http.NotFound(w, r) // it went away
		return
	}
	h.Add("Vary", "Accept-Encoding")
	if f.gzip != nil && takesGzip(r) {
		serveGzip(w, r, f.gzip, f.tag)
		return
	}
	h.Set("ETag", `"`+f.tag+`"`)
	http.ServeFileFS(w, r, files, name)
}

// file reads and compresses a file unless that was done.
func (p *packed) file(files fs.FS, name string, info fs.FileInfo) (*packedFile, error) {
	if f := p.find(name, info); f != nil {
		return f, nil
	}
	p.one.Lock()
	defer p.one.Unlock()
	if f := p.find(name, info); f != nil {
		return f, nil
	}
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	f := &packedFile{size: info.Size(), modified: info.ModTime(), tag: tagOf(content)}
	if short := compress(content); len(short) < len(content) {
		f.gzip = short
	}
	p.keep(name, f)
	return f, nil
}

func (p *packed) find(name string, info fs.FileInfo) *packedFile {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f := p.kept[name]; f != nil && f.size == info.Size() && f.modified.Equal(info.ModTime()) {
		return f
	}
	return nil
}

// keep puts a file in the place of what it was before.
func (p *packed) keep(name string, f *packedFile) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old := p.kept[name]; old != nil {
		p.room += int64(len(old.gzip))
	}
	if int64(len(f.gzip)) > p.room {
		f.gzip = nil
	}
	p.room -= int64(len(f.gzip))
	p.kept[name] = f
}

// servePage returns with a page that is made now.
func servePage(w http.ResponseWriter, r *http.Request, content []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "Accept-Encoding")
	tag := tagOf(content)
	if takesGzip(r) {
		serveGzip(w, r, compress(content), tag)
		return
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

func serveGzip(w http.ResponseWriter, r *http.Request, content []byte, tag string) {
	h := w.Header()
	h.Set("ETag", `"`+tag+`-gzip"`)
	h.Set("Content-Encoding", "gzip")
	h.Set("Content-Length", strconv.Itoa(len(content))) // ServeContent leaves it out of what has an encoding
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// takesGzip says whether the client wants the whole and takes it compressed.
func takesGzip(r *http.Request) bool {
	if r.Header.Get("Range") != "" {
		return false
	}
	for _, list := range r.Header.Values("Accept-Encoding") {
		for coding := range strings.SplitSeq(list, ",") {
			name, q, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(coding, " ", "")), ";")
			if name != "gzip" && name != "*" {
				continue
			}
			weight, err := strconv.ParseFloat(strings.TrimPrefix(q, "q="), 64)
			return q == "" || err == nil && weight > 0
		}
	}
	return false
}

// fileTypes are those of builds that not every system knows.
var fileTypes = map[string]string{".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf",
	".ico": "image/x-icon", ".map": "application/json", ".webmanifest": "application/manifest+json",
	".txt": "text/plain; charset=utf-8"}

func typeOf(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if kind := fileTypes[ext]; kind != "" {
		return kind
	}
	if kind := mime.TypeByExtension(ext); kind != "" {
		return kind
	}
	return "application/octet-stream" // and no guessing
}

// compressible says whether files of that type are not compressed already.
func compressible(kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	switch kind {
	case "application/javascript", "application/json", "application/manifest+json", "application/wasm", "application/xml",
		"image/svg+xml", "image/x-icon", "image/vnd.microsoft.icon", "font/ttf", "font/otf":
		return true
	}
	return strings.HasPrefix(kind, "text/")
}

func compress(content []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.Copy(w, bytes.NewReader(content)) //nolint:errcheck // memory takes everything
	w.Close()
	return b.Bytes()
}

func tagOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:16])
}
