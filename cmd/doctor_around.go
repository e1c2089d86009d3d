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
		return []finding{{
			Code: "folder.missing", Level: note, What: dir + " is not there yet",
			Why: "nothing has been installed in it", Do: "sailplane serve --dir " + dir + " makes it",
		}}
	case err != nil:
		return []finding{{
			Code: "folder.closed", Level: wrong, What: err.Error(), Why: "the server can't start",
			Do: "run sailplane as the user who owns the folder",
		}}
	case !info.IsDir():
		return []finding{{
			Code: "folder.closed", Level: wrong, What: dir + " is not a folder", Why: "the server can't start",
			Do: "name another one with --dir",
		}}
	}
	probe, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return []finding{{
			Code: "folder.readonly", Level: wrong, What: err.Error(), Why: "nothing can be saved",
			Do: "run sailplane as the user who owns " + dir + ", or give it to that user: chown",
		}}
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return []finding{{
			Code: "folder.readonly", Level: wrong, What: err.Error(), Why: "nothing can be saved",
			Do: "see that the disk is well",
		}}
	}
	if others := readableByOthers(dir); others != "" {
		return []finding{{
			Code: "folder.open", Level: wrong, What: others + " can be read by other users of this machine",
			Why: "the database and the secret are in it", Do: "chmod 700 " + dir,
		}}
	}
	return []finding{ok("folder.private", dir+" can be written to, and is nobody else's")}
}

// readableByOthers names the folder, or what is secret in it, when others can get at it: a private folder keeps all
// that is in it.
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
		return []finding{{
			Code: "disk.unknown", Level: note, What: err.Error(), Why: "how much room is left can't be told", Do: "",
		}}
	}
	f := finding{
		Code: "disk.low", Level: note, What: fmt.Sprintf("%d MiB are free on the disk of %s", free>>20, dir),
		Why: "when it is full nothing can be saved (reading goes on, and it heals when there is room)",
		Do:  "make room, or move the folder to a larger disk",
	}
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
		return []finding{{Code: "files.readonly", Level: wrong, What: err.Error(), Why: "uploads fail", Do: do}}
	}
	return []finding{ok("files.writable", "files can be kept in "+where)}
}
