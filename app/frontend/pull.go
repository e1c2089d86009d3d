package frontend

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store/diskfree"
	"github.com/sailplane/sailplane/store/durable"
)

// Options say what to pull, and where to.
type Options struct {
	Folder   string // of the frontends: DIR/frontend
	From     string // a registry such as docker.io/makeplane, an archive or a folder; empty: Registry
	Version  string // the images' tag; empty: Version, or what an archive says itself
	Insecure bool   // registries may speak HTTP and need no valid certificate
	// Credentials are those that docker login has kept for whoever runs this; else registries are asked as a stranger.
	Credentials bool
	// Control looks at each address before it is connected to; nil: all may be. See app.Guard.
	Control  func(network, address string, c syscall.RawConn) error
	Progress func(Progress) // hears what is being done; nil: nobody
}

// Progress is what a pull is doing.
type Progress struct {
	Step  string `json:"step"`           // asking, fetching, unpacking or saving
	Part  string `json:"part,omitempty"` // web, admin or space
	Done  int64  `json:"done,omitempty"` // bytes of Total, while fetching
	Total int64  `json:"total,omitempty"`
}

// Text says it in a few words.
func (p Progress) Text() string {
	switch {
	case p.Total > 0:
		return fmt.Sprintf("%s the images: %.1f of %.1f MiB", p.Step, mebi(p.Done), mebi(p.Total))
	case p.Part != "":
		return p.Step + " the " + titleOf(p.Part)
	}
	return p.Step + " the files"
}

func mebi(bytes int64) float64 { return float64(bytes) / (1 << 20) }

func titleOf(name string) string {
	for _, p := range parts {
		if p.name == name {
			return p.title
		}
	}
	return name
}

// ErrBusy says that another pull, or a removal, works on the same folder.
var ErrBusy = app.Refuse(app.Conflict, "another pull of the frontends is under way; wait until it is done")

// buildPrefix is how the names of builds' folders begin.
const buildPrefix = "build-"

// tagged is what an image's tag may be.
var tagged = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)

// source has the images, or the builds, of the frontends.
type source interface {
	// open makes everything ready that is needed, so that nothing is unpacked of what is not there as a whole.
	open(ctx context.Context, o *Options) ([]supply, error)
	close() error
	text() string // for people
}

// supply is one frontend, ready to be unpacked.
type supply struct {
	part    part
	about   Part
	version string
	unpack  func(ctx context.Context, t *tree) error // into the part's folder
}

// Pull fetches the frontends and puts them in force. When it fails, or is killed, what was in force stays, and what was
// fetched is kept, so that the next pull goes on there.
func Pull(ctx context.Context, o Options) (*Info, error) {
	if o.Version != "" && !tagged.MatchString(o.Version) {
		return nil, notVersion(o.Version)
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	src, err := sourceOf(&o)
	if err != nil {
		return nil, err
	}
	return pullFrom(ctx, &o, src)
}

func notVersion(version string) error {
	return app.Refuse(app.Invalid, fmt.Sprintf("%.150q is no version such as %s", version, Version))
}

// pullFrom pulls, alone in its folder, and closes the source.
func pullFrom(ctx context.Context, o *Options, src source) (*Info, error) {
	if err := makeFolder(o.Folder); err != nil {
		return nil, errors.Join(err, src.close())
	}
	unlock, err := lock(o.Folder)
	if err != nil {
		return nil, errors.Join(err, src.close())
	}
	defer unlock()
	info, err := pull(ctx, o, src)
	return info, errors.Join(err, src.close())
}

// makeFolder makes the folder of the frontends. A data folder that it makes on the way is nobody else's; what it holds
// of frontends may be read by whoever runs the server.
func makeFolder(folder string) error {
	err := os.MkdirAll(filepath.Dir(folder), 0o700)
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	if err != nil {
		return fmt.Errorf("make the folder of the frontends: %w", err)
	}
	return nil
}

func pull(ctx context.Context, o *Options, src source) (*Info, error) {
	_, old, err := Current(o.Folder)
	if err != nil && !errors.Is(err, ErrNone) {
		old = nil // damaged: this pull mends it
	}
	if _, err := sweep(o.Folder, old); err != nil {
		return nil, fmt.Errorf("remove what an earlier pull has left: %w", err)
	}
	supplies, err := src.open(ctx, o)
	if err != nil {
		return nil, err
	}
	info := &Info{From: src.text(), PulledAt: time.Now().UTC().Truncate(time.Second)}
	if info.Version, err = agree(supplies, o.Version); err != nil {
		return nil, err
	}
	if old != nil {
		info.Previous = old.Build
	}
	build, err := os.MkdirTemp(o.Folder, strings.TrimSuffix(buildPrefix+info.Version, "-")+"-")
	if err != nil {
		return nil, fmt.Errorf("make the folder for the build: %w", err)
	}
	info.Build = filepath.Base(build)
	if err = unpack(ctx, o, supplies, build, info); err == nil {
		err = activate(o.Folder, info)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(build))
	}
	_, err = sweep(o.Folder, info)
	return info, errors.Join(err, os.RemoveAll(filepath.Join(o.Folder, downloadName)))
}

