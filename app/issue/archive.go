package issue

import (
	"errors"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// ErrOpen says that a work item is not done, so that it can't be archived.
var ErrOpen = errors.New("work item is neither completed nor cancelled")

func done(h *store.IssueForUpdate) bool {
	return h.State.Group == "completed" || h.State.Group == "cancelled"
}

// GetArchived returns an archived work item of the call's project as the caller sees it; store.ErrNotFound when it is
// not archived.
func GetArchived(c *app.Call, id string) (*store.IssueDetail, error) {
	d, err := store.ReadIssue(c.Read(), c.Workspace.ID, c.ProjectID, id, c.UserID())
	if err == nil && d.ArchivedAt == nil {
		err = store.ErrNotFound
	}
	return d, err
}

// Archive puts a completed or cancelled work item of the call's project away and returns the day; ErrOpen for others.
func Archive(c *app.Call, id string) (day store.Date, err error) {
	err = c.Write(func(t *store.Tx) error {
		h, err := store.LockIssue(t, c.Workspace.ID, c.ProjectID, id)
		if err != nil {
			return err
		}
		if !h.Visible() {
			return store.ErrNotFound
		}
		if !done(h) {
			return ErrOpen
		}
		if day = today(t); h.ArchivedAt != nil && *h.ArchivedAt == day {
			return nil
		}
		return keepArchived(t, h, &day, putAway(c, h, &day))
	})
	return day, err
}

// ArchiveMany puts several work items away, all or none; unknown ids are passed over. As in the reference, nobody signs
// for it.
func ArchiveMany(c *app.Call, ids []string) (day store.Date, err error) {
	err = c.Write(func(t *store.Tx) error {
		day = today(t)
		taken, err := store.LockIssues(t, c.Workspace.ID, c.ProjectID, ids)
		if err != nil {
			return err
		}
		var away []string
		var places []store.IssueKey
		var records []store.IssueRecord
		for _, id := range distinct(ids) {
			h := taken[id]
			switch {
			case h == nil:
				continue
			case !done(h):
				return ErrOpen
			case h.ArchivedAt != nil && *h.ArchivedAt == day:
				continue
			}
			away, places = append(away, id), append(places, place(&h.Issue))
			records = append(records, putAway(c, h, &day))
		}
		if err := store.Issues.SetWhere(t, dbx.Params{"archived_at": day}, store.In("id", away)); err != nil {
			return err
		}
		if err := store.Follow(t, places); err != nil {
			return err
		}
		return store.RecordIssues(t, records)
	})
	return day, err
}

func today(t *store.Tx) store.Date { return store.Date(t.Now.Format(time.DateOnly)) }

// Restore takes an archived work item of the call's project back; store.ErrNotFound when it is not archived.
func Restore(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		h, err := store.LockIssue(t, c.Workspace.ID, c.ProjectID, id)
		if err != nil {
			return err
		}
		if h.ArchivedAt == nil {
			return store.ErrNotFound
		}
		return keepArchived(t, h, nil, restored(c, h))
	})
}

func keepArchived(t *store.Tx, h *store.IssueForUpdate, day *store.Date, r store.IssueRecord) error {
	h.ArchivedAt = day
	if err := store.Issues.Update(t, &h.Issue, "archived_at"); err != nil {
		return err
	}
	if !r.Quiet {
		if err := store.Subscribe(t, place(&h.Issue), t.Actor); err != nil {
			return err
		}
	}
	return store.RecordIssues(t, []store.IssueRecord{r})
}

// putAway and takenBack are what a work item's history says of the archive.
func putAway(c *app.Call, h *store.IssueForUpdate, day *store.Date) store.IssueRecord {
	return archived(c, h, day, changed("archived_at", "Actor has archived the issue", nil, text("manual_archive")))
}

func restored(c *app.Call, h *store.IssueForUpdate) store.IssueRecord {
	return archived(c, h, nil, changed("archived_at", "has restored the issue", text("archive"), text("restore")))
}

func archived(c *app.Call, h *store.IssueForUpdate, day *store.Date, row *store.IssueActivity) store.IssueRecord {
	return store.IssueRecord{IssueChanged: store.IssueChanged{Kind: "issue.activity.updated", IssueID: h.ID,
		ProjectID: h.ProjectID, WorkspaceID: h.WorkspaceID, Origin: c.Base, Quiet: c.Quiet(),
		Fields: []store.FieldValue{{Field: "archived_at", Old: h.ArchivedAt, New: day}}}, Rows: []*store.IssueActivity{row}}
}
