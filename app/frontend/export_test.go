package frontend

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/opencontainers/go-digest"
	"oras.land/oras-go/v2/registry/remote/retry"
)

// Hurried has tests wait for nothing: what is tried again is tried at once.
func Hurried() {
	pause = time.Millisecond
	retries = &retry.GenericPolicy{Retryable: retry.DefaultPredicate, Backoff: retry.DefaultBackoff,
		MinWait: time.Microsecond, MaxWait: time.Millisecond, MaxRetry: 3}
}

// Bounds sets what an image may hold, and returns what sets it back.
func Bounds(unpacked int64, entries, files int, bytes int64) (back func()) {
	u, e, f, b := mostUnpacked, mostEntries, mostFiles, mostBytes
	mostUnpacked, mostEntries, mostFiles, mostBytes = unpacked, entries, files, bytes
	return func() { mostUnpacked, mostEntries, mostFiles, mostBytes = u, e, f, b }
}

// Stall sets how long a connection may bring nothing, and returns what sets it back.
func Stall(d time.Duration) (back func()) {
	before := stall
	stall = d
	return func() { stall = before }
}

// Unpack unpacks a folder of an image with these layers, and returns the files.
func Unpack(ctx context.Context, build, folder string, layers [][]byte) (map[string]string, error) {
	if err := os.Mkdir(build, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(build)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	im := &image{name: "image"}
	for _, l := range layers {
		im.layers = append(im.layers, layer{digest: digest.FromBytes(l),
			open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(l)), nil }})
	}
	t := &tree{root: root, folder: "."}
	if err := im.files(ctx, folder, t.write); err != nil {
		return nil, err
	}
	files := map[string]string{}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root.FS(), name)
		files[name] = string(text)
		return err
	})
	return files, err
}
