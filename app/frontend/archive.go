package frontend

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/content/oci"
)

// archive is a set of images on the disk: what docker save or podman save writes, or a layout of OCI, in a tar or in
// a folder.
type archive struct {
	from   string
	files  fs.FS
	closer io.Closer
}

func (a *archive) text() string { return a.from }

func (a *archive) close() error { return a.closer.Close() }

// Names in archives.
const (
	indexFile  = ocispec.ImageIndexFile // of a layout of OCI, as docker save writes it too since version 25
	dockerFile = "manifest.json"        // of what docker save wrote before, and podman save writes
	nameOfTag  = "io.containerd.image.name"
)

// open finds the three frontends in the images, by what these hold: archives do not always tell the images' names.
func (a *archive) open(ctx context.Context, o *Options) ([]supply, error) {
	images, err := a.images(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", a.from, err)
	}
	if o.Version != "" && slices.ContainsFunc(images, func(im *image) bool { return im.version == o.Version }) {
		images = slices.DeleteFunc(images, func(im *image) bool { return im.version != o.Version })
	}
	found := map[string]*supply{}
	for _, im := range images {
		o.Progress(Progress{Step: "looking at " + im.name + " in"})
		p, err := recognize(ctx, im)
		if err != nil {
			return nil, err
		}
		if p == nil {
			continue
		}
		if before := found[p.name]; before != nil {
			return nil, fmt.Errorf("%s has two images of the %s, %s and %s; say which with --version", a.from, p.title,
				before.about.Image, im.name)
		}
		found[p.name] = &supply{part: *p, version: im.version,
			about:  Part{Image: im.name, Digest: im.digest, Platform: im.platform},
			unpack: func(ctx context.Context, t *tree) error { return im.files(ctx, p.source, t.write) }}
	}
	var supplies []supply
	for _, p := range parts {
		s := found[p.name]
		if s == nil {
			return nil, fmt.Errorf("%s has no image of the %s (%s): save all three in one file, as docker save does with "+
				"several names", a.from, p.title, p.image)
		}
		supplies = append(supplies, *s)
	}
	return supplies, nil
}

// recognize returns which frontend an image has; nil for none. The administrators' lies below the folder that the web
// frontend is in, so it is looked for first.
func recognize(ctx context.Context, im *image) (*part, error) {
	for _, name := range []string{"space", "admin", "web"} {
		i := slices.IndexFunc(parts, func(p part) bool { return p.name == name })
		if ok, err := im.has(ctx, parts[i].source); err != nil || ok {
			return &parts[i], err
		}
	}
	return nil, nil //nolint:nilnil // images of other things may be in the archive
}

