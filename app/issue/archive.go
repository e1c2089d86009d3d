package issue

import (
	"errors"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// ErrOpen says that a work item is not done, so that it can't be archived.
var ErrOpen = errors.New("work item is neither completed nor cancelled")

func done(h *store.IssueInHand) bool {
	return h.State.Group == "completed" || h.State.Group == "cancelled"
}

// Archive puts a completed or cancelled work item of the call's project away and answers the day; ErrOpen for others.
func Archive(c *app.Call, id string) (day store.Date, err error) {
	err = c.Write(func(t *store.Tx) error {
		h, err := store.TakeIssue(t, c.Workspace.ID, c.ProjectID, id)
		if err != nil {
			return err
		}
		if !h.Visible() {
			return store.ErrNotFound
		}
		day, err = archive(c, t, h, store.Issues.Update)
		return err
	})
	return day, err
}

// ArchiveMany puts several work items away, all or none; unknown ids are passed over.
func ArchiveMany(c *app.Call, ids []string) (day store.Date, err error) {
	err = c.Write(func(t *store.Tx) error {
		day = today(t)
		for _, id := range distinct(ids) {
			h, err := store.TakeIssue(t, c.Workspace.ID, c.ProjectID, id)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if _, err := archive(c, t, h, store.Issues.Set); err != nil { // as in the reference, not signed by who did it
				return err
			}
		}
		return nil
	})
	return day, err
}

func today(t *store.Tx) store.Date { return store.Date(t.Now.Format(time.DateOnly)) }

func archive(c *app.Call, t *store.Tx, h *store.IssueInHand, write issueWriter) (store.Date, error) {
	if !done(h) {
		return "", ErrOpen
	}
	day := today(t)
	if h.ArchivedAt != nil && *h.ArchivedAt == day {
		return day, nil
	}
	h.ArchivedAt = &day
	return day, keepArchived(c, t, h, write, nil, "manual_archive", "Actor has archived the issue")
}

// Restore takes an archived work item of the call's project back; store.ErrNotFound when it is not archived.
func Restore(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		h, err := store.TakeIssue(t, c.Workspace.ID, c.ProjectID, id)
		if err != nil {
			return err
		}
		if h.ArchivedAt == nil {
			return store.ErrNotFound
		}
		h.ArchivedAt = nil
		return keepArchived(c, t, h, store.Issues.Update, text("archive"), "restore", "has restored the issue")
	})
}

// issueWriter writes columns of a work item: Update signs the change, Set does not.
type issueWriter func(t *store.Tx, row *store.Issue, cols ...string) error

func keepArchived(c *app.Call, t *store.Tx, h *store.IssueInHand, write issueWriter, from *string, to, comment string) error {
	if err := write(t, &h.Issue, "archived_at"); err != nil {
		return err
	}
	if err := store.Subscribe(t, place(&h.Issue), t.Actor); err != nil {
		return err
	}
	return store.RecordIssue(t, store.IssueChanged{Kind: "issue.activity.updated", IssueID: h.ID, ProjectID: h.ProjectID, WorkspaceID: h.WorkspaceID,
		Origin: c.Base}, changed("archived_at", comment, from, &to))
}
