package health

import (
	"context"
	"errors"
	"fmt"
	"math"
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
func checkFolder(_ context.Context, p *Patient) []Finding {
	dir := p.Dir
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return []Finding{{
			Code: "folder.missing", Level: Note, What: dir + " is not there yet",
			Why: "nothing has been installed in it", Do: "sailplane serve --dir " + dir + " makes it",
		}}
	case err != nil:
		return []Finding{{
			Code: "folder.closed", Level: Wrong, What: err.Error(), Why: "the server can't start",
			Do: "run sailplane as the user who owns the folder",
		}}
	case !info.IsDir():
		return []Finding{{
			Code: "folder.closed", Level: Wrong, What: dir + " is not a folder", Why: "the server can't start",
			Do: "name another one with --dir",
		}}
	}
	probe, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return []Finding{{
			Code: "folder.readonly", Level: Wrong, What: err.Error(), Why: "nothing can be saved",
			Do: "run sailplane as the user who owns " + dir + ", or give it to that user: chown",
		}}
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return []Finding{{
			Code: "folder.readonly", Level: Wrong, What: err.Error(), Why: "nothing can be saved",
			Do: "see that the disk is well",
		}}
	}
	if others := readableByOthers(dir); others != "" {
		return []Finding{{
			Code: "folder.open", Level: Wrong, What: others + " can be read by other users of this machine",
			Why: "the database and the secret are in it", Do: "chmod 700 " + dir,
		}}
	}
	return []Finding{ok("folder.private", dir+" can be written to, and is nobody else's")}
}

// secrets are what nobody else may read in the data folder.
var secrets = []string{"sailplane.db", "sailplane.db-wal", "sailplane.db-shm", "files", "secret"}

// readableByOthers names the folder, or what is secret in it, when others can get at it: a private folder keeps all
// that is in it.
func readableByOthers(dir string) string {
	if runtime.GOOS == "windows" || !forOthers(dir) {
		return ""
	}
	for _, name := range secrets {
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

func checkDisk(_ context.Context, p *Patient) []Finding {
	dir := p.Dir
	if !exists(dir) {
		return nil
	}
	free, err := diskfree.Of(dir)
	if err != nil {
		return []Finding{{
			Code: "disk.unknown", Level: Note, What: err.Error(), Why: "how much room is left can't be told", Do: "",
		}}
	}
	f := Finding{
		Code: "disk.low", Level: Note, What: fmt.Sprintf("%d MiB are free on the disk of %s", free>>20, dir),
		Why: "when it is full nothing can be saved (reading goes on, and it heals when there is room)",
		Do:  "make room, or move the folder to a larger disk",
	}
	if free < noSpace {
		return []Finding{f.at(Wrong)}
	}
	if free < littleSpace {
		return []Finding{f}
	}
	return []Finding{ok("disk.roomy", f.What)}
}

// checkFiles keeps a small file and removes it.
func checkFiles(ctx context.Context, p *Patient) []Finding {
	where, do := filepath.Join(p.Dir, "files"), "look at the rights of the folder"
	if p.Config.Storage.S3Bucket != "" {
		where, do = "the bucket "+p.Config.Storage.S3Bucket, "look at the settings in [storage] and at the rights of the key"
	} else if !exists(where) {
		return nil
	}
	files, err := p.Files(ctx)
	if err == nil {
		const probe = "doctor/probe"
		err = errors.Join(files.Put(ctx, probe, strings.NewReader("x"), 1), files.Delete(ctx, probe))
	}
	if err != nil {
		return []Finding{{Code: "files.readonly", Level: Wrong, What: err.Error(), Why: "uploads fail", Do: do}}
	}
	return []Finding{ok("files.writable", "files can be kept in "+where)}
}

// FreeSpace is how many bytes may still be written to the folder's disk; -1 when that can't be told.
func FreeSpace(dir string) int64 {
	free, err := diskfree.Of(dir)
	if err != nil {
		return -1
	}
	return int64(min(free, math.MaxInt64)) //nolint:gosec // it fits
}
