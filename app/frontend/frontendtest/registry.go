package frontendtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Registry serves images as a registry does that knows the specification of OCI for distribution.
type Registry struct {
	// Cut, when set, says after how many bytes the connection is cut that sends a layer; 0: it is not.
	Cut func(r *http.Request) int
	// NoRanges has the registry send whole layers only.
	NoRanges bool

	mu    sync.Mutex
	fault func(w http.ResponseWriter, r *http.Request) bool
	blobs map[digest.Digest][]byte
	named map[string]ocispec.Descriptor // by "repository:tag"
	kinds map[digest.Digest]string      // of manifests
	sent  map[digest.Digest]int64       // bytes of layers
}

// NewRegistry has no images.
func NewRegistry() *Registry {
	return &Registry{blobs: map[digest.Digest][]byte{}, named: map[string]ocispec.Descriptor{},
		kinds: map[digest.Digest]string{}, sent: map[digest.Digest]int64{}}
}

// Publish pushes the three made-up frontends below makeplane/, as the reference publishes its own.
func (g *Registry) Publish(tag, text string) {
	for name, layers := range Layers(text) {
		g.Push("makeplane/"+name, tag, layers...)
	}
}

// Push stores an image for two platforms, with a proof of how it was built beside them.
func (g *Registry) Push(repository, tag string, layers ...[]byte) ocispec.Index {
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex}
	for _, platform := range []ocispec.Platform{{OS: "unknown", Architecture: "unknown"}, {OS: "linux",
		Architecture: "arm64"}, {OS: "linux", Architecture: "amd64"}} {
		m := g.Manifest(platform, layers...)
		m.Platform = &platform
		index.Manifests = append(index.Manifests, m)
	}
	g.Name(repository, tag, g.Document(index, ocispec.MediaTypeImageIndex))
	return index
}

// Manifest stores the layers of an image for a platform, and its manifest.
func (g *Registry) Manifest(platform ocispec.Platform, layers ...[]byte) ocispec.Descriptor {
	m := ocispec.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest}
	m.Config = g.Document(ocispec.Image{Platform: platform}, ocispec.MediaTypeImageConfig)
	for _, l := range layers {
		m.Layers = append(m.Layers, g.Blob(l, ocispec.MediaTypeImageLayerGzip))
	}
	return g.Document(m, ocispec.MediaTypeImageManifest)
}

// Document stores a value as JSON.
func (g *Registry) Document(v any, kind string) ocispec.Descriptor {
	text, err := json.Marshal(v)
	must(err)
	d := g.Blob(text, kind)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.kinds[d.Digest] = kind
	return d
}

// Blob stores bytes.
func (g *Registry) Blob(content []byte, kind string) ocispec.Descriptor {
	d := ocispec.Descriptor{MediaType: kind, Digest: digest.FromBytes(content), Size: int64(len(content))}
	g.Replace(d.Digest, content)
	return d
}

// Replace puts other bytes in the place of those that have a digest.
func (g *Registry) Replace(d digest.Digest, content []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.blobs[d] = content
}

// Name gives a document a tag.
func (g *Registry) Name(repository, tag string, d ocispec.Descriptor) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.named[repository+":"+tag] = d
}

// Break has a function answer requests in the registry's place when it returns true; nil: none does.
func (g *Registry) Break(fault func(w http.ResponseWriter, r *http.Request) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fault = fault
}

// Sent is how many bytes of layers were sent.
func (g *Registry) Sent() (bytes int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, n := range g.sent {
		bytes += n
	}
	return bytes
}

// ServeHTTP returns a manifest or a layer.
func (g *Registry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	fault := g.fault
	g.mu.Unlock()
	if fault != nil && fault(w, r) {
		return
	}
	path, _ := strings.CutPrefix(r.URL.Path, "/v2/")
	if repository, ref, ok := strings.Cut(path, "/manifests/"); ok {
		g.manifest(w, r, repository, ref)
		return
	}
	_, ref, ok := strings.Cut(path, "/blobs/")
	content := g.content(digest.Digest(ref))
	if !ok || content == nil {
		refuse(w, http.StatusNotFound, "BLOB_UNKNOWN")
		return
	}
	w.Header().Set("Docker-Content-Digest", ref)
	w.Header().Set("Content-Type", "application/octet-stream")
	counted := &counter{ResponseWriter: w, add: func(n int) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.sent[digest.Digest(ref)] += int64(n)
	}}
	if g.Cut != nil {
		counted.left = g.Cut(r)
	}
	if g.NoRanges {
		counted.Write(content) //nolint:errcheck // the client went away
		return
	}
	http.ServeContent(counted, r, "", time.Time{}, bytes.NewReader(content))
}

func (g *Registry) content(d digest.Digest) []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.blobs[d]
}

func (g *Registry) manifest(w http.ResponseWriter, r *http.Request, repository, ref string) {
	g.mu.Lock()
	d, ok := g.named[repository+":"+ref]
	g.mu.Unlock()
	if !ok {
		d.Digest = digest.Digest(ref)
	}
	content := g.content(d.Digest)
	if content == nil {
		refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN")
		return
	}
	g.mu.Lock()
	w.Header().Set("Content-Type", g.kinds[d.Digest])
	g.mu.Unlock()
	w.Header().Set("Docker-Content-Digest", d.Digest.String())
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	io.WriteString(w, `{"errors":[{"code":"`+code+`","message":"no"}]}`) //nolint:errcheck // the client went away
}

// counter counts what is sent, and cuts the connection when it has come to its end.
type counter struct {
	http.ResponseWriter
	add  func(n int)
	left int // 0: it has no end
}

// Write sends a part.
func (c *counter) Write(b []byte) (int, error) {
	cut := c.left > 0 && len(b) >= c.left
	if cut {
		b = b[:c.left]
	}
	n, err := c.ResponseWriter.Write(b)
	c.add(n)
	if cut {
		http.NewResponseController(c.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	c.left = max(c.left-n, 0)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }
