package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/sailplane/sailplane/store/diskfree"
	"github.com/sailplane/sailplane/web"
)

func exists(file string) bool {
	_, err := os.Stat(file)
	return !errors.Is(err, os.ErrNotExist)
}

// checkFolder looks at the data folder: it is there, it can be written to, and nobody else may read it.
func checkFolder(_ context.Context, p *patient) []finding {
	dir := p.command.dir
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return []finding{{"folder.missing", note, dir + " is not there yet", "nothing has been installed in it", "sailplane serve --dir " + dir + " makes it"}}
	case err != nil:
		return []finding{{"folder.closed", wrong, err.Error(), "the server can't start", "run sailplane as the user who owns the folder"}}
	case !info.IsDir():
		return []finding{{"folder.closed", wrong, dir + " is not a folder", "the server can't start", "name another one with --dir"}}
	}
	probe, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return []finding{{"folder.readonly", wrong, err.Error(), "nothing can be saved", "run sailplane as the user who owns " + dir + ", or give it to that user: chown"}}
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return []finding{{"folder.readonly", wrong, err.Error(), "nothing can be saved", "see that the disk is well"}}
	}
	if others := readableByOthers(dir); others != "" {
		return []finding{{"folder.open", wrong, others + " can be read by other users of this machine", "the database and the secret are in it", "chmod 700 " + dir}}
	}
	return []finding{ok("folder.private", dir+" can be written to, and is nobody else's")}
}

// readableByOthers names the folder, or what is secret in it, when others can get at it: a private folder keeps all that is in it.
func readableByOthers(dir string) string {
	if runtime.GOOS == "windows" || !forOthers(dir) {
		return ""
	}
	for _, name := range data {
		if file := filepath.Join(dir, name); forOthers(file) {
			return file
		}
	}
	return ""
}

func forOthers(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().Perm()&0o077 != 0
}

const (
	littleSpace = 1 << 30
	noSpace     = 200 << 20
)

func checkDisk(_ context.Context, p *patient) []finding {
	dir := p.command.dir
	if !exists(dir) {
		return nil
	}
	free, err := diskfree.Of(dir)
	if err != nil {
		return []finding{{"disk.unknown", note, err.Error(), "how much room is left can't be told", ""}}
	}
	f := finding{"disk.low", note, fmt.Sprintf("%d MiB are free on the disk of %s", free>>20, dir),
		"when it is full nothing can be saved (reading goes on, and it heals when there is room)", "make room, or move the folder to a larger disk"}
	if free < noSpace {
		return []finding{f.at(wrong)}
	}
	if free < littleSpace {
		return []finding{f}
	}
	return []finding{ok("disk.roomy", f.What)}
}

// checkFiles keeps a small file and removes it.
func checkFiles(ctx context.Context, p *patient) []finding {
	where, do := filepath.Join(p.command.dir, "files"), "look at the rights of the folder"
	if p.config.Storage.S3Bucket != "" {
		where, do = "the bucket "+p.config.Storage.S3Bucket, "look at the settings in [storage] and at the rights of the key"
	} else if !exists(where) {
		return nil
	}
	files, err := p.command.files(ctx, p.config)
	if err == nil {
		const probe = "doctor/probe"
		err = errors.Join(files.Put(ctx, probe, strings.NewReader("x"), 1), files.Delete(ctx, probe))
	}
	if err != nil {
		return []finding{{"files.readonly", wrong, err.Error(), "uploads fail", do}}
	}
	return []finding{ok("files.writable", "files can be kept in "+where)}
}

func checkFrontend(_ context.Context, p *patient) []finding {
	dir := p.config.Web.Frontend
	if dir == "" {
		return []finding{{"frontend.none", note, "no frontend is served, only the API", "", "[web] frontend = FOLDER serves a build (README: Frontends)"}}
	}
	f, err := web.OpenFrontend(&p.config.Web, nil)
	if err != nil {
		return []finding{{"frontend.unusable", wrong, err.Error(), "the server does not start", "see that web.frontend names the folder with index.html"}}
	}
	found := []finding{ok("frontend.present", "the frontend is in "+dir)}
	for _, w := range f.Warnings {
		found = append(found, finding{"frontend.doubtful", note, w, "some of its pages may not work", "build it for this release and this path (README: Frontends)"})
	}
	return found
}