// agree returns the version of all supplies; asked is what the person has said.
func agree(supplies []supply, asked string) (string, error) {
	version := asked
	for _, s := range supplies {
		switch {
		case s.version == "" || s.version == version:
		case version == "":
			version = s.version
		default:
			return "", fmt.Errorf("the images are not of one version: %s and %s", version, s.version)
		}
	}
	return version, nil
}

// unpack writes a build and puts it on the disk.
func unpack(ctx context.Context, o *Options, supplies []supply, build string, info *Info) error {
	if err := os.Chmod(build, 0o755); err != nil { // whoever pulls may be another user than the server
		return err
	}
	root, err := os.OpenRoot(build)
	if err != nil {
		return err
	}
	defer root.Close()
	t := &tree{root: root}
	for _, s := range supplies {
		o.Progress(Progress{Step: "unpacking", Part: s.part.name})
		files, bytes := t.files, t.bytes
		t.folder = s.part.folder
		if err := s.unpack(ctx, t); err != nil {
			return fmt.Errorf("unpack the %s: %w", s.part.title, err)
		}
		s.about.Name, s.about.Files, s.about.Bytes = s.part.name, t.files-files, t.bytes-bytes
		if err := complete(root, s.part); err != nil {
			return err
		}
		info.Parts = append(info.Parts, s.about)
	}
	o.Progress(Progress{Step: "saving"})
	return t.sync(ctx)
}

// complete says whether a part's build is one: it has a page, or the manifest that the server makes one from.
func complete(root *os.Root, p part) error {
	look := []string{path.Join(p.folder, indexName)}
	if p.name == "space" {
		look = append(look, path.Join(p.folder, manifests))
	}
	for _, pattern := range look {
		found, err := fs.Glob(root.FS(), pattern)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return nil
		}
	}
	return fmt.Errorf("there is no build of the %s: no %s", p.title, strings.Join(look, " and no "))
}

// activate puts a build in force, as one step.
func activate(folder string, info *Info) error {
	if err := durable.SyncFolder(folder); err != nil {
		return err
	}
	text, err := json.MarshalIndent(info, "", "  ")
	if err != nil {
		return err
	}
	name := filepath.Join(folder, infoName)
	part := filepath.Join(folder, "."+infoName)
	err = durable.WriteFile(part, append(text, '\n'))
	if err == nil {
		err = os.Chmod(part, 0o644) // whoever pulls may be another user than the server
	}
	if err == nil {
		err = os.Rename(part, name)
	}
	if err != nil {
		return fmt.Errorf("put the build in force: %w", err)
	}
	return durable.SyncFolder(folder)
}

// lock keeps a second pull off the folder; a process that dies gives it back.
func lock(folder string) (unlock func(), err error) {
	l := flock.New(filepath.Join(folder, lockName))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the folder of the frontends: %w", err)
	}
	if !ok {
		return nil, ErrBusy
	}
	return func() { l.Unlock() }, nil //nolint:errcheck // nobody waits for it
}

// room refuses to begin what the disk has no room for.
func room(folder string, bytes int64) error {
	const spare = 200 << 20 // the builds, and what the server needs
	free, err := diskfree.Of(folder)
	if err != nil || bytes < 0 || uint64(bytes)+spare <= free { // where it can't be told, a full disk is told later
		return nil
	}
	return fmt.Errorf("the disk of %s has %d MiB left, and this takes %d", folder, free>>20, (bytes+spare)>>20)
}
