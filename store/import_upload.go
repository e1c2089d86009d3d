package store

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
)

// JobImport is the kind of the jobs that preview, make or take back an import of a file that was sent.
const JobImport = "import.work"

// ImportUpload is a row of import_uploads: a file of another tracker that was sent to be imported.
type ImportUpload struct {
	Base
	Kind          string     `db:"kind"` // of source
	Name          string     `db:"name"` // of the file
	Size          int64      `db:"size"`
	File          string     `db:"file"`    // its key among the files
	Options       JSON       `db:"options"` // how it is to be read, and where to
	Status        string     `db:"status"`
	Fault         string     `db:"fault"`    // why it has failed, in words for people
	Progress      JSON       `db:"progress"` // of what is being done, or was done last
	Preview       NullJSON   `db:"preview"`
	Report        NullJSON   `db:"report"`
	BeganAt       *time.Time `db:"began_at"`
	EndedAt       *time.Time `db:"ended_at"`
	ImportID      *string    `db:"import_id"` // nil: nothing of it is here
	InitiatedByID *string    `db:"initiated_by_id"`
	WorkspaceID   string     `db:"workspace_id"`
}

// ImportUploads is the table of ImportUpload rows.
var ImportUploads = NewTable[ImportUpload]("import_uploads")

// States of an ImportUpload.
const (
	UploadArriving   = "arriving" // or its sender went away
	UploadUploaded   = "uploaded"
	UploadPreviewing = "previewing"
	UploadPreviewed  = "previewed"
	UploadRunning    = "running"
	UploadCancelling = "cancelling"
	UploadCancelled  = "cancelled"
	UploadDone       = "done"
	UploadFailed     = "failed"
	UploadUndoing    = "undoing"
	UploadUndone     = "undone"
)

// UploadsAtWork are the states in which a job is to do something: of a workspace one upload at a time has one of them.
var UploadsAtWork = []any{UploadPreviewing, UploadRunning, UploadCancelling, UploadUndoing}

// uploadColumns are all but the reports, which may be long.
var uploadColumns = ImportUploads.Columns("u", "preview", "report")

// seenUpload says which uploads of a workspace somebody sees: their own, since an upload tells of projects that others
// may not see; all, for who administers the installation.
const seenUpload = `workspace_id = %[1]s AND (initiated_by_id = %[2]s OR EXISTS (SELECT 1 FROM instance_admins a
	WHERE a.user_id = %[2]s AND a.role >= 15 AND a.deleted_at IS NULL))`

func seenUploads(workspace, user string) dbx.Expression {
	return dbx.NewExp(fmt.Sprintf(seenUpload, "{:workspace}", "{:user}"), dbx.Params{"workspace": workspace, "user": user})
}

// ListImportUploads returns a part of the uploads of a workspace that somebody sees, newest first and without their
// reports, and how many there are in all.
func ListImportUploads(t *Tx, workspace, user string, part ListPart) ([]ImportUpload, int, error) {
	total, err := ImportUploads.Count(t, seenUploads(workspace, user))
	if err != nil {
		return nil, 0, err
	}
	rows, err := scanned(t, "list uploads", "SELECT "+uploadColumns.List+" FROM import_uploads u WHERE "+
		fmt.Sprintf(seenUpload, "?", "?")+" ORDER BY u.created_at DESC, u.id DESC LIMIT ? OFFSET ?",
		[]any{workspace, user, user, part.Limit, part.Offset}, func(u *ImportUpload) []any { return uploadColumns.Into(u) })
	return rows, total, err
}

// ImportUploadOf returns an upload of a workspace that somebody sees, or ErrNotFound.
func ImportUploadOf(t *Tx, workspace, user, id string) (*ImportUpload, error) {
	return ImportUploads.Get(t, dbx.And(dbx.HashExp{"id": id}, seenUploads(workspace, user)))
}

// UploadStatus is the state of an upload.
func UploadStatus(t *Tx, id string) (status string, err error) {
	err = t.One("SELECT status FROM import_uploads WHERE id = ?", []any{id}, &status)
	return status, err
}

// importWaits says of uploads what becomes of them when their jobs end otherwise than by being done. One whose job is
// tried again after that stays as it is: whoever wants it starts it again.
var importWaits = waiter{
	dropped: func(t *Tx, ids []string) error { return endUploads(t, ids, "It was called off.") },
	failed: func(t *Tx, ids []string, _ string) error {
		return endUploads(t, ids, "It could not be done: the server's log says why. What is here is whole; start it again "+
			"to go on.")
	},
	again: func(*Tx, []string) error { return nil },
}

func endUploads(t *Tx, ids []string, fault string) error {
	err := ImportUploads.SetWhere(t, dbx.Params{"status": UploadFailed, "fault": fault, "ended_at": t.Now,
		"updated_at": t.Now}, dbx.And(In("id", ids), dbx.HashExp{"status": UploadsAtWork}))
	if err != nil {
		return fmt.Errorf("end uploads: %w", err)
	}
	return nil
}

// StaleImportUploads is uploads, with their files, of which nothing was wanted since then.
func StaleImportUploads(then time.Time) Stale {
	return Stale{Table: ImportUploads.Name, key: "id", file: "file",
		where: "updated_at < ? AND status NOT IN ('previewing', 'running', 'cancelling', 'undoing')",
		args:  []any{Stamped(then)}, still: true}
}

// StaleArrivals is uploads whose file has not come to its end since then.
func StaleArrivals(then time.Time) Stale {
	return Stale{Table: ImportUploads.Name, key: "id", file: "file", where: "updated_at < ? AND status = 'arriving'",
		args: []any{Stamped(then)}, still: true}
}
