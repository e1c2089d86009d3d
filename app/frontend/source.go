package frontend

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// sourceOf returns what the options name: a file or a folder that is there, else a registry.
func sourceOf(o *Options) (source, error) {
	from := o.From
	if from == "" {
		return newRegistry(Registry, o)
	}
	info, err := os.Stat(from)
	switch {
	case err == nil && info.IsDir():
		return openFolder(from)
	case err == nil:
		return openTar(from)
	case filepath.IsAbs(from) || from[0] == '.' || !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read the frontends: %w", err)
	}
	return newRegistry(from, o)
}

func openTar(name string) (source, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the frontends: %w", err)
	}
	t, err := indexTar(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &archive{from: name, files: t, closer: t}, nil
}

// openFolder looks at what a folder is: a layout of OCI, a build of all three, or a checkout of the reference that was
// built.
func openFolder(name string) (source, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("read the frontends: %w", err)
	}
	for _, file := range []string{indexFile, dockerFile} {
		// A build has a manifest.json too, for browsers: beside its page.
		if there(root, file) && !there(root, indexName) {
			return &archive{from: name, files: root.FS(), closer: root}, nil
		}
	}
	f := &folder{from: name, root: root, paths: map[string]string{}}
	for _, p := range parts {
		switch {
		case there(root, indexName):
			f.paths[p.name] = p.folder
		case there(root, p.build):
			f.paths[p.name] = p.build
		}
	}
	if f.paths["web"] == "" {
		return nil, errors.Join(fmt.Errorf("%s is no build (no %s), no checkout that was built (no %s), and no layout of "+
			"images (no %s)", name, indexName, parts[0].build, indexFile), root.Close())
	}
	return f, nil
}

func there(root *os.Root, name string) bool {
	_, err := root.Stat(filepath.FromSlash(name))
	return err == nil
}

// folder has builds as they are.
type folder struct {
	from  string
	root  *os.Root
	paths map[string]string // of the builds, by the parts' names
}

func (f *folder) text() string { return f.from }

func (f *folder) close() error { return f.root.Close() }

// open finds the builds; all but the web frontend's may be missing.
func (f *folder) open(_ context.Context, o *Options) ([]supply, error) {
	var supplies []supply
	for _, p := range parts {
		at := f.paths[p.name]
		if at == "" || !there(f.root, at) {
			continue
		}
		supplies = append(supplies, supply{part: p, version: o.Version,
			unpack: func(ctx context.Context, t *tree) error { return f.copy(ctx, t, at) }})
	}
	return supplies, nil
}

// copy copies the files of a build. Those of the others, which may lie below, are copied on their own.
func (f *folder) copy(ctx context.Context, t *tree, at string) error {
	return fs.WalkDir(f.root.FS(), at, func(name string, d fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if d.IsDir() {
			if name != at && f.elsewhere(name, at) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is no plain file: only those are taken", filepath.Join(f.from, name))
		}
		file, err := f.root.Open(filepath.FromSlash(name))
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		below := name
		if at != "." {
			below = name[len(at)+1:]
		}
		return t.write(below, info.Size(), file)
	})
}

// elsewhere says whether a folder is another part's build.
func (f *folder) elsewhere(name, at string) bool {
	for _, other := range f.paths {
		if other != at && path.Clean(other) == name {
			return true
		}
	}
	return false
}
