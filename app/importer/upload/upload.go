// Package upload is imports by the API and in the console: a file of another tracker is sent, looked at, told how its
// names are called here, imported, and taken back. The work is package importer's, as that of the command line; a job
// does it (see work.go), and a row of import_uploads says how far it is.
package upload

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer"
	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/store"
)

// Upload is a file that was sent, and how it is to be read.
type Upload struct {
	store.ImportUpload
	Options Options
}

// Options say how a file is to be read, and where to.
type Options struct {
	Project string      `json:"project"` // the identifier; empty: as in the source
	Source  string      `json:"source"`  // what the source is called; empty: its kind
	Mapping *record.Map `json:"mapping"`
}

// Progress is how far what is being done is.
type Progress struct {
	Items   *importer.Items `json:"work_items,omitempty"`
	Made    map[string]int  `json:"made,omitempty"`
	Removed map[string]int  `json:"removed,omitempty"`
	Left    map[string]int  `json:"left,omitempty"` // because something uses it
}

// Input is what a request says of an upload.
type Input struct {
	Project app.Opt[string]     `json:"project" check:"blank"`
	Source  app.Opt[string]     `json:"source" check:"blank"`
	Mapping app.Opt[store.JSON] `json:"mapping" type:"object"`
}

const (
	mostUploads = 100     // of a workspace
	mostMapping = 1 << 20 // bytes
	mostProject = 12
	mostName    = 255
)

var (
	errBusy = &app.Error{Kind: app.Conflict, Code: "IMPORT_AT_WORK",
		Text: "This import is being worked on: wait until it is done, or cancel it."}
	errOther = &app.Error{Kind: app.Conflict, Code: "IMPORT_AT_WORK",
		Text: "Another import of this workspace is being worked on: wait until it is done, or cancel it."}
	errMany = &app.Error{Kind: app.Conflict, Code: "IMPORTS_FULL",
		Text: fmt.Sprintf("A workspace keeps %d files to import: delete some first.", mostUploads)}
	errNothing = &app.Error{Kind: app.Conflict, Code: "IMPORT_NOTHING", Text: "There is nothing of it here to take back."}
	errIdle    = &app.Error{Kind: app.Conflict, Code: "IMPORT_IDLE", Text: "Nothing is being done that could be cancelled."}
	errWhole   = &app.Error{Kind: app.Conflict, Code: "IMPORT_UNDOING", Text: "An import that is taken back is taken back to its end."}
)

// List returns a part of the uploads of the workspace that the caller sees, newest first and without their reports, and
// how many there are.
func List(c *app.Call, part store.ListPart) ([]Upload, int, error) {
	rows, total, err := store.ListImportUploads(c.Read(), c.Workspace.ID, c.User.ID, part)
	if err != nil {
		return nil, 0, err
	}
	all := make([]Upload, len(rows))
	for i, row := range rows {
		if all[i], err = opened(row); err != nil {
			return nil, 0, err
		}
	}
	return all, total, nil
}

// Find returns an upload of the workspace that the caller sees.
func Find(c *app.Call, id string) (*Upload, error) { return find(c, c.Read(), id) }

func find(c *app.Call, t *store.Tx, id string) (*Upload, error) {
	row, err := store.ImportUploadOf(t, c.Workspace.ID, c.User.ID, id)
	if err != nil {
		return nil, err
	}
	u, err := opened(*row)
	return &u, err
}

func opened(row store.ImportUpload) (Upload, error) {
	u := Upload{ImportUpload: row}
	if err := json.Unmarshal(row.Options, &u.Options); err != nil {
		return u, fmt.Errorf("options of the upload %s: %w", row.ID, err)
	}
	if u.Options.Mapping == nil {
		u.Options.Mapping = &record.Map{}
	}
	return u, nil
}

// AtWork says whether a job is to do something.
func (u *Upload) AtWork() bool {
	for _, s := range store.UploadsAtWork {
		if s == u.Status {
			return true
		}
	}
	return false
}

// Undoable says whether something of it is here.
func (u *Upload) Undoable() bool { return u.ImportID != nil && !u.AtWork() }

// apply takes what a request says.
func (o *Options) apply(in Input) error {
	faults := app.Fields{}
	for _, f := range []struct {
		name string
		most int
		said app.Opt[string]
		into *string
	}{{"project", mostProject, in.Project, &o.Project}, {"source", mostName, in.Source, &o.Source}} {
		if !f.said.Set {
			continue
		}
		*f.into = strings.TrimSpace(f.said.V)
		if len([]rune(*f.into)) > f.most || strings.ContainsFunc(*f.into, unicode.IsControl) || !utf8.ValidString(*f.into) {
			faults.Add(f.name, fmt.Sprintf("Ensure this field has no more than %d characters, and none but those of texts.",
				f.most))
		}
	}
	o.Project = strings.ToUpper(o.Project)
	if in.Mapping.Set {
		m, err := readMapping(in.Mapping.V)
		if err != nil {
			faults.Add("mapping", err.Error())
		}
		o.Mapping = m
	}
	return faults.Err()
}

