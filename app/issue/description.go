package issue

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/store"
)

// versionAge is how long one person's edits of a text go into the same version. Plane:
// bgtasks/issue_description_version_task.py
const versionAge = 10 * time.Minute

// version is the text of a work item as a version by the actor.
func version(t *store.Tx, i *store.Issue) *store.IssueDescriptionVersion {
	return &store.IssueDescriptionVersion{DescriptionBinary: i.DescriptionBinary, DescriptionHTML: i.DescriptionHTML,
		DescriptionStripped: i.DescriptionStripped, DescriptionJSON: i.DescriptionJSON, LastSavedAt: t.Now,
		OwnedByID: t.Actor, IssueID: i.ID, ProjectID: i.ProjectID, WorkspaceID: i.WorkspaceID}
}

// saveVersion keeps the text that a change left. The reference compares with the text when its job runs; we know what
// the request did.
func saveVersion(t *store.Tx, i *store.Issue) error {
	fresh := version(t, i)
	last, err := store.LastDescriptionVersion(t, i.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return fmt.Errorf("last version: %w", err)
	case last.OwnedByID == t.Actor && t.Now.Sub(last.LastSavedAt) <= versionAge:
		fresh.ID = last.ID
		return store.IssueDescriptionVersions.Set(t, fresh, "description_binary", "description_html", "description_stripped",
			"description_json", "last_saved_at")
	}
	return t.WithoutActor(func() error { return store.IssueDescriptionVersions.Insert(t, fresh) })
}

// mention writes whom the text names now and no longer; it returns the members of the project that it did not name
// before.
func mention(t *store.Tx, i *store.Issue, before []string) ([]string, error) {
	named := userMentions(i.DescriptionHTML)
	var fresh, gone []string
	for _, id := range before {
		if !slices.Contains(named, id) {
			gone = append(gone, id)
		}
	}
	if len(named) > 0 {
		members, err := store.MembersAmong(t, i.ProjectID, named)
		if err != nil {
			return nil, fmt.Errorf("who is mentioned: %w", err)
		}
		for _, id := range named {
			if members[id].Fits && !slices.Contains(before, id) {
				fresh = append(fresh, id)
			}
		}
	}
	if err := store.AddMentions(t, place(i), fresh); err != nil {
		return fresh, err
	}
	return fresh, store.DropMentions(t, i.ID, gone)
}

// rewrite makes what is kept of a text beside its HTML say what a new HTML says. JSON that came with it is believed.
func (in *Input) rewrite(h *store.Issue) ([]string, error) {
	if !in.DescriptionHTML.Set {
		return nil, nil
	}
	now, _, err := document.Rich.Rewritten(document.Kept{Binary: h.DescriptionBinary, JSON: h.DescriptionJSON},
		h.DescriptionHTML)
	if err != nil {
		return nil, app.Field("description_html", err.Error())
	}
	var cols []string
	if !bytes.Equal(now.Binary, h.DescriptionBinary) {
		h.DescriptionBinary, cols = now.Binary, append(cols, "description_binary")
	}
	if !in.DescriptionJSON.Set && !bytes.Equal(now.JSON, h.DescriptionJSON) {
		h.DescriptionJSON, cols = now.JSON, append(cols, "description_json")
	}
	return cols, nil
}
