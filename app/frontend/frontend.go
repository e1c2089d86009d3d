// Package frontend keeps the builds of the reference's three frontends (web, admin and space) in the data folder:
// pulled from the images that the reference publishes, from an archive of them, or from a folder.
//
// DIR/frontend holds one folder a pull, and frontend.json, which names the one that counts. A pull writes a new folder
// beside the old one and then that file, as one step: until then the old build is in force, and whole. A folder that
// the file does not name is what a pull has left that was cut short; the next one removes it.
package frontend

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store/durable"
)

const (
	// Version is the release of the reference whose frontends this server was made for.
	Version = "v1.3.1"
	// Registry is where the reference publishes its images. Plane: deployments/cli/community/docker-compose.yml
	Registry = "docker.io/makeplane"
)

// part is one of the three frontends: which image has it and where, and where its build goes.
type part struct {
	name   string
	title  string // as people call it
	image  string // the last part of the image's name
	source string // the folder in the image
	build  string // the folder in a checkout of the reference that was built
	folder string // the folder in a build of all three; the path that it was built for
}

// parts are the three, in the order in which they are fetched. Plane: apps/*/Dockerfile.*
var parts = []part{
	{
		name: "web", title: "web frontend", image: "plane-frontend", source: "usr/share/nginx/html",
		build: "apps/web/build/client", folder: ".",
	},
	{
		name: "admin", title: "administrators' frontend", image: "plane-admin", source: "usr/share/nginx/html/god-mode",
		build: "apps/admin/build/client", folder: "god-mode",
	},
	{
		name: "space", title: "published boards' frontend", image: "plane-space", source: "app/apps/space/build/client",
		build: "apps/space/build/client", folder: "spaces",
	},
}

// Info says what was pulled: the content of frontend.json.
type Info struct {
	Version  string    `json:"version"` // the images' tag; empty: nobody has said
	From     string    `json:"from"`    // a registry, a file or a folder
	PulledAt time.Time `json:"pulled_at"`
	Build    string    `json:"build"`              // the folder's name
	Previous string    `json:"previous,omitempty"` // the one before, kept for what is being sent from it
	Parts    []Part    `json:"parts"`
}

// Part says what was pulled of one frontend.
type Part struct {
	Name     string `json:"name"`               // web, admin or space
	Image    string `json:"image,omitempty"`    // with its tag
	Digest   string `json:"digest,omitempty"`   // of the image's manifest
	Platform string `json:"platform,omitempty"` // of the image; the files are the same for all
	Files    int    `json:"files"`
	Bytes    int64  `json:"bytes"`
}

// Names in the folder of the frontends.
const (
	infoName     = "frontend.json"
	lockName     = ".lock"
	downloadName = ".download"
	indexName    = "index.html"
	manifests    = "assets/manifest-*.js" // of React Router; the server makes the page of a build from it that has none
)

// ErrNone says that a folder has no frontends.
var ErrNone = errors.New("there are no frontends")

// Current returns the folder of the build that counts, and what is known of it: its version is empty when somebody has
// laid it there by hand. ErrNone when there is none.
func Current(folder string) (build string, info *Info, err error) {
	text, err := os.ReadFile(filepath.Join(folder, infoName))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(folder, indexName)); err == nil {
			return folder, &Info{From: folder}, nil
		}
		return "", nil, ErrNone
	}
	if err != nil {
		return "", nil, err
	}
	info = &Info{}
	if err := json.Unmarshal(text, info); err != nil {
		return "", nil, fmt.Errorf("%s: %w", filepath.Join(folder, infoName), err)
	}
	if !plainName(info.Build) || info.Previous != "" && !plainName(info.Previous) {
		return "", nil, fmt.Errorf("%s names no folder beside it: %q", filepath.Join(folder, infoName), info.Build)
	}
	build = filepath.Join(folder, info.Build)
	if _, err := os.Stat(build); err != nil {
		return "", nil, fmt.Errorf("the build that %s names: %w", infoName, err)
	}
	return build, info, nil
}

// InForce returns the build that a server with these settings serves: that of the folder they name, else the one that
// was pulled. ErrNone when there is none.
func InForce(cfg *app.WebConfig, folder string) (build string, info *Info, err error) {
	if cfg.Frontend != "" {
		return cfg.Frontend, nil, nil
	}
	return Current(folder)
}

// Served says whether a server has frontends to serve.
func Served(a *app.App) bool {
	_, _, err := InForce(&a.Config.Web, a.Frontends)
	return err == nil
}

func plainName(name string) bool {
	return name == filepath.Base(name) && !strings.HasPrefix(name, ".") && filepath.IsLocal(name)
}

// Mark tells whether a folder of frontends has changed, at the cost of looking at two names.
type Mark struct{ pulled, laid fs.FileInfo }

// Look returns the mark of a folder as it is now.
func Look(folder string) Mark {
	var m Mark
	if info, err := os.Stat(filepath.Join(folder, infoName)); err == nil {
		m.pulled = info
	}
	if info, err := os.Stat(filepath.Join(folder, indexName)); err == nil {
		m.laid = info
	}
	return m
}

// Same says whether nothing has changed between two marks. frontend.json is another file after each pull.
func (m Mark) Same(other Mark) bool { return same(m.pulled, other.pulled) && same(m.laid, other.laid) }

func same(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

// Status is what a folder holds.
type Status struct {
	Folder  string `json:"folder"`
	Build   string `json:"build,omitempty"` // the folder that is served; empty: none
	Info    *Info  `json:"info,omitempty"`
	Fetched int64  `json:"fetched"` // bytes of a pull that was cut short, which the next one goes on with
}

// State looks at a folder of frontends.
func State(folder string) (Status, error) {
	s := Status{Folder: folder}
	build, info, err := Current(folder)
	if err != nil && !errors.Is(err, ErrNone) {
		return s, err
	}
	s.Build, s.Info = build, info
	kept, err := os.ReadDir(filepath.Join(folder, downloadName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	for _, e := range kept {
		if info, err := e.Info(); err == nil {
			s.Fetched += info.Size()
		}
	}
	return s, nil
}

// Remove removes what was pulled, and what of a pull was cut short; removed says whether there was anything. What
// somebody has laid into the folder by hand stays.
func Remove(folder string) (removed bool, err error) {
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	unlock, err := lock(folder)
	if err != nil {
		return false, err
	}
	defer unlock()
	_, info, err := Current(folder)
	if err == nil && info.Build == "" {
		return false, fmt.Errorf("the frontend in %s was put there by hand, not pulled: remove its files by hand", folder)
	}
	if err := os.Remove(filepath.Join(folder, infoName)); err == nil { // first: it names the rest
		removed = true
	} else if !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if err := durable.SyncFolder(folder); err != nil {
		return removed, err
	}
	swept, err := sweep(folder, nil)
	downloads := filepath.Join(folder, downloadName)
	if _, lost := os.Stat(downloads); lost == nil {
		swept = true
	}
	return removed || swept, errors.Join(err, os.RemoveAll(downloads))
}

// sweep removes the builds that the info does not name.
func sweep(folder string, info *Info) (swept bool, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), buildPrefix) || info != nil && (e.Name() == info.Build ||
			e.Name() == info.Previous) {
			continue
		}
		swept = true
		err = errors.Join(err, os.RemoveAll(filepath.Join(folder, e.Name())))
	}
	return swept, err
}