func readMapping(doc store.JSON) (*record.Map, error) {
	if len(doc) > mostMapping {
		return nil, fmt.Errorf("it is larger than %d bytes", mostMapping)
	}
	return record.ReadJSON(doc)
}

// text is the options as they are kept. The zone of the workspace is none of them: it may change.
func (o *Options) text() (store.JSON, error) {
	doc, err := json.Marshal(o)
	return doc, err
}

// Change says anew how a file is to be read.
func Change(c *app.Call, id string, in Input) (*Upload, error) {
	return change(c, id, func(t *store.Tx, u *Upload) ([]string, error) {
		if err := u.Options.apply(in); err != nil {
			return nil, err
		}
		var err error
		u.ImportUpload.Options, err = u.Options.text()
		return []string{"options"}, err
	})
}

// change changes an upload that is not at work.
func change(c *app.Call, id string, do func(t *store.Tx, u *Upload) ([]string, error)) (u *Upload, err error) {
	err = c.Write(func(t *store.Tx) error {
		if err := t.Lock("imports of " + c.Workspace.ID); err != nil {
			return err
		}
		if u, err = find(c, t, id); err != nil {
			return err
		}
		if u.Status == store.UploadArriving {
			return store.ErrNotFound
		}
		if u.AtWork() {
			return errBusy
		}
		cols, err := do(t, u)
		if err != nil {
			return err
		}
		return store.ImportUploads.Update(t, &u.ImportUpload, cols...)
	})
	return u, err
}

// Preview has it said what an import would make, and what would be lost.
func Preview(c *app.Call, id string) (*Upload, error) { return order(c, id, store.UploadPreviewing) }

// Start has the file imported. What is here of it already is not doubled: what changed in the file is taken.
func Start(c *app.Call, id string) (*Upload, error) { return order(c, id, store.UploadRunning) }

// Undo has what the import made taken back.
func Undo(c *app.Call, id string) (*Upload, error) { return order(c, id, store.UploadUndoing) }

// order leaves a job that brings an upload from one state to another. Of a workspace one is at work at a time.
func order(c *app.Call, id, status string) (*Upload, error) {
	return change(c, id, func(t *store.Tx, u *Upload) ([]string, error) {
		if status == store.UploadUndoing && u.ImportID == nil {
			return nil, errNothing
		}
		busy, err := store.ImportUploads.Exists(t, dbx.HashExp{"workspace_id": c.Workspace.ID,
			"status": store.UploadsAtWork})
		if err != nil {
			return nil, err
		}
		if busy {
			return nil, errOther
		}
		now := t.Now
		by := c.UserID()
		u.Status, u.Fault, u.Progress, u.BeganAt, u.EndedAt, u.InitiatedByID = status, "", store.JSON("{}"), &now, nil, &by
		return []string{"status", "fault", "progress", "began_at", "ended_at", "initiated_by_id"},
			store.Enqueue(t, store.JobImport, Work{ID: u.ID})
	})
}

// Cancel has what is being done end before its time. What is here by then is whole, and may be gone on with or taken
// back.
func Cancel(c *app.Call, id string) (u *Upload, err error) {
	err = c.Write(func(t *store.Tx) error {
		if err := t.Lock("imports of " + c.Workspace.ID); err != nil {
			return err
		}
		if u, err = find(c, t, id); err != nil {
			return err
		}
		switch u.Status {
		case store.UploadPreviewing, store.UploadRunning:
			u.Status = store.UploadCancelling
			return store.ImportUploads.Update(t, &u.ImportUpload, "status")
		case store.UploadCancelling:
			return nil
		case store.UploadUndoing:
			return errWhole
		}
		return errIdle
	})
	return u, err
}

// Forget removes a file that was sent, with its reports. What was imported stays.
func Forget(c *app.Call, id string) error {
	u, err := Find(c, id)
	if err != nil {
		return err
	}
	if u.AtWork() {
		return errBusy
	}
	if err := c.Blob.Delete(c, u.File); err != nil { // the row goes last: it is what finds the file again
		return fmt.Errorf("remove an upload: %w", err)
	}
	return c.Write(func(t *store.Tx) error {
		if err := t.Lock("imports of " + c.Workspace.ID); err != nil {
			return err
		}
		now, err := find(c, t, id)
		if err == nil && now.AtWork() { // somebody has begun meanwhile; it will fail, and say that the file is gone
			return errBusy
		}
		if err != nil {
			return err
		}
		return store.ImportUploads.Purge(t, &now.ImportUpload)
	})
}

// refused is what a refusal says to people; false for what is none.
func refused(err error) (string, bool) {
	var said *app.Error
	if !errors.As(err, &said) {
		return "", false
	}
	if said.Text != "" {
		return said.Text, true
	}
	return said.Error(), true
}
