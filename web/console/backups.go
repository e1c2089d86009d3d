package console

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/web"
)

const backupsPath = Home + "backups/"

// backups is the page of the backups.
var backups = []web.Op{
	page("backups/", admin, showBackups),
	action("backups/", admin, "Let a backup be made", makeBackup, backupsAgain[web.Nothing]),
	action("backups/verify/", admin, "Let a backup be verified", verifyBackup, backupsAgain[backupForm]),
	action("backups/download/", admin, "Download a backup", downloadBackup, backupsAgain[backupForm]),
}

// mostBackups is how many the page lists.
const mostBackups = 100

type backupsPage struct {
	Plan  backup.Plan
	Last  backup.Last
	List  []backup.Entry
	Fault string // why the list cannot be read
}

func showBackups(c *app.Call, _ web.Nothing) (screen, error) {
	last, err := backup.LastResults(c, c.App)
	if err != nil {
		return screen{}, err
	}
	p := backupsPage{Plan: backup.Schedule(c.App), Last: last}
	list, err := backup.List(c, c.App)
	if err != nil {
		p.Fault = err.Error() // of the place, most likely: the rest is still worth seeing
	}
	p.List = list[:min(len(list), mostBackups)]
	return screen{Template: "backups", Data: p}, nil
}

func backupsAgain[In any](c *app.Call, _ In) (screen, error) { return showBackups(c, web.Nothing{}) }

func makeBackup(c *app.Call, _ web.Nothing) (outcome, error) {
	return outcome{To: backupsPath, Done: "done.backup-begun"}, backupRefusal(backup.Request(c, c.App))
}

// backupForm names a backup in its place.
type backupForm struct {
	Name string `json:"name" check:"blank,max=255"`
}

func verifyBackup(c *app.Call, in backupForm) (outcome, error) {
	return outcome{To: backupsPath, Done: "done.verifying"}, backupRefusal(backup.RequestVerify(c, c.App, in.Name))
}

// backupRefusal is what a person is told; other errors pass.
func backupRefusal(err error) error {
	switch {
	case errors.Is(err, backup.ErrRunning):
		return app.Refuse(app.Conflict, say("fault.backup-under-way"))
	case errors.Is(err, backup.ErrNone):
		return app.Refuse(app.Invalid, say("fault.no-backup"))
	}
	return err
}

func downloadBackup(c *app.Call, in backupForm) (outcome, error) {
	content, size, err := backup.Open(c, c.App, in.Name)
	if err != nil {
		return outcome{}, backupRefusal(err)
	}
	if err := backup.NoteFetched(c, c.App, in.Name); err != nil {
		return outcome{}, errors.Join(err, content.Close())
	}
	return outcome{Stream: func(w http.ResponseWriter, _ *http.Request) error {
		defer content.Close()
		h := w.Header()
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Length", strconv.FormatInt(size, 10))
		h.Set("Content-Disposition", `attachment; filename="`+in.Name+`"`)
		if _, err := io.Copy(w, content); err != nil {
			return fmt.Errorf("send a backup: %w", err)
		}
		return nil
	}}, nil
}
