package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/web"
)

// backups is the page of the backups.
var backups = []web.Op{
	page("backups/", admin, showBackups),
	action("backups/download/", admin, "Make a backup and download it", downloadBackup,
		func(c *app.Call, in web.Nothing) (screen, error) { return showBackups(c, in) }),
}

type backupsPage struct {
	Dir      string
	Postgres bool
}

func showBackups(c *app.Call, _ web.Nothing) (screen, error) {
	return screen{Template: "backups", Data: backupsPage{c.Dir, c.DB.Postgres}}, nil
}

// making is held while a backup is made: each takes as much room again as the data.
var making sync.Mutex

func downloadBackup(c *app.Call, _ web.Nothing) (outcome, error) {
	if !making.TryLock() {
		return outcome{}, app.Refuse(app.Conflict, say("fault.backup-under-way"))
	}
	defer making.Unlock()
	dir, err := os.MkdirTemp(c.Temp, "backup-")
	if err != nil {
		return outcome{}, fmt.Errorf("make room for a backup: %w", err)
	}
	name := "sailplane-backup-" + c.DB.Now().UTC().Format("20060102-150405") + ".tar.gz"
	file := filepath.Join(dir, name)
	// It may take longer than a request may without progress; whoever asked waits for the first byte.
	_, err = backup.Create(context.WithoutCancel(c), c.App, file, c.Version, func(string) {})
	if err != nil {
		return outcome{}, fmt.Errorf("make a backup: %w", errors.Join(err, os.RemoveAll(dir)))
	}
	return outcome{Stream: func(w http.ResponseWriter, _ *http.Request) error {
		defer os.RemoveAll(dir)
		return sendFile(w, file, name)
	}}, nil
}

func sendFile(w http.ResponseWriter, path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("send a backup: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("send a backup: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/gzip")
	h.Set("Content-Length", strconv.FormatInt(info.Size(), 10))
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if _, err := io.Copy(w, f); err != nil {
		return fmt.Errorf("send a backup: %w", err)
	}
	return nil
}
