package frontend

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/opencontainers/go-digest"
)

// What is read of one image at most, whatever it holds. The largest of the reference's images is some 700 MiB.
var (
	mostUnpacked int64 = 4 << 30
	mostEntries        = 1_000_000
	mostNames          = 100_000 // in the folder that is wanted, folders included
)

// mostWindow is the memory that a layer may want to be decompressed in.
const mostWindow = 64 << 20

// layer is one of an image's layers.
type layer struct {
	digest digest.Digest // of what open returns; empty: unknown
	diff   digest.Digest // of the tar inside; empty: unknown
	open   func(ctx context.Context) (io.ReadCloser, error)
}

// image is one of the published images, wherever it lies.
type image struct {
	name     string // for people
	digest   string // of its manifest
	platform string
	version  string  // its tag
	layers   []layer // the lowest first
}

// visitor takes a file: its name below the folder that is visited, its size and its content.
type visitor func(name string, size int64, r io.Reader) error

// files visits the files below a folder of the image as a container has them. The layers are read from the top one
// down: what a layer has, or has taken away, hides what is below. Whatever is no file is refused there; what lies
// elsewhere in the image is passed over.
func (im *image) files(ctx context.Context, folder string, visit visitor) error {
	v := &view{folder: folder, hidden: map[string]bool{}, opaque: map[string]bool{}}
	m := &meter{ctx: ctx}
	for i, l := range slices.Backward(im.layers) {
		above := *v.above()
		err := l.read(ctx, m, func(h *tar.Header, r io.Reader) error { return v.entry(&above, h, r, visit) })
		if err != nil {
			return fmt.Errorf("layer %d of %d of %s: %w", i+1, len(im.layers), im.name, err)
		}
	}
	return nil
}

// has says whether the image has files in a folder.
func (im *image) has(ctx context.Context, folder string) (bool, error) {
	err := im.files(ctx, folder, func(string, int64, io.Reader) error { return errFound })
	if errors.Is(err, errFound) {
		return true, nil
	}
	return false, err
}

var errFound = errors.New("found")

// read visits the entries of a layer, and checks the whole against its digests.
func (l layer) read(ctx context.Context, m *meter, visit func(*tar.Header, io.Reader) error) error {
	rc, err := l.open(ctx)
	if err != nil {
		return err
	}
	defer rc.Close()
	packed, checkPacked := checked(rc, l.digest)
	buffered := bufio.NewReaderSize(packed, 64<<10)
	plain, done, err := unpacked(buffered)
	if err != nil {
		return err
	}
	defer done()
	m.r = plain
	tarred, checkTar := checked(m, l.diff)
	if err := entries(tar.NewReader(tarred), m, visit); err != nil {
		return err
	}
	for _, rest := range []io.Reader{tarred, buffered} { // the digests are of everything
		if _, err := io.Copy(io.Discard, rest); err != nil {
			return err
		}
	}
	return errors.Join(checkPacked(), checkTar())
}

func entries(tr *tar.Reader, m *meter, visit func(*tar.Header, io.Reader) error) error {
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := m.announce(h.Size); err != nil {
			return err
		}
		if err := visit(h, tr); err != nil {
			return err
		}
	}
}

// checked reads on and adds a digest up; the check comes at the end. Without a digest nothing is checked.
func checked(r io.Reader, want digest.Digest) (io.Reader, func() error) {
	if want == "" {
		return r, func() error { return nil }
	}
	v := want.Verifier()
	return io.TeeReader(r, v), func() error {
		if !v.Verified() {
			return fmt.Errorf("it is not what it says it is: its digest is not %s", want)
		}
		return nil
	}
}

// unpacked decompresses what is compressed, by how it begins: some registries tell no type.
func unpacked(r *bufio.Reader) (plain io.Reader, done func(), err error) {
	head, err := r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(r)
		return z, func() {}, err
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		// klauspost/compress: the zstd in pure Go, which the client of S3 brings along already.
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(mostWindow),
			zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}
	return r, func() {}, nil
}

// meter bounds what is read of an image: by what headers announce, so that nothing is decompressed in vain, and by what
// comes. It ends with the context.
type meter struct {
	ctx             context.Context //nolint:containedctx // a reader has no other way to be told
	r               io.Reader
	announced, read int64
	entries         int
}

