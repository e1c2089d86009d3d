package frontend

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
)

// Finding is what an examination has to say of one frontend, or of all of them.
type Finding struct {
	Part  string // web, admin or space; empty: all
	Level Level
	What  string
	Do    string // about it; empty when all is well
}

// Level is how much a finding matters.
type Level int

// The levels.
const (
	Fine  Level = iota
	Note        // worth knowing
	Wrong       // something does not work
)

// Examine looks at a build: which of the three are there, whole, for this server's paths, and built to ask whoever
// serves them rather than a server that was named when they were built. The info is what is known of the build: nil for
// a folder that the settings name. It reads every script, some 40 MiB.
func Examine(build string, info *Info, cfg *app.WebConfig) ([]Finding, error) {
	root, err := os.OpenRoot(build)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	found := []Finding{versionOf(info)}
	for _, p := range parts {
		f, err := examine(root.FS(), p, info, cfg)
		if err != nil {
			return nil, fmt.Errorf("look at the %s: %w", p.title, err)
		}
		found = append(found, f)
	}
	return found, nil
}

const pullAgain = "sailplane frontend pull"

func versionOf(info *Info) Finding {
	switch {
	case info == nil || info.Version == "":
		return Finding{Level: Note, What: "the frontends do not say which version they are; this server is made for those of " +
			Version, Do: "nothing, if they are of " + Version + "; else: " + pullAgain}
	case info.Version != Version:
		return Finding{Level: Note, What: "the frontends are of " + info.Version + "; this server is made for those of " +
			Version, Do: pullAgain + " --version " + Version}
	}
	return Finding{What: "the frontends are of " + info.Version + ", from " + info.From}
}

// examine looks at one part.
func examine(files fs.FS, p part, info *Info, cfg *app.WebConfig) (Finding, error) {
	f := Finding{Part: p.name, Level: Note}
	path := pathOf(p, cfg)
	switch {
	case !isBuild(files, path) && path != p.folder && isBuild(files, p.folder):
		f.Level, f.What = Wrong, fmt.Sprintf("the %s was built for the path /%s/ and is looked for at /%s/", p.title,
			p.folder, path)
		setting := map[string]string{"admin": "web.admin_path", "space": "web.space_path"}[p.name]
		f.Do = "leave " + setting + " out of the settings, or build the frontend for that path"
		return f, nil
	case !isBuild(files, path):
		f.What, f.Do = "there is no "+p.title, pullAgain+" (or put the build of "+strings.TrimSuffix(p.build,
			"/build/client")+" into the folder "+path+"/)"
		return f, nil
	}
	count, bases, err := scan(files, p, path)
	if err != nil {
		return f, err
	}
	if want := countOf(info, p.name); want > 0 && count != want {
		f.Level, f.What, f.Do = Wrong, fmt.Sprintf("of the %s %d files are there, and %d were pulled", p.title, count,
			want), pullAgain
		return f, nil
	}
	var foreign []string
	for _, name := range slices.Sorted(maps.Keys(bases)) {
		if at := strings.TrimSuffix(bases[name], "/"); !slices.Contains([]string{trim(cfg.AppURL), trim(cfg.AdminURL),
			trim(cfg.SpaceURL)}, at) {
			foreign = append(foreign, name+"="+bases[name])
		}
	}
	if len(foreign) > 0 {
		f.Level, f.What = Wrong, "the "+p.title+" was built to use another server: "+strings.Join(foreign, ", ")
		f.Do = "build it with these empty, or: " + pullAgain
		return f, nil
	}
	f.Level, f.What = Fine, fmt.Sprintf("the %s is there: %d files", p.title, count)
	return f, nil
}

func trim(address string) string { return strings.TrimSuffix(address, "/") }

// pathOf is the folder where the server looks for a part.
func pathOf(p part, cfg *app.WebConfig) string {
	at := map[string]string{"admin": cfg.AdminPath, "space": cfg.SpacePath}[p.name]
	return path.Clean(strings.Trim(at, "/"))
}

// isBuild says whether a folder has a page, or the manifest that the server makes one from.
func isBuild(files fs.FS, folder string) bool {
	for _, name := range []string{indexName, manifests} {
		if found, err := fs.Glob(files, path.Join(folder, name)); err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}

func countOf(info *Info, name string) int {
	if info != nil {
		for _, p := range info.Parts {
			if p.Name == name {
				return p.Files
			}
		}
	}
	return 0
}

// base is how a script has an address that the frontend was built for, when it is not empty. Scripts of the
// administrators' frontend have none of these; nobody builds one frontend for another server than the others.
var base = regexp.MustCompile("^(VITE_[A-Z]+_BASE_URL)[\"']?:\\s*[\"'`]([^\"'`]+)[\"'`]")

// scan counts the files of a part and collects the addresses that its scripts were built for.
func scan(files fs.FS, p part, folder string) (count int, bases map[string]string, err error) {
	bases = map[string]string{}
	buffer := make([]byte, 256<<10)
	err = fs.WalkDir(files, folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if p.name == "web" && slices.ContainsFunc(parts[1:], func(other part) bool { return other.folder == name }) {
				return fs.SkipDir
			}
			return nil
		}
		if count++; path.Ext(name) != ".js" {
			return nil
		}
		err = scanScript(files, name, buffer, bases)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was replaced meanwhile
		}
		return err
	})
	return count, bases, err
}

// longestBase is what an address may take in a script.
const longestBase = 512

// scanScript reads a script piece by piece: what stands across two is looked at in the second.
func scanScript(files fs.FS, name string, buffer []byte, bases map[string]string) error {
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	kept := 0
	for {
		n, err := io.ReadFull(f, buffer[kept:])
		text := buffer[:kept+n]
		collect(text, bases)
		if err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil
			}
			return err
		}
		kept = copy(buffer, text[len(text)-longestBase:])
	}
}

// collect finds the addresses in a script; regular expressions are slow, and most scripts have none.
func collect(text []byte, bases map[string]string) {
	for {
		i := bytes.Index(text, []byte("VITE_"))
		if i < 0 {
			return
		}
		text = text[i:]
		if m := base.FindSubmatch(text[:min(len(text), longestBase)]); m != nil {
			bases[string(m[1])] = string(m[2])
		}
		text = text[len("VITE_"):]
	}
}
