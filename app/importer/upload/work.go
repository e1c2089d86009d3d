package upload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

// Work is the payload of the job that brings an upload to the state that was ordered.
type Work struct {
	ID string `json:"id"`
}

// Hands are what the import needs of other areas: see importer.Order.
type Hands struct {
	Begin func(t *store.Tx, p *store.Project, maker string) error
	Join  func(t *store.Tx, workspace, project, user string, role app.Role) error
}

// errCancelled ends what somebody has cancelled.
var errCancelled = errors.New("it was cancelled")

// often is how often the row is told how far it is.
const often = time.Second

// worker does one job.
type worker struct {
	*app.Call // in whose name it was ordered

	upload *Upload
	by     *store.User // in whose name it is done
	hands  Hands
	told   time.Time
}

// Do does what was ordered. A job that was killed is done again, and goes on where the import is. What is wrong with
// the file or the order is told in the row; other faults are the job's, which is tried again.
func Do(ctx context.Context, a *app.App, job Work, hands Hands) error {
	row, err := store.ImportUploads.Find(a.DB.Read(ctx), job.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	u, err := opened(*row)
	if err != nil || !u.AtWork() {
		return err
	}
	w := &worker{upload: &u, hands: hands, told: time.Now()}
	if w.Call, err = a.CallFor(ctx, u.WorkspaceID, text(u.InitiatedByID)); err != nil {
		return err
	}
	if w.Call == nil { // gone is the workspace, or the account of who ordered it
		w.Call = &app.Call{Context: ctx, App: a}
		return w.end(store.UploadFailed, "Whoever ordered it has no account any more.")
	}
	err = w.do()
	if errors.Is(ctx.Err(), context.Canceled) { // the server stops: it goes on after the next start
		return ctx.Err()
	}
	switch said, is := refused(err); {
	case errors.Is(err, store.ErrNotFound) && w.gone():
		return nil
	case errors.Is(err, errCancelled):
		return w.end(store.UploadCancelled, "")
	case is:
		return w.end(store.UploadFailed, said)
	}
	return err
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// gone says whether the row is there no more.
func (w *worker) gone() bool {
	_, err := store.UploadStatus(w.Read(), w.upload.ID)
	return errors.Is(err, store.ErrNotFound)
}

func (w *worker) do() error {
	var err error
	if w.by, err = w.inWhoseName(); err != nil {
		return err
	}
	switch w.upload.Status {
	case store.UploadCancelling:
		return errCancelled
	case store.UploadUndoing:
		return w.undo()
	}
	return w.run(w.upload.Status == store.UploadPreviewing)
}

// inWhoseName is whoever ordered it, if they may still; the workspace's owner where that is the installation's
// administrator.
func (w *worker) inWhoseName() (*store.User, error) {
	by, err := importer.InNameOf(w, w.App, w.Workspace, w.User)
	if !errors.Is(err, app.Forbidden) {
		return by, err
	}
	admin, failed := store.IsInstanceAdmin(w.Read(), w.User.ID)
	if failed != nil {
		return nil, failed
	}
	if !admin {
		return nil, err
	}
	return importer.InNameOf(w, w.App, w.Workspace, nil)
}

// run imports the file, or says what that would do.
func (w *worker) run(rehearse bool) error {
	path, err := w.fetch()
	if err != nil {
		return err
	}
	defer os.Remove(path)
	u := w.upload
	o := importer.Order{Kind: u.Kind, Read: importer.ReaderOf(u.Kind), From: importer.OnDisk(path, u.Name),
		Source: u.Options.Source, Map: u.Options.Mapping, Workspace: w.Workspace, Project: u.Options.Project, By: w.by,
		// The installation's administrators do it in the owner's name, as on the command line.
		Inside:   w.by.ID == w.User.ID,
		Rehearse: rehearse, Say: func(string) {}, Begin: w.hands.Begin, Join: w.hands.Join, Goes: text(u.ImportID),
		Begun: w.begun, Heed: w.heed}
	if o.Read == nil { // of a version that knew more
		return app.Refuse(app.Invalid, "This version does not read files of the kind "+u.Kind+".")
	}
	report, err := importer.Run(w, w.App, o)
	if report != nil {
		if keepErr := w.keep(report, rehearse); keepErr != nil {
			return errors.Join(err, keepErr)
		}
	}
	if err != nil {
		return err
	}
	if rehearse {
		return w.end(store.UploadPreviewed, "")
	}
	return w.end(store.UploadDone, "")
}

// begun ties the upload to the import, in the transaction that notes that.
func (w *worker) begun(t *store.Tx, id string) error {
	row := w.upload.ImportUpload
	row.ImportID = &id
	return store.ImportUploads.Set(t, &row, "import_id")
}

// fetch puts the file on the disk, where it is read several times.
func (w *worker) fetch() (path string, err error) {
	from, _, err := w.Blob.Open(w, w.upload.File)
	if errors.Is(err, blob.ErrNotFound) {
		return "", app.Refuse(app.Invalid, "The file is gone: send it once more.")
	}
	if err != nil {
		return "", fmt.Errorf("open a file to import: %w", err)
	}
	defer from.Close()
	f, err := os.CreateTemp(w.Temp, "sailplane-import-*")
	if err != nil {
		return "", fmt.Errorf("fetch a file to import: %w", err)
	}
	_, err = io.Copy(f, from)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("fetch a file to import: %w", err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// heed ends what was cancelled, and tells now and then how far it is.
func (w *worker) heed(r *importer.Report) error {
	status, err := store.UploadStatus(w.Read(), w.upload.ID)
	if err != nil {
		return err
	}
	if status == store.UploadCancelling {
		return errCancelled
	}
	return w.tell(&Progress{Items: &r.Items, Made: r.Made})
}

func (w *worker) tell(p *Progress) error {
	if time.Since(w.told) < often {
		return nil
	}
	w.told = time.Now()
	doc, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("the progress: %w", err)
	}
	return w.Write(func(t *store.Tx) error {
		row := w.upload.ImportUpload
		row.Progress = doc
		return store.ImportUploads.Set(t, &row, "progress")
	})
}

// notesKept is how many lines of a report are kept.
const notesKept = 500

// keep keeps the report.
func (w *worker) keep(r *importer.Report, preview bool) error {
	short := *r
	short.Notes = short.Notes[:min(len(short.Notes), notesKept)]
	doc, err := json.Marshal(short)
	if err != nil {
		return fmt.Errorf("the report: %w", err)
	}
	progress, err := json.Marshal(Progress{Items: &r.Items, Made: r.Made})
	if err != nil {
		return fmt.Errorf("the progress: %w", err)
	}
	row := w.upload.ImportUpload
	row.Progress, row.Report = progress, doc
	column := "report"
	if preview {
		row.Preview, column = doc, "preview"
	}
	// also when the server stops: it may take long until somebody goes on
	return w.DB.Write(context.WithoutCancel(w.Context), w.UserID(), func(t *store.Tx) error {
		return store.ImportUploads.Set(t, &row, column, "progress")
	})
}

// undo takes the import back.
func (w *worker) undo() error {
	var before Progress // of this undoing, before it was killed
	if err := json.Unmarshal(w.upload.Progress, &before); err != nil {
		return fmt.Errorf("the progress: %w", err)
	}
	d, err := importer.Find(w, w.App, text(w.upload.ImportID))
	if err != nil {
		return err
	}
	sum := func(u *importer.Undone) *Progress {
		return &Progress{Removed: plus(before.Removed, u.Removed), Left: plus(before.Left, u.Left)}
	}
	u, err := importer.Undo(w, w.App, d, w.by, func(u *importer.Undone) error { return w.tell(sum(u)) })
	if err != nil {
		return err
	}
	w.told = time.Time{}
	if err := w.tell(sum(u)); err != nil {
		return err
	}
	return w.end(store.UploadUndone, "")
}

func plus(a, b map[string]int) map[string]int {
	sum := map[string]int{}
	for _, m := range []map[string]int{a, b} {
		for k, n := range m {
			sum[k] += n
		}
	}
	return sum
}

// end brings the upload to the state at which the job ends, in one transaction with that.
func (w *worker) end(status, fault string) error {
	return w.DB.Write(w, w.UserID(), func(t *store.Tx) error {
		if err := store.FinishJob(t); err != nil {
			return err
		}
		row := w.upload.ImportUpload
		now := t.Now
		row.Status, row.Fault, row.EndedAt = status, fault, &now
		cols := []string{"status", "fault", "ended_at"}
		if status == store.UploadUndone {
			row.ImportID = nil
			cols = append(cols, "import_id")
		}
		return store.ImportUploads.Update(t, &row, cols...)
	})
}