func (m *meter) announce(size int64) error {
	m.entries++
	m.announced += max(size, 0)
	if m.entries > mostEntries || m.announced > mostUnpacked || m.announced < 0 {
		return fmt.Errorf("the image is larger than %d MiB or %d entries", mostUnpacked>>20, mostEntries)
	}
	return nil
}

// Read reads on within the bounds.
func (m *meter) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.r.Read(p)
	if m.read += int64(n); m.read > mostUnpacked+int64(m.entries)<<10 {
		return n, fmt.Errorf("the image is larger than %d MiB", mostUnpacked>>20)
	}
	return n, err
}

// view is what of a folder the layers above leave to see.
type view struct {
	folder string
	hidden map[string]bool // names that a higher layer has, or has taken away
	opaque map[string]bool // folders of which nothing below shows
}

// How the names of entries begin that take away what lower layers have.
const (
	whiteout = ".wh."
	opaque   = ".wh..wh..opq"
	internal = ".wh..wh." // of the file system that whiteouts come from
)

// above copies the view, as the layer below the current one has it.
func (v *view) above() *view {
	c := &view{folder: v.folder, hidden: map[string]bool{}, opaque: map[string]bool{}}
	for name := range v.hidden {
		c.hidden[name] = true
	}
	for name := range v.opaque {
		c.opaque[name] = true
	}
	return c
}

// shows says whether the layers above leave a name to see.
func (v *view) shows(name string) bool {
	if v.hidden[name] {
		return false
	}
	for dir := path.Dir(name); !v.opaque[dir]; dir = path.Dir(dir) {
		if dir == "." {
			return true
		}
	}
	return false
}

// entry looks at one entry of a layer: above is what the higher ones leave to see, and v learns what this one hides.
func (v *view) entry(above *view, h *tar.Header, r io.Reader, visit visitor) error {
	name, err := entryName(h.Name)
	if err != nil {
		return err
	}
	dir, base := path.Split(name)
	if gone, ok := strings.CutPrefix(base, whiteout); ok {
		return v.takeAway(path.Clean(dir), base, gone)
	}
	if !v.concerns(name) {
		return nil
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		v.hidden[dir] = true // the folders that it needs stand in for files below, also when the layer does not name them
	}
	if v.hidden[name] = true; h.Typeflag != tar.TypeDir {
		v.opaque[name] = true // a file in place of a folder hides what was in that
	}
	if len(v.hidden) > mostNames {
		return fmt.Errorf("there are more than %d names in %s", mostNames, v.folder)
	}
	if !above.shows(name) || h.Typeflag == tar.TypeDir {
		return nil
	}
	below, inside := strings.CutPrefix(name, v.folder+"/")
	if h.Typeflag != tar.TypeReg || !inside {
		return fmt.Errorf("%.200q is a %s: only plain files are taken", name, kindOf(h.Typeflag))
	}
	return visit(below, h.Size, r)
}

// concerns says whether a name is in the folder, or one of the folders around it.
func (v *view) concerns(name string) bool {
	return name == v.folder || strings.HasPrefix(name, v.folder+"/") || strings.HasPrefix(v.folder, name+"/")
}

// takeAway notes what a whiteout takes away from the layers below.
func (v *view) takeAway(dir, base, gone string) error {
	switch {
	case base == opaque:
		if dir == "." || v.concerns(dir) {
			v.opaque[dir] = true
		}
		return nil
	case strings.HasPrefix(base, internal):
		return nil
	case gone == "" || gone == "." || gone == "..":
		return fmt.Errorf("%.200q takes nothing away", base)
	}
	if name := path.Join(dir, gone); v.concerns(name) {
		v.hidden[name], v.opaque[name] = true, true
	}
	return nil
}

// entryName is an entry's name below the image's root. No image that was built has absolute names or steps upwards.
func entryName(name string) (string, error) {
	if strings.HasPrefix(name, "/") || slices.Contains(strings.Split(name, "/"), "..") ||
		strings.ContainsRune(name, 0) {
		return "", fmt.Errorf("%.200q leads out of the image", name)
	}
	return path.Clean(name), nil
}

func kindOf(flag byte) string {
	switch flag {
	case tar.TypeSymlink, tar.TypeLink:
		return "link"
	case tar.TypeChar, tar.TypeBlock:
		return "device"
	case tar.TypeFifo:
		return "pipe"
	case tar.TypeReg:
		return "file in place of a folder"
	}
	return "something else"
}
