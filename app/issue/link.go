package issue

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// LinkInput is what a request says of a link.
type LinkInput struct {
	Title    app.Opt[string]     `json:"title" check:"max=255,blank,null"`
	URL      app.Opt[string]     `json:"url" check:"required"`
	Metadata app.Opt[store.JSON] `json:"metadata"`
}

var errSameURL = app.Refuse(app.Invalid, "URL already exists for this Issue")

// put writes what the request says into the row and returns the columns it changed.
func (in *LinkInput) put(l *store.IssueLink) ([]string, error) {
	if in.URL.Set {
		in.URL.V = app.WithScheme(in.URL.V)
		if !app.IsURL(in.URL.V) {
			return nil, app.Fields{"url": map[string]string{"error": "Invalid URL format."}}.Err()
		}
	}
	var cols []string
	app.ChangePtr(&cols, "title", in.Title, &l.Title)
	app.Change(&cols, "url", in.URL, &l.URL)
	app.Change(&cols, "metadata", in.Metadata, &l.Metadata)
	return cols, nil
}

// ListLinks returns the links of a work item of the call's project, newest first.
func ListLinks(c *app.Call, issue string) ([]store.IssueLink, error) {
	return store.LinksOf(c.Read(), placeOf(c, issue))
}

// GetLink returns one of them, or store.ErrNotFound.
func GetLink(c *app.Call, issue, id string) (*store.IssueLink, error) {
	return findLink(c.Read(), placeOf(c, issue), id)
}

func findLink(t *store.Tx, at store.IssueKey, id string) (*store.IssueLink, error) {
	return store.IssueLinks.Get(t,
		dbx.HashExp{"id": id, "issue_id": at.IssueID, "project_id": at.ProjectID, "workspace_id": at.WorkspaceID})
}

// CreateLink adds an address to a work item of the call's project, once.
func CreateLink(c *app.Call, issue string, in LinkInput) (*store.IssueLink, error) {
	l := &store.IssueLink{AuditFields: store.AuditFields{ID: store.NewID()}}
	if _, err := in.put(l); err != nil {
		return nil, err
	}
	l.Metadata = unknownPage(l.URL)
	err := c.Write(func(t *store.Tx) error {
		at, err := findPlace(c, t, issue)
		if err != nil {
			return err
		}
		l.IssueID, l.ProjectID, l.WorkspaceID = at.IssueID, at.ProjectID, at.WorkspaceID
		if err := onlyOne(t, l); err != nil {
			return err
		}
		if err := store.IssueLinks.Insert(t, l); err != nil {
			return err
		}
		if err := store.Enqueue(t, app.JobFetchLink, app.FetchLink{LinkID: l.ID, URL: l.URL}); err != nil {
			return err
		}
		return trace(c, t, at, "link.activity.created",
			&store.IssueActivity{Verb: "created", Field: new("link"), Comment: "created a link", NewValue: &l.URL,
				NewIdentifier: &l.ID})
	})
	l.Metadata = nil // who makes a link is told nothing of the page yet, as in the reference
	return l, err
}

// findPlace is where a work item of the call's project is. One that it has not is a fault of the payload, as in the
// reference.
func findPlace(c *app.Call, t *store.Tx, issue string) (store.IssueKey, error) {
	at, err := store.FindIssueKey(t, c.ProjectID, issue)
	return at, app.Unknown(err)
}

func onlyOne(t *store.Tx, l *store.IssueLink) error {
	if err := t.LockRows("issues", l.IssueID); err != nil {
		return err
	}
	twin, err := store.IssueLinks.Exists(t,
		dbx.And(dbx.HashExp{"issue_id": l.IssueID, "url": l.URL}, dbx.Not(dbx.HashExp{"id": l.ID})))
	if err == nil && twin {
		err = errSameURL
	}
	return err
}

// ChangeLink writes what the request says into a link. With quiet it leaves no history: the reference's PUT does not
// either.
func ChangeLink(c *app.Call, issue, id string, in LinkInput, quiet bool) (*store.IssueLink, error) {
	var l *store.IssueLink
	err := c.Write(func(t *store.Tx) (err error) {
		at := placeOf(c, issue)
		if l, err = findLink(t, at, id); err != nil {
			return err
		}
		before, sent := l.URL, in.URL.V // a change's entry has the address as it was sent, as in the reference
		cols, err := in.put(l)
		if err != nil {
			return err
		}
		if in.URL.Set {
			if err := onlyOne(t, l); err != nil {
				return err
			}
		}
		store.NoteEvent(t, at.WorkspaceID, store.EventIssue, store.ActionUpdated, at.IssueID)
		if err := store.IssueLinks.Update(t, l, cols...); err != nil || quiet {
			return err
		}
		if err := store.Enqueue(t, app.JobFetchLink, app.FetchLink{LinkID: l.ID, URL: l.URL}); err != nil {
			return err
		}
		var rows []*store.IssueActivity
		if before != in.URL.V { // a request without an address counts as one with an empty one, as in the reference
			rows = append(rows, &store.IssueActivity{Verb: "updated", Field: new("link"), Comment: "updated a link",
				OldValue: &before, OldIdentifier: &l.ID, NewValue: &sent, NewIdentifier: &l.ID})
		}
		return trace(c, t, at, "link.activity.updated", rows...)
	})
	return l, err
}

// DeleteLink takes a link off a work item.
func DeleteLink(c *app.Call, issue, id string) error {
	at := placeOf(c, issue)
	return c.Write(func(t *store.Tx) error {
		l, err := findLink(t, at, id)
		if err != nil {
			return err
		}
		if err := store.IssueLinks.Delete(t, l); err != nil {
			return err
		}
		return trace(c, t, at, "link.activity.deleted",
			&store.IssueActivity{Verb: "deleted", Field: new("link"), Comment: "deleted the link", OldValue: &l.URL,
				NewValue: new("")})
	})
}