// images reads what the archive says it has.
func (a *archive) images(ctx context.Context) ([]*image, error) {
	text, err := read(a.files, indexFile)
	if err == nil {
		return a.layout(ctx, text)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	text, err = read(a.files, dockerFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("it is neither what docker save writes, nor a layout of OCI")
	}
	if err != nil {
		return nil, err
	}
	return a.saved(text)
}

// layout returns the images of a layout of OCI.
func (a *archive) layout(ctx context.Context, text []byte) (images []*image, err error) {
	var index ocispec.Index
	if err := json.Unmarshal(text, &index); err != nil {
		return nil, fmt.Errorf("%s: %w", indexFile, err)
	}
	blobs := oci.NewStorageFromFS(a.files)
	for _, desc := range index.Manifests {
		d, err := describe(ctx, blobs, desc)
		if err != nil {
			return nil, err
		}
		im := &image{name: desc.Annotations[nameOfTag], digest: d.digest.String(), platform: d.platform}
		im.version = tagOf(desc.Annotations[ocispec.AnnotationRefName])
		if im.name == "" {
			im.name = d.digest.String()
		}
		for _, l := range d.layers {
			im.layers = append(im.layers, layer{digest: l.Digest, open: opener(blobs, l)})
		}
		images = append(images, im)
	}
	return images, nil
}

func opener(from content.Fetcher, desc ocispec.Descriptor) func(context.Context) (io.ReadCloser, error) {
	return func(ctx context.Context) (io.ReadCloser, error) { return from.Fetch(ctx, desc) }
}

// saved returns the images of what docker save wrote before version 25. Its layers have no digests of their own; those
// of what is in them stand in each image's configuration.
func (a *archive) saved(text []byte) (images []*image, err error) {
	var list []struct {
		Config   string   `json:"Config"`
		RepoTags []string `json:"RepoTags"`
		Layers   []string `json:"Layers"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("%s: %w", dockerFile, err)
	}
	for _, m := range list {
		text, err := read(a.files, m.Config)
		if err != nil {
			return nil, err
		}
		var config ocispec.Image
		if err := json.Unmarshal(text, &config); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Config, err)
		}
		diffs := config.RootFS.DiffIDs
		if len(diffs) != len(m.Layers) || len(diffs) == 0 || len(diffs) > mostLayers {
			return nil, fmt.Errorf("%s has digests of %d layers, and there are %d", m.Config, len(diffs), len(m.Layers))
		}
		im := &image{name: m.Config, digest: digest.FromBytes(text).String(), platform: config.OS + "/" +
			config.Architecture}
		if len(m.RepoTags) > 0 {
			im.name, im.version = m.RepoTags[0], tagOf(m.RepoTags[0])
		}
		for i, name := range m.Layers {
			if err := diffs[i].Validate(); err != nil {
				return nil, fmt.Errorf("the digest of %s: %w", name, err)
			}
			im.layers = append(im.layers, layer{diff: diffs[i],
				open: func(context.Context) (io.ReadCloser, error) { return a.files.Open(path.Clean(name)) }})
		}
		images = append(images, im)
	}
	return images, nil
}

// tagOf is the version that an image's name ends with; empty for a tag that is none, such as latest.
func tagOf(name string) string {
	tag := name[strings.LastIndexAny(name, ":/")+1:]
	if strings.HasPrefix(tag, "v") && tagged.MatchString(tag) {
		return tag
	}
	return ""
}

// read reads a short text.
func read(files fs.FS, name string) ([]byte, error) {
	f, err := files.Open(path.Clean(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostDocument+1))
	if err == nil && len(text) > mostDocument {
		err = fmt.Errorf("%s is too long", name)
	}
	return text, err
}

// tarFiles are the files of a tar that can be read in any order.
type tarFiles struct {
	f  *os.File
	at map[string]place
}

// place is where in a tar a file is; a link has a name instead.
type place struct {
	offset, size int64
	link         string
}

// indexTar notes where each file of a tar is.
func indexTar(f *os.File) (*tarFiles, error) {
	t := &tarFiles{f: f, at: map[string]place{}}
	tr := tar.NewReader(f)
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s is no tar, or is cut short: %w", f.Name(), err)
		}
		if len(t.at) > mostNames {
			return nil, fmt.Errorf("%s has more than %d files", f.Name(), mostNames)
		}
		name := path.Clean(h.Name)
		switch h.Typeflag {
		case tar.TypeReg:
			offset, err := f.Seek(0, io.SeekCurrent) // the reader takes no more than the header
			if err != nil {
				return nil, err
			}
			t.at[name] = place{offset: offset, size: h.Size}
		case tar.TypeSymlink: // docker save wrote one for a layer that two images share
			t.at[name] = place{link: path.Join(path.Dir(name), h.Linkname)}
		case tar.TypeLink:
			t.at[name] = place{link: path.Clean(h.Linkname)}
		}
	}
}

// Open opens a file of the tar.
func (t *tarFiles) Open(name string) (fs.File, error) {
	p, ok := t.at[name]
	if ok && p.link != "" {
		p, ok = t.at[p.link]
	}
	if !ok || p.link != "" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &tarFile{io.NewSectionReader(t.f, p.offset, p.size), name}, nil
}

// Close closes the tar.
func (t *tarFiles) Close() error { return t.f.Close() }

// tarFile is one file of a tar.
type tarFile struct {
	*io.SectionReader
	name string
}

// Stat says how long the file is.
func (f *tarFile) Stat() (fs.FileInfo, error) { return f, nil }

// Close does nothing: the tar stays open.
func (f *tarFile) Close() error { return nil }

// Name is that of the file.
func (f *tarFile) Name() string { return path.Base(f.name) }

// Mode is that of a plain file.
func (f *tarFile) Mode() fs.FileMode { return 0o400 }

// ModTime is not known.
func (f *tarFile) ModTime() time.Time { return time.Time{} }

// IsDir says that it is no folder.
func (f *tarFile) IsDir() bool { return false }

// Sys has nothing.
func (f *tarFile) Sys() any { return nil }
