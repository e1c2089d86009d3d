package issue

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/visit"
	"github.com/sailplane/sailplane/store"
)

// Get returns a work item of the call's project as the caller sees it, archived or not, and notes that they looked at
// it. Guests see those of others only where the project lets them.
func Get(c *app.Call, id string) (*store.IssueDetail, error) {
	t := c.Read()
	d, err := store.ReadIssue(t, c.Workspace.ID, c.ProjectID, id, c.UserID())
	if err != nil {
		return nil, err
	}
	if err := mayRead(c, d.CreatedByID); err != nil {
		return nil, err
	}
	visit.Note(c, "issue", d.ID, d.ProjectID)
	return d, nil
}

// GetByNumber is Get for PROJ-12. Who is not in the project is told that it is not theirs to see, once it is known to
// exist.
func GetByNumber(c *app.Call, identifier string, sequence int) (*store.IssueDetail, error) {
	t := c.Read()
	project, err := store.FindProjectByIdentifier(t, c.Workspace.ID, identifier)
	if err != nil {
		return nil, err
	}
	if _, ok := c.Access.Projects[project]; !ok {
		return nil, app.ErrNotForGuests
	}
	id, err := store.FindIssueByNumber(t, project, sequence)
	if err != nil {
		return nil, err
	}
	c.ProjectID = project
	return Get(c, id)
}

// Meta returns the number of a visible work item and its project's identifier.
func Meta(c *app.Call, id string) (sequence int, identifier string, err error) {
	t := c.Read()
	h, err := store.LockIssue(t, c.Workspace.ID, c.ProjectID, id)
	if err != nil {
		return 0, "", err
	}
	if !h.Visible() {
		return 0, "", store.ErrNotFound
	}
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil {
		return 0, "", errors.Join(errors.New("project of a work item"), err)
	}
	return h.SequenceID, p.Identifier, nil
}
